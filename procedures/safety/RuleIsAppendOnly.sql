-- No rule is ever changed or removed, by nobody. Who disables this trigger is found by safety.VerifyChain.
CREATE TRIGGER safety.RuleIsAppendOnly
ON safety.[Rule]
INSTEAD OF UPDATE, DELETE
AS
BEGIN
    SET NOCOUNT ON;

    THROW 50046, N'Rules are append-only: publish a new version with safety.PublishConstitution.', 1;
END;
