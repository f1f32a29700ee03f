using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace NinaDB.TSql.Tests.Isolation;

/// <summary>
/// Tenant A can neither read, write, infer nor count what is tenant B's. What there is to be tested is taken from the catalog: a table, view, procedure or function that
/// nobody thought of fails here.
/// </summary>
public sealed partial class IsolationTests(World world) : IClassFixture<World>
{
    /// <summary>
    /// The rows of a table that A may see, as a condition over t. Left out: the rows of its own tenant, and no others. Written from the rules in docs/security.md, not from
    /// the predicates.
    /// </summary>
    private static readonly Dictionary<string, string> MayRead = new(StringComparer.OrdinalIgnoreCase)
    {
        ["mqe.Model"] = "t.TenantId = {A} OR t.Visibility = 'public'",
        ["mqe.Tensor"] = PartOfModel,
        ["mqe.Component"] = PartOfModel,
        ["mqe.ComponentVector"] = PartOfModel,
        ["mqe.MeaningSpace"] = PartOfModel,
        ["mqe.SkillMeasurement"] = PartOfModel,
        ["mqe.ExpertUsage"] = PartOfModel,
        ["mqe.ModelNode"] = PartOfModel,
        ["mqe.ComponentNode"] = PartOfModel,
        ["mqe.ContainsEdge"] = PartOfModel,
        ["mqe.SimilarToEdge"] = PartOfModel + " AND NOT EXISTS (SELECT 1 FROM mqe.Model AS m WHERE m.ModelId = t.OtherModelId AND m.TenantId <> {A} AND m.Visibility <> 'public')",
        ["mqe.RoutesToEdge"] = PartOfModel,
        ["mqe.Domain"] = "t.TenantId = {A} OR t.Name IN (N'chess', N'law')",
        ["factory.Agent"] = "t.TenantId = {A} OR t.Visibility = 'public'",
        ["factory.AgentDomain"] = PartOfAgent,
        ["factory.AgentComponent"] = PartOfAgent,
        ["factory.AgentMeasurement"] = PartOfAgent,
        ["factory.Patch"] = PartOfAgent,
        ["tenancy.Principal"] = "EXISTS (SELECT 1 FROM tenancy.Membership AS m WHERE m.TenantId = {A} AND m.PrincipalId = t.PrincipalId)",
        ["market.Listing"] = "t.TenantId = {A} OR t.Status = 'published'",
        ["market.ListingVersion"] = PartOfListing,
        ["market.ListingSkill"] = PartOfListing,
        ["market.ListingReview"] = PartOfListing,
        ["safety.Constitution"] = "t.TenantId IS NULL OR t.TenantId = {A}",
        ["safety.Rule"] = "t.TenantId IS NULL OR t.TenantId = {A}",
        ["safety.ConstitutionHead"] = "t.TenantId IS NULL OR t.TenantId = {A}",
        ["ops.Price"] = "t.TenantId IN (0, {A})",
    };

    private const string PartOfModel = "EXISTS (SELECT 1 FROM mqe.Model AS m WHERE m.ModelId = t.ModelId AND (m.TenantId = {A} OR m.Visibility = 'public'))";
    private const string PartOfAgent = "EXISTS (SELECT 1 FROM factory.Agent AS a WHERE a.AgentId = t.AgentId AND (a.TenantId = {A} OR a.Visibility = 'public'))";
    private const string PartOfListing = "t.TenantId = {A} OR EXISTS (SELECT 1 FROM market.Listing AS l WHERE l.ListingId = t.ListingId AND (l.TenantId = {A} OR l.Status = 'published'))";

    [Fact]
    public void The_world_has_something_to_hide()
    {
        foreach (string table in new[] { "mqe.Model", "mqe.Tensor", "mqe.Component", "mqe.SkillMeasurement", "mqe.Domain", "mqe.ProbeText", "factory.Agent", "factory.AgentComponent", "market.Listing", "ops.AuditEvent", "ops.Outbox", "tenancy.Membership" })
        {
            string rows = world.Platform.Scalar($"SELECT COUNT(*) FROM {World.Q(table)} WHERE TenantId = {world.TenantB};")!;
            Assert.True(rows != "0", $"B has no rows in {World.Q(table)}.");
        }
    }

    [Fact]
    public void A_reader_of_a_table_sees_its_own_rows_and_what_is_public_and_no_others()
    {
        var failures = new StringBuilder();
        foreach (string table in world.GuardedTables)
        {
            string rule = Fill(MayRead.GetValueOrDefault(table, "t.TenantId = {A}"));
            string columns = Columns(table, "t");
            Transcript seen = world.Reader.Run($"SELECT {columns} FROM {World.Q(table)} AS t;");
            Transcript expected = world.Platform.Run($"SELECT {columns} FROM {World.Q(table)} AS t WHERE {rule};");
            if (seen.ToString() != expected.ToString())
            {
                failures.AppendLine(CultureInfo.InvariantCulture, $"{World.Q(table)}: sees {seen.Rows.Count} rows, may see {expected.Rows.Count}. {seen.Errors.FirstOrDefault()?.Message}");
            }
        }

        Assert.True(failures.Length == 0, failures.ToString());
    }

    [Fact]
    public void Every_table_with_a_tenants_rows_has_a_policy_or_no_reader()
    {
        // FILESTREAM allows no policy; the sessions are what the policies ask; plans belong to the platform.
        string[] unguarded = ["mqe.ModelFile", "mqe.VectorSegment", "tenancy.Session", "ops.QuotaPlan"];
        string[] actual = [.. world.Tables.Except(world.GuardedTables).Where(world.HasTenant)];
        Assert.Empty(actual.Except(unguarded));

        foreach (string policy in world.Objects("type = 'SP'"))
        {
            Assert.Equal("1", world.Administrator.Scalar($"SELECT CAST(is_enabled AS int) * CAST(is_schema_bound AS int) FROM sys.security_policies WHERE object_id = OBJECT_ID(N'{World.Q(policy)}');"));
        }

        // Filter, and the four ways to write; what no row passes before an update needs no judge after it.
        Transcript predicates = world.Administrator.Must(
            """
            SELECT OBJECT_NAME(target_object_id), COUNT(*) + MAX(CASE WHEN predicate_definition LIKE N'%CanChange%' THEN 1 ELSE 0 END)
            FROM sys.security_predicates
            GROUP BY target_object_id;
            """);
        Assert.All(predicates.Rows, row => Assert.True(row[1] is "5" or "6", $"{row[0]} has {row[1]} predicates, not a filter and four blocks."));
    }

    [Fact]
    public void No_role_is_granted_a_base_table()
    {
        Transcript grants = world.Administrator.Must(
            """
            SELECT USER_NAME(p.grantee_principal_id), p.permission_name, COALESCE(OBJECT_NAME(p.major_id), SCHEMA_NAME(p.major_id))
            FROM sys.database_permissions AS p
            LEFT OUTER JOIN sys.objects AS o ON p.class = 1 AND o.object_id = p.major_id
            WHERE USER_NAME(p.grantee_principal_id) NOT IN (N'dbo', N'reader_a', N'writer_a') AND p.state IN ('G', 'W')
                AND ((p.class = 1 AND o.type = 'U') OR p.class = 3 OR (p.class = 0 AND p.permission_name <> N'CONNECT'));
            """);
        Assert.True(grants.Rows.Count == 0, grants.ToString());
    }

    [Fact]
    public void An_application_has_no_way_to_a_base_table()
    {
        var failures = new StringBuilder();
        foreach (string table in world.Tables)
        {
            string column = Columns(table, "t").Split(',')[0];
            Expect(failures, world.A, 229, $"SELECT * FROM {World.Q(table)};");
            Expect(failures, world.A, 229, $"DELETE FROM {World.Q(table)};");
            Expect(failures, world.A, 229, $"SELECT COUNT(*) FROM (SELECT 1 AS one) AS o LEFT OUTER JOIN {World.Q(table)} AS t ON 1 = 0;");
            Expect(failures, world.A, 229, $"EXECUTE (N'SELECT TOP (1) 1 FROM {World.Q(table)}');");
            Expect(failures, world.A, 229, $"MERGE {World.Q(table)} AS t USING (SELECT 1 AS one) AS s ON 1 = 0 WHEN NOT MATCHED BY SOURCE THEN DELETE;");
            Expect(failures, world.A, 229, $"SELECT t.* INTO #t FROM {World.Q(table)} AS t;");
            Expect(failures, world.A, 229, $"SELECT {column} FROM {World.Q(table)} AS t FOR JSON AUTO;");
        }

        Assert.True(failures.Length == 0, failures.ToString());
    }

    [Fact]
    public void An_application_runs_and_reads_nothing_that_it_was_not_granted()
    {
        var failures = new StringBuilder();
        HashSet<string> granted = Granted("nina_application");
        foreach (string view in world.Objects("type = 'V'").Where(v => !granted.Contains(v)))
        {
            Expect(failures, world.A, 229, $"SELECT * FROM {World.Q(view)};");
        }

        foreach (string procedure in world.Objects("type = 'P'").Where(p => !granted.Contains(p)))
        {
            Expect(failures, world.A, 229, $"EXECUTE {World.Q(procedure)}{Nulls(procedure, " ", "")};");
        }

        foreach (string function in world.Objects("type IN ('FN', 'FS')").Where(f => !granted.Contains(f)))
        {
            Expect(failures, world.A, 229, $"SELECT {World.Q(function)}({Nulls(function, "", "")});");
        }

        foreach (string function in world.Objects("type IN ('IF', 'TF', 'FT')").Where(f => !granted.Contains(f)))
        {
            Expect(failures, world.A, 229, $"SELECT * FROM {World.Q(function)}({Nulls(function, "", "")}) AS f;");
        }

        Assert.True(failures.Length == 0, failures.ToString());
    }

    [Fact]
    public void Everything_that_an_application_may_run_has_a_case()
    {
        HashSet<string> cases = [.. Probe.Load("calls.sql", world).Select(p => p.Object!)];
        string[] missing = [.. Granted("nina_application").Where(o => world.Objects("type <> 'V'").Contains(o) && !cases.Contains(o))];
        Assert.True(missing.Length == 0, $"tests/tsql/isolation/calls.sql has no block for {string.Join(", ", missing)}.");
    }

    [Fact]
    public void What_is_somebody_elses_answers_as_what_does_not_exist()
    {
        var failures = new StringBuilder();
        foreach (Probe probe in Probe.Load("calls.sql", world).Where(p => p.HasPlaceholder))
        {
            foreach ((Dictionary<string, string> theirs, Dictionary<string, string> nobodys) in Substitutions(probe))
            {
                string answer = world.A.Try(probe.Fill(theirs)).ToString();
                if (Leaks(answer, probe.Fill(theirs)) is string leak)
                {
                    failures.AppendLine(CultureInfo.InvariantCulture, $"{probe.Fill(theirs)}\n--- shows '{leak}'\n{Short(answer)}");
                }

                string seen = Neutral(answer, theirs.Values);
                string expected = Neutral(world.A.Try(probe.Fill(nobodys)).ToString(), nobodys.Values);
                if (seen != expected)
                {
                    failures.AppendLine(CultureInfo.InvariantCulture, $"{probe.Fill(theirs)}\n--- answers\n{seen}--- where a missing one answers\n{expected}");
                }
            }
        }

        Assert.True(failures.Length == 0, failures.ToString());
    }

    [Fact]
    public void Nothing_that_B_does_changes_anything_that_A_sees()
    {
        List<(Actor Actor, string Text)> observations = Observations();
        DateTime started = DateTime.UtcNow;
        string[] before = [.. observations.Select(o => o.Actor.Try(o.Text).ToString())];
        world.LetBWork();
        var failures = new StringBuilder();
        for (int i = 0; i < observations.Count; i++)
        {
            string after = observations[i].Actor.Try(observations[i].Text).ToString();
            if (WithoutMinutes(after, started) != WithoutMinutes(before[i], started))
            {
                failures.AppendLine(CultureInfo.InvariantCulture, $"{observations[i].Actor.User}: {observations[i].Text}\n--- before\n{Short(before[i])}\n--- after\n{Short(after)}");
            }

            if (Leaks(after, observations[i].Text) is string leak)
            {
                failures.AppendLine(CultureInfo.InvariantCulture, $"{observations[i].Actor.User}: {observations[i].Text}\n--- shows '{leak}'\n{Short(after)}");
            }
        }

        Assert.True(failures.Length == 0, failures.ToString());
    }

    /// <summary>The quota of calls counts by the minute and says which: the clock, and nothing of anybody's.</summary>
    private static string WithoutMinutes(string answer, DateTime started)
    {
        for (DateTime minute = started; minute <= DateTime.UtcNow.AddMinutes(1); minute = minute.AddMinutes(1))
        {
            string text = minute.ToString("yyyy-MM-dd HH:mm:00", CultureInfo.InvariantCulture);
            answer = answer.Replace(text, "{minute}", StringComparison.Ordinal).Replace(text.Replace(' ', 'T'), "{minute}", StringComparison.Ordinal);
        }

        return answer;
    }

    [Fact]
    public void What_would_make_an_application_more_than_it_is_is_refused()
    {
        var failures = new StringBuilder();
        string permissions = Permissions();
        foreach (Probe probe in Probe.Load("refused.sql", world))
        {
            using Actor actor = world.Open("app_a", world.Anna);
            Transcript transcript = actor.Try(probe.Text);
            if (transcript.Errors.Count == 0)
            {
                failures.AppendLine(CultureInfo.InvariantCulture, $"{probe.Text} was not refused: {Short(transcript.ToString())}");
            }
        }

        Assert.True(failures.Length == 0, failures.ToString());
        Assert.Equal(permissions, Permissions());
    }

    private string Permissions() => world.Administrator.Must(
        """
        SELECT class, major_id, minor_id, grantee_principal_id, permission_name, state FROM sys.database_permissions;
        SELECT role_principal_id, member_principal_id FROM sys.database_role_members;
        SELECT name, is_enabled FROM sys.security_policies;
        SELECT name, schema_id, type FROM sys.objects;
        """).ToString();

    /// <summary>Everything that A looks at: all tables and views in several ways, the probes, and the calls that name nothing of B's.</summary>
    private List<(Actor Actor, string Text)> Observations()
    {
        var list = new List<(Actor, string)>();
        foreach (string table in world.GuardedTables)
        {
            list.Add((world.Reader, $"SELECT COUNT(*) FROM {World.Q(table)};"));
            list.Add((world.Reader, $"SELECT {Columns(table, "t")} FROM {World.Q(table)} AS t;"));
            list.AddRange(Suspicions(table).Select(text => (world.Reader, text)));
            list.Add((world.Reader, $"SELECT t.* INTO #t FROM {World.Q(table)} AS t; SELECT COUNT(*) FROM #t; DROP TABLE #t;"));
            list.Add((world.Reader, $"EXECUTE (N'SELECT COUNT_BIG(*) FROM {World.Q(table)}');"));
            list.Add((world.Reader, $"SELECT COUNT(*) FROM {World.Q(table)} AS a CROSS JOIN (SELECT TOP (1) 1 AS one FROM {World.Q(table)}) AS b;"));
            list.Add((world.Reader, $"SELECT CASE WHEN EXISTS (SELECT 1 FROM {World.Q(table)} WHERE TenantId = {world.TenantB}) THEN 1 ELSE 0 END;"));
        }

        HashSet<string> granted = Granted("nina_application");
        foreach (string view in world.Objects("type = 'V'").Where(granted.Contains))
        {
            list.Add((world.A, $"SELECT * FROM {World.Q(view)};"));
            list.Add((world.A, $"SELECT COUNT(*) FROM {World.Q(view)};"));
            list.Add((world.A, $"SELECT TOP (20) * FROM {World.Q(view)} ORDER BY 1 FOR JSON PATH, INCLUDE_NULL_VALUES;"));
            list.Add((world.A, $"SELECT * INTO #v FROM {World.Q(view)}; SELECT COUNT(*) FROM #v; DROP TABLE #v;"));
            list.AddRange(Suspicions(view).Select(text => (world.A, text)));
        }

        list.AddRange(Probe.Load("errors.sql", world).Select(p => (world.Reader, p.Text)));
        list.AddRange(Probe.Load("catalog.sql", world).Select(p => (world.A, p.Text)));
        list.AddRange(Probe.Load("calls.sql", world).Where(p => !p.HasPlaceholder).Select(p => (world.A, p.Text)));
        return list;
    }

    /// <summary>Statements that fail, or find something, when a row of the object speaks of B's secrets.</summary>
    private IEnumerable<string> Suspicions(string name)
    {
        string[] texts = [.. world.Administrator.Must(
            $"SELECT QUOTENAME(c.name) FROM sys.columns AS c WHERE c.object_id = OBJECT_ID(N'{World.Q(name)}') AND TYPE_NAME(c.system_type_id) IN (N'nvarchar', N'varchar', N'nchar', N'char');").Rows.Select(row => row[0]!)];
        if (texts.Length == 0)
        {
            yield break;
        }

        string all = texts.Length == 1 ? texts[0] : $"CONCAT({string.Join(", N'~', ", texts)})";
        string isSecret = $"{all} LIKE N'%{World.Secret}%'";
        yield return $"SELECT COUNT(*) FROM {World.Q(name)} WHERE {isSecret};";
        yield return $"SELECT COUNT(1 / (CASE WHEN {isSecret} THEN 0 ELSE 1 END)) FROM {World.Q(name)};";
        yield return $"SELECT COUNT(*) FROM {World.Q(name)} WHERE 1 / (CASE WHEN {isSecret} THEN 0 ELSE 1 END) = 1;";
        yield return $"SELECT COUNT(CONVERT(int, CASE WHEN {isSecret} THEN LEFT({all}, 20) ELSE N'1' END)) FROM {World.Q(name)};";
    }

    /// <summary>B's names of every kind for the placeholders of a probe, each next to one that nobody has.</summary>
    private IEnumerable<(Dictionary<string, string> Theirs, Dictionary<string, string> Nobodys)> Substitutions(Probe probe)
    {
        const string nobody = "99999999-9999-4999-8999-999999999999";
        string kind = probe.Placeholders().First();
        (string Theirs, string Nobodys)[] pairs = kind switch
        {
            "model" => [.. Pairs("SELECT Name FROM mqe.Model WHERE Visibility <> 'public'", "nobody's model"), .. Pairs("SELECT PublicId FROM mqe.Model WHERE Visibility <> 'public'", nobody)],
            "agent" => [.. Pairs("SELECT Name FROM factory.Agent WHERE Visibility <> 'public'", "nobody's agent"), .. Pairs("SELECT PublicId FROM factory.Agent WHERE Visibility <> 'public'", nobody)],
            "listing" => [.. Pairs("SELECT Title FROM market.Listing WHERE Status = 'draft'", "nobody's listing"), .. Pairs("SELECT PublicId FROM market.Listing WHERE Status = 'draft'", nobody)],
            "domain" => [.. Pairs("SELECT Name FROM mqe.Domain WHERE IsShared = 0", "nobody's domain")],
            "rule" => [("okapi rule", "nobody's rule")],
            "consumer" => [.. Pairs("SELECT Name FROM ops.Consumer", "nobody's consumer")],
            "oid" => [(world.Bert.Oid.ToString().ToUpperInvariant(), nobody), ("BBBBBBBB-0000-0000-0000-000000000002", nobody)],
            _ => [.. Pairs("SELECT PublicId FROM market.Listing", nobody)],
        };
        string tenant = world.Platform.Scalar($"SELECT PublicId FROM tenancy.Tenant WHERE TenantId = {world.TenantB};")!;
        foreach ((string theirs, string nobodys) in pairs)
        {
            yield return (new Dictionary<string, string> { [kind] = theirs, ["tenant"] = tenant }, new Dictionary<string, string> { [kind] = nobodys, ["tenant"] = nobody });
        }
    }

    private IEnumerable<(string, string)> Pairs(string query, string nobodys)
    {
        string where = query.Contains(" WHERE ", StringComparison.Ordinal) ? " AND" : " WHERE";
        return world.Platform.Must($"{query}{where} TenantId = {world.TenantB};").Rows.Select(row => (row[0]!, nobodys));
    }

    /// <summary>An answer without the name that was asked for, and without the new ids and hashes of what A made under that name.</summary>
    private static string Neutral(string answer, IEnumerable<string> names) =>
        NewValue().Replace(names.Aggregate(answer, (text, name) => text.Replace(name, "*", StringComparison.OrdinalIgnoreCase)), "#");

    [GeneratedRegex(@"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}|0x[0-9A-F]{64}")]
    private static partial Regex NewValue();

    /// <summary>Something of B's in an answer that was not in the question.</summary>
    private string? Leaks(string answer, string question)
    {
        string[] secrets = [World.Secret, "bbbbbbbb-", .. Pairs("SELECT PublicId FROM mqe.Model WHERE Visibility <> 'public'", "").Select(p => p.Item1), .. Pairs("SELECT PublicId FROM factory.Agent WHERE Visibility <> 'public'", "").Select(p => p.Item1)];
        return Array.Find(secrets, secret => answer.Contains(secret, StringComparison.OrdinalIgnoreCase) && !question.Contains(secret, StringComparison.OrdinalIgnoreCase));
    }

    private HashSet<string> Granted(string role) => new(
        world.Administrator.Must(
            $"SELECT CONCAT(OBJECT_SCHEMA_NAME(major_id), N'.', OBJECT_NAME(major_id)) FROM sys.database_permissions WHERE class = 1 AND state = 'G' AND USER_NAME(grantee_principal_id) = N'{role}';")
            .Rows.Select(row => row[0]!),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>A NULL for each parameter of a procedure or function.</summary>
    private string Nulls(string name, string first, string none)
    {
        int count = int.Parse(world.Administrator.Scalar($"SELECT COUNT(*) FROM sys.parameters WHERE object_id = OBJECT_ID(N'{World.Q(name)}') AND parameter_id > 0;")!, CultureInfo.InvariantCulture);
        return count == 0 ? none : first + string.Join(", ", Enumerable.Repeat("NULL", count));
    }

    /// <summary>The columns of a table but for vectors and bytes, which say nothing that the others do not.</summary>
    private string Columns(string table, string alias) => string.Join(
        ", ",
        world.Administrator.Must(
            $"SELECT QUOTENAME(name) FROM sys.columns WHERE object_id = OBJECT_ID(N'{World.Q(table)}') AND TYPE_NAME(system_type_id) NOT IN (N'vector', N'varbinary') AND is_hidden = 0 ORDER BY column_id;").Rows.Select(row => $"{alias}.{row[0]}"));

    private string Fill(string rule) => rule.Replace("{A}", world.TenantA.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static void Expect(StringBuilder failures, Actor actor, int error, string text)
    {
        Transcript transcript = actor.Try(text);
        if (transcript.FirstError != error)
        {
            failures.AppendLine(CultureInfo.InvariantCulture, $"{text} gave {transcript.FirstError?.ToString(CultureInfo.InvariantCulture) ?? "no error"}, not {error}. {transcript.Errors.FirstOrDefault()?.Message}");
        }
    }

    private static string Short(string text) => text.Length > 600 ? text[..600] + "..." : text;
}
