using System.Diagnostics;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using NinaDB.Engine;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Types;

namespace NinaDB.Differential.Tests.Scripts;

/// <summary>Runs script files, each in a database of its own and each block in a session of its own, and goes on after errors as sqlcmd does.</summary>
internal sealed class ScriptRunner : IDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("NINADB_SCRIPTS_SECONDS"), out int n) ? n : 10);

    /// <summary>How long a cancelled statement may take to notice.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int MaxErrorsOfABatch = 20;

    private readonly string? _prepared;

    /// <param name="setup">Script or folder that is run once; every file gets a copy of the databases that it leaves.</param>
    public ScriptRunner(string? setup)
    {
        if (string.IsNullOrEmpty(setup))
        {
            return;
        }

        _prepared = NewFolder();
        using Database database = Database.Create(_prepared);
        foreach (ScriptFile file in ScriptFile.In(setup))
        {
            Run(database, file);
        }
    }

    public List<ScriptOutcome> Outcomes { get; } = [];

    public int Files { get; private set; }

    public int Blocks { get; private set; }

    public int Batches { get; private set; }

    public void Run(ScriptFile file)
    {
        if (_prepared is null)
        {
            using Database database = Database.CreateInMemory();
            Run(database, file);
            return;
        }

        string folder = NewFolder();
        try
        {
            Copy(_prepared, folder);
            using Database database = Database.Open(folder);
            Run(database, file);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose()
    {
        if (_prepared is not null)
        {
            Directory.Delete(_prepared, recursive: true);
        }
    }

    private void Run(Database database, ScriptFile file)
    {
        Files++;
        foreach (ScriptBlock block in file.Blocks)
        {
            Blocks++;
            EngineSession session = Open(database);
            IReadOnlyList<ScriptBatch> batches;
            try
            {
                batches = BatchSplitter.Split(block.Text);
            }
            catch (SqlErrorException exception)
            {
                Add(OutcomeClass.Syntax, exception.Error.Number, file, block.Line, exception.Error.Message, block.Text);
                continue;
            }

            foreach (ScriptBatch batch in batches)
            {
                Batches++;
                if (!Run(session, batch, file, block.Line + batch.StartLine - 1))
                {
                    session.Dispose();
                    session = Open(database);
                }
            }

            session.Dispose();
        }
    }

    /// <summary>NINADB_SCRIPTS_DATABASE is a database of the setup in which every session begins.</summary>
    private EngineSession Open(Database database)
    {
        EngineSession session = database.OpenSession();
        if (_prepared is not null && Environment.GetEnvironmentVariable("NINADB_SCRIPTS_DATABASE") is { Length: > 0 } name && database.Server.Find(name) is not null)
        {
            session.Execute($"USE [{name}]", [], new ErrorSink());
        }

        return session;
    }

    /// <summary>False when the session is not to be trusted any more.</summary>
    private bool Run(EngineSession session, ScriptBatch batch, ScriptFile file, int line)
    {
        var clock = Stopwatch.StartNew();
        using var limit = new CancellationTokenSource(TimeLimit);
        var sink = new ErrorSink();
        try
        {
            session.Execute(batch.Text, [], sink, limit.Token);
        }
        catch (SqlErrorException exception)
        {
            sink.Error(exception.Error);
        }
        catch (OperationCanceledException)
        {
            Add(OutcomeClass.Slow, 0, file, line, $"ran longer than {TimeLimit.TotalSeconds} s", batch.Text);
        }
        catch (Exception exception)
        {
            Add(OutcomeClass.Internal, 0, file, line, $"{exception.GetType().Name}: {exception.Message}\n{exception.StackTrace}", batch.Text);
            return false;
        }

        if (clock.Elapsed > TimeLimit + Patience)
        {
            Add(OutcomeClass.Hang, 0, file, line, $"ran for {clock.Elapsed}", batch.Text);
        }

        foreach (SqlError error in sink.Errors)
        {
            string[] lines = batch.Text.Split('\n');
            int at = error.Procedure is null ? Math.Clamp(error.Line - 1, 0, lines.Length - 1) : 0;
            OutcomeClass outcome = ScriptOutcome.ClassOf(error.Number);
            outcome = outcome == OutcomeClass.Syntax && error.Number != 137 && IsReadByScriptDom(batch.Text) ? OutcomeClass.Disputed : outcome;
            Add(outcome, error.Number, file, line + at, error.Message + (error.Procedure is null ? "" : $" (in {error.Procedure}, line {error.Line})"), lines[at]);
        }

        return sink.Errors.All(e => e.Severity < 20);
    }

    private void Add(OutcomeClass outcome, int number, ScriptFile file, int line, string text, string source) =>
        Outcomes.Add(new ScriptOutcome(outcome, number, $"{file.Path}:{line}", text, source.Trim() is { Length: > 160 } longer ? longer[..160] : source.Trim()));

    private static bool IsReadByScriptDom(string batch)
    {
        using var reader = new StringReader(batch);
        new TSql150Parser(initialQuotedIdentifiers: true).Parse(reader, out IList<ParseError> errors);
        return errors.Count == 0;
    }

    private static string NewFolder() =>
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), "nina-scripts-" + Guid.NewGuid().ToString("N"));

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }

    private sealed class ErrorSink : IResultSink
    {
        public List<SqlError> Errors { get; } = [];

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
        }

        public void Error(SqlError error)
        {
            if (Errors.Count < MaxErrorsOfABatch)
            {
                Errors.Add(error);
            }
        }
    }
}
