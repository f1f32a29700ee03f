using NinaDB.Cli;
using NinaDB.Cli.Deployment;
using NinaDB.Engine;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;

namespace NinaDB.TSql.Tests;

/// <summary>deploy/cdc.sql on a database with NinaDB's schema: what it captures, for whom, and that it can run again.</summary>
public sealed class ChangeDataTests : IDisposable
{
    private const string Changes = "FROM cdc.fn_cdc_get_all_changes_mqe_Model(sys.fn_cdc_get_min_lsn('mqe_Model'), sys.fn_cdc_get_max_lsn(), 'all')";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"ninadb-cdc-{Guid.NewGuid():N}");
    private readonly Database _database;
    private readonly EngineSession _owner;

    public ChangeDataTests()
    {
        _database = Database.Create(_folder);
        _owner = _database.OpenSession();
        new Deployer(_owner).Deploy((_, _, _) => { }, CancellationToken.None);
        Enable();
    }

    [Fact]
    public void Changes_of_models_are_captured_and_read_by_the_gating_role_alone()
    {
        using Tenant tenant = Tenant.Provision(_database, "captured");
        tenant.Run($"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(Product.SampleModel)}, @Name = N'first';");
        tenant.Run("EXECUTE mqe.DropModel N'first';");
        _owner.RunText(
            "CREATE USER reader WITHOUT LOGIN; ALTER ROLE nina_changes ADD MEMBER reader; CREATE USER stranger WITHOUT LOGIN; GRANT SELECT ON mqe.Model TO stranger;", CancellationToken.None);
        using var reader = new Tenant(_database, "reader");
        using var stranger = new Tenant(_database, "stranger");

        Answer rows = reader.Run($"SELECT __$operation, Name, Status {Changes} ORDER BY __$start_lsn, __$seqval;");
        Assert.Equal(("2 | first", "1 | first"), (rows.Lines.First()[..9], rows.Lines.Last()[..9]));
        Assert.Equal("0", reader.Value("SELECT COUNT(*) FROM mqe.Model;"));
        Assert.Equal(229, stranger.Try($"SELECT Name {Changes};").Error);
        Assert.Equal(229, tenant.Try($"SELECT Name {Changes};").Error);
        Assert.Equal(229, reader.Try("SELECT Name FROM cdc.mqe_Model_CT;").Error);
    }

    [Fact]
    public void The_script_can_run_again_and_captures_no_large_columns()
    {
        Enable();
        Assert.Equal(["7"], _owner.QueryText("SELECT COUNT(*) FROM cdc.change_tables;", CancellationToken.None).Select(r => r[0]));
        Assert.Empty(_owner.QueryText(
            "SELECT c.name FROM sys.columns AS c INNER JOIN sys.tables AS t ON t.object_id = c.object_id WHERE t.schema_id = SCHEMA_ID(N'cdc') AND t.name LIKE N'%[_]CT' AND c.max_length = -1;", CancellationToken.None));
    }

    public void Dispose()
    {
        _owner.Dispose();
        _database.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Enable()
    {
        foreach (ScriptBatch batch in BatchSplitter.Split(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "deploy", "cdc.sql"))))
        {
            _owner.RunText(batch.Text, CancellationToken.None, "cdc.sql", batch.StartLine - 1);
        }
    }
}
