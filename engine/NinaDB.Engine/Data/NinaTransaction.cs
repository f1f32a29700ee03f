using System.Data;
using System.Data.Common;

namespace NinaDB.Engine.Data;

/// <summary>A transaction begun through ADO.NET. Disposing it uncommitted rolls back.</summary>
public sealed class NinaTransaction : DbTransaction
{
    private NinaConnection? _connection;

    internal NinaTransaction(NinaConnection connection, IsolationLevel isolationLevel)
    {
        _connection = connection;
        IsolationLevel = isolationLevel;
    }

    public override IsolationLevel IsolationLevel { get; }

    /// <summary>The connection; null once the transaction is over.</summary>
    public new NinaConnection? Connection => _connection;

    protected override DbConnection? DbConnection => _connection;

    public override bool SupportsSavepoints => true;

    public override void Commit() => End("COMMIT TRANSACTION");

    /// <summary>Rolls back. Does nothing to the database when an error has already done so.</summary>
    public override void Rollback() => End("IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION");

    public override void Save(string savepointName) => Current().Run("SAVE TRANSACTION " + Quote(savepointName));

    public override void Rollback(string savepointName) => Current().Run("ROLLBACK TRANSACTION " + Quote(savepointName));

    public override void Release(string savepointName)
    {
        // T-SQL has no RELEASE; a savepoint lives to the end of its transaction.
        Current();
    }

    /// <summary>The connection was closed.</summary>
    internal void Invalidate() => _connection = null;

    protected override void Dispose(bool disposing)
    {
        if (disposing && _connection is { State: ConnectionState.Open })
        {
            Rollback();
        }

        base.Dispose(disposing);
    }

    private void End(string text)
    {
        NinaConnection connection = Current();
        connection.Run(text);
        connection.Transaction = null;
        _connection = null;
    }

    private NinaConnection Current() => _connection ?? throw new InvalidOperationException("This NinaTransaction has completed; it is no longer usable.");

    private static string Quote(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return "[" + name.Replace("]", "]]", StringComparison.Ordinal) + "]";
    }
}
