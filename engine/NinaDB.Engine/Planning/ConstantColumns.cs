using NinaDB.Engine.Binding;

namespace NinaDB.Engine.Planning;

/// <summary>Finds columns that hold one value in every row: sorting by them orders nothing.</summary>
internal static class ConstantColumns
{
    /// <summary>The constant a register holds in all rows of a relation; null when that is not certain.</summary>
    public static BoundConstant? Find(Relation relation, int register)
    {
        while (true)
        {
            switch (relation)
            {
                case ProjectRelation project:
                    ComputedColumn? own = null;
                    foreach (ComputedColumn column in project.Columns)
                    {
                        if (column.Register == register)
                        {
                            own = column;
                        }
                    }

                    switch (own?.Expression)
                    {
                        case BoundConstant constant:
                            return constant;
                        case BoundColumn renamed:
                            register = renamed.Register;
                            break;
                        case not null:
                            return null;
                    }

                    relation = project.Input;
                    break;
                case UnaryRelation unary and (FilterRelation or SortRelation or TopRelation):
                    relation = unary.Input;
                    break;
                case JoinRelation { Kind: RelationJoinKind.Inner } join:
                    relation = join.Left.Outputs.Contains(register) ? join.Left : join.Right;
                    break;
                case ConcatRelation concat:
                    return FindInAll(concat, register);
                default:
                    return null;
            }
        }
    }

    private static BoundConstant? FindInAll(ConcatRelation concat, int register)
    {
        BoundConstant? first = null;
        foreach (Relation input in concat.Inputs)
        {
            BoundConstant? constant = Find(input, register);
            if (constant is null || (first is not null && !ExpressionInfo.BoundComparer.Equals(first, constant)))
            {
                return null;
            }

            first = constant;
        }

        return first;
    }
}
