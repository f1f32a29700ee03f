-- Row-level security of market.Listing: a row for each listing that the session may see. What is published, everybody's; else the session's tenant's own.
CREATE FUNCTION market.CanReadListing (@TenantId int, @Status varchar(10))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS Allowed
    WHERE @Status = 'published' OR EXISTS (SELECT 1 FROM tenancy.CanRead(@TenantId) AS r);
