using NinaDB.Engine.Errors;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

internal sealed partial class ExpressionBinder
{
    public BoundPredicate Bind(Predicate predicate)
    {
        EnsureStack();
        return predicate switch
        {
            ComparisonPredicate p => Compare(p.Operator, Bind(p.Left), Bind(p.Right)),
            AndPredicate or OrPredicate => BindLogical(predicate),
            NotPredicate p => new BoundNot(Bind(p.Operand)),
            IsNullPredicate p => new BoundIsNull(BindNodeColumn(p.Operand) ?? BindTyped(p.Operand), p.IsNegated),
            InPredicate p => p.Query is null ? BindInList(p) : BindQuantified(p.IsNegated ? ComparisonOperator.NotEqual : ComparisonOperator.Equal, p.Operand, p.Query, p.IsNegated, p),
            BetweenPredicate p => BindBetween(p),
            LikePredicate p => BindLike(p),
            ExistsPredicate p => new BoundExists(BindSubquery(p.Query, discardsOutput: true)),
            QuantifiedPredicate p => BindQuantified(p.Operator, p.Left, p.Query, p.IsAll, p),
            DistinctPredicate p => BindDistinct(p),
            FunctionPredicate p => BindTest(p),
            MatchPredicate p => throw MisplacedMatch(p),
            _ => throw SqlErrors.NotSupported(predicate.GetType().Name),
        };
    }

    /// <summary>The query binder takes MATCH out of WHERE where AND combines it; here it stands somewhere else.</summary>
    private SqlErrorException MisplacedMatch(MatchPredicate predicate) =>
        (_scope.Clause == BindingClause.On ? SqlErrors.Create(13920, predicate.Steps.Count > 0 ? predicate.Steps[0].FromAlias : "MATCH") : SqlErrors.Create(13905)).At(predicate);

    /// <summary>A comparison of two bound operands with their implicit conversions (also used for joins, MERGE, simple CASE, NULLIF).</summary>
    public BoundPredicate Compare(ComparisonOperator op, BoundExpression left, BoundExpression right)
    {
        op = Normalise(op);
        if (op is not (ComparisonOperator.Equal or ComparisonOperator.NotEqual))
        {
            NoteGeneral(left, right);
        }

        (left, right) = Unify(left, right, NameOf(op));
        return (BoundPredicate?)CompareNulls(op, left, right) ?? new BoundComparison(op, left, right);
    }

    private static ComparisonOperator Normalise(ComparisonOperator op) => op switch
    {
        ComparisonOperator.NotLess => ComparisonOperator.GreaterOrEqual,
        ComparisonOperator.NotGreater => ComparisonOperator.LessOrEqual,
        _ => op,
    };

    /// <summary>Operands of an operator that a parameter without a type is only near to in type.</summary>
    private void NoteGeneral(BoundExpression left, BoundExpression right)
    {
        if (_scope.Context.Inference is { } inference)
        {
            ParameterInference.RefuseTwo(left, right);
            inference.Note(left, right.Type, isExact: false);
            inference.Note(right, left.Type, isExact: false);
        }
    }

    /// <summary>Words of error 402 and 468 for a comparison.</summary>
    private static string NameOf(ComparisonOperator op) => op switch
    {
        ComparisonOperator.Equal => "equal to",
        ComparisonOperator.NotEqual => "not equal to",
        ComparisonOperator.Less => "less than",
        ComparisonOperator.LessOrEqual => "less than or equal to",
        ComparisonOperator.Greater => "greater than",
        _ => "greater than or equal to",
    };

    /// <summary>Brings two operands of a comparison to one type.</summary>
    private (BoundExpression Left, BoundExpression Right) Unify(BoundExpression left, BoundExpression right, string operation)
    {
        if (_scope.Context.Inference is not null)
        {
            ParameterInference.RefuseTwo(left, right);
        }

        SqlType type = ComparisonType([left, right], operation);
        return (CoerceToCompare(left, type), CoerceToCompare(right, type));
    }

    /// <summary>
    /// Converts an operand of a comparison. Values that compare alike without conversion (integers of any width, strings of any kind under one collation,
    /// decimals of any scale) stay as they are: it is cheaper, and a bare column can use its index.
    /// </summary>
    private BoundExpression CoerceToCompare(BoundExpression operand, SqlType type) => ComparesAs(operand.Type, type) ? operand : Coerce(operand, type);

    private static bool ComparesAs(SqlType operand, SqlType type) =>
        (operand.IsExactInteger && type.IsExactInteger)
        || (operand.IsString && type.IsString && SameCollation(operand.Collation, type.Collation))
        || (operand.IsDecimal && type.IsDecimal)
        || (operand.IsApproximate && type.IsApproximate)
        || (operand.Id == type.Id && type.Id is SqlTypeId.Time or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset)
        || (operand.Id is SqlTypeId.Binary or SqlTypeId.VarBinary && type.Id is SqlTypeId.Binary or SqlTypeId.VarBinary);

    /// <summary>The type in which operands are compared. Refuses types that cannot be.</summary>
    private static SqlType ComparisonType(ReadOnlySpan<BoundExpression> operands, string operation)
    {
        Collation? collation = ComparisonCollation(operation, operands);
        SqlType type = Normalised(operands[0].Type);
        for (int i = 1; i < operands.Length; i++)
        {
            RefuseIncomparable(type, operands[i].Type, operation);
            type = TypePrecedence.Common(type, Normalised(operands[i].Type));
        }

        RefuseIncomparable(type, operands[^1].Type, operation);
        return type.Id == SqlTypeId.Null ? SqlType.Int : type.IsString ? type.WithCollation(collation) : type;

        static SqlType Normalised(SqlType type) => type.IsString ? type.WithCollation(null) : type;
    }

    private static bool IsNewDate(SqlType type) => type.Id is SqlTypeId.Date or SqlTypeId.Time or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset;

    private static bool IsTimeBesideDate(SqlType time, SqlType other) => time.Id == SqlTypeId.Time && other.Id is SqlTypeId.Date or SqlTypeId.DateTime or SqlTypeId.SmallDateTime && time.Id == SqlTypeId.Time;

    private static void RefuseIncomparable(SqlType type, SqlType other, string operation)
    {
        if (IsTimeBesideDate(type, other) || IsTimeBesideDate(other, type))
        {
            throw SqlErrors.Create(402, type.Name, other.Name, operation);
        }

        if ((IsNewDate(type) && other.IsNumber) || (IsNewDate(other) && type.IsNumber))
        {
            // The date is named first, wherever it stands.
            throw IsNewDate(type) ? SqlErrors.Create(206, type.Name, other.Name) : SqlErrors.Create(206, other.Name, type.Name);
        }

        foreach (SqlType each in (ReadOnlySpan<SqlType>)[type, other])
        {
            switch (each.Id)
            {
                case SqlTypeId.Vector:
                    throw SqlErrors.Create(8117, each.Name, operation);
                case SqlTypeId.Json:
                    throw SqlErrors.Create(13636);
                case SqlTypeId.Xml or SqlTypeId.Geometry or SqlTypeId.Geography:
                    throw SqlErrors.Create(305, each.Name);
                case SqlTypeId.Udt when !each.UdtFacts!.IsByteOrdered:
                    throw SqlErrors.Create(403, operation, each.Name);
            }

            if (each.IsLegacyLob)
            {
                throw SqlErrors.Create(402, type.Name, other.Name, operation);
            }
        }
    }

    /// <summary>Flattens a chain of one connective without recursion.</summary>
    private BoundPredicate BindLogical(Predicate predicate)
    {
        bool isAnd = predicate is AndPredicate;
        var pending = new Stack<Predicate>();
        var terms = new List<BoundPredicate>();
        pending.Push(predicate);
        while (pending.TryPop(out Predicate? next))
        {
            if (isAnd && next is AndPredicate and)
            {
                pending.Push(and.Right);
                pending.Push(and.Left);
            }
            else if (!isAnd && next is OrPredicate or)
            {
                pending.Push(or.Right);
                pending.Push(or.Left);
            }
            else
            {
                BoundPredicate term = BindTerm(next);
                if (term is BoundLogical inner && inner.IsAnd == isAnd)
                {
                    terms.AddRange(inner.Terms);
                }
                else
                {
                    terms.Add(term);
                }
            }
        }

        return PredicateFolding.Absorb(new BoundLogical(isAnd, terms));
    }

    private BoundPredicate BindBetween(BetweenPredicate predicate)
    {
        BoundExpression operand = Bind(predicate.Operand);
        BoundExpression low = Bind(predicate.Low);
        BoundExpression high = Bind(predicate.High);
        return PredicateFolding.Absorb(predicate.IsNegated
            ? new BoundLogical(false, [Compare(ComparisonOperator.Less, operand, low), Compare(ComparisonOperator.Greater, operand, high)])
            : new BoundLogical(true, [Compare(ComparisonOperator.GreaterOrEqual, operand, low), Compare(ComparisonOperator.LessOrEqual, operand, high)]));
    }

    private BoundPredicate BindInList(InPredicate predicate)
    {
        BoundExpression operand = Bind(predicate.Operand);
        var all = new BoundExpression[predicate.Values!.Count + 1];
        all[0] = operand;
        for (int i = 1; i < all.Length; i++)
        {
            all[i] = Bind(predicate.Values[i - 1]);
        }

        if (all.Length == 2)
        {
            return Compare(predicate.IsNegated ? ComparisonOperator.NotEqual : ComparisonOperator.Equal, all[0], all[1]);
        }

        if (CompareNullsInList(all, predicate.IsNegated) is { } comparisons)
        {
            return comparisons;
        }

        SqlType type = ComparisonType(all, "equal to");
        return new BoundInList(CoerceToCompare(operand, type), [.. all.Skip(1).Select(value => CoerceToCompare(value, type))], predicate.IsNegated);
    }

    private BoundQuantified BindQuantified(ComparisonOperator op, Expression operandSyntax, QueryExpression querySyntax, bool isAll, Predicate syntax)
    {
        BoundExpression operand = Bind(operandSyntax);
        BoundQuery query = BindSubquery(querySyntax);
        if (query.Columns.Count != 1)
        {
            throw SqlErrors.Create(116).At(syntax);
        }

        Execution.OutputColumn column = query.Columns[0];
        var read = new BoundColumn(column.Register, column.Type, column.IsNullable, column.Name) { Label = CollationLabel.Implicit };
        (BoundExpression left, BoundExpression right) = Unify(operand, read, NameOf(op));
        return new BoundQuantified(Normalise(op), left, query, right, isAll);
    }

    private BoundDistinct BindDistinct(DistinctPredicate predicate)
    {
        (BoundExpression left, BoundExpression right) = Unify(Bind(predicate.Left), Bind(predicate.Right), "is distinct from");
        return new BoundDistinct(left, right, predicate.IsNegated);
    }

    private BoundLike BindLike(LikePredicate predicate)
    {
        if (_scope.Context.Inference is not null)
        {
            NoteGeneral(Bind(predicate.Operand), Bind(predicate.Pattern));
        }

        BoundExpression operand = Text(Bind(predicate.Operand), 1);
        BoundExpression pattern = Text(Bind(predicate.Pattern), 2);
        BoundExpression? escape = predicate.Escape is null ? null : Text(Bind(predicate.Escape), 3);
        Collation? collation = ComparisonCollation("like", operand, pattern);
        bool unicode = operand.Type.IsUnicodeString || pattern.Type.IsUnicodeString;
        operand = Coerce(operand, WithFamily(operand.Type, unicode, collation));
        pattern = Coerce(pattern, WithFamily(pattern.Type, unicode, collation));
        return new BoundLike(operand, pattern, escape, predicate.IsNegated);

        BoundExpression Text(BoundExpression value, int position)
        {
            if (value.Type.IsString)
            {
                return value;
            }

            if (value.Type.Id is SqlTypeId.SqlVariant or SqlTypeId.Xml or SqlTypeId.Json or SqlTypeId.Vector or SqlTypeId.Image || value.Type.IsBinary)
            {
                throw SqlErrors.Create(8116, value.Type.Name, position, "like").At(predicate);
            }

            return Coerce(value, SqlType.VarChar(8000));
        }

        static SqlType WithFamily(SqlType type, bool unicode, Collation? collation) =>
            unicode && !type.IsUnicodeString
                ? SqlType.NVarChar(type.IsMax || type.Length > 4000 ? SqlType.Max : type.Length, collation)
                : type.WithCollation(collation);
    }

    private BoundTest BindTest(FunctionPredicate predicate)
    {
        FunctionCallExpression call = predicate.Call;
        if (call.Name.Parts.Count == 1)
        {
            string name = call.Name.Name.ToUpperInvariant();
            if (name == "UPDATE")
            {
                return new BoundTest(BindUpdated(call));
            }

            if (name is "CONTAINS" or "FREETEXT" && BuiltinFunctions.Find(name) is null)
            {
                throw SqlErrors.NotSupported(name);
            }
        }

        BoundExpression value = Bind(call);
        return value.Type.Id == SqlTypeId.Bit
            ? new BoundTest(value)
            : throw SqlErrors.Create(4145, call.Name.Name).At(predicate);
    }

    /// <summary>UPDATE(column): whether the statement that fired the trigger set a column.</summary>
    private BoundFunctionCall BindUpdated(FunctionCallExpression call)
    {
        if (call.Arguments is not [ColumnExpression { Qualifier.Count: 0 } column])
        {
            throw SqlErrors.Create(174, "update", 1).At(call);
        }

        string name = column.Name;
        var function = new BoundFunction(SqlType.Bit, false, [], (context, _) =>
        {
            if (context.Session.Trigger is not { Table: Catalog.TableDefinition table } trigger)
            {
                throw SqlErrors.Create(140);
            }

            int ordinal = table.FindColumn(name);
            return ordinal >= 0 ? SqlValue.FromBit(trigger.UpdatedColumns.Contains(ordinal)) : throw SqlErrors.Create(207, name);
        });
        return new BoundFunctionCall("UPDATE", [], function) { IsDeterministic = false, Options = name };
    }
}
