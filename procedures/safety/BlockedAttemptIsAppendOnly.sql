-- What was stopped stays on record.
CREATE TRIGGER safety.BlockedAttemptIsAppendOnly
ON safety.BlockedAttempt
INSTEAD OF UPDATE, DELETE
AS
BEGIN
    SET NOCOUNT ON;

    THROW 50046, N'The record of blocked attempts is append-only.', 1;
END;
