using System.Diagnostics;
using System.Text;
using NinaDB.Differential.Tests.Parsing;
using NinaDB.Engine;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Differential.Tests.Fuzzing;

/// <summary>
/// Mutated scripts are run, not only parsed: whatever they say, the host answers with rows or with SQL errors, in bounded time and memory. NINADB_FUZZ sets the mutations of each batch.
/// </summary>
public class ExecutorFuzzTests
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    /// <summary>How long a cancelled statement may take to notice.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const long MemoryLimit = 2L << 30;

    private static int MutationsPerBatch => int.TryParse(Environment.GetEnvironmentVariable("NINADB_FUZZ"), out int n) ? n : 1;

    [Fact]
    public void Mutated_scripts_end_in_rows_or_in_SQL_errors()
    {
        var failures = new StringBuilder();
        foreach (IGrouping<string, CorpusBatch> file in Corpus.Batches.Where(b => b.Text.Length < 2000 && b.Source.Contains(".test:", StringComparison.Ordinal)).GroupBy(b => b.Source[..b.Source.LastIndexOf(':')]))
        {
            using var target = new Target();
            foreach (CorpusBatch batch in file.DistinctBy(b => b.Text))
            {
                var random = new Random(Mutations.StableHash(batch.Text) ^ 1);
                for (int i = 0; i < MutationsPerBatch; i++)
                {
                    string text = Mutations.Mutate(batch.Text, random);
                    if (IsHarmless(text) && target.Run(text) is { } failure)
                    {
                        failures.AppendLine($"{batch.Source}: {failure}").AppendLine("    " + text);
                    }
                }

                // The batch itself prepares what later mutations meet.
                target.Run(batch.Text);
            }
        }

        Report.Check("fuzz-executor.txt", failures);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, MemoryLimit);
    }

    /// <summary>Waiting is not hanging.</summary>
    private static bool IsHarmless(string text) => !text.Contains("WAITFOR", StringComparison.OrdinalIgnoreCase) && !text.Contains("SHUTDOWN", StringComparison.OrdinalIgnoreCase);

    private sealed class Target : IDisposable
    {
        private readonly Database _database = Database.CreateInMemory();
        private EngineSession _session;

        public Target() => _session = _database.OpenSession();

        /// <summary>What went wrong that is no SQL error; null when nothing did.</summary>
        public string? Run(string text)
        {
            var clock = Stopwatch.StartNew();
            using var limit = new CancellationTokenSource(TimeLimit);
            try
            {
                _session.Execute(text, [], NullSink.Instance, limit.Token);
            }
            catch (SqlErrorException)
            {
            }
            catch (OperationCanceledException)
            {
            }
            catch (Exception exception)
            {
                _session.Dispose();
                _session = _database.OpenSession();
                return $"{exception.GetType().Name}: {exception.Message}\n{exception.StackTrace}";
            }

            try
            {
                _session.Reset();
            }
            catch (Exception exception) when (exception is not SqlErrorException)
            {
                _session = _database.OpenSession();
                return $"Reset: {exception.GetType().Name}: {exception.Message}\n{exception.StackTrace}";
            }

            return clock.Elapsed > Patience ? $"ran for {clock.Elapsed}" : null;
        }

        public void Dispose()
        {
            _session.Dispose();
            _database.Dispose();
        }
    }

    private sealed class NullSink : IResultSink
    {
        public static NullSink Instance { get; } = new();

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
        }
    }
}
