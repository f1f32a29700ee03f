-- Nobody changes what an audit chain was anchored with. Errors: 50034.
CREATE TRIGGER ops.AuditAnchorIsAppendOnly
ON ops.AuditAnchor
INSTEAD OF UPDATE, DELETE
AS
BEGIN
    SET NOCOUNT ON;

    THROW 50034, N'Rows of ops.AuditAnchor are never changed or removed.', 1;
END;
