using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Binding;

internal sealed partial class QueryBinder
{
    private sealed partial class SelectBlock
    {
        /// <summary>A sequence that the select list asks: one value a row, in the order of OVER where that is given.</summary>
        private sealed record SequenceUse(SequenceDefinition Sequence, IReadOnlyList<BoundOrder> Order, int Register);

        private readonly List<SequenceUse> _sequences = [];

        private BoundExpression CollectSequence(NextValueForExpression syntax, SequenceDefinition sequence)
        {
            if (query.IsDistinct)
            {
                throw SqlErrors.Create(11721);
            }

            if (query.Top is not null || query.OffsetRows is not null)
            {
                throw SqlErrors.Create(11739);
            }

            if (query.OrderBy.Count > 0 && syntax.Over is null)
            {
                throw SqlErrors.Create(11723);
            }

            SequenceUse? use = _sequences.Find(s => s.Sequence.ObjectId == sequence.ObjectId);
            if (use is null)
            {
                ExpressionBinder binder = Binder(_output);
                BoundOrder[] order = syntax.Over?.OrderBy.Select(o => new BoundOrder(binder.Bind(o.Expression), o.IsDescending)).ToArray() ?? [];
                use = new SequenceUse(sequence, order, _context.AllocateRegister());
                _sequences.Add(use);
            }

            return new BoundColumn(use.Register, sequence.DataType, false, sequence.Name);
        }

        private Relation AssembleSequences(Relation relation)
        {
            foreach (SequenceUse use in _sequences)
            {
                if (use.Order.Count > 0)
                {
                    var computed = new List<ComputedColumn>();
                    var keys = new List<BoundOrder>();
                    foreach (BoundOrder order in use.Order)
                    {
                        ExpressionBinder.RefuseUnsortable(order.Expression.Type);
                        BoundExpression key = order.Expression;
                        if (key is not BoundColumn)
                        {
                            int register = _context.AllocateRegister();
                            computed.Add(new ComputedColumn(register, key));
                            key = new BoundColumn(register, key.Type, key.IsNullable, "");
                        }

                        keys.Add(order with { Expression = key });
                    }

                    relation = Sort(Project(relation, computed), keys);
                }

                relation = new ProjectRelation(relation, [new ComputedColumn(use.Register, new BoundNextValue(use.Sequence))]);
            }

            return relation;
        }
    }
}
