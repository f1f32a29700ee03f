-- Row-level security of who is who. tenancy.Session has none: the predicates of all policies read it, and no principal has a right on it.
CREATE SECURITY POLICY tenancy.RowPolicy
    ADD FILTER PREDICATE tenancy.CanReadTenant(TenantId) ON tenancy.Tenant,
    ADD BLOCK PREDICATE tenancy.IsPlatform(TenantId) ON tenancy.Tenant AFTER INSERT,
    ADD BLOCK PREDICATE tenancy.IsPlatform(TenantId) ON tenancy.Tenant AFTER UPDATE,
    ADD BLOCK PREDICATE tenancy.IsPlatform(TenantId) ON tenancy.Tenant BEFORE UPDATE,
    ADD BLOCK PREDICATE tenancy.IsPlatform(TenantId) ON tenancy.Tenant BEFORE DELETE,
    ADD FILTER PREDICATE tenancy.CanReadPrincipal(PrincipalId) ON tenancy.Principal,
    ADD BLOCK PREDICATE tenancy.IsPlatform(PrincipalId) ON tenancy.Principal AFTER INSERT,
    ADD BLOCK PREDICATE tenancy.IsPlatform(PrincipalId) ON tenancy.Principal AFTER UPDATE,
    ADD BLOCK PREDICATE tenancy.IsPlatform(PrincipalId) ON tenancy.Principal BEFORE UPDATE,
    ADD BLOCK PREDICATE tenancy.IsPlatform(PrincipalId) ON tenancy.Principal BEFORE DELETE,
    ADD FILTER PREDICATE tenancy.CanReadMembership(TenantId, PrincipalId) ON tenancy.Membership,
    ADD BLOCK PREDICATE tenancy.IsPlatform(TenantId) ON tenancy.Membership AFTER INSERT,
    ADD BLOCK PREDICATE tenancy.IsPlatform(TenantId) ON tenancy.Membership AFTER UPDATE,
    ADD BLOCK PREDICATE tenancy.IsPlatform(TenantId) ON tenancy.Membership BEFORE UPDATE,
    ADD BLOCK PREDICATE tenancy.IsPlatform(TenantId) ON tenancy.Membership BEFORE DELETE
WITH (STATE = ON, SCHEMABINDING = ON);
