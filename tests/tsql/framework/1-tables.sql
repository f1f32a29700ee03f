-- A small test framework with the procedures of tSQLt that NinaDB's tests use, written for this project. Users of SQL Server run the same test classes
-- with the real tSQLt (https://tsqlt.org).
CREATE SCHEMA tSQLt AUTHORIZATION dbo;
GO

-- What the last run found: one row a test.
CREATE TABLE tSQLt.TestResult
(
    Id int IDENTITY(1, 1) NOT NULL CONSTRAINT PK_TestResult PRIMARY KEY,
    Class nvarchar(128) NOT NULL,
    TestCase nvarchar(128) NOT NULL,
    Result nvarchar(20) NOT NULL,                 -- Success, Failure, Error or Skipped.
    Msg nvarchar(max) NULL,
    TestStartTime datetime2(7) NULL,
    TestEndTime datetime2(7) NULL
);
GO

-- What the running test expects of errors; emptied before each test.
CREATE TABLE tSQLt.Expectation
(
    Kind nvarchar(20) NOT NULL,                   -- Exception or NoException.
    ExpectedMessage nvarchar(max) NULL,
    ExpectedMessagePattern nvarchar(max) NULL,
    ExpectedSeverity int NULL,
    ExpectedState int NULL,
    ExpectedErrorNumber int NULL,
    FailMessage nvarchar(max) NULL
);
GO

-- The message of the failure that the running test reported; emptied before each test.
CREATE TABLE tSQLt.TestMessage
(
    Msg nvarchar(max) NULL
);
GO

-- Test classes: schemas that NewTestClass made.
CREATE VIEW tSQLt.TestClasses
AS
SELECT s.name AS Name, s.schema_id AS SchemaId
FROM sys.schemas AS s
INNER JOIN sys.extended_properties AS p ON p.class = 3 AND p.major_id = s.schema_id AND p.name = N'tSQLt.TestClass';
GO

-- Tests: procedures of test classes whose names begin with "test".
CREATE VIEW tSQLt.Tests
AS
SELECT c.Name AS TestClassName, c.SchemaId, o.object_id AS ObjectId, o.name AS Name
FROM tSQLt.TestClasses AS c
INNER JOIN sys.procedures AS o ON o.schema_id = c.SchemaId
WHERE o.name LIKE N'test%';
GO
