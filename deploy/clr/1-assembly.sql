-- Installs the CLR assembly. Run by `nina deploy` on the embedded host; on SQL Server by a sysadmin with sqlcmd, which sets $(ClrAssembly) to the full path
-- of NinaDB.Clr.dll (the net472 build) as the server sees it. CLR objects are not part of the database project: its build refuses assemblies (docs/deployment.md).
EXECUTE sys.sp_configure 'show advanced options', 1;
RECONFIGURE;
EXECUTE sys.sp_configure 'clr enabled', 1;
RECONFIGURE;
GO

-- Under 'clr strict security' an assembly is trusted by its hash, not by the database.
DECLARE @Hash varbinary(64) = (SELECT HASHBYTES('SHA2_512', b.BulkColumn) FROM OPENROWSET(BULK N'$(ClrAssembly)', SINGLE_BLOB) AS b);
IF NOT EXISTS (SELECT 1 FROM sys.trusted_assemblies WHERE [hash] = @Hash)
BEGIN
    EXECUTE sys.sp_add_trusted_assembly @Hash, N'NinaDB.Clr';
END;
GO

-- It maps files into memory: UNSAFE.
CREATE ASSEMBLY [NinaDB.Clr] AUTHORIZATION dbo
FROM N'$(ClrAssembly)'
WITH PERMISSION_SET = UNSAFE;
GO

CREATE SCHEMA clr AUTHORIZATION dbo;
GO
