-- Records a billable act of the session's tenant, in the caller's transaction. A key that was recorded before, with the same metric and quantity, changes nothing.
-- Inner procedure. Errors: 50001, 50020, 50030, 50032.
CREATE PROCEDURE ops.RecordUsage
    @Metric varchar(30),                   -- ingest_bytes, probe_tokens, searches, distillation_ms, agent_tokens, ...
    @Quantity bigint,                      -- In units of the metric.
    @EventKey nvarchar(200) = NULL,        -- What makes it idempotent; NULL: a new act in any case.
    @ObjectName nvarchar(400) = NULL,      -- On what.
    @ComputeMs bigint = 0,                 -- Milliseconds of computing; taken from the quota compute_ms.
    @IsNew bit = NULL OUTPUT               -- 0: recorded before.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF @Metric IS NULL OR @Metric = '' OR @Quantity IS NULL OR @Quantity < 0 OR @ComputeMs IS NULL OR @ComputeMs < 0
    BEGIN
        THROW 50001, N'@Metric is required, and @Quantity and @ComputeMs must not be negative.', 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        DECLARE @TenantId int, @PrincipalId int;
        SELECT @TenantId = TenantId, @PrincipalId = PrincipalId FROM tenancy.CurrentIdentity();
        IF @TenantId IS NULL
        BEGIN
            THROW 50020, N'No session was begun on this connection, or it has ended. The application calls tenancy.BeginSession first.', 1;
        END;

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        EXECUTE ops.WriteUsage
            @TenantId = @TenantId, @PrincipalId = @PrincipalId, @Metric = @Metric, @Quantity = @Quantity, @EventKey = @EventKey, @ObjectName = @ObjectName,
            @ComputeMs = @ComputeMs, @IsDone = 0, @IsNew = @IsNew OUTPUT;

        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
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
