using Microsoft.Data.SqlClient;

namespace NinaDB.Tds.Tests;

/// <summary>Triggers that see clients log in, and what else keeps a login out.</summary>
public sealed class LogonTriggerTests : IAsyncLifetime
{
    private const string Trigger = """
        CREATE TRIGGER gate ON ALL SERVER FOR LOGON AS
        BEGIN
            INSERT NinaDB.dbo.Logins (Who, Kind) VALUES (EVENTDATA().value('(/EVENT_INSTANCE/LoginName)[1]', 'sysname'), EVENTDATA().value('(/EVENT_INSTANCE/LoginType)[1]', 'nvarchar(20)'));
            IF ORIGINAL_LOGIN() = 'unwanted' ROLLBACK;
        END;
        """;

    private readonly TestServer _server = new();

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        TestServer.Run(_server.Database, "CREATE TABLE dbo.Logins (Who sysname, Kind nvarchar(20)); GRANT INSERT ON dbo.Logins TO public;");
        foreach (string login in (string[])["wanted", "unwanted"])
        {
            TestServer.Run(_server.Database, $"CREATE LOGIN {login} WITH PASSWORD = N'{TestServer.Password}'; CREATE USER {login} FOR LOGIN {login};");
        }
    }

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public void A_trigger_sees_who_logs_in_and_may_refuse()
    {
        TestServer.Run(_server.Database, Trigger);
        using (SqlConnection welcome = _server.Open("Pooling=false;"))
        {
            using SqlCommand count = welcome.CreateCommand();
            count.CommandText = "SELECT STRING_AGG(CONCAT(Who, ':', Kind, ':', @@TRANCOUNT), ',') FROM dbo.Logins;";
            Assert.Equal($"{TestServer.User}:SQL Login:0", count.ExecuteScalar());
        }

        Open("wanted").Dispose();
        SqlException refused = Refused("unwanted");
        Assert.Equal(17892, refused.Number);
        Assert.Contains("Logon failed for login 'unwanted' due to trigger execution.", refused.Message, StringComparison.Ordinal);
        TestServer.Run(_server.Database, "DISABLE TRIGGER gate ON ALL SERVER;");
        Open("unwanted").Dispose();
    }

    [Fact]
    public void An_error_in_a_trigger_refuses_the_login()
    {
        TestServer.Run(_server.Database, "CREATE TRIGGER broken ON ALL SERVER FOR LOGON AS IF ORIGINAL_LOGIN() = 'unwanted' BEGIN DECLARE @x int = 1 / 0; END;");
        Assert.Equal(17892, Refused("unwanted").Number);
        _server.Open("Pooling=false;").Dispose();
    }

    [Fact]
    public void A_login_denied_CONNECT_SQL_stays_out()
    {
        Open("unwanted").Dispose();
        TestServer.Run(_server.Database, "EXEC master.sys.sp_executesql N'DENY CONNECT SQL TO unwanted';");
        Assert.Equal(18456, Refused("unwanted").Number);
    }

    private SqlException Refused(string user) => Assert.Throws<SqlException>(() => Open(user).Dispose());

    private SqlConnection Open(string user)
    {
        var connection = new SqlConnection(new SqlConnectionStringBuilder(_server.ConnectionString) { UserID = user, Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }
}
