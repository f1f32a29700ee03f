-- Operates the database (tenants, quotas, rules of the platform, verification) and sees no tenant's rows.
CREATE ROLE nina_administrator AUTHORIZATION dbo;
