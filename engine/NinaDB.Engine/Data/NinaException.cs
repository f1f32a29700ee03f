using System.Data.Common;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Data;

/// <summary>Thrown when the host reports one or more errors. Number, class, state, line and procedure are those of the first.</summary>
public sealed class NinaException : DbException
{
    private const int TimeoutNumber = -2;
    private const int DeadlockNumber = 1205, LockTimeoutNumber = 1222;

    internal NinaException(IReadOnlyList<SqlError> errors, Exception? inner = null)
        : base(string.Join(Environment.NewLine, errors.Select(e => e.Message)), inner)
    {
        Errors = [.. errors.Select(e => new NinaError(e))];
    }

    /// <summary>All errors, in the order in which they were raised.</summary>
    public IReadOnlyList<NinaError> Errors { get; }

    public int Number => Errors[0].Number;

    /// <summary>Severity of the first error.</summary>
    public byte Class => Errors[0].Class;

    public byte State => Errors[0].State;

    public int LineNumber => Errors[0].LineNumber;

    public string Procedure => Errors[0].Procedure;

    /// <summary>Whether trying again may succeed: lock timeouts and deadlocks.</summary>
    public override bool IsTransient => Number is DeadlockNumber or LockTimeoutNumber or TimeoutNumber;

    public override int ErrorCode => Number;

    internal static NinaException Timeout(Exception inner) =>
        new([new SqlError(TimeoutNumber, 11, 0, "Execution Timeout Expired.  The timeout period elapsed prior to completion of the operation or the server is not responding.")], inner);

    internal static NinaException Cancelled(Exception inner) => new([new SqlError(0, 11, 0, "Operation cancelled by user.")], inner);

    internal static NinaException From(SqlErrorException exception) => new([exception.Error], exception);
}
