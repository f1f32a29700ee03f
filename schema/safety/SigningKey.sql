-- The keys that exported agents are signed with. They are the platform's, not a tenant's. Nobody is granted this table, and nobody needs to be: the private key is
-- read by safety.SignDocument alone, and safety.signing_keys shows the public halves. It is erased when the key is retired. db_owner can read it all the same.
CREATE TABLE safety.SigningKey
(
    KeyId char(64) NOT NULL,                              -- SHA-256 of the public key (SubjectPublicKeyInfo), lower-case hexadecimal.
    PublicKeyPem nvarchar(max) NOT NULL,                  -- The public key, as openssl reads it.
    PrivateKey varbinary(max) NULL,                       -- The private key (PKCS#1); NULL once the key is retired.
    Status varchar(8) NOT NULL                            -- active: signs; retired: its signatures are still good; revoked: they are not.
        CONSTRAINT DF_SigningKey_Status DEFAULT ('active'),
    CreatedAt datetime2(3) NOT NULL                       -- UTC.
        CONSTRAINT DF_SigningKey_CreatedAt DEFAULT (SYSUTCDATETIME()),
    RetiredAt datetime2(3) NULL,                          -- UTC, when it was retired or revoked.
    CONSTRAINT PK_SigningKey PRIMARY KEY CLUSTERED (KeyId),
    CONSTRAINT CK_SigningKey_Status CHECK (Status IN ('active', 'retired', 'revoked')),
    CONSTRAINT CK_SigningKey_PrivateKey CHECK ((Status = 'active' AND PrivateKey IS NOT NULL) OR (Status <> 'active' AND PrivateKey IS NULL))
);
GO
DENY SELECT, INSERT, UPDATE, DELETE, ALTER ON OBJECT::safety.SigningKey TO public;
