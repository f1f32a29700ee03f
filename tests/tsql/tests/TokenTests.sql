EXECUTE tSQLt.NewTestClass N'TokenTests';
GO

CREATE PROCEDURE TokenTests.[test a text becomes the golden tokens]
AS
BEGIN
    -- Hugging Face tokenizers 0.23 on samples/models/nina-mini/tokenizer.json; the emoji is four byte tokens.
    CREATE TABLE #Tokens (position int, token_id int, token nvarchar(400), is_special bit);
    INSERT INTO #Tokens EXECUTE mqe.Tokenize @Text = N'The knight 😀';
    DECLARE @Ids nvarchar(200) = (SELECT STRING_AGG(token_id, N',') WITHIN GROUP (ORDER BY position) FROM #Tokens);
    EXECUTE tSQLt.AssertEqualsString N'1,348,627,327,243,162,155,131', @Ids;
    DECLARE @Special nvarchar(200) = (SELECT STRING_AGG(token, N',') FROM #Tokens WHERE is_special = 1);
    EXECUTE tSQLt.AssertEqualsString N'<s>', @Special;
END;
GO

CREATE PROCEDURE TokenTests.[test tokens become their text again]
AS
BEGIN
    CREATE TABLE #Text ([text] nvarchar(max));
    INSERT INTO #Text EXECUTE mqe.Detokenize @Tokens = N'[1,348,627,327,243,162,155,131]';
    DECLARE @Text nvarchar(max) = (SELECT [text] FROM #Text);
    EXECUTE tSQLt.AssertEqualsString N'The knight 😀', @Text;
END;
GO

CREATE PROCEDURE TokenTests.[test a token outside the vocabulary is refused]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 51503;
    EXECUTE mqe.Detokenize @Tokens = N'[1, 99999]';
END;
GO

CREATE PROCEDURE TokenTests.[test a text is required]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50001, @ExpectedMessage = N'@Text is required, and has at most 1000000 characters.';
    EXECUTE mqe.Tokenize @Text = NULL;
END;
GO

CREATE PROCEDURE TokenTests.[test tokens are a JSON array]
AS
BEGIN
    EXECUTE tSQLt.ExpectException @ExpectedErrorNumber = 50001, @ExpectedMessage = N'@Tokens is required: a JSON array of token ids, at most 10000000 characters long.';
    EXECUTE mqe.Detokenize @Tokens = N'348';
END;
GO

CREATE PROCEDURE TokenTests.[test a model says how its tokens are made]
AS
BEGIN
    DECLARE @Kind nvarchar(64) = (SELECT tokenizer_kind FROM mqe.models WHERE kind = 'source');
    EXECUTE tSQLt.AssertEqualsString N'SentencePiece BPE', @Kind;
END;
GO
