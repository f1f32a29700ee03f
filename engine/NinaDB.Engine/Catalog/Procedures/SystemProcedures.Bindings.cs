using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>sp_bindefault, sp_unbindefault, sp_bindrule, sp_unbindrule: what ties rules and defaults to columns and alias types.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/system-stored-procedures/sp-bindrule-transact-sql</remarks>
internal static partial class SystemProcedures
{
    private static void AddBindingProcedures(Action<SystemProcedure> add)
    {
        SqlType option = SqlType.VarChar(15);
        add(Changes("sp_bindefault", c => Bind(c, isRule: false), Required("@defname", LongName), Required("@objname", LongName), Optional("@futureonly", option)));
        add(Changes("sp_bindrule", c => Bind(c, isRule: true), Required("@rulename", LongName), Required("@objname", LongName), Optional("@futureonly", option)));
        add(Changes("sp_unbindefault", c => Unbind(c, isRule: false), Required("@objname", LongName), Optional("@futureonly", option)));
        add(Changes("sp_unbindrule", c => Unbind(c, isRule: true), Required("@objname", LongName), Optional("@futureonly", option)));
    }

    private static int Bind(SystemProcedureCall call, bool isRule)
    {
        EngineSession session = call.Session;
        bool futureOnly = FutureOnly(call, 2, isRule ? 15106 : 15100);
        string written = call.Text(0)!;
        IReadOnlyList<string>? parts = Parser.TryParseName(written);
        if (parts is { Count: >= 3 } && parts[^3].Length > 0 && !Same(parts[^3], session.Catalog.DatabaseName))
        {
            throw SqlErrors.Create(isRule ? 15077 : 15076);
        }

        ObjectEntry? entry = parts is null ? null : ObjectNames.Find(session, parts.Count > 1 && parts[^2].Length > 0 ? parts[^2] : null, parts[^1]);
        if (!isRule && entry?.Constraint is { Type: ObjectTypes.Default })
        {
            throw SqlErrors.Create(15050, written);
        }

        if (entry?.Object is not BindableDefinition bindable || bindable.IsRule != isRule)
        {
            throw SqlErrors.Create(isRule ? 15017 : 15016, written);
        }

        var value = new DefaultDefinition(bindable.ObjectId, bindable.Name, isRule ? "" : bindable.Body, false) { IsBound = true };
        var rule = new RuleBinding(bindable.ObjectId, bindable.Name, bindable.Body);
        var editor = new CatalogEditor(session);
        if (FindBindingTarget(call, 1) is { Table: { } table, Column: { } column })
        {
            RefuseBinding(column, isRule);
            editor.Put(WithColumn(table, isRule ? column with { Rule = rule } : column with { Default = value }));
            call.Inform(isRule ? 15514 : 15511);
            return 0;
        }

        TypeDefinition type = RequireAliasType(call, 1);
        editor.Put(isRule ? type with { Rule = rule } : type with { Default = value });
        call.Inform(isRule ? 15515 : 15512);
        if (futureOnly)
        {
            return 0;
        }

        // Columns follow their type as long as nobody has bound them to something of their own.
        bool any = RebindColumns(session, editor, type, isRule, c => isRule ? c.Rule?.ObjectId == type.Rule?.ObjectId : BoundDefault(c) == type.Default?.ObjectId && c.Default is null or { IsBound: true },
            c => isRule ? c with { Rule = rule } : c with { Default = value });
        if (any)
        {
            call.Inform(isRule ? 15516 : 15513);
        }

        return 0;
    }

    private static int Unbind(SystemProcedureCall call, bool isRule)
    {
        EngineSession session = call.Session;
        bool futureOnly = FutureOnly(call, 1, isRule ? 15106 : 15100);
        var editor = new CatalogEditor(session);
        if (FindBindingTarget(call, 0) is { Table: { } table, Column: { } column })
        {
            if (!isRule && column.Default is { IsBound: false })
            {
                throw SqlErrors.Create(15049, column.Name);
            }

            if (isRule ? column.Rule is null : column.Default is null)
            {
                throw SqlErrors.Create(isRule ? 15238 : 15236, column.Name);
            }

            editor.Put(WithColumn(table, isRule ? column with { Rule = null } : column with { Default = null }));
            call.Inform(isRule ? 15522 : 15519);
            return 0;
        }

        TypeDefinition type = RequireAliasType(call, 0);
        if (isRule ? type.Rule is null : type.Default is null)
        {
            throw SqlErrors.Create(isRule ? 15239 : 15237, type.Name);
        }

        editor.Put(isRule ? type with { Rule = null } : type with { Default = null });
        call.Inform(isRule ? 15523 : 15520);
        if (futureOnly)
        {
            return 0;
        }

        bool any = RebindColumns(session, editor, type, isRule, c => isRule ? c.Rule?.ObjectId == type.Rule!.ObjectId : BoundDefault(c) == type.Default!.ObjectId,
            c => isRule ? c with { Rule = null } : c with { Default = null });
        if (any)
        {
            call.Inform(isRule ? 15524 : 15521);
        }

        return 0;
    }

    /// <summary>A rule or default has a new name: columns and types that are bound to it carry it in their definitions.</summary>
    private static void RenameBindings(EngineSession session, CatalogEditor editor, int objectId, string newName)
    {
        DefaultDefinition? Default(DefaultDefinition? value) => value?.ObjectId == objectId ? value with { Name = newName } : value;
        RuleBinding? Rule(RuleBinding? rule) => rule?.ObjectId == objectId ? rule with { Name = newName } : rule;
        foreach (TypeDefinition type in session.Catalog.TypesById.Values.Where(t => t.Default?.ObjectId == objectId || t.Rule?.ObjectId == objectId).ToList())
        {
            editor.Put(type with { Default = Default(type.Default), Rule = Rule(type.Rule) });
        }

        foreach (TableDefinition table in session.Catalog.ObjectsById.Values.OfType<TableDefinition>()
            .Where(t => t.Columns.Any(c => c.Default?.ObjectId == objectId || c.Rule?.ObjectId == objectId)).ToList())
        {
            editor.Put(table with { Columns = [.. table.Columns.Select(c => c with { Default = Default(c.Default), Rule = Rule(c.Rule) })] });
        }
    }

    private static int? BoundDefault(ColumnDefinition column) => column.Default is { IsBound: true } bound ? bound.ObjectId : null;

    private static bool FutureOnly(SystemProcedureCall call, int index, int usage)
    {
        string? option = call.Text(index)?.Trim();
        return option is null || option.Length == 0 ? false : Same(option, "futureonly") ? true : throw SqlErrors.Create(usage);
    }

    /// <summary>The column that a name of two or more parts means; null for a name of one part, which means a type.</summary>
    private static (TableDefinition Table, ColumnDefinition Column)? FindBindingTarget(SystemProcedureCall call, int index)
    {
        string written = call.Text(index)!;
        IReadOnlyList<string> parts = Parser.TryParseName(written) ?? throw SqlErrors.Create(15148, written);
        if (parts.Count == 1)
        {
            return null;
        }

        if (parts.Count == 4 && parts[0].Length > 0 && !Same(parts[0], call.Session.Catalog.DatabaseName))
        {
            throw SqlErrors.Create(15084);
        }

        ObjectEntry? entry = ObjectNames.Find(call.Session, parts.Count > 2 && parts[^3].Length > 0 ? parts[^3] : null, parts[^2]);
        if (entry?.Object is TableDefinition { Storage: TableStorageKind.Durable } table && table.FindColumn(parts[^1]) is >= 0 and int ordinal
            && Security.PrincipalAccess.Of(call.Session).OnObject("ALTER", table))
        {
            return (table, table.Columns[ordinal]);
        }

        // A type may be named with its schema.
        return parts.Count == 2 && call.Session.Catalog.FindType(parts[0], parts[1]) is not null ? null : throw SqlErrors.Create(15148, written);
    }

    private static TypeDefinition RequireAliasType(SystemProcedureCall call, int index)
    {
        string written = call.Text(index)!;
        IReadOnlyList<string> parts = Parser.TryParseName(written)!;
        if (parts.Count == 1 && SystemTypes.Find(parts[0]) is not null)
        {
            throw SqlErrors.Create(4185);
        }

        TypeDefinition? type = call.Session.Catalog.FindType(parts.Count > 1 ? parts[0] : call.Session.DefaultSchema, parts[^1]) ?? call.Session.Catalog.FindType("dbo", parts[^1]);
        return type is { BaseType: not null, Clr: null } && Security.PrincipalAccess.Of(call.Session).OnType("CONTROL", type) ? type : throw SqlErrors.Create(15148, written);
    }

    private static TableDefinition WithColumn(TableDefinition table, ColumnDefinition column) => table with { Columns = table.Columns.SetItem(table.OrdinalOf(column.ColumnId), column) };

    private static bool RebindColumns(
        EngineSession session, CatalogEditor editor, TypeDefinition type, bool isRule, Func<ColumnDefinition, bool> follows, Func<ColumnDefinition, ColumnDefinition> rebound)
    {
        bool any = false;
        foreach (TableDefinition table in session.Catalog.ObjectsById.Values.OfType<TableDefinition>().ToList())
        {
            TableDefinition changed = table;
            foreach (ColumnDefinition column in table.Columns.Where(c => c.UserTypeId == type.UserTypeId && !c.IsComputed && (isRule || c.Identity is null) && follows(c)))
            {
                changed = WithColumn(changed, rebound(column));
            }

            if (!ReferenceEquals(changed, table))
            {
                editor.Put(changed);
                any = true;
            }
        }

        return any;
    }

    /// <summary>Columns that take no default (15101, 15102, 15103) or no rule (15107).</summary>
    private static void RefuseBinding(ColumnDefinition column, bool isRule)
    {
        SqlType type = column.Type;
        bool refused = column.IsComputed || column.IsSparse || type.IsMax || type.Id is SqlTypeId.RowVersion or SqlTypeId.Xml or SqlTypeId.Json or SqlTypeId.Vector or SqlTypeId.HierarchyId;
        if (isRule)
        {
            if (refused || type.IsLegacyLob)
            {
                throw SqlErrors.Create(15107);
            }

            return;
        }

        if (refused)
        {
            throw SqlErrors.Create(15101);
        }

        if (column.Identity is not null)
        {
            throw SqlErrors.Create(15102);
        }

        if (column.Default is { IsBound: false })
        {
            throw SqlErrors.Create(15103);
        }
    }
}
