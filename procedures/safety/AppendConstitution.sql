-- The inner half of safety.PublishConstitution: adds a version to the chain of a scope. The rules were validated. Errors: 50049.
CREATE PROCEDURE safety.AppendConstitution
    @TenantId int,                         -- Whose; NULL for the platform.
    @Rules nvarchar(max),                  -- JSON array of {ordinal, name, kind, stage, text, parameters} in the order of ordinal.
    @CreatedBy nvarchar(200),              -- The author.
    @Version int OUTPUT,
    @Hash binary(32) OUTPUT
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        -- The lock on the head (or on the gap where it will be) makes one version follow the other.
        DECLARE @PreviousVersion int, @PreviousHash binary(32), @CreatedAt datetime2(3) = SYSUTCDATETIME();
        SELECT @PreviousVersion = Version, @PreviousHash = Hash
        FROM safety.ConstitutionHead WITH (UPDLOCK, HOLDLOCK)
        WHERE ScopeKey = ISNULL(@TenantId, 0);

        IF ISNULL((SELECT MAX(Version) FROM safety.Constitution WHERE ISNULL(TenantId, 0) = ISNULL(@TenantId, 0)), 0) <> ISNULL(@PreviousVersion, 0)
            OR (@PreviousVersion IS NOT NULL AND NOT EXISTS
            (
                SELECT 1
                FROM safety.Constitution
                WHERE ISNULL(TenantId, 0) = ISNULL(@TenantId, 0) AND Version = @PreviousVersion AND Hash = @PreviousHash
            ))
        BEGIN
            THROW 50049, N'The chain of constitutions was tampered with and is not continued; safety.VerifyChain shows where.', 1;
        END;

        SET @Version = ISNULL(@PreviousVersion, 0) + 1;
        SET @Hash = clr.CanonicalSha256(safety.ConstitutionText(@TenantId, @Version, @PreviousHash, @CreatedBy, @CreatedAt, @Rules));

        INSERT INTO safety.Constitution (TenantId, Version, PreviousHash, Hash, CreatedBy, CreatedAt)
        VALUES (@TenantId, @Version, @PreviousHash, @Hash, @CreatedBy, @CreatedAt);
        DECLARE @ConstitutionId int = CAST(SCOPE_IDENTITY() AS int);

        INSERT INTO safety.[Rule] (ConstitutionId, TenantId, Ordinal, Name, Kind, Stage, Text, Parameters)
        SELECT @ConstitutionId, @TenantId, r.ordinal, r.name, r.kind, r.stage, r.text, r.parameters
        FROM OPENJSON(@Rules) WITH
        (
            ordinal int,
            name nvarchar(100),
            kind varchar(20),
            stage varchar(6),
            text nvarchar(max),
            parameters nvarchar(max) AS JSON
        ) AS r;

        UPDATE safety.ConstitutionHead SET Version = @Version, Hash = @Hash WHERE ScopeKey = ISNULL(@TenantId, 0);
        IF @@ROWCOUNT = 0
        BEGIN
            INSERT INTO safety.ConstitutionHead (ScopeKey, TenantId, Version, Hash) VALUES (ISNULL(@TenantId, 0), @TenantId, @Version, @Hash);
        END;

        -- What was stored must say what was hashed.
        IF safety.ComputedHash(@ConstitutionId) <> @Hash
        BEGIN
            THROW 50049, N'The constitution could not be stored as it was given.', 1;
        END;

        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
        END;
    END TRY
    BEGIN CATCH
        IF @OwnsTransaction = 1 AND XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        THROW;
    END CATCH;
END;
