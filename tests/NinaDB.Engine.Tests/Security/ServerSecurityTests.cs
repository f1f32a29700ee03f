using NinaDB.Engine.Catalog;
using NinaDB.Engine.Tests.Session;
using NinaDB.Engine.Tests.Storage;

namespace NinaDB.Engine.Tests.Security;

/// <summary>Logins, server roles and permissions of the server outlive it, and databases that know nothing of them open as before.</summary>
public sealed class ServerSecurityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Server_principals_and_permissions_outlive_the_server()
    {
        using (Database server = Database.Create(_folder.Path))
        using (var sql = new SqlTestHarness(server))
        {
            sql.Run("CREATE LOGIN anna WITH PASSWORD = 'Xy7#password', DEFAULT_DATABASE = tempdb, DEFAULT_LANGUAGE = Deutsch, SID = 0x0102030405060708090A0B0C0D0E0F10;");
            sql.Run("CREATE SERVER ROLE outer_role; CREATE SERVER ROLE inner_role AUTHORIZATION anna; ALTER SERVER ROLE outer_role ADD MEMBER inner_role; ALTER SERVER ROLE inner_role ADD MEMBER anna;");
            sql.Run("ALTER SERVER ROLE dbcreator ADD MEMBER anna; USE master; GRANT VIEW SERVER STATE TO outer_role; DENY SHUTDOWN TO anna; REVOKE VIEW ANY DATABASE FROM public; DROP SERVER ROLE IF EXISTS none;");
            sql.Run("GRANT ALTER TRACE TO outer_role; REVOKE ALTER TRACE FROM outer_role;");
        }

        using (Database server = Database.Open(_folder.Path))
        using (var sql = new SqlTestHarness(server))
        {
            Assert.Equal("1 | 1 | 1", sql.Run("SELECT IS_SRVROLEMEMBER('outer_role', 'anna'), IS_SRVROLEMEMBER('dbcreator', 'anna'), IS_SRVROLEMEMBER('sysadmin', 'sa');"));
            Assert.Equal("tempdb | Deutsch", sql.Run("SELECT default_database_name, default_language_name FROM sys.server_principals WHERE sid = 0x0102030405060708090A0B0C0D0E0F10;"));
            Assert.Equal("anna", sql.Run("SELECT SUSER_NAME(owning_principal_id) FROM sys.server_principals WHERE name = 'inner_role';"));
            Assert.Equal(
                "anna | CONNECT SQL | GRANT\nanna | SHUTDOWN | DENY\nouter_role | VIEW SERVER STATE | GRANT",
                sql.Run("SELECT SUSER_NAME(grantee_principal_id), permission_name, state_desc FROM sys.server_permissions WHERE grantee_principal_id > 1 ORDER BY 1, 2;"));
        }
    }

    [Fact]
    public void Several_grantors_of_one_permission_are_kept_apart()
    {
        using (Database server = Database.Create(_folder.Path))
        using (var sql = new SqlTestHarness(server))
        {
            sql.Run("CREATE TABLE dbo.t (a int); CREATE USER x WITHOUT LOGIN; CREATE USER y WITHOUT LOGIN; GRANT SELECT ON dbo.t TO x WITH GRANT OPTION; GRANT SELECT ON dbo.t TO y;");
            sql.Run("EXECUTE AS USER = 'x'; GRANT SELECT ON dbo.t TO y; REVERT;");
        }

        using (Database server = Database.Open(_folder.Path))
        using (var sql = new SqlTestHarness(server))
        {
            const string Grantors = "SELECT STRING_AGG(USER_NAME(grantor_principal_id), ',') WITHIN GROUP (ORDER BY grantor_principal_id) FROM sys.database_permissions WHERE grantee_principal_id = USER_ID('y') AND class = 1;";
            Assert.Equal("dbo,x", sql.Run(Grantors));
            sql.Run("REVOKE SELECT ON dbo.t FROM y;");
            Assert.Equal("x", sql.Run(Grantors));
        }
    }

    [Fact]
    public void Records_of_logins_and_users_of_the_first_releases_are_read()
    {
        var old = new CatalogWriter();
        old.Byte(1);
        old.Int32(300);
        old.String("anna");
        old.Int32('S');
        old.String("master");
        old.Bool(true);
        old.String(null);
        LoginDefinition login = CatalogCodec.ReadLogin(new CatalogReader(old.ToArray()));
        Assert.Equal(("anna", true, "us_english"), (login.Name, login.IsDisabled, login.DefaultLanguage));
        Assert.Empty(login.MemberOf);
        Assert.Equal(16, login.Sid.Length);
    }
}
