-- Checks a prompt that a question runs on a base model against the rules of the platform and of the session's tenant, as mqe.GenerateText does: whoever asks for one token
-- after the other gets no further. Throws where a rule forbids it. Inner procedure. Errors: 50040, 50045, 50049, 51xxx.
CREATE PROCEDURE mqe.CheckPrompt
    @ModelId int,
    @Name nvarchar(200),                   -- The model's name, for the record.
    @Prompt nvarchar(max)
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Rules nvarchar(max), @Versions nvarchar(max), @Space varbinary(max), @Violation nvarchar(max);
    DECLARE @Manifest nvarchar(max) = mqe.ModelManifest(@ModelId);
    EXECUTE safety.LoadRules NULL, @Rules OUTPUT, @Versions OUTPUT, @Space OUTPUT;
    SET @Space = (SELECT State FROM mqe.MeaningSpace WHERE ModelId = @ModelId);
    EXECUTE safety.CheckText @Rules, 'prompt', @Prompt, @Manifest, @Space, @Violation OUTPUT;
    IF @Violation IS NOT NULL
    BEGIN
        EXECUTE safety.BlockAttempt @Violation, NULL, @Name, @Prompt;
    END;
END;
