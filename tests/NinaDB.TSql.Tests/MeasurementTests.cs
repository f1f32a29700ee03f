using NinaDB.Cli;
using NinaDB.Cli.Deployment;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;
using NinaDB.Clr.Tests;
using NinaDB.Engine;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.TSql.Tests;

/// <summary>Measurements while others read, that are cut short, and of a model whose vectors are longer than a VECTOR column.</summary>
public sealed class MeasurementTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"ninadb-measure-{Guid.NewGuid():N}");
    private readonly Database _database;
    private readonly EngineSession _session;

    public MeasurementTests()
    {
        _database = Database.Create(Path.Combine(_folder, "db"));
        _session = _database.OpenSession();
        new Deployer(_session).Deploy((_, _, _) => { }, CancellationToken.None);
        LocalTenant.Begin(_session, CancellationToken.None);
    }

    [Fact]
    public async Task Readers_see_the_old_measurement_or_the_new_one()
    {
        Ingest(Product.SampleModel, "sample", 6, null);
        Run("EXECUTE mqe.MeasureSkills @TextsPerDomain = 3;");
        using var done = new CancellationTokenSource();
        Task<HashSet<string>> reader = Task.Run(() =>
        {
            using EngineSession session = _database.OpenSession();
            LocalTenant.Begin(session, CancellationToken.None);
            var seen = new HashSet<string>();
            while (!done.IsCancellationRequested)
            {
                string?[] row = session.QueryText(
                    "SELECT COUNT(DISTINCT probe_set_hash), COUNT(DISTINCT measured_at), MIN(text_count), MAX(text_count) FROM mqe.capabilities WHERE kind <> 'model';",
                    CancellationToken.None)[0];
                seen.Add(string.Join('|', row));
            }

            return seen;
        });
        for (int texts = 4; texts <= 6; texts++)
        {
            Run($"EXECUTE mqe.MeasureSkills @TextsPerDomain = {texts};");
        }

        await done.CancelAsync();
        HashSet<string> states = await reader;
        Assert.All(states, state => Assert.Contains(state, (string[])["1|1|3|3", "1|1|4|4", "1|1|5|5", "1|1|6|6"]));
        Assert.Contains("1|1|3|3", states);
    }

    [Fact]
    public void A_measurement_that_was_cut_short_is_gone_on_with()
    {
        Ingest(Product.SampleModel, "sample", 40, null);
        using var cut = new CancellationTokenSource();
        var watching = new MessageSink(message =>
        {
            if (message.StartsWith("Probing law", StringComparison.Ordinal))
            {
                cut.Cancel();
            }
        });
        Assert.ThrowsAny<Exception>(() =>
        {
            _session.Execute("EXECUTE mqe.MeasureSkills @TextsPerDomain = 20;", [], watching, cut.Token);
            cut.Token.ThrowIfCancellationRequested();
        });
        Assert.Empty(_session.QueryText("SELECT TOP (1) 1 FROM mqe.SkillMeasurement;", CancellationToken.None));

        // Another connection goes on, as after a restart.
        using EngineSession other = _database.OpenSession();
        LocalTenant.Begin(other, CancellationToken.None);
        _session.Dispose();
        var messages = new MessageSink(_ => { });
        other.Execute("EXECUTE mqe.MeasureSkills @TextsPerDomain = 20;", [], messages, CancellationToken.None);
        Assert.Contains(messages.Messages, m => m.StartsWith("Going on with a measurement that did not end", StringComparison.Ordinal));
        Assert.Equal("20", other.QueryText("SELECT MAX(text_count) FROM mqe.capabilities;", CancellationToken.None)[0][0]);
    }

    [Fact]
    public void One_measurement_of_a_model_runs_at_a_time()
    {
        Ingest(Product.SampleModel, "sample", 3, null);
        using EngineSession other = _database.OpenSession();
        other.RunText("EXECUTE sys.sp_getapplock @Resource = N'mqe.MeasureSkills 1', @LockMode = 'Exclusive', @LockOwner = 'Session';", CancellationToken.None);
        var sink = new MessageSink(_ => { });
        _session.Execute("EXECUTE mqe.MeasureSkills @TextsPerDomain = 3;", [], sink, CancellationToken.None);
        Assert.Equal(50069, sink.Error);
        other.RunText("EXECUTE sys.sp_releaseapplock @Resource = N'mqe.MeasureSkills 1', @LockOwner = 'Session';", CancellationToken.None);
        Run("EXECUTE mqe.MeasureSkills @TextsPerDomain = 3;");
    }

    [Fact]
    public void A_model_with_long_vectors_is_searched_in_768_numbers_and_ranked_at_full_length()
    {
        LanguageModel narrow = LanguageModel.Open(Product.SampleModel);
        string wide = Path.Combine(_folder, "wide");
        Directory.CreateDirectory(_folder);
        HuggingFaceWriter.Write(wide, WideModel.Of(narrow, 1024), DType.F16);
        Ingest(wide, "wide", 100, 40);
        Assert.Equal("write", _session.QueryText("SELECT STRING_AGG(Kind, ',') FROM mqe.VectorSegment;", CancellationToken.None)[0][0]);
        string?[][] unmeasured = [.. _session.QueryText("EXECUTE mqe.FindCapabilities @Query = N'knight', @Top = 5;", CancellationToken.None)];
        Assert.All(unmeasured, row => Assert.Equal("write vector (not measured), re-ranked", row[9]));

        Run("EXECUTE mqe.MeasureSkills @TextsPerDomain = 100;");
        Assert.Equal("meaning,write", _session.QueryText("SELECT STRING_AGG(Kind, ',') WITHIN GROUP (ORDER BY Kind) FROM mqe.VectorSegment;", CancellationToken.None)[0][0]);
        string?[][] found = [.. _session.QueryText("EXECUTE mqe.FindCapabilities @Query = N'knight takes bishop', @Top = 20;", CancellationToken.None)];
        string?[][] exact = [.. _session.QueryText("EXECUTE mqe.FindCapabilities @Query = N'knight takes bishop', @Top = 20, @Exact = 1;", CancellationToken.None)];
        Assert.All(found, row => Assert.Equal("meaning vector, re-ranked", row[9]));
        Assert.True(found.Select(r => r[1]).Intersect(exact.Select(r => r[1])).Count() >= 19);

        // The narrow model is the same model: what is found in it is what is found here.
        Run($"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(Product.SampleModel)}, @Name = N'narrow'; EXECUTE mqe.MeasureSkills @Model = N'narrow', @TextsPerDomain = 100;");
        string?[][] same = [.. _session.QueryText("EXECUTE mqe.FindCapabilities @Query = N'knight takes bishop', @Top = 20, @Model = N'narrow';", CancellationToken.None)];
        int shared = found.Select(r => (r[2], r[3], r[4])).Intersect(same.Select(r => (r[2], r[3], r[4]))).Count();
        Assert.True(shared >= 17, $"{shared} of 20 are found in both.");
        string?[][] check = [.. _session.QueryText("EXECUTE mqe.CheckVectorIndex @Model = N'wide', @Queries = 5, @Top = 10;", CancellationToken.None)];
        Assert.Equal(["vector index", "projection", "re-ranked"], check.Select(r => r[0]));
        Assert.True(double.Parse(check[2][3]!, System.Globalization.CultureInfo.InvariantCulture) >= 0.95);

        Run("EXECUTE mqe.DropModel N'wide';");
        Assert.Empty(_session.QueryText("SELECT Kind FROM mqe.VectorSegment;", CancellationToken.None));
    }

    public void Dispose()
    {
        _session.Dispose();
        _database.Dispose();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private void Run(string text) => _session.RunText(text, CancellationToken.None);

    /// <summary>Ingests a model and the sample's passages, cut to some characters where that is wanted.</summary>
    private void Ingest(string model, string name, int texts, int? length)
    {
        Run($"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(model)}, @Name = N'{name}';");
        foreach (string file in Directory.GetFiles(Product.SampleProbes, "*.txt"))
        {
            string path = file;
            if (length is int most)
            {
                Directory.CreateDirectory(_folder);
                path = Path.Combine(_folder, Path.GetFileName(file));
                File.WriteAllLines(path, File.ReadLines(file).Take(texts).Select(line => line[..Math.Min(most, line.Length)]));
            }

            Run($"EXECUTE mqe.AddProbeTexts {SqlText.Quote(Path.GetFileNameWithoutExtension(file))}, {SqlText.Quote(path)}, 'probe', {texts};");
        }
    }

    /// <summary>Takes messages as they come, and the number of the first error.</summary>
    private sealed class MessageSink(Action<string> onMessage) : IResultSink
    {
        public List<string> Messages { get; } = [];

        public int? Error { get; private set; }

        public void Columns(IReadOnlyList<ResultColumn> columns)
        {
        }

        public void Row(ReadOnlySpan<SqlValue> values)
        {
        }

        public void EndRows()
        {
        }

        public void Done(long? rowCount)
        {
        }

        public void Message(SqlError message, bool flush)
        {
            Messages.Add(message.Message);
            onMessage(message.Message);
        }

        void IResultSink.Error(SqlError error) => Error ??= error.Number;
    }
}
