-- The internal key of a model that a question runs on text: one of a known architecture that is no agent's. An agent runs under its rules, by factory.RunAgent only;
-- what its model would say without them is nobody's question. Inner procedure. Errors: those of mqe.FindModel, 50009, 50073.
CREATE PROCEDURE mqe.FindRunnable
    @Model nvarchar(200),                  -- Name, or public id as text; NULL where the tenant has only one ingested model.
    @ModelId int OUTPUT,
    @Name nvarchar(200) OUTPUT,            -- Its name.
    @Need varchar(7) = 'read'              -- As for mqe.FindModel.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Kind varchar(10), @Architecture nvarchar(128), @IsRunnable bit, @Error nvarchar(2048);
    EXECUTE mqe.FindModel @Model, @ModelId OUTPUT, @Need;
    SELECT @Name = Name, @Kind = Kind, @Architecture = Architecture, @IsRunnable = IsRunnable FROM mqe.Model WHERE ModelId = @ModelId;
    IF @Kind = 'agent'
    BEGIN
        SET @Error = CONCAT(N'The model ''', @Name, N''' is an agent''s, which runs under its rules only: factory.RunAgent.');
        THROW 50073, @Error, 1;
    END;

    IF @IsRunnable = 0
    BEGIN
        SET @Error = CONCAT(N'The question needs a model that runs; ''', @Name, N''' (', @Architecture, N') is stored as tensors only.');
        THROW 50009, @Error, 1;
    END;
END;
