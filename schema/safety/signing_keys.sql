-- The public halves of the platform's signing keys; the active one first.
CREATE VIEW safety.signing_keys
AS
SELECT
    KeyId AS key_id,
    Status AS status,
    PublicKeyPem AS public_key,
    CreatedAt AS created_at,
    RetiredAt AS retired_at
FROM safety.SigningKey;
GO
GRANT SELECT ON OBJECT::safety.signing_keys TO nina_application;
GO
GRANT SELECT ON OBJECT::safety.signing_keys TO nina_administrator;
