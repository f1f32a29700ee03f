-- A field of knowledge that skills are measured in.
CREATE TABLE mqe.Domain
(
    DomainId int IDENTITY(1, 1) NOT NULL,                 -- Internal key.
    TenantId int NOT NULL                                 -- Owner.
        CONSTRAINT DF_Domain_TenantId DEFAULT (1),
    Name nvarchar(100) NOT NULL,                          -- chess, law, ...
    CONSTRAINT PK_Domain PRIMARY KEY CLUSTERED (DomainId),
    CONSTRAINT UQ_Domain_Name UNIQUE (TenantId, Name)
);
