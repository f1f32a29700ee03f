-- The platform's share of a sale. Every row of market.Sale keeps the share that it was made with.
CREATE FUNCTION market.FeeRate ()
RETURNS decimal(9, 6)
WITH SCHEMABINDING
AS
BEGIN
    RETURN CAST(0.10 AS decimal(9, 6));
END;
