-- Checks that no constitution was tampered with: hashes every version again and follows the chain of each scope. Result: a row a problem, none when all is well.
-- A session sees the platform's chain and its tenant's; an administrator sees all. Who can rewrite everything (db_owner) can rewrite hashes too: keep a hash of
-- safety.constitutions elsewhere, or an exported agent, which carries them, and give it as @KnownHash. Errors: 50044.
CREATE PROCEDURE safety.VerifyChain
    @KnownHash binary(32) = NULL,          -- A hash noted earlier, which must still be there.
    @Problems int = NULL OUTPUT            -- How many problems there are.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @TenantId int = tenancy.CurrentTenantId(), @All bit = 0;
    IF @TenantId IS NULL
    BEGIN
        IF ISNULL(IS_ROLEMEMBER(N'nina_administrator'), 0) = 0 AND ISNULL(IS_ROLEMEMBER(N'nina_platform'), 0) = 0 AND ISNULL(IS_ROLEMEMBER(N'db_owner'), 0) = 0
        BEGIN
            THROW 50044, N'The chains are verified by a session or by the platform''s administrators: members of the database role nina_administrator.', 1;
        END;

        SET @All = 1;
    END;

    EXECUTE safety.CheckChain @All, @TenantId, @KnownHash, @Problems OUTPUT;
END;
GO
GRANT EXECUTE ON OBJECT::safety.VerifyChain TO nina_application;
GO
GRANT EXECUTE ON OBJECT::safety.VerifyChain TO nina_administrator;
