-- Removes a model with its files, tensors, components and measurements. Errors: 50003, 50014, 50020, 50021.
CREATE PROCEDURE mqe.DropModel
    @Model nvarchar(200)                   -- Name of the model.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'model.drop', 'model', @Model;

    IF @Model IS NULL
    BEGIN
        THROW 50001, N'@Model is required.', 1;
    END;

    DECLARE @ModelId int;
    EXECUTE mqe.FindModel @Model, @ModelId OUTPUT, @Need = 'own';

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        -- Agents belong to another schema, and may be another tenant's where the model was shared.
        DECLARE @IsBase bit;
        EXECUTE factory.IsBaseModel @ModelId, @IsBase OUTPUT;
        IF @IsBase = 1
        BEGIN
            DECLARE @Error nvarchar(2048) = CONCAT(N'The model ''', @Model, N''' is the base of an agent. Drop its agents first with factory.DropAgent.');
            THROW 50014, @Error, 1;
        END;

        DECLARE @Name nvarchar(200), @Kind varchar(10), @Bytes bigint, @Details nvarchar(max);
        SELECT @Name = Name, @Kind = Kind, @Details = CONCAT(N'{"model_id":"', LOWER(PublicId), N'"}') FROM mqe.Model WHERE ModelId = @ModelId;
        SET @Bytes = (SELECT SUM(ByteLength) FROM mqe.ModelFile WHERE ModelId = @ModelId);

        EXECUTE mqe.DropReadOnlyVectorIndexes;

        -- Its nodes and edges go with the model; edges of other models that lead to it have no key that would take them along.
        DELETE FROM mqe.SimilarToEdge WHERE OtherModelId = @ModelId AND TenantId = tenancy.CurrentTenantId();
        DELETE FROM mqe.Model WHERE ModelId = @ModelId;
        IF @@ROWCOUNT = 0
        BEGIN
            -- Another connection dropped it meanwhile: what it held is given back once, and this one learns that there is no such model.
            EXECUTE mqe.FindModel @Model, @ModelId OUTPUT, @Need = 'own';
        END;

        -- An agent's weights go as a part of another act, which says so itself.
        IF @Kind = 'source'
        BEGIN
            EXECUTE ops.ReleaseQuota 'models';
        END;

        EXECUTE ops.ReleaseQuota 'storage_bytes', @Bytes;
        IF @Kind = 'source'
        BEGIN
            EXECUTE ops.RecordAct 'model.drop', 'model', @Name, 'model.dropped', @Details = @Details;
        END;

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
GRANT EXECUTE ON OBJECT::mqe.DropModel TO nina_application;
