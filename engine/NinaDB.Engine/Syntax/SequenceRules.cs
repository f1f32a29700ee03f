using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>
/// Where NEXT VALUE FOR must not stand. Several rules may forbid one place; the first of them, in the order of <see cref="Rule"/>, is what the error tells. The batch does not
/// run, so no value is taken.
/// </summary>
internal static class SequenceRules
{
    /// <summary>In the server's order of precedence.</summary>
    private enum Rule : byte
    {
        Nested, Aggregate, Combined, Ordered, Clause, Limited, Conditional, Merge, Elsewhere, None,
    }

    private static int NumberOf(Rule rule) => rule switch
    {
        Rule.Nested => 11719,
        Rule.Aggregate => 11725,
        Rule.Combined => 11721,
        Rule.Ordered => 11723,
        Rule.Clause => 11720,
        Rule.Limited => 11739,
        Rule.Conditional => 11741,
        Rule.Merge => 11742,
        _ => 11738,
    };

    /// <summary>Checks the statements of a batch that has such an expression.</summary>
    public static void Check(IEnumerable<Statement> statements)
    {
        foreach (Statement statement in statements)
        {
            Visit(statement, Rule.None, Rule.None);
        }
    }

    private static Rule First(Rule a, Rule b) => a < b ? a : b;

    /// <param name="rule">What forbids the expression here.</param>
    /// <param name="plain">What forbids it here unless it has an OVER of its own.</param>
    private static void Visit(object? node, Rule rule, Rule plain)
    {
        switch (node)
        {
            case NextValueForExpression next:
                Rule broken = next.Over is null ? First(rule, plain) : rule;
                if (broken != Rule.None)
                {
                    throw SqlErrors.Create(NumberOf(broken)).At(next);
                }

                Visit(next.Over, First(rule, Rule.Clause), Rule.None);
                break;
            case SelectQuery select:
                VisitSelect(select, rule, plain);
                break;
            case SetOperationQuery set:
                Rule combined = Limit(set, First(rule, Rule.Combined));
                Visit(set.Left, combined, plain);
                Visit(set.Right, combined, plain);
                Visit(set.OrderBy, First(combined, Rule.Clause), Rule.None);
                break;
            case DerivedTableSource derived:
                Visit(derived.Query, Rule.Nested, Rule.None);
                break;
            case CommonTableExpression common:
                Visit(common.Query, Rule.Nested, Rule.None);
                break;
            case JoinTableSource join:
                Visit(join.Left, rule, plain);
                Visit(join.Right, rule, plain);
                Visit(join.On, First(rule, Rule.Clause), Rule.None);
                break;
            case FunctionCallExpression call:
                Visit(call.Arguments, First(rule, Of(call)), plain);
                Visit(call.Over, First(rule, Rule.Clause), Rule.None);
                Visit(call.WithinGroup, First(rule, Rule.Clause), Rule.None);
                break;
            case CaseExpression or IifExpression:
                VisitChildren((SyntaxNode)node, First(rule, Rule.Conditional), plain);
                break;
            case DmlStatement change:
                VisitChange(change, Inside(rule));
                break;
            case CreateViewStatement or CreateFunctionStatement:
                VisitChildren((SyntaxNode)node, Rule.Nested, Rule.None);
                break;
            case ReturnStatement returned:
                Visit(returned.Value, Rule.Nested, Rule.None);
                break;
            case PrintStatement print:
                Visit(print.Value, First(Inside(rule), Rule.Elsewhere), Rule.None);
                break;
            case ColumnDefinitionSyntax column:
                Visit(column.Computed, Rule.Nested, Rule.None);
                Visit(column.Constraints, rule, plain);
                break;
            case ConstraintSyntax constraint:
                Visit(constraint.Check, Rule.Nested, Rule.None);
                break;
            case Statement statement:
                VisitChildren(statement, Inside(rule), Rule.None);
                break;
            case SyntaxNode other when SyntaxTree.QueryOf(other) is { } query:
                Visit(query, Rule.Nested, Rule.None);
                foreach (object? child in SyntaxWalker.ChildrenOf(other).Where(c => !ReferenceEquals(c, query)))
                {
                    Visit(child, rule, plain);
                }

                break;
            case SyntaxNode other:
                VisitChildren(other, rule, plain);
                break;
            case string:
                break;
            case System.Collections.IEnumerable items:
                foreach (object? item in items)
                {
                    Visit(item, rule, plain);
                }

                break;
        }
    }

    private static void VisitChildren(SyntaxNode node, Rule rule, Rule plain)
    {
        foreach (object? child in SyntaxWalker.ChildrenOf(node))
        {
            Visit(child, rule, plain);
        }
    }

    /// <summary>A statement inside another one begins anew, but the body of a function forbids the expression everywhere.</summary>
    private static Rule Inside(Rule rule) => rule == Rule.Nested ? Rule.Nested : Rule.None;

    private static Rule Limit(QueryExpression query, Rule rule) => query.OffsetRows is null && query is not SelectQuery { Top: not null } ? rule : First(rule, Rule.Limited);

    private static Rule Of(FunctionCallExpression call) => ExpressionInfo.IsAggregate(call.Name.Name) ? Rule.Aggregate
        : call.Name.Name.ToUpperInvariant() is "COALESCE" or "ISNULL" or "NULLIF" or "IIF" ? Rule.Conditional
        : Rule.None;

    private static void VisitSelect(SelectQuery select, Rule rule, Rule plain)
    {
        Rule own = Limit(select, select.IsDistinct ? First(rule, Rule.Combined) : rule);
        Rule unordered = select.OrderBy.Count > 0 ? First(plain, Rule.Ordered) : plain;
        Visit(select.Items, own, unordered);
        Visit(select.From, own, unordered);
        Rule clause = First(own, Rule.Clause);
        Visit(select.Top?.Count, clause, unordered);
        Visit(select.Where, clause, unordered);
        Visit(select.GroupBy, clause, unordered);
        Visit(select.Having, clause, unordered);
        Visit(select.OrderBy, clause, unordered);
        Visit(select.OffsetRows, clause, unordered);
        Visit(select.FetchRows, clause, unordered);
        foreach ((string _, OverClause window) in select.Windows)
        {
            Visit(window, clause, unordered);
        }
    }

    private static void VisitChange(DmlStatement change, Rule rule)
    {
        Rule clause = First(rule, Rule.Clause), own = change.Top is null ? rule : First(rule, Rule.Limited);
        Visit(change.With, rule, Rule.None);
        Visit(change.Top?.Count, clause, Rule.None);
        Visit(change.Outputs, clause, Rule.None);
        switch (change)
        {
            case InsertStatement insert:
                Visit(insert.Source, own, Rule.None);
                break;
            case UpdateStatement update:
                Visit(update.Set, own, Rule.None);
                VisitSources(update.From, rule);
                Visit(update.Where, clause, Rule.None);
                break;
            case DeleteStatement delete:
                VisitSources(delete.From, rule);
                Visit(delete.Where, clause, Rule.None);
                break;
            case MergeStatement merge:
                Visit(merge.Source, rule, Rule.None);
                Visit(merge.On, clause, Rule.None);
                foreach (MergeClause action in merge.Clauses)
                {
                    Visit(action.Condition, clause, Rule.None);
                    Visit(action.Set, First(own, Rule.Merge), Rule.None);
                    Visit(action.InsertValues, First(own, Rule.Merge), Rule.None);
                }

                break;
        }
    }

    /// <summary>A derived table in the FROM of UPDATE or DELETE may take a value.</summary>
    private static void VisitSources(IReadOnlyList<TableSource> sources, Rule rule)
    {
        foreach (TableSource source in sources)
        {
            switch (source)
            {
                case DerivedTableSource derived:
                    Visit(derived.Query, rule, Rule.None);
                    break;
                case JoinTableSource join:
                    VisitSources([join.Left, join.Right], rule);
                    Visit(join.On, First(rule, Rule.Clause), Rule.None);
                    break;
                default:
                    Visit(source, rule, Rule.None);
                    break;
            }
        }
    }
}
