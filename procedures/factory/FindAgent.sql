-- The internal key of an agent by name; throws 50007 when there is none.
CREATE PROCEDURE factory.FindAgent
    @Agent nvarchar(200),
    @AgentId int OUTPUT
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    SET @AgentId = (SELECT AgentId FROM factory.Agent WHERE Name = @Agent);
    IF @AgentId IS NULL
    BEGIN
        DECLARE @Error nvarchar(2048) = CONCAT(N'There is no agent named ''', @Agent, N'''. SELECT name FROM factory.agents lists them.');
        THROW 50007, @Error, 1;
    END;
END;
