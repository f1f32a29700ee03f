-- What operating the platform needs: quotas, metering and prices, the audit trail, and the outbox of domain events.
CREATE SCHEMA ops AUTHORIZATION dbo;
