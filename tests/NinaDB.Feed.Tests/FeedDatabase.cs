using NinaDB.Cli;
using NinaDB.Cli.Commands;
using NinaDB.Cli.Feed;
using NinaDB.Cli.Tests;
using NinaDB.Engine;
using NinaDB.Engine.Data;
using NinaDB.Engine.Session;

namespace NinaDB.Feed.Tests;

/// <summary>A real database with the sample model, measurements, an agent and events of two tenants. Closed between uses, as the program opens it itself.</summary>
public sealed class FeedDatabase : IDisposable
{
    /// <summary>Events that are published beside those of procedures.</summary>
    public const int Events = 2000;

    private static readonly Guid OtherTid = new("00000000-0000-0000-0000-00000000000f");

    private readonly TemporaryFolder _folder = new();

    public FeedDatabase()
    {
        using Database database = Database.Create(Path);
        DeployCommand.Deploy(database, quiet: true, CancellationToken.None);
        using (EngineSession session = database.OpenSession())
        {
            LocalTenant.Provision(session, CancellationToken.None);
            session.RunText($"EXECUTE tenancy.ProvisionTenant @Name = N'other', @Tid = '{OtherTid}', @OwnerOid = '{OtherTid}', @OwnerName = N'other';", CancellationToken.None);
        }

        using (EngineSession session = database.OpenSession())
        {
            LocalTenant.Begin(session, CancellationToken.None);
            session.RunText(
                $"""
                EXECUTE mqe.IngestModel @Path = {SqlText.Quote(Product.SampleModel)};
                INSERT INTO mqe.Domain (Name) VALUES (N'chess'), (N'law');
                INSERT INTO mqe.SkillMeasurement (ComponentId, DomainId, ModelId, SkillLevel, TopContexts, Method, TextCount, OtherTextCount, TokenCount, ProbeSetHash, ModelHash)
                SELECT c.ComponentId, d.DomainId, c.ModelId, 0.5 + 0.0001 * c.ComponentIndex, N'["a text"]', 'auroc-text-mean', 60, 420, 1000, CAST(0 AS binary(32)), CAST(1 AS binary(32))
                FROM mqe.Component AS c CROSS JOIN mqe.Domain AS d WHERE c.Kind = 'neuron' AND c.ComponentIndex < 100;
                INSERT INTO factory.Agent (Name, BaseModelId, KeepFraction, NeuronsPerLayer) SELECT N'chess "agent"', ModelId, 0.5, 256 FROM mqe.Model;
                INSERT INTO factory.AgentDomain (AgentId, DomainId) SELECT a.AgentId, d.DomainId FROM factory.Agent AS a CROSS JOIN mqe.Domain AS d;
                INSERT INTO factory.AgentMeasurement (AgentId, DomainId, Variant, NatsPerToken, TokenCount, TextSetHash)
                SELECT a.AgentId, d.DomainId, 'base', 0.67, 100, CAST(2 AS binary(32)) FROM factory.Agent AS a CROSS JOIN mqe.Domain AS d;
                """,
                CancellationToken.None);
            Publish(session, Events);
        }

        using (EngineSession session = database.OpenSession())
        {
            LocalTenant.Begin(session, CancellationToken.None, OtherTid, OtherTid);
            Publish(session, Events / 4);
        }
    }

    public string Path => _folder.At("db");

    public string At(string name) => _folder.At(name);

    public void Dispose() => _folder.Dispose();

    /// <summary>Runs T-SQL as the local tenant.</summary>
    internal void Run(string text)
    {
        using Database database = Database.Open(Path);
        using EngineSession session = database.OpenSession();
        LocalTenant.Begin(session, CancellationToken.None);
        session.RunText(text, CancellationToken.None);
    }

    /// <summary>Opens the database as a feed does.</summary>
    internal async Task<T> AsFeedAsync<T>(string consumer, Func<DatabaseSource, Task<T>> work, string? tenant = null)
    {
        using Database database = Database.Open(Path);
        await using var connection = new NinaConnection(database);
        await connection.OpenAsync();
        return await work(DatabaseSource.Open(connection, consumer, tenant, CancellationToken.None));
    }

    /// <summary>Every current row by table and key, as JSON.</summary>
    internal Task<SortedDictionary<string, string>> RowsAsync() => AsFeedAsync("reader", source => Task.FromResult(new SortedDictionary<string, string>(
        FeedTable.All.SelectMany(table => source.Rows(table, [], 100_000, null, CancellationToken.None)).ToDictionary(row => row.Table.Name + "|" + Replica.KeyOf(row), Replica.JsonOf),
        StringComparer.Ordinal)));

    /// <summary>Last sequence of each tenant.</summary>
    internal Task<Dictionary<int, long>> HeadsAsync() => AsFeedAsync("reader", source => Task.FromResult(
        source.Streams("reader", CancellationToken.None).ToDictionary(stream => stream.Tenant, stream => stream.Head)));

    private static void Publish(EngineSession session, int count) => session.RunText(
        $"""
        DECLARE @i int = 0;
        BEGIN TRANSACTION;
        WHILE @i < {count}
        BEGIN
            EXECUTE ops.PublishEvent 'usage.recorded', N'search "es"', N'{"{"}"quantity": 1{"}"}';
            SET @i += 1;
        END;
        COMMIT TRANSACTION;
        """,
        CancellationToken.None);
}
