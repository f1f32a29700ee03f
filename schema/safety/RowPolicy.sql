-- Everybody sees the platform's rules, and a session those of its tenant; only the platform's procedures write the platform's (their TenantId is NULL, which no
-- session's tenant equals). safety.SigningKey has no tenant's rows, and no grant.
CREATE SECURITY POLICY safety.RowPolicy
    ADD FILTER PREDICATE safety.CanReadRules(TenantId) ON safety.Constitution,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.Constitution AFTER INSERT,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.Constitution AFTER UPDATE,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.Constitution BEFORE UPDATE,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.Constitution BEFORE DELETE,
    ADD FILTER PREDICATE safety.CanReadRules(TenantId) ON safety.[Rule],
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.[Rule] AFTER INSERT,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.[Rule] AFTER UPDATE,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.[Rule] BEFORE UPDATE,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.[Rule] BEFORE DELETE,
    ADD FILTER PREDICATE safety.CanReadRules(TenantId) ON safety.ConstitutionHead,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.ConstitutionHead AFTER INSERT,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.ConstitutionHead AFTER UPDATE,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.ConstitutionHead BEFORE UPDATE,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.ConstitutionHead BEFORE DELETE,
    ADD FILTER PREDICATE tenancy.CanRead(TenantId) ON safety.AgentConstitution,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.AgentConstitution AFTER INSERT,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.AgentConstitution AFTER UPDATE,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.AgentConstitution BEFORE UPDATE,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.AgentConstitution BEFORE DELETE,
    ADD FILTER PREDICATE tenancy.CanRead(TenantId) ON safety.BlockedAttempt,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.BlockedAttempt AFTER INSERT,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.BlockedAttempt AFTER UPDATE,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.BlockedAttempt BEFORE UPDATE,
    ADD BLOCK PREDICATE tenancy.CanWrite(TenantId) ON safety.BlockedAttempt BEFORE DELETE
    WITH (STATE = ON, SCHEMABINDING = ON);
