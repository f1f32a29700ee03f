-- Row-level security of what compares two models: a row when the session may see both. Where the other one is gone there is nothing to hide any more.
CREATE FUNCTION mqe.CanReadBothModels (@ModelId int, @OtherModelId int)
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
    SELECT 1 AS Allowed
    FROM mqe.Model AS m
    CROSS APPLY mqe.MayReadModel(m.ModelId, m.TenantId, m.OwnerPrincipalId, m.Visibility) AS r
    WHERE m.ModelId = @ModelId
        AND
        (
            NOT EXISTS (SELECT 1 FROM mqe.Model AS g WHERE g.ModelId = @OtherModelId)
            OR EXISTS
            (
                SELECT 1
                FROM mqe.Model AS o
                CROSS APPLY mqe.MayReadModel(o.ModelId, o.TenantId, o.OwnerPrincipalId, o.Visibility) AS s
                WHERE o.ModelId = @OtherModelId
            )
        );
