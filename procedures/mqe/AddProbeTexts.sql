-- Adds the passages of a text file (UTF-8, one passage a line) to a domain, which is created where it is new. Running it again for the same file
-- replaces the passages of that domain and purpose. Errors: 50001, 50013, 50020, 50021, 50030.
CREATE PROCEDURE mqe.AddProbeTexts
    @Domain nvarchar(100),                 -- Name of the domain.
    @Path nvarchar(4000),                  -- The file, as the server sees it.
    @Purpose varchar(5) = 'probe',         -- probe: describes components; test: held out, judges models and agents.
    @MaxTexts int = NULL                   -- Takes only the first passages; NULL for all.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'editor', 'domain.add_texts', 'domain', @Domain;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Domain IS NULL OR LTRIM(@Domain) = N''
    BEGIN
        SET @Error += N'@Domain is required. ';
    END;

    IF @Path IS NULL OR LTRIM(@Path) = N''
    BEGIN
        SET @Error += N'@Path is required. ';
    END;

    IF @Purpose IS NULL OR @Purpose NOT IN ('probe', 'test')
    BEGIN
        SET @Error += N'@Purpose must be probe or test. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        DECLARE @Texts table (Ordinal int IDENTITY(0, 1) NOT NULL PRIMARY KEY, Content nvarchar(max) NOT NULL);
        INSERT INTO @Texts (Content)
        SELECT t.content
        FROM clr.ReadLines(@Path) AS t
        WHERE t.content <> N''
        ORDER BY t.ordinal;

        IF NOT EXISTS (SELECT 1 FROM @Texts)
        BEGIN
            SET @Error = CONCAT(N'The file ''', @Path, N''' holds no passages.');
            THROW 50013, @Error, 1;
        END;

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        DECLARE @DomainId int = (SELECT DomainId FROM mqe.Domain WHERE TenantId = tenancy.CurrentTenantId() AND Name = @Domain);
        IF @DomainId IS NULL
        BEGIN
            INSERT INTO mqe.Domain (Name) VALUES (@Domain);
            SET @DomainId = CAST(SCOPE_IDENTITY() AS int);
        END;

        DELETE FROM mqe.ProbeText WHERE DomainId = @DomainId AND Purpose = @Purpose;
        INSERT INTO mqe.ProbeText (DomainId, Purpose, Ordinal, Content)
        SELECT @DomainId, @Purpose, Ordinal, Content
        FROM @Texts
        WHERE @MaxTexts IS NULL OR Ordinal < @MaxTexts;

        DECLARE @Bytes bigint = (SELECT SUM(CAST(DATALENGTH(Content) AS bigint)) FROM @Texts WHERE @MaxTexts IS NULL OR Ordinal < @MaxTexts);
        SET @Bytes = COALESCE(@Bytes, 0);
        EXECUTE ops.RecordAct 'probes.add', 'domain', @Domain, NULL, 'ingest_bytes', @Bytes;

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

        IF ERROR_NUMBER() IN (6260, 6522)
        BEGIN
            EXECUTE mqe.ThrowClrError;
        END;

        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON OBJECT::mqe.AddProbeTexts TO nina_application;
