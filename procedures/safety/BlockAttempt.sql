-- Records a broken rule (in safety.BlockedAttempt, in the audit trail, and as event agent.blocked) and throws its error. The record must outlive the caller's transaction, which the error ends anyway, so an open one is rolled back first;
-- inside INSERT ... EXECUTE, where SQL Server allows no rollback, the attempt is refused all the same but the record goes with the caller's transaction.
CREATE PROCEDURE safety.BlockAttempt
    @Violation nvarchar(max),              -- As safety.CheckText gives it.
    @AgentId int,                          -- The agent; NULL for an exported one.
    @AgentName nvarchar(200),              -- Its name.
    @Text nvarchar(max)                    -- What was stopped; only its hash is kept.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @TextHash binary(32) = HASHBYTES('SHA2_256', @Text);
    DECLARE @TenantId int = tenancy.CurrentTenantId();
    IF @@TRANCOUNT > 0
    BEGIN
        BEGIN TRY
            ROLLBACK TRANSACTION;
        END TRY
        BEGIN CATCH
            -- 3915: inside INSERT ... EXECUTE.
            IF ERROR_NUMBER() <> 3915
            BEGIN
                THROW;
            END;
        END CATCH;
    END;

    IF XACT_STATE() <> -1
    BEGIN
        DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        -- The rule itself may have gone with the transaction, or be another tenant's.
        INSERT INTO safety.BlockedAttempt (TenantId, PrincipalId, AgentId, AgentName, RuleId, RuleName, RuleScope, RuleVersion, Kind, Stage, TextHash)
        SELECT @TenantId, tenancy.CurrentPrincipalId(), @AgentId, @AgentName, r.RuleId, v.name, v.scope, v.version, v.kind, v.stage, @TextHash
        FROM OPENJSON(@Violation) WITH (rule_id int, scope varchar(8), version int, name nvarchar(100), kind varchar(20), stage varchar(6)) AS v
        LEFT OUTER JOIN safety.[Rule] AS r ON r.RuleId = v.rule_id;

        DECLARE @Details nvarchar(max) = JSON_MODIFY(JSON_MODIFY(@Violation, '$.rule_id', NULL), '$.text_sha256', LOWER(CONVERT(char(64), @TextHash, 2)));
        DECLARE @Action varchar(60) = CASE JSON_VALUE(@Violation, '$.stage') WHEN 'tool' THEN 'agent.tool' ELSE 'agent.run' END;
        EXECUTE ops.RecordAudit @Action = @Action, @ObjectType = 'agent', @ObjectName = @AgentName, @Outcome = 'denied', @Details = @Details;
        EXECUTE ops.PublishEvent @Type = 'agent.blocked', @Subject = @AgentName, @Data = @Details;
        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
        END;
    END;

    EXECUTE safety.ThrowViolation @Violation;
END;
