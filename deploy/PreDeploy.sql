-- Runs before NinaDB's objects are created on SQL Server: vector columns with a vector index are a preview feature of SQL Server 2025.
ALTER DATABASE SCOPED CONFIGURATION SET PREVIEW_FEATURES = ON;
GO

-- The records of acts that only read need not wait for the disk (docs/operations.md).
ALTER DATABASE CURRENT SET DELAYED_DURABILITY = ALLOWED;
