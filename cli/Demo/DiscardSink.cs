using NinaDB.Engine;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Cli.Demo;

/// <summary>Takes results and forgets them, for measuring how long a statement takes; an error ends the command.</summary>
internal sealed class DiscardSink : IResultSink
{
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

    public void Error(SqlError error) => throw new CliException(ExitCode.SqlError, Errors.Format(error));
}
