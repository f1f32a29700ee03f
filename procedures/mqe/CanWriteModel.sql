-- Row-level security of a model's parts: a row when the session may change the model, and the part carries the model's own tenant.
CREATE FUNCTION mqe.CanWriteModel (@TenantId int, @ModelId int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS Allowed
    FROM mqe.Model AS m
    CROSS APPLY mqe.MayWriteModel(m.TenantId, m.OwnerPrincipalId, m.Visibility) AS w
    WHERE m.ModelId = @ModelId AND m.TenantId = @TenantId;
