using System.Text;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>ALTER TABLE: adding, dropping, enabling and checking constraints.</summary>
internal sealed partial class DdlExecutor
{
    private void AddConstraints(TableDefinition table, AlterTableStatement statement)
    {
        var builder = new TableBuilder(_session, table, IdsFor(table.Storage), isNew: false) { WrittenName = statement.Name.ToString(), Inform = Inform };
        builder.AddConstraints([.. statement.Constraints.Select(c => (c, (string?)null))], hasClusteredIndex: false, isNotTrusted: statement.WithCheck == false);
        builder.Finish();
        TableDefinition changed = CreateIndexStorage(table, builder.Table with { ModifyDate = _editor.Now });
        _editor.Put(changed);
        BuildConstraintIndexes(table, changed);
        CheckExistingRows(table, changed, statement.WithCheck ?? true, "ALTER TABLE");
    }

    private void BuildConstraintIndexes(TableDefinition before, TableDefinition after)
    {
        try
        {
            BuildNewIndexes(before, after);
        }
        catch (SqlErrorException error) when (error.Error.Number == 1505 && after.Indexes.Any(i => i.ConstraintObjectId != 0 && before.Indexes.All(b => b.ConstraintObjectId != i.ConstraintObjectId)))
        {
            throw SqlErrors.CreateAfter(error, 1750);
        }
    }

    /// <summary>Error 547 when an existing row violates a constraint that is new (or being enabled WITH CHECK).</summary>
    private void CheckExistingRows(TableDefinition before, TableDefinition after, bool withCheck, string statement)
    {
        if (!withCheck)
        {
            return;
        }

        foreach (CheckDefinition check in after.Checks.Where(c => before.Checks.All(b => b != c)))
        {
            Validate(after, check, statement);
        }

        foreach (ForeignKeyDefinition key in after.ForeignKeys.Where(k => before.ForeignKeys.All(b => b != k)))
        {
            Validate(after, key, statement);
        }

        foreach (EdgeConstraintDefinition constraint in after.EdgeConstraints.Where(c => before.EdgeConstraints.All(b => b != c)))
        {
            Validate(after, constraint, statement);
        }
    }

    private void Validate(TableDefinition table, EdgeConstraintDefinition constraint, string statement)
    {
        var check = new Statements.EdgeConstraintCheck(_session, table, constraint);
        ScanRows(table, row =>
        {
            if (!check.Admits(_session, row))
            {
                throw Conflict(statement, "EDGE", constraint.Name, table, "");
            }
        });
    }

    private void Validate(TableDefinition table, CheckDefinition check, string statement)
    {
        Func<Types.SqlValue[], Truth> judge = DdlExpressions.OverRows(DdlExpressions.ParseCondition(check.Text), table, _session, _context);
        string column = table.OrdinalOf(check.ParentColumnId) is >= 0 and int ordinal ? $", column '{table.Columns[ordinal].Name}'" : "";
        ScanRows(table, row =>
        {
            if (judge(row) == Truth.False)
            {
                throw Conflict(statement, "CHECK", check.Name, table, column);
            }
        });
    }

    private void Validate(TableDefinition table, ForeignKeyDefinition key, string statement)
    {
        TableDefinition parent = Catalog.Find<TableDefinition>(key.ReferencedObjectId)!;
        var query = new StringBuilder("SELECT TOP (1) 1 FROM ").Append(Quoted(table)).Append(" AS c WHERE ");
        for (int i = 0; i < key.ColumnIds.Length; i++)
        {
            query.Append(i == 0 ? "" : " AND ").Append("c.").Append(ColumnText(table, key.ColumnIds[i])).Append(" IS NOT NULL");
        }

        query.Append(" AND NOT EXISTS (SELECT 1 FROM ").Append(Quoted(parent)).Append(" AS p WHERE ");
        for (int i = 0; i < key.ColumnIds.Length; i++)
        {
            query.Append(i == 0 ? "" : " AND ").Append("p.").Append(ColumnText(parent, key.ReferencedColumnIds[i])).Append(" = c.").Append(ColumnText(table, key.ColumnIds[i]));
        }

        query.Append(')');
        if (DdlExpressions.AnyRow(query.ToString(), _session, _context))
        {
            string column = key.ReferencedColumnIds.Length == 1 ? $", column '{parent.Columns[parent.OrdinalOf(key.ReferencedColumnIds[0])].Name}'" : "";
            throw Conflict(statement, "FOREIGN KEY", key.Name, parent, column);
        }
    }

    private SqlErrorException Conflict(string statement, string kind, string name, TableDefinition table, string column) => SqlErrors.CreateWithState(
        547, 0, statement, kind, name, Catalog.DatabaseName, Catalog.QualifiedName(table), column);

    private string Quoted(TableDefinition table) => $"{SyntaxText.Quote(Catalog.SchemaName(table.SchemaId)!)}.{SyntaxText.Quote(table.Name)}";

    private static string ColumnText(TableDefinition table, int columnId) => SyntaxText.Quote(table.Columns[table.OrdinalOf(columnId)].Name);

    private void DropConstraints(TableDefinition table, AlterTableStatement statement)
    {
        foreach (string name in statement.Names)
        {
            TableDefinition current = Current(table);
            ConstraintObject? constraint = CatalogSnapshot.ConstraintsOf(current).FirstOrDefault(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (constraint is null)
            {
                // Old syntax drops columns and constraints alike by name; a missing one is 3728.
                if (statement.IfExists)
                {
                    continue;
                }

                string schema = Catalog.SchemaName(current.SchemaId)!;
                if (Catalog.FindConstraint(schema, name) is not null)
                {
                    throw SqlErrors.CreateAfter(SqlErrors.Create(3733, name, table.Name), 3727);
                }

                throw SqlErrors.CreateAfter(SqlErrors.Create(3728, name), 3727);
            }

            DropConstraint(current, constraint);
        }
    }

    private void DropConstraint(TableDefinition table, ConstraintObject constraint)
    {
        switch (constraint.Type)
        {
            case ObjectTypes.Default:
                ColumnDefinition column = table.Columns.First(c => c.Default?.ObjectId == constraint.ObjectId);
                _editor.Put(WithColumn(table, column with { Default = null }));
                break;
            case ObjectTypes.Check:
                _editor.Put(table with { Checks = table.Checks.RemoveAll(c => c.ObjectId == constraint.ObjectId), ModifyDate = _editor.Now });
                break;
            case ObjectTypes.ForeignKey:
                _editor.Put(table with { ForeignKeys = table.ForeignKeys.RemoveAll(k => k.ObjectId == constraint.ObjectId), ModifyDate = _editor.Now });
                break;
            case ObjectTypes.EdgeConstraint:
                _editor.Put(table with { EdgeConstraints = table.EdgeConstraints.RemoveAll(c => c.ObjectId == constraint.ObjectId), ModifyDate = _editor.Now });
                break;
            default:
                IndexDefinition key = table.Indexes.First(i => i.ConstraintObjectId == constraint.ObjectId);
                RefuseCaptureIndex(table, key);
                RefuseLastGraphIndex(table, key);
                DropKey(table, key);
                break;
        }

        _editor.RemoveProperties(1, constraint.ObjectId, null);
    }

    private void DropKey(TableDefinition table, IndexDefinition index)
    {
        if (table.Storage == TableStorageKind.Durable)
        {
            foreach ((TableDefinition referencing, ForeignKeyDefinition key) in Catalog.ForeignKeysReferencing(table.ObjectId))
            {
                if (Matches(index, key) && !table.Indexes.Any(i => i.IndexId != index.IndexId && i is { IsUnique: true, FilterText: null } && Matches(i, key)))
                {
                    throw SqlErrors.CreateAfter(SqlErrors.Create(3725, index.Name, referencing.Name, key.Name), 3727);
                }
            }
        }

        if (index is { IsPrimaryKey: true } && table.Indexes.FirstOrDefault(i => i.Kind == IndexKind.Vector) is { } vector)
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(3734, index.Name, vector.Name), 3727);
        }

        RefuseKeyOfSpecialIndex(table, index);
        RemoveIndex(table, index);

        static bool Matches(IndexDefinition index, ForeignKeyDefinition key) =>
            index.KeyColumns.Length == key.ReferencedColumnIds.Length && index.KeyColumns.All(k => key.ReferencedColumnIds.Contains(k.ColumnId));
    }

    /// <summary>Error 13925: a graph table keeps a unique index over its ids.</summary>
    private static void RefuseLastGraphIndex(TableDefinition table, IndexDefinition index)
    {
        int id = GraphColumns.OrdinalOf(table, GraphColumns.GraphId);
        if (!table.IsNode && !table.IsEdge)
        {
            return;
        }

        bool Serves(IndexDefinition i) => i is { IsUnique: true, FilterText: null, IsDisabled: false, KeyColumns: [var only] } && only.ColumnId == table.Columns[id].ColumnId;
        if (Serves(index) && !table.Indexes.Any(i => i.IndexId != index.IndexId && Serves(i)))
        {
            throw SqlErrors.Create(13925, index.Name, GraphColumns.PseudoColumnOf(table, table.Columns[id]));
        }
    }

    /// <summary>Drops an index; dropping the clustered one turns the table into a heap.</summary>
    private void RemoveIndex(TableDefinition table, IndexDefinition index)
    {
        if (index.Kind == IndexKind.Clustered)
        {
            var heap = new IndexDefinition { IndexId = 0, Kind = IndexKind.Heap };
            TableDefinition changed = table with { Indexes = table.Indexes.Remove(index).Insert(0, heap), ModifyDate = _editor.Now };
            changed = CreateIndexStorage(table, changed);
            _editor.Put(changed);
            BuildNewIndexes(table, changed);
            return;
        }

        IStoreConnection store = _session.StoreFor(table);
        store.DropTree(index.TreeId);
        _editor.Put(table with { Indexes = table.Indexes.Remove(index), ModifyDate = _editor.Now });
    }

    private void EnableConstraints(TableDefinition table, AlterTableStatement statement)
    {
        bool enable = statement.Action == AlterTableAction.CheckConstraint;
        bool all = statement.Names is ["ALL"];
        foreach (string name in all ? [] : statement.Names)
        {
            ConstraintObject constraint = CatalogSnapshot.ConstraintsOf(table).FirstOrDefault(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                ?? throw SqlErrors.CreateAfter(SqlErrors.Create(4917, name), 4916);
            if (constraint.Type is not (ObjectTypes.Check or ObjectTypes.ForeignKey or ObjectTypes.EdgeConstraint))
            {
                throw SqlErrors.CreateAfter(SqlErrors.Create(11415, name), 4916);
            }
        }

        bool Named(string name) => all || statement.Names.Contains(name, StringComparer.OrdinalIgnoreCase);
        bool validates = enable && statement.WithCheck == true;
        TableDefinition changed = table with
        {
            Checks = [.. table.Checks.Select(c => Named(c.Name) ? c with { IsDisabled = !enable, IsNotTrusted = !enable || (!validates && (c.IsNotTrusted || c.IsDisabled)) } : c)],
            ForeignKeys = [.. table.ForeignKeys.Select(k => Named(k.Name) ? k with { IsDisabled = !enable, IsNotTrusted = !enable || (!validates && (k.IsNotTrusted || k.IsDisabled)) } : k)],
            EdgeConstraints = [.. table.EdgeConstraints.Select(c => Named(c.Name) ? c with { IsDisabled = !enable, IsNotTrusted = !enable || (!validates && (c.IsNotTrusted || c.IsDisabled)) } : c)],
            ModifyDate = _editor.Now,
        };
        _editor.Put(changed);
        if (!validates)
        {
            return;
        }

        foreach (CheckDefinition check in changed.Checks.Where(c => Named(c.Name)))
        {
            Validate(changed, check, "ALTER TABLE");
        }

        foreach (ForeignKeyDefinition key in changed.ForeignKeys.Where(k => Named(k.Name)))
        {
            Validate(changed, key, "ALTER TABLE");
        }

        foreach (EdgeConstraintDefinition constraint in changed.EdgeConstraints.Where(c => Named(c.Name)))
        {
            Validate(changed, constraint, "ALTER TABLE");
        }
    }

    private void EnableTriggers(CatalogObject target, IReadOnlyList<string> names, bool enable, string targetName)
    {
        IReadOnlyList<ModuleDefinition> triggers = Catalog.TriggersOn(target.ObjectId);
        bool all = names.Count == 0 || names is ["ALL"];
        foreach (string name in all ? [] : names)
        {
            if (!triggers.Any(t => t.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                throw SqlErrors.Create(4920, name, targetName);
            }
        }

        foreach (ModuleDefinition trigger in triggers.Where(t => all || names.Contains(t.Name, StringComparer.OrdinalIgnoreCase)))
        {
            _editor.Put(trigger with { IsDisabled = !enable, ModifyDate = _editor.Now });
        }
    }

    private void ChangeTriggerState(TriggerStateStatement statement)
    {
        if (statement.Table is null)
        {
            ChangeDatabaseTriggers(statement);
            return;
        }

        CatalogObject target = FindObject(statement.Table) ?? throw SqlErrors.Create(1088, statement.Table.ToString());
        EnableTriggers(target, [.. statement.Triggers.Select(t => t.Name)], statement.Enable, statement.Table.Name);
    }
}
