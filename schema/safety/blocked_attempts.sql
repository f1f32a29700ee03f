-- What rules stopped in the session's tenant.
CREATE VIEW safety.blocked_attempts
AS
SELECT
    b.BlockedAttemptId AS blocked_attempt_id,
    b.AgentName AS agent_name,
    b.RuleName AS rule_name,
    b.RuleScope AS rule_scope,
    b.RuleVersion AS rule_version,
    b.Kind AS kind,
    b.Stage AS stage,
    b.PrincipalId AS principal_id,
    b.TextHash AS text_hash,
    b.OccurredAt AS occurred_at
FROM safety.BlockedAttempt AS b;
GO
GRANT SELECT ON OBJECT::safety.blocked_attempts TO nina_application;
