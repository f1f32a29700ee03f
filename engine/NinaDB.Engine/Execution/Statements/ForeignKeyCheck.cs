using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>A foreign key as DML checks it: where the key is looked up in the referenced table, and how referencing rows are found.</summary>
internal sealed class ForeignKeyCheck
{
    private ForeignKeyCheck(TableDefinition child, TableDefinition parent, ForeignKeyDefinition key)
    {
        Child = child;
        Parent = parent;
        Key = key;
    }

    public TableDefinition Child { get; }

    public TableDefinition Parent { get; }

    public ForeignKeyDefinition Key { get; }

    public bool IsSelfReference => Child.ObjectId == Parent.ObjectId;

    /// <summary>Ordinals of the referencing columns, in the order of the key.</summary>
    public required int[] ChildOrdinals { get; init; }

    /// <summary>Ordinals of the referenced columns, in the order of the key.</summary>
    public required int[] ParentOrdinals { get; init; }

    /// <summary>Unique index of the parent.</summary>
    private IndexDefinition ParentIndex { get; init; } = null!;

    /// <summary>For each key column of the parent's index, its position in the foreign key.</summary>
    private int[] ParentOrder { get; init; } = [];

    /// <summary>Index of the child that starts with the referencing columns; null for none (a scan then).</summary>
    private IndexDefinition? ChildIndex { get; init; }

    private int[] ChildOrder { get; init; } = [];

    public static ForeignKeyCheck Create(EngineSession session, TableDefinition child, ForeignKeyDefinition key)
    {
        TableDefinition parent = session.Catalog.Find<TableDefinition>(key.ReferencedObjectId)!;
        IndexDefinition parentIndex = parent.Indexes.First(i =>
            i.IsUnique && i.FilterText is null && i.KeyColumns.Length == key.ReferencedColumnIds.Length && i.KeyColumns.All(c => key.ReferencedColumnIds.Contains(c.ColumnId)));
        IndexDefinition? childIndex = child.Indexes.FirstOrDefault(i =>
            i.Kind is IndexKind.Clustered or IndexKind.NonClustered && i.FilterText is null && !i.IsDisabled && i.KeyColumns.Length >= key.ColumnIds.Length
            && i.KeyColumns.Take(key.ColumnIds.Length).All(c => key.ColumnIds.Contains(c.ColumnId)));
        return new ForeignKeyCheck(child, parent, key)
        {
            ChildOrdinals = [.. key.ColumnIds.Select(child.OrdinalOf)],
            ParentOrdinals = [.. key.ReferencedColumnIds.Select(parent.OrdinalOf)],
            ParentIndex = parentIndex,
            ParentOrder = [.. parentIndex.KeyColumns.Select(c => key.ReferencedColumnIds.IndexOf(c.ColumnId))],
            ChildIndex = childIndex,
            ChildOrder = childIndex is null ? [] : [.. childIndex.KeyColumns.Take(key.ColumnIds.Length).Select(c => key.ColumnIds.IndexOf(c.ColumnId))],
        };
    }

    /// <summary>Whether the row that a child row refers to exists; a key with a NULL refers to nothing.</summary>
    public bool HasParent(EngineSession session, SqlValue[] childRow)
    {
        var prefix = new SqlValue[ParentOrder.Length];
        for (int i = 0; i < prefix.Length; i++)
        {
            SqlValue value = childRow[ChildOrdinals[ParentOrder[i]]];
            if (value.IsNull)
            {
                return true;
            }

            SqlType from = Child.Columns[ChildOrdinals[ParentOrder[i]]].Type, to = Parent.Columns[ParentOrdinals[ParentOrder[i]]].Type;
            prefix[i] = SqlConvert.GetConverter(from, to) is { } convert ? convert(value) : value;
        }

        TableAccess access = TableWriter.For(session, Parent).Access(session, Parent);
        using TableCursor cursor = access.Scan(ParentIndex, access.Range(ParentIndex, prefix), [], []);
        return cursor.MoveNext();
    }

    /// <summary>Rows of the child that refer to a parent row, with their locators; stops after the first when only existence matters.</summary>
    public List<(byte[] Locator, SqlValue[] Row)> FindChildren(EngineSession session, SqlValue[] parentRow, bool onlyOne)
    {
        var found = new List<(byte[], SqlValue[])>();
        var key = new SqlValue[ParentOrdinals.Length];
        for (int i = 0; i < key.Length; i++)
        {
            key[i] = parentRow[ParentOrdinals[i]];
            if (key[i].IsNull)
            {
                return found;
            }
        }

        TableAccess access = TableWriter.For(session, Child).Access(session, Child);
        int[] ordinals = [.. Enumerable.Range(0, Child.Columns.Length)];
        var buffer = new SqlValue[ordinals.Length];
        IndexDefinition index = ChildIndex ?? Child.RowStore;
        KeyRange range = ChildIndex is null ? KeyRange.All : access.Range(index, [.. ChildOrder.Select(i => key[i])]);
        using TableCursor cursor = access.Scan(index, range, onlyOne ? ChildOrdinals : ordinals, buffer, onlyOne ? ChildOrdinals : null);
        while (cursor.MoveNext())
        {
            if (ChildIndex is null && !Matches(buffer, key))
            {
                continue;
            }

            found.Add((cursor.Locator.ToArray(), buffer.AsSpan().ToArray()));
            if (onlyOne)
            {
                break;
            }
        }

        return found;
    }

    private bool Matches(SqlValue[] childRow, SqlValue[] key)
    {
        for (int i = 0; i < key.Length; i++)
        {
            SqlValue value = childRow[ChildOrdinals[i]];
            if (value.IsNull || !SqlComparer.Equals(value, key[i], Child.Columns[ChildOrdinals[i]].Type))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Error 547 of a child row without parent.</summary>
    public SqlErrorException NoParent(EngineSession session, string statement) => SqlErrors.CreateWithState(
        547, 0, statement, IsSelfReference ? "FOREIGN KEY SAME TABLE" : "FOREIGN KEY", Key.Name, session.CatalogOf(Parent).DatabaseName,
        session.DescribeTable(Parent, withDatabase: false), ColumnText(Parent, ParentOrdinals));

    /// <summary>Error 547 of a parent row that is still referred to.</summary>
    public SqlErrorException HasChildren(EngineSession session, string statement) => SqlErrors.CreateWithState(
        547, 0, statement, IsSelfReference ? "SAME TABLE REFERENCE" : "REFERENCE", Key.Name, session.CatalogOf(Child).DatabaseName,
        session.DescribeTable(Child, withDatabase: false), ColumnText(Child, ChildOrdinals));

    private static string ColumnText(TableDefinition table, int[] ordinals) => ordinals.Length == 1 ? $", column '{table.Columns[ordinals[0]].Name}'" : "";
}
