-- What every public procedure says at its end: counts the call, and writes audit, usage and event of one act, all in the caller's transaction. Where the caller has
-- none (acts that only read), they are one transaction of their own, whose commit need not wait for the disk: on a database that allows delayed durability a power
-- cut may lose the last such records, together. Inner procedure. Errors: 50001, 50020, 50030, 50032.
CREATE PROCEDURE ops.RecordAct
    @Action varchar(60),                   -- For the audit trail: model.ingest, agent.run, ...
    @ObjectType varchar(30),               -- model, agent, ...
    @ObjectName nvarchar(400),             -- Its name.
    @EventType varchar(100) = NULL,        -- For the outbox: model.ingested, ...; NULL: usage.recorded where there is usage, else no event.
    @Metric varchar(30) = NULL,            -- For the bill; NULL: costs nothing.
    @Quantity bigint = 0,                  -- In units of the metric.
    @ComputeMs bigint = 0,                 -- Milliseconds of computing.
    @Details nvarchar(max) = NULL,         -- JSON for audit and event.
    @IsDone bit = 0,                       -- 1: the work cannot be undone: its call was counted before it, and its computing time counts above the limit too.
    @EventKey nvarchar(200) = NULL         -- Of the usage event, for who refers to it; NULL: any.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF @Action IS NULL OR @Quantity < 0 OR @ComputeMs < 0 OR (@Details IS NOT NULL AND ISJSON(@Details) = 0)
    BEGIN
        THROW 50001, N'@Action is required, @Quantity and @ComputeMs must not be negative, and @Details must be JSON.', 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        DECLARE @TenantId int, @PrincipalId int, @IsNew bit, @At datetime2(3) = SYSUTCDATETIME();
        SELECT @TenantId = TenantId, @PrincipalId = PrincipalId FROM tenancy.CurrentIdentity();
        IF @TenantId IS NULL
        BEGIN
            THROW 50020, N'No session was begun on this connection, or it has ended. The application calls tenancy.BeginSession first.', 1;
        END;

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        IF @IsDone = 0
        BEGIN
            EXECUTE ops.TakeQuota @TenantId = @TenantId, @PrincipalId = @PrincipalId, @Resource = 'calls', @Amount = 1, @At = @At;
        END;

        IF @Metric IS NOT NULL
        BEGIN
            EXECUTE ops.WriteUsage
                @TenantId = @TenantId, @PrincipalId = @PrincipalId, @Metric = @Metric, @Quantity = @Quantity, @EventKey = @EventKey, @ObjectName = @ObjectName,
                @ComputeMs = @ComputeMs, @IsDone = @IsDone, @IsNew = @IsNew OUTPUT;
        END;

        EXECUTE ops.WriteAudit
            @TenantId = @TenantId, @PrincipalId = @PrincipalId, @Action = @Action, @ObjectType = @ObjectType, @ObjectName = @ObjectName, @Outcome = 'success',
            @Details = @Details;

        IF @EventType IS NOT NULL
        BEGIN
            EXECUTE ops.WriteEvent @TenantId = @TenantId, @Type = @EventType, @Subject = @ObjectName, @Data = @Details;
        END
        ELSE IF @Metric IS NOT NULL
        BEGIN
            DECLARE @Usage nvarchar(max) = CONCAT
            (
                N'{"action":"', STRING_ESCAPE(@Action, 'json'), N'","metric":"', STRING_ESCAPE(@Metric, 'json'), N'","quantity":', @Quantity, N',"compute_ms":', @ComputeMs, N'}'
            );
            EXECUTE ops.WriteEvent @TenantId = @TenantId, @Type = 'usage.recorded', @Subject = @ObjectName, @Data = @Usage;
        END;

        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION WITH (DELAYED_DURABILITY = ON);
        END;
    END TRY
    BEGIN CATCH
        IF @OwnsTransaction = 1 AND XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        THROW;
    END CATCH;
END;
