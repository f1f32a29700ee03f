-- What A's application reads in the catalog. It must answer the same whatever B does, and name nothing of B's.
SELECT SCHEMA_NAME(o.schema_id) AS [schema], o.name, p.rows FROM sys.partitions AS p INNER JOIN sys.objects AS o ON o.object_id = p.object_id WHERE o.type = 'U' AND o.is_ms_shipped = 0;
GO
SELECT SCHEMA_NAME(schema_id) AS [schema], name FROM sys.tables;
GO
SELECT name FROM sys.columns WHERE object_id IN (SELECT object_id FROM sys.tables);
GO
SELECT OBJECT_NAME(object_id) AS name, last_value FROM sys.identity_columns;
GO
SELECT IDENT_CURRENT(N'mqe.Model') AS model, IDENT_CURRENT(N'ops.AuditEvent') AS audit, IDENT_CURRENT(N'factory.Agent') AS agent;
GO
SELECT OBJECT_ID(N'mqe.Model') AS model, OBJECT_ID(N'tenancy.Session') AS session;
GO
SELECT OBJECT_NAME(object_id) AS name FROM sys.sql_modules WHERE definition IS NOT NULL AND OBJECT_NAME(object_id) IN (N'StoreModel', N'OpenSession');
GO
EXECUTE sys.sp_spaceused N'mqe.Model';
GO
SELECT SUM(row_count) AS rows FROM sys.dm_db_partition_stats;
GO
SELECT name FROM sys.indexes WHERE object_id = OBJECT_ID(N'mqe.Model');
GO
SELECT session_id, login_name FROM sys.dm_exec_sessions WHERE session_id <> @@SPID;
GO
SELECT name FROM sys.security_policies;
GO
SELECT predicate_definition FROM sys.security_predicates;
GO
SELECT HAS_PERMS_BY_NAME(N'mqe.Model', N'OBJECT', N'SELECT') AS model, HAS_PERMS_BY_NAME(N'mqe.models', N'OBJECT', N'SELECT') AS models;
GO
SELECT value FROM sys.extended_properties WHERE CAST(value AS nvarchar(max)) LIKE N'%quagga%';
GO
