using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>
/// The target of UPDATE, DELETE or MERGE as a source of the query that finds the rows: a base table under its alias; or an updatable view or CTE over one base
/// table, rewritten as a derived table that also delivers the base row and its locator.
/// </summary>
internal sealed class DmlSource
{
    private const string LocatorName = "<locator>";

    public required DmlTarget Target { get; init; }

    /// <summary>FROM of the query.</summary>
    public required IReadOnlyList<TableSource> From { get; init; }

    /// <summary>Name that the target's columns are qualified with.</summary>
    public required string Alias { get; init; }

    public bool IsDerived { get; private init; }

    /// <summary>View or CTE column to base ordinal; null for a base table.</summary>
    private IReadOnlyDictionary<string, int>? ColumnMap { get; init; }

    /// <summary>A join may deliver a target row more than once.</summary>
    public bool MayRepeat => From.Count > 1 || From[0] is JoinTableSource;

    /// <summary>The view, when its INSTEAD OF trigger does the work.</summary>
    public ModuleDefinition? InsteadOfView { get; init; }

    public Expression Locator(int line) => IsDerived
        ? new ColumnExpression { Qualifier = [Alias], Name = LocatorName, Line = line }
        : new RowLocatorExpression { SourceAlias = Alias, Line = line };

    /// <summary>The target's row as select items, one a column of the base table (or of the view, with an INSTEAD OF trigger).</summary>
    public IEnumerable<SelectItem> RowItems(int line)
    {
        for (int i = 0; i < Target.Shape.Columns.Length; i++)
        {
            string name = IsDerived ? ColumnAlias(i) : Target.Shape.Columns[i].Name;
            yield return new ExpressionItem { Expression = new ColumnExpression { Qualifier = [Alias], Name = name, Line = line, IsImplicit = true }, Line = line };
        }
    }

    /// <summary>A column that is set may be qualified by the target as the statement names it, and by nothing else: error 4104.</summary>
    public void RequireTarget(ColumnExpression column)
    {
        if (column.Qualifier.Count > 0 && !Same(column.Qualifier[^1], Alias) || (column.Qualifier.Count > 1 && IsRenamed))
        {
            throw SqlErrors.Create(4104, string.Join('.', [.. column.Qualifier, column.Name]));
        }
    }

    /// <summary>The view that the statement changes, as it names it; null for other targets.</summary>
    private string? Written { get; init; }

    /// <summary>The target has an alias, which hides its name.</summary>
    private bool IsRenamed => !Same(Alias, Target.Through?.Name ?? Target.View?.Name ?? Target.Shape.Name);

    /// <summary>Base ordinal of a column that SET names. Errors 207, 271, 4406.</summary>
    public int OrdinalOf(string column)
    {
        if (ColumnMap is null)
        {
            int found = Target.Shape.FindColumn(column);
            return found >= 0 ? found : throw SqlErrors.Create(207, column);
        }

        return !ColumnMap.TryGetValue(column, out int ordinal)
            ? throw SqlErrors.Create(207, column)
            : ordinal >= 0 ? ordinal : throw SqlErrors.Create(4406, Written ?? Alias);
    }

    /// <summary>The old value of a column, for compound assignment.</summary>
    public ColumnExpression ColumnOf(int ordinal, int line) => new()
    {
        Qualifier = [Alias],
        Name = IsDerived ? ColumnAlias(ordinal) : Target.Shape.Columns[ordinal].Name,
        Line = line,
    };

    private static string ColumnAlias(int ordinal) => $"<column {ordinal}>";

    /// <summary>Finds what a statement's target names: an alias in FROM, a CTE, a view, or a table.</summary>
    public static DmlSource Resolve(UnitCompiler compiler, DmlStatement statement, IReadOnlyList<TableSource> from, DmlKind kind, string? targetAlias = null)
    {
        TableSource target = statement.Target;
        var sources = new List<TableSource>(from);
        TableSource? inFrom = null;
        if (target is NamedTableSource { Name: var name } && targetAlias is null)
        {
            inFrom = FindAlias(sources, name);
        }
        else if (target is VariableTableSource { Name: var variable })
        {
            inFrom = FindVariable(sources, variable);
        }

        if (inFrom is null)
        {
            inFrom = target;
            sources.Insert(0, target);
        }

        string alias = targetAlias ?? inFrom.Alias ?? inFrom switch
        {
            NamedTableSource n => n.Name.Name,
            VariableTableSource v => v.Name,
            _ => throw SqlErrors.Create(208, "target"),
        };

        SelectQuery? query = null;
        IReadOnlyList<string>? columns = null;
        if (inFrom is NamedTableSource { Name: { Parts.Count: 1 } cteName } && statement.With.FirstOrDefault(c => Same(c.Name, cteName.Name)) is { } cte)
        {
            query = cte.Query as SelectQuery ?? throw SqlErrors.Create(4421, cte.Name);
            columns = cte.Columns;
        }
        else if (inFrom is DerivedTableSource derived)
        {
            query = derived.Query as SelectQuery ?? throw SqlErrors.Create(4421, alias);
            columns = derived.ColumnAliases;
        }
        else
        {
            DmlTarget found = DmlTarget.Resolve(compiler, inFrom);
            if (found.View is null)
            {
                return new DmlSource { Target = found, From = WithAlias(sources, inFrom, targetAlias), Alias = alias };
            }

            if (TableWriter.TriggersOf(compiler.Session.CatalogOf(found.View), found.View.ObjectId).Any(t => t.IsInsteadOf && t.TriggerEvents.Contains(TableWriter.EventOf(kind))))
            {
                return new DmlSource { Target = found, From = WithAlias(sources, inFrom, targetAlias), Alias = alias, InsteadOfView = found.View };
            }

            (query, columns) = ViewQuery(found.View);
            return Derive(compiler, sources, inFrom, alias, query, columns, found.View);
        }

        return Derive(compiler, sources, inFrom, alias, query, columns, null);
    }

    private static ViewCheck? CheckOf(UnitCompiler compiler, ModuleDefinition? view, SelectQuery query, DmlTarget target, string alias) =>
        view is { WithCheckOption: true } && query.Where is { } where ? new ViewCheck(compiler.Session, target.Shape, alias, where) : null;

    /// <summary>The target of an INSERT; through a simple view, its base table and the base names of the columns.</summary>
    public static DmlTarget ResolveInsert(UnitCompiler compiler, TableSource target, IReadOnlyList<string> listed, out IReadOnlyList<string> columns)
    {
        columns = listed;
        DmlTarget found = DmlTarget.Resolve(compiler, target);
        if (found.View is not { } view
            || TableWriter.TriggersOf(compiler.Session.CatalogOf(view), view.ObjectId).Any(t => t.IsInsteadOf && t.TriggerEvents.Contains("INSERT")))
        {
            return found;
        }

        (SelectQuery query, IReadOnlyList<string>? names) = ViewQuery(view);
        (DmlTarget baseTarget, string baseAlias) = BaseOf(compiler, query, NameOf(target), view);
        Dictionary<string, int> map = MapColumns(query, names, baseTarget.Shape, baseAlias);
        var result = new List<string>();
        foreach (string column in listed.Count > 0 ? listed : view.Columns.Select(c => c.Name))
        {
            if (!map.TryGetValue(column, out int ordinal))
            {
                throw SqlErrors.Create(207, column);
            }

            if (ordinal < 0)
            {
                throw SqlErrors.Create(4406, NameOf(target));
            }

            if (listed.Count > 0 || (baseTarget.Shape.Columns[ordinal].Identity is null && !baseTarget.Shape.Columns[ordinal].IsComputed))
            {
                result.Add(baseTarget.Shape.Columns[ordinal].Name);
            }
        }

        columns = result;
        return baseTarget with { Through = view, Check = CheckOf(compiler, view, query, baseTarget, baseAlias) };
    }

    private static DmlSource Derive(UnitCompiler compiler, List<TableSource> sources, TableSource original, string alias, SelectQuery query, IReadOnlyList<string>? names, ModuleDefinition? view)
    {
        (DmlTarget target, string baseAlias) = BaseOf(compiler, query, view is null ? alias : NameOf(original), view);
        int line = query.Line;
        var items = new List<SelectItem> { new ExpressionItem { Expression = new RowLocatorExpression { SourceAlias = baseAlias, Line = line }, Alias = LocatorName, Line = line } };
        for (int i = 0; i < target.Shape.Columns.Length; i++)
        {
            items.Add(new ExpressionItem
            {
                Expression = new ColumnExpression { Qualifier = [baseAlias], Name = target.Shape.Columns[i].Name, Line = line, IsImplicit = true },
                Alias = ColumnAlias(i),
                Line = line,
            });
        }

        int named = 0;
        foreach (SelectItem item in query.Items)
        {
            if (item is ExpressionItem e && names is not null)
            {
                items.Add(new ExpressionItem { Expression = e.Expression, Alias = names[named++], Line = line });
            }
            else
            {
                items.Add(item);
            }
        }

        var derived = new DerivedTableSource
        {
            Line = original.Line,
            Alias = alias,
            DatabaseId = view?.DatabaseId,
            Query = new SelectQuery { Line = line, Items = items, From = query.From, Where = query.Where, Top = query.Top, OrderBy = query.OrderBy, Windows = query.Windows },
        };
        return new DmlSource
        {
            Target = target with { Through = view, Check = CheckOf(compiler, view, query, target, baseAlias) },
            From = [.. sources.Select(s => Replace(s, original, derived))],
            Alias = alias,
            Written = view is null ? null : NameOf(original),
            IsDerived = true,
            ColumnMap = MapColumns(query, names, target.Shape, baseAlias),
        };
    }

    private static string NameOf(TableSource view) => view is NamedTableSource named ? named.Name.ToString() : "";

    /// <summary>The one base table of an updatable query. Errors 4403, 4405, 4421.</summary>
    private static (DmlTarget Target, string Alias) BaseOf(UnitCompiler compiler, SelectQuery query, string name, ModuleDefinition? view)
    {
        if (query.GroupBy.Count > 0 || query.Having is not null || query.IsDistinct)
        {
            throw SqlErrors.Create(4403, name);
        }

        if (query.From is not [var only] || only is not (NamedTableSource or VariableTableSource))
        {
            throw SqlErrors.Create(4405, name);
        }

        using CompilationContext.NameScope scope = compiler.Context.In(view?.DatabaseId ?? compiler.Context.Catalog.DatabaseId);
        DmlTarget target = DmlTarget.Resolve(compiler, only);
        if (target.View is not null)
        {
            throw SqlErrors.NotSupported("changing rows through nested views");
        }

        return (target, only.Alias ?? (only is NamedTableSource n ? n.Name.Name : ((VariableTableSource)only).Name));
    }

    private static (SelectQuery Query, IReadOnlyList<string>? Columns) ViewQuery(ModuleDefinition view)
    {
        var statement = (CreateViewStatement)Syntax.Parser.ParseBatch(view.Text, new Syntax.ParseOptions(view.UsesQuotedIdentifier)).Statements[0];
        if (statement.Query.Query is not SelectQuery query || statement.Query.With.Count > 0)
        {
            throw SqlErrors.Create(4421, view.Name);
        }

        return (query, statement.Columns.Count > 0 ? statement.Columns : null);
    }

    /// <summary>Output name to base ordinal; -1 for columns that are no plain base column.</summary>
    private static Dictionary<string, int> MapColumns(SelectQuery query, IReadOnlyList<string>? names, TableDefinition table, string baseAlias)
    {
        var map = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        int position = 0;
        void Add(string? name, int ordinal)
        {
            string? shown = names is not null && position < names.Count ? names[position] : name;
            position++;
            if (shown is not null)
            {
                map.TryAdd(shown, ordinal);
            }
        }

        foreach (SelectItem item in query.Items)
        {
            switch (item)
            {
                case StarItem:
                    for (int i = 0; i < table.Columns.Length; i++)
                    {
                        if (!table.Columns[i].IsHidden)
                        {
                            Add(table.Columns[i].Name, i);
                        }
                    }

                    break;
                case ExpressionItem { Expression: ColumnExpression column } e when column.Qualifier.Count == 0 || Same(column.Qualifier[^1], baseAlias):
                    Add(e.Alias ?? column.Name, table.FindColumn(column.Name));
                    break;
                case ExpressionItem e:
                    Add(e.Alias, -1);
                    break;
            }
        }

        return map;
    }

    private static TableSource? FindAlias(IReadOnlyList<TableSource> sources, ObjectName name)
    {
        List<TableSource> leaves = [.. sources.SelectMany(Leaves)];
        if (name.Parts.Count == 1 && leaves.FirstOrDefault(s => s.Alias is not null && Same(s.Alias, name.Name)) is { } byAlias)
        {
            return byAlias;
        }

        List<NamedTableSource> byName = [.. leaves.OfType<NamedTableSource>().Where(s =>
            Same(s.Name.Name, name.Name) && (name.Schema is null || s.Name.Schema is null || Same(s.Name.Schema, name.Schema)))];
        if (byName.Count(s => s.Alias is null) == 1)
        {
            return byName.Single(s => s.Alias is null);
        }

        return byName.Count switch
        {
            0 => null,
            1 => byName[0],
            _ => throw SqlErrors.Create(8154, name),
        };
    }

    private static VariableTableSource? FindVariable(IReadOnlyList<TableSource> sources, string variable) =>
        sources.SelectMany(Leaves).OfType<VariableTableSource>().FirstOrDefault(s => Same(s.Name, variable));

    private static IEnumerable<TableSource> Leaves(TableSource source) =>
        source is JoinTableSource join ? Leaves(join.Left).Concat(Leaves(join.Right)) : [source];

    /// <summary>MERGE names its target's alias outside of the source.</summary>
    private static IReadOnlyList<TableSource> WithAlias(List<TableSource> sources, TableSource target, string? alias)
    {
        if (alias is null || Same(target.Alias ?? "", alias))
        {
            return sources;
        }

        TableSource renamed = target switch
        {
            NamedTableSource n => new NamedTableSource { Name = n.Name, Hints = n.Hints, Alias = alias, Line = n.Line },
            VariableTableSource v => new VariableTableSource { Name = v.Name, Alias = alias, Line = v.Line },
            _ => target,
        };
        return [.. sources.Select(s => Replace(s, target, renamed))];
    }

    private static TableSource Replace(TableSource tree, TableSource old, TableSource replacement)
    {
        if (ReferenceEquals(tree, old))
        {
            return replacement;
        }

        return tree is JoinTableSource join
            ? new JoinTableSource
            {
                Kind = join.Kind,
                Left = Replace(join.Left, old, replacement),
                Right = Replace(join.Right, old, replacement),
                On = join.On,
                Hint = join.Hint,
                Line = join.Line,
            }
            : tree;
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
