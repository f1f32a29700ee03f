using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>
/// Turns the identifiers that INSERT gives into the numbers that a node or edge table stores: https://learn.microsoft.com/en-us/sql/t-sql/statements/insert-sql-graph.
/// </summary>
internal sealed class GraphRows
{
    private readonly TableDefinition _table;
    private readonly int _id;
    private readonly int _idText;

    private GraphRows(TableDefinition table)
    {
        _table = table;
        _id = GraphColumns.OrdinalOf(table, GraphColumns.GraphId);
        _idText = GraphColumns.OrdinalOf(table, GraphColumns.GraphIdComputed);
        FromObject = GraphColumns.OrdinalOf(table, GraphColumns.FromObjectId);
        From = GraphColumns.OrdinalOf(table, GraphColumns.FromId);
        ToObject = GraphColumns.OrdinalOf(table, GraphColumns.ToObjectId);
        To = GraphColumns.OrdinalOf(table, GraphColumns.ToId);
    }

    public int FromObject { get; }

    public int From { get; }

    public int ToObject { get; }

    public int To { get; }

    /// <summary>Null for a table that is neither node nor edge.</summary>
    public static GraphRows? For(TableDefinition table) => table.IsNode || table.IsEdge ? new GraphRows(table) : null;

    /// <summary>
    /// Fills the stored numbers of a new row. An identifier of the row's own must name this table (error 13921); an end that names no node leaves its numbers NULL, which
    /// error 515 then reports.
    /// </summary>
    public void Settle(EngineSession session, SqlValue[] row, bool[] given)
    {
        if (given[_idText])
        {
            GraphIdentifier? own = row[_idText].IsNull ? null : GraphIdentifier.TryReadWritten(row[_idText].AsString);
            if (own is not { } identifier || identifier.FindTable(session.CatalogOf(_table))?.ObjectId != _table.ObjectId)
            {
                throw SqlErrors.Create(13921, _table.Columns[_idText].Name);
            }

            session.NoteGraphId(_table, identifier.Id);
            row[_id] = SqlValue.FromBigInt(identifier.Id);
        }
        else
        {
            row[_id] = SqlValue.FromBigInt(session.NextGraphId(_table));
        }

        if (_table.IsEdge)
        {
            SettleEnd(session, row, given, GraphColumns.FromIdComputed, FromObject, From);
            SettleEnd(session, row, given, GraphColumns.ToIdComputed, ToObject, To);
        }
    }

    private void SettleEnd(EngineSession session, SqlValue[] row, bool[] given, int graphType, int objectOrdinal, int idOrdinal)
    {
        int text = GraphColumns.OrdinalOf(_table, graphType);
        row[objectOrdinal] = SqlValue.Null;
        row[idOrdinal] = SqlValue.Null;
        if (given[text] && !row[text].IsNull && GraphIdentifier.TryReadWritten(row[text].AsString) is { IsEdge: false } end && end.FindTable(session.CatalogOf(_table)) is { } node)
        {
            row[objectOrdinal] = SqlValue.FromInt(node.ObjectId);
            row[idOrdinal] = SqlValue.FromBigInt(end.Id);
        }
    }
}
