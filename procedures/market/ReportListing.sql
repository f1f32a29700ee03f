-- Complains about a published listing to the platform's administrators; one a person and listing: a second call changes the first. Errors: 50001, 50020, 50021, 50050.
CREATE PROCEDURE market.ReportListing
    @Listing nvarchar(400),                -- Public id, or the title where only one published listing has it.
    @Kind varchar(12),                     -- illegal, unsafe, misleading, copyright or other.
    @Text nvarchar(2000)                   -- What is wrong with it.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'viewer', 'listing.report', 'listing', @Listing;

    IF @Listing IS NULL OR @Kind IS NULL OR @Kind NOT IN ('illegal', 'unsafe', 'misleading', 'copyright', 'other') OR @Text IS NULL OR LTRIM(@Text) = N''
    BEGIN
        THROW 50001, N'@Listing and @Text are required, and @Kind must be illegal, unsafe, misleading, copyright or other.', 1;
    END;

    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        DECLARE @ListingId int, @TenantId int = tenancy.CurrentTenantId(), @PrincipalId int = tenancy.CurrentPrincipalId(), @Title nvarchar(200);
        EXECUTE market.FindListing @Listing, @ListingId OUTPUT;
        SET @Title = (SELECT Title FROM market.Listing WHERE ListingId = @ListingId);

        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        UPDATE market.Report
        SET Kind = @Kind, Text = @Text, CreatedAt = SYSUTCDATETIME()
        WHERE ListingId = @ListingId AND TenantId = @TenantId AND PrincipalId = @PrincipalId;
        IF @@ROWCOUNT = 0
        BEGIN
            INSERT INTO market.Report (ListingId, TenantId, PrincipalId, Kind, Text)
            VALUES (@ListingId, @TenantId, @PrincipalId, @Kind, @Text);
        END;

        EXECUTE ops.RecordAct 'listing.report', 'listing', @Title;

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
GO
GRANT EXECUTE ON OBJECT::market.ReportListing TO nina_application;
