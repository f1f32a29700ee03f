using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Data;

/// <summary>One error or message of the host, with what SQL Server reports about one.</summary>
public sealed class NinaError
{
    internal NinaError(SqlError error) => Error = error;

    internal SqlError Error { get; }

    /// <summary>Message number (sys.messages), 50000 and up for user errors; -2 for a timeout of the command.</summary>
    public int Number => Error.Number;

    /// <summary>Severity: up to 10 informational, 11 to 16 for the user to correct, above that for the operator.</summary>
    public byte Class => Error.Severity;

    public byte State => Error.State;

    public string Message => Error.Message;

    /// <summary>Line in the batch or module, from 1.</summary>
    public int LineNumber => Error.Line;

    /// <summary>Module that raised it; empty for a batch.</summary>
    public string Procedure => Error.Procedure ?? "";

    public override string ToString() => Message;
}
