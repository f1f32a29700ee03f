EXECUTE tSQLt.NewTestClass N'OpsTests';
GO

-- What VerifyAudit says: its problem column, or NULL where the chain is whole.
CREATE PROCEDURE OpsTests.AuditProblem
    @Problem nvarchar(200) OUTPUT,
    @FirstBreak bigint OUTPUT,
    @Sequence bigint = NULL,
    @Hash binary(32) = NULL
AS
BEGIN
    DECLARE @Result table (tenant_id uniqueidentifier NULL, event_count bigint, first_break bigint NULL, problem nvarchar(200) NULL, last_sequence bigint NULL, last_hash binary(32) NULL);
    INSERT INTO @Result
    EXECUTE ops.VerifyAudit @Sequence, @Hash;
    SELECT @Problem = problem, @FirstBreak = first_break FROM @Result;
END;
GO

-- Three events to do mischief with; the sequence of the one in the middle.
CREATE PROCEDURE OpsTests.ThreeEvents
    @Middle bigint OUTPUT
AS
BEGIN
    EXECUTE ops.RecordAudit 'test.one', 'thing', N'one';
    EXECUTE ops.RecordAudit 'test.two', 'thing', N'two';
    EXECUTE ops.RecordAudit 'test.three', 'thing', N'three';
    SET @Middle = (SELECT MAX(sequence) FROM ops.audit_events WHERE action = 'test.two');
END;
GO

CREATE PROCEDURE OpsTests.[test an audit event says who did what to which object from where]
AS
BEGIN
    EXECUTE ops.RecordAudit 'test.act', 'thing', N'a "quoted" name', 'failed', N'{"why":"test"}';

    DECLARE @Found int =
    (
        SELECT COUNT(*)
        FROM ops.audit_events AS e
        INNER JOIN tenancy.Principal AS p ON p.Oid = e.principal_oid
        WHERE e.action = 'test.act' AND e.object_type = 'thing' AND e.object_name = N'a "quoted" name' AND e.outcome = 'failed' AND e.details = N'{"why":"test"}'
            AND p.PrincipalId = tenancy.CurrentPrincipalId() AND e.login_name = ORIGINAL_LOGIN() AND e.app_name = APP_NAME() AND e.host_name = HOST_NAME()
    );
    EXECUTE tSQLt.AssertEquals 1, @Found;
END;
GO

CREATE PROCEDURE OpsTests.[test an untouched audit chain is whole]
AS
BEGIN
    DECLARE @Middle bigint, @Problem nvarchar(200), @FirstBreak bigint;
    EXECUTE OpsTests.ThreeEvents @Middle OUTPUT;
    EXECUTE OpsTests.AuditProblem @Problem OUTPUT, @FirstBreak OUTPUT;
    EXECUTE tSQLt.AssertEqualsString NULL, @Problem;
END;
GO

CREATE PROCEDURE OpsTests.[test an edited audit event is found]
AS
BEGIN
    DECLARE @Middle bigint, @Problem nvarchar(200), @FirstBreak bigint;
    EXECUTE OpsTests.ThreeEvents @Middle OUTPUT;
    EXECUTE (N'DISABLE TRIGGER ops.AuditEventIsAppendOnly ON ops.AuditEvent;');
    UPDATE ops.AuditEvent SET Details = N'nothing happened' WHERE TenantId = tenancy.CurrentTenantId() AND Sequence = @Middle;
    EXECUTE OpsTests.AuditProblem @Problem OUTPUT, @FirstBreak OUTPUT;
    EXECUTE tSQLt.AssertEqualsString N'The event was altered.', @Problem;
    EXECUTE tSQLt.AssertEquals @Middle, @FirstBreak;
END;
GO

CREATE PROCEDURE OpsTests.[test an edited audit event with a new hash of its own is found]
AS
BEGIN
    DECLARE @Middle bigint, @Problem nvarchar(200), @FirstBreak bigint, @Next bigint;
    EXECUTE OpsTests.ThreeEvents @Middle OUTPUT;
    EXECUTE (N'DISABLE TRIGGER ops.AuditEventIsAppendOnly ON ops.AuditEvent;');
    UPDATE ops.AuditEvent
    SET
        Action = 'test.other',
        Hash = HASHBYTES('SHA2_256', PreviousHash + CAST(ops.AuditText(TenantId, Sequence, OccurredAt, PrincipalOid, LoginName, HostName, AppName, ClientAddress,
            'test.other', ObjectType, ObjectName, Outcome, Details) AS varbinary(max)))
    WHERE TenantId = tenancy.CurrentTenantId() AND Sequence = @Middle;
    EXECUTE OpsTests.AuditProblem @Problem OUTPUT, @FirstBreak OUTPUT;
    SET @Next = @Middle + 1;
    EXECUTE tSQLt.AssertEqualsString N'The event does not follow the one before it.', @Problem;
    EXECUTE tSQLt.AssertEquals @Next, @FirstBreak;
END;
GO

CREATE PROCEDURE OpsTests.[test a removed audit event is found]
AS
BEGIN
    DECLARE @Middle bigint, @Problem nvarchar(200), @FirstBreak bigint, @Next bigint;
    EXECUTE OpsTests.ThreeEvents @Middle OUTPUT;
    EXECUTE (N'DISABLE TRIGGER ops.AuditEventIsAppendOnly ON ops.AuditEvent;');
    DELETE FROM ops.AuditEvent WHERE TenantId = tenancy.CurrentTenantId() AND Sequence = @Middle;
    EXECUTE OpsTests.AuditProblem @Problem OUTPUT, @FirstBreak OUTPUT;
    SET @Next = @Middle + 1;
    EXECUTE tSQLt.AssertEqualsString N'An event before this one is missing.', @Problem;
    EXECUTE tSQLt.AssertEquals @Next, @FirstBreak;
END;
GO

CREATE PROCEDURE OpsTests.[test audit events that changed places are found]
AS
BEGIN
    DECLARE @Middle bigint, @Problem nvarchar(200), @FirstBreak bigint;
    EXECUTE OpsTests.ThreeEvents @Middle OUTPUT;
    EXECUTE (N'DISABLE TRIGGER ops.AuditEventIsAppendOnly ON ops.AuditEvent;');
    UPDATE ops.AuditEvent
    SET Sequence = CASE Sequence WHEN @Middle THEN @Middle + 1 ELSE @Middle END
    WHERE TenantId = tenancy.CurrentTenantId() AND Sequence IN (@Middle, @Middle + 1);
    EXECUTE OpsTests.AuditProblem @Problem OUTPUT, @FirstBreak OUTPUT;
    EXECUTE tSQLt.AssertEqualsString N'The event does not follow the one before it.', @Problem;
    EXECUTE tSQLt.AssertEquals @Middle, @FirstBreak;
END;
GO

CREATE PROCEDURE OpsTests.[test an audit chain that was cut off is found]
AS
BEGIN
    DECLARE @Middle bigint, @Problem nvarchar(200), @FirstBreak bigint;
    EXECUTE OpsTests.ThreeEvents @Middle OUTPUT;
    EXECUTE (N'DISABLE TRIGGER ops.AuditEventIsAppendOnly ON ops.AuditEvent;');
    DELETE FROM ops.AuditEvent WHERE TenantId = tenancy.CurrentTenantId() AND Sequence >= @Middle;
    EXECUTE OpsTests.AuditProblem @Problem OUTPUT, @FirstBreak OUTPUT;
    EXECUTE tSQLt.AssertEqualsString N'The end of the chain is not where its head row says.', @Problem;
    EXECUTE tSQLt.AssertEquals @Middle, @FirstBreak;
END;
GO

CREATE PROCEDURE OpsTests.[test a chain that was cut off with its head row does not fit what was noted outside]
AS
BEGIN
    DECLARE @Middle bigint, @Problem nvarchar(200), @FirstBreak bigint, @Noted bigint, @Hash binary(32);
    EXECUTE OpsTests.ThreeEvents @Middle OUTPUT;
    SELECT TOP (1) @Noted = sequence, @Hash = hash FROM ops.audit_events ORDER BY sequence DESC;
    EXECUTE OpsTests.AuditProblem @Problem OUTPUT, @FirstBreak OUTPUT, @Noted, @Hash;
    EXECUTE tSQLt.AssertEqualsString NULL, @Problem;

    EXECUTE (N'DISABLE TRIGGER ops.AuditEventIsAppendOnly ON ops.AuditEvent;');
    DELETE FROM ops.AuditEvent WHERE TenantId = tenancy.CurrentTenantId() AND Sequence > @Middle;
    UPDATE ops.AuditHead
    SET LastSequence = @Middle, LastHash = (SELECT e.Hash FROM ops.AuditEvent AS e WHERE e.TenantId = tenancy.CurrentTenantId() AND e.Sequence = @Middle)
    WHERE TenantId = tenancy.CurrentTenantId();
    EXECUTE OpsTests.AuditProblem @Problem OUTPUT, @FirstBreak OUTPUT;
    EXECUTE tSQLt.AssertEqualsString NULL, @Problem;
    EXECUTE OpsTests.AuditProblem @Problem OUTPUT, @FirstBreak OUTPUT, @Noted, @Hash;
    EXECUTE tSQLt.AssertEqualsString N'The chain does not fit what was noted of it before.', @Problem;
    EXECUTE tSQLt.AssertEquals @Noted, @FirstBreak;
END;
GO

CREATE PROCEDURE OpsTests.[test an anchored audit event cannot be removed even without the trigger]
AS
BEGIN
    DECLARE @Middle bigint;
    EXECUTE OpsTests.ThreeEvents @Middle OUTPUT;
    EXECUTE ops.AnchorAudit;
    EXECUTE (N'DISABLE TRIGGER ops.AuditEventIsAppendOnly ON ops.AuditEvent;');
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 547;
    DELETE FROM ops.AuditEvent WHERE TenantId = tenancy.CurrentTenantId();
END;
GO

CREATE PROCEDURE OpsTests.[test nobody updates the audit trail]
AS
BEGIN
    EXECUTE ops.RecordAudit 'test.act', 'thing', N'x';
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50034;
    UPDATE ops.AuditEvent SET Outcome = 'denied' WHERE TenantId = tenancy.CurrentTenantId();
END;
GO

CREATE PROCEDURE OpsTests.[test nobody deletes the audit trail]
AS
BEGIN
    EXECUTE ops.RecordAudit 'test.act', 'thing', N'x';
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50034;
    DELETE FROM ops.AuditEvent WHERE TenantId = tenancy.CurrentTenantId();
END;
GO

CREATE PROCEDURE OpsTests.[test nobody truncates the audit trail]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 4712;
    TRUNCATE TABLE ops.AuditEvent;
END;
GO

CREATE PROCEDURE OpsTests.[test usage that was recorded stays]
AS
BEGIN
    EXECUTE ops.RecordUsage 'searches', 1;
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50034;
    UPDATE ops.UsageEvent SET Quantity = 0 WHERE TenantId = tenancy.CurrentTenantId();
END;
GO

CREATE PROCEDURE OpsTests.[test a denied act is recorded though its transaction is rolled back]
AS
BEGIN
    DECLARE @Before int = (SELECT COUNT(*) FROM ops.audit_events WHERE outcome = 'denied' AND action = 'model.drop'), @Number int;
    UPDATE tenancy.Session SET Role = 'viewer' WHERE SessionKey = CAST(SESSION_CONTEXT(N'session_key') AS uniqueidentifier);
    BEGIN TRY
        EXECUTE mqe.DropModel N'nina-mini';
    END TRY
    BEGIN CATCH
        SET @Number = ERROR_NUMBER();
    END CATCH;

    BEGIN TRANSACTION; -- The refusal ended the test's own.
    EXECUTE tSQLt.AssertEquals 50021, @Number;
    DECLARE @After int = (SELECT COUNT(*) FROM ops.audit_events WHERE outcome = 'denied' AND action = 'model.drop') - @Before;
    EXECUTE tSQLt.AssertEquals 1, @After;
END;
GO

CREATE PROCEDURE OpsTests.[test the audit trail is not for viewers]
AS
BEGIN
    EXECUTE ops.RecordAudit 'test.act', 'thing', N'x';
    UPDATE tenancy.Session SET Role = 'viewer' WHERE SessionKey = CAST(SESSION_CONTEXT(N'session_key') AS uniqueidentifier);
    DECLARE @Seen int = (SELECT COUNT(*) FROM ops.audit_events);
    EXECUTE tSQLt.AssertEquals 0, @Seen;
END;
GO

CREATE PROCEDURE OpsTests.[test a quota names limit and use when it refuses]
AS
BEGIN
    DECLARE @Number int, @Message nvarchar(2048), @TenantId int = tenancy.CurrentTenantId();
    INSERT INTO ops.QuotaPolicy (TenantId, Resource, LimitValue) VALUES (@TenantId, 'agents', 2);
    DELETE FROM ops.QuotaUse WHERE TenantId = @TenantId AND Resource = 'agents';
    EXECUTE ops.RequireQuota 'agents', 2;
    BEGIN TRY
        EXECUTE ops.RequireQuota 'agents';
    END TRY
    BEGIN CATCH
        SELECT @Number = ERROR_NUMBER(), @Message = ERROR_MESSAGE();
    END CATCH;

    BEGIN TRANSACTION; -- The refusal ended the test's own.
    EXECUTE tSQLt.AssertEquals 50030, @Number;
    EXECUTE tSQLt.AssertEqualsString N'The quota of agents does not allow this: the limit is 2, in use are 2, asked for were 1.', @Message;

    -- The refusal ended the transaction, and with it the limit; its record stayed.
    DECLARE @Recorded int = (SELECT COUNT(*) FROM ops.audit_events WHERE action = 'quota.require' AND outcome = 'denied' AND details = @Message);
    EXECUTE tSQLt.AssertNotEquals 0, @Recorded;
END;
GO

CREATE PROCEDURE OpsTests.[test what was released can be taken again]
AS
BEGIN
    DECLARE @TenantId int = tenancy.CurrentTenantId();
    DELETE FROM ops.QuotaUse WHERE TenantId = @TenantId AND Resource = 'agents';
    INSERT INTO ops.QuotaPolicy (TenantId, Resource, LimitValue) VALUES (@TenantId, 'agents', 2);
    EXECUTE ops.RequireQuota 'agents', 2;
    EXECUTE ops.ReleaseQuota 'agents';
    EXECUTE ops.RequireQuota 'agents';
    DECLARE @Used bigint = (SELECT used FROM ops.quota_use WHERE resource = 'agents' AND limit_value = 2);
    EXECUTE tSQLt.AssertEquals 2, @Used;
END;
GO

CREATE PROCEDURE OpsTests.[test a limit of the month counts this month only]
AS
BEGIN
    DECLARE @TenantId int = tenancy.CurrentTenantId(), @Used bigint;
    DELETE FROM ops.QuotaUse WHERE TenantId = @TenantId AND Resource = 'compute_ms';
    INSERT INTO ops.QuotaUse (TenantId, Resource, PeriodStart, Used) VALUES (@TenantId, 'compute_ms', '2020-01-01', 1000);
    INSERT INTO ops.QuotaPolicy (TenantId, Resource, LimitValue) VALUES (@TenantId, 'compute_ms', 1000);
    SET @Used = (SELECT used FROM ops.quota_use AS q INNER JOIN tenancy.Tenant AS t ON t.PublicId = q.tenant_id WHERE resource = 'compute_ms' AND t.TenantId = @TenantId);
    EXECUTE tSQLt.AssertEquals 0, @Used;
    EXECUTE ops.RequireQuota 'compute_ms', 400;
    SET @Used = (SELECT used FROM ops.quota_use AS q INNER JOIN tenancy.Tenant AS t ON t.PublicId = q.tenant_id WHERE resource = 'compute_ms' AND t.TenantId = @TenantId);
    EXECUTE tSQLt.AssertEquals 400, @Used;
END;
GO

CREATE PROCEDURE OpsTests.[test a tenant without limits of its own has those of the default plan]
AS
BEGIN
    DECLARE @Tenant uniqueidentifier = (SELECT PublicId FROM tenancy.Tenant WHERE TenantId = tenancy.CurrentTenantId()), @Limit bigint;
    EXECUTE ops.SetQuota @Plan = 'default', @Resource = 'models', @Limit = 7;
    SET @Limit = (SELECT limit_value FROM ops.quota_use WHERE resource = 'models' AND tenant_id = @Tenant);
    EXECUTE tSQLt.AssertEquals 7, @Limit;

    EXECUTE ops.SetQuota @Plan = 'large', @Resource = 'models', @Limit = 700;
    EXECUTE ops.SetQuota @Tenant = @Tenant, @Plan = 'large';
    SET @Limit = (SELECT limit_value FROM ops.quota_use WHERE resource = 'models' AND tenant_id = @Tenant AND plan_name = 'large');
    EXECUTE tSQLt.AssertEquals 700, @Limit;

    EXECUTE ops.SetQuota @Tenant = @Tenant, @Resource = 'models', @Limit = NULL;
    SET @Limit = (SELECT COALESCE(limit_value, -1) FROM ops.quota_use WHERE resource = 'models' AND tenant_id = @Tenant);
    EXECUTE tSQLt.AssertEquals -1, @Limit;

    EXECUTE ops.SetQuota @Tenant = @Tenant, @Plan = 'default';
    SET @Limit = (SELECT limit_value FROM ops.quota_use WHERE resource = 'models' AND tenant_id = @Tenant);
    EXECUTE tSQLt.AssertEquals 7, @Limit;
END;
GO

CREATE PROCEDURE OpsTests.[test an application sets no quotas]
AS
BEGIN
    DECLARE @Number int;
    EXECUTE AS USER = N'nina_local';
    BEGIN TRY
        EXECUTE (N'EXECUTE ops.SetQuota @Plan = ''default'', @Resource = ''models'', @Limit = 7;');
    END TRY
    BEGIN CATCH
        SET @Number = ERROR_NUMBER();
    END CATCH;

    REVERT;
    EXECUTE tSQLt.AssertEquals 229, @Number;
END;
GO

CREATE PROCEDURE OpsTests.[test an application writes no records by itself]
AS
BEGIN
    DECLARE @Number int;
    EXECUTE AS USER = N'nina_local';
    BEGIN TRY
        EXECUTE (N'EXECUTE ops.RecordAudit ''test.forged'', ''thing'', N''x'';');
    END TRY
    BEGIN CATCH
        SET @Number = ERROR_NUMBER();
    END CATCH;

    REVERT;
    EXECUTE tSQLt.AssertEquals 229, @Number;
END;
GO

CREATE PROCEDURE OpsTests.[test ingesting and dropping keeps the books equal to the facts]
AS
BEGIN
    DECLARE @Tenant uniqueidentifier = (SELECT PublicId FROM tenancy.Tenant WHERE TenantId = tenancy.CurrentTenantId());
    DECLARE @Drift table (tenant_id uniqueidentifier, resource varchar(30), used bigint, fact bigint, drift bigint);
    DECLARE @Before bigint = (SELECT used FROM ops.quota_use WHERE resource = 'storage_bytes' AND tenant_id = @Tenant), @During bigint, @After bigint;

    EXECUTE mqe.IngestModel @Path = N'$(SampleModel)', @Name = N'quota-test', @Granularity = 'layer';
    SET @During = (SELECT used FROM ops.quota_use WHERE resource = 'storage_bytes' AND tenant_id = @Tenant)
        - (SELECT SUM(f.ByteLength) FROM mqe.ModelFile AS f INNER JOIN mqe.Model AS m ON m.ModelId = f.ModelId WHERE m.Name = N'quota-test');
    EXECUTE tSQLt.AssertEquals @Before, @During;
    INSERT INTO @Drift EXECUTE ops.VerifyQuota @Tenant;

    EXECUTE mqe.DropModel N'quota-test';
    SET @After = (SELECT used FROM ops.quota_use WHERE resource = 'storage_bytes' AND tenant_id = @Tenant);
    EXECUTE tSQLt.AssertEquals @Before, @After;
    INSERT INTO @Drift EXECUTE ops.VerifyQuota @Tenant;

    DECLARE @Rows int = (SELECT COUNT(*) FROM @Drift), @Wrong int = (SELECT COUNT(*) FROM @Drift WHERE drift <> 0);
    EXECUTE tSQLt.AssertEquals 8, @Rows;
    EXECUTE tSQLt.AssertEquals 0, @Wrong;
END;
GO

CREATE PROCEDURE OpsTests.[test books that went wrong are shown and repaired]
AS
BEGIN
    DECLARE @Tenant uniqueidentifier = (SELECT PublicId FROM tenancy.Tenant WHERE TenantId = tenancy.CurrentTenantId());
    DECLARE @Drift table (tenant_id uniqueidentifier, resource varchar(30), used bigint, fact bigint, drift bigint);
    UPDATE ops.QuotaUse SET Used = Used + 5 WHERE TenantId = tenancy.CurrentTenantId() AND Resource = 'models';
    INSERT INTO @Drift EXECUTE ops.VerifyQuota @Tenant;
    DECLARE @Models bigint = (SELECT drift FROM @Drift WHERE resource = 'models');
    EXECUTE tSQLt.AssertEquals 5, @Models;

    INSERT INTO @Drift EXECUTE ops.VerifyQuota @Tenant, 1;
    DELETE FROM @Drift;
    INSERT INTO @Drift EXECUTE ops.VerifyQuota @Tenant;
    SET @Models = (SELECT drift FROM @Drift WHERE resource = 'models');
    EXECUTE tSQLt.AssertEquals 0, @Models;
END;
GO

CREATE PROCEDURE OpsTests.[test an ingestion beyond the storage quota leaves nothing behind]
AS
BEGIN
    DECLARE @Number int, @TenantId int = tenancy.CurrentTenantId();
    INSERT INTO ops.QuotaPolicy (TenantId, Resource, LimitValue)
    SELECT @TenantId, 'storage_bytes', Used + 1000 FROM ops.QuotaUse WHERE TenantId = @TenantId AND Resource = 'storage_bytes';
    BEGIN TRY
        EXECUTE mqe.IngestModel @Path = N'$(SampleModel)', @Name = N'too large', @Granularity = 'layer';
    END TRY
    BEGIN CATCH
        SET @Number = ERROR_NUMBER();
    END CATCH;

    BEGIN TRANSACTION; -- The refusal ended the test's own.
    DECLARE @Models int = (SELECT COUNT(*) FROM mqe.Model WHERE Name = N'too large'), @Events int = (SELECT COUNT(*) FROM ops.outbox_events WHERE subject = N'too large');
    EXECUTE tSQLt.AssertEquals 50030, @Number;
    EXECUTE tSQLt.AssertEquals 0, @Models;
    EXECUTE tSQLt.AssertEquals 0, @Events;
END;
GO

CREATE PROCEDURE OpsTests.[test every act has one audit event and one domain event]
AS
BEGIN
    DECLARE @Audit bigint = COALESCE((SELECT MAX(sequence) FROM ops.audit_events), 0), @Outbox bigint = COALESCE((SELECT MAX(Sequence) FROM ops.Outbox WHERE TenantId = tenancy.CurrentTenantId()), 0);
    EXECUTE mqe.IngestModel @Path = N'$(SampleModel)', @Name = N'one event', @Granularity = 'layer';
    EXECUTE mqe.DropModel N'one event';
    EXECUTE mqe.FindCapabilities @Query = N'knight takes bishop', @Top = 1, @Model = N'nina-mini';
    EXECUTE factory.AssembleAgent @Agent = N'one agent', @Domains = N'chess', @Model = N'nina-mini';
    EXECUTE factory.DropAgent N'one agent';

    SELECT ROW_NUMBER() OVER (ORDER BY sequence) AS position, CAST(action AS varchar(60)) AS name, outcome INTO #Audit FROM ops.audit_events WHERE sequence > @Audit;
    SELECT CAST(position AS bigint) AS position, CAST(name AS varchar(60)) AS name, CAST('success' AS varchar(10)) AS outcome
    INTO #ExpectedAudit
    FROM (VALUES (1, 'model.ingest'), (2, 'model.drop'), (3, 'model.search'), (4, 'agent.assemble'), (5, 'agent.drop')) AS e(position, name);
    EXECUTE tSQLt.AssertEqualsTable N'#ExpectedAudit', N'#Audit';

    SELECT ROW_NUMBER() OVER (ORDER BY Sequence) AS position, CAST(Type AS varchar(60)) AS name, Subject AS subject INTO #Events FROM ops.Outbox WHERE TenantId = tenancy.CurrentTenantId() AND Sequence > @Outbox;
    SELECT CAST(position AS bigint) AS position, CAST(name AS varchar(60)) AS name, CAST(subject AS nvarchar(400)) AS subject
    INTO #ExpectedEvents
    FROM (VALUES (1, 'model.ingested', N'one event'), (2, 'model.dropped', N'one event'), (3, 'usage.recorded', N'nina-mini'),
        (4, 'agent.assembled', N'one agent'), (5, 'agent.dropped', N'one agent')) AS e(position, name, subject);
    EXECUTE tSQLt.AssertEqualsTable N'#ExpectedEvents', N'#Events';
END;
GO

CREATE PROCEDURE OpsTests.[test usage is recorded once for each key]
AS
BEGIN
    DECLARE @First bit, @Second bit;
    EXECUTE ops.RecordUsage 'searches', 3, N'ops-test-key', N'thing', 0, @First OUTPUT;
    EXECUTE ops.RecordUsage 'searches', 3, N'ops-test-key', N'thing', 0, @Second OUTPUT;
    DECLARE @Count int = (SELECT COUNT(*) FROM ops.UsageEvent WHERE EventKey = N'ops-test-key');
    EXECUTE tSQLt.AssertEquals 1, @Count;
    EXECUTE tSQLt.AssertEquals 1, @First;
    EXECUTE tSQLt.AssertEquals 0, @Second;
END;
GO

CREATE PROCEDURE OpsTests.[test a usage key that stands for something else is error 50032]
AS
BEGIN
    EXECUTE ops.RecordUsage 'searches', 3, N'ops-test-key';
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50032;
    EXECUTE ops.RecordUsage 'searches', 4, N'ops-test-key';
END;
GO

CREATE PROCEDURE OpsTests.[test a statement's sums are those of its events at the prices of their time]
AS
BEGIN
    DECLARE @TenantId int = tenancy.CurrentTenantId();
    DECLARE @Lines table (metric varchar(30), unit_price decimal(18, 12) NULL, currency char(3) NULL, event_count bigint, quantity bigint, compute_ms bigint, amount decimal(38, 12));
    EXECUTE AS USER = N'nina_service';
    INSERT INTO ops.Price (TenantId, Metric, ValidFrom, UnitPrice, Currency)
    VALUES (0, 'searches', '2019-01-01', 0.001, 'EUR'), (0, 'searches', '2020-02-15T12:00:00', 0.003, 'EUR'), (@TenantId, 'searches', '2020-02-20', 0.002, 'EUR'),
        (0, 'agent_tokens', '2020-02-10', 0.000000000001, 'EUR');
    REVERT;
    INSERT INTO ops.UsageEvent (TenantId, EventKey, Metric, Quantity, OccurredAt)
    VALUES (@TenantId, N's1', 'searches', 1, '2020-01-31T23:59:59.999'), (@TenantId, N's2', 'searches', 10, '2020-02-01'), (@TenantId, N's3', 'searches', 100, '2020-02-15T11:59:59.999'),
        (@TenantId, N's4', 'searches', 1000, '2020-02-15T12:00:00'), (@TenantId, N's5', 'searches', 10000, '2020-02-29T23:59:59.999'), (@TenantId, N's6', 'searches', 7, '2020-03-01'),
        (@TenantId, N's7', 'agent_tokens', 5, '2020-02-09'), (@TenantId, N's8', 'agent_tokens', 9007199254740993, '2020-02-11');
    INSERT INTO @Lines EXECUTE ops.UsageStatement '2020-02-13';

    SELECT metric, COALESCE(unit_price, -1) AS unit_price, event_count, quantity, amount INTO #Actual FROM @Lines;
    SELECT CAST(metric AS varchar(30)) AS metric, CAST(unit_price AS decimal(18, 12)) AS unit_price, CAST(event_count AS bigint) AS event_count, CAST(quantity AS bigint) AS quantity, CAST(amount AS decimal(38, 12)) AS amount
    INTO #Expected
    FROM (VALUES ('searches', 0.001, 2, 110, 0.11), ('searches', 0.003, 1, 1000, 3), ('searches', 0.002, 1, 10000, 20), ('agent_tokens', -1, 1, 5, 0),
        ('agent_tokens', 0.000000000001, 1, 9007199254740993, 9007.199254740993)) AS e(metric, unit_price, event_count, quantity, amount);
    EXECUTE tSQLt.AssertEqualsTable N'#Expected', N'#Actual';

    DECLARE @Json table (statement nvarchar(max));
    INSERT INTO @Json EXECUTE ops.UsageStatement '2020-02-01', 'json';
    DECLARE @Amount nvarchar(50), @Payable nvarchar(50), @IsFinal nvarchar(10), @LineCount int;
    SELECT @Amount = JSON_VALUE(statement, '$.amount'), @Payable = JSON_VALUE(statement, '$.payable'), @IsFinal = JSON_VALUE(statement, '$.is_final'),
        @LineCount = (SELECT COUNT(*) FROM OPENJSON(statement, '$.lines'))
    FROM @Json;
    EXECUTE tSQLt.AssertEqualsString N'9030.309254740993', @Amount;
    EXECUTE tSQLt.AssertEqualsString N'9030.31', @Payable;
    EXECUTE tSQLt.AssertEqualsString N'true', @IsFinal;
    EXECUTE tSQLt.AssertEquals 5, @LineCount;
END;
GO

CREATE PROCEDURE OpsTests.[test a price never changes the past]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50033;
    EXECUTE ops.SetPrice 'searches', 1, '2020-01-01';
END;
GO

CREATE PROCEDURE OpsTests.[test daily usage sums the events of a day]
AS
BEGIN
    DECLARE @TenantId int = tenancy.CurrentTenantId();
    INSERT INTO ops.UsageEvent (TenantId, EventKey, Metric, Quantity, ComputeMs, OccurredAt)
    VALUES (@TenantId, N'd1', 'searches', 2, 5, '2020-04-01T23:59:59.999'), (@TenantId, N'd2', 'searches', 3, 7, '2020-04-01'), (@TenantId, N'd3', 'searches', 4, 0, '2020-04-02');
    SELECT usage_date, event_count, quantity, compute_ms INTO #Actual FROM ops.usage_daily WHERE usage_date BETWEEN '2020-04-01' AND '2020-04-30';
    SELECT CAST(usage_date AS date) AS usage_date, CAST(event_count AS bigint) AS event_count, CAST(quantity AS bigint) AS quantity, CAST(compute_ms AS bigint) AS compute_ms
    INTO #Expected
    FROM (VALUES ('2020-04-01', 2, 5, 12), ('2020-04-02', 1, 4, 0)) AS e(usage_date, event_count, quantity, compute_ms);
    EXECUTE tSQLt.AssertEqualsTable N'#Expected', N'#Actual';
END;
GO

CREATE PROCEDURE OpsTests.[test an event is a CloudEvent]
AS
BEGIN
    EXECUTE ops.PublishEvent 'model.ingested', N'a "model"', N'{"n":1}';
    DECLARE @Event nvarchar(max), @Sequence bigint, @Id nvarchar(36);
    SELECT TOP (1) @Event = Event, @Sequence = Sequence, @Id = LOWER(EventId) FROM ops.Outbox WHERE TenantId = tenancy.CurrentTenantId() ORDER BY Sequence DESC;
    DECLARE @IsJson int = ISJSON(@Event), @Spec nvarchar(10) = JSON_VALUE(@Event, '$.specversion'), @EventId nvarchar(36) = JSON_VALUE(@Event, '$.id'),
        @Subject nvarchar(100) = JSON_VALUE(@Event, '$.subject'), @Type nvarchar(100) = JSON_VALUE(@Event, '$.type'), @N nvarchar(10) = JSON_VALUE(@Event, '$.data.n'),
        @SequenceText nvarchar(20) = JSON_VALUE(@Event, '$.sequence'), @Expected nvarchar(20) = CAST(@Sequence AS nvarchar(20)),
        @Source nvarchar(100) = JSON_VALUE(@Event, '$.source'), @Time nvarchar(40) = JSON_VALUE(@Event, '$.time');
    EXECUTE tSQLt.AssertEquals 1, @IsJson;
    EXECUTE tSQLt.AssertEqualsString N'1.0', @Spec;
    EXECUTE tSQLt.AssertEqualsString @Id, @EventId;
    EXECUTE tSQLt.AssertEqualsString N'a "model"', @Subject;
    EXECUTE tSQLt.AssertEqualsString N'model.ingested', @Type;
    EXECUTE tSQLt.AssertEqualsString N'1', @N;
    EXECUTE tSQLt.AssertEqualsString @Expected, @SequenceText;
    EXECUTE tSQLt.AssertLike N'/tenants/________-____-____-____-____________', @Source;
    EXECUTE tSQLt.AssertLike N'____-__-__T__:__:__.___Z', @Time;
END;
GO

CREATE PROCEDURE OpsTests.[test a rollback leaves no event and no gap]
AS
BEGIN
    EXECUTE ops.PublishEvent 'test.before', N'x', NULL;
    DECLARE @Before bigint = (SELECT LastSequence FROM ops.OutboxHead WHERE TenantId = tenancy.CurrentTenantId());
    SAVE TRANSACTION BeforeEvent;
    EXECUTE ops.PublishEvent 'test.never', N'x', NULL;
    ROLLBACK TRANSACTION BeforeEvent;
    EXECUTE ops.PublishEvent 'test.after', N'x', NULL;
    DECLARE @Gap bigint = (SELECT Sequence FROM ops.Outbox WHERE TenantId = tenancy.CurrentTenantId() AND Type = 'test.after') - @Before;
    DECLARE @Never int = (SELECT COUNT(*) FROM ops.Outbox WHERE Type = 'test.never');
    EXECUTE tSQLt.AssertEquals 1, @Gap;
    EXECUTE tSQLt.AssertEquals 0, @Never;
END;
GO

CREATE PROCEDURE OpsTests.[test a consumer gets what it did not acknowledge again]
AS
BEGIN
    DECLARE @Read table (tenant_id int, sequence bigint, event_id uniqueidentifier, type varchar(100), subject nvarchar(400), occurred_at datetime2(3), event nvarchar(max));
    DECLARE @Last bigint, @Count int, @Type varchar(100);
    EXECUTE ops.PublishEvent 'test.zero', N'x', NULL;
    SET @Last = (SELECT LastSequence FROM ops.OutboxHead WHERE TenantId = tenancy.CurrentTenantId());
    INSERT INTO @Read EXECUTE ops.ReadChanges N'ops-test', 1;
    EXECUTE ops.AcknowledgeChanges N'ops-test', @Last;
    EXECUTE ops.PublishEvent 'test.one', N'x', NULL;
    EXECUTE ops.PublishEvent 'test.two', N'x', NULL;

    DELETE FROM @Read;
    INSERT INTO @Read EXECUTE ops.ReadChanges N'ops-test', 10;
    SET @Count = (SELECT COUNT(*) FROM @Read);
    EXECUTE tSQLt.AssertEquals 2, @Count;

    SET @Last += 1;
    EXECUTE ops.AcknowledgeChanges N'ops-test', @Last;
    DELETE FROM @Read;
    INSERT INTO @Read EXECUTE ops.ReadChanges N'ops-test', 10;
    SELECT @Count = COUNT(*), @Type = MIN(type) FROM @Read;
    EXECUTE tSQLt.AssertEquals 1, @Count;
    EXECUTE tSQLt.AssertEqualsString 'test.two', @Type;
END;
GO

CREATE PROCEDURE OpsTests.[test what was never published cannot be acknowledged]
AS
BEGIN
    EXECUTE ops.PublishEvent 'test.one', N'x', NULL;
    DECLARE @Beyond bigint = (SELECT LastSequence + 1 FROM ops.OutboxHead WHERE TenantId = tenancy.CurrentTenantId());
    EXECUTE ops.ReadChanges N'ops-test';
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50031;
    EXECUTE ops.AcknowledgeChanges N'ops-test', @Beyond;
END;
GO

CREATE PROCEDURE OpsTests.[test only what all consumers acknowledged is purged before its time]
AS
BEGIN
    DECLARE @TenantId int = tenancy.CurrentTenantId(), @First bigint, @Left int;
    EXECUTE ops.PublishEvent 'test.one', N'x', NULL;
    EXECUTE ops.PublishEvent 'test.two', N'x', NULL;
    SET @First = (SELECT LastSequence - 1 FROM ops.OutboxHead WHERE TenantId = @TenantId);
    EXECUTE ops.ReadChanges N'ops-fast';
    EXECUTE ops.ReadChanges N'ops-slow';
    DECLARE @Second bigint = @First + 1;
    EXECUTE ops.AcknowledgeChanges N'ops-fast', @Second;
    EXECUTE ops.AcknowledgeChanges N'ops-slow', @First;
    DELETE FROM ops.Consumer WHERE Name NOT IN (N'ops-fast', N'ops-slow');
    EXECUTE ops.PurgeOutbox @RetentionDays = 30, @BatchSize = 3;
    SET @Left = (SELECT COUNT(*) FROM ops.Outbox WHERE TenantId = @TenantId);
    EXECUTE tSQLt.AssertEquals 1, @Left;
END;
GO

CREATE PROCEDURE OpsTests.[test a consumer behind the retention gets an error and no gap]
AS
BEGIN
    EXECUTE ops.PublishEvent 'test.one', N'x', NULL;
    EXECUTE ops.ReadChanges N'ops-test';
    EXECUTE ops.PurgeOutbox @RetentionDays = 0;
    EXECUTE ops.PublishEvent 'test.two', N'x', NULL;
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50035;
    EXECUTE ops.ReadChanges N'ops-test';
END;
GO
