-- Asks whether an agent may use a tool; applications call it before they run one. Every tool list among the rules must have the tool; without a list any is allowed.
-- Errors: 50001, 50007, 50020, 50021, 50042 (not allowed; the attempt is recorded), 50049.
CREATE PROCEDURE safety.AuthorizeTool
    @Agent nvarchar(200),                  -- Name of the agent.
    @Tool nvarchar(4000)                   -- Name of the tool, compared exactly.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    EXECUTE tenancy.RequireRole 'operator', 'agent.tool', 'agent', @Agent;
    IF @Tool IS NULL OR @Tool = N'' OR DATALENGTH(@Tool) > 256
    BEGIN
        THROW 50001, N'@Tool is required, a name of at most 128 characters.', 1;
    END;

    DECLARE @AgentId int, @Rules nvarchar(max), @Versions nvarchar(max), @Space varbinary(max), @Violation nvarchar(max);
    EXECUTE factory.FindAgent @Agent, @AgentId OUTPUT;
    EXECUTE safety.LoadRules @AgentId, @Rules OUTPUT, @Versions OUTPUT, @Space OUTPUT;

    SET @Violation =
    (
        SELECT TOP (1) r.rule_id AS [rule_id], r.scope AS [scope], r.version AS [version], r.name AS [name], r.kind AS [kind], 'tool' AS [stage]
        FROM OPENJSON(@Rules) AS j
        CROSS APPLY OPENJSON(j.value) WITH (rule_id int, scope varchar(8), version int, name nvarchar(100), kind varchar(20), parameters nvarchar(max) AS JSON) AS r
        WHERE r.kind = 'allow_tools'
            AND NOT EXISTS (SELECT 1 FROM OPENJSON(r.parameters, '$.tools') AS t WHERE CAST(t.value AS varbinary(512)) = CAST(@Tool AS varbinary(512)))
        ORDER BY CAST(j.[key] AS int)
        FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
    );
    IF @Violation IS NOT NULL
    BEGIN
        EXECUTE safety.BlockAttempt @Violation, @AgentId, @Agent, @Tool;
    END;
END;
GO
GRANT EXECUTE ON OBJECT::safety.AuthorizeTool TO nina_application;
