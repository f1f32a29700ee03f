-- What the clients' checks find on the server.
CREATE TABLE dbo.Numbers (id int NOT NULL PRIMARY KEY, name nvarchar(50) NULL);
INSERT INTO dbo.Numbers (id, name) SELECT value, CONCAT(N'number ', value) FROM GENERATE_SERIES(1, 10000);
CREATE TABLE dbo.Work (id int IDENTITY(1, 1) NOT NULL PRIMARY KEY, client varchar(20) NOT NULL, note nvarchar(max) NULL, amount decimal(18, 4) NULL);
CREATE TABLE dbo.Loaded (id int NOT NULL, name varchar(50) NULL, amount decimal(10, 2) NULL);
GO
CREATE PROCEDURE dbo.AddNumbers
    @a int,
    @b int = 10,
    @sum int OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET @sum = @a + @b;
    RETURN 7;
END;
GO
CREATE PROCEDURE dbo.Fail
AS
BEGIN
    THROW 50042, N'This procedure fails.', 3;
END;
GO
CREATE PROCEDURE dbo.ThreeResults
AS
BEGIN
    SELECT 1 AS a;
    PRINT N'between the results';
    SELECT N'zwei' AS b, 2 AS c;
    SELECT CAST(3.5 AS decimal(5, 2)) AS d;
END;
GO
CREATE VIEW dbo.EveryType
AS
SELECT
    CAST(1 AS bit) AS c_bit,
    CAST(255 AS tinyint) AS c_tinyint,
    CAST(-32768 AS smallint) AS c_smallint,
    CAST(2147483647 AS int) AS c_int,
    CAST(9223372036854775807 AS bigint) AS c_bigint,
    CAST(1.5 AS real) AS c_real,
    CAST(-2.25E100 AS float) AS c_float,
    CAST(12345.6789 AS money) AS c_money,
    CAST(-1.25 AS smallmoney) AS c_smallmoney,
    CAST('123456789012345678.90' AS decimal(28, 2)) AS c_decimal,
    CAST('2024-02-29' AS date) AS c_date,
    CAST('23:59:58.1234567' AS time(7)) AS c_time,
    CAST('2024-02-29T12:34:56.123' AS datetime) AS c_datetime,
    CAST('2024-02-29T12:35:00' AS smalldatetime) AS c_smalldatetime,
    CAST('2024-02-29T12:34:56.1234567' AS datetime2(7)) AS c_datetime2,
    CAST('2024-02-29T12:34:56.1234567+02:00' AS datetimeoffset(7)) AS c_datetimeoffset,
    CAST('abc' AS char(5)) AS c_char,
    CAST('abc' AS varchar(10)) AS c_varchar,
    CAST(N'Ωmega' AS nvarchar(10)) AS c_nvarchar,
    CAST(0x00FF10 AS varbinary(10)) AS c_varbinary,
    CAST('6F9619FF-8B86-D011-B42D-00C04FC964FF' AS uniqueidentifier) AS c_uniqueidentifier;
GO
CREATE VIEW dbo.EveryNull
AS
SELECT
    CAST(NULL AS bit) AS c_bit,
    CAST(NULL AS tinyint) AS c_tinyint,
    CAST(NULL AS smallint) AS c_smallint,
    CAST(NULL AS int) AS c_int,
    CAST(NULL AS bigint) AS c_bigint,
    CAST(NULL AS real) AS c_real,
    CAST(NULL AS float) AS c_float,
    CAST(NULL AS money) AS c_money,
    CAST(NULL AS decimal(28, 2)) AS c_decimal,
    CAST(NULL AS date) AS c_date,
    CAST(NULL AS time(7)) AS c_time,
    CAST(NULL AS datetime) AS c_datetime,
    CAST(NULL AS datetime2(7)) AS c_datetime2,
    CAST(NULL AS datetimeoffset(7)) AS c_datetimeoffset,
    CAST(NULL AS char(5)) AS c_char,
    CAST(NULL AS varchar(10)) AS c_varchar,
    CAST(NULL AS nvarchar(max)) AS c_nvarchar,
    CAST(NULL AS varbinary(max)) AS c_varbinary,
    CAST(NULL AS uniqueidentifier) AS c_uniqueidentifier;
GO
