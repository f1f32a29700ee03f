using System.Diagnostics;
using System.Globalization;
using NinaDB.Cli;
using NinaDB.Cli.Deployment;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.Soak;

/// <summary>A tenant of the soak.</summary>
internal sealed record SoakTenant(int Index, string Name, string TenantId, string BaseModel, string BaseModelId);

/// <param name="Seconds">How long the load lasts.</param>
/// <param name="Tenants">How many tenants trade with each other.</param>
/// <param name="SessionsPerTenant">Connections of each, every one with a thread of its own.</param>
/// <param name="Sabotage">T-SQL that breaks isolation before the load begins: a soak that finds nothing then is worth nothing.</param>
internal sealed record SoakOptions(int Seconds = 600, int Tenants = 6, int SessionsPerTenant = 2, int Seed = 1, string? Sabotage = null);

/// <summary>What a soak found.</summary>
internal sealed record SoakReport(IReadOnlyList<string> Violations, IReadOnlyList<KeyValuePair<string, long>> Counters, long Acts, long EventsExpected, long EventsSeen, TimeSpan Elapsed);

/// <summary>
/// Mixed load of several tenants on one database: each answer is checked against a model of what the tenant may see, and afterwards events, quotas, audit chains and the
/// ledger against what was done.
/// </summary>
internal sealed class SoakRun(SoakOptions options, TextWriter log) : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"ninadb-soak-{Guid.NewGuid():N}");

    private readonly World _world = new();

    private readonly List<Tenant> _connections = [];

    public SoakReport Run()
    {
        using Database database = Database.Create(_folder);
        string modelFile = WriteTinyModel();
        using (EngineSession session = database.OpenSession())
        {
            new Deployer(session).Deploy((_, _, _) => { }, CancellationToken.None);
            session.RunText("CREATE USER dba WITHOUT LOGIN; ALTER ROLE nina_administrator ADD MEMBER dba; GRANT SELECT ON SCHEMA::market TO nina_service;", CancellationToken.None);
        }

        (SoakTenant Tenant, Tenant Owner)[] owners = [.. Enumerable.Range(0, options.Tenants).Select(i => SetUp(database, i))];
        SoakTenant[] tenants = [.. owners.Select(owner => owner.Tenant)];
        log.WriteLine($"{tenants.Length} tenants are ready in {_folder}.");

        if (options.Sabotage is not null)
        {
            using EngineSession session = database.OpenSession();
            session.RunText(options.Sabotage, CancellationToken.None);
        }

        using var platform = new Platform(database);
        using var feedConnection = new Tenant(database, "nina_feed_reader");
        var feed = new FeedReader(_world, feedConnection, "soak", null, options.Seed);
        FeedReader[] ownFeeds = [.. owners.Select(owner => new FeedReader(_world, Connect(database, owner.Owner), "own", owner.Tenant.TenantId, options.Seed + owner.Tenant.Index))];
        SoakWorker[] workers =
        [
            .. owners.SelectMany(owner => Enumerable.Range(0, options.SessionsPerTenant).Select(n => new SoakWorker(
                _world, owner.Tenant, Connect(database, owner.Owner), tenants, platform, modelFile, (options.Seed * 1000) + (owner.Tenant.Index * 100) + n))),
        ];

        var clock = Stopwatch.StartNew();
        var nextLine = TimeSpan.FromSeconds(5);
        using (var stopWork = new CancellationTokenSource())
        using (var stopFeeds = new CancellationTokenSource())
        {
            Task[] reading = [.. ownFeeds.Append(feed).Select(reader => Start(() => reader.Run(stopFeeds.Token)))];
            Task[] working = [.. workers.Select(worker => Start(() => worker.Run(stopWork.Token)))];
            while (clock.Elapsed.TotalSeconds < options.Seconds && !working.Any(task => task.IsFaulted) && _world.Violations.Count < (options.Sabotage is null ? 20 : 1))
            {
                Task.WaitAny(working, TimeSpan.FromSeconds(Math.Clamp(options.Seconds - clock.Elapsed.TotalSeconds, 0.01, 0.5)));
                if (clock.Elapsed < nextLine)
                {
                    continue;
                }

                nextLine += TimeSpan.FromSeconds(5);
                _world.Forget();
                log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds,5:0} s: {Acts()} acts, {feed.Events} events read, {_world.Violations.Count} violations"));
            }

            stopWork.Cancel();
            Task.WaitAll(working);
            stopFeeds.Cancel();
            Task.WaitAll(reading);
        }

        clock.Stop();
        CheckFeeds(feed, ownFeeds, tenants);
        CheckBooks(database);
        return new SoakReport([.. _world.Violations], [.. _world.Counters], Acts(), _world.ExpectedEvents.Values.Sum(), feed.Events, clock.Elapsed);
    }

    public void Dispose()
    {
        foreach (Tenant connection in _connections)
        {
            connection.Dispose();
        }

        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private long Acts() => _world.Counters.Where(counter => !counter.Key.Contains(' ', StringComparison.Ordinal)).Sum(counter => counter.Value);

    private static Task Start(Action action) => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private Tenant Connect(Database database, Tenant owner)
    {
        var connection = new Tenant(database, owner.Name, owner.Tid, owner.Oid);
        _connections.Add(connection);
        return connection;
    }

    /// <summary>A tenant with a measured base model of its own, private to it.</summary>
    private (SoakTenant Tenant, Tenant Owner) SetUp(Database database, int index)
    {
        Tenant owner = Tenant.Provision(database, $"tenant {index}");
        _connections.Add(owner);
        string model = $"base-{index}";
        owner.Run($"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(Product.SampleModel)}, @Name = N'{model}';");
        foreach (string domain in new[] { "chess", "law" })
        {
            owner.Run($"EXECUTE mqe.AddProbeTexts N'{domain}', {SqlText.Quote(Path.Combine(Product.SampleProbes, domain + ".txt"))}, 'probe', 2;");
            owner.Run($"EXECUTE mqe.AddProbeTexts N'{domain}', {SqlText.Quote(Path.Combine(Product.SampleProbes, "test", domain + ".txt"))}, 'test', 1;");
        }

        owner.Run("EXECUTE mqe.MeasureSkills @TextsPerDomain = 2;");
        string id = owner.Value($"SELECT model_id FROM mqe.models WHERE name = N'{model}';")!;
        foreach (string?[] row in owner.Run("SELECT type, COUNT(*) FROM ops.outbox_events GROUP BY type;").Rows)
        {
            for (int i = int.Parse(row[1]!, CultureInfo.InvariantCulture); i > 0; i--)
            {
                _world.Expect(index, row[0]!);
            }
        }

        string tenantId = owner.Value("SELECT tenancy.CurrentTenantId();")!;
        return (new SoakTenant(index, owner.Name, tenantId, model, id), owner);
    }

    /// <summary>A model of one tensor, which costs next to nothing to ingest.</summary>
    private string WriteTinyModel()
    {
        const string header = """{"weight":{"dtype":"F32","shape":[4,4],"data_offsets":[0,64]}}""";
        string path = Path.Combine(_folder, "tiny.safetensors");
        using FileStream stream = File.Create(path);
        stream.Write(BitConverter.GetBytes((long)header.Length));
        stream.Write(System.Text.Encoding.ASCII.GetBytes(header));
        stream.Write(new byte[64]);
        return path;
    }

    /// <summary>Every event of every act that succeeded was read, by the feed of all tenants and by the tenant's own, and no other.</summary>
    private void CheckFeeds(FeedReader feed, FeedReader[] ownFeeds, SoakTenant[] tenants)
    {
        foreach (SoakTenant tenant in tenants)
        {
            // A listing that its agent's end unpublished has an event that no act of its own announced.
            string[] types = [.. feed.Counts.Keys.Where(key => key.Tenant == tenant.TenantId).Select(key => key.Type)
                .Union(_world.ExpectedEvents.Keys.Where(key => key.Tenant == tenant.Index).Select(key => key.Type)).Where(type => type != "listing.unpublished")];
            foreach (string type in types)
            {
                long expected = _world.ExpectedEvents.GetValueOrDefault((tenant.Index, type));
                foreach (FeedReader reader in new[] { feed, ownFeeds[tenant.Index] })
                {
                    long seen = reader.Counts.GetValueOrDefault((tenant.TenantId, type));
                    if (seen != expected)
                    {
                        _world.Violate($"{tenant.Name}: {seen} events {type} were read, and {expected} were published.");
                    }
                }
            }
        }
    }

    /// <summary>The platform's own proofs: ledger, quotas, audit chains.</summary>
    private void CheckBooks(Database database)
    {
        using var administrator = new Tenant(database, "dba");
        string month = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        administrator.Run($"EXECUTE market.PostUsage '{month}';");
        foreach (string?[] row in administrator.Run($"EXECUTE market.ReconcileSales '{month}';").Rows.Where(row => row[5] != "0.0000" || row[6] != "0"))
        {
            _world.Violate($"The ledger of {row[0]} is off by {row[5]}, with {row[6]} unbalanced sales.");
        }

        foreach (string?[] row in administrator.Run("EXECUTE ops.VerifyQuota;").Rows.Where(row => row[4] != "0"))
        {
            _world.Violate($"The quota {row[1]} of tenant {row[0]} says {row[2]} for {row[3]}.");
        }

        foreach (string?[] row in administrator.Run("EXECUTE ops.VerifyAllAudit;").Rows.Where(row => row[3] is not null))
        {
            _world.Violate($"The audit chain of tenant {row[0]} is broken at {row[2]}: {row[3]}");
        }
    }
}
