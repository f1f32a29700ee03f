-- What a unit of a metric costs, from a moment on. A price is never changed: a later one takes its place, so that a statement of a past month stays as it was.
CREATE TABLE ops.Price
(
    TenantId int NOT NULL                                 -- 0: the list price; else a price agreed with this tenant, which goes before the list price.
        CONSTRAINT DF_Price_TenantId DEFAULT (0),
    Metric varchar(30) NOT NULL,                          -- ingest_bytes, probe_tokens, searches, distillation_ms, agent_tokens, ...
    ValidFrom datetime2(3) NOT NULL,                      -- UTC, inclusive.
    UnitPrice decimal(18, 12) NOT NULL,                   -- For one unit. Twelve decimals, so that quantity times price is exact in decimal(38, 12).
    Currency char(3) NOT NULL                             -- ISO 4217.
        CONSTRAINT DF_Price_Currency DEFAULT ('EUR'),
    CONSTRAINT PK_Price PRIMARY KEY CLUSTERED (TenantId, Metric, ValidFrom),
    CONSTRAINT CK_Price_UnitPrice CHECK (UnitPrice >= 0)
);
