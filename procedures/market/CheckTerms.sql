-- Throws 50001 with everything that is wrong with the terms of a listing.
CREATE PROCEDURE market.CheckTerms
    @Title nvarchar(200),
    @License nvarchar(100),
    @PriceModel varchar(10),
    @Price decimal(19, 4),
    @Currency varchar(3),
    @TermDays int
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Error nvarchar(2048) = N'';
    IF @Title IS NULL OR LTRIM(@Title) = N''
    BEGIN
        SET @Error += N'@Title is required. ';
    END;

    IF @License IS NULL OR @License = N'' OR @License LIKE N'%[^-A-Za-z0-9.+]%' COLLATE Latin1_General_BIN2
    BEGIN
        SET @Error += N'@License must be an SPDX identifier (Apache-2.0) or a name like LicenseRef-Own. ';
    END;

    IF @PriceModel IS NULL OR @PriceModel NOT IN ('free', 'one_off', 'per_token')
    BEGIN
        SET @Error += N'@PriceModel must be free, one_off or per_token. ';
    END
    ELSE IF @Price IS NULL OR (@PriceModel = 'free' AND @Price <> 0) OR (@PriceModel <> 'free' AND @Price <= 0)
    BEGIN
        SET @Error += N'@Price must be 0 for what is free, else above 0. ';
    END;

    IF @Currency IS NULL OR @Currency NOT LIKE '[A-Z][A-Z][A-Z]' COLLATE Latin1_General_BIN2
    BEGIN
        SET @Error += N'@Currency must be a code of ISO 4217, three capital letters. ';
    END;

    IF @TermDays NOT BETWEEN 0 AND 36500
    BEGIN
        SET @Error += N'@TermDays must be from 1 to 36500, or 0 for ever. ';
    END;

    IF @Error <> N''
    BEGIN
        SET @Error = RTRIM(@Error);
        THROW 50001, @Error, 1;
    END;
END;
