-- Publishes a domain event of the session's tenant, in the caller's transaction. Inner procedure. Errors: 50001, 50020.
CREATE PROCEDURE ops.PublishEvent
    @Type varchar(100),                    -- model.ingested, agent.verified, ...
    @Subject nvarchar(400),                -- Name of the object.
    @Data nvarchar(max)                    -- A JSON object, or NULL.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF @Type IS NULL OR @Type = '' OR @Subject IS NULL OR (@Data IS NOT NULL AND ISJSON(@Data) = 0)
    BEGIN
        THROW 50001, N'@Type and @Subject are required, and @Data must be JSON.', 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        DECLARE @TenantId int = tenancy.CurrentTenantId();
        IF @TenantId IS NULL
        BEGIN
            THROW 50020, N'No session was begun on this connection, or it has ended. The application calls tenancy.BeginSession first.', 1;
        END;

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        EXECUTE ops.WriteEvent @TenantId = @TenantId, @Type = @Type, @Subject = @Subject, @Data = @Data;

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
