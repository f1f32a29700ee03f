using System.Globalization;
using System.Text;
using NinaDB.Engine;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.TSql.Tests.Isolation;

/// <summary>One connection of one database user. Everything that comes back is written down as text, so that two runs can be compared byte for byte.</summary>
internal sealed class Actor : IDisposable
{
    private readonly EngineSession _session;

    public Actor(Database database, string user)
    {
        User = user;
        _session = database.OpenSession();
        Must($"EXECUTE AS USER = N'{user}' WITH NO REVERT;");
    }

    public string User { get; }

    /// <summary>Begins the session of a person; the transcript says how that went.</summary>
    public Transcript Begin(Person person, Guid? tenant = null) =>
        Run($"EXECUTE tenancy.BeginSession @Oid = '{person.Oid}', @Tid = '{person.Tid}', @Tenant = {(tenant is null ? "NULL" : $"'{tenant}'")};");

    public Transcript Run(string text)
    {
        var transcript = new Transcript();
        _session.Execute(text, [], transcript, CancellationToken.None);
        return transcript;
    }

    /// <summary>Runs a batch and takes back what it did, so that it may be run again under the same circumstances.</summary>
    public Transcript Try(string text)
    {
        Run("BEGIN TRANSACTION;");
        Transcript transcript = Run(text);
        Run("WHILE @@TRANCOUNT > 0 ROLLBACK TRANSACTION;");
        return transcript;
    }

    /// <summary>Runs a batch that has to succeed.</summary>
    public Transcript Must(string text)
    {
        Transcript transcript = Run(text);
        Assert.True(transcript.Errors.Count == 0, $"{User}: {text}{Environment.NewLine}{transcript}");
        return transcript;
    }

    public string? Scalar(string text) => Must(text).Rows[0][0];

    public void Dispose() => _session.Dispose();
}

/// <summary>Who acts.</summary>
internal sealed record Person(Guid Oid, Guid Tid);

/// <summary>What a batch sent back: result sets with their rows sorted (a query without ORDER BY promises no order), messages and errors.</summary>
internal sealed class Transcript : IResultSink
{
    private readonly StringBuilder _text = new();
    private readonly List<string> _set = [];
    private IReadOnlyList<ResultColumn> _columns = [];

    public List<string?[]> Rows { get; } = [];

    public List<SqlError> Errors { get; } = [];

    public int? FirstError => Errors.Count == 0 ? null : Errors[0].Number;

    public void Columns(IReadOnlyList<ResultColumn> columns)
    {
        _columns = columns;
        _text.AppendJoin('|', columns.Select(c => c.Name)).Append('\n');
    }

    public void Row(ReadOnlySpan<SqlValue> values)
    {
        var cells = new string?[values.Length];
        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] = values[i].IsNull ? null : SqlFormat.ToText(values[i], _columns[i].Type);
        }

        Rows.Add(cells);
        _set.Add(string.Join('|', cells.Select(c => c ?? "NULL")));
    }

    public void EndRows()
    {
        foreach (string row in _set.Order(StringComparer.Ordinal))
        {
            _text.Append(row).Append('\n');
        }

        _set.Clear();
    }

    public void Done(long? rowCount) => _text.Append(CultureInfo.InvariantCulture, $"({rowCount?.ToString(CultureInfo.InvariantCulture) ?? "-"})\n");

    public void Message(SqlError message, bool flush) => _text.Append(message.Message).Append('\n');

    public void Error(SqlError error)
    {
        Errors.Add(error);
        _text.Append(CultureInfo.InvariantCulture, $"Msg {error.Number}, Level {error.Severity}, State {error.State}, {error.Procedure}: {error.Message}\n");
    }

    public override string ToString()
    {
        if (_set.Count > 0)
        {
            EndRows();
        }

        return _text.ToString();
    }
}
