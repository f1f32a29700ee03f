-- Who may do what: tenants, their people, and the sessions that act for them.
CREATE SCHEMA tenancy AUTHORIZATION dbo;
