-- Nobody changes the audit trail, the database's owner included. Errors: 50034.
CREATE TRIGGER ops.AuditEventIsAppendOnly
ON ops.AuditEvent
INSTEAD OF UPDATE, DELETE
AS
BEGIN
    SET NOCOUNT ON;

    THROW 50034, N'Rows of ops.AuditEvent are never changed or removed.', 1;
END;
