using NinaDB.Engine.Tests.Session;

namespace NinaDB.Engine.Tests.Catalog;

public sealed class MetadataFunctionTests
{
    [Theory]
    [InlineData("CREATE TABLE t (a int NOT NULL, b nvarchar(10)); SELECT OBJECT_NAME(OBJECT_ID('t')), OBJECT_ID('dbo.t', 'V'), OBJECT_SCHEMA_NAME(OBJECT_ID(N'[dbo].[t]')), COL_NAME(OBJECT_ID('t'), 2), COL_LENGTH('t', 'b')", "t | NULL | dbo | b | 20")]
    [InlineData("CREATE TABLE #t (a int); SELECT CASE WHEN OBJECT_ID('tempdb..#t') < 0 THEN 1 END, OBJECT_ID('#nope')", "1 | NULL")]
    [InlineData("CREATE TABLE t (a int IDENTITY(3, 4), b AS a + 1); INSERT t DEFAULT VALUES; SELECT IDENT_SEED('t'), IDENT_INCR('t'), IDENT_CURRENT('t'), SCOPE_IDENTITY()", "3 | 4 | 3 | 3")]
    [InlineData("CREATE TABLE t (a int NOT NULL PRIMARY KEY, b AS a + 1); SELECT COLUMNPROPERTY(OBJECT_ID('t'), 'a', 'AllowsNull'), COLUMNPROPERTY(OBJECT_ID('t'), 'b', 'IsComputed'), OBJECTPROPERTY(OBJECT_ID('t'), 'TableHasPrimaryKey'), OBJECTPROPERTY(OBJECT_ID('t'), 'IsView'), OBJECTPROPERTY(OBJECT_ID('t'), 'NoSuchProperty')", "0 | 1 | 1 | 0 | NULL")]
    [InlineData("SELECT TYPE_ID('int'), TYPE_NAME(56), TYPE_ID('vector'), TYPE_ID('sys.vector'), SCHEMA_ID('dbo'), SCHEMA_NAME(4), DB_ID(), DB_NAME(2)", "56 | int | NULL | 255 | 1 | sys | 5 | tempdb")]
    [InlineData("SELECT PARSENAME('srv.db.[my.schema].tbl', 2), PARSENAME('a.b', 3), PARSENAME('a..c', 2)", "my.schema | NULL | NULL")]
    [InlineData("SELECT CAST(SERVERPROPERTY('ProductMajorVersion') AS varchar(10)), CAST(SERVERPROPERTY('NinaDBEmbeddedHost') AS int), CAST(SERVERPROPERTY('FilestreamConfiguredLevel') AS int), SERVERPROPERTY('Nope')", "17 | 1 | 2 | NULL")]
    [InlineData("EXEC sp_set_session_context N'tenant', 42, @read_only = 1; SELECT CAST(SESSION_CONTEXT(N'tenant') AS int), SESSION_CONTEXT(N'other'); EXEC sp_set_session_context N'tenant', 43",
        "42 | NULL\nMsg 15664, Level 16, State 1, Procedure sys.sp_set_session_context, Line 1: Cannot set key 'tenant' in the session context. The key has been set as read_only for this session.")]
    [InlineData("SELECT USER_NAME(), CURRENT_USER, ORIGINAL_LOGIN(), IS_MEMBER('db_owner'), IS_ROLEMEMBER('nope'), HAS_PERMS_BY_NAME(NULL, 'DATABASE', 'CREATE TABLE'), HAS_PERMS_BY_NAME('nope', 'OBJECT', 'SELECT')", "dbo | dbo | sa | 1 | NULL | 1 | NULL")]
    [InlineData("SELECT XACT_STATE(); BEGIN TRAN; SELECT XACT_STATE(), ERROR_NUMBER(); COMMIT", "0\n1 | NULL")]
    [InlineData("SELECT FORMATMESSAGE('%s is %d', 'a', 5), CAST(SQL_VARIANT_PROPERTY(CAST(1.5 AS decimal(5, 2)), 'Precision') AS int)", "a is 5 | 5")]
    [InlineData("BEGIN TRAN; DECLARE @r int; EXEC @r = sp_getapplock 'x', 'Exclusive'; SELECT @r, APPLOCK_MODE('public', 'x', 'Transaction'); EXEC @r = sp_releaseapplock 'x'; SELECT @r, APPLOCK_MODE('public', 'x', 'Transaction'); COMMIT", "0 | Exclusive\n0 | NoLock")]
    [InlineData("EXEC sp_configure 'clr strict security', 0", "Msg 15123, Level 16, State 1, Procedure sys.sp_configure, Line 1: The configuration option 'clr strict security' does not exist, or it may be an advanced option.")]
    public void Functions_answer_as_documented(string script, string expected) => Assert.Equal(expected, SqlTestHarness.RunAlone(script));

    [Fact]
    public void Application_locks_keep_other_sessions_out_until_the_transaction_ends()
    {
        using var sql = new SqlTestHarness();
        using SqlTestHarness other = sql.Another();
        sql.Run("BEGIN TRAN; EXEC sp_getapplock 'x', 'Exclusive';");
        const string Try = "BEGIN TRAN; DECLARE @r int; EXEC @r = sp_getapplock 'x', 'Shared', 'Transaction', 0; SELECT @r; ROLLBACK;";
        Assert.Equal("-1", other.Run(Try));
        sql.Run("COMMIT");
        Assert.Equal("0", other.Run(Try));
    }
}
