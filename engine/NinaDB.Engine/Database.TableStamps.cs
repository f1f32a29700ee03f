using System.Collections.Concurrent;

namespace NinaDB.Engine;

public sealed partial class Database
{
    /// <summary>How often a table has been changed since the database was opened, by object id.</summary>
    private readonly ConcurrentDictionary<int, long> _tableStamps = new();

    internal void TouchTable(int objectId) => _tableStamps.AddOrUpdate(objectId, 1, static (_, count) => count + 1);

    internal long StampOf(int objectId) => _tableStamps.GetValueOrDefault(objectId);
}
