using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

internal sealed partial class QueryBinder
{
    /// <summary>VECTOR_SEARCH: the table's columns under the table's alias, and distance under the alias of the search.</summary>
    private BoundSource BindVectorSearch(VectorSearchTableSource syntax, BindingScope lateral)
    {
        (CatalogObject? found, string schema) = FindObject(syntax.Table);
        if (found is not TableDefinition table)
        {
            throw SqlErrors.Create(208, syntax.Table.ToString());
        }

        _context.References.Add(table);
        NoteNamed(table);
        int ordinal = table.FindColumn(syntax.Column);
        if (ordinal < 0)
        {
            throw SqlErrors.Create(207, syntax.Column);
        }

        ColumnDefinition column = table.Columns[ordinal];
        if (column.Type.Id != SqlTypeId.Vector)
        {
            throw SqlErrors.Create(206, column.Type.Name, "vector");
        }

        string metric = syntax.Metric.ToLowerInvariant();
        if (metric is not ("cosine" or "euclidean" or "dot"))
        {
            throw SqlErrors.Create(42227, syntax.Metric, syntax.Column, table.Name);
        }

        foreach (IndexDefinition index in table.Indexes)
        {
            if (index.Kind == IndexKind.Vector && index.KeyColumns[0].ColumnId == column.ColumnId && !index.IsDisabled && !string.Equals(index.VectorMetric, metric, StringComparison.OrdinalIgnoreCase))
            {
                throw SqlErrors.Create(42227, syntax.Metric, syntax.Column, table.Name);
            }
        }

        var binder = new ExpressionBinder(lateral, this);
        BoundExpression query = binder.Coerce(binder.Bind(syntax.SimilarTo), column.Type);
        BoundExpression? top = syntax.TopN is null ? null : RowCount(binder, syntax.TopN, 1060);
        string alias = syntax.TableAlias ?? table.Name;
        BoundSource source = BindTable(table, new NamedTableSource { Name = syntax.Table, Alias = syntax.TableAlias }, schema, null);
        var relation = source.Relation as TableRelation ?? (TableRelation)((ProjectRelation)source.Relation).Input;
        int distance = _context.AllocateRegister();
        Relation search = new VectorSearchRelation(relation, ordinal, query, metric, distance) { TopN = top };
        if (source.Relation is ProjectRelation computed)
        {
            search = new ProjectRelation(search, computed.Columns);
        }

        var distanceColumn = new ScopeColumn("distance", SqlType.Float, true, distance);
        string searchAlias = syntax.Alias ?? "";
        ScopeSource[] sources = syntax.TableAlias is null && searchAlias.Length > 0
            ? [new ScopeSource(searchAlias, null, [.. source.Sources[0].Columns, distanceColumn]) { Table = table }]
            : [source.Sources[0], new ScopeSource(searchAlias, null, [distanceColumn])];
        CheckNames([sources[0]], sources[1..]);
        return new BoundSource(search, sources);
    }
}
