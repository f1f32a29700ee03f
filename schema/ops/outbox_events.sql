-- The events of the outbox that were not purged yet. To follow them use ops.ReadChanges, which remembers how far a consumer came.
CREATE VIEW ops.outbox_events
AS
SELECT
    t.PublicId AS tenant_id,
    o.Sequence AS sequence,
    o.EventId AS event_id,
    o.Type AS type,
    o.Subject AS subject,
    o.OccurredAt AS occurred_at,
    o.Event AS event
FROM ops.Outbox AS o
INNER JOIN tenancy.Tenant AS t ON t.TenantId = o.TenantId;
GO
GRANT SELECT ON OBJECT::ops.outbox_events TO nina_application;
