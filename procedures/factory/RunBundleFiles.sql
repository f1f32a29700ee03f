-- Verifies an exported agent and runs a copy of what was verified, under the rules that it carries. The inner half of factory.RunBundle, and the whole of
-- `nina agent run --bundle`; reads no table. Result: as factory.GenerateUnderRules. Errors: 50045, 50047, 519xx and other 51xxx.
CREATE PROCEDURE factory.RunBundleFiles
    @Path nvarchar(4000),                  -- Folder of the exported agent.
    @PublicKeys nvarchar(max),             -- Trusted keys, PEM.
    @MoreRules nvarchar(max),              -- Rules to obey beside its own, as safety.LoadRules gives them.
    @Prompt nvarchar(max),
    @MaxTokens int,
    @Temperature float,
    @TopK int,
    @TopP float,
    @Seed int,
    @AgentName nvarchar(200) OUTPUT,       -- The name that it carries.
    @TokenCount int OUTPUT,                -- Tokens that were generated.
    @Violation nvarchar(max) OUTPUT,       -- As safety.CheckText gives it; NULL when all is well.
    @Blocked nvarchar(max) OUTPUT          -- The text that broke the rule.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Folder nvarchar(4000), @Deleted bit;
    BEGIN TRY
        DECLARE @Staged nvarchar(max) = clr.StageBundle(@Path, @PublicKeys);
        SET @Folder = JSON_VALUE(@Staged, '$.work_folder');
        SET @AgentName = ISNULL(LEFT(JSON_VALUE(@Staged, '$.agent.name'), 200), N'(unnamed)');

        IF JSON_QUERY(@Staged, '$.agent.constitution.rules') IS NULL OR LEFT(JSON_QUERY(@Staged, '$.agent.constitution.rules'), 1) <> N'['
        BEGIN
            THROW 50047, N'The exported agent carries no rules, so it is not run.', 1;
        END;

        IF EXISTS
        (
            SELECT 1
            FROM OPENJSON(@Staged, '$.agent.constitution.rules') WITH (kind nvarchar(100), stage nvarchar(100)) AS r
            WHERE r.kind IS NULL OR r.kind NOT IN ('deny_words', 'deny_regex', 'deny_similar', 'max_tokens', 'allow_tools', 'require_disclosure')
                OR r.stage IS NULL OR r.stage NOT IN ('prompt', 'output', 'both')
        )
        BEGIN
            THROW 50047, N'The exported agent carries a rule of a kind that this version does not know, so it is not run.', 1;
        END;

        -- Ids of another database's rules mean nothing here.
        DECLARE @Rules nvarchar(max) =
        (
            SELECT k.rule_id, k.scope, k.version, k.name, k.kind, k.stage, k.text, JSON_QUERY(k.parameters) AS parameters
            FROM
            (
                SELECT 0 AS source, CAST(j.[key] AS int) AS ordinal, CAST(NULL AS int) AS rule_id, r.scope, r.version, r.name, r.kind, r.stage, r.text, r.parameters
                FROM OPENJSON(@Staged, '$.agent.constitution.rules') AS j
                CROSS APPLY OPENJSON(j.value) WITH
                (
                    scope varchar(8), version int, name nvarchar(100), kind varchar(20), stage varchar(6), text nvarchar(max), parameters nvarchar(max) AS JSON
                ) AS r
                UNION ALL
                SELECT 1, CAST(j.[key] AS int), r.rule_id, r.scope, r.version, r.name, r.kind, r.stage, r.text, r.parameters
                FROM OPENJSON(@MoreRules) AS j
                CROSS APPLY OPENJSON(j.value) WITH
                (
                    rule_id int, scope varchar(8), version int, name nvarchar(100), kind varchar(20), stage varchar(6), text nvarchar(max), parameters nvarchar(max) AS JSON
                ) AS r
            ) AS k
            ORDER BY k.source, k.ordinal
            FOR JSON PATH, INCLUDE_NULL_VALUES
        );
        SET @Rules = ISNULL(@Rules, N'[]');

        DECLARE @Manifest nvarchar(max) =
        (
            SELECT name AS [name], kind AS [kind], path AS [path]
            FROM clr.DescribePath(@Folder)
            ORDER BY ordinal
            FOR JSON PATH
        );
        DECLARE @Space varbinary(max) = clr.ReadWorkFile(@Folder, N'meaning_space.bin');
        EXECUTE factory.GenerateUnderRules @Rules, @Manifest, @Space, @Prompt, @MaxTokens, @Temperature, @TopK, @TopP, @Seed, @TokenCount OUTPUT, @Violation OUTPUT, @Blocked OUTPUT;
        SET @Deleted = clr.DeleteWorkFolder(@Folder);
    END TRY
    BEGIN CATCH
        IF @Folder IS NOT NULL
        BEGIN
            SET @Deleted = clr.DeleteWorkFolder(@Folder);
        END;

        IF ERROR_NUMBER() IN (6260, 6522)
        BEGIN
            EXECUTE mqe.ThrowClrError;
        END;

        THROW;
    END CATCH;
END;
