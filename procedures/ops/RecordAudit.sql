-- Records an act in the audit trail of the session's tenant, in the caller's transaction; without a session in that of the platform. Inner procedure: an
-- application that could call it could put words into others' mouths. Errors: 50001.
CREATE PROCEDURE ops.RecordAudit
    @Action varchar(60),                   -- model.ingest, agent.run, ...
    @ObjectType varchar(30),               -- model, agent, ...
    @ObjectName nvarchar(400),             -- Its name.
    @Outcome varchar(10) = 'success',      -- success, denied or failed.
    @Details nvarchar(max) = NULL          -- Anything else, usually JSON.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF @Action IS NULL OR @Outcome IS NULL OR @Outcome NOT IN ('success', 'denied', 'failed')
    BEGIN
        THROW 50001, N'@Action is required, and @Outcome must be success, denied or failed.', 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        DECLARE @TenantId int, @PrincipalId int;
        SELECT @TenantId = TenantId, @PrincipalId = PrincipalId FROM tenancy.CurrentIdentity();
        IF @TenantId IS NULL
        BEGIN
            EXECUTE ops.WritePlatformAudit
                @Action = @Action, @ObjectType = @ObjectType, @ObjectName = @ObjectName, @Outcome = @Outcome, @Details = @Details;
        END
        ELSE
        BEGIN
            EXECUTE ops.WriteAudit
                @TenantId = @TenantId, @PrincipalId = @PrincipalId, @Action = @Action, @ObjectType = @ObjectType, @ObjectName = @ObjectName,
                @Outcome = @Outcome, @Details = @Details;
        END;

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
