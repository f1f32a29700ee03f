-- Whether any agent, of whichever tenant, was made from a model. Says no more than that.
CREATE PROCEDURE factory.IsBaseModel
    @ModelId int,
    @IsBase bit OUTPUT
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    SET @IsBase = CASE WHEN EXISTS (SELECT 1 FROM factory.Agent WHERE BaseModelId = @ModelId) THEN 1 ELSE 0 END;
END;
