using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>Stands in until the session has counters: its own members of the same names take precedence.</summary>
internal static class PendingCounters
{
    public static Int128 NextIdentity(this EngineSession session, TableDefinition table, ColumnDefinition column) => throw SqlErrors.NotSupported("IDENTITY");

    public static SqlValue NextRowVersion(this EngineSession session) => throw SqlErrors.NotSupported("rowversion");

    public static void RestartSequence(this EngineSession session, SequenceDefinition sequence, decimal next) => throw SqlErrors.NotSupported("RESTART");

    public static decimal? CurrentIdentity(this EngineSession session, TableDefinition table) => throw SqlErrors.NotSupported("IDENTITY");

    public static decimal CurrentSequenceValue(this EngineSession session, SequenceDefinition sequence) => throw SqlErrors.NotSupported("SEQUENCE");
}
