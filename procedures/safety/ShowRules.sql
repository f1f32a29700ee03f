-- The rules that an agent obeys when this session's tenant runs it: those it was bound to and those in force now. Result: a row a rule. Errors: 50007, 50020, 50021, 50049.
CREATE PROCEDURE safety.ShowRules
    @Agent nvarchar(200)                   -- Name of the agent.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    EXECUTE tenancy.RequireRole 'viewer', 'agent.rules', 'agent', @Agent;

    DECLARE @AgentId int, @Rules nvarchar(max), @Versions nvarchar(max), @Space varbinary(max);
    EXECUTE factory.FindAgent @Agent, @AgentId OUTPUT;
    EXECUTE safety.LoadRules @AgentId, @Rules OUTPUT, @Versions OUTPUT, @Space OUTPUT;

    SELECT r.scope, r.version, r.name, r.kind, r.stage, r.text, r.parameters
    FROM OPENJSON(@Rules) AS j
    CROSS APPLY OPENJSON(j.value) WITH
    (
        scope varchar(8),
        version int,
        name nvarchar(100),
        kind varchar(20),
        stage varchar(6),
        text nvarchar(max),
        parameters nvarchar(max) AS JSON
    ) AS r
    ORDER BY CAST(j.[key] AS int);
END;
GO
GRANT EXECUTE ON OBJECT::safety.ShowRules TO nina_application;
