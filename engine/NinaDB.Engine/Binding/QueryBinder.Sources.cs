using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

internal sealed partial class QueryBinder
{
    /// <summary>A bound table source: its relation and the names it exposes.</summary>
    private sealed record BoundSource(Relation Relation, IReadOnlyList<ScopeSource> Sources);

    /// <summary>An item of FROM, between commas.</summary>
    private sealed class FromItem(BoundSource source, bool isPlain)
    {
        public Relation Relation { get; set; } = source.Relation;

        public IReadOnlyList<ScopeSource> Sources { get; } = source.Sources;

        /// <summary>A table, view or derived table by itself, not a join.</summary>
        public bool IsPlain { get; } = isPlain;
    }

    /// <summary>Binds FROM into a block's scope. Items marked FOR PATH are no part of the block's relation: they come in <paramref name="paths"/>.</summary>
    private List<FromItem> BindFrom(IReadOnlyList<TableSource> from, BindingScope scope, out List<FromItem> paths)
    {
        // What stands in FROM sees the outer blocks, but not its neighbours (APPLY apart).
        var lateral = new BindingScope(_context, scope.Outer);
        var items = new List<FromItem>(from.Count);
        paths = [];
        foreach (TableSource syntax in from)
        {
            BoundSource source = BindSource(syntax, lateral);
            CheckNames(scope.Sources, source.Sources);
            CheckNames(scope.PathSources, source.Sources);
            (syntax.IsForPath ? scope.PathSources : scope.Sources).AddRange(source.Sources);
            (syntax.IsForPath ? paths : items).Add(new FromItem(source, syntax is NamedTableSource or DerivedTableSource));
        }

        scope.OuterReferences.UnionWith(lateral.OuterReferences);
        return items;
    }

    private static Relation Join(List<FromItem> items)
    {
        Relation? relation = null;
        foreach (FromItem item in items)
        {
            relation = relation is null ? item.Relation : new JoinRelation(RelationJoinKind.Inner, relation, item.Relation, null, isApply: false);
        }

        return relation ?? new SingleRowRelation();
    }

    /// <param name="lateral">What expressions inside the source may refer to: outer blocks, and the left side of an APPLY.</param>
    private BoundSource BindSource(TableSource syntax, BindingScope lateral)
    {
        if (syntax is not JoinTableSource && ++_context.SourceCount > MaximumSources)
        {
            throw SqlErrors.Create(8623);
        }

        return BindKind(syntax, lateral);
    }

    private BoundSource BindKind(TableSource syntax, BindingScope lateral) => syntax switch
    {
        NamedTableSource named => BindNamed(named, lateral),
        VariableTableSource variable => BindVariable(variable),
        DmlTableSource change => BindNestedChange(change),
        DerivedTableSource derived => BindDerived(derived, lateral),
        JoinTableSource join => BindJoin(join, lateral),
        FunctionTableSource function => BindFunction(function, lateral),
        OpenJsonTableSource json => BindOpenJson(json, lateral),
        OpenRowsetBulkSource bulk => BindBulk(bulk),
        VectorSearchTableSource search => BindVectorSearch(search, lateral),
        PivotTableSource pivot => BindPivot(pivot, lateral),
        UnpivotTableSource unpivot => BindUnpivot(unpivot, lateral),
        MethodTableSource method => BindNodes(method, lateral),
        OpenXmlTableSource xml => BindOpenXml(xml, lateral),
        _ => throw SqlErrors.NotSupported(syntax.GetType().Name),
    };

    private static void CheckNames(IReadOnlyList<ScopeSource> known, IReadOnlyList<ScopeSource> added)
    {
        foreach (ScopeSource source in added)
        {
            foreach (ScopeSource other in known)
            {
                if (source.Alias.Length == 0 || !string.Equals(source.Alias, other.Alias, StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }

                if (source.Schema is null && other.Schema is null)
                {
                    throw SqlErrors.Create(1011, source.Alias);
                }

                if (source.Schema is not null && other.Schema is not null)
                {
                    if (string.Equals(source.Schema, other.Schema, StringComparison.OrdinalIgnoreCase) && string.Equals(source.Database, other.Database, StringComparison.OrdinalIgnoreCase))
                    {
                        throw SqlErrors.Create(1013, Exposed(other), Exposed(source));
                    }

                    continue;
                }

                throw SqlErrors.Create(1012, source.Schema is null ? source.Alias : other.Alias, Exposed(source.Schema is null ? other : source));
            }
        }

        static string Exposed(ScopeSource source) => source.Schema is null ? source.Alias : $"{source.Schema}.{source.Alias}";
    }

    private BoundSource BindJoin(JoinTableSource join, BindingScope lateral)
    {
        BoundSource left = BindSource(join.Left, lateral);
        if (join.Kind is JoinKind.CrossApply or JoinKind.OuterApply)
        {
            return BindApply(join, left, lateral);
        }

        BoundSource right = BindSource(join.Right, lateral);
        CheckNames(left.Sources, right.Sources);
        IReadOnlyList<ScopeSource> leftNames = join.Kind is JoinKind.RightOuter or JoinKind.FullOuter ? Nullable(left.Sources) : left.Sources;
        IReadOnlyList<ScopeSource> rightNames = join.Kind is JoinKind.LeftOuter or JoinKind.FullOuter ? Nullable(right.Sources) : right.Sources;
        BoundPredicate? on = null;
        if (join.On is not null)
        {
            var scope = new BindingScope(_context, lateral) { Clause = BindingClause.On };
            scope.Sources.AddRange(left.Sources);
            scope.Sources.AddRange(right.Sources);
            on = BindOn(join, scope);
        }

        bool isSwapped = join.Kind == JoinKind.RightOuter;
        var relation = new JoinRelation(
            join.Kind switch
            {
                JoinKind.LeftOuter or JoinKind.RightOuter => RelationJoinKind.Left,
                JoinKind.FullOuter => RelationJoinKind.Full,
                _ => RelationJoinKind.Inner,
            },
            isSwapped ? right.Relation : left.Relation,
            isSwapped ? left.Relation : right.Relation,
            on,
            isApply: false)
        {
            Hint = join.Hint,
        };
        return new BoundSource(relation, [.. leftNames, .. rightNames]);
    }

    private BoundSource BindApply(JoinTableSource join, BoundSource left, BindingScope lateral)
    {
        var scope = new BindingScope(_context, lateral);
        scope.Sources.AddRange(left.Sources);
        BoundSource right = WithoutPaths(13956, () => BindSource(join.Right, scope));
        CheckNames(left.Sources, right.Sources);
        bool isOuter = join.Kind == JoinKind.OuterApply;
        var relation = new JoinRelation(isOuter ? RelationJoinKind.Left : RelationJoinKind.Inner, left.Relation, right.Relation, null, isApply: true);
        return new BoundSource(relation, [.. left.Sources, .. isOuter ? Nullable(right.Sources) : right.Sources]);
    }

    private static IReadOnlyList<ScopeSource> Nullable(IReadOnlyList<ScopeSource> sources) =>
        sources.Select(s => s with { Columns = s.Columns.Select(c => c.IsNullable ? c : c with { IsNullable = true }).ToArray() }).ToArray();

    private BoundSource BindDerived(DerivedTableSource derived, BindingScope lateral)
    {
        using CompilationContext.NameScope scope = _context.In(derived.DatabaseId ?? _context.Catalog.DatabaseId);
        BoundSelect query = BindQuery(derived.Query, lateral, QueryPlace.Table);
        BoundSource source = Expose(query, derived.Alias ?? "", null, derived.ColumnAliases);
        ScopeSource shown = source.Sources[0];
        if (!query.Columns.Any(c => c.Type.IsString && c.Label == CollationLabel.CoercibleDefault))
        {
            return source;
        }

        return source with { Sources = [shown with { Columns = [.. shown.Columns.Select((c, i) => c with { IsCoercible = query.Columns[i].Label == CollationLabel.CoercibleDefault })] }] };
    }

    /// <summary>Exposes a query's columns under a name; every column must have a name, and each only once.</summary>
    private BoundSource Expose(BoundSelect query, string alias, string? schema, IReadOnlyList<string>? columnAliases)
    {
        if (query.Assignments.Count > 0)
        {
            throw SqlErrors.Create(102, "=");
        }

        if (columnAliases is not null && columnAliases.Count != query.Columns.Count)
        {
            throw SqlErrors.Create(columnAliases.Count < query.Columns.Count ? 8158 : 8159, alias);
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var columns = new ScopeColumn[query.Columns.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            OutputColumn column = query.Columns[i];
            string name = columnAliases?[i] ?? column.Name;
            if (name.Length == 0)
            {
                throw Unnamed(query.Columns, alias);
            }

            if (!names.Add(name))
            {
                throw SqlErrors.Create(8156, name, alias);
            }

            columns[i] = new ScopeColumn(name, column.Type, column.IsNullable, column.Register) { Definition = column.Source is { IsHidden: true } hidden ? hidden with { IsHidden = false } : column.Source };
        }

        return new BoundSource(query.Root, [new ScopeSource(alias, schema, columns) { Table = query.Target?.Single?.Table, Target = query.Target }]);
    }

    /// <summary>Error 8155, once a column without a name.</summary>
    private static SqlErrorException Unnamed(IReadOnlyList<OutputColumn> columns, string alias)
    {
        SqlError[] errors = [.. Enumerable.Range(0, columns.Count).Where(i => columns[i].Name.Length == 0).Select(i => SqlErrors.Create(8155, i + 1, alias).Error)];
        return new SqlErrorException(errors[0]) { Following = errors[1..] };
    }

    private BoundSource BindNamed(NamedTableSource syntax, BindingScope lateral)
    {
        BoundSource source = BindUnsampled(syntax, lateral);
        return syntax.Sample is { } sample ? BindSample(source, syntax.Name, sample, lateral) : source;
    }

    private BoundSource BindUnsampled(NamedTableSource syntax, BindingScope lateral)
    {
        ObjectName name = syntax.Name;
        if (name.Parts.Count == 1)
        {
            if (FindCommonTable(name.Name, lateral) is { } cte)
            {
                return BindCommonTable(cte, syntax.Alias, syntax.ColumnAliases);
            }

            // inserted and deleted are table variables under bare names.
            if (_context.Variables.Find(name.Name) is { Table: { } transition } variable)
            {
                return BindTable(transition, syntax, null, variable.Slot);
            }
        }

        if (TemporaryNames.IsLocal(name.Name))
        {
            TableDefinition? temporary = _context.TemporaryTables?.Invoke(name.Name) ?? _context.Session.FindTable(null, name.Name);
            temporary = temporary ?? throw SqlErrors.CreateWithState(208, 0, name.ToString());
            SystemTimeOf(temporary, syntax);
            return BindTable(temporary, syntax, null, null);
        }

        return BindCatalogObject(name, syntax, lateral);
    }

    private BoundSource BindCatalogObject(ObjectName name, NamedTableSource syntax, BindingScope lateral)
    {
        if (name.Server is not null)
        {
            throw SqlErrors.Create(7202, name.Server);
        }

        if (name.Schema is not null && SystemViews.Find(name.Schema, name.Name) is { } system)
        {
            return BindSystemView(system, syntax, name);
        }

        (CatalogObject? found, string schema) = FindObject(name);
        switch (found)
        {
            case TableDefinition table when _context.Delta is { } delta && delta.TableId == table.ObjectId:
                return BindTable(delta.Rows.Table!, syntax, schema, delta.Rows.Slot);
            case TableDefinition table:
                _context.References.Add(table);
                NoteNamed(table);
                RequireEnabled(table);
                return SystemTimeOf(table, syntax) is { } time ? BindSystemTime(table, syntax, schema, time, lateral) : BindTable(table, syntax, schema, null);
            case ModuleDefinition { Type: ObjectTypes.View } view:
                _context.References.Add(view);
                NoteNamed(view);
                return BindView(view, schema, syntax);
            case SynonymDefinition synonym:
                try
                {
                    using CompilationContext.NameScope scope = _context.In(synonym.DatabaseId);
                    var target = new ObjectName { Parts = Parser.TryParseName(synonym.BaseObjectName) ?? [synonym.BaseObjectName] };
                    if (FindObject(target).Item1 is SynonymDefinition)
                    {
                        throw SqlErrors.Create(470, name.ToString(), target.ToString());
                    }

                    BoundSource behind = BindCatalogObject(target, syntax, lateral);
                    return syntax.Alias is null ? behind with { Sources = [behind.Sources[0] with { Alias = synonym.Name, Schema = schema }] } : behind;
                }
                catch (SqlErrorException error) when (error.Error.Number == 208)
                {
                    throw SqlErrors.Create(5313, name.ToString());
                }
        }

        SystemView? other = SystemViews.FindCompatibility(name.Schema, name.Name);
        if (other is null && DatabaseOf(name) is { } database)
        {
            other = database.DatabaseId switch
            {
                ServerCatalog.MasterId => SystemViews.FindMaster(name.Schema, name.Name),
                ServerCatalog.MsdbId => SystemViews.FindMsdb(name.Schema, name.Name),
                _ => null,
            };
        }

        return other is not null ? BindSystemView(other, syntax, name) : throw SqlErrors.Create(208, name.ToString());
    }

    /// <summary>Error 8655: a table whose clustered index is disabled gives no rows, and takes none.</summary>
    internal static void RequireEnabled(TableDefinition table)
    {
        if (table.DisabledClustered is { } disabled)
        {
            throw SqlErrors.Create(8655, disabled.Name, table.Name);
        }
    }

    /// <summary>The database that a name means; null when it does not exist.</summary>
    private CatalogSnapshot? DatabaseOf(ObjectName name) => name.Database is null ? _context.Catalog : _context.Session.FindDatabase(name.Database);

    public void NoteNamed(CatalogObject found)
    {
        if (_expanding == 0)
        {
            _context.Access.Named.Add(found);
        }
        else if (_unfiltered == 0 && !IsChained(found))
        {
            _context.Access.Unchained.Add(found);
        }
    }

    /// <summary>Whether what a view or function reads has the owner of the view or function.</summary>
    private bool IsChained(CatalogObject found) => found.DatabaseId == _context.Catalog.DatabaseId
        ? _context.Catalog.SchemaOwner(found.SchemaId) == _owner
        : _owner is { } owner && Security.PermissionCheck.IsChained(_context.Catalog, owner, _context.Session.CatalogOf(found), found);

    /// <summary>An object by name: in the module's schema, the user's default schema, then dbo; in the database that the name says.</summary>
    private (CatalogObject? Object, string Schema) FindObject(ObjectName name)
    {
        if (TemporaryNames.IsGlobal(name.Name))
        {
            CatalogSnapshot tempdb = _context.Session.Server.Tempdb;
            _context.Use(tempdb);
            return (tempdb.Find("dbo", name.Name), "dbo");
        }

        if (DatabaseOf(name) is not { } catalog)
        {
            return (null, "");
        }

        bool isOther = catalog.DatabaseId != _context.Catalog.DatabaseId;
        if (isOther)
        {
            _context.Use(catalog);
        }

        if (name.Schema is { } schema)
        {
            return (catalog.Find(schema, name.Name), schema);
        }

        string own = _context.Session.DefaultSchema;
        if (isOther)
        {
            using DatabaseScope scope = _context.Session.In(catalog.DatabaseId);
            own = _context.Session.DefaultSchema;
        }

        foreach (string candidate in new[] { isOther ? own : _schema ?? own, own, "dbo" })
        {
            if (catalog.Find(candidate, name.Name) is { } found)
            {
                return (found, candidate);
            }
        }

        return (null, "dbo");
    }

    private BoundSource BindVariable(VariableTableSource syntax)
    {
        VariableInfo? variable = FindTableVariable(syntax.Name);
        if (variable?.Table is not { } table)
        {
            throw SqlErrors.Create(1087, syntax.Name);
        }

        return BindTable(table, new NamedTableSource { Name = new ObjectName { Parts = [syntax.Name] }, Alias = syntax.Alias, ColumnAliases = syntax.ColumnAliases, Line = syntax.Line }, null, variable.Slot);
    }

    private BoundSource BindTable(TableDefinition table, NamedTableSource syntax, string? schema, int? slot)
    {
        using CompilationContext.NameScope scope = _context.In(table.Storage == TableStorageKind.Durable ? table.DatabaseId : _context.Catalog.DatabaseId);
        CheckHints(table, syntax.Hints);
        if (slot is null && table.Storage == TableStorageKind.Durable && syntax.Hints.Any(h => h is "UPDLOCK" or "XLOCK" or "TABLOCKX"))
        {
            _context.LocksForUpdate = true;
        }

        var registers = new int[table.Columns.Length];
        var columns = new ScopeColumn[registers.Length];
        string alias = syntax.Alias ?? table.Name;
        if (slot is not null && syntax.Alias is null)
        {
            alias = syntax.Name.Name;
        }

        if (syntax.ColumnAliases is { } aliases && aliases.Count != columns.Length)
        {
            throw SqlErrors.Create(aliases.Count < columns.Length ? 8158 : 8159, alias);
        }

        for (int i = 0; i < registers.Length; i++)
        {
            ColumnDefinition column = table.Columns[i];
            registers[i] = _context.AllocateRegister();
            columns[i] = new ScopeColumn(syntax.ColumnAliases?[i] ?? column.Name, column.Type, column.IsNullable, registers[i]) { Definition = column };
            _definitions[registers[i]] = column;
            if (_context.ShowsBaseTables && slot is null)
            {
                _tablesByRegister[registers[i]] = table;
            }

            _sourceNames[registers[i]] = alias;
        }

        var source = new ScopeSource(alias, syntax.Alias is null ? schema ?? (slot is null && table.Name.StartsWith('#') ? "dbo" : null) : null, columns)
        {
            Table = table,
            Database = syntax.Alias is null ? syntax.Name.Database : null,
            Securable = _expanding == 0 && slot is null && table.Storage == TableStorageKind.Durable ? table : null,
            WrittenName = syntax.Alias ?? syntax.Name.ToString(),
            ObjectName = syntax.Name.ToString(),
        };
        int sequence = _tableCount++;
        int given = sequence - _context.FirstGiven;
        if (given >= 0 && given < _context.GivenCount)
        {
            var row = new ProducedRelation(table.Name, registers, [], (context, _) => context.Variables.GivenRows![given] is { } values ? [values] : []) { EstimatedRows = 1 };
            return new BoundSource(AddComputedColumns(row, table, registers, source), [source]);
        }

        if (slot == NoRows)
        {
            return new BoundSource(AddComputedColumns(new ProducedRelation(table.Name, registers, [], (_, _) => []), table, registers, source), [source]);
        }

        var relation = new TableRelation(table, registers)
        {
            VariableSlot = slot,
            Hints = syntax.Hints,
            Name = schema is null ? table.Name : $"{schema}.{table.Name}",
            Alias = alias,
            Security = slot is null ? BindRowFilters(table, source) : [],
        };
        source = source with { Target = new SourceTarget([new TargetTable(registers, sequence) { Relation = relation }]) };
        if (slot is null || syntax.Name.Name.StartsWith('@'))
        {
            _context.MaskTable(table, registers);
        }

        NoteGraphColumns(table, registers);
        return new BoundSource(AddComputedColumns(relation, table, registers, source), [source]);
    }

    /// <summary>Computed columns that are not stored are computed above the table, under the registers of their columns.</summary>
    private Relation AddComputedColumns(Relation relation, TableDefinition table, int[] registers, ScopeSource source)
    {
        List<ComputedColumn>? computed = null;
        for (int i = 0; i < table.Columns.Length; i++)
        {
            ColumnDefinition column = table.Columns[i];
            if (column.IsComputed && !column.IsPersisted)
            {
                var scope = new BindingScope(_context);
                scope.Sources.Add(source);
                var binder = new ExpressionBinder(scope, this);
                (computed ??= []).Add(new ComputedColumn(registers[i], binder.Coerce(binder.Bind(ModuleSyntax.Expression(column.ComputedText!)), column.Type)));
            }
        }

        return computed is null ? relation : new ProjectRelation(relation, computed);
    }

    private void CheckHints(TableDefinition table, IReadOnlyList<string> hints)
    {
        foreach (string hint in hints)
        {
            if (!hint.StartsWith("INDEX", StringComparison.Ordinal))
            {
                continue;
            }

            foreach (string index in IndexesOf(hint))
            {
                if (int.TryParse(index, out int id) ? id > 1 && !table.Indexes.Any(i => i.IndexId == id) : !table.Indexes.Any(i => string.Equals(i.Name, index, StringComparison.OrdinalIgnoreCase)))
                {
                    throw SqlErrors.Create(int.TryParse(index, out _) ? 307 : 308, index, _context.Catalog.QualifiedName(table));
                }

                if (table.Indexes.FirstOrDefault(i => i.IsDisabled && (string.Equals(i.Name, index, StringComparison.OrdinalIgnoreCase) || (int.TryParse(index, out int number) && i.IndexId == number))) is { } disabled)
                {
                    throw SqlErrors.Create(315, disabled.Name, _context.Catalog.QualifiedName(table));
                }
            }
        }
    }

    /// <summary>Names or ids inside an INDEX(...) hint.</summary>
    internal static IEnumerable<string> IndexesOf(string hint) =>
        hint["INDEX".Length..].Trim('(', ')', '=', ' ').Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(n => n.Trim('[', ']', '"'));

    /// <summary>The OUTPUT rows of the changing statement inside an INSERT, which has run when they are read. Anywhere else it is error 10729.</summary>
    private BoundSource BindNestedChange(DmlTableSource syntax)
    {
        IReadOnlyList<ResultColumn> columns = _context.NestedColumns ?? throw SqlErrors.Create(10729);
        return Produce(
            syntax.Alias!, null, [.. columns.Select(c => new ResultColumnDefinition(c.Name, c.Type, c.IsNullable))], [], (context, _) => context.Session.NestedRows, syntax.ColumnAliases, 100, syntax.Alias!);
    }

    /// <param name="name">As written: its database is where the view is read.</param>
    private BoundSource BindSystemView(SystemView view, NamedTableSource syntax, ObjectName name)
    {
        CatalogSnapshot database = DatabaseOf(name) ?? throw SqlErrors.Create(208, name.ToString());
        Func<Session.EngineSession, IEnumerable<SqlValue[]>> rows = view.Rows;
        if (database.DatabaseId != _context.RootDatabaseId)
        {
            int databaseId = database.DatabaseId;
            rows = session => session.RowsIn(databaseId, view);
        }

        return Produce(syntax.Alias ?? view.Name, syntax.Alias is null ? view.Schema : null, view.Columns, [], (context, _) => rows(context.Session), syntax.ColumnAliases, 100, view.Name);
    }

    /// <summary>A source whose rows code makes.</summary>
    private BoundSource Produce(
        string alias,
        string? schema,
        IReadOnlyList<ResultColumnDefinition> definition,
        IReadOnlyList<BoundExpression?> arguments,
        RowProducer producer,
        IReadOnlyList<string>? columnAliases,
        double estimate,
        string name)
    {
        if (columnAliases is not null && columnAliases.Count != definition.Count)
        {
            throw SqlErrors.Create(columnAliases.Count < definition.Count ? 8158 : 8159, alias);
        }

        var registers = new int[definition.Count];
        var columns = new ScopeColumn[definition.Count];
        for (int i = 0; i < registers.Length; i++)
        {
            registers[i] = _context.AllocateRegister();
            columns[i] = new ScopeColumn(columnAliases?[i] ?? definition[i].Name, definition[i].Type, definition[i].IsNullable, registers[i]);
            _sourceNames[registers[i]] = alias;
        }

        return new BoundSource(new ProducedRelation(name, registers, arguments, producer) { EstimatedRows = estimate }, [new ScopeSource(alias, schema, columns)]);
    }
}
