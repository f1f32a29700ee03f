-- Writes down what a listing states: its terms and the verified facts about its agent, as a new version unless nothing changed. Only an agent with status verified may
-- be offered. Reads the tables of the factory and of mqe by their keys, for names are unique only within a tenant. Errors: 50051.
CREATE PROCEDURE market.StoreVersion
    @ListingId int,                        -- A listing of the session's tenant, which the caller has locked.
    @Version int OUTPUT                    -- The version that is on offer now.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @AgentId int, @Title nvarchar(200);
    SELECT @AgentId = AgentId, @Title = Title, @Version = Version
    FROM market.Listing
    WHERE ListingId = @ListingId;

    DECLARE
        @Name nvarchar(200), @Status varchar(12), @ModelId int, @BaseModelId int, @VerifiedAt datetime2(3), @KeepFraction float, @NeuronsPerLayer int,
        @Error nvarchar(2048);
    SELECT
        @Name = Name, @Status = Status, @ModelId = ModelId, @BaseModelId = BaseModelId, @VerifiedAt = VerifiedAt, @KeepFraction = KeepFraction,
        @NeuronsPerLayer = NeuronsPerLayer
    FROM factory.Agent
    WHERE AgentId = @AgentId AND TenantId = tenancy.CurrentTenantId();

    IF @Status IS NULL
    BEGIN
        SET @Error = CONCAT(N'The agent of the listing ''', @Title, N''' does not exist any more.');
        THROW 50051, @Error, 1;
    END;

    IF @Status <> 'verified' OR @ModelId IS NULL OR @VerifiedAt IS NULL
    BEGIN
        SET @Error = CONCAT(N'The agent ''', @Name, N''' has the status ', @Status, N'; only an agent that factory.VerifyAgent passed may be offered.');
        THROW 50051, @Error, 1;
    END;

    DECLARE @ModelHash binary(32), @ParameterCount bigint, @BaseModelName nvarchar(200), @BaseModelHash binary(32);
    SELECT @ModelHash = ContentHash, @ParameterCount = ParameterCount FROM mqe.Model WHERE ModelId = @ModelId;
    SELECT @BaseModelName = Name, @BaseModelHash = ContentHash FROM mqe.Model WHERE ModelId = @BaseModelId;
    IF @BaseModelHash IS NULL
    BEGIN
        SET @Error = CONCAT(N'The base model of the agent ''', @Name, N''' is not shared with you any more, so where it comes from cannot be stated.');
        THROW 50051, @Error, 1;
    END;

    -- No licence of the market allows to resell, neither the agent nor what was made from it.
    IF NOT EXISTS (SELECT 1 FROM mqe.Model WHERE ModelId = @BaseModelId AND (TenantId = tenancy.CurrentTenantId() OR Visibility = 'public'))
    BEGIN
        SET @Error = CONCAT(N'The agent ''', @Name, N''' was made from weights that were acquired, and no licence allows to resell.');
        THROW 50051, @Error, 1;
    END;

    DECLARE @ComponentsJson nvarchar(max) =
    (
        SELECT c.Layer AS layer, c.Kind AS kind, COUNT(*) AS kept
        FROM factory.AgentComponent AS ac
        INNER JOIN mqe.Component AS c ON c.ComponentId = ac.ComponentId
        WHERE ac.AgentId = @AgentId
        GROUP BY c.Layer, c.Kind
        ORDER BY c.Layer, c.Kind
        FOR JSON PATH
    );
    DECLARE @ComponentsHash binary(32) =
    (
        SELECT HASHBYTES('SHA2_256', STRING_AGG(CAST(CONCAT(c.Kind, N':', c.Layer, N':', c.ComponentIndex) AS nvarchar(max)), N',') WITHIN GROUP (ORDER BY c.Kind, c.Layer, c.ComponentIndex))
        FROM factory.AgentComponent AS ac
        INNER JOIN mqe.Component AS c ON c.ComponentId = ac.ComponentId
        WHERE ac.AgentId = @AgentId
    );
    DECLARE @ConstitutionsJson nvarchar(max) =
    (
        SELECT CASE WHEN c.TenantId IS NULL THEN 'platform' ELSE 'tenant' END AS scope, c.Version AS version, LOWER(CONVERT(char(64), b.Hash, 2)) AS hash
        FROM safety.AgentConstitution AS b
        INNER JOIN safety.Constitution AS c ON c.ConstitutionId = b.ConstitutionId
        WHERE b.AgentId = @AgentId
        ORDER BY ISNULL(c.TenantId, 0), c.Version
        FOR JSON PATH
    );
    DECLARE @ConstitutionHash binary(32) =
    (
        SELECT HASHBYTES('SHA2_256', STRING_AGG(CONVERT(char(64), b.Hash, 2), '') WITHIN GROUP (ORDER BY ISNULL(c.TenantId, 0), c.Version))
        FROM safety.AgentConstitution AS b
        INNER JOIN safety.Constitution AS c ON c.ConstitutionId = b.ConstitutionId
        WHERE b.AgentId = @AgentId
    );
    IF @ConstitutionHash IS NULL
    BEGIN
        SET @Error = CONCAT(N'The agent ''', @Name, N''' is bound to no safety rules; assemble it anew.');
        THROW 50051, @Error, 1;
    END;

    IF EXISTS
    (
        SELECT Title, Description, License, MayReadWeights, PriceModel, Price, Currency, TermDays, AgentId, @ModelId, @ModelHash, @BaseModelHash, @ComponentsHash, @ConstitutionHash, @VerifiedAt
        FROM market.Listing
        WHERE ListingId = @ListingId
        INTERSECT
        SELECT Title, Description, License, MayReadWeights, PriceModel, Price, Currency, TermDays, AgentId, ModelId, ModelHash, BaseModelHash, ComponentsHash, ConstitutionHash, VerifiedAt
        FROM market.ListingVersion
        WHERE ListingId = @ListingId AND Version = @Version
    )
    BEGIN
        RETURN 0;
    END;

    SET @Version += 1;
    INSERT INTO market.ListingVersion
    (
        ListingId, Version, Title, Description, License, MayReadWeights, PriceModel, Price, Currency, TermDays, AgentId, ModelId, ModelHash, BaseModelName,
        BaseModelHash, KeepFraction, NeuronsPerLayer, ParameterCount, ComponentsJson, ComponentsHash, ConstitutionsJson, ConstitutionHash,
        VerifiedAt
    )
    SELECT
        ListingId, @Version, Title, Description, License, MayReadWeights, PriceModel, Price, Currency, TermDays, AgentId, @ModelId, @ModelHash, @BaseModelName,
        @BaseModelHash, @KeepFraction, @NeuronsPerLayer, @ParameterCount, ISNULL(@ComponentsJson, N'[]'), @ComponentsHash, @ConstitutionsJson, @ConstitutionHash,
        @VerifiedAt
    FROM market.Listing
    WHERE ListingId = @ListingId;

    INSERT INTO market.ListingSkill (ListingId, Version, Domain, IsOwnDomain, BaseLoss, AgentLoss, RandomLoss, TokenCount)
    SELECT
        @ListingId,
        @Version,
        d.Name,
        CASE WHEN EXISTS (SELECT 1 FROM factory.AgentDomain AS ad WHERE ad.AgentId = @AgentId AND ad.DomainId = d.DomainId) THEN 1 ELSE 0 END,
        b.NatsPerToken,
        a.NatsPerToken,
        r.NatsPerToken,
        a.TokenCount
    FROM factory.AgentMeasurement AS a
    INNER JOIN mqe.Domain AS d ON d.DomainId = a.DomainId
    INNER JOIN factory.AgentMeasurement AS b ON b.AgentId = a.AgentId AND b.DomainId = a.DomainId AND b.Variant = 'base'
    LEFT OUTER JOIN factory.AgentMeasurement AS r ON r.AgentId = a.AgentId AND r.DomainId = a.DomainId AND r.Variant = 'random'
    WHERE a.AgentId = @AgentId AND a.Variant = 'agent';

    UPDATE market.Listing
    SET Version = @Version
    WHERE ListingId = @ListingId;

    -- Who holds the agent runs what was verified last.
    EXECUTE market.MoveEntitlements @ListingId;
END;
