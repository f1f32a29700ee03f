-- Decides who sees a model: only its maker and the tenant's owners (private), the tenant, or everybody (public). Editors share within the tenant; what leaves the
-- tenant is an owner's decision. Errors: 50001, 50003, 50020, 50021, 50022, 50028.
CREATE PROCEDURE mqe.ShareModel
    @Model nvarchar(200),                  -- Name or public id of the model.
    @Visibility varchar(8),                -- private, tenant or public.
    @Weights bit = 0                       -- 1: whoever sees it may also peek into its weights, take statistics, distil and export. Public only.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'model.share', 'model', @Model;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Model IS NULL
    BEGIN
        SET @Error += N'@Model is required. ';
    END;

    IF @Visibility IS NULL OR @Visibility NOT IN ('private', 'tenant', 'public')
    BEGIN
        SET @Error += N'@Visibility must be private, tenant or public. ';
    END;

    IF @Weights IS NULL OR (@Weights = 1 AND @Visibility <> 'public')
    BEGIN
        SET @Error += N'@Weights must be 0, or 1 for a public model. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    DECLARE @ModelId int, @OldVisibility varchar(8), @OwnerPrincipalId int, @Kind varchar(10);
    EXECUTE mqe.FindModel @Model, @ModelId OUTPUT, @Need = 'own';
    SELECT @OldVisibility = Visibility, @OwnerPrincipalId = OwnerPrincipalId, @Kind = Kind FROM mqe.Model WHERE ModelId = @ModelId;
    IF @Kind = 'agent'
    BEGIN
        SET @Error = CONCAT(N'The model ''', @Model, N''' holds the weights of an agent; factory.ShareAgent shares both.');
        THROW 50022, @Error, 1;
    END;

    IF @Visibility = 'public' OR @OldVisibility = 'public' OR (@Visibility = 'private' AND @OwnerPrincipalId <> tenancy.CurrentPrincipalId())
    BEGIN
        EXECUTE tenancy.RequireRole 'owner', 'model.share', 'model', @Model;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        UPDATE mqe.Model SET Visibility = @Visibility, SharesWeights = @Weights WHERE ModelId = @ModelId;
        EXECUTE mqe.RefreshSharedDomains;
        DECLARE @Details nvarchar(max) = (SELECT @Visibility AS visibility, @Weights AS weights FOR JSON PATH, WITHOUT_ARRAY_WRAPPER);
        EXECUTE ops.RecordAct 'model.share', 'model', @Model, @Details = @Details;

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
GRANT EXECUTE ON OBJECT::mqe.ShareModel TO nina_application;
