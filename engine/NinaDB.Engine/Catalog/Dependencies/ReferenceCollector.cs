using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Catalog.Dependencies;

/// <summary>
/// Finds what modules and tables refer to: names from their text, columns from binding each statement. A statement that cannot be bound gives its names alone.
/// </summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/system-dynamic-management-views/sys-dm-sql-referenced-entities-transact-sql</remarks>
internal sealed class ReferenceCollector
{
    private readonly EngineSession _session;
    private readonly CatalogSnapshot _catalog;
    private readonly string? _schema;
    private readonly HashSet<string> _local = new(StringComparer.OrdinalIgnoreCase) { "inserted", "deleted" };
    private readonly Dictionary<string, EntityReference> _found = new(StringComparer.OrdinalIgnoreCase);

    private ReferenceCollector(EngineSession session, string? schema)
    {
        _session = session;
        _catalog = session.Catalog;
        _schema = schema;
    }

    /// <summary>A statement could not be bound: column dependencies may be missing (error 2020).</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>What a module refers to.</summary>
    /// <param name="withColumns">Binds the statements to find the columns; without, names are enough.</param>
    public static (IReadOnlyCollection<EntityReference> References, bool IsIncomplete) Of(EngineSession session, ModuleDefinition module, bool withColumns)
    {
        if (module.External is not null)
        {
            return ([], false);
        }

        var collector = new ReferenceCollector(session, session.Catalog.SchemaName(module.SchemaId));
        IReadOnlyList<Statement> statements = Parser.ParseBatch(module.Text, new ParseOptions(module.UsesQuotedIdentifier)).Statements;
        foreach (SyntaxNode node in SyntaxWalker.Descendants(statements))
        {
            if (node is CommonTableExpression cte)
            {
                collector._local.Add(cte.Name);
            }
        }

        Statement definition = statements[0];
        collector.Names(definition);
        if (withColumns)
        {
            collector.Bind(module, definition);
        }

        return (collector._found.Values, collector.IsIncomplete);
    }

    /// <summary>What the expressions of a table refer to: its own columns, functions. Each with the id of the referencing entity, a constraint or the table.</summary>
    public static IEnumerable<(int ReferencingId, EntityReference Reference)> Of(EngineSession session, TableDefinition table)
    {
        foreach (ColumnDefinition column in table.Columns)
        {
            if (column.ComputedText is { } text)
            {
                foreach (EntityReference reference in OfExpression(session, table, Execution.Ddl.DdlExpressions.Parse(text), column.ColumnId))
                {
                    yield return (table.ObjectId, reference);
                }
            }

            if (column.Default is { } value)
            {
                foreach (EntityReference reference in OfExpression(session, table, Execution.Ddl.DdlExpressions.Parse(value.Text), 0))
                {
                    yield return (value.ObjectId, reference);
                }
            }
        }

        foreach (CheckDefinition check in table.Checks)
        {
            foreach (EntityReference reference in OfExpression(session, table, Execution.Ddl.DdlExpressions.ParseCondition(check.Text), 0))
            {
                yield return (check.ObjectId, reference);
            }
        }
    }

    private static IEnumerable<EntityReference> OfExpression(EngineSession session, TableDefinition table, SyntaxNode expression, int minorId)
    {
        CatalogSnapshot catalog = session.Catalog;
        string schema = catalog.SchemaName(table.SchemaId) ?? "dbo";
        var own = new EntityReference { Name = table.Name, Schema = schema, Id = table.ObjectId, ReferencingMinorId = minorId, IsColumnsOnly = true };
        foreach (string name in SyntaxWalker.ColumnNames(expression))
        {
            if (table.FindColumn(name) is >= 0 and int ordinal)
            {
                own.Column(table.Columns[ordinal].ColumnId, table.Columns[ordinal].Name).IsSelected = true;
            }
        }

        if (own.Columns.Count > 0)
        {
            yield return own;
        }

        foreach (FunctionCallExpression call in SyntaxWalker.Descendants(expression).OfType<FunctionCallExpression>().Where(c => c.Name.Parts.Count > 1))
        {
            yield return new EntityReference
            {
                Name = call.Name.Name, Schema = call.Name.Schema, Id = catalog.Find(call.Name.Schema ?? schema, call.Name.Name)?.ObjectId, ReferencingMinorId = minorId, IsSelected = true,
            };
        }
    }

    /// <summary>Names of a statement and everything in it.</summary>
    private void Names(Statement root)
    {
        foreach (SyntaxNode node in SyntaxWalker.Descendants(root))
        {
            switch (node)
            {
                case NamedTableSource source:
                    Note(source.Name);
                    break;
                case FunctionTableSource { Call.Name.Parts.Count: > 1 } source:
                    Note(source.Call.Name);
                    break;
                case FunctionCallExpression { Name.Parts.Count: > 1 } call:
                    Note(call.Name);
                    break;
                case ExecuteStatement { Procedure: { } procedure }:
                    Note(procedure, isCalled: true);
                    break;
                case NextValueForExpression next:
                    Note(next.Sequence);
                    break;
                case VectorSearchTableSource search:
                    Note(search.Table);
                    break;
                case TruncateTableStatement truncate:
                    if (Note(truncate.Table) is { } emptied)
                    {
                        emptied.IsUpdated = true;
                    }

                    break;
                case DataTypeSyntax type when _catalog.FindType(type.Name.Schema, type.Name.Name) is { UserTypeId: > 256 } known:
                    _found.TryAdd("type " + type.Name, new EntityReference { Name = type.Name.Name, Schema = type.Name.Schema, Class = EntityReference.TypeClass, Id = known.UserTypeId });
                    break;
            }
        }

        Uses(root);
    }

    /// <summary>Who reads and who writes: targets of changes, sources of queries, stars.</summary>
    private void Uses(Statement root)
    {
        var targets = new HashSet<SyntaxNode>(ReferenceEqualityComparer.Instance);
        foreach (DmlStatement change in SyntaxWalker.Descendants(root).OfType<DmlStatement>())
        {
            targets.Add(change.Target);
            IReadOnlyList<TableSource> from = change switch { UpdateStatement u => u.From, DeleteStatement d => d.From, _ => [] };
            NamedTableSource? aliased = change.Target is NamedTableSource { Name.Parts.Count: 1 } alias
                ? SyntaxWalker.Descendants(from).OfType<NamedTableSource>().FirstOrDefault(s => string.Equals(s.Alias, alias.Name.Name, StringComparison.OrdinalIgnoreCase))
                : null;
            if (Note((aliased ?? change.Target as NamedTableSource)?.Name) is not { } target)
            {
                continue;
            }

            target.IsUpdated = true;
            if (change is InsertStatement insert)
            {
                target.IsInsertAll |= insert.Columns.Count == 0;
                Update(target, insert.Columns);
            }
            else if (change is UpdateStatement update)
            {
                Update(target, update.Set.Select(s => s.Column?.Name).OfType<string>());
            }
            else if (change is MergeStatement merge)
            {
                foreach (MergeClause clause in merge.Clauses)
                {
                    Update(target, [.. clause.Set?.Select(s => s.Column?.Name).OfType<string>() ?? [], .. clause.InsertColumns ?? []]);
                }
            }
        }

        foreach (NamedTableSource source in SyntaxWalker.Descendants(root).OfType<NamedTableSource>().Where(s => !targets.Contains(s)))
        {
            if (Note(source.Name) is { } read)
            {
                read.IsSelected = true;
            }
        }

        foreach (SelectQuery query in SyntaxWalker.Descendants(root).OfType<SelectQuery>())
        {
            foreach (StarItem star in query.Items.OfType<StarItem>())
            {
                foreach (NamedTableSource source in SourcesOf(query.From))
                {
                    if ((star.Qualifier.Count == 0 || string.Equals(star.Qualifier[^1], source.Alias ?? source.Name.Name, StringComparison.OrdinalIgnoreCase)) && Note(source.Name) is { } all)
                    {
                        all.IsSelectAll = true;
                    }
                }
            }
        }
    }

    /// <summary>Tables of a FROM clause, those in its joins too, not those of queries in it.</summary>
    private static IEnumerable<NamedTableSource> SourcesOf(IEnumerable<TableSource> from) =>
        from.SelectMany(source => source is DerivedTableSource ? [] : SyntaxWalker.Descendants(source).OfType<NamedTableSource>());

    private void Update(EntityReference target, IEnumerable<string> columns)
    {
        if (target.Id is not { } id || _catalog.Find(id) is not { } found)
        {
            return;
        }

        foreach (string name in columns)
        {
            if (ColumnOf(found, name) is var (columnId, columnName))
            {
                target.Column(columnId, columnName).IsUpdated = true;
            }
        }
    }

    private static (int, string)? ColumnOf(CatalogObject found, string name)
    {
        switch (found)
        {
            case TableDefinition table when table.FindColumn(name) is >= 0 and int ordinal:
                return (table.Columns[ordinal].ColumnId, table.Columns[ordinal].Name);
            case ModuleDefinition module:
                int at = module.Columns.ToList().FindIndex(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase));
                return at < 0 ? null : (at + 1, module.Columns[at].Name);
            default:
                return null;
        }
    }

    /// <summary>The reference behind a name; null for temporary tables, common table expressions and the tables of triggers.</summary>
    private EntityReference? Note(ObjectName? name, bool isCalled = false)
    {
        if (name is null || name.Name.StartsWith('#') || (name.Parts.Count == 1 && _local.Contains(name.Name)))
        {
            return null;
        }

        if (isCalled && (Procedures.SystemProcedures.Find(name.Name) is not null || Procedures.SystemScripts.Find(name.Name) is not null || name.Name.Equals("sp_executesql", StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        string? schema = name.Schema is { Length: > 0 } written ? written : null;
        if (schema is not null && (schema.Equals("sys", StringComparison.OrdinalIgnoreCase) || schema.Equals("INFORMATION_SCHEMA", StringComparison.OrdinalIgnoreCase)) && name.Database is null)
        {
            return null;
        }

        string key = $"{name.Server}|{name.Database}|{schema}|{name.Name}";
        if (_found.TryGetValue(key, out EntityReference? known))
        {
            return known;
        }

        bool isElsewhere = name.Server is not null || (name.Database is { } database && !database.Equals(_catalog.DatabaseName, StringComparison.OrdinalIgnoreCase));
        bool isCallerDependent = isCalled && schema is null;
        CatalogObject? found = isElsewhere ? null : _catalog.Find(schema ?? _schema ?? "dbo", name.Name) ?? (schema is null ? _catalog.Find("dbo", name.Name) : null);
        return _found[key] = new EntityReference
        {
            Name = name.Name, Server = name.Server, Database = name.Database, Schema = schema, Id = isCallerDependent ? null : found?.ObjectId, IsCallerDependent = isCallerDependent, AllColumnsFound = found is not null || isCalled,
        };
    }

    /// <summary>Binds each statement of a module and notes the columns it uses.</summary>
    private void Bind(ModuleDefinition module, Statement definition)
    {
        switch (definition)
        {
            case CreateViewStatement view:
                BindQuery(view.Query, new VariableMap());
                break;
            case CreateFunctionStatement { Kind: FunctionKind.InlineTable, InlineQuery: { } query }:
                var variables = new VariableMap();
                foreach (ParameterDefinition parameter in module.Parameters)
                {
                    variables.Add(parameter.Name, parameter.Type, null);
                }

                BindQuery(query, variables);
                break;
            default:
                BindOperations(module);
                break;
        }
    }

    private void BindQuery(SelectStatement query, VariableMap variables)
    {
        var context = new CompilationContext(_session, _catalog, variables) { ModuleSchema = _schema };
        try
        {
            QueryCompiler.Compile(query, context);
            Take(context.Access);
        }
        catch (SqlErrorException)
        {
            IsIncomplete = true;
        }
    }

    private void BindOperations(ModuleDefinition module)
    {
        Routine routine;
        try
        {
            routine = RoutineCompiler.Module(_session, module);
        }
        catch (SqlErrorException)
        {
            IsIncomplete = true;
            return;
        }

        foreach (Operation operation in routine.Operations)
        {
            try
            {
                if (operation.Analyze(_session, routine) is { } access)
                {
                    Take(access);
                }
            }
            catch (SqlErrorException)
            {
                IsIncomplete = true;
            }
        }
    }

    private void Take(StatementAccess access)
    {
        foreach (EntityReference reference in _found.Values)
        {
            if (reference.Id is not { } id || _catalog.Find(id) is not { } found)
            {
                continue;
            }

            foreach (string name in access.UsedColumns(id))
            {
                if (ColumnOf(found, name) is var (columnId, columnName))
                {
                    reference.Column(columnId, columnName).IsSelected = true;
                }
            }
        }
    }
}
