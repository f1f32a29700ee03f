using NinaDB.Cli;
using NinaDB.Cli.Deployment;
using NinaDB.Engine;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;

namespace NinaDB.TSql.Tests;

/// <summary>One database with NinaDB's schema, the sample model measured on a few passages, the framework and all test classes; tSQLt.RunAll once.</summary>
public sealed class TSqlRun : IDisposable
{
    private const int TextsPerDomain = 20;

    private static readonly string Scripts = Path.Combine(AppContext.BaseDirectory, "tsql");

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"ninadb-tsql-{Guid.NewGuid():N}");

    /// <summary>Where tests write files.</summary>
    private string Output => _folder + "-output";

    public TSqlRun()
    {
        using Database database = Database.Create(_folder);
        using EngineSession session = database.OpenSession();
        new Deployer(session).Deploy((_, _, _) => { }, CancellationToken.None);
        LocalTenant.Begin(session, CancellationToken.None);
        session.RunText($"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(Product.SampleModel)};", CancellationToken.None);
        foreach (string domain in Directory.GetFiles(Product.SampleProbes, "*.txt"))
        {
            string name = SqlText.Quote(Path.GetFileNameWithoutExtension(domain));
            string test = Path.Combine(Product.SampleProbes, "test", Path.GetFileName(domain));
            session.RunText($"EXECUTE mqe.AddProbeTexts {name}, {SqlText.Quote(domain)}, 'probe', {TextsPerDomain};", CancellationToken.None);
            session.RunText($"EXECUTE mqe.AddProbeTexts {name}, {SqlText.Quote(test)}, 'test', {TextsPerDomain};", CancellationToken.None);
        }

        session.RunText($"EXECUTE mqe.MeasureSkills @TextsPerDomain = {TextsPerDomain};", CancellationToken.None);
        session.RunText("EXECUTE mqe.BuildVectorIndex;", CancellationToken.None);
        foreach (string file in Directory.GetFiles(Path.Combine(Scripts, "framework"), "*.sql").Order(StringComparer.Ordinal).Concat(TestFiles()))
        {
            foreach (ScriptBatch batch in BatchSplitter.Split(Fill(File.ReadAllText(file))))
            {
                session.RunText(batch.Text, CancellationToken.None, Path.GetFileName(file), batch.StartLine - 1);
            }
        }

        // The tests' own result sets come out of RunAll too; what counts is the table.
        session.RunText("EXECUTE tSQLt.RunAll;", CancellationToken.None);
        Results = session.QueryText("SELECT Class, TestCase, Result, Msg FROM tSQLt.TestResult;", CancellationToken.None)
            .ToDictionary(row => (row[0]!, row[1]!), row => (row[2]!, row[3]));
    }

    /// <summary>Result and message by class and test.</summary>
    public IReadOnlyDictionary<(string Class, string Test), (string Result, string? Message)> Results { get; }

    public static IEnumerable<string> TestFiles() => Directory.GetFiles(Path.Combine(Scripts, "tests"), "*.sql").Order(StringComparer.Ordinal);

    private string Fill(string text) =>
        text.Replace("$(Output)", Escape(Output), StringComparison.Ordinal)
            .Replace("$(SampleModel)", Escape(Product.SampleModel), StringComparison.Ordinal)
            .Replace("$(MixtureModel)", Escape(Product.PathOf("samples/models/nina-mini-moe")), StringComparison.Ordinal)
            .Replace("$(Data)", Escape(Path.Combine(Scripts, "data")), StringComparison.Ordinal);

    private static string Escape(string path) => path.Replace("'", "''", StringComparison.Ordinal);

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }

        if (Directory.Exists(Output))
        {
            Directory.Delete(Output, recursive: true);
        }
    }
}
