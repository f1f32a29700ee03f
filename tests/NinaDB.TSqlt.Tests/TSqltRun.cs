using System.Diagnostics;
using NinaDB.Engine;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.TSqlt.Tests;

/// <param name="Result">Success, Failure, Error or Skipped, as tSQLt says; Lost when the test left no result.</param>
internal sealed record TSqltResult(string Class, string Test, string Result, string Message, TimeSpan Time);

/// <summary>tSQLt and its own tests in a database in memory: installs both, runs every test by its name.</summary>
internal sealed class TSqltRun : IDisposable
{
    private static readonly TimeSpan TestTime = TimeSpan.FromSeconds(20);

    private readonly Database _database = Database.CreateInMemory();
    private readonly EngineSession _session;

    public TSqltRun()
    {
        _session = _database.OpenSession();
    }

    /// <summary>Errors of the installation, each with its script.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Everything up to the test classes. Without the CLR assemblies nothing of tSQLt runs: see <see cref="TSqltAssemblies"/>.</summary>
    public void Install(TSqltClone clone, TSqltAssemblies assemblies)
    {
        Execute("server", "EXEC sp_configure 'show advanced options', 1; RECONFIGURE; EXEC sp_configure 'clr enabled', 1; EXEC sp_configure 'clr strict security', 0; RECONFIGURE;");
        foreach (TSqltScript script in clone.Framework(assemblies.Framework).Concat(clone.Utilities(assemblies.Utilities)))
        {
            Install(script);
        }

        Execute("settings", "EXEC tSQLt.SetSummaryError @SummaryError = 0;");
    }

    public void Install(TSqltScript script)
    {
        foreach (string batch in script.Batches())
        {
            Execute(script.Name, batch);
        }
    }

    /// <summary>Class and name of every test that is installed.</summary>
    public IReadOnlyList<(string Class, string Test)> Tests() =>
        [.. Query("SELECT TestClassName, Name FROM tSQLt.Tests ORDER BY TestClassName, Name;").Select(r => (r[0]!, r[1]!))];

    public TSqltResult Run(string className, string test)
    {
        long start = Stopwatch.GetTimestamp();
        string name = $"[{Bracket(className)}].[{Bracket(test)}]";
        string error = "";
        using (var limit = new CancellationTokenSource(TestTime))
        {
            var sink = new Collector();
            try
            {
                _session.Execute($"EXEC tSQLt.Run N'{name.Replace("'", "''", StringComparison.Ordinal)}';", [], sink, limit.Token);
                error = string.Join(' ', sink.Errors);
            }
            catch (Exception exception)
            {
                // A failure of the host itself must fail one test, not the run.
                error = $"{exception.GetType().Name}: {exception.Message} {exception.StackTrace}";
            }
        }

        string[]? result;
        try
        {
            result = Query($"SELECT Result, Msg FROM tSQLt.TestResult WHERE Class = N'{Quote(className)}' AND TestCase = N'{Quote(test)}';").FirstOrDefault();
        }
        catch (InvalidOperationException exception)
        {
            result = null;
            error += exception.Message;
        }

        _session.Reset();
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        return result is null
            ? new TSqltResult(className, test, "Lost", error, time)
            : new TSqltResult(className, test, result[0] ?? "Error", result[1] ?? error, time);
    }

    private static string Bracket(string name) => name.Replace("]", "]]", StringComparison.Ordinal);

    private static string Quote(string text) => text.Replace("'", "''", StringComparison.Ordinal);

    private void Execute(string source, string batch)
    {
        var sink = new Collector();
        using var limit = new CancellationTokenSource(TestTime);
        try
        {
            _session.Execute(batch, [], sink, limit.Token);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            sink.Errors.Add($"{exception.GetType().Name}: {exception.Message} {exception.StackTrace}");
        }

        Problems.AddRange(sink.Errors.Select(e => $"{source}: {e} <<{batch.Trim()[..Math.Min(batch.Trim().Length, 160)].ReplaceLineEndings(" ")}>>"));
    }

    private List<string[]> Query(string text)
    {
        var sink = new Collector();
        _session.Execute(text, [], sink);
        return sink.Errors.Count == 0 ? sink.Rows : throw new InvalidOperationException(string.Join(' ', sink.Errors));
    }

    public void Dispose()
    {
        _session.Dispose();
        _database.Dispose();
    }

    /// <summary>Rows as text, and errors.</summary>
    private sealed class Collector : IResultSink
    {
        public List<string[]> Rows { get; } = [];

        public List<string> Errors { get; } = [];

        public void Columns(IReadOnlyList<ResultColumn> columns)
        {
        }

        public void Row(ReadOnlySpan<SqlValue> values)
        {
            var row = new string[values.Length];
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = values[i].IsNull ? null! : values[i].Kind is SqlTypeId.NVarChar or SqlTypeId.VarChar or SqlTypeId.Char or SqlTypeId.NChar ? values[i].AsString : "?";
            }

            Rows.Add(row);
        }

        public void EndRows()
        {
        }

        public void Done(long? rowCount)
        {
        }

        public void Message(SqlError message, bool flush)
        {
        }

        public void Error(SqlError error) => Errors.Add($"Msg {error.Number}, Level {error.Severity}, State {error.State}, Procedure {error.Procedure}, Line {error.Line}: {error.Message}");
    }
}
