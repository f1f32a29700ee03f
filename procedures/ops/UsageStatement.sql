-- What the session's tenant used in a month and what it costs: a row a metric and price, or one JSON document. The same again whenever it is run for a month that is
-- over. Amounts are exact to twelve decimals; only the total of the JSON document is rounded, once, to the cent. For owners and auditors. Errors: 50001, 50020, 50021.
CREATE PROCEDURE ops.UsageStatement
    @Month date,                           -- Any day of the month (UTC).
    @Format varchar(10) = 'rows'           -- rows or json.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'auditor', 'usage.statement', 'usage', @Format;

    IF @Month IS NULL OR @Format IS NULL OR @Format NOT IN ('rows', 'json')
    BEGIN
        THROW 50001, N'@Month is required, and @Format must be rows or json.', 1;
    END;

    DECLARE @TenantId int = tenancy.CurrentTenantId();
    DECLARE @From datetime2(3) = DATEFROMPARTS(YEAR(@Month), MONTH(@Month), 1);
    DECLARE @To datetime2(3) = DATEADD(MONTH, 1, @From);

    IF @Format = 'rows'
    BEGIN
        SELECT
            l.Metric AS metric,
            l.UnitPrice AS unit_price,
            l.Currency AS currency,
            l.EventCount AS event_count,
            l.Quantity AS quantity,
            l.ComputeMs AS compute_ms,
            l.Amount AS amount
        FROM ops.PricedUsage(@TenantId, @From, @To) AS l
        ORDER BY l.Metric, l.UnitPrice;
        RETURN 0;
    END;

    DECLARE @Lines table
    (
        Metric varchar(30) NOT NULL,
        UnitPrice decimal(18, 12) NULL,
        Currency char(3) NULL,
        EventCount bigint NOT NULL,
        Quantity bigint NOT NULL,
        ComputeMs bigint NOT NULL,
        Amount decimal(38, 12) NOT NULL
    );
    INSERT INTO @Lines (Metric, UnitPrice, Currency, EventCount, Quantity, ComputeMs, Amount)
    SELECT Metric, UnitPrice, Currency, EventCount, Quantity, ComputeMs, Amount
    FROM ops.PricedUsage(@TenantId, @From, @To);

    -- Money is text in JSON: a reader's floating point numbers would not hold it.
    SELECT
    (
        SELECT
            LOWER(t.PublicId) AS tenant_id,
            t.Name AS tenant_name,
            CONVERT(char(7), @From, 126) AS [month],
            CAST(CASE WHEN SYSUTCDATETIME() >= @To THEN 1 ELSE 0 END AS bit) AS is_final,
            (SELECT MIN(Currency) FROM @Lines WHERE Currency IS NOT NULL) AS currency,
            (SELECT COALESCE(SUM(EventCount), 0) FROM @Lines) AS event_count,
            CAST((SELECT COALESCE(SUM(Amount), 0) FROM @Lines) AS varchar(50)) AS amount,
            CAST(CAST(ROUND((SELECT COALESCE(SUM(Amount), 0) FROM @Lines), 2) AS decimal(38, 2)) AS varchar(50)) AS payable,
            JSON_QUERY
            (
                COALESCE
                (
                    (
                        SELECT
                            Metric AS metric,
                            CAST(UnitPrice AS varchar(40)) AS unit_price,
                            EventCount AS event_count,
                            Quantity AS quantity,
                            ComputeMs AS compute_ms,
                            CAST(Amount AS varchar(50)) AS amount
                        FROM @Lines
                        ORDER BY Metric, UnitPrice
                        FOR JSON PATH
                    ),
                    N'[]'
                )
            ) AS lines
        FROM tenancy.Tenant AS t
        WHERE t.TenantId = @TenantId
        FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
    ) AS statement;
END;
GO
GRANT EXECUTE ON OBJECT::ops.UsageStatement TO nina_application;
