-- Row-level security of a model's parts: a row when the session may see the model.
CREATE FUNCTION mqe.CanReadModel (@ModelId int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS Allowed
    FROM mqe.Model AS m
    CROSS APPLY mqe.MayReadModel(m.ModelId, m.TenantId, m.OwnerPrincipalId, m.Visibility) AS r
    WHERE m.ModelId = @ModelId;
