using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

internal sealed partial class QueryBinder
{
    /// <remarks>GROUP BY ALL: every row makes its group, but only those that WHERE lets through are aggregated.</remarks>
    private sealed partial class SelectBlock
    {
        /// <summary>1 for rows that meet WHERE, NULL for the others; null where WHERE filters.</summary>
        private BoundColumn? _mark;

        /// <summary>A relation without rows that nothing reads.</summary>
        private static TopRelation Nothing(Relation relation) => new(relation) { Count = new BoundConstant(SqlValue.FromBigInt(0), SqlType.BigInt) };

        /// <summary>Keeps all rows, and notes which of them meet a condition.</summary>
        private ProjectRelation MarkRows(BoundPredicate condition)
        {
            _mark = new BoundColumn(_context.AllocateRegister(), SqlType.Int, true, "");
            var one = new BoundConstant(SqlValue.FromInt(1), SqlType.Int);
            return new ProjectRelation(_relation, [new ComputedColumn(_mark.Register, new BoundCase([(condition, one)], null, SqlType.Int))]);
        }

        /// <summary>An aggregate over the marked rows alone: NULL stands for the value of every other.</summary>
        private BoundAggregate WhereMarked(BoundAggregate aggregate)
        {
            if (_mark is null)
            {
                return aggregate;
            }

            if (aggregate.Arguments.Count == 0)
            {
                return aggregate with { Arguments = [_mark] };
            }

            BoundExpression value = aggregate.Arguments[0];
            var marked = new BoundCase([(new BoundIsNull(_mark, true), value)], null, value.Type) { Label = value.Label };
            return aggregate with { Arguments = [marked, .. aggregate.Arguments.Skip(1)] };
        }
    }
}
