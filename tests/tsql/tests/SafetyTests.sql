EXECUTE tSQLt.NewTestClass N'SafetyTests';
GO

-- What somebody with every right over the database would do first: take the locks off.
CREATE PROCEDURE SafetyTests.TakeTheLocksOff
AS
BEGIN
    ALTER SECURITY POLICY safety.RowPolicy WITH (STATE = OFF);
    DISABLE TRIGGER safety.ConstitutionIsAppendOnly ON safety.Constitution;
    DISABLE TRIGGER safety.RuleIsAppendOnly ON safety.[Rule];
END;
GO

CREATE PROCEDURE SafetyTests.ExpectProblem
    @Pattern nvarchar(200)
AS
BEGIN
    CREATE TABLE #Problems (scope varchar(8), tenant_id int, version int, problem nvarchar(200));
    INSERT INTO #Problems EXECUTE safety.VerifyChain;
    IF NOT EXISTS (SELECT 1 FROM #Problems WHERE problem LIKE @Pattern)
    BEGIN
        DECLARE @Found nvarchar(max) = (SELECT STRING_AGG(problem, N' ') FROM #Problems);
        EXECUTE tSQLt.Fail N'VerifyChain should find the tampering; it found: ', @Found;
    END;
END;
GO

CREATE PROCEDURE SafetyTests.PublishTwice
AS
BEGIN
    EXECUTE safety.PublishConstitution N'[{"name": "first", "kind": "deny_words", "text": "alpha"}]';
    EXECUTE safety.PublishConstitution N'[{"name": "second", "kind": "deny_words", "text": "beta"}, {"name": "third", "kind": "max_tokens", "parameters": {"limit": 9}}]';
    EXECUTE safety.PublishConstitution N'[{"name": "fourth", "kind": "deny_words", "text": "gamma"}]';
END;
GO

CREATE PROCEDURE SafetyTests.[test the deployed chain is whole and the platform has rules]
AS
BEGIN
    DECLARE @Problems int, @Rules int = (SELECT COUNT(*) FROM safety.rules WHERE scope = 'platform' AND is_in_force = 1);
    EXECUTE safety.VerifyChain @Problems = @Problems OUTPUT;
    EXECUTE tSQLt.AssertEquals 0, @Problems;
    IF @Rules < 5
    BEGIN
        EXECUTE tSQLt.Fail N'The platform has rules from the first moment; there are ', @Rules;
    END;
END;
GO

CREATE PROCEDURE SafetyTests.[test installing the default constitution again changes nothing]
AS
BEGIN
    DECLARE @Before int = (SELECT COUNT(*) FROM safety.Constitution);
    EXECUTE safety.InstallDefaultConstitution;
    DECLARE @After int = (SELECT COUNT(*) FROM safety.Constitution);
    EXECUTE tSQLt.AssertEquals @Before, @After;
END;
GO

CREATE PROCEDURE SafetyTests.[test versions follow one another and old ones stay]
AS
BEGIN
    EXECUTE SafetyTests.PublishTwice;
    SELECT version, is_in_force, rule_count INTO #Actual FROM safety.constitutions WHERE scope = 'tenant';
    SELECT version, CAST(is_in_force AS bit) AS is_in_force, rule_count INTO #Expected FROM (VALUES (1, 0, 1), (2, 0, 2), (3, 1, 1)) AS e(version, is_in_force, rule_count);
    EXECUTE tSQLt.AssertEqualsTable N'#Expected', N'#Actual';

    DECLARE @Unlinked int =
    (
        SELECT COUNT(*)
        FROM safety.constitutions AS c
        INNER JOIN safety.constitutions AS n ON n.scope = c.scope AND n.version = c.version + 1
        WHERE n.previous_hash <> c.hash
    ), @Problems int;
    EXECUTE tSQLt.AssertEquals 0, @Unlinked;
    EXECUTE safety.VerifyChain @Problems = @Problems OUTPUT;
    EXECUTE tSQLt.AssertEquals 0, @Problems;
END;
GO

CREATE PROCEDURE SafetyTests.[test a rule cannot be updated by the owner of the database]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50046;
    UPDATE safety.[Rule] SET Text = N'nothing' WHERE Kind = 'deny_words';
END;
GO

CREATE PROCEDURE SafetyTests.[test a rule cannot be deleted by the owner of the database]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50046;
    DELETE FROM safety.[Rule];
END;
GO

CREATE PROCEDURE SafetyTests.[test a constitution cannot be updated by the owner of the database]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50046;
    UPDATE safety.Constitution SET CreatedBy = N'somebody else';
END;
GO

CREATE PROCEDURE SafetyTests.[test a constitution cannot be deleted by the owner of the database]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50046;
    DELETE FROM safety.Constitution WHERE Version = 1;
END;
GO

CREATE PROCEDURE SafetyTests.[test the rules cannot be truncated]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 4712;
    TRUNCATE TABLE safety.[Rule];
END;
GO

CREATE PROCEDURE SafetyTests.[test the constitutions cannot be truncated]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 4712;
    TRUNCATE TABLE safety.Constitution;
END;
GO

CREATE PROCEDURE SafetyTests.[test the platform user itself cannot update a rule]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 229;
    EXECUTE AS USER = N'nina_service';
    BEGIN TRY
        EXECUTE sys.sp_executesql N'UPDATE safety.[Rule] SET Text = N''nothing'';';
        REVERT;
    END TRY
    BEGIN CATCH
        REVERT;
        THROW;
    END CATCH;
END;
GO

CREATE PROCEDURE SafetyTests.[test the record of blocked attempts cannot be deleted]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50046;
    DELETE FROM safety.BlockedAttempt;
END;
GO

CREATE PROCEDURE SafetyTests.[test an edited rule is found]
AS
BEGIN
    EXECUTE SafetyTests.PublishTwice;
    EXECUTE SafetyTests.TakeTheLocksOff;
    UPDATE safety.[Rule] SET Text = N'harmless' WHERE Name = N'second';
    EXECUTE SafetyTests.ExpectProblem N'%its hash is not that of its content%';
END;
GO

CREATE PROCEDURE SafetyTests.[test a raised limit is found]
AS
BEGIN
    EXECUTE SafetyTests.PublishTwice;
    EXECUTE SafetyTests.TakeTheLocksOff;
    UPDATE safety.[Rule] SET Parameters = N'{"limit": 90}' WHERE Name = N'third';
    EXECUTE SafetyTests.ExpectProblem N'%its hash is not that of its content%';
END;
GO

CREATE PROCEDURE SafetyTests.[test a removed rule is found]
AS
BEGIN
    EXECUTE SafetyTests.PublishTwice;
    EXECUTE SafetyTests.TakeTheLocksOff;
    DELETE FROM safety.[Rule] WHERE Name = N'third';
    EXECUTE SafetyTests.ExpectProblem N'%its hash is not that of its content%';
END;
GO

CREATE PROCEDURE SafetyTests.[test an inserted rule is found]
AS
BEGIN
    EXECUTE SafetyTests.PublishTwice;
    EXECUTE SafetyTests.TakeTheLocksOff;
    INSERT INTO safety.[Rule] (ConstitutionId, TenantId, Ordinal, Name, Kind, Stage, Text, Parameters)
    SELECT ConstitutionId, TenantId, 2, N'slipped in', 'deny_words', 'both', N'x', N'{}' FROM safety.[Rule] WHERE Name = N'first';
    EXECUTE SafetyTests.ExpectProblem N'%its hash is not that of its content%';
END;
GO

CREATE PROCEDURE SafetyTests.[test swapped rules are found]
AS
BEGIN
    EXECUTE SafetyTests.PublishTwice;
    EXECUTE SafetyTests.TakeTheLocksOff;
    UPDATE safety.[Rule] SET Ordinal = 12 - Ordinal WHERE Name IN (N'second', N'third');
    EXECUTE SafetyTests.ExpectProblem N'%its hash is not that of its content%';
END;
GO

CREATE PROCEDURE SafetyTests.[test another author is found]
AS
BEGIN
    EXECUTE SafetyTests.PublishTwice;
    EXECUTE SafetyTests.TakeTheLocksOff;
    UPDATE safety.Constitution SET CreatedBy = N'somebody else' WHERE TenantId IS NOT NULL AND Version = 2;
    EXECUTE SafetyTests.ExpectProblem N'%its hash is not that of its content%';
END;
GO

CREATE PROCEDURE SafetyTests.[test an edited rule with a fitting hash is found by the version that follows]
AS
BEGIN
    EXECUTE SafetyTests.PublishTwice;
    EXECUTE SafetyTests.TakeTheLocksOff;
    UPDATE safety.[Rule] SET Text = N'harmless' WHERE Name = N'second';
    UPDATE safety.Constitution SET Hash = safety.ComputedHash(ConstitutionId) WHERE TenantId IS NOT NULL AND Version = 2;
    EXECUTE SafetyTests.ExpectProblem N'%does not continue the one before%';
END;
GO

CREATE PROCEDURE SafetyTests.[test a removed version is found]
AS
BEGIN
    EXECUTE SafetyTests.PublishTwice;
    EXECUTE SafetyTests.TakeTheLocksOff;
    DELETE FROM safety.[Rule] WHERE Name IN (N'second', N'third');
    DELETE FROM safety.Constitution WHERE TenantId IS NOT NULL AND Version = 2;
    EXECUTE SafetyTests.ExpectProblem N'%removed or inserted%';
END;
GO

CREATE PROCEDURE SafetyTests.[test a removed end of the chain is found]
AS
BEGIN
    EXECUTE SafetyTests.PublishTwice;
    EXECUTE SafetyTests.TakeTheLocksOff;
    DELETE FROM safety.[Rule] WHERE Name = N'fourth';
    DELETE FROM safety.Constitution WHERE TenantId IS NOT NULL AND Version = 3;
    EXECUTE SafetyTests.ExpectProblem N'%the end of the chain was removed%';
END;
GO

CREATE PROCEDURE SafetyTests.[test swapped versions are found]
AS
BEGIN
    EXECUTE SafetyTests.PublishTwice;
    EXECUTE SafetyTests.TakeTheLocksOff;
    UPDATE safety.Constitution SET Version = 12 - Version WHERE TenantId IS NOT NULL AND Version IN (1, 2);
    UPDATE safety.Constitution SET Version = Version - 9 WHERE TenantId IS NOT NULL AND Version > 9;
    EXECUTE SafetyTests.ExpectProblem N'%does not continue the one before%';
END;
GO

CREATE PROCEDURE SafetyTests.[test a chain written anew is found by an agent that was bound to it]
AS
BEGIN
    EXECUTE safety.PublishConstitution N'[{"name": "first", "kind": "deny_words", "text": "alpha"}]';
    EXECUTE factory.AssembleAgent @Agent = N'witness', @Domains = N'chess';
    EXECUTE SafetyTests.TakeTheLocksOff;
    UPDATE safety.[Rule] SET Text = N'harmless' WHERE Name = N'first';
    UPDATE safety.Constitution SET Hash = safety.ComputedHash(ConstitutionId) WHERE TenantId IS NOT NULL;
    UPDATE h SET Hash = c.Hash FROM safety.ConstitutionHead AS h INNER JOIN safety.Constitution AS c ON c.TenantId = h.TenantId;
    EXECUTE SafetyTests.ExpectProblem N'An agent was bound to another content%';
END;
GO

CREATE PROCEDURE SafetyTests.[test a chain written anew is found by a hash that was kept elsewhere]
AS
BEGIN
    EXECUTE safety.PublishConstitution N'[{"name": "first", "kind": "deny_words", "text": "alpha"}]';
    DECLARE @Known binary(32) = (SELECT hash FROM safety.constitutions WHERE scope = 'tenant'), @Problems int;
    EXECUTE safety.VerifyChain @Known, @Problems OUTPUT;
    EXECUTE tSQLt.AssertEquals 0, @Problems;

    EXECUTE SafetyTests.TakeTheLocksOff;
    UPDATE safety.[Rule] SET Text = N'harmless' WHERE Name = N'first';
    UPDATE safety.Constitution SET Hash = safety.ComputedHash(ConstitutionId) WHERE TenantId IS NOT NULL;
    UPDATE h SET Hash = c.Hash FROM safety.ConstitutionHead AS h INNER JOIN safety.Constitution AS c ON c.TenantId = h.TenantId;
    EXECUTE safety.VerifyChain @Known, @Problems OUTPUT;
    EXECUTE tSQLt.AssertEquals 1, @Problems;
END;
GO

CREATE PROCEDURE SafetyTests.[test an agent whose rules were tampered with shows none]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50049;
    EXECUTE safety.PublishConstitution N'[{"name": "first", "kind": "deny_words", "text": "alpha"}]';
    EXECUTE factory.AssembleAgent @Agent = N'guarded', @Domains = N'chess';
    EXECUTE SafetyTests.TakeTheLocksOff;
    UPDATE safety.[Rule] SET Text = N'harmless' WHERE Name = N'first';
    EXECUTE safety.ShowRules N'guarded';
END;
GO

CREATE PROCEDURE SafetyTests.[test an agent whose binding was removed is stopped]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50049;
    EXECUTE factory.AssembleAgent @Agent = N'unbound', @Domains = N'chess';
    EXECUTE SafetyTests.TakeTheLocksOff;
    DELETE FROM safety.AgentConstitution;
    EXECUTE safety.ShowRules N'unbound';
END;
GO

CREATE PROCEDURE SafetyTests.[test a broken chain is not continued]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50049;
    EXECUTE SafetyTests.PublishTwice;
    EXECUTE SafetyTests.TakeTheLocksOff;
    DELETE FROM safety.[Rule] WHERE Name = N'fourth';
    DELETE FROM safety.Constitution WHERE TenantId IS NOT NULL AND Version = 3;
    EXECUTE safety.PublishConstitution N'[]';
END;
GO

CREATE PROCEDURE SafetyTests.[test an agent is bound to the versions in force when it is assembled]
AS
BEGIN
    EXECUTE SafetyTests.PublishTwice;
    EXECUTE factory.AssembleAgent @Agent = N'bound', @Domains = N'chess';
    DECLARE @Bound int =
    (
        SELECT COUNT(*)
        FROM safety.AgentConstitution AS b
        INNER JOIN factory.Agent AS a ON a.AgentId = b.AgentId
        INNER JOIN safety.Constitution AS c ON c.ConstitutionId = b.ConstitutionId AND c.Hash = b.Hash
        WHERE a.Name = N'bound' AND (c.TenantId IS NULL OR c.Version = 3)
    );
    EXECUTE tSQLt.AssertEquals 2, @Bound;
END;
GO

CREATE PROCEDURE SafetyTests.[test rules that a tenant withdraws still bind agents assembled under them]
AS
BEGIN
    EXECUTE safety.PublishConstitution N'[{"name": "kept", "kind": "deny_words", "text": "alpha"}]';
    EXECUTE factory.AssembleAgent @Agent = N'old', @Domains = N'chess';
    EXECUTE safety.PublishConstitution N'[]';
    EXECUTE factory.AssembleAgent @Agent = N'new', @Domains = N'chess';

    CREATE TABLE #Rules (scope varchar(8), version int, name nvarchar(100), kind varchar(20), stage varchar(6), text nvarchar(max), parameters nvarchar(max));
    INSERT INTO #Rules EXECUTE safety.ShowRules N'old';
    DECLARE @Kept int = (SELECT COUNT(*) FROM #Rules WHERE name = N'kept');
    EXECUTE tSQLt.AssertEquals 1, @Kept;

    DELETE FROM #Rules;
    INSERT INTO #Rules EXECUTE safety.ShowRules N'new';
    SET @Kept = (SELECT COUNT(*) FROM #Rules WHERE name = N'kept');
    EXECUTE tSQLt.AssertEquals 0, @Kept;
END;
GO

CREATE PROCEDURE SafetyTests.[test a later version of the platform reaches agents that are there already]
AS
BEGIN
    EXECUTE factory.AssembleAgent @Agent = N'old', @Domains = N'chess';
    DECLARE @Bound int = (SELECT COUNT(*) FROM safety.rules WHERE scope = 'platform' AND is_in_force = 1);
    EXECUTE safety.PublishConstitution N'[{"name": "later", "kind": "deny_words", "text": "alpha"}]', 'platform';

    CREATE TABLE #Rules (scope varchar(8), version int, name nvarchar(100), kind varchar(20), stage varchar(6), text nvarchar(max), parameters nvarchar(max));
    INSERT INTO #Rules EXECUTE safety.ShowRules N'old';
    DECLARE @Later int = (SELECT COUNT(*) FROM #Rules WHERE name = N'later'), @All int = (SELECT COUNT(*) FROM #Rules), @Expected int = @Bound + 1;
    EXECUTE tSQLt.AssertEquals 1, @Later;
    EXECUTE tSQLt.AssertEquals @Expected, @All;
END;
GO

CREATE PROCEDURE SafetyTests.[test the least token limit counts whoever set it]
AS
BEGIN
    DECLARE @Low nvarchar(max) = N'[{"kind": "max_tokens", "parameters": {"limit": 50}}, {"kind": "max_tokens", "parameters": {"limit": 7}}, {"kind": "max_tokens", "parameters": {"limit": 9000}}]';
    DECLARE @Limit int = safety.TokenLimit(@Low);
    EXECUTE tSQLt.AssertEquals 7, @Limit;
    SET @Limit = safety.TokenLimit(N'[{"kind": "deny_words", "parameters": {}}]');
    EXECUTE tSQLt.AssertEquals NULL, @Limit;
END;
GO

CREATE PROCEDURE SafetyTests.[test a tool must be in every list]
AS
BEGIN
    EXECUTE safety.PublishConstitution N'[{"name": "few tools", "kind": "allow_tools", "parameters": {"tools": ["search", "clock", "mail"]}}]', 'platform';
    EXECUTE safety.PublishConstitution N'[{"name": "own tools", "kind": "allow_tools", "parameters": {"tools": ["search", "shell"]}}]';
    EXECUTE factory.AssembleAgent @Agent = N'worker', @Domains = N'chess';
    EXECUTE safety.AuthorizeTool N'worker', N'search';

    -- The tenant's list neither adds to the platform's nor is widened by it.
    DECLARE @Refused nvarchar(max) = N'', @Message nvarchar(2048);
    BEGIN TRY
        EXECUTE safety.AuthorizeTool N'worker', N'shell';
    END TRY
    BEGIN CATCH
        SET @Message = CONCAT(ERROR_NUMBER(), N' ', ERROR_MESSAGE());
    END CATCH;

    -- A blocked attempt ends the transaction; the test's caller expects to find one.
    IF @@TRANCOUNT = 0
    BEGIN
        BEGIN TRANSACTION;
    END;

    IF @Message IS NULL OR @Message NOT LIKE N'50042 %few tools%'
    BEGIN
        EXECUTE tSQLt.Fail N'The platform''s list does not have shell; it was: ', @Message;
    END;
END;
GO

CREATE PROCEDURE SafetyTests.[test a tool that only looks like an allowed one is refused]
AS
BEGIN
    EXECUTE safety.PublishConstitution N'[{"name": "few tools", "kind": "allow_tools", "parameters": {"tools": ["search"]}}]';
    EXECUTE factory.AssembleAgent @Agent = N'worker', @Domains = N'chess';
    DECLARE @Message nvarchar(2048);
    BEGIN TRY
        EXECUTE safety.AuthorizeTool N'worker', N'Search ';
    END TRY
    BEGIN CATCH
        SET @Message = CONCAT(ERROR_NUMBER(), N' ', ERROR_MESSAGE());
    END CATCH;

    -- A blocked attempt ends the transaction; the test's caller expects to find one.
    IF @@TRANCOUNT = 0
    BEGIN
        BEGIN TRANSACTION;
    END;

    IF @Message IS NULL OR @Message NOT LIKE N'50042 %'
    BEGIN
        EXECUTE tSQLt.Fail N'Names of tools are compared exactly; it was: ', @Message;
    END;
END;
GO

CREATE PROCEDURE SafetyTests.[test everything that is wrong with rules is listed]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50043, @ExpectedMessagePattern = N'%Rule 3 has no name%twice%treshold%limit%tools%invalid pattern%nothing could match%';
    EXECUTE safety.PublishConstitution N'[
        {"name": "a", "kind": "deny_regex", "text": "(x"},
        {"name": "A", "kind": "deny_similar", "text": "x", "parameters": {"treshold": 0.8}},
        {"kind": "deny_words", "text": "!!"},
        {"name": "b", "kind": "max_tokens", "parameters": {"limit": 0}},
        {"name": "c", "kind": "allow_tools", "parameters": {"tools": ["rm -rf"]}}]';
END;
GO

CREATE PROCEDURE SafetyTests.[test a key that occurs twice is refused]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 51103;
    EXECUTE safety.PublishConstitution N'[{"name": "a", "kind": "deny_words", "text": "x", "text": "y"}]';
END;
GO

CREATE PROCEDURE SafetyTests.[test a pattern that is too long is refused]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50043, @ExpectedMessagePattern = N'%at most 500 characters%';
    DECLARE @Rules nvarchar(max) = CONCAT(N'[{"name": "a", "kind": "deny_regex", "text": "', REPLICATE(CAST(N'x' AS nvarchar(max)), 501), N'"}]');
    EXECUTE safety.PublishConstitution @Rules;
END;
GO

CREATE PROCEDURE SafetyTests.[test a pattern that repeats without measure is refused]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50043, @ExpectedMessagePattern = N'%more than 999 times%';
    EXECUTE safety.PublishConstitution N'[{"name": "a", "kind": "deny_regex", "text": "(a{2,5000}){9}"}]';
END;
GO

CREATE PROCEDURE SafetyTests.[test a pattern that matches everything is refused]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50043, @ExpectedMessagePattern = N'%matches the empty text%';
    EXECUTE safety.PublishConstitution N'[{"name": "a", "kind": "deny_regex", "text": "x*"}]';
END;
GO

CREATE PROCEDURE SafetyTests.[test an application cannot publish for the platform]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50044;
    EXECUTE AS USER = N'nina_local';
    BEGIN TRY
        EXECUTE sys.sp_executesql N'EXECUTE safety.PublishConstitution N''[]'', ''platform'';';
        REVERT;
    END TRY
    BEGIN CATCH
        REVERT;
        THROW;
    END CATCH;
END;
GO

CREATE PROCEDURE SafetyTests.[test an administrator publishes for the platform]
AS
BEGIN
    CREATE USER safety_administrator WITHOUT LOGIN;
    ALTER ROLE nina_administrator ADD MEMBER safety_administrator;
    EXECUTE AS USER = N'safety_administrator';
    EXECUTE safety.PublishConstitution N'[{"name": "by the administrator", "kind": "deny_words", "text": "alpha"}]', 'platform';
    REVERT;
    DECLARE @By nvarchar(200) = (SELECT created_by FROM safety.constitutions WHERE scope = 'platform' AND is_in_force = 1);
    EXECUTE tSQLt.AssertEqualsString N'safety_administrator', @By;
END;
GO

CREATE PROCEDURE SafetyTests.[test an application cannot read the private key]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 229;
    EXECUTE safety.EnsureSigningKey;
    EXECUTE AS USER = N'nina_local';
    BEGIN TRY
        EXECUTE sys.sp_executesql N'DECLARE @Key varbinary(max) = (SELECT TOP (1) PrivateKey FROM safety.SigningKey);';
        REVERT;
    END TRY
    BEGIN CATCH
        REVERT;
        THROW;
    END CATCH;
END;
GO

CREATE PROCEDURE SafetyTests.[test not even the platform user reads the private key directly]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 229;
    EXECUTE safety.EnsureSigningKey;
    EXECUTE AS USER = N'nina_service';
    BEGIN TRY
        EXECUTE sys.sp_executesql N'DECLARE @Key varbinary(max) = (SELECT TOP (1) PrivateKey FROM safety.SigningKey);';
        REVERT;
    END TRY
    BEGIN CATCH
        REVERT;
        THROW;
    END CATCH;
END;
GO

CREATE PROCEDURE SafetyTests.[test an application cannot generate past the rules]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 229;
    EXECUTE AS USER = N'nina_local';
    BEGIN TRY
        EXECUTE sys.sp_executesql N'SELECT piece FROM clr.Generate(N''[]'', N''x'', 1, 0, 0, 1, 0, NULL);';
        REVERT;
    END TRY
    BEGIN CATCH
        REVERT;
        THROW;
    END CATCH;
END;
GO

CREATE PROCEDURE SafetyTests.[test an application cannot generate under rules of its own]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 229;
    EXECUTE AS USER = N'nina_local';
    BEGIN TRY
        EXECUTE sys.sp_executesql N'DECLARE @Count int, @Violation nvarchar(max), @Blocked nvarchar(max); EXECUTE factory.GenerateUnderRules N''[]'', N''[]'', NULL, N''x'', 1, 0, 0, 1, 0, @Count OUTPUT, @Violation OUTPUT, @Blocked OUTPUT;';
        REVERT;
    END TRY
    BEGIN CATCH
        REVERT;
        THROW;
    END CATCH;
END;
GO

CREATE PROCEDURE SafetyTests.[test keys rotate and a revoked one is not trusted]
AS
BEGIN
    EXECUTE safety.EnsureSigningKey;
    EXECUTE safety.RotateSigningKey;
    EXECUTE safety.RotateSigningKey @RevokeOld = 1;
    DECLARE @Wrong int = (SELECT COUNT(*) FROM safety.SigningKey WHERE (Status = 'active' AND PrivateKey IS NULL) OR (Status <> 'active' AND PrivateKey IS NOT NULL));
    EXECUTE tSQLt.AssertEquals 0, @Wrong;

    SELECT status, COUNT(*) AS n INTO #Actual FROM safety.signing_keys GROUP BY status;
    SELECT CAST(status AS varchar(8)) AS status, n INTO #Expected FROM (VALUES ('active', 1), ('retired', 1), ('revoked', 1)) AS e(status, n);
    EXECUTE tSQLt.AssertEqualsTable N'#Expected', N'#Actual';
    DECLARE @Trusted int = (LEN(safety.TrustedKeys()) - LEN(REPLACE(safety.TrustedKeys(), N'BEGIN', N''))) / 5;
    EXECUTE tSQLt.AssertEquals 2, @Trusted;
END;
GO
