-- What tokens cost at a price for 1,000: the exact product, rounded once to four decimals, halves away from zero.
CREATE FUNCTION market.TokenCharge (@Tokens bigint, @Price decimal(19, 4))
RETURNS decimal(19, 4)
WITH SCHEMABINDING
AS
BEGIN
    RETURN CAST(ROUND(CAST(@Tokens AS decimal(12, 0)) * @Price * 0.001, 4) AS decimal(19, 4));
END;
