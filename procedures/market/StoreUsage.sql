-- The inner half of market.PostUsage: works as the platform; in a session for its tenant only.
CREATE PROCEDURE market.StoreUsage
    @Month date
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @TenantId int = tenancy.CurrentTenantId(), @UsageMonth date = DATEFROMPARTS(YEAR(@Month), MONTH(@Month), 1), @FeeRate decimal(9, 6) = market.FeeRate();
    DECLARE @OwnsTransaction bit = CASE WHEN @@TRANCOUNT = 0 THEN 1 ELSE 0 END;
    BEGIN TRY
        IF @OwnsTransaction = 1
        BEGIN
            BEGIN TRANSACTION;
        END;

        -- The number of charges before it is part of a charge's key: two runs at the same time cannot book the same difference twice.
        DECLARE @Booked table (Currency char(3) NOT NULL, Amount decimal(19, 4) NOT NULL);
        INSERT INTO market.Sale (TenantId, EntitlementId, Kind, IdempotencyKey, Amount, FeeRate, Fee, Currency, UsageMonth)
        OUTPUT inserted.Currency, inserted.Amount INTO @Booked (Currency, Amount)
        SELECT
            t.TenantId,
            t.EntitlementId,
            'usage',
            CONCAT(t.EntitlementId, N':', CONVERT(nchar(6), @UsageMonth, 112), N':', b.Charges),
            t.Charge - b.Amount,
            @FeeRate,
            market.Fee(t.Charge, @FeeRate) - b.Fee,
            t.Currency,
            @UsageMonth
        FROM market.TokensUsed(@UsageMonth) AS t
        CROSS APPLY
        (
            SELECT COUNT(*) AS Charges, ISNULL(SUM(s.Amount), 0) AS Amount, ISNULL(SUM(s.Fee), 0) AS Fee
            FROM market.Sale AS s
            WHERE s.EntitlementId = t.EntitlementId AND s.Kind = 'usage' AND s.UsageMonth = @UsageMonth
        ) AS b
        WHERE t.Charge <> b.Amount AND (@TenantId IS NULL OR t.TenantId = @TenantId);

        EXECUTE market.BookSales @UsageMonth = @UsageMonth;

        IF @OwnsTransaction = 1
        BEGIN
            COMMIT TRANSACTION;
        END;

        SELECT Currency AS currency, COUNT(*) AS charges, SUM(Amount) AS amount
        FROM @Booked
        GROUP BY Currency
        ORDER BY Currency;
    END TRY
    BEGIN CATCH
        IF @OwnsTransaction = 1 AND XACT_STATE() <> 0
        BEGIN
            ROLLBACK TRANSACTION;
        END;

        THROW;
    END CATCH;
END;
