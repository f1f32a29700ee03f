using System.Collections.Immutable;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>Indexes of views: CREATE, ALTER and DROP INDEX. The rows of the view are stored with its clustered index; <see cref="IndexedViewPlan"/> keeps them in step.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/views/create-indexed-views</remarks>
internal sealed partial class DdlExecutor
{
    private void CreateViewIndex(ModuleDefinition view, CreateIndexStatement statement)
    {
        IndexDefinitionSyntax definition = statement.Definition;
        string written = statement.Table.ToString();
        if (definition is { IsColumnStore: true, IsClustered: true })
        {
            throw SqlErrors.Create(35305);
        }

        if (view.Materialized is null)
        {
            if (definition.IsColumnStore)
            {
                throw SqlErrors.CreateWithState(1940, 2, "index", written);
            }

            if (!view.IsSchemaBound)
            {
                throw SqlErrors.Create(1939, "index", view.Name);
            }

            if (definition.IsClustered != true)
            {
                throw SqlErrors.Create(1940, "index", written);
            }
        }

        if (definition is { IsClustered: true, IsUnique: false })
        {
            throw SqlErrors.Create(1941, view.Name);
        }

        RequiredOptions.Check(_session.Options, "CREATE INDEX");
        if (IndexOptions.IsOn(definition.Options, "IGNORE_DUP_KEY"))
        {
            throw SqlErrors.Create(1990);
        }

        if (definition.Where is not null)
        {
            throw SqlErrors.Create(10610, "index", definition.Name, written);
        }

        TableDefinition before = view.Materialized ?? EmptyRows(view);
        if (IndexOptions.IsOn(definition.Options, "DROP_EXISTING"))
        {
            IndexDefinition replaced = before.Indexes.FirstOrDefault(i => Same(i.Name, definition.Name)) ?? throw SqlErrors.Create(7999, definition.Name, written);
            if (replaced.Kind == IndexKind.Clustered)
            {
                throw SqlErrors.NotSupported("DROP_EXISTING of the clustered index of a view");
            }

            _session.StoreFor(before).DropTree(replaced.TreeId);
            before = before with { Indexes = before.Indexes.Remove(replaced) };
        }

        var builder = new TableBuilder(_session, before, _editor.NextObjectId, isNew: false);
        IndexDefinition index = builder.AddIndex(definition);
        IndexedViewRules.CheckKey(view, builder.Table, index, Catalog);
        if (view.Materialized is null)
        {
            IndexedViewRules.Check(_session, view, index);
            TableDefinition rows = TableAccess.CreateTrees(builder.Table, _session.StoreFor(builder.Table));
            ModuleDefinition indexed = view with { Materialized = rows, ModifyDate = _editor.Now };
            _editor.Put(indexed);
            FillRows(Catalog.Find<ModuleDefinition>(view.ObjectId)!);
            return;
        }

        TableDefinition after = CreateIndexStorage(before, builder.Table);
        _unbuilt.Clear();
        _editor.Put(view with { Materialized = after, ModifyDate = _editor.Now });
        ModuleDefinition changed = Catalog.Find<ModuleDefinition>(view.ObjectId)!;
        IndexedViewPlan.Access(_session, changed).Build(after.Indexes.First(i => Same(i.Name, definition.Name)));
    }

    /// <summary>The shape of a view's rows, before it has any index.</summary>
    private static TableDefinition EmptyRows(ModuleDefinition view) => new()
    {
        ObjectId = view.ObjectId,
        SchemaId = view.SchemaId,
        DatabaseId = view.DatabaseId,
        Name = view.Name,
        Type = ObjectTypes.View,
        CreateDate = view.CreateDate,
        ModifyDate = view.ModifyDate,
        Columns = [.. view.Columns.Select((c, i) => new ColumnDefinition { ColumnId = i + 1, Name = c.Name, Type = c.Type, IsNullable = c.IsNullable })],
        MaxColumnId = view.Columns.Length,
        Indexes = [new IndexDefinition { IndexId = 0, Kind = IndexKind.Heap }],
    };

    /// <summary>Runs the view's query and stores what it gives. Error 1505 for rows with the same key.</summary>
    private void FillRows(ModuleDefinition view)
    {
        SelectStatement query = ModuleSyntax.View(view).Query;
        var compilation = new CompilationContext(_session, Catalog, new VariableMap())
        {
            IgnoresRowSecurity = true, IsInsideModule = true, ModuleSchema = Catalog.SchemaName(view.SchemaId), Options = Session.SessionOptions.Standard,
        };
        CompiledQuery compiled = QueryCompiler.Compile(query.Query, query.With, compilation);
        var context = new ExecutionContext(_session, new VariableFrame(0), Math.Max(compiled.RegisterCount, compilation.RegisterCount), _context.Cancellation);
        TableAccess access = IndexedViewPlan.Access(_session, view);
        using RowIterator rows = compiled.Root.Open(context);
        while (rows.MoveNext())
        {
            _context.ThrowIfCancelled();
            try
            {
                access.Insert([.. compiled.Columns.Select(c => context.Registers[c.Register].Kept())]);
            }
            catch (SqlErrorException duplicate) when (duplicate.Error.Number == 2601)
            {
                string text = duplicate.Error.Message;
                string key = text[text.LastIndexOf('(')..].TrimEnd('.');
                throw SqlErrors.Create(1505, Catalog.QualifiedName(view), view.Materialized!.RowStore.Name, key);
            }
        }
    }

    private void DropRows(ModuleDefinition view) => IndexedViewPlan.Access(_session, view).Drop();

    /// <summary>Without its clustered index a view has no rows of its own, and no other index.</summary>
    private void DropViewIndex(ModuleDefinition view, IndexDefinition index)
    {
        _editor.RemoveProperties(7, view.ObjectId, index.IndexId);
        if (index.Kind == IndexKind.Clustered)
        {
            DropRows(view);
            _editor.Put(view with { Materialized = null, ModifyDate = _editor.Now });
            return;
        }

        TableDefinition rows = view.Materialized!;
        _session.StoreFor(rows).DropTree(index.TreeId);
        _editor.Put(view with { Materialized = rows with { Indexes = rows.Indexes.Remove(index) }, ModifyDate = _editor.Now });
    }

    /// <summary>REBUILD fills the view anew, DISABLE empties it: a disabled clustered index is not kept in step.</summary>
    private void AlterViewIndex(ModuleDefinition view, AlterIndexStatement statement)
    {
        TableDefinition rows = view.Materialized!;
        List<IndexDefinition> chosen = statement.Name is null
            ? [.. rows.Indexes]
            : [rows.Indexes.FirstOrDefault(i => Same(i.Name, statement.Name)) ?? throw SqlErrors.Create(2727, statement.Name)];
        bool all = chosen.Any(i => i.Kind == IndexKind.Clustered);
        switch (statement.Action)
        {
            case "REORGANIZE" or "SET":
                return;
            case "DISABLE" or "REBUILD":
                break;
            default:
                throw SqlErrors.CreateWithState(10638, statement.Action == "RESUME" ? (byte)1 : (byte)2, statement.Action, chosen[0].Name, view.Name);
        }

        bool disables = statement.Action == "DISABLE";
        if (!all && !disables && rows.RowStore.IsDisabled)
        {
            throw SqlErrors.Create(1987, "rebuild", "index", chosen[0].Name, "view", view.Name, "clustered index");
        }

        ImmutableArray<IndexDefinition> indexes = [.. rows.Indexes.Select(i =>
            disables ? i with { IsDisabled = i.IsDisabled || all || chosen.Contains(i) } : chosen.Contains(i) ? i with { IsDisabled = false } : i)];
        IStoreConnection store = _session.StoreFor(rows);
        foreach (IndexDefinition index in rows.Indexes.Where(i => all || chosen.Contains(i)))
        {
            store.ClearTree(index.TreeId);
        }

        _editor.Put(view with { Materialized = rows with { Indexes = indexes }, ModifyDate = _editor.Now });
        if (disables)
        {
            return;
        }

        ModuleDefinition changed = Catalog.Find<ModuleDefinition>(view.ObjectId)!;
        if (all)
        {
            FillRows(changed);
            return;
        }

        chosen.ForEach(i => IndexedViewPlan.Access(_session, changed).Build(changed.Materialized!.Indexes.First(c => c.IndexId == i.IndexId)));
    }
}
