using System.Globalization;
using NinaDB.Engine;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Differential.Tests.Queries;

/// <summary>A database of the embedded host in memory.</summary>
internal sealed class EngineDatabase : IDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(120);

    private readonly Database _database = Database.CreateInMemory();
    private readonly EngineSession _session;

    public EngineDatabase() => _session = _database.OpenSession();

    public void Run(string statement) => Rows(statement);

    /// <summary>Rows as text, values separated by |; throws what the statement raises.</summary>
    public List<string> Rows(string statement) => Rows(statement, TimeLimit);

    /// <summary>As <see cref="Rows(string)"/>; null when the answer takes longer: a plan that was forced on a query may be any slow.</summary>
    public List<string>? RowsWithin(string statement, TimeSpan time)
    {
        try
        {
            return Rows(statement, time);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private List<string> Rows(string statement, TimeSpan time)
    {
        var sink = new RowSink();
        using var limit = new CancellationTokenSource(time);
        _session.Execute(statement, [], sink, limit.Token);
        return sink.Failure is null ? sink.Rows : throw new InvalidOperationException(sink.Failure);
    }

    public void Dispose()
    {
        _session.Dispose();
        _database.Dispose();
    }

    private sealed class RowSink : IResultSink
    {
        private IReadOnlyList<ResultColumn> _columns = [];

        public List<string> Rows { get; } = [];

        public string? Failure { get; private set; }

        public void Columns(IReadOnlyList<ResultColumn> columns) => _columns = columns;

        public void Row(ReadOnlySpan<SqlValue> values)
        {
            var texts = new string[values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                texts[i] = values[i].IsNull ? "NULL" : _columns[i].Type.Id switch
                {
                    SqlTypeId.Int or SqlTypeId.BigInt or SqlTypeId.SmallInt or SqlTypeId.TinyInt or SqlTypeId.Bit => values[i].AsInt64.ToString(CultureInfo.InvariantCulture),
                    SqlTypeId.Float => values[i].AsDouble.ToString("R", CultureInfo.InvariantCulture),
                    _ => values[i].AsString,
                };
            }

            Rows.Add(string.Join('|', texts));
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

        public void Error(SqlError error) => Failure ??= $"Msg {error.Number}: {error.Message}";
    }
}
