using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>Views as sources, and what a change through them would reach.</summary>
internal sealed partial class QueryBinder
{
    private BoundSource BindView(ModuleDefinition view, string schema, NamedTableSource syntax)
    {
        if (syntax.Hints.Contains("NOEXPAND"))
        {
            TableDefinition rows = view.Materialized ?? throw SqlErrors.Create(8171, "noexpand", $"{schema}.{view.Name}");
            RequireEnabled(rows);
            BoundSource stored = BindTable(rows, syntax, schema, null);
            return _expanding == 0 ? stored with { Sources = [stored.Sources[0] with { Securable = view }] } : stored;
        }

        CreateViewStatement definition = ModuleSyntax.View(view);
        string alias = syntax.Alias ?? view.Name;
        SystemTimeClause? outer = _systemTime;
        _systemTime = syntax.SystemTime is null || outer is null ? syntax.SystemTime ?? outer : throw SqlErrors.Create(13590, $"{_context.Catalog.DatabaseName}.{schema}.{view.Name}");
        BoundSelect query;
        int firstTable = _tableCount;
        try
        {
            query = Expand(view, schema, () => Bind(definition.Query.Query, definition.Query.With, null, QueryPlace.Table));
        }
        catch (SqlErrorException error) when (error.Error.Number is 207 or 208)
        {
            // What the view was made of is gone.
            throw SqlErrors.CreateAfter(new SqlErrorException(error.Error with { Procedure = view.Name, Line = 1 }, error), 4413, syntax.Name.ToString());
        }
        finally
        {
            _systemTime = outer;
        }

        if (query.Target is { } target)
        {
            query = query.WithTarget(TargetOf(view, schema, target, query, firstTable));
        }

        IReadOnlyList<string>? names = definition.Columns.Count > 0 ? definition.Columns : null;
        BoundSource source = Expose(query, names is null ? alias : view.Name, syntax.Alias is null ? schema : null, names);
        if (view.Columns.Length > 0 && source.Sources[0].Columns.Count > view.Columns.Length)
        {
            // SELECT * was expanded when the view was created: columns added to the table since are not part of it.
            ScopeSource all = source.Sources[0];
            source = source with { Sources = [all with { Columns = all.Columns.Take(view.Columns.Length).ToArray() }] };
        }

        if (_expanding == 0)
        {
            source = source with { Sources = [source.Sources[0] with { Securable = view }] };
        }

        return syntax.ColumnAliases is null && names is null ? source : Rename(source, alias, syntax.ColumnAliases);
    }

    /// <summary>What changing rows through a view means: its INSTEAD OF trigger comes before what it reads, and WITH CHECK OPTION is remembered.</summary>
    private SourceTarget TargetOf(ModuleDefinition view, string schema, SourceTarget target, BoundSelect query, int firstTable)
    {
        if (_context.ChangeEvents.Count > 0
            && _context.Session.CatalogOf(view).TriggersOn(view.ObjectId).Any(t => t is { IsInsteadOf: true, IsDisabled: false } && _context.ChangeEvents.Any(t.TriggerEvents.Contains)))
        {
            return new SourceTarget([new TargetTable([.. query.Columns.Take(view.Columns.Length).Select(c => c.Register)], firstTable) { View = view }]);
        }

        return view.WithCheckOption
            ? target with { Checks = [.. target.Checks, new CheckedView(view, schema, 0, target.Tables.Count, firstTable)] }
            : target;
    }

    private static BoundSource Rename(BoundSource source, string alias, IReadOnlyList<string>? names)
    {
        ScopeSource only = source.Sources[0];
        if (names is not null && names.Count != only.Columns.Count)
        {
            throw SqlErrors.Create(names.Count < only.Columns.Count ? 8158 : 8159, alias);
        }

        return source with { Sources = [only with { Alias = alias, Columns = names is null ? only.Columns : only.Columns.Select((c, i) => c with { Name = names[i] }).ToArray() }] };
    }

    /// <summary>Binds the body of a view or inline function: names in it resolve from its own schema.</summary>
    private T Expand<T>(ModuleDefinition module, string schema, Func<T> bind)
    {
        if (++_nesting > MaximumNesting)
        {
            throw SqlErrors.Create(217, 32);
        }

        using CompilationContext.NameScope scope = _context.In(module.DatabaseId);

        (string? previous, int? previousOwner) = (_schema, _owner);
        _schema = schema;
        _owner = _context.Catalog.SchemasByName.GetValueOrDefault(schema)?.OwnerId;
        _expanding++;
        try
        {
            return bind();
        }
        finally
        {
            _expanding--;
            (_schema, _owner) = (previous, previousOwner);
            _nesting--;
        }
    }

    /// <summary>Register of the row locator of a table behind a source, allocated when first asked for.</summary>
    private int ResolveLocator(ScopeSource source, int table) => source.Target is { Obstacle: TargetObstacle.None } target && target.Tables[table].Relation is { } relation
        ? relation.LocatorRegister ??= _context.AllocateRegister()
        : throw SqlErrors.Create(4405, source.Alias);

    /// <summary>Binds FROM alone and finds the source that a statement changes rows through.</summary>
    public BoundTarget DescribeTarget(IReadOnlyList<TableSource> from, IReadOnlyList<CommonTableExpression> with, string alias)
    {
        var scope = new BindingScope(_context, BindWith(with, null));
        BindFrom(from, scope, out _);
        return TargetIn(scope, alias);
    }

    /// <summary>The source that the statement bound last changes rows through.</summary>
    public BoundTarget TargetOf(string alias) => TargetIn(_statementScope!, alias);

    private BoundTarget TargetIn(BindingScope scope, string alias) =>
        new(scope.Sources.First(s => string.Equals(s.Alias, alias, StringComparison.OrdinalIgnoreCase)), _derivations);
}
