-- The internal key of a model by name; throws 50003 when there is none.
CREATE PROCEDURE mqe.FindModel
    @Model nvarchar(200),
    @ModelId int OUTPUT
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF @Model IS NULL
    BEGIN
        -- A name may be left out where there is only one model that was ingested.
        SELECT @ModelId = MIN(ModelId) FROM mqe.Model WHERE Kind = 'source' HAVING COUNT(*) = 1;
        IF @ModelId IS NULL
        BEGIN
            THROW 50001, N'@Model is required: the database does not hold exactly one ingested model.', 1;
        END;

        RETURN 0;
    END;

    SET @ModelId = (SELECT ModelId FROM mqe.Model WHERE Name = @Model);
    IF @ModelId IS NULL
    BEGIN
        DECLARE @Error nvarchar(2048) = CONCAT(N'There is no model named ''', @Model, N'''. SELECT name FROM mqe.models lists them.');
        THROW 50003, @Error, 1;
    END;
END;
