-- Takes an amount of a resource for the session's tenant, in the caller's transaction; where the limit does not allow it, the transaction is rolled back, the refusal
-- is recorded, and error 50030 names limit and use. Inner procedure. Errors: 50001, 50020, 50030.
CREATE PROCEDURE ops.RequireQuota
    @Resource varchar(30),                 -- storage_bytes, models, agents, compute_ms or calls.
    @Amount bigint = 1                     -- How much; 0 takes nothing, but throws where nothing is left.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF @Resource IS NULL OR @Resource NOT IN ('storage_bytes', 'models', 'agents', 'compute_ms', 'calls') OR @Amount IS NULL OR @Amount < 0
    BEGIN
        THROW 50001, N'@Resource must be storage_bytes, models, agents, compute_ms or calls, and @Amount must not be negative.', 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 AND @Amount > 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        DECLARE @TenantId int, @PrincipalId int, @At datetime2(3) = SYSUTCDATETIME();
        SELECT @TenantId = TenantId, @PrincipalId = PrincipalId FROM tenancy.CurrentIdentity();
        IF @TenantId IS NULL
        BEGIN
            THROW 50020, N'No session was begun on this connection, or it has ended. The application calls tenancy.BeginSession first.', 1;
        END;

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        EXECUTE ops.TakeQuota @TenantId = @TenantId, @PrincipalId = @PrincipalId, @Resource = @Resource, @Amount = @Amount, @At = @At;

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
