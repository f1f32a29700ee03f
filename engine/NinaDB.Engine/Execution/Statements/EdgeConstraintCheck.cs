using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>An edge constraint as DML checks it: https://learn.microsoft.com/en-us/sql/relational-databases/tables/graph-edge-constraints.</summary>
internal sealed class EdgeConstraintCheck
{
    private readonly GraphRows _rows;
    private readonly Dictionary<int, (TableDefinition Table, IndexDefinition Index, int Ordinal)> _nodes = [];

    public EdgeConstraintCheck(EngineSession session, TableDefinition edge, EdgeConstraintDefinition constraint)
    {
        Edge = edge;
        Constraint = constraint;
        _rows = GraphRows.For(edge)!;
        foreach (int id in constraint.Clauses.SelectMany(c => (int[])[c.FromObjectId, c.ToObjectId]).Distinct())
        {
            TableDefinition node = session.Catalog.Find<TableDefinition>(id)!;
            int ordinal = GraphColumns.OrdinalOf(node, GraphColumns.GraphId);
            IndexDefinition index = node.Indexes.First(i => i is { IsUnique: true, FilterText: null, IsDisabled: false, KeyColumns: [var only] } && only.ColumnId == node.Columns[ordinal].ColumnId);
            _nodes.Add(id, (node, index, ordinal));
        }
    }

    public TableDefinition Edge { get; }

    public EdgeConstraintDefinition Constraint { get; }

    /// <summary>Whether the constraint lets the edge be: it connects a pair of tables that some clause names, and both nodes exist.</summary>
    public bool Admits(EngineSession session, SqlValue[] edge)
    {
        int from = edge[_rows.FromObject].AsInt32, to = edge[_rows.ToObject].AsInt32;
        return Constraint.Clauses.Contains(new EdgeConstraintClause(from, to)) && Exists(session, from, edge[_rows.From]) && Exists(session, to, edge[_rows.To]);
    }

    private bool Exists(EngineSession session, int objectId, SqlValue graphId)
    {
        (TableDefinition table, IndexDefinition index, _) = _nodes[objectId];
        TableAccess access = TableWriter.For(session, table).Access(session, table);
        using TableCursor cursor = access.Scan(index, access.Range(index, [graphId]), [], []);
        return cursor.MoveNext();
    }

    /// <summary>Edges that touch deleted nodes of a table, with their locators; only the first when nothing but existence matters.</summary>
    public List<(byte[] Locator, SqlValue[] Row)> FindEdges(EngineSession session, TableDefinition node, IReadOnlyList<SqlValue[]> deleted, bool onlyOne)
    {
        int ordinal = _nodes[node.ObjectId].Ordinal;
        HashSet<long> ids = [.. deleted.Select(r => r[ordinal].AsInt64)];
        var found = new List<(byte[], SqlValue[])>();
        var seen = new HashSet<byte[]>(LocatorComparer.Instance);
        bool scanned = false;
        foreach ((int objectOrdinal, int idOrdinal, bool isUsed) in new[]
        {
            (_rows.FromObject, _rows.From, Constraint.Clauses.Any(c => c.FromObjectId == node.ObjectId)),
            (_rows.ToObject, _rows.To, Constraint.Clauses.Any(c => c.ToObjectId == node.ObjectId)),
        })
        {
            if (!isUsed || (onlyOne && found.Count > 0))
            {
                continue;
            }

            if (IndexOn(objectOrdinal, idOrdinal) is { } index)
            {
                foreach (long id in ids)
                {
                    Read(session, index, [SqlValue.FromInt(node.ObjectId), SqlValue.FromBigInt(id)], node.ObjectId, ids, found, seen, onlyOne);
                }
            }
            else if (!scanned)
            {
                // One pass sees both ends.
                scanned = true;
                Read(session, Edge.RowStore, null, node.ObjectId, ids, found, seen, onlyOne);
            }
        }

        return found;
    }

    private IndexDefinition? IndexOn(int objectOrdinal, int idOrdinal) => Edge.Indexes.FirstOrDefault(i =>
        i is { Kind: IndexKind.Clustered or IndexKind.NonClustered, FilterText: null, IsDisabled: false, KeyColumns.Length: >= 2 }
        && i.KeyColumns[0].ColumnId == Edge.Columns[objectOrdinal].ColumnId && i.KeyColumns[1].ColumnId == Edge.Columns[idOrdinal].ColumnId);

    private void Read(
        EngineSession session, IndexDefinition index, SqlValue[]? prefix, int nodeTable, HashSet<long> ids, List<(byte[] Locator, SqlValue[] Row)> found, HashSet<byte[]> seen, bool onlyOne)
    {
        TableAccess access = TableWriter.For(session, Edge).Access(session, Edge);
        int[] ordinals = [.. Enumerable.Range(0, Edge.Columns.Length)];
        var buffer = new SqlValue[ordinals.Length];
        using TableCursor cursor = access.Scan(index, prefix is null ? KeyRange.All : access.Range(index, prefix), ordinals, buffer, null);
        while (!(onlyOne && found.Count > 0) && cursor.MoveNext())
        {
            bool touches = (buffer[_rows.FromObject].AsInt32 == nodeTable && ids.Contains(buffer[_rows.From].AsInt64))
                || (buffer[_rows.ToObject].AsInt32 == nodeTable && ids.Contains(buffer[_rows.To].AsInt64));
            byte[] locator = cursor.Locator.ToArray();
            if (touches && seen.Add(locator))
            {
                found.Add((locator, buffer.AsSpan().ToArray()));
            }
        }
    }

    /// <summary>Error 547 of an edge that the constraint does not admit.</summary>
    public SqlErrorException NotConnected(EngineSession session, string statement) => Conflict(session, statement, "EDGE");

    /// <summary>Error 547 of a node that edges still touch.</summary>
    public SqlErrorException HasEdges(EngineSession session, string statement) => Conflict(session, statement, "EDGE REFERENCE");

    private SqlErrorException Conflict(EngineSession session, string statement, string kind) => SqlErrors.CreateWithState(
        547, 0, statement, kind, Constraint.Name, session.CatalogOf(Edge).DatabaseName, session.DescribeTable(Edge, withDatabase: false), "");
}
