-- Writes who sees a model. The inner half of sharing an agent, whose weights are a model. Runs in the caller's transaction.
CREATE PROCEDURE mqe.SetModelSharing
    @ModelId int,
    @OwnerPrincipalId int,
    @Visibility varchar(8),
    @SharesWeights bit = NULL              -- NULL: as it is.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    UPDATE mqe.Model
    SET OwnerPrincipalId = @OwnerPrincipalId, Visibility = @Visibility, SharesWeights = COALESCE(@SharesWeights, SharesWeights)
    WHERE ModelId = @ModelId;
    EXECUTE mqe.RefreshSharedDomains;
END;
