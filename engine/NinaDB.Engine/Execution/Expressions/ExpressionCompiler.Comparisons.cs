using System.Runtime.CompilerServices;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Expressions;

internal sealed partial class ExpressionCompiler
{
    /// <summary>A comparison of payload bits or of a comparer's result with zero; a struct so that each gets machine code of its own.</summary>
    private interface IRelation
    {
        static abstract bool Holds(long left, long right);

        static abstract bool Holds(double left, double right);
    }

    /// <summary>Types whose values compare as the 64-bit integers that hold them.</summary>
    internal static bool HoldsBits(SqlType type) => type.Id is SqlTypeId.Bit or SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt
        or SqlTypeId.Money or SqlTypeId.SmallMoney or SqlTypeId.Date or SqlTypeId.Time or SqlTypeId.SmallDateTime or SqlTypeId.DateTime or SqlTypeId.DateTime2
        or SqlTypeId.DateTimeOffset;

    private PredicateEvaluator CompileComparison(BoundComparison node)
    {
        if (node.Left is BoundConstant { Value.IsNull: true } || node.Right is BoundConstant { Value.IsNull: true })
        {
            return _ => Truth.Unknown;
        }

        // A constant goes to the right.
        if (node.Left is BoundConstant && node.Right is not BoundConstant)
        {
            node = new BoundComparison(Mirror(node.Operator), node.Right, node.Left);
        }

        return node.Operator switch
        {
            ComparisonOperator.Equal => CompileComparison<Equal>(node),
            ComparisonOperator.NotEqual => CompileComparison<NotEqual>(node),
            ComparisonOperator.Less => CompileComparison<Less>(node),
            ComparisonOperator.LessOrEqual or ComparisonOperator.NotGreater => CompileComparison<LessOrEqual>(node),
            ComparisonOperator.Greater => CompileComparison<Greater>(node),
            _ => CompileComparison<GreaterOrEqual>(node),
        };
    }

    private static ComparisonOperator Mirror(ComparisonOperator op) => op switch
    {
        ComparisonOperator.Less => ComparisonOperator.Greater,
        ComparisonOperator.LessOrEqual or ComparisonOperator.NotGreater => ComparisonOperator.GreaterOrEqual,
        ComparisonOperator.Greater => ComparisonOperator.Less,
        ComparisonOperator.GreaterOrEqual or ComparisonOperator.NotLess => ComparisonOperator.LessOrEqual,
        _ => op,
    };

    private PredicateEvaluator CompileComparison<TRelation>(BoundComparison node) where TRelation : struct, IRelation
    {
        SqlType type = node.Left.Type;
        if (HoldsBits(type))
        {
            return CompileBits<TRelation>(node);
        }

        if (type.IsApproximate && node is { Left: BoundColumn number, Right: BoundConstant limit })
        {
            int register = number.Register;
            double bound = limit.Value.AsDouble;
            return context =>
            {
                ref readonly SqlValue value = ref context.Registers[register];
                return value.IsNull ? Truth.Unknown : Of(TRelation.Holds(value.AsDouble, bound));
            };
        }

        Evaluator left = Compile(node.Left), right = Compile(node.Right);
        if (type.IsApproximate)
        {
            return context =>
            {
                SqlValue a = left(context), b = right(context);
                return a.IsNull || b.IsNull ? Truth.Unknown : Of(TRelation.Holds(a.AsDouble, b.AsDouble));
            };
        }

        SqlComparer comparer = SqlComparer.For(type);
        bool equality = node.Operator is ComparisonOperator.Equal or ComparisonOperator.NotEqual;
        bool whenEqual = node.Operator == ComparisonOperator.Equal;
        if (node.Left is BoundColumn column && node.Right is BoundConstant constant)
        {
            int register = column.Register;
            SqlValue fixedValue = constant.Value;
            if (equality)
            {
                return context =>
                {
                    ref readonly SqlValue value = ref context.Registers[register];
                    return value.IsNull ? Truth.Unknown : Of(comparer.Equals(value, fixedValue) == whenEqual);
                };
            }

            return context =>
            {
                ref readonly SqlValue value = ref context.Registers[register];
                return value.IsNull ? Truth.Unknown : Of(TRelation.Holds((long)comparer.Compare(value, fixedValue), 0L));
            };
        }

        if (equality)
        {
            return context =>
            {
                SqlValue a = left(context), b = right(context);
                return a.IsNull || b.IsNull ? Truth.Unknown : Of(comparer.Equals(a, b) == whenEqual);
            };
        }

        return context =>
        {
            SqlValue a = left(context), b = right(context);
            return a.IsNull || b.IsNull ? Truth.Unknown : Of(TRelation.Holds((long)comparer.Compare(a, b), 0L));
        };
    }

    private PredicateEvaluator CompileBits<TRelation>(BoundComparison node) where TRelation : struct, IRelation
    {
        switch (node.Left, node.Right)
        {
            case (BoundColumn column, BoundConstant constant):
                {
                    int register = column.Register;
                    long bits = constant.Value.AsInt64;
                    return context =>
                    {
                        ref readonly SqlValue value = ref context.Registers[register];
                        return value.IsNull ? Truth.Unknown : Of(TRelation.Holds(value.AsInt64, bits));
                    };
                }

            case (BoundColumn column, BoundColumn other):
                {
                    int register = column.Register, second = other.Register;
                    return context =>
                    {
                        SqlValue[] registers = context.Registers;
                        ref readonly SqlValue a = ref registers[register];
                        ref readonly SqlValue b = ref registers[second];
                        return a.IsNull || b.IsNull ? Truth.Unknown : Of(TRelation.Holds(a.AsInt64, b.AsInt64));
                    };
                }

            case (BoundColumn column, BoundVariable variable):
                {
                    int register = column.Register, slot = variable.Slot;
                    return context =>
                    {
                        ref readonly SqlValue a = ref context.Registers[register];
                        ref readonly SqlValue b = ref context.Variables.Values[slot];
                        return a.IsNull || b.IsNull ? Truth.Unknown : Of(TRelation.Holds(a.AsInt64, b.AsInt64));
                    };
                }

            case (BoundVariable variable, BoundConstant constant):
                {
                    int slot = variable.Slot;
                    long bits = constant.Value.AsInt64;
                    return context =>
                    {
                        ref readonly SqlValue value = ref context.Variables.Values[slot];
                        return value.IsNull ? Truth.Unknown : Of(TRelation.Holds(value.AsInt64, bits));
                    };
                }

            case (BoundVariable variable, BoundVariable other):
                {
                    int slot = variable.Slot, second = other.Slot;
                    return context =>
                    {
                        SqlValue[] variables = context.Variables.Values;
                        ref readonly SqlValue a = ref variables[slot];
                        ref readonly SqlValue b = ref variables[second];
                        return a.IsNull || b.IsNull ? Truth.Unknown : Of(TRelation.Holds(a.AsInt64, b.AsInt64));
                    };
                }

            case (_, BoundConstant constant):
                {
                    IntegerEvaluator operand = CompileInteger(node.Left);
                    long bits = constant.Value.AsInt64;
                    return context => operand(context, out long value) ? Of(TRelation.Holds(value, bits)) : Truth.Unknown;
                }

            default:
                {
                    IntegerEvaluator left = CompileInteger(node.Left), right = CompileInteger(node.Right);
                    return context => left(context, out long a) & right(context, out long b) ? Of(TRelation.Holds(a, b)) : Truth.Unknown;
                }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Truth Of(bool value) => value ? Truth.True : Truth.False;

    private readonly struct Equal : IRelation
    {
        public static bool Holds(long left, long right) => left == right;

        public static bool Holds(double left, double right) => left == right;
    }

    private readonly struct NotEqual : IRelation
    {
        public static bool Holds(long left, long right) => left != right;

        public static bool Holds(double left, double right) => left != right;
    }

    private readonly struct Less : IRelation
    {
        public static bool Holds(long left, long right) => left < right;

        public static bool Holds(double left, double right) => left < right;
    }

    private readonly struct LessOrEqual : IRelation
    {
        public static bool Holds(long left, long right) => left <= right;

        public static bool Holds(double left, double right) => left <= right;
    }

    private readonly struct Greater : IRelation
    {
        public static bool Holds(long left, long right) => left > right;

        public static bool Holds(double left, double right) => left > right;
    }

    private readonly struct GreaterOrEqual : IRelation
    {
        public static bool Holds(long left, long right) => left >= right;

        public static bool Holds(double left, double right) => left >= right;
    }
}
