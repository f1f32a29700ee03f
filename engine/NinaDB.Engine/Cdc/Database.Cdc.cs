namespace NinaDB.Engine;

public sealed partial class Database
{
    /// <summary>By database: when the next commit with captured changes takes a step of the cleanup job (ticks of local time). Touched by the store's writer only.</summary>
    internal Dictionary<int, long> CdcCleanupDue { get; } = [];
}
