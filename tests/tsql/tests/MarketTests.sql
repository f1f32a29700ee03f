EXECUTE tSQLt.NewTestClass N'MarketTests';
GO

-- A verified agent without the work: the base model stands for its weights.
CREATE PROCEDURE MarketTests.MakeAgent
    @Name nvarchar(200)
AS
BEGIN
    EXECUTE factory.AssembleAgent @Agent = @Name, @Domains = N'chess, law', @KeepFraction = 0.25;
    UPDATE factory.Agent SET Status = 'verified', ModelId = BaseModelId, VerifiedAt = SYSUTCDATETIME() WHERE Name = @Name;
    INSERT INTO factory.AgentMeasurement (AgentId, DomainId, Variant, NatsPerToken, TokenCount, TextSetHash)
    SELECT a.AgentId, d.DomainId, v.Variant, v.Loss, 100, 0x00
    FROM factory.Agent AS a
    INNER JOIN mqe.Domain AS d ON d.Name IN (N'chess', N'law', N'music')
    CROSS JOIN (VALUES ('base', 1.25), ('agent', 1.5)) AS v(Variant, Loss)
    WHERE a.Name = @Name;
END;
GO

CREATE PROCEDURE MarketTests.[test all that is wrong with the terms is told at once]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50001,
        @ExpectedMessage = N'@Title is required. @License must be an SPDX identifier (Apache-2.0) or a name like LicenseRef-Own. @Price must be 0 for what is free, else above 0. @Currency must be a code of ISO 4217, three capital letters. @TermDays must be from 1 to 36500, or 0 for ever.';
    EXECUTE market.CreateListing @Title = N' ', @Agent = N'x', @License = N'my licence', @PriceModel = 'free', @Price = 1, @Currency = 'eur', @TermDays = -1;
END;
GO

CREATE PROCEDURE MarketTests.[test a listing of an unknown agent is error 50007]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50007;
    EXECUTE market.CreateListing @Title = N'Ghost', @Agent = N'nobody', @License = N'MIT';
END;
GO

CREATE PROCEDURE MarketTests.[test two listings of a tenant cannot have one title]
AS
BEGIN
    EXECUTE MarketTests.MakeAgent N'm1';
    EXECUTE market.CreateListing @Title = N'Twin', @Agent = N'm1', @License = N'MIT';
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50053;
    EXECUTE market.CreateListing @Title = N'twin', @Agent = N'm1', @License = N'MIT';
END;
GO

CREATE PROCEDURE MarketTests.[test an agent that was not verified is not published]
AS
BEGIN
    EXECUTE factory.AssembleAgent @Agent = N'm2', @Domains = N'chess';
    EXECUTE market.CreateListing @Title = N'Raw', @Agent = N'm2', @License = N'MIT';
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50051, @ExpectedMessagePattern = N'The agent ''m2'' has the status assembled%';
    EXECUTE market.Publish N'Raw';
END;
GO

CREATE PROCEDURE MarketTests.[test publishing takes a snapshot that later changes of the agent do not reach]
AS
BEGIN
    EXECUTE MarketTests.MakeAgent N'm3';
    EXECUTE market.CreateListing @Title = N'Snapshot', @Agent = N'm3', @License = N'LicenseRef-House', @PriceModel = 'one_off', @Price = 19.99, @Currency = 'USD', @TermDays = 30;
    EXECUTE market.Publish N'Snapshot';
    UPDATE factory.AgentMeasurement SET NatsPerToken = 9 WHERE Variant = 'agent';

    SELECT domain, is_own_domain, base_loss, agent_loss, random_loss, token_count INTO #Actual FROM market.listing_skills WHERE listing_id = (SELECT listing_id FROM market.my_listings WHERE title = N'Snapshot');
    SELECT domain, is_own_domain, base_loss, agent_loss, random_loss, token_count
    INTO #Expected
    FROM (VALUES (N'chess', 1, 1.25, 1.5, NULL, 100), (N'law', 1, 1.25, 1.5, NULL, 100), (N'music', 0, 1.25, 1.5, NULL, 100)) AS e(domain, is_own_domain, base_loss, agent_loss, random_loss, token_count);
    EXECUTE tSQLt.AssertEqualsTable N'#Expected', N'#Actual';

    DECLARE @Facts nvarchar(max) = (SELECT CONCAT(domains, N'; ', price_model, N'; ', price, N' ', currency, N'; ', term_days, N'; ', license, N'; ', version, N'; ', base_model_name) FROM market.listings WHERE title = N'Snapshot');
    EXECUTE tSQLt.AssertEqualsString N'chess, law; one_off; 19.9900 USD; 30; LicenseRef-House; 1; nina-mini', @Facts;

    DECLARE @Rules int = (SELECT COUNT(*) FROM market.listings AS l CROSS APPLY OPENJSON(l.constitutions) WITH (scope varchar(8), version int, hash char(64)) AS c WHERE l.title = N'Snapshot' AND c.scope = 'platform' AND LEN(c.hash) = 64);
    EXECUTE tSQLt.AssertEquals 1, @Rules;
    DECLARE @Kept int = (SELECT SUM(c.kept) FROM market.listings AS l CROSS APPLY OPENJSON(l.components) WITH (layer int, kind nvarchar(20), kept int) AS c WHERE l.title = N'Snapshot');
    EXECUTE tSQLt.AssertEquals 512, @Kept;
END;
GO

CREATE PROCEDURE MarketTests.[test publishing again makes a version only when something changed]
AS
BEGIN
    EXECUTE MarketTests.MakeAgent N'm4';
    EXECUTE market.CreateListing @Title = N'Versions', @Agent = N'm4', @License = N'MIT';
    EXECUTE market.Publish N'Versions';
    EXECUTE market.Publish N'Versions';
    DECLARE @Version int = (SELECT version FROM market.listings WHERE title = N'Versions');
    EXECUTE tSQLt.AssertEquals 1, @Version;

    EXECUTE market.UpdateListing N'Versions', @PriceModel = 'per_token', @Price = 0.5;
    SELECT @Version = version FROM market.listings WHERE title = N'Versions' AND price = 0.5;
    EXECUTE tSQLt.AssertEquals 2, @Version;

    UPDATE factory.Agent SET VerifiedAt = DATEADD(SECOND, 1, VerifiedAt) WHERE Name = N'm4';
    EXECUTE market.Publish N'Versions';
    SET @Version = (SELECT version FROM market.listings WHERE title = N'Versions');
    EXECUTE tSQLt.AssertEquals 3, @Version;
END;
GO

CREATE PROCEDURE MarketTests.[test an unpublished listing is not found and a draft cannot be unpublished]
AS
BEGIN
    EXECUTE MarketTests.MakeAgent N'm5';
    EXECUTE market.CreateListing @Title = N'Gone', @Agent = N'm5', @License = N'MIT';
    EXECUTE market.Publish N'Gone';
    EXECUTE market.Unpublish N'Gone';
    DECLARE @Found int = (SELECT COUNT(*) FROM market.listings WHERE title = N'Gone');
    EXECUTE tSQLt.AssertEquals 0, @Found;
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50052;
    EXECUTE market.Unpublish N'Gone';
END;
GO

CREATE PROCEDURE MarketTests.[test nobody buys from himself]
AS
BEGIN
    EXECUTE MarketTests.MakeAgent N'm6';
    EXECUTE market.CreateListing @Title = N'Own', @Agent = N'm6', @License = N'MIT';
    EXECUTE market.Publish N'Own';
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50052, @ExpectedMessagePattern = N'%is your own.';
    EXECUTE market.Acquire N'Own', N'key';
END;
GO

CREATE PROCEDURE MarketTests.[test dropping the agent takes its listings off the market]
AS
BEGIN
    EXECUTE MarketTests.MakeAgent N'm7';
    EXECUTE market.CreateListing @Title = N'Orphan', @Agent = N'm7', @License = N'MIT';
    EXECUTE market.Publish N'Orphan';
    DECLARE @AgentId int = (SELECT AgentId FROM factory.Agent WHERE Name = N'm7');
    EXECUTE market.ReleaseAgent @AgentId;

    DECLARE @Status nvarchar(20) = (SELECT status FROM market.my_listings WHERE title = N'Orphan');
    EXECUTE tSQLt.AssertEqualsString N'draft', @Status;
    DECLARE @Events int = (SELECT COUNT(*) FROM ops.outbox_events WHERE type = 'listing.unpublished' AND subject = N'Orphan');
    EXECUTE tSQLt.AssertEquals 1, @Events;
END;
GO

CREATE PROCEDURE MarketTests.[test money is rounded once and halves away from zero]
AS
BEGIN
    SELECT fee, charge
    INTO #Actual
    FROM
    (
        SELECT market.Fee(9.9999, 0.1) AS fee, market.TokenCharge(5, 0.1) AS charge
        UNION ALL SELECT market.Fee(0.0005, 0.1), market.TokenCharge(1, 0.0499)
        UNION ALL SELECT market.Fee(-0.0005, 0.1), market.TokenCharge(999999999999, 9999.9999)
        UNION ALL SELECT market.Fee(0.0004, 0.1), market.TokenCharge(0, 5)
    ) AS m;
    SELECT CAST(fee AS decimal(19, 4)) AS fee, CAST(charge AS decimal(19, 4)) AS charge
    INTO #Expected
    FROM (VALUES (1.0000, 0.0005), (0.0001, 0.0000), (-0.0001, 9999999899990.0000), (0.0000, 0.0000)) AS e(fee, charge);
    EXECUTE tSQLt.AssertEqualsTable N'#Expected', N'#Actual';
END;
GO

CREATE PROCEDURE MarketTests.[test only administrators take listings down]
AS
BEGIN
    DECLARE @Id uniqueidentifier = NEWID(), @Number int = 0;
    BEGIN TRY
        EXECUTE market.Suspend @Id, N'Because.';
    END TRY
    BEGIN CATCH
        SET @Number = ERROR_NUMBER();
    END CATCH;

    BEGIN TRANSACTION; -- The refusal ended the test's own.
    EXECUTE tSQLt.AssertEquals 50059, @Number;
    DECLARE @Denied int = (SELECT COUNT(*) FROM ops.audit_events WHERE action = 'listing.suspend' AND outcome = 'denied' AND object_name = CAST(@Id AS nvarchar(36)));
    EXECUTE tSQLt.AssertEquals 1, @Denied;
END;
GO

CREATE PROCEDURE MarketTests.[test what was not run is not rated]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50050;
    EXECUTE market.Review N'no such listing', 5;
END;
GO

CREATE PROCEDURE MarketTests.[test a price range needs a currency and a page its cursor]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50001,
        @ExpectedMessage = N'@Sort must be newest, rating, installs, price or title. @MinPrice and @MaxPrice need @Currency. @After must be the next_page of a row of a page before, with the same @Sort.';
    EXECUTE market.Search @Sort = 'best', @MinPrice = 1, @After = N'12';
END;
GO

CREATE PROCEDURE MarketTests.[test every table of the market is under the row policy and granted to nobody]
AS
BEGIN
    SELECT t.name
    INTO #Open
    FROM sys.tables AS t
    WHERE t.schema_id = SCHEMA_ID(N'market')
        AND
        (
            NOT EXISTS (SELECT 1 FROM sys.security_predicates AS p WHERE p.target_object_id = t.object_id AND p.predicate_type_desc = N'FILTER')
            OR NOT EXISTS (SELECT 1 FROM sys.security_predicates AS p WHERE p.target_object_id = t.object_id AND p.operation_desc = N'AFTER INSERT')
            OR NOT EXISTS (SELECT 1 FROM sys.security_predicates AS p WHERE p.target_object_id = t.object_id AND p.operation_desc = N'BEFORE UPDATE')
            OR NOT EXISTS (SELECT 1 FROM sys.security_predicates AS p WHERE p.target_object_id = t.object_id AND p.operation_desc = N'BEFORE DELETE')
            OR EXISTS (SELECT 1 FROM sys.database_permissions AS g WHERE g.class = 1 AND g.major_id = t.object_id AND g.state_desc LIKE N'GRANT%')
        );
    EXECUTE tSQLt.AssertEmptyTable N'#Open';
END;
GO

CREATE PROCEDURE MarketTests.[test no tenant grants himself a right]
AS
BEGIN
    EXECUTE MarketTests.MakeAgent N'm8';
    EXECUTE market.CreateListing @Title = N'Free for me', @Agent = N'm8', @License = N'MIT';
    EXECUTE market.Publish N'Free for me';
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 33504;
    INSERT INTO market.Entitlement (TenantId, PrincipalId, ListingId, Version, ListingPublicId, AgentId, ModelId, MayReadWeights, Title, PriceModel, Price, Currency)
    SELECT TenantId, AuthorPrincipalId, ListingId, 1, PublicId, AgentId, NULL, 1, Title, 'free', 0, 'EUR'
    FROM market.Listing
    WHERE Title = N'Free for me';
END;
GO

CREATE PROCEDURE MarketTests.[test what a listing stated cannot be changed]
AS
BEGIN
    EXECUTE MarketTests.MakeAgent N'm9';
    EXECUTE market.CreateListing @Title = N'Stated', @Agent = N'm9', @License = N'MIT';
    EXECUTE market.Publish N'Stated';
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 33504;
    UPDATE market.ListingSkill SET AgentLoss = 0;
END;
GO
