-- Checks a text against rules; @Violation says which one it breaks first, NULL when none. Comparing is described in docs/safety.md. Reads no table.
-- Errors: 50045 where a rule cannot be checked, 51xxx.
CREATE PROCEDURE safety.CheckText
    @Rules nvarchar(max),                  -- As safety.LoadRules gives them.
    @Stage varchar(6),                     -- prompt or output: which rules apply.
    @Text nvarchar(max),
    @Manifest nvarchar(max),               -- The agent's model, for similarity.
    @Space varbinary(max),                 -- Its meaning space; NULL when it has none.
    @Violation nvarchar(max) OUTPUT        -- JSON: {rule_id, scope, version, name, kind, stage}.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    SET @Violation = NULL;
    DECLARE @Applicable table
    (
        Ordinal int NOT NULL PRIMARY KEY,
        RuleId int NULL,
        Scope varchar(8) NOT NULL,
        Version int NOT NULL,
        Name nvarchar(100) NOT NULL,
        Kind varchar(20) NOT NULL,
        Text nvarchar(max) NOT NULL,
        Parameters nvarchar(max) NOT NULL
    );
    INSERT INTO @Applicable (Ordinal, RuleId, Scope, Version, Name, Kind, Text, Parameters)
    SELECT CAST(j.[key] AS int), r.rule_id, r.scope, r.version, r.name, r.kind, r.text, r.parameters
    FROM OPENJSON(@Rules) AS j
    CROSS APPLY OPENJSON(j.value) WITH
    (
        rule_id int,
        scope varchar(8),
        version int,
        name nvarchar(100),
        kind varchar(20),
        stage varchar(6),
        text nvarchar(max),
        parameters nvarchar(max) AS JSON
    ) AS r
    WHERE r.kind IN ('deny_words', 'deny_regex', 'deny_similar') AND r.stage IN (@Stage, 'both');

    DECLARE @Ordinal int = (SELECT MIN(Ordinal) FROM @Applicable), @Kind varchar(20), @Pattern nvarchar(max), @Parameters nvarchar(max), @Name nvarchar(100);
    DECLARE @Folded nvarchar(max), @IsBroken bit, @Example vector(768), @Distance float, @Words int, @Error nvarchar(2048);
    WHILE @Ordinal IS NOT NULL AND @Violation IS NULL
    BEGIN
        SELECT @Kind = Kind, @Pattern = Text, @Parameters = Parameters, @Name = Name, @IsBroken = 0 FROM @Applicable WHERE Ordinal = @Ordinal;
        IF @Kind = 'deny_words'
        BEGIN
            SET @IsBroken = CASE WHEN clr.FindWord(@Text, @Pattern) IS NOT NULL THEN 1 ELSE 0 END;
        END
        ELSE IF @Kind = 'deny_regex'
        BEGIN
            SET @Folded = ISNULL(@Folded, clr.NormalizeForMatching(@Text));
            SET @IsBroken = CASE WHEN REGEXP_LIKE(@Text, CAST(@Pattern AS nvarchar(500)), 'i') THEN 1 WHEN REGEXP_LIKE(@Folded, CAST(@Pattern AS nvarchar(500)), 'i') THEN 1 ELSE 0 END;
        END
        ELSE
        BEGIN
            IF @Space IS NULL
            BEGIN
                -- A rule that cannot be checked is not a rule that was kept.
                SET @Error = CONCAT(N'The rule ''', @Name, N''' compares meanings, and the agent has no meaning space; measure its base model and distil it again.');
                THROW 50045, @Error, 1;
            END;

            IF DATALENGTH(@Text) > 200000
            BEGIN
                SET @Error = CONCAT(N'The rule ''', @Name, N''' compares meanings, and the text has more than 100000 characters.');
                THROW 50045, @Error, 1;
            END;

            -- Windows as long as the example, so that the rest of a long text does not dilute what is said in one place.
            SET @Pattern = clr.NormalizeForMatching(@Pattern);
            SET @Words = LEN(@Pattern) - LEN(REPLACE(@Pattern, N' ', N'')) + 1;
            SET @Words = CASE WHEN @Words < 6 THEN 6 ELSE @Words END;
            SET @Example = CAST(clr.EmbedText(@Manifest, @Space, @Pattern) AS vector(768));
            SET @Distance =
            (
                SELECT MIN(VECTOR_DISTANCE('cosine', @Example, CAST(clr.EmbedText(@Manifest, @Space, p.passage) AS vector(768))))
                FROM clr.Passages(@Text, @Words) AS p
            );
            SET @IsBroken = CASE WHEN 1 - @Distance >= CAST(JSON_VALUE(@Parameters, '$.threshold') AS float) THEN 1 ELSE 0 END;
        END;

        IF @IsBroken = 1
        BEGIN
            SET @Violation =
            (
                SELECT RuleId AS [rule_id], Scope AS [scope], Version AS [version], Name AS [name], Kind AS [kind], @Stage AS [stage]
                FROM @Applicable
                WHERE Ordinal = @Ordinal
                FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
            );
        END;

        SET @Ordinal = (SELECT MIN(Ordinal) FROM @Applicable WHERE Ordinal > @Ordinal);
    END;
END;
