using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Expressions;

/// <remarks>
/// A subquery runs on the register file of the row that asks: correlation is reading the outer row's registers. A subquery that reads none is run once an execution.
/// </remarks>
internal sealed partial class ExpressionCompiler
{
    private PlanNode Plan(BoundQuery query) => (_planner ?? throw SqlErrors.Create(1046)).Plan(query);

    private Evaluator CompileScalarSubquery(BoundScalarSubquery node)
    {
        PlanNode plan = Plan(node.Query);
        int register = node.Query.Columns[0].Register;
        if (node.Query.OuterReferences.Count > 0)
        {
            return context => Single(plan, register, context);
        }

        return context =>
        {
            if (context.FindCached(node) is SqlValue cached)
            {
                return cached;
            }

            SqlValue value = Single(plan, register, context);
            context.Cache(node, value);
            return value;
        };
    }

    private static SqlValue Single(PlanNode plan, int register, ExecutionContext context)
    {
        using RowIterator rows = plan.Open(context);
        if (!rows.MoveNext())
        {
            return default;
        }

        SqlValue value = context.Registers[register];
        return rows.MoveNext() ? throw SqlErrors.Create(512) : value;
    }

    private PredicateEvaluator CompileExists(BoundExists node)
    {
        PlanNode plan = Plan(node.Query);
        if (node.Query.OuterReferences.Count > 0)
        {
            return context => Of(Any(plan, context));
        }

        return context =>
        {
            if (context.FindCached(node) is bool cached)
            {
                return Of(cached);
            }

            bool any = Any(plan, context);
            context.Cache(node, any);
            return Of(any);
        };
    }

    private static bool Any(PlanNode plan, ExecutionContext context)
    {
        using RowIterator rows = plan.Open(context);
        return rows.MoveNext();
    }

    private PredicateEvaluator CompileQuantified(BoundQuantified node)
    {
        PlanNode plan = Plan(node.Query);
        Evaluator operand = Compile(node.Operand);
        Evaluator value = Compile(node.Value);
        SqlComparer comparer = SqlComparer.For(node.Operand.Type);
        Func<SqlValue, SqlValue, bool> holds = Relation(node.Operator, comparer);
        bool isAll = node.IsAll;
        if (node.Query.OuterReferences.Count > 0)
        {
            return context =>
            {
                SqlValue left = operand(context);
                using RowIterator rows = plan.Open(context);
                return Quantify(left, Values(rows, value, context), holds, isAll);
            };
        }

        bool hashed = isAll ? node.Operator == ComparisonOperator.NotEqual : node.Operator == ComparisonOperator.Equal;
        return context =>
        {
            SqlValue left = operand(context);
            if (context.FindCached(node) is not SubqueryValues values)
            {
                values = SubqueryValues.Read(plan, value, context, hashed ? comparer : null);
                context.Cache(node, values);
            }

            if (!hashed)
            {
                return Quantify(left, values.List, holds, isAll);
            }

            // IN: true when found; NOT IN: false when found; unknown when a NULL could have been it.
            if (values.Count == 0)
            {
                return Of(isAll);
            }

            if (left.IsNull)
            {
                return Truth.Unknown;
            }

            return values.Set!.Contains(left) ? Of(!isAll) : values.HasNull ? Truth.Unknown : Of(isAll);
        };
    }

    private static IEnumerable<SqlValue> Values(RowIterator rows, Evaluator value, ExecutionContext context)
    {
        while (rows.MoveNext())
        {
            yield return value(context);
        }
    }

    private static Truth Quantify(SqlValue left, IEnumerable<SqlValue> values, Func<SqlValue, SqlValue, bool> holds, bool isAll)
    {
        bool sawUnknown = false;
        foreach (SqlValue value in values)
        {
            if (left.IsNull || value.IsNull)
            {
                sawUnknown = true;
            }
            else if (holds(left, value) != isAll)
            {
                return isAll ? Truth.False : Truth.True;
            }
        }

        return sawUnknown ? Truth.Unknown : Of(isAll);
    }

    private static Func<SqlValue, SqlValue, bool> Relation(ComparisonOperator op, SqlComparer comparer) => op switch
    {
        ComparisonOperator.Equal => comparer.Equals,
        ComparisonOperator.NotEqual => (a, b) => !comparer.Equals(a, b),
        ComparisonOperator.Less => (a, b) => comparer.Compare(a, b) < 0,
        ComparisonOperator.LessOrEqual or ComparisonOperator.NotGreater => (a, b) => comparer.Compare(a, b) <= 0,
        ComparisonOperator.Greater => (a, b) => comparer.Compare(a, b) > 0,
        _ => (a, b) => comparer.Compare(a, b) >= 0,
    };

    /// <summary>What an uncorrelated IN, ANY or ALL subquery returned.</summary>
    private sealed class SubqueryValues
    {
        public HashSet<SqlValue>? Set { get; private init; }

        public List<SqlValue> List { get; } = [];

        public bool HasNull { get; private set; }

        public long Count { get; private set; }

        public static SubqueryValues Read(PlanNode plan, Evaluator value, ExecutionContext context, SqlComparer? comparer)
        {
            var values = new SubqueryValues { Set = comparer is null ? null : new HashSet<SqlValue>(comparer) };
            using RowIterator rows = plan.Open(context);
            while (rows.MoveNext())
            {
                SqlValue next = value(context);
                values.Count++;
                if (values.Set is null)
                {
                    values.List.Add(next);
                }
                else if (next.IsNull)
                {
                    values.HasNull = true;
                }
                else
                {
                    values.Set.Add(next);
                }
            }

            return values;
        }
    }
}
