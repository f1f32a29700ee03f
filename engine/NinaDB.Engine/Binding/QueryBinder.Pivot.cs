using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

internal sealed partial class QueryBinder
{
    /// <summary>PIVOT: groups by every column that is neither pivoted nor aggregated, with one conditional aggregate a value.</summary>
    private BoundSource BindPivot(PivotTableSource syntax, BindingScope lateral)
    {
        BoundSource source = BindSource(syntax.Source, lateral);
        var scope = new BindingScope(_context, lateral) { Clause = BindingClause.AggregateArgument };
        scope.Sources.AddRange(source.Sources);
        var binder = new ExpressionBinder(scope, this);
        binder.Bind(syntax.PivotColumn);
        var groups = new List<ComputedColumn>();
        var columns = new List<ScopeColumn>();
        foreach (ScopeColumn column in Untouched(source, [syntax.PivotColumn, .. syntax.Aggregate.Arguments]))
        {
            if (!groups.Exists(g => g.Register == column.Register))
            {
                groups.Add(new ComputedColumn(column.Register, new BoundColumn(column.Register, column.Type, column.IsNullable, column.Name) { Label = CollationLabel.Implicit }));
            }

            columns.Add(column);
        }

        var aggregates = new List<AggregateColumn>();
        foreach (string value in syntax.Values)
        {
            var condition = new ComparisonPredicate
            {
                Operator = ComparisonOperator.Equal,
                Left = syntax.PivotColumn,
                Right = new LiteralExpression { Kind = LiteralKind.NationalString, Text = value },
            };
            var call = new FunctionCallExpression
            {
                Name = syntax.Aggregate.Name,
                Line = syntax.Aggregate.Line,
                Arguments = syntax.Aggregate.Arguments.Select((a, i) => i > 0 ? a : new CaseExpression { Whens = [new WhenClause { Condition = condition, Result = a }] }).ToArray(),
            };
            BoundAggregate aggregate = binder.BindAggregate(call) with { IsQuiet = true };
            if (aggregate.Module is { } module && !Clr.ClrHost.IsInvariantToNulls(module, _context.Session.CatalogOf(module)))
            {
                throw SqlErrors.Create(406, module.Name).At(syntax.Aggregate);
            }

            int register = _context.AllocateRegister();
            aggregates.Add(new AggregateColumn(register, aggregate));
            columns.Add(new ScopeColumn(value, aggregate.Type, aggregate.IsNullable, register));
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (ScopeColumn column in columns)
        {
            if (!names.Add(column.Name))
            {
                throw SqlErrors.Create(8156, column.Name, syntax.Alias);
            }
        }

        // With nothing to group by there is a row only if there is input: one constant group instead of none.
        if (groups.Count == 0)
        {
            groups.Add(new ComputedColumn(_context.AllocateRegister(), new BoundConstant(SqlValue.FromInt(1), SqlType.Int)));
        }

        var result = new BoundSource(new AggregateRelation(source.Relation, groups, aggregates), [new ScopeSource(syntax.Alias ?? "", null, columns)]);
        return syntax.ColumnAliases is null ? result : Rename(result, syntax.Alias ?? "", syntax.ColumnAliases);
    }

    /// <summary>UNPIVOT: an apply of (value, name) rows, without the NULL values.</summary>
    private BoundSource BindUnpivot(UnpivotTableSource syntax, BindingScope lateral)
    {
        BoundSource source = BindSource(syntax.Source, lateral);
        var scope = new BindingScope(_context, lateral);
        scope.Sources.AddRange(source.Sources);
        var binder = new ExpressionBinder(scope, this);
        BoundExpression[] values = syntax.Columns.Select(binder.Bind).ToArray();
        SqlType type = values[0].Type;
        for (int i = 1; i < values.Length; i++)
        {
            SqlType other = values[i].Type;
            if (other.Id != type.Id || other.Length != type.Length || other.Precision != type.Precision || other.Scale != type.Scale)
            {
                throw SqlErrors.Create(8167, syntax.Columns[i].Name);
            }
        }

        int valueRegister = _context.AllocateRegister();
        int nameRegister = _context.AllocateRegister();
        var rows = values.Select((v, i) => (IReadOnlyList<BoundExpression>)
            [v, new BoundConstant(SqlValue.FromString(syntax.Columns[i].Name), SqlType.SysName)]).ToArray();
        var value = new BoundColumn(valueRegister, type, true, syntax.ValueColumn);
        Relation unpivoted = new FilterRelation(new ValuesRelation([valueRegister, nameRegister], rows), new BoundIsNull(value, isNegated: true));
        List<ScopeColumn> columns = Untouched(source, syntax.Columns);
        columns.Add(new ScopeColumn(syntax.ValueColumn, type, false, valueRegister));
        columns.Add(new ScopeColumn(syntax.PivotColumn, SqlType.SysName, false, nameRegister));
        var result = new BoundSource(
            new JoinRelation(RelationJoinKind.Inner, source.Relation, unpivoted, null, isApply: true),
            [new ScopeSource(syntax.Alias ?? "", null, columns)]);
        return syntax.ColumnAliases is null ? result : Rename(result, syntax.Alias ?? "", syntax.ColumnAliases);
    }

    /// <summary>Columns that none of the expressions names. Names decide, not registers: two names may stand for one register.</summary>
    private static List<ScopeColumn> Untouched(BoundSource source, IReadOnlyList<Expression> expressions)
    {
        var named = new List<ColumnExpression>();
        foreach (Expression expression in expressions)
        {
            SyntaxTree.Visit(expression, node =>
            {
                if (node is ColumnExpression column)
                {
                    named.Add(column);
                }

                return true;
            });
        }

        var result = new List<ScopeColumn>();
        foreach (ScopeSource each in source.Sources)
        {
            result.AddRange(each.Columns.Where(c => !c.IsHidden && !named.Exists(n => string.Equals(n.Name, c.Name, StringComparison.OrdinalIgnoreCase) && ExpressionBinder.Matches(each, n.Qualifier))));
        }

        return result;
    }
}
