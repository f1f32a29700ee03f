-- The platform's part of an amount: the exact product, rounded once to four decimals, halves away from zero. The fee of a refund is therefore the fee of its
-- sale with the other sign.
CREATE FUNCTION market.Fee (@Amount decimal(19, 4), @FeeRate decimal(9, 6))
RETURNS decimal(19, 4)
WITH SCHEMABINDING
AS
BEGIN
    RETURN CAST(ROUND(@Amount * @FeeRate, 4) AS decimal(19, 4));
END;
