-- What A's application tries in order to become more than it is. Each must be refused with an error.
SELECT * FROM mqe.Model;
GO
SELECT * FROM tenancy.Session;
GO
SELECT Content FROM mqe.ModelFile;
GO
EXECUTE AS USER = N'dbo';
GO
EXECUTE AS USER = N'nina_service';
GO
EXECUTE AS USER = N'app_b';
GO
EXECUTE AS LOGIN = N'sa';
GO
EXECUTE (N'SELECT 1') AS USER = N'nina_service';
GO
REVERT; SELECT * FROM mqe.Model;
GO
ALTER ROLE nina_platform ADD MEMBER app_a;
GO
EXECUTE sys.sp_addrolemember N'db_owner', N'app_a';
GO
GRANT SELECT ON OBJECT::mqe.Model TO app_a;
GO
REVOKE EXECUTE ON OBJECT::mqe.PeekTensor FROM nina_application;
GO
ALTER SECURITY POLICY mqe.RowPolicy WITH (STATE = OFF);
GO
DROP SECURITY POLICY mqe.RowPolicy;
GO
CREATE SECURITY POLICY dbo.Mine ADD FILTER PREDICATE tenancy.CanRead(TenantId) ON mqe.ModelFile;
GO
ALTER FUNCTION tenancy.CanRead (@TenantId int) RETURNS TABLE WITH SCHEMABINDING AS RETURN SELECT 1 AS Allowed;
GO
CREATE OR ALTER PROCEDURE mqe.PeekTensor AS SELECT 1;
GO
CREATE PROCEDURE dbo.Steal WITH EXECUTE AS 'nina_service' AS SELECT * FROM mqe.Model;
GO
CREATE PROCEDURE mqe.Steal AS SELECT * FROM mqe.Model;
GO
CREATE VIEW dbo.Stolen AS SELECT * FROM mqe.Model;
GO
CREATE FUNCTION dbo.Stolen () RETURNS TABLE AS RETURN SELECT * FROM mqe.Model;
GO
CREATE TABLE dbo.Mine (a int);
GO
CREATE USER mine WITHOUT LOGIN;
GO
CREATE ROLE mine;
GO
CREATE SCHEMA mine;
GO
CREATE SYNONYM dbo.Mine FOR mqe.Model;
GO
CREATE TRIGGER mqe.Mine ON mqe.Model AFTER INSERT AS SELECT 1;
GO
DISABLE TRIGGER ALL ON ops.AuditEvent;
GO
ALTER TABLE mqe.Model DROP COLUMN Visibility;
GO
ALTER TABLE mqe.Tensor NOCHECK CONSTRAINT ALL;
GO
CREATE INDEX mine ON mqe.Model (Name);
GO
DROP TABLE mqe.Model;
GO
DROP PROCEDURE mqe.PeekTensor;
GO
TRUNCATE TABLE mqe.ProbeText;
GO
EXECUTE sys.sp_rename N'mqe.PeekTensor', N'PeekTensors';
GO
ALTER SCHEMA dbo TRANSFER mqe.Model;
GO
ALTER AUTHORIZATION ON SCHEMA::mqe TO app_a;
GO
SELECT BulkColumn FROM OPENROWSET(BULK N'$(ProbeFile)', SINGLE_BLOB) AS b;
GO
SELECT * FROM clr.ReadLines(N'$(ProbeFile)');
GO
SELECT mqe.ModelManifest(1);
GO
SELECT clr.PeekBytes(N'$(ProbeFile)', 0, 10);
GO
SELECT Allowed FROM mqe.CanReadWeights(1);
GO
EXECUTE mqe.StoreModel @Path = N'$(SampleModel)', @Name = N'x', @Kind = 'source', @ModelId = NULL;
GO
EXECUTE tenancy.OpenSession 'bbbbbbbb-0000-0000-0000-000000000001', 'bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb', NULL, NULL, NULL, NULL, NULL;
GO
EXECUTE tenancy.ProvisionTenant @Name = N'x', @Tid = 'cccccccc-bbbb-bbbb-bbbb-bbbbbbbbbbbb', @OwnerOid = 'cccccccc-bbbb-bbbb-bbbb-bbbbbbbbbbbb', @OwnerName = N'x';
GO
EXECUTE tenancy.SuspendTenant NULL;
GO
EXECUTE tenancy.DisablePrincipal NULL, NULL;
GO
EXECUTE tenancy.ListTenants;
GO
EXECUTE tenancy.ChangeRole 1, 1, 'owner';
GO
EXECUTE sys.sp_configure 'clr enabled', 1;
GO
EXECUTE sys.sp_cdc_enable_db;
GO
SELECT * FROM mqe.models AS m INNER JOIN mqe.Model AS b ON b.PublicId = m.model_id;
GO
INSERT INTO mqe.models (name) VALUES (N'x');
GO
UPDATE mqe.models SET visibility = 'public';
GO
DELETE FROM factory.agents;
GO
MERGE factory.agents AS t USING (SELECT 1 AS one) AS s ON 1 = 0 WHEN NOT MATCHED THEN INSERT (name) VALUES (N'x');
GO
