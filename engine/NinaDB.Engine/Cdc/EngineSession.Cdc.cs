using NinaDB.Engine.Cdc;

namespace NinaDB.Engine.Session;

public sealed partial class EngineSession
{
    /// <summary>What the running write transaction has captured; null while it has captured nothing.</summary>
    internal CdcTransaction? CdcTransaction { get; set; }
}
