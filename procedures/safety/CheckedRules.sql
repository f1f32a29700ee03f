-- Validates rules as they were given and brings them to the form that is stored; throws 50043 with everything that is wrong, 511xx for malformed JSON.
CREATE PROCEDURE safety.CheckedRules
    @Rules nvarchar(max),                  -- JSON array of {name, kind [, stage] [, text] [, parameters]}.
    @Checked nvarchar(max) OUTPUT          -- JSON array of {ordinal, name, kind, stage, text, parameters}.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Error nvarchar(max) = N'';
    BEGIN TRY
        -- Refuses a key that occurs twice, which OPENJSON would read as its first occurrence and another reader as its last.
        SET @Rules = clr.CanonicalJson(@Rules);
    END TRY
    BEGIN CATCH
        IF ERROR_NUMBER() IN (6260, 6522)
        BEGIN
            EXECUTE mqe.ThrowClrError;
        END;

        THROW;
    END CATCH;

    IF @Rules IS NULL OR LEFT(@Rules, 1) <> N'['
    BEGIN
        THROW 50043, N'@Rules is a JSON array of rules.', 1;
    END;

    DECLARE @Given table
    (
        Ordinal int NOT NULL PRIMARY KEY,
        Rule_ nvarchar(max) NULL,
        JsonType int NOT NULL,
        Name nvarchar(4000) NULL,
        Kind nvarchar(4000) NULL,
        Stage nvarchar(4000) NULL,
        Text nvarchar(max) NULL,
        Parameters nvarchar(max) NULL
    );
    INSERT INTO @Given (Ordinal, Rule_, JsonType, Name, Kind, Stage, Text, Parameters)
    SELECT
        CAST(j.[key] AS int) + 1,
        j.value,
        j.type,
        CASE WHEN j.type = 5 THEN (SELECT TRIM(m.value) FROM OPENJSON(j.value) AS m WHERE m.[key] = N'name' AND m.type = 1) END,
        CASE WHEN j.type = 5 THEN (SELECT m.value FROM OPENJSON(j.value) AS m WHERE m.[key] = N'kind' AND m.type = 1) END,
        CASE WHEN j.type = 5 THEN (SELECT m.value FROM OPENJSON(j.value) AS m WHERE m.[key] = N'stage') END,
        CASE WHEN j.type = 5 THEN (SELECT m.value FROM OPENJSON(j.value) AS m WHERE m.[key] = N'text' AND m.type = 1) END,
        CASE WHEN j.type = 5 THEN ISNULL((SELECT m.value FROM OPENJSON(j.value) AS m WHERE m.[key] = N'parameters' AND m.type = 5), N'{}') END
    FROM OPENJSON(@Rules) AS j;

    IF (SELECT COUNT(*) FROM @Given) > 500
    BEGIN
        THROW 50043, N'A constitution has at most 500 rules.', 1;
    END;

    IF EXISTS (SELECT 1 FROM @Given WHERE JsonType <> 5)
    BEGIN
        THROW 50043, N'Every rule is a JSON object.', 1;
    END;

    -- A member that is not known is refused: a misspelt threshold must not quietly switch a rule off.
    SELECT @Error += CONCAT(N'Rule ', g.Ordinal, N' has an unknown or mistyped member ''', LEFT(m.[key], 60), N'''. ')
    FROM @Given AS g
    CROSS APPLY OPENJSON(g.Rule_) AS m
    WHERE NOT ((m.[key] COLLATE Latin1_General_BIN2 IN (N'name', N'kind', N'stage', N'text') AND m.type = 1)
        OR (m.[key] COLLATE Latin1_General_BIN2 = N'text' AND m.type = 0)
        OR (m.[key] COLLATE Latin1_General_BIN2 = N'parameters' AND m.type = 5));

    SELECT @Error += CONCAT(N'Rule ', Ordinal, N' has no name of 1 to 100 characters. ')
    FROM @Given
    WHERE Name IS NULL OR LEN(Name) NOT BETWEEN 1 AND 100;

    SELECT @Error += CONCAT(N'The name ''', LEFT(MIN(Name), 100), N''' occurs twice. ')
    FROM @Given
    WHERE Name IS NOT NULL
    GROUP BY Name
    HAVING COUNT(*) > 1;

    SELECT @Error += CONCAT(N'Rule ', Ordinal, N' has no kind of deny_words, deny_regex, deny_similar, max_tokens, allow_tools, require_disclosure. ')
    FROM @Given
    WHERE Kind IS NULL OR Kind COLLATE Latin1_General_BIN2 NOT IN (N'deny_words', N'deny_regex', N'deny_similar', N'max_tokens', N'allow_tools', N'require_disclosure');

    -- Only texts have stages; the other kinds are about what they are about.
    UPDATE @Given
    SET Stage = CASE WHEN Kind IN (N'max_tokens', N'require_disclosure') THEN N'output' ELSE N'both' END
    WHERE Stage IS NULL;

    SELECT @Error += CONCAT(N'Rule ', Ordinal, N' has a stage that its kind does not have. ')
    FROM @Given
    WHERE NOT ((Kind LIKE N'deny[_]%' AND Stage COLLATE Latin1_General_BIN2 IN (N'prompt', N'output', N'both'))
        OR (Kind IN (N'max_tokens', N'require_disclosure') AND Stage = N'output')
        OR (Kind = N'allow_tools' AND Stage = N'both'));

    SELECT @Error += CONCAT(N'Rule ', Ordinal, N' needs a text of at most ', l.MaxLength, N' characters. ')
    FROM @Given
    INNER JOIN (VALUES (N'deny_words', 100000), (N'deny_regex', 500), (N'deny_similar', 2000), (N'require_disclosure', 1000)) AS l(Kind, MaxLength) ON l.Kind = [@Given].Kind
    WHERE Text IS NULL OR LTRIM(Text) = N'' OR LEN(Text) > l.MaxLength;

    SELECT @Error += CONCAT(N'Rule ', Ordinal, N' has a text, which its kind does not use. ')
    FROM @Given
    WHERE Kind IN (N'max_tokens', N'allow_tools') AND Text IS NOT NULL;

    SELECT @Error += CONCAT(N'Rule ', g.Ordinal, N' has an unknown or mistyped parameter ''', LEFT(p.[key], 60), N'''. ')
    FROM @Given AS g
    CROSS APPLY OPENJSON(g.Parameters) AS p
    WHERE NOT EXISTS
    (
        SELECT 1
        FROM (VALUES (N'max_tokens', N'limit', 2), (N'deny_similar', N'threshold', 2), (N'allow_tools', N'tools', 4), (N'require_disclosure', N'position', 1)) AS k(Kind, Name, JsonType)
        WHERE k.Kind = g.Kind AND k.Name = p.[key] COLLATE Latin1_General_BIN2 AND k.JsonType = p.type
    );

    SELECT @Error += CONCAT(N'Rule ', Ordinal, N' needs the parameter limit, an integer from 1 to 100000. ')
    FROM @Given
    WHERE Kind = N'max_tokens' AND ISNULL(TRY_CAST(JSON_VALUE(Parameters, '$.limit') AS int), 0) NOT BETWEEN 1 AND 100000;

    SELECT @Error += CONCAT(N'Rule ', Ordinal, N' needs the parameter threshold, the least cosine similarity, above 0 and at most 1. ')
    FROM @Given
    WHERE Kind = N'deny_similar'
        AND (ISNULL(TRY_CAST(JSON_VALUE(Parameters, '$.threshold') AS float), 0) <= 0 OR TRY_CAST(JSON_VALUE(Parameters, '$.threshold') AS float) > 1);

    SELECT @Error += CONCAT(N'Rule ', Ordinal, N' has a position that is neither first nor last. ')
    FROM @Given
    WHERE Kind = N'require_disclosure' AND ISNULL(JSON_VALUE(Parameters, '$.position'), N'last') COLLATE Latin1_General_BIN2 NOT IN (N'first', N'last');

    SELECT @Error += CONCAT(N'Rule ', g.Ordinal, N' needs the parameter tools, an array of names (letters, digits and _ . : / -). ')
    FROM @Given AS g
    WHERE g.Kind = N'allow_tools'
        AND (JSON_QUERY(g.Parameters, '$.tools') IS NULL OR EXISTS
        (
            SELECT 1
            FROM OPENJSON(g.Parameters, '$.tools') AS t
            WHERE t.type <> 1 OR LEN(t.value) NOT BETWEEN 1 AND 128 OR t.value COLLATE Latin1_General_BIN2 LIKE N'%[^A-Za-z0-9_.:/-]%'
        ));

    DECLARE @Ordinal int = (SELECT MIN(Ordinal) FROM @Given WHERE Kind IN (N'deny_words', N'deny_regex')), @Kind nvarchar(20), @Text nvarchar(max), @Found nvarchar(400);
    WHILE @Ordinal IS NOT NULL
    BEGIN
        SELECT @Kind = Kind, @Text = Text FROM @Given WHERE Ordinal = @Ordinal;
        IF @Kind = N'deny_words' AND @Text IS NOT NULL
        BEGIN
            SET @Found = clr.FindUnmatchable(@Text);
            IF @Found IS NOT NULL
            BEGIN
                SET @Error += CONCAT(N'Rule ', @Ordinal, N' has an entry ''', LEFT(@Found, 60), N''' that nothing could match: words need letters or digits. ');
            END;
        END
        ELSE IF @Kind = N'deny_regex' AND LEN(@Text) <= 500
        BEGIN
            -- More than 999 repetitions are refused: some of them nested make an automaton of any size.
            IF REGEXP_LIKE(@Text, N'\{\d*,?\d{4,}')
            BEGIN
                SET @Error += CONCAT(N'Rule ', @Ordinal, N' repeats more than 999 times. ');
            END
            ELSE
            BEGIN
                BEGIN TRY
                    SET @Found = CASE WHEN REGEXP_LIKE(N'', CAST(@Text AS nvarchar(500)), 'i') THEN N'matches nothing at all' END;
                    IF @Found IS NOT NULL
                    BEGIN
                        SET @Error += CONCAT(N'Rule ', @Ordinal, N' has a pattern that matches the empty text, and so every text. ');
                    END;
                END TRY
                BEGIN CATCH
                    SET @Error += CONCAT(N'Rule ', @Ordinal, N' has an invalid pattern: ', LEFT(ERROR_MESSAGE(), 300), N' ');
                END CATCH;
            END;
        END;

        SET @Ordinal = (SELECT MIN(Ordinal) FROM @Given WHERE Kind IN (N'deny_words', N'deny_regex') AND Ordinal > @Ordinal);
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = LEFT(RTRIM(@Error), 2048);
        THROW 50043, @Error, 1;
    END;

    SET @Checked = ISNULL
    (
        (
            SELECT Ordinal AS [ordinal], Name AS [name], Kind AS [kind], Stage AS [stage], Text AS [text], JSON_QUERY(Parameters) AS [parameters]
            FROM @Given
            ORDER BY Ordinal
            FOR JSON PATH, INCLUDE_NULL_VALUES
        ),
        N'[]'
    );
END;
