-- One row a patch of an agent that the session may see, in the order of applying.
CREATE VIEW factory.patches
AS
SELECT
    a.Name AS agent_name,
    p.Name AS name,
    p.FileOrdinal AS ordinal,
    p.Kind AS kind,
    p.IsApplied AS is_applied,
    p.EditCount AS edit_count,
    p.ParameterCount AS parameter_count,
    p.ByteLength AS byte_length,
    p.Sha256 AS sha256,
    CASE WHEN a.TenantId = CONVERT(int, SESSION_CONTEXT(N'tenant_id')) THEN p.Specification END AS specification, -- Names files of the server: for the owner only.
    p.CreatedAt AS created_at,
    a.PublicId AS agent_id,
    p.PublicId AS patch_id
FROM factory.Patch AS p
INNER JOIN factory.Agent AS a ON a.AgentId = p.AgentId;
GO
GRANT SELECT ON OBJECT::factory.patches TO nina_application;
