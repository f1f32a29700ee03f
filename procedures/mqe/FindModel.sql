-- The internal key of a model by name or public id: the tenant's own before what others share. What the session may not see does not exist for it (the same
-- error 50003). Errors: 50001, 50003, 50027, 50028.
CREATE PROCEDURE mqe.FindModel
    @Model nvarchar(200),                  -- Name, or public id as text.
    @ModelId int OUTPUT,
    @Need varchar(7) = 'read'              -- read: to see it; weights: to read its weights too; own: to change it.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @TenantId int = tenancy.CurrentTenantId();
    DECLARE @Error nvarchar(2048);
    SET @ModelId = NULL;
    IF @Model IS NULL
    BEGIN
        -- A name may be left out where there is only one model that was ingested.
        SELECT @ModelId = MIN(ModelId) FROM mqe.Model WHERE Kind = 'source' AND TenantId = @TenantId HAVING COUNT(*) = 1;
        IF @ModelId IS NULL
        BEGIN
            THROW 50001, N'@Model is required: the tenant does not have exactly one ingested model.', 1;
        END;

        RETURN 0;
    END;

    SET @ModelId = (SELECT ModelId FROM mqe.Model WHERE TenantId = @TenantId AND Name = @Model);
    IF @ModelId IS NULL
    BEGIN
        SET @ModelId = (SELECT ModelId FROM mqe.Model WHERE PublicId = TRY_CAST(@Model AS uniqueidentifier));
    END;

    IF @ModelId IS NULL
    BEGIN
        DECLARE @Count int;
        SELECT @ModelId = MIN(ModelId), @Count = COUNT(*) FROM mqe.Model WHERE Name = @Model;
        IF @Count > 1
        BEGIN
            SET @ModelId = NULL;
            SET @Error = CONCAT(N'Several tenants share a model named ''', @Model, N'''. Name it by its model_id of mqe.models.');
            THROW 50027, @Error, 1;
        END;
    END;

    IF @ModelId IS NULL
    BEGIN
        SET @Error = CONCAT(N'There is no model named ''', @Model, N'''. SELECT name FROM mqe.models lists them.');
        THROW 50003, @Error, 1;
    END;

    IF @Need = 'weights' AND NOT EXISTS (SELECT 1 FROM mqe.CanReadWeights(@ModelId))
    BEGIN
        SET @Error = CONCAT(N'The model ''', @Model, N''' is shared without its weights.');
        THROW 50028, @Error, 1;
    END;

    IF @Need = 'own' AND NOT EXISTS (SELECT 1 FROM mqe.Model WHERE ModelId = @ModelId AND TenantId = @TenantId)
    BEGIN
        SET @Error = CONCAT(N'The model ''', @Model, N''' belongs to another tenant, which shares it to be read only.');
        THROW 50028, @Error, 1;
    END;
END;
