namespace NinaDB.Engine.Errors;

/// <summary>The one exception type by which the engine raises a SQL error. Caught by TRY/CATCH and by the batch executor.</summary>
public sealed class SqlErrorException : Exception
{
    public SqlErrorException(SqlError error) : base(error.Message) => Error = error;

    public SqlErrorException(SqlError error, Exception inner) : base(error.Message, inner) => Error = error;

    public SqlError Error { get; private set; }

    /// <summary>
    /// Errors that the client sees before <see cref="Error"/> (1750 comes after the error that says why, 4922 after 5074). TRY/CATCH sees only the last.
    /// </summary>
    public IReadOnlyList<SqlError> Preceding { get; init; } = [];

    /// <summary>Errors that the client sees after <see cref="Error"/>: what else is wrong with a batch that cannot be compiled. TRY/CATCH sees only the first.</summary>
    public IReadOnlyList<SqlError> Following { get; internal set; } = [];

    /// <summary>True when the error ends the batch whatever the TRY/CATCH nesting (for instance 1222 does not, 596 does).</summary>
    public bool AbortsBatch { get; init; }

    /// <summary>Raised by RAISERROR: ends nothing by itself and ignores XACT_ABORT.</summary>
    internal bool IsRaised { get; init; }

    /// <summary>Raised by THROW: ends the batch.</summary>
    internal bool IsThrown { get; init; }

    /// <summary>As <see cref="EndsTransaction"/>, where there is one that the statement did not open itself; a statement on its own just fails.</summary>
    internal bool EndsOpenTransaction { get; set; }

    /// <summary>Rolls the transaction back (dooms it when caught), whatever its number: an error that left a trigger.</summary>
    internal bool EndsTransaction { get; set; }

    /// <summary>It is about a call, or has left the module where it happened: it is not one of its caller's own statements.</summary>
    internal bool HasPassedFrame { get; init; }

    /// <summary>Where the error belongs is known already, be it line 0 (errors of a call itself).</summary>
    internal bool IsLocated { get; init; }

    /// <summary>Names the module that was being created, where the error does not name one.</summary>
    internal void InModule(string name)
    {
        Error = Error with { Procedure = Error.Procedure ?? name };
        Following = [.. Following.Select(e => e with { Procedure = e.Procedure ?? name })];
    }

    /// <summary>Puts asterisks in place of what a conversion or truncation error says of a value.</summary>
    internal void Redact()
    {
        if (!IsRaised && !IsThrown && Error.Number is 220 or 232 or 245 or 248 or 2628)
        {
            Error = Error with { Message = SqlErrors.Create(Error.Number, Hidden, Hidden, Hidden).Error.Message };
        }
    }

    private const string Hidden = "******";

    /// <summary>Fills in line and procedure where they are first known, without losing the stack trace.</summary>
    public void Locate(int line, string? procedure)
    {
        if (Error.Line == 0 && !IsLocated)
        {
            Error = Error with { Line = line, Procedure = Error.Procedure ?? procedure };
        }

        if (Following.Count > 0)
        {
            Following = [.. Following.Select(e => e.Line == 0 ? e with { Line = line, Procedure = e.Procedure ?? procedure } : e)];
        }
    }
}
