-- Looks through what is published: words, domain, price, rating. A page at a time: the column next_page of the last row is the @After of the next page, so that rows that
-- come or go between pages are neither shown twice nor make others be skipped. Errors: 50001, 50002, 50020, 50021, 50030.
CREATE PROCEDURE market.Search
    @Text nvarchar(400) = NULL,            -- Words that must all occur in title, description or domains.
    @Domain nvarchar(100) = NULL,          -- A domain that the agent was made for.
    @PriceModel varchar(10) = NULL,        -- free, one_off or per_token.
    @MinPrice decimal(19, 4) = NULL,       -- In @Currency, which a price range needs.
    @MaxPrice decimal(19, 4) = NULL,       -- In @Currency; what is free always costs 0.
    @Currency varchar(3) = NULL,           -- ISO 4217; what is free is in every currency.
    @MinRating decimal(7, 6) = NULL,       -- Mean of the stars at least.
    @Sort varchar(10) = 'newest',          -- newest, rating, installs, price (lowest first) or title.
    @Limit int = 20,                       -- Rows of a page, 1 to 200.
    @After nvarchar(300) = NULL            -- next_page of the last row of the page before, with the same @Sort.
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    EXECUTE tenancy.RequireRole 'viewer', 'listing.search', 'listing';

    DECLARE @Error nvarchar(2048) = N'';
    IF @Sort IS NULL OR @Sort NOT IN ('newest', 'rating', 'installs', 'price', 'title')
    BEGIN
        SET @Error += N'@Sort must be newest, rating, installs, price or title. ';
    END;

    IF @PriceModel NOT IN ('free', 'one_off', 'per_token')
    BEGIN
        SET @Error += N'@PriceModel must be free, one_off or per_token. ';
    END;

    IF @Currency IS NULL AND (@MinPrice IS NOT NULL OR @MaxPrice IS NOT NULL)
    BEGIN
        SET @Error += N'@MinPrice and @MaxPrice need @Currency. ';
    END;

    DECLARE @AfterId uniqueidentifier, @AfterText nvarchar(200) = N'', @AfterNumber decimal(28, 6) = 0;
    IF @After IS NOT NULL
    BEGIN
        SET @AfterId = CASE WHEN LEN(@After) > 37 AND SUBSTRING(@After, LEN(@After) - 36, 1) = N'|' THEN TRY_CAST(RIGHT(@After, 36) AS uniqueidentifier) END;
        IF @AfterId IS NOT NULL AND @Sort = 'title'
        BEGIN
            SET @AfterText = LEFT(@After, LEN(@After) - 37);
        END
        ELSE IF @AfterId IS NOT NULL
        BEGIN
            SET @AfterNumber = TRY_CAST(LEFT(@After, LEN(@After) - 37) AS decimal(28, 6));
        END;

        IF @AfterId IS NULL OR @AfterNumber IS NULL
        BEGIN
            SET @Error += N'@After must be the next_page of a row of a page before, with the same @Sort. ';
        END;
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;

    IF @Limit IS NULL OR @Limit NOT BETWEEN 1 AND 200
    BEGIN
        THROW 50002, N'@Limit must be from 1 to 200.', 1;
    END;

    DECLARE @Words table (Word nvarchar(400) NOT NULL);
    INSERT INTO @Words (Word)
    SELECT DISTINCT value
    FROM STRING_SPLIT(@Text, N' ')
    WHERE value <> N'';

    WITH found AS
    (
        SELECT
            l.listing_id,
            l.title,
            l.description,
            l.domains,
            l.price_model,
            l.price,
            l.currency,
            l.license,
            l.rating,
            l.rating_count,
            l.install_count,
            l.published_at,
            CASE @Sort
                WHEN 'newest' THEN CAST(DATEDIFF_BIG(MILLISECOND, '2000-01-01', l.published_at) AS decimal(28, 6))
                WHEN 'rating' THEN CAST(ISNULL(l.rating, 0) AS decimal(28, 6))
                WHEN 'installs' THEN CAST(l.install_count AS decimal(28, 6))
                WHEN 'price' THEN CAST(-l.price AS decimal(28, 6))
                ELSE CAST(0 AS decimal(28, 6))
            END AS sort_number,
            CASE WHEN @Sort = 'title' THEN l.title ELSE N'' END AS sort_text
        FROM market.listings AS l
        WHERE (@PriceModel IS NULL OR l.price_model = @PriceModel)
            AND (@Currency IS NULL OR l.currency = @Currency OR l.price = 0)
            AND (@MinPrice IS NULL OR l.price >= @MinPrice)
            AND (@MaxPrice IS NULL OR l.price <= @MaxPrice)
            AND (@MinRating IS NULL OR l.rating >= @MinRating)
            AND (@Domain IS NULL OR EXISTS (SELECT 1 FROM market.listing_skills AS s WHERE s.listing_id = l.listing_id AND s.domain = @Domain AND s.is_own_domain = 1))
            AND NOT EXISTS (SELECT 1 FROM @Words AS w WHERE CHARINDEX(w.Word, CONCAT(l.title, N' ', l.description, N' ', l.domains)) = 0)
    )
    SELECT TOP (@Limit)
        f.listing_id,
        f.title,
        f.description,
        f.domains,
        f.price_model,
        f.price,
        f.currency,
        f.license,
        f.rating,
        f.rating_count,
        f.install_count,
        f.published_at,
        CONCAT(CASE WHEN @Sort = 'title' THEN f.sort_text ELSE CAST(f.sort_number AS nvarchar(40)) END, N'|', f.listing_id) AS next_page
    FROM found AS f
    WHERE @AfterId IS NULL
        OR f.sort_number < @AfterNumber
        OR (f.sort_number = @AfterNumber AND (f.sort_text > @AfterText OR (f.sort_text = @AfterText AND f.listing_id > @AfterId)))
    ORDER BY f.sort_number DESC, f.sort_text, f.listing_id;

    EXECUTE ops.RecordAct 'listing.search', 'listing', N'market', NULL, 'searches', 1;
END;
GO
GRANT EXECUTE ON OBJECT::market.Search TO nina_application;
