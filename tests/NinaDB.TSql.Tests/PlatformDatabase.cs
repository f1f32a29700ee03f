using NinaDB.Cli;
using NinaDB.Cli.Deployment;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.TSql.Tests;

/// <summary>A database with NinaDB's schema and some tenants, for tests that let many sessions act at once.</summary>
internal sealed class PlatformDatabase : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"ninadb-platform-{Guid.NewGuid():N}");

    public PlatformDatabase(int tenants)
    {
        Database = Database.Create(_folder);
        using EngineSession session = Database.OpenSession();
        new Deployer(session).Deploy((_, _, _) => { }, CancellationToken.None);
        Tenants = [.. Enumerable.Range(1, tenants).Select(i => (Tid: Guid.NewGuid(), Oid: Guid.NewGuid()))];
        for (int i = 0; i < tenants; i++)
        {
            Run(session, $"EXECUTE tenancy.ProvisionTenant @Name = N'tenant {i}', @Tid = '{Tenants[i].Tid}', @OwnerOid = '{Tenants[i].Oid}', @OwnerName = N'owner {i}';");
        }

        // A model of one tensor: ingesting it costs little, so that sessions really compete.
        ModelFile = Path.Combine(_folder, "tiny.safetensors");
        const string header = """{"weight":{"dtype":"F32","shape":[4,4],"data_offsets":[0,64]}}""";
        using FileStream stream = File.Create(ModelFile);
        stream.Write(BitConverter.GetBytes((long)header.Length));
        stream.Write(System.Text.Encoding.ASCII.GetBytes(header));
        stream.Write(new byte[64]);
        ModelBytes = stream.Length;
    }

    public Database Database { get; }

    public IReadOnlyList<(Guid Tid, Guid Oid)> Tenants { get; }

    public string ModelFile { get; }

    public long ModelBytes { get; }

    /// <summary>A connection that acts for a tenant.</summary>
    public EngineSession OpenSession(int tenant)
    {
        EngineSession session = Database.OpenSession();
        LocalTenant.Begin(session, CancellationToken.None, Tenants[tenant].Oid, Tenants[tenant].Tid);
        return session;
    }

    /// <summary>A connection that reads the events of all tenants.</summary>
    public EngineSession OpenFeed()
    {
        EngineSession session = Database.OpenSession();
        Run(session, "EXECUTE AS USER = N'nina_feed_reader' WITH NO REVERT;");
        return session;
    }

    public static void Run(EngineSession session, string text) => session.RunText(text, CancellationToken.None);

    public static IReadOnlyList<string?[]> Query(EngineSession session, string text) => session.QueryText(text, CancellationToken.None);

    /// <summary>Runs an action on threads of their own at once and throws what they threw.</summary>
    public static void Concurrently(int threads, Action<int> action)
    {
        Task[] tasks = [.. Enumerable.Range(0, threads).Select(i => Task.Factory.StartNew(() => action(i), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task.WaitAll(tasks);
    }

    public void Dispose()
    {
        Database.Dispose();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
