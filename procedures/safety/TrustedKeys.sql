-- The public keys whose signatures this database believes, as PEM: those of its own that were not revoked.
CREATE FUNCTION safety.TrustedKeys ()
RETURNS nvarchar(max)
AS
BEGIN
    RETURN (SELECT STRING_AGG(k.PublicKeyPem, N'') FROM safety.SigningKey AS k WHERE k.Status IN ('active', 'retired'));
END;
