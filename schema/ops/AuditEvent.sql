-- Who did what to which object from where. Append-only, and a chain: Hash is SHA-256 over PreviousHash and ops.AuditText of the row.
CREATE TABLE ops.AuditEvent
(
    TenantId int NOT NULL,                                -- The tenant; 0 for acts outside every tenant.
    Sequence bigint NOT NULL,                             -- 1, 2, 3, ... for each tenant.
    OccurredAt datetime2(3) NOT NULL,                     -- UTC.
    PrincipalOid uniqueidentifier NULL,                   -- Entra object id of who acted; NULL without a session.
    LoginName nvarchar(128) NULL,                         -- ORIGINAL_LOGIN() of the connection.
    HostName nvarchar(128) NULL,                          -- As the client says.
    AppName nvarchar(128) NULL,                           -- As the client says.
    ClientAddress varchar(48) NULL,                       -- Network address, as the server sees it.
    Action varchar(60) NOT NULL,                          -- model.ingest, agent.run, ...
    ObjectType varchar(30) NULL,                          -- model, agent, ...
    ObjectName nvarchar(400) NULL,                        -- Its name when it happened.
    Outcome varchar(10) NOT NULL,                         -- success, denied or failed.
    Details nvarchar(max) NULL,                           -- Anything else, usually JSON.
    PreviousHash binary(32) NOT NULL,                     -- Hash of the event before; zeros for the first.
    Hash binary(32) NOT NULL,                             -- Of this event.
    CONSTRAINT PK_AuditEvent PRIMARY KEY CLUSTERED (TenantId, Sequence),
    CONSTRAINT CK_AuditEvent_Outcome CHECK (Outcome IN ('success', 'denied', 'failed'))
);
GO
DENY UPDATE, DELETE ON OBJECT::ops.AuditEvent TO public;
