-- No version is ever changed or removed, by nobody. Who disables this trigger is found by safety.VerifyChain.
CREATE TRIGGER safety.ConstitutionIsAppendOnly
ON safety.Constitution
INSTEAD OF UPDATE, DELETE
AS
BEGIN
    SET NOCOUNT ON;

    THROW 50046, N'Constitutions are append-only: publish a new version with safety.PublishConstitution.', 1;
END;
