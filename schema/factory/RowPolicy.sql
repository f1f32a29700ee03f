-- Row-level security of agents.
CREATE SECURITY POLICY factory.RowPolicy
    ADD FILTER PREDICATE factory.MayReadAgent(AgentId, TenantId, OwnerPrincipalId, Visibility) ON factory.Agent,
    ADD BLOCK PREDICATE factory.MayWriteAgent(TenantId, OwnerPrincipalId, Visibility) ON factory.Agent AFTER INSERT,
    ADD BLOCK PREDICATE factory.MayWriteAgent(TenantId, OwnerPrincipalId, Visibility) ON factory.Agent AFTER UPDATE,
    ADD BLOCK PREDICATE factory.MayWriteAgent(TenantId, OwnerPrincipalId, Visibility) ON factory.Agent BEFORE UPDATE,
    ADD BLOCK PREDICATE factory.MayWriteAgent(TenantId, OwnerPrincipalId, Visibility) ON factory.Agent BEFORE DELETE,
    ADD FILTER PREDICATE factory.CanReadAgent(AgentId) ON factory.AgentDomain,
    ADD BLOCK PREDICATE factory.CanWriteAgent(TenantId, AgentId) ON factory.AgentDomain AFTER INSERT,
    ADD BLOCK PREDICATE factory.CanWriteAgent(TenantId, AgentId) ON factory.AgentDomain AFTER UPDATE,
    ADD BLOCK PREDICATE factory.CanWriteAgent(TenantId, AgentId) ON factory.AgentDomain BEFORE UPDATE,
    ADD BLOCK PREDICATE factory.CanWriteAgent(TenantId, AgentId) ON factory.AgentDomain BEFORE DELETE,
    ADD FILTER PREDICATE factory.CanReadAgent(AgentId) ON factory.AgentComponent,
    ADD BLOCK PREDICATE factory.CanWriteAgent(TenantId, AgentId) ON factory.AgentComponent AFTER INSERT,
    ADD BLOCK PREDICATE factory.CanWriteAgent(TenantId, AgentId) ON factory.AgentComponent AFTER UPDATE,
    ADD BLOCK PREDICATE factory.CanWriteAgent(TenantId, AgentId) ON factory.AgentComponent BEFORE UPDATE,
    ADD BLOCK PREDICATE factory.CanWriteAgent(TenantId, AgentId) ON factory.AgentComponent BEFORE DELETE,
    ADD FILTER PREDICATE factory.CanReadAgent(AgentId) ON factory.AgentMeasurement,
    ADD BLOCK PREDICATE factory.CanWriteAgent(TenantId, AgentId) ON factory.AgentMeasurement AFTER INSERT,
    ADD BLOCK PREDICATE factory.CanWriteAgent(TenantId, AgentId) ON factory.AgentMeasurement AFTER UPDATE,
    ADD BLOCK PREDICATE factory.CanWriteAgent(TenantId, AgentId) ON factory.AgentMeasurement BEFORE UPDATE,
    ADD BLOCK PREDICATE factory.CanWriteAgent(TenantId, AgentId) ON factory.AgentMeasurement BEFORE DELETE
WITH (STATE = ON, SCHEMABINDING = ON);
