-- What was billed stays. Errors: 50034.
CREATE TRIGGER ops.UsageEventIsAppendOnly
ON ops.UsageEvent
INSTEAD OF UPDATE, DELETE
AS
BEGIN
    SET NOCOUNT ON;

    THROW 50034, N'Rows of ops.UsageEvent are never changed or removed.', 1;
END;
