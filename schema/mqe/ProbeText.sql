-- A passage that models are run on: probe passages describe components, test passages judge models and agents. They never overlap.
CREATE TABLE mqe.ProbeText
(
    ProbeTextId int IDENTITY(1, 1) NOT NULL,              -- Internal key.
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_ProbeText_TenantId DEFAULT (CONVERT(int, SESSION_CONTEXT(N'tenant_id'))),
    DomainId int NOT NULL,                                -- What the passage is about.
    Purpose varchar(5) NOT NULL,                          -- probe or test.
    Ordinal int NOT NULL,                                 -- 0-based position within domain and purpose.
    Content nvarchar(max) NOT NULL,                       -- The passage.
    CONSTRAINT PK_ProbeText PRIMARY KEY CLUSTERED (ProbeTextId),
    CONSTRAINT UQ_ProbeText_Ordinal UNIQUE (DomainId, Purpose, Ordinal),
    CONSTRAINT FK_ProbeText_Domain FOREIGN KEY (DomainId) REFERENCES mqe.Domain (DomainId) ON DELETE CASCADE,
    CONSTRAINT CK_ProbeText_Purpose CHECK (Purpose IN ('probe', 'test'))
);
