namespace NinaDB.Engine;

public sealed partial class Database
{
    /// <summary>Statistics objects as they were made last.</summary>
    internal Planning.TableStatistics.Store Statistics { get; } = new();
}
