using System.Globalization;
using System.Text;

namespace NinaDB.TSql.Tests.Isolation;

/// <summary>Tenant A cannot change what is B's, not even on a connection whose user was granted INSERT, UPDATE and DELETE on every table that has a policy.</summary>
public sealed class WriteTests(World world) : IClassFixture<World>
{
    /// <summary>
    /// What refuses a write: the policy (33504), a DENY that stands above the grant (229), triggers of append-only tables (334, 3609), the identity of a tenant (544, 8102); for an
    /// insert, a constraint that A's own copy already meets.
    /// </summary>
    private static readonly HashSet<int> Refusals = [33504, 229, 334, 3609, 544, 8102, 2627, 2601, 547, 515];

    [Fact]
    public void Every_attempt_to_write_leaves_the_other_tenants_rows_as_they_are()
    {
        var failures = new StringBuilder();
        string before = world.EverythingOfB();
        foreach (string table in world.GuardedTables.Where(world.HasTenant))
        {
            foreach ((string text, bool mustFail) in Attempts(table))
            {
                // Not undone: what gets through stays, and is found below.
                Transcript transcript = world.Writer.Run(text);
                bool isRefused = transcript.FirstError is int error && (Refusals.Contains(error) || error is >= 50000 and < 51000);
                if (transcript.Errors.Count > 0 && !isRefused)
                {
                    failures.AppendLine(CultureInfo.InvariantCulture, $"{text} gave {transcript}");
                }
                else if (mustFail && !isRefused && transcript.ToString().Trim() is not "(0)")
                {
                    failures.AppendLine(CultureInfo.InvariantCulture, $"{text} was not refused: {transcript}");
                }
            }
        }

        Assert.Equal(before, world.EverythingOfB());
        Assert.True(failures.Length == 0, failures.ToString());
    }

    [Fact]
    public void A_row_cannot_be_hung_on_somebody_elses_and_the_error_does_not_tell_whether_that_exists()
    {
        foreach (string model in new[] { "quagga private", "okapi base" })
        {
            string id = world.Platform.Scalar($"SELECT ModelId FROM mqe.Model WHERE Name = N'{model}';")!;
            Transcript theirs = world.Writer.Try(Insert(id));
            Transcript nobodys = world.Writer.Try(Insert("2000000000"));
            Assert.Equal(33504, theirs.FirstError);
            Assert.Equal(nobodys.ToString(), theirs.ToString());
        }

        static string Insert(string model) => $"INSERT INTO mqe.Component (ModelId, Kind, Layer, ComponentIndex) VALUES ({model}, 'layer', 99, 0);";
    }

    [Fact]
    public void A_private_model_is_its_makers_and_the_owners()
    {
        world.Administrator.Must("IF USER_ID(N'reader_e') IS NULL BEGIN CREATE USER reader_e WITHOUT LOGIN; ALTER ROLE nina_application ADD MEMBER reader_e; GRANT SELECT, UPDATE ON OBJECT::mqe.Model TO reader_e; END;");
        var eve = new Person(new Guid("aaaaaaaa-0000-0000-0000-00000000000e"), world.Anna.Tid);
        world.A.Must($"EXECUTE tenancy.AddMember @Oid = '{eve.Oid}', @Tid = '{eve.Tid}', @Role = 'editor';");
        using Actor editor = world.Open("reader_e", eve);

        Assert.Equal("0", editor.Scalar("SELECT COUNT(*) FROM mqe.Model WHERE Name = N'aardvark own';"));
        Assert.Equal("1", editor.Scalar("SELECT COUNT(*) FROM mqe.Model WHERE Name = N'aardvark';"));
        Assert.Equal("0", editor.Scalar("SELECT COUNT(*) FROM mqe.tensors WHERE model_name = N'aardvark own';"));
        Assert.Equal(50003, editor.Run("EXECUTE mqe.DropModel N'aardvark own';").FirstError);
        Assert.Equal(33504, editor.Try("UPDATE mqe.Model SET Visibility = 'private' WHERE Name = N'aardvark';").FirstError);
        Assert.Equal("1", world.A.Scalar("SELECT COUNT(*) FROM mqe.models WHERE name = N'aardvark own';"));
        Assert.Equal(50021, editor.Run("EXECUTE mqe.ShareModel N'aardvark', 'public';").FirstError);
    }

    [Fact]
    public void Vector_search_gives_a_tenant_its_full_top_and_no_trace_of_others()
    {
        const string search =
            """
            DECLARE @v vector(768) = (SELECT TOP (1) MeaningVector FROM mqe.ComponentVector WHERE TenantId = {0} AND MeaningVector IS NOT NULL ORDER BY ComponentId DESC);
            SELECT TOP (200) WITH APPROXIMATE v.ModelId, v.TenantId
            FROM VECTOR_SEARCH(TABLE = mqe.ComponentVector AS v, COLUMN = MeaningVector, SIMILAR_TO = @v, METRIC = 'cosine') AS s
            ORDER BY s.distance;
            """;
        string own = world.TenantA.ToString(CultureInfo.InvariantCulture);
        Transcript open = world.Reader.Must(search.Replace("{0}", own, StringComparison.Ordinal));
        Assert.Equal(200, open.Rows.Count);

        // B's base model holds the same vectors. As long as it is public its components are found; then none is, and the 200 are still 200.
        Assert.Contains(open.Rows, row => row[1] != own);
        world.B.Must("EXECUTE mqe.ShareModel N'okapi base', 'tenant';");
        try
        {
            Transcript closed = world.Reader.Must(search.Replace("{0}", own, StringComparison.Ordinal));
            Assert.Equal(200, closed.Rows.Count);
            Assert.All(closed.Rows, row => Assert.Equal(own, row[1]));
        }
        finally
        {
            world.B.Must("EXECUTE mqe.ShareModel N'okapi base', 'public';");
        }
    }

    [Fact]
    public void Weights_of_what_is_public_are_read_only_where_they_are_shared()
    {
        string[] acts =
        [
            "EXECUTE mqe.PeekTensor @Model = N'okapi base', @Tensor = N'model.norm.weight', @ColumnCount = 2;",
            "EXECUTE mqe.TensorStatistics @Model = N'okapi base', @Tensor = N'model.norm.weight';",
        ];
        Assert.All(acts, act => Assert.Equal(50028, world.A.Try(act).FirstError));
        Assert.Equal(50028, world.A.Try("EXECUTE factory.ExportAgent @Agent = N'okapi agent', @Path = N'/nowhere';").FirstError);
        Assert.Equal(50028, world.A.Try("EXECUTE factory.AssembleAgent N'hybrid', N'chess', N'okapi base', 0.25; EXECUTE factory.DistillAgent N'hybrid', 3;").FirstError);
        Assert.Empty(world.A.Try("EXECUTE factory.RunAgent @Agent = N'okapi agent', @Prompt = N'The', @MaxTokens = 2;").Errors);

        world.B.Must("EXECUTE mqe.ShareModel N'okapi base', 'public', 1;");
        try
        {
            Assert.All(acts, act => Assert.Empty(world.A.Try(act).Errors));
        }
        finally
        {
            world.B.Must("EXECUTE mqe.ShareModel N'okapi base', 'public', 0;");
        }
    }

    /// <summary>Ways to change a row of B's, or to make an own row B's. Some may find nothing to change, which is as good as being refused.</summary>
    private IEnumerable<(string Text, bool MustFail)> Attempts(string table)
    {
        string q = World.Q(table);
        int a = world.TenantA;
        int b = world.TenantB;
        yield return ($"UPDATE {q} SET TenantId = {a} WHERE TenantId = {b};", true);
        yield return ($"UPDATE {q} SET TenantId = TenantId WHERE TenantId = {b};", true);
        yield return ($"UPDATE t SET TenantId = {a} FROM {q} AS t WHERE t.TenantId <> {a};", true);
        yield return ($"DELETE FROM {q} WHERE TenantId = {b};", true);
        yield return ($"DELETE t OUTPUT deleted.TenantId FROM {q} AS t WHERE t.TenantId = {b};", false);
        yield return ($"UPDATE {q} SET TenantId = {b} WHERE TenantId = {a};", true);
        yield return ($"MERGE {q} AS t USING (SELECT {b} AS TenantId) AS s ON t.TenantId = s.TenantId WHEN MATCHED THEN DELETE;", true);
        yield return ($"MERGE {q} AS t USING (SELECT {a} AS TenantId) AS s ON t.TenantId = s.TenantId WHEN MATCHED THEN UPDATE SET TenantId = {b};", true);
        string columns = string.Join(", ", world.Administrator.Must(
            $"SELECT QUOTENAME(name) FROM sys.columns WHERE object_id = OBJECT_ID(N'{q}') AND is_identity = 0 AND is_computed = 0 AND (graph_type IS NULL OR graph_type IN (5, 8)) AND name <> N'TenantId';").Rows.Select(row => row[0]));
        yield return ($"INSERT INTO {q} (TenantId, {columns}) SELECT TOP (1) {b}, {columns} FROM {q} WHERE TenantId = {a};", true);
    }
}
