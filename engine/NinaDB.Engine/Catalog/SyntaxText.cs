using System.Globalization;
using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Catalog;

/// <summary>
/// Text of an expression or condition as the catalog stores it (sys.default_constraints.definition and the like): names in brackets, literals in
/// parentheses, IN and BETWEEN written out, built-in functions in lower case. The text parses back to an equivalent tree.
/// </summary>
internal sealed class SyntaxText
{
    private static readonly HashSet<string> DatepartFunctions = new(StringComparer.OrdinalIgnoreCase)
    {
        "DATEADD", "DATEDIFF", "DATEDIFF_BIG", "DATENAME", "DATEPART", "DATETRUNC", "DATE_BUCKET",
    };

    private readonly StringBuilder _text = new();

    /// <summary>A default, a computed column, a parameter default: one pair of parentheses around the expression.</summary>
    public static string Of(Expression expression)
    {
        var writer = new SyntaxText();
        writer._text.Append('(');
        writer.Write(expression, Precedence.Lowest);
        writer._text.Append(')');
        return writer._text.ToString();
    }

    /// <summary>A check constraint or an index filter, in one pair of parentheses.</summary>
    public static string Of(Predicate predicate)
    {
        var writer = new SyntaxText();
        writer._text.Append('(');
        writer.Write(predicate, 0);
        writer._text.Append(')');
        return writer._text.ToString();
    }

    /// <summary>The condition of a filtered index or of statistics: IN stays a list.</summary>
    public static string OfFilter(Predicate predicate)
    {
        var writer = new SyntaxText { _keepsIn = true };
        writer._text.Append('(');
        writer.Write(predicate, 0);
        writer._text.Append(')');
        return writer._text.ToString();
    }

    private bool _keepsIn;

    public static string Quote(string name) => "[" + name.Replace("]", "]]", StringComparison.Ordinal) + "]";

    private enum Precedence
    {
        Lowest, Bitwise, Additive, Multiplicative, Unary, Postfix,
    }

    private static Precedence Of(BinaryOperator op) => op switch
    {
        BinaryOperator.Multiply or BinaryOperator.Divide or BinaryOperator.Modulo => Precedence.Multiplicative,
        _ => Precedence.Additive,
    };

    private static string Symbol(BinaryOperator op) => op switch
    {
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.Modulo => "%",
        BinaryOperator.BitwiseAnd => "&",
        BinaryOperator.BitwiseOr => "|",
        BinaryOperator.BitwiseXor => "^",
        BinaryOperator.LeftShift => "<<",
        BinaryOperator.RightShift => ">>",
        _ => "||",
    };

    private static string Symbol(ComparisonOperator op) => op switch
    {
        ComparisonOperator.Equal => "=",
        ComparisonOperator.NotEqual => "<>",
        ComparisonOperator.Less => "<",
        ComparisonOperator.LessOrEqual or ComparisonOperator.NotGreater => "<=",
        ComparisonOperator.Greater => ">",
        _ => ">=",
    };

    private void Write(Expression expression, Precedence outer)
    {
        switch (expression)
        {
            case LiteralExpression literal:
                WriteLiteral(literal);
                break;
            case ColumnExpression column:
                foreach (string part in column.Qualifier)
                {
                    _text.Append(Quote(part)).Append('.');
                }

                _text.Append(column.Name.StartsWith('$') ? column.Name : Quote(column.Name));
                break;
            case VariableExpression variable:
                _text.Append(variable.Name);
                break;
            case GlobalVariableExpression variable:
                _text.Append(variable.Name.ToLowerInvariant());
                break;
            case UnaryExpression { Operator: UnaryOperator.Minus, Operand: LiteralExpression { Kind: LiteralKind.Integer or LiteralKind.Decimal or LiteralKind.Float or LiteralKind.Money } number }:
                _text.Append("(-").Append(number.Text).Append(')');
                break;
            case UnaryExpression unary:
                bool isOperand = outer >= Precedence.Multiplicative && unary.Operator != UnaryOperator.BitwiseNot;
                Append(isOperand, '(');
                _text.Append(unary.Operator switch { UnaryOperator.Minus => '-', UnaryOperator.Plus => '+', _ => '~' });
                Write(unary.Operand, Precedence.Unary);
                Append(isOperand, ')');
                break;
            case BinaryExpression binary:
                Precedence own = Of(binary.Operator);
                bool parentheses = outer > own;
                Append(parentheses, '(');
                Write(binary.Left, own);
                _text.Append(Symbol(binary.Operator));
                Write(binary.Right, own + 1);
                Append(parentheses, ')');
                break;
            case CollateExpression collate:
                Write(collate.Operand, Precedence.Postfix);
                _text.Append(" collate ").Append(collate.Collation);
                break;
            case AtTimeZoneExpression zone:
                Write(zone.Operand, Precedence.Postfix);
                _text.Append(" AT TIME ZONE ");
                Write(zone.TimeZone, Precedence.Postfix);
                break;
            case CaseExpression choice:
                WriteCase(choice);
                break;
            case IifExpression iif:
                _text.Append("case when ");
                Write(iif.Condition, 0);
                _text.Append(" then ");
                Write(iif.WhenTrue, Precedence.Lowest);
                _text.Append(" else ");
                Write(iif.WhenFalse, Precedence.Lowest);
                _text.Append(" end");
                break;
            case ConvertExpression convert:
                WriteConvert(convert);
                break;
            case FunctionCallExpression call:
                WriteCall(call);
                break;
            case MethodCallExpression method:
                Write(method.Target, Precedence.Postfix);
                _text.Append('.').Append(method.Method);
                if (!method.IsProperty)
                {
                    WriteList(method.Arguments);
                }

                break;
            case NextValueForExpression next:
                _text.Append("NEXT VALUE FOR ").AppendJoin('.', next.Sequence.Parts.Select(Quote));
                break;
            case ScalarSubqueryExpression:
                throw SqlErrors.Create(1046);
            default:
                throw SqlErrors.NotSupported(expression.GetType().Name);
        }
    }

    private void WriteLiteral(LiteralExpression literal)
    {
        _ = literal.Kind switch
        {
            LiteralKind.Null => _text.Append("NULL"),
            LiteralKind.String => _text.Append('\'').Append(literal.Text.Replace("'", "''", StringComparison.Ordinal)).Append('\''),
            LiteralKind.NationalString => _text.Append("N'").Append(literal.Text.Replace("'", "''", StringComparison.Ordinal)).Append('\''),
            LiteralKind.Binary => _text.Append("0x").Append(literal.Text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? literal.Text[2..] : literal.Text),
            LiteralKind.Default => _text.Append("DEFAULT"),
            LiteralKind.Max => _text.Append("max"),
            LiteralKind.Money => _text.Append('(').Append(literal.Text.StartsWith('$') ? literal.Text : "$" + literal.Text).Append(')'),
            _ => _text.Append('(').Append(literal.Text).Append(')'),
        };
    }

    private void WriteCase(CaseExpression choice)
    {
        _text.Append("case");
        if (choice.Input is not null)
        {
            _text.Append(' ');
            Write(choice.Input, Precedence.Lowest);
        }

        foreach (WhenClause when in choice.Whens)
        {
            _text.Append(" when ");
            if (when.Condition is not null)
            {
                Write(when.Condition, 0);
            }
            else
            {
                Write(when.Value!, Precedence.Lowest);
            }

            _text.Append(" then ");
            Write(when.Result, Precedence.Lowest);
        }

        if (choice.Else is not null)
        {
            _text.Append(" else ");
            Write(choice.Else, Precedence.Lowest);
        }

        _text.Append(" end");
    }

    private void WriteConvert(ConvertExpression convert)
    {
        string name = (convert.IsTry, convert.IsParse) switch
        {
            (false, false) => "CONVERT",
            (true, false) => "TRY_CAST",
            (false, true) => "parse",
            _ => "try_parse",
        };
        _text.Append(name).Append('(');
        if (name == "CONVERT")
        {
            WriteType(convert.Type);
            _text.Append(',');
            Write(convert.Operand, Precedence.Lowest);
            if (convert.Style is not null)
            {
                _text.Append(',');
                Write(convert.Style, Precedence.Lowest);
            }
        }
        else if (convert is { IsTry: true, Style: not null })
        {
            _text.Length -= name.Length + 1;
            _text.Append("TRY_CONVERT(");
            WriteType(convert.Type);
            _text.Append(',');
            Write(convert.Operand, Precedence.Lowest);
            _text.Append(',');
            Write(convert.Style, Precedence.Lowest);
        }
        else
        {
            Write(convert.Operand, Precedence.Lowest);
            _text.Append(" AS ");
            WriteType(convert.Type);
            if (convert.Culture is not null)
            {
                _text.Append(" USING ");
                Write(convert.Culture, Precedence.Lowest);
            }
        }

        _text.Append(')');
    }

    private void WriteType(DataTypeSyntax type)
    {
        _text.AppendJoin('.', type.Name.Parts.Select(p => Quote(p.ToLowerInvariant() is var lower && SystemTypesByName(lower) ? lower : p)));
        if (type.Arguments.Count > 0)
        {
            _text.Append('(').AppendJoin(',', type.Arguments.Select(a => a == -1 ? "max" : a.ToString(CultureInfo.InvariantCulture)));
            if (type.BaseType is not null)
            {
                _text.Append(',').Append(type.BaseType);
            }

            _text.Append(')');
        }

        static bool SystemTypesByName(string name) => Types.SystemTypes.Find(name) is not null;
    }

    private void WriteCall(FunctionCallExpression call)
    {
        string name = call.Name.Name;
        if (call.Name.Parts.Count > 1)
        {
            _text.AppendJoin('.', call.Name.Parts.Select(Quote));
            WriteList(call.Arguments);
            return;
        }

        string lower = name.ToLowerInvariant();
        switch (lower)
        {
            case "current_timestamp":
                _text.Append("getdate()");
                return;
            case "current_user" or "user" or "session_user":
                _text.Append("user_name()");
                return;
            case "system_user":
                _text.Append("suser_sname()");
                return;
        }

        if (call.Over is not null || call.WithinGroup is not null)
        {
            throw SqlErrors.NotSupported($"{name} OVER");
        }

        _text.Append(lower).Append('(');
        if (call.IsStar)
        {
            _text.Append('*');
        }

        if (call.TrimSpecification is { } trim)
        {
            _text.Append(trim).Append(' ');
        }

        for (int i = 0; i < call.Arguments.Count; i++)
        {
            if (lower == "trim" && call.Arguments.Count == 2)
            {
                Separate(i, " FROM ");
            }
            else
            {
                Separate(i, ",");
            }

            if (call.JsonKeys is { } keys)
            {
                Write(keys[i], Precedence.Lowest);
                _text.Append(':');
            }

            if (i == 0 && DatepartFunctions.Contains(name) && call.Arguments[0] is ColumnExpression { Qualifier.Count: 0 } datepart)
            {
                _text.Append(datepart.Name.ToLowerInvariant());
            }
            else
            {
                Write(call.Arguments[i], Precedence.Lowest);
            }
        }

        if (call.AbsentOnNull is { } absent)
        {
            _text.Append(absent ? " ABSENT ON NULL" : " NULL ON NULL");
        }

        if (call.Returning is not null)
        {
            _text.Append(" RETURNING ");
            WriteType(call.Returning);
        }

        if (call.WithArrayWrapper)
        {
            _text.Append(" WITH ARRAY WRAPPER");
        }

        _text.Append(')');
    }

    private void WriteList(IReadOnlyList<Expression> arguments)
    {
        _text.Append('(');
        for (int i = 0; i < arguments.Count; i++)
        {
            Separate(i, ",");
            Write(arguments[i], Precedence.Lowest);
        }

        _text.Append(')');
    }

    /// <param name="outer">0 inside nothing or OR, 1 inside AND, 2 inside NOT.</param>
    private void Write(Predicate predicate, int outer)
    {
        switch (predicate)
        {
            case ComparisonPredicate comparison:
                WriteComparison(comparison.Left, Symbol(comparison.Operator), comparison.Right);
                break;
            case AndPredicate and:
                Append(outer > 1, '(');
                Write(and.Left, 1);
                _text.Append(" AND ");
                Write(and.Right, 1);
                Append(outer > 1, ')');
                break;
            case OrPredicate or:
                Append(outer > 0, '(');
                Write(or.Left, 0);
                _text.Append(" OR ");
                Write(or.Right, 0);
                Append(outer > 0, ')');
                break;
            case NotPredicate not:
                _text.Append("NOT ");
                Write(not.Operand, 2);
                break;
            case IsNullPredicate isNull:
                Write(isNull.Operand, Precedence.Lowest);
                _text.Append(isNull.IsNegated ? " IS NOT NULL" : " IS NULL");
                break;
            case DistinctPredicate distinct:
                WriteComparison(distinct.Left, distinct.IsNegated ? " IS NOT DISTINCT FROM " : " IS DISTINCT FROM ", distinct.Right);
                break;
            case BetweenPredicate between:
                bool wrap = between.IsNegated ? outer > 0 : outer > 1;
                Append(wrap, '(');
                WriteComparison(between.Operand, between.IsNegated ? "<" : ">=", between.Low);
                _text.Append(between.IsNegated ? " OR " : " AND ");
                WriteComparison(between.Operand, between.IsNegated ? ">" : "<=", between.High);
                Append(wrap, ')');
                break;
            case LikePredicate like:
                Append(outer > 1 && like.IsNegated, '(');
                _text.Append(like.IsNegated ? "NOT " : "");
                WriteComparison(like.Operand, " like ", like.Pattern);
                if (like.Escape is not null)
                {
                    _text.Append(" escape ");
                    Write(like.Escape, Precedence.Lowest);
                }

                Append(outer > 1 && like.IsNegated, ')');
                break;
            case InPredicate { Values: { } values } list:
                WriteIn(list, values, outer);
                break;
            case FunctionPredicate function:
                WriteCall(function.Call);
                break;
            case InPredicate or ExistsPredicate or QuantifiedPredicate:
                throw SqlErrors.Create(1046);
            default:
                throw SqlErrors.NotSupported(predicate.GetType().Name);
        }
    }

    /// <summary>An IN list is stored as a chain of comparisons, last value first.</summary>
    private void WriteIn(InPredicate list, IReadOnlyList<Expression> values, int outer)
    {
        if (_keepsIn && !list.IsNegated)
        {
            Write(list.Operand, Precedence.Lowest);
            _text.Append(" IN (");
            for (int i = 0; i < values.Count; i++)
            {
                Separate(i, ", ");
                Write(values[i], Precedence.Lowest);
            }

            _text.Append(')');
            return;
        }

        bool wrap = values.Count > 1 && (list.IsNegated ? outer > 1 : outer > 0);
        Append(wrap, '(');
        for (int i = values.Count - 1; i >= 0; i--)
        {
            Separate(values.Count - 1 - i, list.IsNegated ? " AND " : " OR ");
            WriteComparison(list.Operand, list.IsNegated ? "<>" : "=", values[i]);
        }

        Append(wrap, ')');
    }

    private void WriteComparison(Expression left, string symbol, Expression right)
    {
        Write(left, Precedence.Lowest);
        _text.Append(symbol);
        Write(right, Precedence.Lowest);
    }

    private void Separate(int index, string separator)
    {
        if (index > 0)
        {
            _text.Append(separator);
        }
    }

    private void Append(bool condition, char value)
    {
        if (condition)
        {
            _text.Append(value);
        }
    }
}
