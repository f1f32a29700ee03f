-- Gives back an amount of a lasting resource of the session's tenant, in the caller's transaction. Inner procedure. Errors: 50001, 50020.
CREATE PROCEDURE ops.ReleaseQuota
    @Resource varchar(30),                 -- storage_bytes, models or agents.
    @Amount bigint = 1
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF @Resource IS NULL OR @Resource NOT IN ('storage_bytes', 'models', 'agents') OR @Amount IS NULL OR @Amount < 0
    BEGIN
        THROW 50001, N'@Resource must be storage_bytes, models or agents, and @Amount must not be negative.', 1;
    END;

    DECLARE @TenantId int = tenancy.CurrentTenantId();
    IF @TenantId IS NULL
    BEGIN
        THROW 50020, N'No session was begun on this connection, or it has ended. The application calls tenancy.BeginSession first.', 1;
    END;

    -- What was there before quotas were counted must not stop anybody from dropping it; ops.VerifyQuota shows such a difference.
    UPDATE ops.QuotaUse
    SET Used = CASE WHEN Used > @Amount THEN Used - @Amount ELSE 0 END
    WHERE TenantId = @TenantId AND Resource = @Resource;
END;
