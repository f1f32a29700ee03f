using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

internal sealed partial class ExpressionBinder
{
    private BoundExpression BindColumn(ColumnExpression expression)
    {
        if (_scope.Context.Report is not { } report)
        {
            return FindAndBind(expression);
        }

        try
        {
            return FindAndBind(expression);
        }
        catch (SqlErrorException error) when (report.Note(error, expression))
        {
            return StandIn;
        }
    }

    /// <summary>Binds an item of a select list, a sort key or the like: what is wrong with it is no reason not to look at the next one.</summary>
    public BoundExpression BindTerm(Expression expression)
    {
        if (_scope.Context.Report is not { } report)
        {
            return Bind(expression);
        }

        report.BeginTerm();
        try
        {
            return Bind(expression);
        }
        catch (SqlErrorException error) when (report.EndTerm(error))
        {
            return StandIn;
        }
    }

    /// <summary>As <see cref="BindTerm(Expression)"/>, for a condition.</summary>
    public BoundPredicate BindTerm(Predicate predicate)
    {
        if (_scope.Context.Report is not { } report)
        {
            return Bind(predicate);
        }

        report.BeginTerm();
        try
        {
            return Bind(predicate);
        }
        catch (SqlErrorException error) when (report.EndTerm(error))
        {
            return new BoundIsNull(StandIn, false);
        }
    }

    /// <summary>Stands for what could not be bound while a report is made.</summary>
    private static BoundConstant StandIn => new(SqlValue.Null, SqlType.Null);

    private BoundExpression FindAndBind(ColumnExpression expression)
    {
        for (BindingScope? scope = _scope; scope is not null; scope = scope.Outer)
        {
            if (FindColumn(scope, expression) is not { } found)
            {
                continue;
            }

            if (found.Column.NodeType is not null && !ReferenceEquals(_nodeColumn, expression))
            {
                throw SqlErrors.Create(493, found.Column.Name).At(expression);
            }

            BoundExpression bound = ColumnOf(scope, expression, found.Source, found.Column);
            RecordOuterReferences(scope, bound);
            return bound;
        }

        return BindUdtProperty(expression) ?? throw Unresolved(expression);
    }

    private static BoundExpression ColumnOf(BindingScope scope, ColumnExpression expression, ScopeSource source, ScopeColumn column)
    {
        if (scope.HidesGraphColumns && !expression.IsImplicit && column.Definition is { GraphType: not 0 } definition && GraphColumns.IsInternal(definition))
        {
            throw SqlErrors.Create(13908, column.Name).At(expression);
        }

        if (source.Securable is { } securable && !expression.IsImplicit)
        {
            scope.Context.Access.UseColumn(securable, column);
        }

        if (scope.GroupingResolver is { } resolver)
        {
            return resolver(expression) ?? throw NotGrouped(scope, source, column).At(expression);
        }

        return column.Computed ?? new BoundColumn(column.Register, column.Type, column.IsNullable, column.Name) { IsCoercible = column.IsCoercible, Label = column.IsCoercible ? CollationLabel.CoercibleDefault : CollationLabel.Implicit };
    }

    private static SqlErrorException NotGrouped(BindingScope scope, ScopeSource source, ScopeColumn column)
    {
        string name = $"{source.WrittenName ?? source.Alias}.{column.Name}";
        return SqlErrors.Create(scope.Clause switch { BindingClause.Having => 8121, BindingClause.OrderBy => 8127, _ => 8120 }, name);
    }

    /// <summary>Tells every scope between here and the one that knows the name that the name crossed it.</summary>
    private void RecordOuterReferences(BindingScope owner, BoundExpression bound)
    {
        if (ReferenceEquals(owner, _scope))
        {
            return;
        }

        HashSet<int> registers = ExpressionInfo.Registers(bound);
        for (BindingScope scope = _scope; !ReferenceEquals(scope, owner); scope = scope.Outer!)
        {
            scope.OuterReferences.UnionWith(registers);
        }
    }

    /// <summary>The column of this scope that a name means, or null when the name has to be looked up further out.</summary>
    private static (ScopeSource Source, ScopeColumn Column)? FindColumn(BindingScope scope, ColumnExpression expression)
    {
        (ScopeSource, ScopeColumn)? found = null;
        bool sourceMatched = false;
        foreach (ScopeSource source in scope.Sources)
        {
            if (!Matches(source, expression.Qualifier))
            {
                continue;
            }

            sourceMatched = true;
            foreach (ScopeColumn column in source.Columns)
            {
                if (!IsNamed(column, expression.Name))
                {
                    continue;
                }

                if (found is not null)
                {
                    throw SqlErrors.Create(209, expression.Name).At(expression);
                }

                found = (source, column);
            }
        }

        if (found is null && scope.PathSources.Exists(s => Matches(s, expression.Qualifier) && s.Columns.Any(c => IsNamed(c, expression.Name))))
        {
            throw SqlErrors.Create(13961, expression.Qualifier.Count > 0 ? expression.Qualifier[^1] : expression.Name).At(expression);
        }

        if (found is null && sourceMatched && expression.Qualifier.Count > 0)
        {
            // The source is the right one and does not have the column: outer blocks are not asked.
            throw SqlErrors.Create(207, expression.Name).At(expression);
        }

        return found;
    }

    private static bool IsNamed(ScopeColumn column, string name)
    {
        if (string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (!name.StartsWith('$'))
        {
            return false;
        }

        // A derived table or view passes a pseudo-column on under its full name.
        if (GraphColumns.IsNamed(column.Name, name))
        {
            return true;
        }

        if (column.Definition is not { } definition)
        {
            return false;
        }

        return name.ToLowerInvariant() switch
        {
            "$identity" => definition.Identity is not null,
            "$rowguid" => definition.IsRowGuid,
            _ => false,
        };
    }

    /// <summary>Whether a column's qualifier means this source.</summary>
    internal static bool Matches(ScopeSource source, IReadOnlyList<string> qualifier)
    {
        if (qualifier.Count == 0)
        {
            return true;
        }

        if (!string.Equals(source.Alias, qualifier[^1], StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        // db..table: an empty schema part means the default schema.
        return qualifier.Count == 1
            || (source.Schema is { } schema && string.Equals(schema, qualifier[^2].Length == 0 ? "dbo" : qualifier[^2], StringComparison.OrdinalIgnoreCase)
                && (qualifier.Count == 2 || source.Database is null || string.Equals(source.Database, qualifier[^3], StringComparison.OrdinalIgnoreCase)));
    }

    private static SqlErrorException Unresolved(ColumnExpression expression) => expression.Qualifier.Count == 0
        ? SqlErrors.Create(207, expression.Name).At(expression)
        : SqlErrors.Create(4104, string.Join('.', expression.Qualifier) + "." + expression.Name).At(expression);

    private BoundExpression BindLocator(RowLocatorExpression expression)
    {
        for (BindingScope? scope = _scope; scope is not null; scope = scope.Outer)
        {
            ScopeSource? source = scope.Sources.Find(s => string.Equals(s.Alias, expression.SourceAlias, StringComparison.OrdinalIgnoreCase));
            if (source is null)
            {
                continue;
            }

            int register = scope.LocatorResolver?.Invoke(source, expression.Table) ?? throw SqlErrors.Create(4104, expression.SourceAlias).At(expression);
            var bound = new BoundColumn(register, SqlType.VarBinaryMax, true, "%%physloc%%");
            RecordOuterReferences(scope, bound);
            return bound;
        }

        throw SqlErrors.Create(4104, expression.SourceAlias).At(expression);
    }

    /// <summary>A column of a table behind a source, whether or not the source shows it.</summary>
    private BoundExpression BindTargetColumn(TargetColumnExpression expression)
    {
        for (BindingScope? scope = _scope; scope is not null; scope = scope.Outer)
        {
            ScopeSource? source = scope.Sources.Find(s => string.Equals(s.Alias, expression.SourceAlias, StringComparison.OrdinalIgnoreCase));
            if (source?.Target is not { } target)
            {
                continue;
            }

            TargetTable table = target.Tables[expression.Table];
            int register = table.Registers[expression.Ordinal];
            SqlType type = table.Relation?.Table.Columns[expression.Ordinal].Type ?? table.View!.Columns[expression.Ordinal].Type;
            var bound = new BoundColumn(register, type, true, "") { Label = CollationLabel.Implicit };
            RecordOuterReferences(scope, bound);
            return bound;
        }

        throw SqlErrors.Create(4104, expression.SourceAlias).At(expression);
    }

    /// <summary>Column metadata behind a bare column reference (FILESTREAM, identity); null for anything else.</summary>
    private ColumnDefinition? DefinitionOf(Expression expression)
    {
        if (expression is ColumnExpression column)
        {
            for (BindingScope? scope = _scope; scope is not null; scope = scope.Outer)
            {
                if (FindColumn(scope, column) is { } found)
                {
                    return found.Column.Definition;
                }
            }
        }

        return null;
    }
}
