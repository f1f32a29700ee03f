using NinaDB.Cli;
using NinaDB.Cli.Deployment;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.TSql.Tests.Isolation;

/// <summary>
/// One database with two tenants. A asks, B has something to hide: whatever of B's is not public has "quagga" in its name, whatever is public has "okapi".
/// Both have measured models, agents, listings, members, audit trails.
/// </summary>
public sealed class World : IDisposable
{
    /// <summary>In every name and text of B that A must never see.</summary>
    internal const string Secret = "quagga";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"ninadb-isolation-{Guid.NewGuid():N}");

    public World()
    {
        Database = Database.Create(Path.Combine(_folder, "db"));
        Files = Directory.CreateDirectory(Path.Combine(_folder, "files")).FullName;
        using (EngineSession session = Database.OpenSession())
        {
            new Deployer(session).Deploy((_, _, _) => { }, CancellationToken.None);
        }

        Administrator = new Actor(Database, "dbo");
        Provision("tenant A", Anna, "anna");
        Provision("quagga tenant", Bert, "quagga bert");
        foreach (string user in new[] { "app_a", "app_b", "reader_a", "writer_a" })
        {
            Administrator.Must($"CREATE USER {user} WITHOUT LOGIN; ALTER ROLE nina_application ADD MEMBER {user};");
        }

        Administrator.Must("CREATE USER watcher WITHOUT LOGIN; ALTER ROLE nina_platform ADD MEMBER watcher; ALTER ROLE db_datareader ADD MEMBER watcher;");
        Platform = new Actor(Database, "watcher");
        A = Open("app_a", Anna);
        B = Open("app_b", Bert);
        TenantA = int.Parse(A.Scalar("SELECT tenancy.CurrentTenantId();")!, System.Globalization.CultureInfo.InvariantCulture);
        TenantB = int.Parse(B.Scalar("SELECT tenancy.CurrentTenantId();")!, System.Globalization.CultureInfo.InvariantCulture);
        Fill();
        GrantTables();
        Reader = Open("reader_a", Anna);
        Writer = Open("writer_a", Anna);
    }

    internal Database Database { get; }

    internal string Files { get; }

    /// <summary>dbo, without a session.</summary>
    internal Actor Administrator { get; }

    /// <summary>Sees everything; what the others see is compared with it.</summary>
    internal Actor Platform { get; }

    /// <summary>A's application.</summary>
    internal Actor A { get; }

    /// <summary>B's application.</summary>
    internal Actor B { get; }

    /// <summary>A's session on a connection whose user was, against all advice, granted SELECT on every table that has a policy.</summary>
    internal Actor Reader { get; }

    /// <summary>The same with INSERT, UPDATE and DELETE.</summary>
    internal Actor Writer { get; }

    internal Person Anna { get; } = new(new Guid("aaaaaaaa-0000-0000-0000-000000000001"), new Guid("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"));

    internal Person Bert { get; } = new(new Guid("bbbbbbbb-0000-0000-0000-000000000001"), new Guid("bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb"));

    internal int TenantA { get; }

    internal int TenantB { get; }

    /// <summary>Tables of the product's schemas, as schema.table.</summary>
    internal IReadOnlyList<string> Tables => Objects("type = 'U'");

    /// <summary>Tables that a row policy guards with a filter.</summary>
    internal IReadOnlyList<string> GuardedTables => Objects("object_id IN (SELECT target_object_id FROM sys.security_predicates WHERE predicate_type = 0)");

    /// <summary>Objects of the product's schemas, by a condition on sys.objects.</summary>
    internal IReadOnlyList<string> Objects(string condition) =>
        [.. Administrator.Must($"SELECT CONCAT(SCHEMA_NAME(schema_id), N'.', name) FROM sys.objects WHERE SCHEMA_NAME(schema_id) IN ({ProductSchemas}) AND {condition};").Rows.Select(row => row[0]!)];

    internal static string ProductSchemas => "SELECT s.name FROM sys.schemas AS s WHERE s.schema_id BETWEEN 5 AND 16383 AND s.name <> N'dbo'";

    internal Actor Open(string user, Person person)
    {
        var actor = new Actor(Database, user);
        Transcript transcript = actor.Begin(person);
        Assert.True(transcript.Errors.Count == 0, transcript.ToString());
        return actor;
    }

    /// <summary>What B does while A is not looking. Nothing of it may change anything that A sees.</summary>
    internal void LetBWork()
    {
        string model = SqlText.Quote(Product.SampleModel);
        B.Must($"EXECUTE mqe.IngestModel @Path = {model}, @Name = N'quagga later', @Granularity = 'layer';");
        B.Must("EXECUTE mqe.ShareModel N'quagga later', 'private';");
        B.Must("EXECUTE mqe.DropModel N'quagga private';");
        B.Must($"EXECUTE mqe.AddProbeTexts N'quagga later domain', {SqlText.Quote(Texts("later", "the quagga grazes", 6))};");
        B.Must("EXECUTE mqe.MeasureSkills N'quagga tenant', @TextsPerDomain = 3;");
        B.Must("EXECUTE mqe.BuildGraph N'quagga tenant', @MaximumComponents = 10; EXECUTE mqe.BuildGraph N'quagga later', @MaximumComponents = 10;");
        B.Must("EXECUTE factory.AssembleAgent @Agent = N'quagga later agent', @Domains = N'law', @Model = N'okapi base', @KeepFraction = 0.25;");
        B.Must("EXECUTE factory.PatchAgent @Agent = N'quagga agent', @Action = 'remove', @Patch = N'quagga patch';");
        B.Must("EXECUTE factory.ShareAgent N'quagga agent', 'private';");
        B.Must("EXECUTE market.CreateListing @Title = N'quagga later listing', @Agent = N'quagga agent', @License = N'MIT', @Description = N'quagga';");
        B.Must("EXECUTE tenancy.AddMember @Oid = 'bbbbbbbb-0000-0000-0000-000000000003', @Tid = 'bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb', @Role = 'viewer', @DisplayName = N'quagga bela';");
        B.Must("EXECUTE ops.ReadChanges @Consumer = N'quagga later consumer';");
        B.Must("EXECUTE factory.RunAgent @Agent = N'quagga agent', @Prompt = N'The', @MaxTokens = 3;");
    }

    /// <summary>Rows of every table with a policy that are B's, as text: what A's attempts to write must leave as they are.</summary>
    internal string EverythingOfB() =>
        string.Join('\n', GuardedTables.Where(HasTenant).Select(t => t + "\n" + Platform.Must($"SELECT * FROM {Q(t)} WHERE TenantId = {TenantB};")));

    /// <summary>A name as it can stand in a statement, whatever keyword it is.</summary>
    internal static string Q(string name) => $"[{name.Replace(".", "].[", StringComparison.Ordinal)}]";

    internal bool HasTenant(string table) =>
        Administrator.Scalar($"SELECT COUNT(*) FROM sys.columns WHERE object_id = OBJECT_ID(N'{Q(table)}') AND name = N'TenantId';") == "1";

    public void Dispose()
    {
        foreach (Actor? actor in new[] { A, B, Reader, Writer, Platform, Administrator })
        {
            actor?.Dispose();
        }

        Database.Dispose();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private void Provision(string name, Person owner, string displayName) =>
        Administrator.Must($"EXECUTE tenancy.ProvisionTenant @Name = N'{name}', @Tid = '{owner.Tid}', @OwnerOid = '{owner.Oid}', @OwnerName = N'{displayName}';");

    private void Fill()
    {
        string model = SqlText.Quote(Product.SampleModel);
        A.Must($"EXECUTE mqe.IngestModel @Path = {model}, @Name = N'aardvark';");
        AddSamples(A);
        A.Must("EXECUTE mqe.MeasureSkills N'aardvark', @TextsPerDomain = 3;");
        A.Must($"EXECUTE mqe.IngestModel @Path = {model}, @Name = N'aardvark own', @Granularity = 'layer'; EXECUTE mqe.ShareModel N'aardvark own', 'private';");
        A.Must("EXECUTE mqe.BuildGraph N'aardvark', @MaximumComponents = 20;");
        MakeAgent(A, "aardvark agent", "aardvark");
        A.Must("EXECUTE market.CreateListing @Title = N'aardvark listing', @Agent = N'aardvark agent', @License = N'MIT';");
        A.Must("EXECUTE ops.ReadChanges @Consumer = N'aardvark consumer';");
        A.Must("EXECUTE tenancy.AddMember @Oid = 'aaaaaaaa-0000-0000-0000-000000000002', @Tid = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa', @Role = 'viewer', @DisplayName = N'alex';");

        B.Must($"EXECUTE mqe.IngestModel @Path = {model}, @Name = N'okapi base';");
        AddSamples(B);
        B.Must("EXECUTE mqe.MeasureSkills N'okapi base', @TextsPerDomain = 3;");
        MakeAgent(B, "okapi agent", "okapi base");
        MakeAgent(B, "quagga agent", "okapi base");
        B.Must("""EXECUTE factory.PatchAgent @Agent = N'quagga agent', @Action = 'apply', @Patch = N'quagga patch', @Kind = 'scale', @Factor = 2, @Components = N'[{"kind": "head", "layer": 0, "index": 0}]';""");
        B.Must("EXECUTE factory.VerifyAgent @Agent = N'quagga agent', @TextsPerDomain = 2, @CompareRandom = 0;");
        B.Must($"EXECUTE mqe.AddProbeTexts N'quagga domain', {SqlText.Quote(Texts("secret", "a quagga knows", 6))};");
        B.Must($"EXECUTE mqe.IngestModel @Path = {model}, @Name = N'quagga tenant', @Granularity = 'layer'; EXECUTE mqe.MeasureSkills N'quagga tenant', @TextsPerDomain = 3;");
        B.Must($"EXECUTE mqe.IngestModel @Path = {model}, @Name = N'quagga private', @Granularity = 'layer'; EXECUTE mqe.ShareModel N'quagga private', 'private';");
        B.Must("EXECUTE factory.AssembleAgent @Agent = N'quagga private agent', @Domains = N'law', @Model = N'okapi base', @KeepFraction = 0.25; EXECUTE factory.ShareAgent N'quagga private agent', 'private';");
        B.Must("EXECUTE market.CreateListing @Title = N'okapi listing', @Agent = N'okapi agent', @License = N'MIT';");
        B.Must("EXECUTE market.CreateListing @Title = N'quagga listing', @Agent = N'quagga agent', @License = N'MIT', @Description = N'quagga';");
        B.Must("EXECUTE market.Publish N'okapi listing';");
        B.Must("EXECUTE mqe.BuildGraph N'okapi base', @MaximumComponents = 20; EXECUTE mqe.BuildGraph N'quagga tenant', @MaximumComponents = 20;");
        B.Must("EXECUTE mqe.ShareModel N'okapi base', 'public'; EXECUTE factory.ShareAgent N'okapi agent', 'public';");
        B.Must("EXECUTE tenancy.AddMember @Oid = 'bbbbbbbb-0000-0000-0000-000000000002', @Tid = 'bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb', @Role = 'editor', @DisplayName = N'quagga bob';");
        B.Must("EXECUTE ops.ReadChanges @Consumer = N'quagga consumer';");
        B.Must("""EXECUTE safety.PublishConstitution @Rules = N'[{ "name": "okapi rule", "kind": "deny_words", "stage": "both", "text": "okapiword" }]';""");
        Administrator.Must("EXECUTE mqe.BuildVectorIndex;");
    }

    private static void MakeAgent(Actor actor, string agent, string model)
    {
        actor.Must($"EXECUTE factory.AssembleAgent @Agent = N'{agent}', @Domains = N'chess', @Model = N'{model}', @KeepFraction = 0.25, @MaxLossIncrease = 100;");
        actor.Must($"EXECUTE factory.DistillAgent @Agent = N'{agent}', @TextsPerDomain = 3; EXECUTE factory.VerifyAgent @Agent = N'{agent}', @TextsPerDomain = 2, @CompareRandom = 0;");
    }

    private static void AddSamples(Actor actor)
    {
        foreach (string domain in new[] { "chess", "law" })
        {
            string file = Path.Combine(Product.SampleProbes, domain + ".txt");
            string test = Path.Combine(Product.SampleProbes, "test", domain + ".txt");
            actor.Must($"EXECUTE mqe.AddProbeTexts N'{domain}', {SqlText.Quote(file)}, 'probe', 5; EXECUTE mqe.AddProbeTexts N'{domain}', {SqlText.Quote(test)}, 'test', 3;");
        }
    }

    private string Texts(string name, string text, int lines)
    {
        string path = Path.Combine(Files, name + ".txt");
        File.WriteAllLines(path, Enumerable.Range(1, lines).Select(i => $"{text} number {i} of the {Secret} herd, and then it rests in the shade of a tree."));
        return path;
    }

    /// <summary>Table by table, and never on one without a policy: what the isolation of the tables rests on when the grants are wrong.</summary>
    private void GrantTables()
    {
        foreach (string table in GuardedTables)
        {
            Administrator.Must($"GRANT SELECT ON OBJECT::{Q(table)} TO reader_a; GRANT SELECT, INSERT, UPDATE, DELETE ON OBJECT::{Q(table)} TO writer_a;");
        }
    }
}
