-- Row-level security: list prices are for everybody, agreed prices for their tenant.
CREATE FUNCTION ops.CanReadPrice (@TenantId int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS Allowed
    WHERE @TenantId = 0 OR EXISTS (SELECT 1 FROM tenancy.CanRead(@TenantId));
