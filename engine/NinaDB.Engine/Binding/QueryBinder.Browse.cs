using NinaDB.Engine.Catalog;
using NinaDB.Engine.Execution;

namespace NinaDB.Engine.Binding;

/// <summary>What clients learn of a result besides names and types: the order of its rows and, in browse mode, the base tables with their keys.</summary>
internal sealed partial class QueryBinder
{
    private sealed partial class SelectBlock
    {
        private bool ShowsBaseTables => _context.ShowsBaseTables && place == QueryPlace.Statement && query.For is null && query.Into is null && _assignments.Count == 0;

        /// <summary>
        /// Adds the key columns that were not asked for. Only of tables that the statement itself names: a view may be there to hide the key.
        /// </summary>
        private void AddKeyColumns()
        {
            if (!ShowsBaseTables || _isGroupedPass || query.IsDistinct)
            {
                return;
            }

            foreach (ScopeSource source in _input.Sources)
            {
                if (source.Table is not { } table || !IsNamed(source, table) || KeyOf(table) is not { } key)
                {
                    continue;
                }

                foreach (IndexColumn part in key.KeyColumns)
                {
                    ScopeColumn column = source.Columns[table.OrdinalOf(part.ColumnId)];
                    if (_columns.Exists(c => c.Expression is BoundColumn shown && shown.Register == column.Register))
                    {
                        continue;
                    }

                    if (source.Securable is { } securable)
                    {
                        _context.Access.UseColumn(securable, column);
                    }

                    _columns.Add(new SelectColumn(column.Name, new BoundColumn(column.Register, column.Type, column.IsNullable, column.Name) { Label = CollationLabel.Implicit }, null));
                }
            }
        }

        private static bool IsNamed(ScopeSource source, TableDefinition table) =>
            ReferenceEquals(source.Securable, table) || (table.Name.StartsWith('#') && source.Columns.Count == table.Columns.Length && source.Columns.All(c => c.Definition is not null));

        /// <summary>The primary key, or another key without NULL; null where a table has neither.</summary>
        private static IndexDefinition? KeyOf(TableDefinition table) =>
            table.Indexes.FirstOrDefault(i => i.IsPrimaryKey)
            ?? table.Indexes.FirstOrDefault(i => i.IsUnique && i.FilterText is null && !i.IsDisabled && i.KeyColumns.All(k => !table.Columns[table.OrdinalOf(k.ColumnId)].IsNullable));

        private OutputColumn[] ShowBaseColumns(OutputColumn[] columns, int asked) => ShowsBaseTables
            ? [.. columns.Select((c, i) => c with { Base = BaseOf(c, isAdded: i >= asked) })]
            : columns;

        private BaseColumn BaseOf(OutputColumn column, bool isAdded)
        {
            if (column.Source is not { } source || !owner._tablesByRegister.TryGetValue(column.Register, out TableDefinition? table))
            {
                return new BaseColumn([], "", IsKey: false, isAdded);
            }

            bool isTemporary = table.Name.StartsWith('#');
            return new BaseColumn(
                [isTemporary ? "tempdb" : _context.Catalog.DatabaseName, isTemporary ? "dbo" : _context.Catalog.SchemaName(table.SchemaId) ?? "dbo", table.Name],
                source.Name,
                KeyOf(table)?.KeyColumns.Any(k => k.ColumnId == source.ColumnId) ?? false,
                isAdded);
        }

        private List<int> OrderOf(List<BoundOrder> keys)
        {
            var order = new List<int>();
            foreach (BoundOrder key in keys)
            {
                int column = _columns.FindIndex(c => ExpressionInfo.BoundComparer.Equals(c.Expression, key.Expression));
                if (column < 0)
                {
                    break;
                }

                order.Add(column + 1);
            }

            return order;
        }
    }
}
