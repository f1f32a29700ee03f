using NinaDB.Cli.Deployment;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.TSql.Tests.Isolation;

/// <summary>Who may begin a session, for whom, and when it ends.</summary>
public sealed class SessionTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"ninadb-sessions-{Guid.NewGuid():N}");
    private readonly Database _database;
    private readonly Actor _administrator;
    private readonly Person _anna = new(new Guid("aaaaaaaa-0000-0000-0000-000000000001"), new Guid("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"));
    private readonly Person _alex = new(new Guid("aaaaaaaa-0000-0000-0000-000000000002"), new Guid("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"));
    private readonly Person _bert = new(new Guid("bbbbbbbb-0000-0000-0000-000000000001"), new Guid("bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb"));
    private readonly string _tenantA;
    private readonly string _tenantB;

    public SessionTests()
    {
        _database = Database.Create(_folder);
        using (EngineSession session = _database.OpenSession())
        {
            new Deployer(session).Deploy((_, _, _) => { }, CancellationToken.None);
        }

        _administrator = new Actor(_database, "dbo");
        _tenantA = Provision("A", _anna);
        _tenantB = Provision("B", _bert);
        _administrator.Must("CREATE USER application WITHOUT LOGIN; ALTER ROLE nina_application ADD MEMBER application; CREATE USER stranger WITHOUT LOGIN; GRANT EXECUTE TO stranger;");
        _administrator.Must("CREATE USER reader WITHOUT LOGIN; ALTER ROLE nina_application ADD MEMBER reader; GRANT SELECT, INSERT ON OBJECT::mqe.Domain TO reader;");
        using Actor anna = Open(_anna);
        anna.Must($"EXECUTE tenancy.AddMember @Oid = '{_alex.Oid}', @Tid = '{_alex.Tid}', @Role = 'viewer', @DisplayName = N'alex';");
    }

    public void Dispose()
    {
        _administrator.Dispose();
        _database.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Only_a_trusted_application_begins_a_session()
    {
        using var stranger = new Actor(_database, "stranger");
        Assert.Equal(50023, stranger.Begin(_anna).FirstError);
        Assert.Equal(50023, _administrator.Begin(_anna).FirstError);
        Assert.Equal("0", _administrator.Scalar("SELECT COUNT(*) FROM tenancy.members;"));
    }

    [Fact]
    public void A_connection_has_one_session()
    {
        using Actor anna = Open(_anna);
        Assert.Equal(50024, anna.Begin(_anna).FirstError);
        Assert.Equal(50024, anna.Begin(_bert).FirstError);
        Assert.Equal("A", anna.Scalar("SELECT name FROM tenancy.my_tenants;"));
    }

    [Fact]
    public void Unknown_foreign_disabled_and_suspended_all_get_the_same_answer()
    {
        using var application = new Actor(_database, "application");
        string unknown = application.Begin(new Person(Guid.NewGuid(), _anna.Tid)).ToString();
        Assert.Contains("Msg 50025", unknown, StringComparison.Ordinal);
        Assert.Equal(unknown, application.Begin(new Person(_anna.Oid, Guid.NewGuid())).ToString());
        Assert.Equal(unknown, application.Begin(_anna, new Guid(_tenantB)).ToString());
        Assert.Equal(unknown, application.Begin(_anna, Guid.NewGuid()).ToString());
        _administrator.Must($"EXECUTE tenancy.DisablePrincipal '{_anna.Oid}', '{_anna.Tid}'; EXECUTE tenancy.SuspendTenant '{_tenantB}';");
        Assert.Equal(unknown, application.Begin(_anna).ToString());
        Assert.Equal(unknown, application.Begin(_bert).ToString());

        _administrator.Must($"EXECUTE tenancy.DisablePrincipal '{_anna.Oid}', '{_anna.Tid}', 0; EXECUTE tenancy.SuspendTenant '{_tenantB}', 0;");
        Assert.Empty(application.Begin(_anna).Errors);
    }

    [Fact]
    public void Access_ends_at_once_when_a_principal_is_disabled_a_tenant_suspended_a_member_removed_or_demoted()
    {
        using Actor owner = Open(_anna);
        string[] ends =
        [
            $"EXECUTE tenancy.DisablePrincipal '{_alex.Oid}', '{_alex.Tid}';",
            $"EXECUTE tenancy.SuspendTenant '{_tenantA}';",
        ];
        foreach (string end in ends)
        {
            using Actor alex = Open(_alex);
            _administrator.Must(end);
            AssertEnded(alex);
            _administrator.Must(end.Replace("';", "', 0;", StringComparison.Ordinal));
            AssertEnded(alex);
        }

        using Actor again = Open(_anna);
        using (Actor alex = Open(_alex))
        {
            again.Must($"EXECUTE tenancy.SetRole '{_alex.Oid}', '{_alex.Tid}', 'operator';");
            AssertEnded(alex);
        }

        using (Actor alex = Open(_alex))
        {
            Assert.Equal("operator", alex.Scalar("SELECT tenancy.CurrentRole();"));
            again.Must($"EXECUTE tenancy.RemoveMember '{_alex.Oid}', '{_alex.Tid}';");
            AssertEnded(alex);
        }

        AssertEnded(owner);
    }

    [Fact]
    public void A_forged_context_opens_nothing()
    {
        using Actor anna = Open(_anna);
        anna.Must("EXECUTE mqe.AddProbeTexts N'chess', N'" + Sample() + "', 'probe', 2;");

        // A user who may even read the table, sets every key but the one that cannot be guessed.
        using var forger = new Actor(_database, "reader");
        string id = anna.Scalar("SELECT tenancy.CurrentTenantId();")!;
        foreach ((string key, string value) in new[] { ("tenant_id", id), ("principal_id", "2"), ("role", "'owner'"), ("oid", $"'{_anna.Oid}'"), ("session_key", "'00000000-0000-0000-0000-000000000000'") })
        {
            forger.Must($"DECLARE @v sql_variant = {value}; EXECUTE sys.sp_set_session_context N'{key}', @v;");
        }

        Assert.Equal("0", forger.Scalar("SELECT COUNT(*) FROM mqe.Domain;"));
        Assert.Null(forger.Scalar("SELECT tenancy.CurrentTenantId();"));
        Assert.Equal(33504, forger.Run($"INSERT INTO mqe.Domain (TenantId, Name) VALUES ({id}, N'forged');").FirstError);
        Assert.Equal(50020, forger.Run("EXECUTE mqe.FindCapabilities N'x';").FirstError);
        Assert.Equal("0", forger.Scalar("SELECT COUNT(*) FROM tenancy.members;"));

        // And a context that was prepared beforehand does not survive into a session.
        Assert.Equal(50024, forger.Begin(_bert).FirstError);
    }

    [Fact]
    public void A_key_that_is_no_key_is_not_an_error_that_tells_anything()
    {
        using var forger = new Actor(_database, "reader");
        forger.Must("EXECUTE sys.sp_set_session_context N'session_key', N'no key at all';");
        Assert.Equal("0", forger.Scalar("SELECT COUNT(*) FROM mqe.Domain;"));
        forger.Must("EXECUTE sys.sp_set_session_context N'session_key', 42;");
        Assert.Equal("0", forger.Scalar("SELECT COUNT(*) FROM mqe.Domain;"));
    }

    [Fact]
    public void A_weaker_role_is_refused_what_needs_a_stronger_one()
    {
        using Actor viewer = Open(_alex);
        string[] refused =
        [
            "EXECUTE mqe.IngestModel N'x';",
            "EXECUTE mqe.DropModel N'x';",
            "EXECUTE mqe.AddProbeTexts N'x', N'x';",
            "EXECUTE mqe.ShareModel N'x', 'public';",
            "EXECUTE factory.AssembleAgent N'x', N'x';",
            "EXECUTE factory.RunAgent N'x', N'x';",
            $"EXECUTE tenancy.AddMember '{_bert.Oid}', '{_bert.Tid}', 'owner';",
            $"EXECUTE tenancy.SetRole '{_alex.Oid}', '{_alex.Tid}', 'owner';",
            $"EXECUTE tenancy.RemoveMember '{_anna.Oid}', '{_anna.Tid}';",
        ];
        Assert.All(refused, text => Assert.Equal(50021, viewer.Run(text).FirstError));
        Assert.Equal(50003, viewer.Run("EXECUTE mqe.PeekTensor N'x';").FirstError);
    }

    [Fact]
    public void The_last_owner_stays()
    {
        using Actor anna = Open(_anna);
        Assert.Equal(50022, anna.Run($"EXECUTE tenancy.RemoveMember '{_anna.Oid}', '{_anna.Tid}';").FirstError);
        Assert.Equal(50022, anna.Run($"EXECUTE tenancy.SetRole '{_anna.Oid}', '{_anna.Tid}', 'viewer';").FirstError);
        anna.Must($"EXECUTE tenancy.SetRole '{_alex.Oid}', '{_alex.Tid}', 'owner'; EXECUTE tenancy.SetRole '{_anna.Oid}', '{_anna.Tid}', 'viewer';");
        using Actor alex = Open(_alex);
        Assert.Equal(50022, alex.Run($"EXECUTE tenancy.RemoveMember '{_alex.Oid}', '{_alex.Tid}';").FirstError);
    }

    [Fact]
    public void A_guest_acts_for_the_tenant_it_names()
    {
        using (Actor anna = Open(_anna))
        {
            anna.Must($"EXECUTE tenancy.AddMember @Oid = '{_bert.Oid}', @Tid = '{_bert.Tid}', @Role = 'viewer', @DisplayName = N'our guest';");
            Assert.Equal("our guest", anna.Scalar($"SELECT display_name FROM tenancy.members WHERE oid = '{_bert.Oid}';"));
        }

        using Actor home = Open(_bert);
        Assert.Equal("owner", home.Scalar("SELECT tenancy.CurrentRole();"));
        using var guest = new Actor(_database, "application");
        Assert.Empty(guest.Begin(_bert, new Guid(_tenantA)).Errors);
        Assert.Equal("viewer", guest.Scalar("SELECT tenancy.CurrentRole();"));
        Assert.Equal("A", guest.Scalar("SELECT name FROM tenancy.my_tenants WHERE is_current = 1;"));
        Assert.Equal("2", guest.Scalar("SELECT COUNT(*) FROM tenancy.my_tenants;"));
    }

    [Fact]
    public void An_administrator_manages_tenants_and_sees_nothing_of_theirs()
    {
        using (Actor anna = Open(_anna))
        {
            anna.Must("EXECUTE mqe.AddProbeTexts N'chess', N'" + Sample() + "', 'probe', 2;");
        }

        _administrator.Must("CREATE USER dba WITHOUT LOGIN; ALTER ROLE nina_administrator ADD MEMBER dba;");
        using var dba = new Actor(_database, "dba");
        Assert.Equal(3, dba.Must("EXECUTE tenancy.ListTenants;").Rows.Count);
        Assert.Equal(229, dba.Run("SELECT * FROM mqe.Domain;").FirstError);
        Assert.Equal(229, dba.Run("SELECT * FROM mqe.models;").FirstError);
        Assert.Equal(229, dba.Run("EXECUTE mqe.PeekTensor;").FirstError);
        Assert.Equal(229, dba.Run("EXECUTE tenancy.BeginSession NULL, NULL;").FirstError);
        Assert.Equal(50023, _administrator.Begin(_anna).FirstError);
        Assert.Equal("0", _administrator.Scalar("SELECT COUNT(*) FROM mqe.Domain;"));
    }

    private static string Sample() => Path.Combine(NinaDB.Cli.Product.SampleProbes, "chess.txt").Replace("'", "''", StringComparison.Ordinal);

    private static void AssertEnded(Actor actor)
    {
        Assert.Null(actor.Scalar("SELECT tenancy.CurrentRole();"));
        Assert.Equal("0", actor.Scalar("SELECT COUNT(*) FROM tenancy.my_tenants;"));
        Assert.Equal(50020, actor.Run("EXECUTE mqe.FindCapabilities N'x';").FirstError);
    }

    private string Provision(string name, Person owner) => _administrator.Must(
        $"DECLARE @Tenant uniqueidentifier; EXECUTE tenancy.ProvisionTenant @Name = N'{name}', @Tid = '{owner.Tid}', @OwnerOid = '{owner.Oid}', @OwnerName = N'{name}', @Tenant = @Tenant OUTPUT; SELECT @Tenant;").Rows[0][0]!;

    private Actor Open(Person person)
    {
        var actor = new Actor(_database, "application");
        Transcript transcript = actor.Begin(person);
        Assert.True(transcript.Errors.Count == 0, transcript.ToString());
        return actor;
    }
}
