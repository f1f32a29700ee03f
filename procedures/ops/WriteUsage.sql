-- Records a billable act of a tenant once, in the caller's transaction, and counts its computing time. Inner procedure: others call ops.RecordUsage.
-- Errors: 50030, 50032.
CREATE PROCEDURE ops.WriteUsage
    @TenantId int,
    @PrincipalId int,
    @Metric varchar(30),
    @Quantity bigint,
    @EventKey nvarchar(200),               -- NULL: a new act in any case.
    @ObjectName nvarchar(400),
    @ComputeMs bigint,
    @IsDone bit,                           -- 1: the computing time is spent already and counts above the limit too.
    @IsNew bit OUTPUT                      -- 0: the key was recorded before, with the same metric and quantity.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @At datetime2(3) = SYSUTCDATETIME(), @PeriodStart datetime2(0);
    SET @IsNew = 1;
    IF @EventKey IS NOT NULL
    BEGIN
        DECLARE @KnownMetric varchar(30), @KnownQuantity bigint;
        SELECT @KnownMetric = Metric, @KnownQuantity = Quantity
        FROM ops.UsageEvent WITH (UPDLOCK, HOLDLOCK)
        WHERE TenantId = @TenantId AND EventKey = @EventKey;
        IF @KnownMetric IS NOT NULL
        BEGIN
            IF @KnownMetric <> @Metric OR @KnownQuantity <> @Quantity
            BEGIN
                DECLARE @Error nvarchar(2048) = CONCAT(N'The usage key ''', @EventKey, N''' was recorded already for ', @KnownQuantity, N' of ', @KnownMetric, N'.');
                THROW 50032, @Error, 1;
            END;

            SET @IsNew = 0;
            RETURN 0;
        END;
    END;

    IF @ComputeMs > 0
    BEGIN
        EXECUTE ops.TakeQuota
            @TenantId = @TenantId, @PrincipalId = @PrincipalId, @Resource = 'compute_ms', @Amount = @ComputeMs, @At = @At, @IsDone = @IsDone,
            @PeriodStart = @PeriodStart OUTPUT;
        SET @At = CASE WHEN @At < @PeriodStart THEN @PeriodStart ELSE @At END;
    END;

    INSERT INTO ops.UsageEvent (TenantId, EventKey, Metric, Quantity, ComputeMs, ObjectName, PrincipalId, OccurredAt)
    VALUES (@TenantId, COALESCE(@EventKey, CAST(NEWID() AS nvarchar(36))), @Metric, @Quantity, @ComputeMs, @ObjectName, @PrincipalId, @At);
END;
