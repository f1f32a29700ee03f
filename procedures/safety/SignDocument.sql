-- Signs a JSON object with the platform's active key. The only reader of the private key.
CREATE PROCEDURE safety.SignDocument
    @Document nvarchar(max),               -- A JSON object.
    @Signed nvarchar(max) OUTPUT           -- The same in canonical form, with a member signature.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    EXECUTE safety.EnsureSigningKey;
    SET @Signed = clr.SignDocument(@Document, (SELECT PrivateKey FROM safety.SigningKey WHERE Status = 'active'));
END;
