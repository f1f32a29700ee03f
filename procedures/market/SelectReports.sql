-- The inner half of market.ReadReports: reads as the platform.
CREATE PROCEDURE market.SelectReports
    @Listing uniqueidentifier
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    SELECT l.PublicId AS listing_id, l.Title AS title, l.Status AS status, r.Kind AS kind, r.Text AS text, r.CreatedAt AS reported_at
    FROM market.Report AS r
    INNER JOIN market.Listing AS l ON l.ListingId = r.ListingId
    WHERE @Listing IS NULL OR l.PublicId = @Listing
    ORDER BY r.CreatedAt DESC, r.ReportId DESC;
END;
