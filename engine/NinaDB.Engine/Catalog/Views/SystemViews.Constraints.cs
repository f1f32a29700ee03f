using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Catalog;

/// <summary>Key, check, default and foreign-key constraints.</summary>
internal static partial class SystemViews
{
    private static void AddConstraintViews(Action<SystemView> add)
    {
        add(Sys("key_constraints", ObjectColumns + ", unique_index_id int null, is_system_named bit, is_enforced bit null",
            s => AllTables(s).SelectMany(t => t.Indexes.Where(i => i.ConstraintObjectId != 0).Select(i =>
                Extend(Constraint(t, i.ConstraintObjectId), i.IndexId, i.IsSystemNamed, true)))));
        add(Sys("check_constraints", ObjectColumns
            + ", is_disabled bit, is_not_for_replication bit, is_not_trusted bit, parent_column_id int, definition nvarchar(max) null, uses_database_collation bit null, is_system_named bit",
            s => AllTables(s).SelectMany(t => t.Checks.Select(c =>
                Extend(Constraint(t, c.ObjectId), c.IsDisabled, false, c.IsNotTrusted, c.ParentColumnId, c.Text, true, c.IsSystemNamed)))));
        add(Sys("default_constraints", ObjectColumns + ", parent_column_id int, definition nvarchar(max) null, is_system_named bit",
            s => AllTables(s).SelectMany(t => t.Columns.Where(c => c.Default is { IsBound: false }).Select(c =>
                Extend(Constraint(t, c.Default!.ObjectId), c.ColumnId, c.Default.Text, c.Default.IsSystemNamed)))));
        add(Sys("foreign_keys", ObjectColumns
            + ", referenced_object_id int null, key_index_id int null, is_disabled bit, is_not_for_replication bit, is_not_trusted bit, delete_referential_action tinyint null, "
            + "delete_referential_action_desc nvarchar(60) null, update_referential_action tinyint null, update_referential_action_desc nvarchar(60) null, is_system_named bit",
            s => Of<TableDefinition>(s).SelectMany(t => t.ForeignKeys.Select(k => Extend(
                Constraint(t, k.ObjectId), k.ReferencedObjectId, KeyIndexId(s.Catalog.Find<TableDefinition>(k.ReferencedObjectId), k), k.IsDisabled, false, k.IsNotTrusted,
                (byte)k.OnDelete, ActionName(k.OnDelete), (byte)k.OnUpdate, ActionName(k.OnUpdate), k.IsSystemNamed)))));
        add(Sys("foreign_key_columns",
            "constraint_object_id int, constraint_column_id int, parent_object_id int, parent_column_id int, referenced_object_id int, referenced_column_id int",
            s => Of<TableDefinition>(s).SelectMany(t => t.ForeignKeys.SelectMany(k => k.ColumnIds.Select((c, i) =>
                new object?[] { k.ObjectId, i + 1, t.ObjectId, c, k.ReferencedObjectId, k.ReferencedColumnIds[i] })))));
        add(Sys("edge_constraints", ObjectColumns + ", is_disabled bit, is_not_trusted bit, is_system_named bit, delete_referential_action tinyint null, delete_referential_action_desc nvarchar(60) null",
            s => Of<TableDefinition>(s).SelectMany(t => t.EdgeConstraints.Select(c => Extend(
                Constraint(t, c.ObjectId), c.IsDisabled, c.IsNotTrusted, c.IsSystemNamed, (byte)c.OnDelete, ActionName(c.OnDelete))))));
        add(Sys("edge_constraint_clauses", "object_id int, from_object_id int, to_object_id int",
            s => Of<TableDefinition>(s).SelectMany(t => t.EdgeConstraints.SelectMany(c => c.Clauses.Select(x => new object?[] { c.ObjectId, x.FromObjectId, x.ToObjectId })))));
    }

    private static ConstraintObject Constraint(TableDefinition table, int objectId) =>
        CatalogSnapshot.ConstraintsOf(table).First(c => c.ObjectId == objectId);

    /// <summary>The unique index that a foreign key points at.</summary>
    private static int? KeyIndexId(TableDefinition? referenced, ForeignKeyDefinition key) => referenced?.Indexes
        .FirstOrDefault(i => i is { IsUnique: true, FilterText: null } && i.KeyColumns.Length == key.ReferencedColumnIds.Length && i.KeyColumns.All(c => key.ReferencedColumnIds.Contains(c.ColumnId)))?.IndexId;

    private static string ActionName(ReferentialAction action) => action switch
    {
        ReferentialAction.Cascade => "CASCADE",
        ReferentialAction.SetNull => "SET_NULL",
        ReferentialAction.SetDefault => "SET_DEFAULT",
        _ => "NO_ACTION",
    };
}
