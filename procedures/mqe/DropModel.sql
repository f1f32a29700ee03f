-- Removes a model with its files, tensors, components and measurements. Errors: 50003, 50014.
CREATE PROCEDURE mqe.DropModel
    @Model nvarchar(200)                   -- Name of the model.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF @Model IS NULL
    BEGIN
        THROW 50001, N'@Model is required.', 1;
    END;

    DECLARE @ModelId int;
    EXECUTE mqe.FindModel @Model, @ModelId OUTPUT;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        -- Asked of the public view: agents belong to another schema.
        IF EXISTS (SELECT 1 FROM factory.agents WHERE base_model_name = @Model)
        BEGIN
            DECLARE @Error nvarchar(2048) = CONCAT(N'The model ''', @Model, N''' is the base of an agent. Drop its agents first with factory.DropAgent.');
            THROW 50014, @Error, 1;
        END;

        EXECUTE mqe.DropReadOnlyVectorIndexes;
        DELETE FROM mqe.Model WHERE ModelId = @ModelId;

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
