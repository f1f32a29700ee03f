namespace NinaDB.Engine.Session;

/// <summary>The time that system versioning takes from the transaction.</summary>
public sealed partial class EngineSession
{
    /// <summary>When (UTC, in ticks) the current transaction began; for a statement by itself, when that began.</summary>
    internal long TransactionTime { get; private set; } = DateTime.UtcNow.Ticks;

    private void StampTransaction() => TransactionTime = DateTime.UtcNow.Ticks;
}
