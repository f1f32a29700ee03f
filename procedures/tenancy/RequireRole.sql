-- The first line of every public procedure: throws 50020 where no session was begun, 50021 where its role does not allow the act.
-- owner > editor > operator > viewer; an auditor reads what a viewer reads, and with the owner what only auditors read.
CREATE PROCEDURE tenancy.RequireRole
    @Role varchar(8),                      -- The least role that may: viewer, operator, editor, owner or auditor.
    @Action varchar(60),                   -- What was attempted: model.ingest, ...
    @ObjectType varchar(30) = NULL,        -- On what kind of object: model, agent, ...
    @ObjectName nvarchar(400) = NULL       -- On which.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    -- A refusal ends the caller's transaction, and its record must outlive it.
    DECLARE @Actual varchar(8) = tenancy.CurrentRole();
    IF @Actual IS NULL
    BEGIN
        IF XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        EXECUTE ops.RecordAudit @Action = @Action, @ObjectType = @ObjectType, @ObjectName = @ObjectName, @Outcome = 'denied', @Details = N'No session.';
        THROW 50020, N'No session was begun on this connection, or it has ended. The application calls tenancy.BeginSession first.', 1;
    END;

    IF NOT (@Actual = 'owner'
        OR (@Role = 'editor' AND @Actual = 'editor')
        OR (@Role = 'operator' AND @Actual IN ('editor', 'operator'))
        OR (@Role = 'viewer' AND @Actual IN ('editor', 'operator', 'viewer', 'auditor'))
        OR (@Role = 'auditor' AND @Actual = 'auditor'))
    BEGIN
        DECLARE @Error nvarchar(2048) = CONCAT(N'The act ', @Action, N' needs the role ', @Role, N'; this session has the role ', @Actual, N'.');
        IF XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        EXECUTE ops.RecordAudit @Action = @Action, @ObjectType = @ObjectType, @ObjectName = @ObjectName, @Outcome = 'denied', @Details = @Error;
        THROW 50021, @Error, 1;
    END;
END;
