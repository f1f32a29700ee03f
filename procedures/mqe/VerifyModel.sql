-- Hashes every file of a model again and compares with what was ingested: the stored file, and on SQL Server the copy in the segment cache too, where it is there (a
-- damaged copy is made anew when it is next used). Result: a row a file. Returns 0 when all are intact, 1 otherwise; the outcome is audited. Errors: 50003, 50020, 50021, 50028.
CREATE PROCEDURE mqe.VerifyModel
    @Model nvarchar(200) = NULL            -- Name or public id of the model; may be left out where the tenant has only one.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'viewer', 'model.verify', 'model', @Model;

    BEGIN TRY
        DECLARE @ModelId int;
        EXECUTE mqe.FindModel @Model, @ModelId OUTPUT, @Need = 'weights';
        DECLARE @Name nvarchar(200) = (SELECT Name FROM mqe.Model WHERE ModelId = @ModelId);
        EXECUTE ops.RequireQuota 'calls';

        DECLARE @IsEmbedded bit = CASE WHEN CAST(SERVERPROPERTY('NinaDBEmbeddedHost') AS int) = 1 THEN 1 ELSE 0 END;
        DECLARE @Files table
        (
            Ordinal int NOT NULL PRIMARY KEY, Name nvarchar(260) NOT NULL, Kind varchar(12) NOT NULL, ByteLength bigint NOT NULL, Expected binary(32) NOT NULL,
            Stored varbinary(32) NULL, Segment varbinary(32) NULL, Problem nvarchar(2048) NULL
        );
        INSERT INTO @Files (Ordinal, Name, Kind, ByteLength, Expected)
        SELECT Ordinal, Name, Kind, ByteLength, Sha256
        FROM mqe.ModelFile
        WHERE ModelId = @ModelId;

        -- One file at a time: a file that cannot be read must not hide what the others are like.
        DECLARE @Ordinal int = 0, @Stored varbinary(32), @Segment varbinary(32), @Problem nvarchar(2048);
        WHILE EXISTS (SELECT 1 FROM @Files WHERE Ordinal = @Ordinal)
        BEGIN
            SELECT @Stored = NULL, @Segment = NULL, @Problem = NULL;
            BEGIN TRY
                IF @IsEmbedded = 1
                BEGIN
                    SET @Stored = clr.FileSha256(mqe.SegmentPath(@ModelId, @Ordinal));
                END
                ELSE
                BEGIN
                    SELECT
                        @Stored = HASHBYTES('SHA2_256', f.Content),
                        @Segment = CASE WHEN clr.SegmentExists(f.Sha256, f.ByteLength) = 1 THEN clr.FileSha256(clr.SegmentPath(f.Sha256)) END
                    FROM mqe.ModelFile AS f
                    WHERE f.ModelId = @ModelId AND f.Ordinal = @Ordinal;
                END;
            END TRY
            BEGIN CATCH
                IF XACT_STATE() = -1
                BEGIN
                    THROW;
                END;

                SET @Problem = CASE WHEN ERROR_NUMBER() IN (6260, 6522) THEN mqe.ClrErrorText(ERROR_MESSAGE()) ELSE ERROR_MESSAGE() END;
            END CATCH;

            UPDATE @Files SET Stored = @Stored, Segment = @Segment, Problem = @Problem WHERE Ordinal = @Ordinal;
            SET @Ordinal += 1;
        END;

        DECLARE @Damaged int = (SELECT COUNT(*) FROM @Files WHERE Stored IS NULL OR Stored <> Expected OR Segment <> Expected);
        DECLARE @Details nvarchar(max) = CONCAT(N'{"damaged_files":', @Damaged, N'}');
        EXECUTE ops.RecordAct 'model.verify', 'model', @Name, @Details = @Details, @IsDone = 1;

        SELECT
            Name AS name,
            Kind AS kind,
            ByteLength AS byte_length,
            Expected AS sha256,
            Stored AS stored_sha256,
            Segment AS segment_sha256,
            CAST(CASE WHEN Stored = Expected AND ISNULL(Segment, Expected) = Expected THEN 1 ELSE 0 END AS bit) AS is_intact,
            Problem AS problem
        FROM @Files
        ORDER BY Ordinal;

        RETURN CASE WHEN @Damaged = 0 THEN 0 ELSE 1 END;
    END TRY
    BEGIN CATCH
        IF ERROR_NUMBER() IN (6260, 6522)
        BEGIN
            EXECUTE mqe.ThrowClrError;
        END;

        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON OBJECT::mqe.VerifyModel TO nina_application;
