using NinaDB.Engine.Catalog;

namespace NinaDB.Engine.Session;

/// <summary>Stores that a statement writes.</summary>
[Flags]
internal enum StoreUse : byte
{
    None = 0,
    Durable = 1,
    Temporary = 2,
    Variable = 4,
}

/// <summary>What it takes to undo one writing statement, or to commit it when no transaction is open.</summary>
internal struct StatementScope
{
    public StoreUse Writes;

    /// <summary>The statement is its own transaction.</summary>
    public bool IsAutocommit;

    /// <summary>Savepoint tokens; -1 for none.</summary>
    public int DurableSavepoint, TemporarySavepoint;

    /// <summary>Transaction the savepoints belong to: a trigger may have ended it.</summary>
    public long TransactionEpoch;

    public ServerCatalog Server;

    public TemporaryCatalog Temporary;
}
