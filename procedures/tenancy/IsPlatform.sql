-- Row-level security of the tables that only the platform's own procedures write: a row for nina_platform. The argument is what the policy hands over; it decides nothing.
CREATE FUNCTION tenancy.IsPlatform (@Id int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS Allowed
    WHERE @Id IS NOT NULL AND IS_ROLEMEMBER(N'nina_platform') = 1;
