-- Makes the first signing key where there is none. Making one takes a moment, so it waits for the first export.
CREATE PROCEDURE safety.EnsureSigningKey
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF NOT EXISTS (SELECT 1 FROM safety.SigningKey WHERE Status = 'active')
    BEGIN
        EXECUTE safety.AddSigningKey 'retired';
    END;
END;
