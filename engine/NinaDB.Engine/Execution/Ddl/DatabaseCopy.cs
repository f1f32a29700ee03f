using NinaDB.Engine.Catalog;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>
/// CREATE DATABASE copies model: schemas, users, types, tables with their rows, modules, options. Object ids are unique over the server, so the copies get their own.
/// </summary>
internal sealed class DatabaseCopy(EngineSession session, CatalogSnapshot source, int target)
{
    private readonly Dictionary<int, int> _ids = [];
    private readonly CatalogEditor _editor = new(session);

    public void Run()
    {
        if (source.TreeId == 0)
        {
            return;
        }

        using DatabaseScope scope = session.In(target);
        foreach ((string option, string value) in source.DatabaseOptions)
        {
            if (option is not ("TRUSTWORTHY" or "DB_CHAINING" or "USER_ACCESS" or "READ_ONLY"))
            {
                _editor.SetDatabaseOption(option, value);
            }
        }

        foreach (PrincipalDefinition principal in source.Principals.Values.Where(p => !InitialCatalog.IsFixedPrincipal(p.PrincipalId)))
        {
            _editor.Put(principal);
        }

        foreach (SchemaDefinition schema in source.SchemasByName.Values.Where(s => !InitialCatalog.IsFixedSchema(s.SchemaId)))
        {
            _editor.Put(schema);
        }

        foreach (AssemblyDefinition assembly in source.Assemblies.Values)
        {
            _editor.Put(assembly);
        }

        // Ids first, because objects name each other.
        foreach (CatalogObject value in source.ObjectsById.Values.OrderBy(o => o.ObjectId))
        {
            NewId(value.ObjectId);
            if (value is TableDefinition table)
            {
                NoteConstraints(table);
            }
        }

        foreach (TypeDefinition type in source.TypesById.Values)
        {
            if (type.Table is { } shape)
            {
                NewId(shape.ObjectId);
                NoteConstraints(shape);
            }

            _editor.Put(type with { Table = type.Table is { } table ? Copy(table) : null });
        }

        foreach (CatalogObject value in source.ObjectsById.Values.OrderBy(o => o.ObjectId))
        {
            _editor.Put(Copy(value));
        }

        foreach (ExtendedProperty property in source.ExtendedProperties)
        {
            _editor.Put(property with { MajorId = property.Class is 1 or 2 or 7 ? Id(property.MajorId) : property.MajorId });
        }

        foreach (PermissionDefinition permission in source.Permissions)
        {
            _editor.Put(permission with { MajorId = permission.Class == 1 ? Id(permission.MajorId) : permission.MajorId });
        }
    }

    private void NoteConstraints(TableDefinition table)
    {
        foreach (ConstraintObject constraint in CatalogSnapshot.ConstraintsOf(table))
        {
            NewId(constraint.ObjectId);
        }
    }

    private void NewId(int id) => _ids[id] = _editor.NextObjectId();

    private int Id(int id) => _ids.GetValueOrDefault(id, id);

    private CatalogObject Copy(CatalogObject value) => value switch
    {
        TableDefinition table => CopyWithRows(table),
        SecurityPolicyDefinition policy => policy with
        {
            ObjectId = Id(policy.ObjectId),
            DatabaseId = target,
            Predicates = [.. policy.Predicates.Select(p => p with { TargetObjectId = Id(p.TargetObjectId) })],
        },
        ModuleDefinition { Materialized: not null } view => view with { ObjectId = Id(view.ObjectId), DatabaseId = target, Materialized = null },
        _ => value with { ObjectId = Id(value.ObjectId), ParentObjectId = Id(value.ParentObjectId), DatabaseId = target },
    };

    private DefaultDefinition? Copy(DefaultDefinition? value) => value is null ? null : value with { ObjectId = Id(value.ObjectId) };

    private RuleBinding? Copy(RuleBinding? rule) => rule is null ? null : rule with { ObjectId = Id(rule.ObjectId) };

    private TableDefinition Copy(TableDefinition table) => table with
    {
        ObjectId = Id(table.ObjectId),
        DatabaseId = target,
        HistoryOf = Id(table.HistoryOf),
        Versioning = table.Versioning is { } versioning ? versioning with { HistoryTableId = Id(versioning.HistoryTableId) } : null,
        Indexes = [.. table.Indexes.Select(i => i with { ConstraintObjectId = Id(i.ConstraintObjectId) })],
        Columns = [.. table.Columns.Select(c => c with { Default = Copy(c.Default), Rule = Copy(c.Rule) })],
        Checks = [.. table.Checks.Select(c => c with { ObjectId = Id(c.ObjectId) })],
        ForeignKeys = [.. table.ForeignKeys.Select(k => k with { ObjectId = Id(k.ObjectId), ReferencedObjectId = Id(k.ReferencedObjectId) })],
        EdgeConstraints =
        [
            .. table.EdgeConstraints.Select(c => c with
            {
                ObjectId = Id(c.ObjectId),
                Clauses = [.. c.Clauses.Select(l => new EdgeConstraintClause(Id(l.FromObjectId), Id(l.ToObjectId)))],
            }),
        ],
    };

    private TableDefinition CopyWithRows(TableDefinition table)
    {
        TableDefinition copy = TableAccess.CreateTrees(Copy(table), session.Store);
        var reader = new TableAccess(table, session.Store);
        var writer = new TableAccess(copy, session.Store);
        int[] ordinals = [.. Enumerable.Range(0, table.Columns.Length)];
        var buffer = new SqlValue[ordinals.Length];
        using TableCursor cursor = reader.Scan(table.RowStore, KeyRange.All, ordinals, buffer);
        while (cursor.MoveNext())
        {
            writer.Insert(buffer.AsSpan().ToArray());
        }

        return copy;
    }
}
