using NinaDB.Cli;
using NinaDB.Cli.Deployment;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.TSql.Tests;

/// <summary>A database with tenants that trade: the seller's agent named chess is distilled from the sample model and verified.</summary>
public sealed class MarketDatabase : IDisposable
{
    private const int TextsPerDomain = 3;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"ninadb-market-{Guid.NewGuid():N}");

    private int _count;

    public MarketDatabase()
    {
        Database = Database.Create(_folder);
        using (EngineSession session = Database.OpenSession())
        {
            new Deployer(session).Deploy((_, _, _) => { }, CancellationToken.None);
            session.RunText("CREATE USER dba WITHOUT LOGIN; ALTER ROLE nina_administrator ADD MEMBER dba;", CancellationToken.None);
        }

        Seller = Tenant.Provision(Database, "seller");
        Buyer = Tenant.Provision(Database, "buyer");
        Outsider = Tenant.Provision(Database, "outsider");
        Administrator = new Tenant(Database, "dba");
        Seller.Run($"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(Product.SampleModel)}, @Name = N'base';");
        foreach (string name in new[] { "chess", "law" })
        {
            Seller.Run($"EXECUTE mqe.AddProbeTexts N'{name}', {SqlText.Quote(Path.Combine(Product.SampleProbes, name + ".txt"))}, 'probe', {TextsPerDomain};");
            Seller.Run($"EXECUTE mqe.AddProbeTexts N'{name}', {SqlText.Quote(Path.Combine(Product.SampleProbes, "test", name + ".txt"))}, 'test', {TextsPerDomain};");
        }

        Seller.Run($"EXECUTE mqe.MeasureSkills @TextsPerDomain = {TextsPerDomain};");
        MakeAgent("chess");
    }

    internal Database Database { get; }

    internal Tenant Seller { get; }

    internal Tenant Buyer { get; }

    internal Tenant Outsider { get; }

    /// <summary>A member of nina_administrator, without a session.</summary>
    internal Tenant Administrator { get; }

    /// <summary>A verified agent of the seller.</summary>
    internal void MakeAgent(string name)
    {
        Seller.Run($"EXECUTE factory.AssembleAgent @Agent = N'{name}', @Domains = N'chess', @KeepFraction = 0.25, @MaxLossIncrease = 1000;");
        Seller.Run($"EXECUTE factory.DistillAgent @Agent = N'{name}', @TextsPerDomain = {TextsPerDomain};");
        Seller.Run($"EXECUTE factory.VerifyAgent @Agent = N'{name}', @TextsPerDomain = {TextsPerDomain}, @CompareRandom = 0;");
    }

    /// <summary>A new tenant with its owner's connection.</summary>
    internal Tenant NewTenant() => Tenant.Provision(Database, $"tenant {Interlocked.Increment(ref _count)}");

    /// <summary>Makes and publishes a listing of the seller; its public id.</summary>
    internal string Publish(string title, string terms = "", string agent = "chess")
    {
        string id = Seller.Value($"EXECUTE market.CreateListing @Title = {SqlText.Quote(title)}, @Agent = N'{agent}', @License = N'Apache-2.0'{terms};")!;
        Seller.Run($"EXECUTE market.Publish '{id}';");
        return id;
    }

    public void Dispose()
    {
        Seller.Dispose();
        Buyer.Dispose();
        Outsider.Dispose();
        Administrator.Dispose();
        Database.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>The classes of tests that share the market.</summary>
[CollectionDefinition(nameof(MarketDatabase))]
public sealed class MarketCollection : ICollectionFixture<MarketDatabase>;
