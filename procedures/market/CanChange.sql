-- Row-level security of append-only tables: no row, whoever asks.
CREATE FUNCTION market.CanChange (@TenantId int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS Allowed
    WHERE @TenantId IS NULL AND @TenantId IS NOT NULL;
