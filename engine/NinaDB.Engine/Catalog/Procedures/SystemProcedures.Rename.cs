using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Ddl;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>sp_rename, sp_refreshview, sp_refreshsqlmodule, sp_recompile, role membership by procedure.</summary>
internal static partial class SystemProcedures
{
    private static void AddRenameProcedures(Action<SystemProcedure> add)
    {
        add(Changes("sp_rename", Rename, Required("@objname", LongName), Required("@newname", Name), Optional("@objtype", SqlType.VarChar(13))));
        add(Changes("sp_refreshview", Refresh, Required("@viewname", LongName)));
        add(Changes("sp_refreshsqlmodule", Refresh, Required("@name", LongName), Optional("@namespace", SqlType.NVarChar(20))));
        add(Reads("sp_recompile", c =>
        {
            RequireObject(c.Session, c.Text(0)!);
            c.Session.Database.Routines.Clear();
            return 0;
        }, Required("@objname", LongName)));
        add(Changes("sp_addrolemember", c => SetMember(c, true), Required("@rolename", Name), Required("@membername", Name)));
        add(Changes("sp_droprolemember", c => SetMember(c, false), Required("@rolename", Name), Required("@membername", Name)));
    }

    private static int SetMember(SystemProcedureCall call, bool isMember)
    {
        DdlExecutor.Execute(
            new PrincipalStatement { Action = "ALTER", Class = "ROLE", Name = call.Text(0)!, AddMember = isMember ? call.Text(1) : null, DropMember = isMember ? null : call.Text(1) },
            call.Session,
            call.Context);
        return 0;
    }

    private static int Rename(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        var editor = new CatalogEditor(session);
        string written = call.Text(0) ?? throw SqlErrors.Create(15600, "sp_rename");
        string newName = call.Text(1) ?? throw SqlErrors.Create(15600, "sp_rename");
        string? kind = call.Text(2)?.TrimEnd().ToUpperInvariant();
        TableBuilder.CheckName(newName);
        IReadOnlyList<string> parts = Parser.TryParseName(written) ?? throw NotFound();
        switch (kind)
        {
            case "COLUMN" or "INDEX" or "STATISTICS":
                RenamePart(call, editor, parts, newName, kind, NotFound);
                break;
            case null or "OBJECT":
                CatalogObject? value = FindObject(session, parts);
                if (value is not null)
                {
                    RenameObject(session, editor, value, newName);
                }
                else if (FindConstraint(session, parts) is { } constraint)
                {
                    RenameConstraint(session, editor, constraint, newName);
                }
                else if (kind is null && parts.Count >= 2 && FindObject(session, [.. parts.SkipLast(1)]) is ModuleDefinition { Materialized: { } materialized }
                    && materialized.Indexes.Any(i => Same(i.Name, parts[^1])))
                {
                    RenamePart(call, editor, parts, newName, "INDEX", NotFound);
                }
                else if (kind is null && parts.Count >= 2 && FindObject(session, [.. parts.SkipLast(1)]) is TableDefinition owner
                    && (owner.FindColumn(parts[^1]) >= 0 || owner.Indexes.Any(i => Same(i.Name, parts[^1]))))
                {
                    RenamePart(call, editor, parts, newName, owner.FindColumn(parts[^1]) >= 0 ? "COLUMN" : "INDEX", NotFound);
                }
                else
                {
                    throw kind is null ? SqlErrors.Create(15225, written, session.Catalog.DatabaseName, "(null)") : NotFound();
                }

                break;
            case "USERDATATYPE":
                TypeDefinition type = session.Catalog.FindType(parts.Count > 1 ? parts[^2] : session.DefaultSchema, parts[^1]) ?? throw NotFound();
                if (session.Catalog.FindType(session.Catalog.SchemaName(type.SchemaId), newName) is not null)
                {
                    throw SqlErrors.Create(15335, newName, "USERDATATYPE");
                }

                editor.Put(type with { Name = newName });
                break;
            case "DATABASE":
                throw SqlErrors.NotSupported("sp_rename of DATABASE");
            default:
                throw SqlErrors.Create(15249, kind);
        }

        call.Inform(15477);
        return 0;

        SqlErrorException NotFound() => SqlErrors.Create(15248, kind ?? "(null)");
    }

    private static CatalogObject? FindObject(EngineSession session, IReadOnlyList<string> parts)
    {
        if (parts[^1].StartsWith('#'))
        {
            return session.Temporary.Find(parts[^1]);
        }

        CatalogObject? found = parts.Count > 1 && parts[^2].Length > 0
            ? session.Catalog.Find(parts[^2], parts[^1])
            : session.Catalog.Find(session.DefaultSchema, parts[^1]) ?? session.Catalog.Find("dbo", parts[^1]);
        return found is not null && Cdc.CdcCatalog.IsSystemObject(session.Catalog, found) ? null : found;
    }

    private static ConstraintObject? FindConstraint(EngineSession session, IReadOnlyList<string> parts) =>
        session.Catalog.FindConstraint(parts.Count > 1 && parts[^2].Length > 0 ? parts[^2] : session.DefaultSchema, parts[^1]);

    private static void RenameObject(EngineSession session, CatalogEditor editor, CatalogObject value, string newName)
    {
        string schema = session.Catalog.SchemaName(value.SchemaId)!;
        RequireAlter(session, value);
        if (value is TableDefinition { Storage: TableStorageKind.Durable } or ModuleDefinition or SequenceDefinition or SynonymDefinition or BindableDefinition)
        {
            CatalogObject? taken = session.Catalog.Find(schema, newName);
            if ((taken is not null && taken.ObjectId != value.ObjectId) || session.Catalog.FindConstraint(schema, newName) is not null)
            {
                throw SqlErrors.Create(15335, newName, "OBJECT");
            }

            if (session.Catalog.ObjectsById.Values.OfType<ModuleDefinition>().Any(m => m.IsSchemaBound && m.Dependencies.Contains(value.ObjectId))
                || session.Catalog.ObjectsById.Values.OfType<SecurityPolicyDefinition>().Any(p => p.IsSchemaBound && p.Predicates.Any(d => d.FunctionId == value.ObjectId || d.TargetObjectId == value.ObjectId)))
            {
                throw SqlErrors.Create(15336, session.Catalog.QualifiedName(value));
            }
        }

        editor.Put(value with { Name = newName, ModifyDate = editor.Now });
        if (value is BindableDefinition)
        {
            RenameBindings(session, editor, value.ObjectId, newName);
        }
    }

    /// <summary>Error 15225 without ALTER: the object is not found.</summary>
    private static void RequireAlter(EngineSession session, CatalogObject value)
    {
        if (value is not TableDefinition { Storage: not TableStorageKind.Durable } && !Security.PrincipalAccess.Of(session).OnObject("ALTER", value))
        {
            throw SqlErrors.Create(15225, session.Catalog.QualifiedName(value), session.Catalog.DatabaseName, "(null)");
        }
    }

    private static void RenameConstraint(EngineSession session, CatalogEditor editor, ConstraintObject constraint, string newName)
    {
        TableDefinition table = constraint.Table;
        RequireAlter(session, table);
        string schema = session.Catalog.SchemaName(table.SchemaId)!;
        if (session.Catalog.Find(schema, newName) is not null || session.Catalog.FindConstraint(schema, newName) is not null)
        {
            throw SqlErrors.Create(15335, newName, "OBJECT");
        }

        int id = constraint.ObjectId;
        editor.Put(table with
        {
            Indexes = [.. table.Indexes.Select(i => i.ConstraintObjectId == id ? i with { Name = newName, IsSystemNamed = false } : i)],
            Checks = [.. table.Checks.Select(c => c.ObjectId == id ? c with { Name = newName, IsSystemNamed = false } : c)],
            ForeignKeys = [.. table.ForeignKeys.Select(k => k.ObjectId == id ? k with { Name = newName, IsSystemNamed = false } : k)],
            EdgeConstraints = [.. table.EdgeConstraints.Select(c => c.ObjectId == id ? c with { Name = newName, IsSystemNamed = false } : c)],
            Columns = [.. table.Columns.Select(c => c.Default?.ObjectId == id ? c with { Default = c.Default with { Name = newName, IsSystemNamed = false } } : c)],
            ModifyDate = editor.Now,
        });
    }

    private static void RenamePart(SystemProcedureCall call, CatalogEditor editor, IReadOnlyList<string> parts, string newName, string kind, Func<SqlErrorException> notFound)
    {
        EngineSession session = call.Session;
        CatalogObject? found = parts.Count < 2 ? null : FindObject(session, [.. parts.SkipLast(1)]);
        if (kind == "INDEX" && found is ModuleDefinition { Materialized: { } rows } view)
        {
            RequireAlter(session, view);
            IndexDefinition ofView = rows.Indexes.FirstOrDefault(i => Same(i.Name, parts[^1])) ?? throw notFound();
            if (rows.Indexes.Any(i => Same(i.Name, newName) && i.IndexId != ofView.IndexId))
            {
                throw SqlErrors.Create(15335, newName, "INDEX");
            }

            editor.Put(view with { Materialized = rows with { Indexes = rows.Indexes.Replace(ofView, ofView with { Name = newName }) }, ModifyDate = editor.Now });
            return;
        }

        if (found is not TableDefinition table)
        {
            throw notFound();
        }

        RequireAlter(session, table);
        if (kind == "STATISTICS" && table.Statistics.FirstOrDefault(s => Same(s.Name, parts[^1])) is { } statistics)
        {
            if (table.Statistics.Any(s => Same(s.Name, newName) && s.StatisticsId != statistics.StatisticsId) || table.Indexes.Any(i => Same(i.Name, newName)))
            {
                throw SqlErrors.Create(15335, newName, "STATISTICS");
            }

            editor.Put(table with { Statistics = table.Statistics.Replace(statistics, statistics with { Name = newName }), ModifyDate = editor.Now });
            return;
        }

        if (kind is "INDEX" or "STATISTICS")
        {
            // The statistics of an index have its name.
            IndexDefinition index = table.Indexes.FirstOrDefault(i => Same(i.Name, parts[^1])) ?? throw notFound();
            if (index.Kind == IndexKind.Vector)
            {
                throw SqlErrors.Create(290, "sp_rename", index.Name);
            }

            if (table.Indexes.Any(i => Same(i.Name, newName) && i.IndexId != index.IndexId))
            {
                throw SqlErrors.Create(15335, newName, "INDEX");
            }

            if (index.ConstraintObjectId != 0)
            {
                RenameConstraint(session, editor, CatalogSnapshot.ConstraintsOf(table).First(c => c.ObjectId == index.ConstraintObjectId), newName);
                return;
            }

            editor.Put(table with { Indexes = table.Indexes.Replace(index, index with { Name = newName }), ModifyDate = editor.Now });
            return;
        }

        int ordinal = table.FindColumn(parts[^1]);
        if (ordinal < 0)
        {
            throw notFound();
        }

        int columnId = table.Columns[ordinal].ColumnId;
        if (session.Catalog.ChangeTablesOf(table.ObjectId).Any(t => Cdc.CaptureInstance.Of(t).ColumnIds.Contains(columnId)))
        {
            throw SqlErrors.Create(4928, table.Columns[ordinal].Name, "REPLICATED");
        }

        if (table.FindColumn(newName) is >= 0 and int taken && taken != ordinal)
        {
            throw SqlErrors.Create(15335, newName, "COLUMN");
        }

        ColumnDefinition column = table.Columns[ordinal];

        // Text that names the column would no longer bind: enforced dependencies refuse the rename.
        bool used = table.Checks.Any(c => SyntaxWalker.ColumnNames(DdlExpressions.ParseCondition(c.Text)).Contains(column.Name))
            || table.Columns.Any(c => c.ComputedText is { } text && SyntaxWalker.ColumnNames(DdlExpressions.Parse(text)).Contains(column.Name))
            || table.Indexes.Any(i => i.FilterText is { } filter && SyntaxWalker.ColumnNames(DdlExpressions.ParseCondition(filter)).Contains(column.Name))
            || session.Catalog.ObjectsById.Values.OfType<ModuleDefinition>().Any(m => m.IsSchemaBound && m.Dependencies.Contains(table.ObjectId)
                && SyntaxWalker.ColumnNames(Parser.ParseBatch(m.Text).Statements[0]).Contains(column.Name))
            || session.Catalog.ObjectsById.Values.OfType<SecurityPolicyDefinition>().Any(p => p.IsSchemaBound
                && p.Predicates.Any(d => d.TargetObjectId == table.ObjectId && SyntaxWalker.ColumnNames(DdlExpressions.Parse(d.Text)).Contains(column.Name)));
        if (used)
        {
            throw SqlErrors.Create(15336, call.Text(0));
        }

        if (table.HistoryOf != 0)
        {
            throw SqlErrors.Create(13759, session.DescribeTable(table, withDatabase: true));
        }

        editor.Put(table with { Columns = table.Columns.SetItem(ordinal, column with { Name = newName }), ModifyDate = editor.Now });
        if (table.Versioning is { } versioning)
        {
            TableDefinition history = session.Catalog.Find<TableDefinition>(versioning.HistoryTableId)!;
            editor.Put(history with { Columns = history.Columns.SetItem(ordinal, history.Columns[ordinal] with { Name = newName }), ModifyDate = editor.Now });
        }
    }

    /// <summary>Binds a view or function again, so that its columns follow the tables it reads.</summary>
    private static int Refresh(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        ObjectEntry entry = RequireObject(session, call.Text(0)!);
        if (entry.Object is not ModuleDefinition module)
        {
            throw SqlErrors.Create(15009, call.Text(0), session.Catalog.DatabaseName);
        }

        if (!Security.PrincipalAccess.Of(session).OnObject("ALTER", module))
        {
            throw SqlErrors.Create(15165, call.Text(0));
        }

        Statement statement = Parser.ParseBatch(module.Text).Statements[0];
        SelectStatement? query = statement switch
        {
            CreateViewStatement view => view.Query,
            CreateFunctionStatement { InlineQuery: { } inline } => inline,
            _ => null,
        };
        if (query is null)
        {
            return 0;
        }

        var variables = new VariableMap();
        foreach (ParameterDefinition parameter in module.Parameters)
        {
            variables.Add(parameter.Name, parameter.Type, session.Catalog.FindType(parameter.UserTypeId)?.Table);
        }

        var context = new CompilationContext(session, session.Catalog, variables) { IsInsideModule = true, ModuleSchema = session.Catalog.SchemaName(module.SchemaId) };
        IReadOnlyList<OutputColumn> columns = QueryCompiler.Compile(query, context).Columns;
        IReadOnlyList<string> names = statement is CreateViewStatement { Columns.Count: > 0 } named ? named.Columns : [.. columns.Select(c => c.Name)];
        if (names.Count != columns.Count)
        {
            throw SqlErrors.Create(4502, module.Name);
        }

        new CatalogEditor(session).Put(module with { Columns = [.. columns.Select((c, i) => new ResultColumnDefinition(names[i], c.Type, c.IsNullable))] });
        return 0;
    }
}
