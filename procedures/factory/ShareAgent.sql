-- Decides who sees and runs an agent: only its maker and the tenant's owners (private), the tenant, or everybody (public). Editors share within the tenant; what
-- leaves the tenant is an owner's decision. Errors: 50001, 50007, 50020, 50021, 50022, 50028.
CREATE PROCEDURE factory.ShareAgent
    @Agent nvarchar(200),                  -- Name or public id of the agent.
    @Visibility varchar(8),                -- private, tenant or public.
    @Weights bit = 0                       -- 1: whoever sees it may also peek into its weights and export them. Public and distilled only.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'agent.share', 'agent', @Agent;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Agent IS NULL
    BEGIN
        SET @Error += N'@Agent is required. ';
    END;

    IF @Visibility IS NULL OR @Visibility NOT IN ('private', 'tenant', 'public')
    BEGIN
        SET @Error += N'@Visibility must be private, tenant or public. ';
    END;

    IF @Weights IS NULL OR (@Weights = 1 AND @Visibility <> 'public')
    BEGIN
        SET @Error += N'@Weights must be 0, or 1 for a public agent. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    DECLARE @AgentId int, @OldVisibility varchar(8), @OwnerPrincipalId int, @ModelId int;
    EXECUTE factory.FindAgent @Agent, @AgentId OUTPUT, @Need = 'own';
    SELECT @OldVisibility = Visibility, @OwnerPrincipalId = OwnerPrincipalId, @ModelId = ModelId FROM factory.Agent WHERE AgentId = @AgentId;
    IF @Weights = 1 AND @ModelId IS NULL
    BEGIN
        SET @Error = CONCAT(N'The agent ''', @Agent, N''' has no weights to share yet; factory.DistillAgent makes them.');
        THROW 50022, @Error, 1;
    END;

    IF @Visibility = 'public' OR @OldVisibility = 'public' OR (@Visibility = 'private' AND @OwnerPrincipalId <> tenancy.CurrentPrincipalId())
    BEGIN
        EXECUTE tenancy.RequireRole 'owner', 'agent.share', 'agent', @Agent;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        UPDATE factory.Agent SET Visibility = @Visibility WHERE AgentId = @AgentId;
        EXECUTE factory.AlignSharing @AgentId, @Weights;
        DECLARE @Details nvarchar(max) = (SELECT @Visibility AS visibility, @Weights AS weights FOR JSON PATH, WITHOUT_ARRAY_WRAPPER);
        EXECUTE ops.RecordAct 'agent.share', 'agent', @Agent, @Details = @Details;

        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
        END;
    END TRY
    BEGIN CATCH
        IF @OwnsTransaction = 1 AND XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON OBJECT::factory.ShareAgent TO nina_application;
