using NinaDB.Cli;
using NinaDB.Engine;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Soak;

/// <summary>What a statement answered: rows as text, and the number and text of the error that ended it.</summary>
internal sealed record Answer(IReadOnlyList<string?[]> Rows, int Error, string Message)
{
    /// <summary>The first column of the first row.</summary>
    public string? Value => Rows.Count == 0 ? null : Rows[0][0];

    /// <summary>Each row as one text.</summary>
    public IEnumerable<string> Lines => Rows.Select(row => string.Join(" | ", row.Select(cell => cell ?? "NULL")));
}

/// <summary>A connection of a trusted application that acts for one person of a tenant: it may run the public procedures and read the public views, and nothing else.</summary>
internal sealed class Tenant : IDisposable
{
    private readonly EngineSession _session;

    public Tenant(Database database, string name, Guid tid, Guid oid)
    {
        Name = name;
        Tid = tid;
        Oid = oid;
        _session = database.OpenSession();
        Run($"EXECUTE AS USER = N'nina_local'; EXECUTE tenancy.BeginSession @Oid = '{oid}', @Tid = '{tid}';");
    }

    /// <summary>A connection without a session, as the named database user; null for dbo.</summary>
    public Tenant(Database database, string? user)
    {
        Name = user ?? "dbo";
        _session = database.OpenSession();
        if (user is not null)
        {
            Run($"EXECUTE AS USER = N'{user}';");
        }
    }

    public string Name { get; }

    public Guid Tid { get; }

    public Guid Oid { get; }

    /// <summary>Makes a tenant with an owner and begins the owner's session.</summary>
    public static Tenant Provision(Database database, string name)
    {
        var tid = Guid.NewGuid();
        var oid = Guid.NewGuid();
        using (EngineSession session = database.OpenSession())
        {
            session.RunText($"EXECUTE tenancy.ProvisionTenant @Name = {SqlText.Quote(name)}, @Tid = '{tid}', @OwnerOid = '{oid}', @OwnerName = {SqlText.Quote(name)};", CancellationToken.None);
        }

        return new Tenant(database, name, tid, oid);
    }

    /// <summary>Runs a batch to its end or first error; never throws for an error of the batch.</summary>
    public Answer Try(string text)
    {
        var collector = new Collector();
        _session.Execute(text, [], collector, CancellationToken.None);
        return new Answer(collector.Rows, collector.Failure?.Number ?? 0, collector.Failure?.Message ?? string.Empty);
    }

    /// <summary>Runs a batch that must succeed.</summary>
    public Answer Run(string text)
    {
        Answer answer = Try(text);
        return answer.Error == 0 ? answer : throw new InvalidOperationException($"{Name}: {text}: Msg {answer.Error}: {answer.Message}");
    }

    /// <summary>The first value of a batch that must succeed.</summary>
    public string? Value(string text) => Run(text).Value;

    public void Dispose() => _session.Dispose();

    private sealed class Collector : IResultSink
    {
        private IReadOnlyList<ResultColumn> _columns = [];

        public List<string?[]> Rows { get; } = [];

        public SqlError? Failure { get; private set; }

        public void Columns(IReadOnlyList<ResultColumn> columns) => _columns = columns;

        public void Row(ReadOnlySpan<SqlValue> values)
        {
            var cells = new string?[values.Length];
            for (int i = 0; i < cells.Length; i++)
            {
                cells[i] = values[i].IsNull ? null : SqlFormat.ToText(values[i], _columns[i].Type);
            }

            Rows.Add(cells);
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

        public void Error(SqlError error) => Failure ??= error;
    }
}
