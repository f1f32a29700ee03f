-- Gives an agent's weights the owner and the visibility of the agent. Runs in the caller's transaction.
CREATE PROCEDURE factory.AlignSharing
    @AgentId int,
    @SharesWeights bit = NULL              -- Whether others may read the weights; NULL: as it is.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @ModelId int, @OwnerPrincipalId int, @Visibility varchar(8);
    SELECT @ModelId = ModelId, @OwnerPrincipalId = OwnerPrincipalId, @Visibility = Visibility FROM factory.Agent WHERE AgentId = @AgentId;
    IF @ModelId IS NOT NULL
    BEGIN
        EXECUTE mqe.SetModelSharing @ModelId, @OwnerPrincipalId, @Visibility, @SharesWeights;
    END
    ELSE
    BEGIN
        EXECUTE mqe.RefreshSharedDomains;
    END;
END;
