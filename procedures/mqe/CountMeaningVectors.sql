-- Meaning vectors of all tenants. The inner half of mqe.BuildVectorIndex.
CREATE PROCEDURE mqe.CountMeaningVectors
    @Count bigint OUTPUT
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    SET @Count = (SELECT COUNT_BIG(*) FROM mqe.ComponentVector WHERE MeaningVector IS NOT NULL);
END;
