using NinaDB.Engine.Catalog;
using NinaDB.Engine.Tests.Session;

namespace NinaDB.Engine.Tests.Catalog;

public sealed class CatalogViewTests
{
    private const string Schema = """
        CREATE SCHEMA app;
        GO
        CREATE TYPE app.Code FROM varchar(10) NOT NULL;
        CREATE TYPE app.Ids AS TABLE (id int NOT NULL PRIMARY KEY, note nvarchar(20) NULL);
        CREATE SEQUENCE app.Numbers AS int START WITH 5 INCREMENT BY 5;
        CREATE TABLE app.Parent (id int IDENTITY(10, 2) CONSTRAINT PK_Parent PRIMARY KEY, code app.Code, amount decimal(10, 2) CONSTRAINT DF_amount DEFAULT (0),
            twice AS (amount * 2), CONSTRAINT CK_amount CHECK (amount >= 0 AND amount < 100), CONSTRAINT UQ_code UNIQUE (code));
        CREATE TABLE app.Child (id int NOT NULL, parent_id int NULL CONSTRAINT FK_Child_Parent REFERENCES app.Parent (id) ON DELETE CASCADE, v vector(3) NULL);
        CREATE INDEX IX_Child ON app.Child (parent_id DESC) INCLUDE (id) WHERE parent_id IS NOT NULL;
        CREATE SYNONYM app.Alias FOR app.Parent;
        GO
        CREATE VIEW app.Everything AS SELECT p.id, p.code, c.v FROM app.Parent AS p JOIN app.Child AS c ON c.parent_id = p.id;
        GO
        CREATE PROCEDURE app.Report @top int = 10, @ids app.Ids READONLY, @count int OUTPUT AS SELECT @count = COUNT(*) FROM app.Parent;
        GO
        CREATE FUNCTION app.Doubled (@x int) RETURNS int AS BEGIN RETURN @x * 2; END;
        GO
        CREATE FUNCTION app.Under (@limit int) RETURNS TABLE AS RETURN SELECT id FROM app.Parent WHERE id < @limit;
        GO
        CREATE TRIGGER app.OnParent ON app.Parent AFTER INSERT, UPDATE AS SET NOCOUNT ON;
        GO
        EXEC sp_addextendedproperty N'MS_Description', N'A parent.', N'SCHEMA', N'app', N'TABLE', N'Parent', N'COLUMN', N'code';
        CREATE USER reader WITHOUT LOGIN;
        CREATE ROLE auditors;
        ALTER ROLE auditors ADD MEMBER reader;
        GRANT SELECT ON app.Parent TO auditors;
        DENY UPDATE ON app.Parent (code) TO reader;
        """;

    [Fact]
    public void Every_view_produces_rows_that_fit_its_columns()
    {
        using var sql = new SqlTestHarness();
        Assert.Equal("", sql.Run(Schema));
        foreach (SystemView view in SystemViews.All)
        {
            int count = 0;
            foreach (NinaDB.Engine.Types.SqlValue[] row in view.Rows(sql.Session))
            {
                Assert.Equal(view.Columns.Count, row.Length);
                for (int i = 0; i < row.Length; i++)
                {
                    Assert.True(view.Columns[i].IsNullable || !row[i].IsNull, $"{view.Schema}.{view.Name}.{view.Columns[i].Name} is NULL");
                    Assert.True(row[i].IsNull || NinaDB.Engine.Types.SqlFormat.ToText(row[i], view.Columns[i].Type) is not null);
                }

                count++;
            }

            Assert.True(count >= 0);
        }
    }

    [Theory]
    [InlineData("SELECT name, type, type_desc FROM sys.objects WHERE schema_id = SCHEMA_ID('app') ORDER BY name",
        "Alias | SN | SYNONYM\nChild | U  | USER_TABLE\nCK_amount | C  | CHECK_CONSTRAINT\nDF_amount | D  | DEFAULT_CONSTRAINT\nDoubled | FN | SQL_SCALAR_FUNCTION\nEverything | V  | VIEW\n"
        + "FK_Child_Parent | F  | FOREIGN_KEY_CONSTRAINT\nNumbers | SO | SEQUENCE_OBJECT\nOnParent | TR | SQL_TRIGGER\nParent | U  | USER_TABLE\nPK_Parent | PK | PRIMARY_KEY_CONSTRAINT\n"
        + "Report | P  | SQL_STORED_PROCEDURE\nUnder | IF | SQL_INLINE_TABLE_VALUED_FUNCTION\nUQ_code | UQ | UNIQUE_CONSTRAINT")]
    [InlineData("SELECT c.name, t.name, c.max_length, c.precision, c.scale, c.is_nullable, c.is_identity, c.is_computed FROM sys.columns c JOIN sys.types t ON t.user_type_id = c.user_type_id WHERE c.object_id = OBJECT_ID('app.Parent') ORDER BY c.column_id",
        "id | int | 4 | 10 | 0 | 0 | 1 | 0\ncode | Code | 10 | 0 | 0 | 0 | 0 | 0\namount | decimal | 9 | 10 | 2 | 1 | 0 | 0\ntwice | decimal | 9 | 12 | 2 | 1 | 0 | 1")]
    [InlineData("SELECT definition FROM sys.check_constraints", "([amount]>=(0) AND [amount]<(100))")]
    [InlineData("SELECT definition FROM sys.default_constraints", "((0))")]
    [InlineData("SELECT definition, is_persisted FROM sys.computed_columns", "([amount]*(2)) | 0")]
    [InlineData("SELECT name, type_desc, is_unique, has_filter, filter_definition FROM sys.indexes WHERE object_id = OBJECT_ID('app.Child') ORDER BY index_id",
        "NULL | HEAP | 0 | 0 | NULL\nIX_Child | NONCLUSTERED | 0 | 1 | ([parent_id] IS NOT NULL)")]
    [InlineData("SELECT COL_NAME(object_id, column_id), key_ordinal, is_descending_key, is_included_column FROM sys.index_columns WHERE object_id = OBJECT_ID('app.Child') ORDER BY index_column_id",
        "parent_id | 1 | 1 | 0\nid | 0 | 0 | 1")]
    [InlineData("SELECT name, delete_referential_action_desc, OBJECT_NAME(referenced_object_id) FROM sys.foreign_keys", "FK_Child_Parent | CASCADE | Parent")]
    [InlineData("SELECT name, parameter_id, is_output, is_readonly FROM sys.parameters WHERE object_id = OBJECT_ID('app.Report') ORDER BY parameter_id",
        "@top | 1 | 0 | 0\n@ids | 2 | 0 | 1\n@count | 3 | 1 | 0")]
    [InlineData("SELECT vector_dimensions, vector_base_type_desc, system_type_id, user_type_id, max_length FROM sys.columns WHERE name = 'v' AND object_id = OBJECT_ID('app.Child')", "3 | float32 | 165 | 255 | 20")]
    [InlineData("SELECT name, CAST(value AS nvarchar(50)), class_desc, minor_id FROM sys.extended_properties", "MS_Description | A parent. | OBJECT_OR_COLUMN | 2")]
    [InlineData("SELECT USER_NAME(role_principal_id), USER_NAME(member_principal_id) FROM sys.database_role_members WHERE member_principal_id > 4", "auditors | reader")]
    [InlineData("SELECT USER_NAME(grantee_principal_id), permission_name, state_desc, minor_id, type FROM sys.database_permissions WHERE class = 1 ORDER BY 1",
        "auditors | SELECT | GRANT | 0 | SL  \nreader | UPDATE | DENY | 2 | UP  ")]
    [InlineData("SELECT name, CAST(start_value AS int), CAST(increment AS int), CAST(current_value AS int) FROM sys.sequences", "Numbers | 5 | 5 | 5")]
    [InlineData("SELECT TABLE_NAME, TABLE_TYPE FROM INFORMATION_SCHEMA.TABLES ORDER BY 1", "Child | BASE TABLE\nEverything | VIEW\nParent | BASE TABLE")]
    [InlineData("SELECT COLUMN_NAME, ORDINAL_POSITION, IS_NULLABLE, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, DOMAIN_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'Parent' ORDER BY 2",
        "id | 1 | NO | int | NULL | 10 | NULL\ncode | 2 | NO | varchar | 10 | NULL | Code\namount | 3 | YES | decimal | NULL | 10 | NULL\ntwice | 4 | YES | decimal | NULL | 12 | NULL")]
    [InlineData("SELECT CONSTRAINT_NAME, CONSTRAINT_TYPE FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS ORDER BY 1",
        "CK_amount | CHECK\nFK_Child_Parent | FOREIGN KEY\nPK_Parent | PRIMARY KEY\nUQ_code | UNIQUE")]
    [InlineData("SELECT UNIQUE_CONSTRAINT_NAME, DELETE_RULE, UPDATE_RULE FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS", "PK_Parent | CASCADE | NO ACTION")]
    [InlineData("SELECT ROUTINE_NAME, ROUTINE_TYPE, DATA_TYPE FROM INFORMATION_SCHEMA.ROUTINES ORDER BY 1", "Doubled | FUNCTION | int\nReport | PROCEDURE | NULL\nUnder | FUNCTION | TABLE")]
    [InlineData("SELECT referenced_entity_name FROM sys.sql_expression_dependencies WHERE referencing_id = OBJECT_ID('app.Everything') ORDER BY 1", "Child\nParent")]
    [InlineData("SELECT name, is_table_type FROM sys.types WHERE is_user_defined = 1 ORDER BY 1", "Code | 0\nIds | 1")]
    [InlineData("SELECT COUNT(*) FROM sys.databases WHERE name = DB_NAME()", "1")]
    [InlineData("SELECT name FROM sys.schemas WHERE schema_id < 10 ORDER BY schema_id", "dbo\nguest\nINFORMATION_SCHEMA\nsys\napp")]
    [InlineData("SELECT type_desc FROM sys.trigger_events ORDER BY type", "INSERT\nUPDATE")]
    public void Views_describe_the_catalog(string query, string expected)
    {
        using var sql = new SqlTestHarness();
        Assert.Equal("", sql.Run(Schema));
        Assert.Equal(expected, sql.Run(query));
    }

    [Fact]
    public void The_catalog_survives_closing_and_opening()
    {
        string folder = Path.Combine(Path.GetTempPath(), "nina-catalog-" + Guid.NewGuid().ToString("N"));
        const string Query = """
            SELECT name, type, object_id, parent_object_id FROM sys.objects ORDER BY object_id;
            SELECT * FROM sys.columns WHERE object_id > 0 ORDER BY object_id, column_id;
            SELECT definition FROM sys.sql_modules ORDER BY object_id;
            SELECT name, CAST(value AS nvarchar(max)) FROM sys.extended_properties;
            SELECT * FROM sys.database_permissions;
            SELECT * FROM sys.parameters ORDER BY object_id, parameter_id;
            SELECT * FROM sys.foreign_key_columns;
            SELECT object_id, name, index_id, filter_definition FROM sys.indexes ORDER BY object_id, index_id;
            """;
        try
        {
            string before;
            using (Database database = Database.Create(folder))
            using (var sql = new SqlTestHarness(database))
            {
                Assert.Equal("", sql.Run(Schema));
                before = sql.Run(Query);
            }

            using (Database database = Database.Open(folder))
            using (var sql = new SqlTestHarness(database))
            {
                Assert.Equal(before, sql.Run(Query));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
