using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>
/// The target of a statement that changes rows, as a source of the query that finds them: a base table under its alias; or a view, CTE or derived table, of
/// whose tables one is changed: that of the columns which the statement writes.
/// </summary>
internal sealed class DmlSource
{
    /// <summary>How the view, CTE or derived table is bound; null for a base table.</summary>
    private SourceTarget? _target;
    private ScopeSource? _source;

    /// <summary>Which of its tables changes.</summary>
    private int _table;

    public required DmlTarget Target { get; init; }

    /// <summary>FROM of the query.</summary>
    public required IReadOnlyList<TableSource> From { get; init; }

    /// <summary>Name that the target's columns are qualified with.</summary>
    public required string Alias { get; init; }

    public bool IsDerived => _source is not null;

    /// <summary>A join may deliver a target row more than once.</summary>
    public bool MayRepeat => From.Count > 1 || From[0] is JoinTableSource || _target is { Tables.Count: > 1 };

    /// <summary>The view, when its INSTEAD OF trigger does the work.</summary>
    public ModuleDefinition? InsteadOfView { get; init; }

    /// <summary>The view that the statement changes, as it names it; null for other targets.</summary>
    private string? Written { get; init; }

    /// <summary>The target is a derived table, whose errors have numbers of their own.</summary>
    private bool IsDerivedTable { get; init; }

    /// <summary>The target has an alias, which hides its name.</summary>
    private bool IsRenamed => !Same(Alias, Target.Through?.Name ?? Target.View?.Name ?? Target.Shape.Name);

    public Expression Locator(int line) => new RowLocatorExpression { SourceAlias = Alias, Table = _table, Line = line };

    /// <summary>Locators of every table behind the target: one of them is there wherever the target has a row.</summary>
    public IEnumerable<Expression> Locators(int line) => _target is null
        ? [Locator(line)]
        : Enumerable.Range(0, _target.Tables.Count).Where(t => _target.Tables[t].Relation is not null).Select(t => new RowLocatorExpression { SourceAlias = Alias, Table = t, Line = line });

    /// <summary>The row that changes as select items, one a column of the base table (or of the view, with an INSTEAD OF trigger).</summary>
    public IEnumerable<SelectItem> RowItems(int line)
    {
        for (int i = 0; i < Target.Shape.Columns.Length; i++)
        {
            yield return new ExpressionItem { Expression = ColumnOf(i, line), Alias = "<column>", Line = line };
        }
    }

    /// <summary>The target's own columns as select items, for OUTPUT; none for a base table.</summary>
    public IEnumerable<SelectItem> ViewItems(int line) => _source is null || InsteadOfView is not null
        ? []
        : _source.Columns.Select(c => new ExpressionItem { Expression = new ColumnExpression { Qualifier = [Alias], Name = c.Name, Line = line }, Alias = "<shown>", Line = line });

    /// <summary>Columns that INSERT without a list means; null for those of the base table. Error 4405 where they are of several tables.</summary>
    public IEnumerable<string>? ShownColumns => _source is null ? null
        : _target!.Tables.Count > 1 ? throw Refusal(4405)
        : _source.Columns.Where(c => c.Definition is not { Identity: not null } and not { IsComputed: true }).Select(c => c.Name);

    /// <summary>What OUTPUT shows of a target that is no base table; null for one that is.</summary>
    public ViewRow? OutputRow(BoundTarget bound) => _source is null || InsteadOfView is not null ? null : new ViewRow(bound, _table);

    /// <summary>A column that is set may be qualified by the target as the statement names it, and by nothing else: error 4104.</summary>
    public void RequireTarget(ColumnExpression column) => RequireTarget(column, Alias, IsRenamed);

    private static void RequireTarget(ColumnExpression column, string alias, bool isRenamed)
    {
        if (column.Qualifier.Count > 0 && !Same(column.Qualifier[^1], alias) || (column.Qualifier.Count > 1 && isRenamed))
        {
            throw SqlErrors.Create(4104, string.Join('.', [.. column.Qualifier, column.Name]));
        }
    }

    /// <summary>Base ordinal of a column that the statement writes. Errors 207, 4405 and 4406 (for derived tables 4420 and 4421).</summary>
    public int OrdinalOf(string column)
    {
        if (_target is null)
        {
            int found = Target.Shape.FindColumn(column);
            return found >= 0 ? found : throw SqlErrors.Create(207, column);
        }

        ScopeColumn shown = FindShown(_source!, column);
        (int table, int ordinal) = _target.Find(shown.Register);
        return table == _table ? ordinal : throw Refusal(table < 0 ? 4406 : 4405);
    }

    /// <summary>The old value of a column, for compound assignment.</summary>
    public Expression ColumnOf(int ordinal, int line) => _target is null
        ? new ColumnExpression { Qualifier = [Alias], Name = Target.Shape.Columns[ordinal].Name, Line = line, IsImplicit = true }
        : new TargetColumnExpression { SourceAlias = Alias, Table = _table, Ordinal = ordinal, Line = line };

    private SqlErrorException Refusal(int number) => Refusal(number, Written ?? Alias, IsDerivedTable);

    private static SqlErrorException Refusal(int number, string name, bool isDerivedTable) => SqlErrors.Create(isDerivedTable ? number + 15 : number, name);

    /// <summary>Finds what a statement's target names: an alias in FROM, a CTE, a view, or a table.</summary>
    /// <param name="written">The columns that the statement writes, in its order.</param>
    public static DmlSource Resolve(
        UnitCompiler compiler, DmlStatement statement, IReadOnlyList<TableSource> from, IReadOnlyList<DmlKind> kinds, IReadOnlyList<ColumnExpression> written, string? targetAlias = null)
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
        IReadOnlyList<TableSource> named = WithAlias(sources, inFrom, targetAlias);
        if (inFrom is DerivedTableSource || IsCommonTable(statement, inFrom))
        {
            return Through(compiler, statement, named, alias, inFrom is DerivedTableSource ? alias : NameOf(inFrom), inFrom is DerivedTableSource, null, kinds, written);
        }

        DmlTarget found = DmlTarget.Resolve(compiler, inFrom);
        if (found.View is not { } view)
        {
            return new DmlSource { Target = found, From = named, Alias = alias };
        }

        if (InsteadOf(compiler, view, kinds))
        {
            if (from.Count > 0 && kinds is [DmlKind.Update or DmlKind.Delete])
            {
                throw SqlErrors.Create(kinds[0] == DmlKind.Update ? 4422 : 4423, view.Name);
            }

            return new DmlSource { Target = found, From = named, Alias = alias, InsteadOfView = view };
        }

        return Through(compiler, statement, named, alias, NameOf(inFrom), false, view, kinds, written);
    }

    /// <summary>Whether an enabled INSTEAD OF trigger of a view stands in for an action.</summary>
    private static bool InsteadOf(UnitCompiler compiler, ModuleDefinition view, IReadOnlyList<DmlKind> kinds) =>
        TableWriter.TriggersOf(compiler.Session.CatalogOf(view), view.ObjectId).Any(t => t.IsInsteadOf && kinds.Any(k => k != DmlKind.Merge && t.TriggerEvents.Contains(TableWriter.EventOf(k))));

    /// <summary>The target of an INSERT; through a view or CTE, the table that has the listed columns, and their names there.</summary>
    public static DmlTarget ResolveInsert(UnitCompiler compiler, InsertStatement statement, out IReadOnlyList<string> columns, out ViewRow? shown)
    {
        (columns, shown) = (statement.Columns, null);
        TableSource target = statement.Target;
        ModuleDefinition? view = null;
        if (!IsCommonTable(statement, target))
        {
            DmlTarget found = DmlTarget.Resolve(compiler, target);
            if (found.View is null || InsteadOf(compiler, found.View, [DmlKind.Insert]))
            {
                return found;
            }

            view = found.View;
        }

        string alias = target.Alias ?? ((NamedTableSource)target).Name.Name, name = NameOf(target);
        BoundTarget bound = Bind(compiler, [target], statement.With, alias, [DmlKind.Insert]);
        bool isListed = statement.Columns.Count > 0;
        IReadOnlyList<string> written = isListed ? statement.Columns : statement.IsDefaultValues && bound.Tables.Tables.Count == 1 ? [] : [.. bound.Source.Columns.Select(c => c.Name)];
        if (!isListed && bound.Tables.Tables.Count > 1)
        {
            throw SqlErrors.Create(4405, name);
        }

        int table = Choose(bound, written, [DmlKind.Insert], name, false);
        DmlTarget result = TargetOf(compiler, bound, table, view);
        var names = new List<string>();
        foreach (string column in written)
        {
            ColumnDefinition definition = result.Shape.Columns[bound.Tables.Find(FindShown(bound.Source, column).Register).Ordinal];
            if (isListed || (definition.Identity is null && !definition.IsComputed))
            {
                names.Add(definition.Name);
            }
        }

        columns = names;
        shown = result.View is null ? new ViewRow(bound, table) : null;
        return result;
    }

    private static DmlSource Through(
        UnitCompiler compiler, DmlStatement statement, IReadOnlyList<TableSource> from, string alias, string name, bool isDerivedTable, ModuleDefinition? view, IReadOnlyList<DmlKind> kinds,
        IReadOnlyList<ColumnExpression> written)
    {
        BoundTarget bound = Bind(compiler, from, statement.With, alias, kinds);
        foreach (ColumnExpression column in written)
        {
            RequireTarget(column, alias, !Same(alias, name.Split('.')[^1]));
        }

        int table = Choose(bound, [.. written.Select(c => c.Name)], kinds, name, isDerivedTable);
        DmlTarget target = TargetOf(compiler, bound, table, view);
        if (target.View is not null && bound.Tables.Tables.Count > 1)
        {
            throw SqlErrors.Create(kinds.Contains(DmlKind.Update) ? 414 : 415, target.View.Name);
        }

        return new DmlSource
        {
            Target = target,
            From = from,
            Alias = alias,
            Written = name,
            IsDerivedTable = isDerivedTable,
            InsteadOfView = target.View,
            _target = bound.Tables,
            _source = bound.Source,
            _table = table,
        };
    }

    private static BoundTarget Bind(UnitCompiler compiler, IReadOnlyList<TableSource> from, IReadOnlyList<CommonTableExpression> with, string alias, IReadOnlyList<DmlKind> kinds)
    {
        compiler.Context.ChangeEvents = [.. kinds.Where(k => k != DmlKind.Merge).Select(TableWriter.EventOf)];
        return QueryCompiler.DescribeTarget(from, with, alias, compiler.Context);
    }

    /// <summary>The table that a statement changes: the one that has every column it writes; all of a row goes with DELETE, so there may be one table only.</summary>
    private static int Choose(BoundTarget bound, IReadOnlyList<string> written, IReadOnlyList<DmlKind> kinds, string name, bool isDerivedTable)
    {
        SourceTarget target = bound.Tables;
        if (target.Obstacle == TargetObstacle.SetOperation)
        {
            throw isDerivedTable ? SqlErrors.Create(4417, name) : SqlErrors.Create(4416, name);
        }

        int chosen = -1;
        foreach (string column in written)
        {
            int table = target.Find(FindShown(bound.Source, column).Register).Table;
            if (table < 0 || (chosen >= 0 && chosen != table))
            {
                throw Refusal(table < 0 ? 4406 : 4405, name, isDerivedTable);
            }

            chosen = table;
        }

        if (target.Obstacle == TargetObstacle.Grouped)
        {
            throw Refusal(4403, name, isDerivedTable);
        }

        if (kinds is [DmlKind.Delete] && target.Tables.Count > 1)
        {
            throw Refusal(4405, name, isDerivedTable);
        }

        chosen = Math.Max(chosen, 0);
        if (target.Tables.Count == 0 || target.Tables[chosen] is { Relation: null, View: null })
        {
            throw Refusal(4406, name, isDerivedTable);
        }

        if (target.Checks.Count > 0 && kinds is not [DmlKind.Delete])
        {
            if (target.IsLimited)
            {
                throw SqlErrors.Create(4427, name);
            }

            if (target.Tables[chosen].Relation is { } relation && target.Tables.Count(t => t.Relation?.Table.ObjectId == relation.Table.ObjectId) > 1)
            {
                throw SqlErrors.Create(4415, name);
            }
        }

        return chosen;
    }

    private static DmlTarget TargetOf(UnitCompiler compiler, BoundTarget bound, int table, ModuleDefinition? through)
    {
        TargetTable chosen = bound.Tables.Tables[table];
        if (chosen.View is { } view)
        {
            return new DmlTarget(TriggerTables.ShapeFor(view), null, view) { Through = through };
        }

        TableRelation relation = chosen.Relation!;
        VariableInfo? variable = relation.VariableSlot is { } slot ? compiler.Context.Variables.All.First(v => v.Slot == slot) : null;
        if (variable is not null && compiler.IsReadOnly(variable))
        {
            throw SqlErrors.Create(10700, variable.Name);
        }

        return new DmlTarget(relation.Table, variable, null) { Through = through, Check = ViewCheck.For(compiler.Session, bound.Tables, table) };
    }

    private static ScopeColumn FindShown(ScopeSource source, string column) =>
        source.Columns.FirstOrDefault(c => Same(c.Name, column)) ?? throw SqlErrors.Create(207, column);

    private static bool IsCommonTable(DmlStatement statement, TableSource target) =>
        target is NamedTableSource { Name: { Parts.Count: 1 } name } && statement.With.Any(c => Same(c.Name, name.Name));

    private static string NameOf(TableSource view) => view is NamedTableSource named ? named.Name.ToString() : "";

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
