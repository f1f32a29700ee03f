using NinaDB.Engine.Catalog;

namespace NinaDB.Engine;

public sealed partial class Database
{
    /// <summary>Locks of sp_getapplock.</summary>
    internal ApplicationLocks ApplicationLocks { get; } = new();
}
