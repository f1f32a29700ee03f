using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>ALTER TABLE ... SWITCH: the rows of a table, or of a partition, become those of another table of the same shape.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/t-sql/statements/alter-table-transact-sql#switch</remarks>
internal sealed partial class DdlExecutor
{
    private void Switch(TableDefinition source, AlterTableStatement statement)
    {
        CatalogObject found = FindObject(statement.SwitchTarget!) ?? throw SqlErrors.CreateWithState(1088, 29, statement.SwitchTarget!.ToString());
        if (found is not TableDefinition target)
        {
            throw SqlErrors.Create(4949, statement.SwitchTarget!.ToString());
        }

        if (source.ObjectId == target.ObjectId)
        {
            throw SqlErrors.Create(4955, source.Name, target.Name);
        }

        string from = FullName(source);
        string to = FullName(target);
        if (source.Versioning is not null)
        {
            throw SqlErrors.Create(13546, from);
        }

        if (target.HistoryOf != 0)
        {
            throw SqlErrors.Create(13547, to);
        }

        if (target.Period is not null && source.Period is null)
        {
            throw SqlErrors.Create(13577, from);
        }

        if (source.Storage != TableStorageKind.Durable || target.Storage != TableStorageKind.Durable)
        {
            throw SqlErrors.NotSupported("ALTER TABLE ... SWITCH of temporary tables");
        }

        if (Catalog.IndexedViewsOn(source.ObjectId).Count + Catalog.IndexedViewsOn(target.ObjectId).Count > 0)
        {
            throw SqlErrors.NotSupported("ALTER TABLE ... SWITCH of tables with indexed views");
        }

        (int sourcePartition, Func<SqlValue[], bool>? taken) = PartitionOf(source, statement.SourcePartition, from);
        (int targetPartition, Func<SqlValue[], bool>? admitted) = PartitionOf(target, statement.TargetPartition, to);
        TableAccess written = DdlExpressions.Access(target, _session, _context);
        if (admitted is null ? written.RowCount > 0 : AnyRow(target, admitted))
        {
            throw targetPartition > 0 ? SqlErrors.Create(4904, targetPartition, to) : SqlErrors.Create(4905, to);
        }

        CompareForSwitch(source, target, from, to);
        var moved = new List<SqlValue[]>();
        ScanRows(source, row =>
        {
            if (taken?.Invoke(row) ?? true)
            {
                moved.Add([.. row]);
            }
        });
        if (admitted is not null && moved.Exists(r => !admitted(r)))
        {
            throw SqlErrors.Create(4982, from, targetPartition, to);
        }

        if (taken is null)
        {
            DdlExpressions.Access(source, _session, _context).Truncate();
        }
        else
        {
            RemoveRows(source, taken);
        }

        foreach (SqlValue[] row in moved)
        {
            _context.ThrowIfCancelled();
            written.Insert(row);
        }
    }

    private bool AnyRow(TableDefinition table, Func<SqlValue[], bool> condition)
    {
        bool any = false;
        ScanRows(table, row => any |= condition(row));
        return any;
    }

    /// <summary>Deletes the rows that a condition holds for.</summary>
    private void RemoveRows(TableDefinition table, Func<SqlValue[], bool> condition)
    {
        TableAccess access = DdlExpressions.Access(table, _session, _context);
        int[] ordinals = StoredOrdinals(table);
        var row = new SqlValue[table.Columns.Length];
        var gone = new List<(byte[] Locator, SqlValue[] Row)>();
        using (TableCursor cursor = access.Scan(table.RowStore, KeyRange.All, ordinals, row, ordinals))
        {
            while (cursor.MoveNext())
            {
                access.Options.CompleteRow?.Invoke(row);
                if (condition(row))
                {
                    gone.Add((cursor.Locator.ToArray(), [.. row]));
                }
            }
        }

        foreach ((byte[] locator, SqlValue[] old) in gone)
        {
            access.Delete(locator, old);
        }
    }

    private void CompareForSwitch(TableDefinition source, TableDefinition target, string from, string to)
    {
        if (source.Columns.Length != target.Columns.Length)
        {
            throw SqlErrors.Create(4943, from, source.Columns.Length, to, target.Columns.Length);
        }

        for (int i = 0; i < source.Columns.Length; i++)
        {
            ColumnDefinition a = source.Columns[i];
            ColumnDefinition b = target.Columns[i];
            if (!a.Name.Equals(b.Name, StringComparison.OrdinalIgnoreCase))
            {
                throw SqlErrors.Create(4942, a.Name, i + 1, from, b.Name, to);
            }

            if (a.Type.WithCollation(null) != b.Type.WithCollation(null))
            {
                throw SqlErrors.Create(4944, a.Name, a.Type.DisplayName, from, b.Type.DisplayName, to);
            }

            if (a.Type.IsString && a.Type.EffectiveCollation != b.Type.EffectiveCollation)
            {
                throw SqlErrors.Create(4945, a.Name, from, to);
            }

            if (a.IsNullable != b.IsNullable)
            {
                throw SqlErrors.Create(4985, a.Name, from, to);
            }

            if (a.IsComputed != b.IsComputed)
            {
                throw SqlErrors.Create(4965, a.Name, a.IsComputed ? from : to, a.IsComputed ? to : from);
            }
        }

        string Shape(TableDefinition table, IndexDefinition index) =>
            $"{index.Kind}|{index.IsUnique}|{index.FilterText}|{string.Join(',', index.KeyColumns.Select(k => table.OrdinalOf(k.ColumnId) + (k.IsDescending ? "-" : "+")))}|{string.Join(',', index.IncludedColumnIds.Select(table.OrdinalOf))}";
        foreach (IndexDefinition index in target.Indexes.Where(i => i.Kind != IndexKind.Heap && !i.IsDisabled))
        {
            if (!source.Indexes.Any(i => Shape(source, i) == Shape(target, index)))
            {
                throw SqlErrors.Create(4947, from, index.Name, to);
            }
        }

        foreach ((_, ForeignKeyDefinition key) in Catalog.ForeignKeysReferencing(source.ObjectId))
        {
            throw SqlErrors.Create(4967, from, key.Name);
        }

        foreach (ForeignKeyDefinition key in target.ForeignKeys)
        {
            if (!source.ForeignKeys.Any(k => k.ReferencedObjectId == key.ReferencedObjectId && k.ColumnIds.Select(source.OrdinalOf).SequenceEqual(key.ColumnIds.Select(target.OrdinalOf))))
            {
                throw SqlErrors.Create(4968, to, key.Name, from);
            }
        }

        foreach (CheckDefinition check in target.Checks.Where(c => !c.IsDisabled))
        {
            if (!source.Checks.Any(c => !c.IsDisabled && !c.IsNotTrusted && c.Text == check.Text))
            {
                throw SqlErrors.Create(check.ParentColumnId == 0 ? 4970 : 4971, to, check.Name, from);
            }
        }
    }
}
