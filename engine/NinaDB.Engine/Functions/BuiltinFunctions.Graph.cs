using NinaDB.Engine.Catalog;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Identifiers of nodes and edges: https://learn.microsoft.com/en-us/sql/relational-databases/graphs/sql-graph-architecture#system-functions.</summary>
internal static partial class BuiltinFunctions
{
    internal const string ObjectIdFromNodeId = "OBJECT_ID_FROM_NODE_ID", GraphIdFromNodeId = "GRAPH_ID_FROM_NODE_ID";

    private static void AddGraphFamily(Action<BuiltinFunction> add)
    {
        SqlType identifier = SqlType.NVarChar(1000);
        foreach (bool isEdge in (ReadOnlySpan<bool>)[false, true])
        {
            string kind = isEdge ? "EDGE" : "NODE";
            bool edge = isEdge;
            Add($"{kind}_ID_FROM_PARTS", identifier, [SqlType.Int, SqlType.BigInt], (s, a) => Name(GraphIdentifier.Format(s.Catalog, edge, a[0].AsInt32, a[1].AsInt64)));
            Add($"OBJECT_ID_FROM_{kind}_ID", SqlType.Int, [identifier], (s, a) => Int(Identified(a[0], edge)?.FindTable(s.Catalog)?.ObjectId));
            Add($"GRAPH_ID_FROM_{kind}_ID", SqlType.BigInt, [identifier], (_, a) => Identified(a[0], edge) is { } found ? SqlValue.FromBigInt(found.Id) : SqlValue.Null);
        }

        // They read nothing but the catalog, and a plan lives no longer than the catalog that it was made for.
        void Add(string name, SqlType result, SqlType[] arguments, Func<EngineSession, SqlValue[], SqlValue> evaluate) =>
            add(SessionFunction(name, arguments.Length, arguments.Length, result, arguments, evaluate) with { IsDeterministic = true });
    }

    private static GraphIdentifier? Identified(SqlValue value, bool isEdge) => GraphIdentifier.TryReadShown(value.AsString) is { } found && found.IsEdge == isEdge ? found : null;
}
