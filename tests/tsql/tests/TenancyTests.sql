-- A refusal rolls the transaction back, the test's own too: tests of refusals look at the error themselves, and begin the transaction that the framework expects to end.
EXECUTE tSQLt.NewTestClass N'TenancyTests';
GO

-- Runs a statement as another person: an inner connection cannot be had in T-SQL, so the session's row is what the test changes.
CREATE PROCEDURE TenancyTests.BecomeRole
    @Role varchar(8)
AS
BEGIN
    UPDATE tenancy.Session SET Role = @Role WHERE SessionKey = CAST(SESSION_CONTEXT(N'session_key') AS uniqueidentifier);
END;
GO

CREATE PROCEDURE TenancyTests.[test the local owner is who I am]
AS
BEGIN
    SELECT name, role, status, is_current INTO #Actual FROM tenancy.my_tenants;
    SELECT N'local' AS name, 'owner' AS role, 'active' AS status, CAST(1 AS bit) AS is_current INTO #Expected;
    EXECUTE tSQLt.AssertEqualsTable N'#Expected', N'#Actual';
END;
GO

CREATE PROCEDURE TenancyTests.[test without a session row nothing is seen]
AS
BEGIN
    DELETE FROM tenancy.Session WHERE SessionKey = CAST(SESSION_CONTEXT(N'session_key') AS uniqueidentifier);
    DECLARE @Rows int = (SELECT COUNT(*) FROM mqe.Model) + (SELECT COUNT(*) FROM mqe.Component) + (SELECT COUNT(*) FROM factory.Agent) + (SELECT COUNT(*) FROM tenancy.Tenant);
    EXECUTE tSQLt.AssertEquals 0, @Rows;

    DECLARE @Number int;
    BEGIN TRY
        EXECUTE mqe.PeekTensor @Tensor = N'model.norm.weight';
    END TRY
    BEGIN CATCH
        SET @Number = ERROR_NUMBER();
        BEGIN TRANSACTION;
    END CATCH;

    EXECUTE tSQLt.AssertEquals 50020, @Number;
END;
GO

CREATE PROCEDURE TenancyTests.[test a session that has run out sees nothing]
AS
BEGIN
    UPDATE tenancy.Session SET ExpiresAt = DATEADD(SECOND, -1, SYSUTCDATETIME()) WHERE SessionKey = CAST(SESSION_CONTEXT(N'session_key') AS uniqueidentifier);
    DECLARE @Rows int = (SELECT COUNT(*) FROM mqe.Model);
    EXECUTE tSQLt.AssertEquals 0, @Rows;
    DECLARE @Role varchar(8) = tenancy.CurrentRole();
    EXECUTE tSQLt.AssertEquals NULL, @Role;
END;
GO

CREATE PROCEDURE TenancyTests.[test a viewer may peek]
AS
BEGIN
    EXECUTE TenancyTests.BecomeRole 'viewer';
    EXECUTE tSQLt.ExpectNoException;
    EXECUTE mqe.PeekTensor @Model = N'nina-mini', @Tensor = N'model.norm.weight', @ColumnCount = 1;
END;
GO

CREATE PROCEDURE TenancyTests.[test an auditor reads what a viewer reads]
AS
BEGIN
    EXECUTE TenancyTests.BecomeRole 'auditor';
    EXECUTE tSQLt.ExpectNoException;
    EXECUTE tenancy.RequireRole 'viewer', 'test';
    EXECUTE tenancy.RequireRole 'auditor', 'test';
END;
GO

CREATE PROCEDURE TenancyTests.[test a viewer may not ingest]
AS
BEGIN
    EXECUTE TenancyTests.BecomeRole 'viewer';
    DECLARE @Number int;
    BEGIN TRY
        EXECUTE mqe.IngestModel @Path = N'$(SampleModel)';
    END TRY
    BEGIN CATCH
        SET @Number = ERROR_NUMBER();
        BEGIN TRANSACTION;
    END CATCH;

    EXECUTE tSQLt.AssertEquals 50021, @Number;
END;
GO

CREATE PROCEDURE TenancyTests.[test an operator may not assemble]
AS
BEGIN
    EXECUTE TenancyTests.BecomeRole 'operator';
    DECLARE @Number int;
    BEGIN TRY
        EXECUTE factory.AssembleAgent @Agent = N'x', @Domains = N'chess';
    END TRY
    BEGIN CATCH
        SET @Number = ERROR_NUMBER();
        BEGIN TRANSACTION;
    END CATCH;

    EXECUTE tSQLt.AssertEquals 50021, @Number;
END;
GO

CREATE PROCEDURE TenancyTests.[test an editor may not make a model public]
AS
BEGIN
    EXECUTE TenancyTests.BecomeRole 'editor';
    DECLARE @Number int;
    BEGIN TRY
        EXECUTE mqe.ShareModel @Model = N'nina-mini', @Visibility = 'public';
    END TRY
    BEGIN CATCH
        SET @Number = ERROR_NUMBER();
        BEGIN TRANSACTION;
    END CATCH;

    EXECUTE tSQLt.AssertEquals 50021, @Number;
END;
GO

CREATE PROCEDURE TenancyTests.[test sharing a model shares the names of its domains]
AS
BEGIN
    EXECUTE mqe.ShareModel @Model = N'nina-mini', @Visibility = 'public';
    DECLARE @Shared int = (SELECT COUNT(*) FROM mqe.domains WHERE is_shared = 1), @All int = (SELECT COUNT(*) FROM mqe.domains);
    EXECUTE tSQLt.AssertEquals @All, @Shared;

    EXECUTE mqe.ShareModel @Model = N'nina-mini', @Visibility = 'tenant';
    SET @Shared = (SELECT COUNT(*) FROM mqe.domains WHERE is_shared = 1);
    EXECUTE tSQLt.AssertEquals 0, @Shared;
END;
GO

CREATE PROCEDURE TenancyTests.[test sharing reports all wrong arguments]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50001,
        @ExpectedMessage = N'@Model is required. @Visibility must be private, tenant or public. @Weights must be 0, or 1 for a public model.';
    EXECUTE mqe.ShareModel @Model = NULL, @Visibility = 'world', @Weights = 1;
END;
GO

CREATE PROCEDURE TenancyTests.[test a model is found by its public id]
AS
BEGIN
    DECLARE @Id nvarchar(200) = (SELECT CAST(model_id AS nvarchar(36)) FROM mqe.models WHERE name = N'nina-mini'), @Expected int, @Actual int;
    EXECUTE mqe.FindModel N'nina-mini', @Expected OUTPUT;
    EXECUTE mqe.FindModel @Id, @Actual OUTPUT;
    EXECUTE tSQLt.AssertEquals @Expected, @Actual;
END;
GO

CREATE PROCEDURE TenancyTests.[test the last owner cannot be removed]
AS
BEGIN
    DECLARE @Oid uniqueidentifier, @Tid uniqueidentifier;
    SELECT @Oid = oid, @Tid = tid FROM tenancy.members;
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50022;
    EXECUTE tenancy.RemoveMember @Oid, @Tid;
END;
GO

CREATE PROCEDURE TenancyTests.[test a member is added, changed and removed]
AS
BEGIN
    DECLARE @Oid uniqueidentifier = NEWID(), @Tid uniqueidentifier = NEWID();
    EXECUTE tenancy.AddMember @Oid, @Tid, 'viewer', N'guest';
    EXECUTE tenancy.SetRole @Oid, @Tid, 'editor';
    SELECT display_name, role, status, granted_by INTO #Actual FROM tenancy.members WHERE oid = @Oid;
    SELECT N'guest' AS display_name, 'editor' AS role, 'active' AS status, N'local' AS granted_by INTO #Expected;
    EXECUTE tSQLt.AssertEqualsTable N'#Expected', N'#Actual';

    EXECUTE tenancy.RemoveMember @Oid, @Tid;
    DECLARE @Rows int = (SELECT COUNT(*) FROM tenancy.members WHERE oid = @Oid);
    EXECUTE tSQLt.AssertEquals 0, @Rows;
    SET @Rows = (SELECT COUNT(*) FROM ops.audit_events WHERE action IN (N'member.add', N'member.set_role', N'member.remove') AND object_name = CAST(@Oid AS nvarchar(36)));
    EXECUTE tSQLt.AssertEquals 3, @Rows;
END;
GO

CREATE PROCEDURE TenancyTests.[test removing nobody is error 50029]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50029, @ExpectedMessagePattern = N'The tenant has no member 00000000-%';
    EXECUTE tenancy.RemoveMember '00000000-0000-0000-0000-00000000000f', '00000000-0000-0000-0000-00000000000f';
END;
GO

CREATE PROCEDURE TenancyTests.[test an own row cannot be given to another tenant]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 33504;
    UPDATE mqe.Domain SET TenantId = TenantId + 1000 WHERE Name = N'chess';
END;
GO

CREATE PROCEDURE TenancyTests.[test a row cannot be added for another tenant]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 33504;
    INSERT INTO mqe.Domain (TenantId, Name) VALUES (1000, N'elsewhere');
END;
GO

CREATE PROCEDURE TenancyTests.[test every policy is on]
AS
BEGIN
    DECLARE @Off int = (SELECT COUNT(*) FROM sys.security_policies WHERE is_enabled = 0 OR is_schema_bound = 0);
    EXECUTE tSQLt.AssertEquals 0, @Off;
END;
GO
