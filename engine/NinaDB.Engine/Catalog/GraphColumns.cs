using System.Security.Cryptography;
using System.Text;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>
/// The columns that CREATE TABLE ... AS NODE | AS EDGE puts before the declared ones, and the pseudo-columns that stand for them:
/// https://learn.microsoft.com/en-us/sql/relational-databases/graphs/sql-graph-architecture. The identifiers that users see are computed from hidden numbers when a row is
/// read, so a renamed table's rows show the new name.
/// </summary>
internal static class GraphColumns
{
    // sys.columns.graph_type.
    public const int GraphId = 1, GraphIdComputed = 2, FromId = 3, FromObjectId = 4, FromIdComputed = 5, ToId = 6, ToObjectId = 7, ToIdComputed = 8;

    public const string NodeId = "$node_id", EdgeId = "$edge_id", From = "$from_id", To = "$to_id";

    private const int SuffixLength = 33;

    /// <summary>Length of an identifier in characters.</summary>
    private const int IdentifierLength = 1000;

    private static readonly SqlType IdentifierType = SqlType.NVarChar(IdentifierLength);

    /// <summary>Columns of a node table.</summary>
    public static IEnumerable<ColumnDefinition> OfNode(string schema, string table, int objectId)
    {
        string id = Name("graph_id", schema, table);
        yield return Hidden(1, id, SqlType.BigInt, GraphId);
        yield return Computed(2, Name(NodeId, schema, table), $"(NODE_ID_FROM_PARTS(({objectId}),[{id}]))", GraphIdComputed, isNullable: false);
    }

    /// <summary>Columns of an edge table.</summary>
    public static IEnumerable<ColumnDefinition> OfEdge(string schema, string table, int objectId)
    {
        string id = Name("graph_id", schema, table);
        string fromObject = Name("from_obj_id", schema, table), from = Name("from_id", schema, table);
        string toObject = Name("to_obj_id", schema, table), to = Name("to_id", schema, table);
        yield return Hidden(1, id, SqlType.BigInt, GraphId);
        yield return Computed(2, Name(EdgeId, schema, table), $"(EDGE_ID_FROM_PARTS(({objectId}),[{id}]))", GraphIdComputed, isNullable: false);
        yield return Hidden(3, fromObject, SqlType.Int, FromObjectId);
        yield return Hidden(4, from, SqlType.BigInt, FromId);
        yield return Computed(5, Name(From, schema, table), $"(NODE_ID_FROM_PARTS([{fromObject}],[{from}]))", FromIdComputed, isNullable: true);
        yield return Hidden(6, toObject, SqlType.Int, ToObjectId);
        yield return Hidden(7, to, SqlType.BigInt, ToId);
        yield return Computed(8, Name(To, schema, table), $"(NODE_ID_FROM_PARTS([{toObject}],[{to}]))", ToIdComputed, isNullable: true);
    }

    /// <summary>Name of the unique index that a graph table gets over its graph_id.</summary>
    public static string UniqueIndexName(string schema, string table) => Name("GRAPH_UNIQUE_INDEX", schema, table);

    /// <summary>Whether a name is one of the four pseudo-columns.</summary>
    public static bool IsPseudoColumn(string name) => name.Length > 0 && name[0] == '$' && name.ToLowerInvariant() is NodeId or EdgeId or From or To;

    /// <summary>Whether a column's name is what a pseudo-column stands for: the pseudo-column's name, an underscore and 32 hexadecimal digits.</summary>
    public static bool IsNamed(string column, string pseudoColumn) =>
        column.Length == pseudoColumn.Length + SuffixLength && column[pseudoColumn.Length] == '_' && column.StartsWith(pseudoColumn, StringComparison.OrdinalIgnoreCase)
        && IsPseudoColumn(pseudoColumn) && column.AsSpan(pseudoColumn.Length + 1).IndexOfAnyExcept(Hexadecimal) < 0;

    /// <summary>Whether a column is one of the numbers behind the identifiers, which no query may name.</summary>
    public static bool IsInternal(ColumnDefinition column) => column.GraphType is GraphId or FromId or FromObjectId or ToId or ToObjectId;

    /// <summary>Whether a column shows an identifier.</summary>
    public static bool IsIdentifier(ColumnDefinition column) => column.GraphType is GraphIdComputed or FromIdComputed or ToIdComputed;

    /// <summary>Position of a graph column by its kind, or -1.</summary>
    public static int OrdinalOf(TableDefinition table, int graphType)
    {
        for (int i = 0; i < table.Columns.Length; i++)
        {
            if (table.Columns[i].GraphType == graphType)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The columns that an index on a pseudo-column has in its key; empty where the table has no such pseudo-column.</summary>
    public static ColumnDefinition[] KeyColumns(TableDefinition table, string pseudoColumn)
    {
        int[] kinds = pseudoColumn.ToLowerInvariant() switch
        {
            NodeId when table.IsNode => [GraphId],
            EdgeId when table.IsEdge => [GraphId],
            From when table.IsEdge => [FromObjectId, FromId],
            To when table.IsEdge => [ToObjectId, ToId],
            _ => [],
        };
        return Array.ConvertAll(kinds, k => table.Columns[OrdinalOf(table, k)]);
    }

    /// <summary>The pseudo-column to use instead of an internal column.</summary>
    public static string PseudoColumnOf(TableDefinition table, ColumnDefinition column) => column.GraphType switch
    {
        FromId or FromObjectId or FromIdComputed => From,
        ToId or ToObjectId or ToIdComputed => To,
        _ => table.IsEdge ? EdgeId : NodeId,
    };

    /// <summary>sys.columns.graph_type_desc.</summary>
    public static string? Description(int graphType) => graphType switch
    {
        GraphId => "GRAPH_ID",
        GraphIdComputed => "GRAPH_ID_COMPUTED",
        FromId => "GRAPH_FROM_ID",
        FromObjectId => "GRAPH_FROM_OBJ_ID",
        FromIdComputed => "GRAPH_FROM_ID_COMPUTED",
        ToId => "GRAPH_TO_ID",
        ToObjectId => "GRAPH_TO_OBJ_ID",
        ToIdComputed => "GRAPH_TO_ID_COMPUTED",
        _ => null,
    };

    private static readonly System.Buffers.SearchValues<char> Hexadecimal = System.Buffers.SearchValues.Create("0123456789ABCDEFabcdef");

    /// <summary>A column's name with its suffix. SQL Server takes a fresh GUID; here it follows from the table's name, so that scripts give the same names wherever they run.</summary>
    private static string Name(string kind, string schema, string table)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{schema}\0{table}\0{kind}".ToUpperInvariant()));
        return $"{kind}_{Convert.ToHexString(hash, 0, 16)}";
    }

    private static ColumnDefinition Hidden(int id, string name, SqlType type, int graphType) =>
        new() { ColumnId = id, Name = name, Type = type, IsNullable = false, IsHidden = true, GraphType = graphType };

    private static ColumnDefinition Computed(int id, string name, string text, int graphType, bool isNullable) =>
        new() { ColumnId = id, Name = name, Type = IdentifierType, IsNullable = isNullable, ComputedText = text, GraphType = graphType };
}
