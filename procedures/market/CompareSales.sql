-- The inner half of market.ReconcileSales: reads as the platform; in a session what its tenant bought, no more.
CREATE PROCEDURE market.CompareSales
    @Month date
WITH EXECUTE AS 'nina_service'
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @TenantId int = tenancy.CurrentTenantId(), @From date = DATEFROMPARTS(YEAR(@Month), MONTH(@Month), 1);
    DECLARE @To date = DATEADD(MONTH, 1, @From);
    DECLARE @Part table
    (
        Currency char(3) NOT NULL,
        AcquisitionsExpected decimal(19, 4) NOT NULL,
        AcquisitionsBooked decimal(19, 4) NOT NULL,
        UsageExpected decimal(19, 4) NOT NULL,
        UsageBooked decimal(19, 4) NOT NULL,
        Unbalanced int NOT NULL
    );

    INSERT INTO @Part (Currency, AcquisitionsExpected, AcquisitionsBooked, UsageExpected, UsageBooked, Unbalanced)
    SELECT e.Currency, SUM(CASE WHEN e.GrantedAt >= @From AND e.GrantedAt < @To THEN e.Price ELSE 0 END - CASE WHEN e.RefundedAt >= @From AND e.RefundedAt < @To THEN e.Price ELSE 0 END), 0, 0, 0, 0
    FROM market.Entitlement AS e
    WHERE e.PriceModel = 'one_off' AND (@TenantId IS NULL OR e.TenantId = @TenantId)
    GROUP BY e.Currency;

    INSERT INTO @Part (Currency, AcquisitionsExpected, AcquisitionsBooked, UsageExpected, UsageBooked, Unbalanced)
    SELECT t.Currency, 0, 0, SUM(t.Charge), 0, 0
    FROM market.TokensUsed(@From) AS t
    WHERE @TenantId IS NULL OR t.TenantId = @TenantId
    GROUP BY t.Currency;

    INSERT INTO @Part (Currency, AcquisitionsExpected, AcquisitionsBooked, UsageExpected, UsageBooked, Unbalanced)
    SELECT
        n.Currency,
        0,
        -SUM(CASE WHEN n.Kind IN ('acquisition', 'refund') AND n.CreatedAt >= @From AND n.CreatedAt < @To THEN n.Amount ELSE 0 END),
        0,
        -SUM(CASE WHEN n.Kind = 'usage' AND s.UsageMonth = @From THEN n.Amount ELSE 0 END),
        0
    FROM market.SaleEntry AS n
    INNER JOIN market.Sale AS s ON s.SaleId = n.SaleId
    WHERE n.Account = 'buyer' AND (@TenantId IS NULL OR n.TenantId = @TenantId)
    GROUP BY n.Currency;

    -- A sale with entries of two currencies, too few entries, or a sum that is not zero. Tenants are told about their own.
    INSERT INTO @Part (Currency, AcquisitionsExpected, AcquisitionsBooked, UsageExpected, UsageBooked, Unbalanced)
    SELECT s.Currency, 0, 0, 0, 0, COUNT(*)
    FROM market.Sale AS s
    OUTER APPLY
    (
        SELECT COUNT(*) AS Entries, SUM(n.Amount) AS Amount, SUM(CASE WHEN n.Currency <> s.Currency THEN 1 ELSE 0 END) AS Others
        FROM market.SaleEntry AS n
        WHERE n.SaleId = s.SaleId
    ) AS b
    WHERE (b.Entries <> 3 OR b.Amount <> 0 OR b.Others <> 0) AND (@TenantId IS NULL OR s.TenantId = @TenantId)
    GROUP BY s.Currency;

    SELECT
        Currency AS currency,
        SUM(AcquisitionsExpected) AS acquisitions_expected,
        SUM(AcquisitionsBooked) AS acquisitions_booked,
        SUM(UsageExpected) AS usage_expected,
        SUM(UsageBooked) AS usage_booked,
        SUM(AcquisitionsBooked) + SUM(UsageBooked) - SUM(AcquisitionsExpected) - SUM(UsageExpected) AS drift,
        SUM(Unbalanced) AS unbalanced_sales
    FROM @Part
    GROUP BY Currency
    ORDER BY Currency;
END;
