-- Takes an amount of a tenant's resource, or throws 50030 and takes nothing. The row stays locked until the caller's transaction ends, so that
-- concurrent requests cannot overshoot together. Inner procedure: others call ops.RequireQuota. Errors: 50030.
CREATE PROCEDURE ops.TakeQuota
    @TenantId int,
    @PrincipalId int,
    @Resource varchar(30),
    @Amount bigint,                        -- 0: takes nothing, but throws where nothing is left.
    @At datetime2(3),                      -- UTC.
    @IsDone bit = 0,                       -- 1: takes above the limit too.
    @PeriodStart datetime2(0) = NULL OUTPUT -- Of the period that the amount was counted in.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Limit bigint, @Used bigint, @Taken bit = 0, @Try int = 1;
    SELECT @Limit = LimitValue FROM ops.QuotaPolicy WHERE TenantId = @TenantId AND Resource = @Resource;
    IF @@ROWCOUNT = 0
    BEGIN
        SET @Limit = (SELECT LimitValue FROM ops.QuotaPlan WHERE PlanName = 'default' AND Resource = @Resource);
    END;

    -- Calls leave nothing behind that would have to be counted where there is no limit.
    IF @Resource = 'calls' AND @Limit IS NULL
    BEGIN
        RETURN 0;
    END;

    SET @PeriodStart = ops.QuotaPeriod(@Resource, @At);
    IF @Amount = 0
    BEGIN
        SET @Used = (SELECT Used FROM ops.QuotaUse WHERE TenantId = @TenantId AND Resource = @Resource AND PeriodStart >= @PeriodStart);
        SET @Taken = CASE WHEN @Limit <= COALESCE(@Used, 0) THEN 0 ELSE 1 END;
    END;

    WHILE @Amount <> 0 AND @Taken = 0 AND @Try <= 2
    BEGIN
        -- One statement looks and takes. A request that waited past the end of its period counts in the new one.
        UPDATE ops.QuotaUse
        SET
            Used = CASE WHEN PeriodStart >= @PeriodStart THEN Used ELSE 0 END + @Amount,
            @PeriodStart = PeriodStart = CASE WHEN PeriodStart >= @PeriodStart THEN PeriodStart ELSE @PeriodStart END,
            @Taken = 1
        WHERE TenantId = @TenantId
            AND Resource = @Resource
            AND (@Limit IS NULL OR @IsDone = 1 OR CASE WHEN PeriodStart >= @PeriodStart THEN Used ELSE 0 END <= @Limit - @Amount);

        IF @Taken = 0
        BEGIN
            INSERT INTO ops.QuotaUse (TenantId, Resource, PeriodStart, Used)
            SELECT @TenantId, @Resource, @PeriodStart, 0
            WHERE NOT EXISTS (SELECT 1 FROM ops.QuotaUse WITH (UPDLOCK, HOLDLOCK) WHERE TenantId = @TenantId AND Resource = @Resource);
            SET @Try += CASE WHEN @@ROWCOUNT = 1 THEN 1 ELSE 2 END;
        END;
    END;

    IF @Taken = 0
    BEGIN
        SET @Used = COALESCE((SELECT Used FROM ops.QuotaUse WHERE TenantId = @TenantId AND Resource = @Resource AND PeriodStart >= @PeriodStart), 0);
        DECLARE @Error nvarchar(2048) = CONCAT
        (
            N'The quota of ', @Resource,
            CASE @Resource WHEN 'compute_ms' THEN N' a month' WHEN 'calls' THEN N' a minute' ELSE N'' END,
            N' does not allow this: the limit is ', @Limit, N', in use are ', @Used, N', asked for were ', @Amount, N'.'
        );

        -- The refusal ends the transaction anyway, and its record must outlive it.
        IF XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        BEGIN TRANSACTION;
        EXECUTE ops.WriteAudit
            @TenantId = @TenantId, @PrincipalId = @PrincipalId, @Action = 'quota.require', @ObjectType = 'quota', @ObjectName = @Resource, @Outcome = 'denied', @Details = @Error;
        COMMIT TRANSACTION;
        THROW 50030, @Error, 1;
    END;
END;
