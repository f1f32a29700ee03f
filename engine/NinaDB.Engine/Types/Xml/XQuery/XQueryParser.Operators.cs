using System.Globalization;
using System.Text;
using System.Xml;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types.Xml.XQuery;

/// <summary>Operators, from OR down to the sign: how they bind, and what static typing refuses.</summary>
internal sealed partial class XQueryParser
{
    private XExpression ParseOr()
    {
        XExpression left = ParseAnd();
        while (AcceptWord("or"))
        {
            CheckCondition(left);
            XExpression right = ParseAnd();
            CheckCondition(right);
            left = new XLogical(left, right, isAnd: false);
        }

        return left;
    }

    private XExpression ParseAnd()
    {
        XExpression left = ParseComparison();
        while (AcceptWord("and"))
        {
            CheckCondition(left);
            XExpression right = ParseComparison();
            CheckCondition(right);
            left = new XLogical(left, right, isAnd: true);
        }

        return left;
    }

    private static readonly (string Symbol, XComparison Comparison)[] GeneralComparisons =
        [("!=", XComparison.NotEqual), ("<=", XComparison.LessOrEqual), (">=", XComparison.GreaterOrEqual), ("=", XComparison.Equal), ("<", XComparison.Less), (">", XComparison.Greater)];

    private static readonly (string Word, XComparison Comparison)[] ValueComparisons =
        [("eq", XComparison.Equal), ("ne", XComparison.NotEqual), ("lt", XComparison.Less), ("le", XComparison.LessOrEqual), ("gt", XComparison.Greater), ("ge", XComparison.GreaterOrEqual)];

    private XExpression ParseComparison()
    {
        XExpression left = ParseAdditive();
        SkipSpaces();
        if (AcceptWord("to"))
        {
            throw Fail(9335, "to");
        }

        if (AcceptWord("is"))
        {
            return NodeComparison("is", left, 0);
        }

        if (Accept("<<"))
        {
            return NodeComparison("<<", left, -1);
        }

        if (Accept(">>"))
        {
            return NodeComparison(">>", left, 1);
        }

        foreach ((string word, XComparison comparison) in ValueComparisons)
        {
            if (AcceptWord(word))
            {
                XExpression right = ParseAdditive();
                CheckComparable(word, left, right);
                CheckSingle(word, left);
                CheckSingle(word, right);
                return new XCompare(left, right, comparison, isGeneral: false);
            }
        }

        foreach ((string symbol, XComparison comparison) in GeneralComparisons)
        {
            if (Accept(symbol))
            {
                XExpression right = ParseAdditive();
                CheckComparable(symbol, left, right);
                return new XCompare(left, right, comparison, isGeneral: true);
            }
        }

        return left;
    }

    private XNodeCompare NodeComparison(string name, XExpression left, int direction)
    {
        XExpression right = ParseAdditive();
        foreach (XExpression operand in (ReadOnlySpan<XExpression>)[left, right])
        {
            if (operand.Type.Kind == XKind.Empty || operand.Type.IsAtomic)
            {
                throw Fail(2234, name, left.Type, right.Type);
            }

            if (!operand.Type.IsSingle)
            {
                throw Fail(2389, name, operand.Type);
            }
        }

        return new XNodeCompare(left, right, direction);
    }

    /// <summary>Two typed operands have to be of one family (error 2234).</summary>
    private void CheckComparable(string name, XExpression left, XExpression right)
    {
        CheckConstructed(left, "data()");
        CheckConstructed(right, "data()");
        XType a = left.Type.Atomized;
        XType b = right.Type.Atomized;
        if (a.IsAtomic && b.IsAtomic && a.Atomic != XAtomicType.Untyped && b.Atomic != XAtomicType.Untyped && a.Atomic.Family() != b.Atomic.Family())
        {
            throw Fail(2234, name, a, b);
        }
    }

    private void CheckSingle(string name, XExpression operand)
    {
        CheckConstructed(operand, "data()");
        if (!operand.Type.IsSingle)
        {
            throw Fail(2389, name, operand.Type.Atomized);
        }
    }

    /// <summary>What the query makes can be returned, nested and tested, and nothing else (error 2373).</summary>
    private void CheckConstructed(XExpression operand, string name)
    {
        if (operand.Type.IsConstructed)
        {
            throw Fail(2373, name);
        }
    }

    private XExpression ParseAdditive()
    {
        XExpression left = ParseMultiplicative();
        while (true)
        {
            SkipSpaces();
            if (Current is not ('+' or '-'))
            {
                return left;
            }

            char op = _text[_at++];
            left = Arithmetic(left, ParseMultiplicative(), op, op.ToString());
        }
    }

    private XExpression ParseMultiplicative()
    {
        XExpression left = ParseUnion();
        while (true)
        {
            if (Accept("*"))
            {
                left = Arithmetic(left, ParseUnion(), '*', "*");
            }
            else if (AcceptWord("div"))
            {
                left = Arithmetic(left, ParseUnion(), '/', "div");
            }
            else if (AcceptWord("mod"))
            {
                left = Arithmetic(left, ParseUnion(), '%', "mod");
            }
            else if (AcceptWord("idiv"))
            {
                throw Fail(9335, "idiv");
            }
            else
            {
                return left;
            }
        }
    }

    private XArithmetic Arithmetic(XExpression left, XExpression right, char op, string name)
    {
        foreach (XExpression operand in (ReadOnlySpan<XExpression>)[left, right])
        {
            CheckSingle(name, operand);
            XType type = operand.Type.Atomized;
            if (type.IsAtomic && type.Atomic != XAtomicType.Untyped && !type.IsNumeric)
            {
                throw Fail(9308, name, type);
            }
        }

        return new XArithmetic(left, right, op);
    }

    private XExpression ParseUnion()
    {
        XExpression left = ParseInstanceOf();
        foreach (string word in (ReadOnlySpan<string>)["union", "intersect", "except"])
        {
            if (AtWord(word))
            {
                throw Fail(9335, word);
            }
        }

        return Accept("|") ? throw Fail(9335, "union") : left;
    }

    private XExpression ParseInstanceOf()
    {
        XExpression operand = ParseCast();
        if (AcceptWords("instance", "of"))
        {
            if (operand.Type.IsConstructed)
            {
                throw Fail(2373, "'instance of'");
            }

            if (!operand.Type.IsSingle)
            {
                throw Fail(2389, "instance of", operand.Type);
            }

            return ParseSequenceType(operand);
        }

        foreach (string word in (ReadOnlySpan<string>)["treat", "castable"])
        {
            if (AcceptWords(word, "as"))
            {
                throw Fail(9335, word + " as");
            }
        }

        return operand;
    }

    private XInstanceOf ParseSequenceType(XExpression operand)
    {
        SkipSpaces();
        (string prefix, string name) = ReadQualifiedName();
        if (prefix.Length > 0)
        {
            XAtomicType type = XAtomicTypes.Find($"{prefix}:{name}") ?? throw Fail(2232, prefix, name);
            return new XInstanceOf(operand, XKind.Atomic, type, null, ParseOccurrence(), false);
        }

        Expect("(");
        string? inner = AtName ? ReadQualifiedName().Name : null;
        if (Accept("*"))
        {
            inner = null;
        }

        Expect(")");
        return name switch
        {
            "empty" => new XInstanceOf(operand, XKind.Empty, XAtomicType.Untyped, null, XCount.One, true),
            "item" => new XInstanceOf(operand, XKind.Item, XAtomicType.Untyped, null, ParseOccurrence(), false),
            "node" => new XInstanceOf(operand, XKind.Node, XAtomicType.Untyped, null, ParseOccurrence(), false),
            "element" => new XInstanceOf(operand, XKind.Element, XAtomicType.Untyped, inner, ParseOccurrence(), false),
            "attribute" => new XInstanceOf(operand, XKind.Attribute, XAtomicType.Untyped, inner, ParseOccurrence(), false),
            "text" => new XInstanceOf(operand, XKind.Text, XAtomicType.Untyped, null, ParseOccurrence(), false),
            "comment" => new XInstanceOf(operand, XKind.Comment, XAtomicType.Untyped, null, ParseOccurrence(), false),
            "processing-instruction" => new XInstanceOf(operand, XKind.ProcessingInstruction, XAtomicType.Untyped, inner, ParseOccurrence(), false),
            "document-node" => throw Fail(9335, "document-node()"),
            _ => throw Fail(2209, name),
        };
    }

    private XCount ParseOccurrence()
    {
        if (Current is '?' or '*' or '+')
        {
            return _text[_at++] == '+' ? XCount.One : XCount.Optional;
        }

        return XCount.One;
    }

    private XExpression ParseCast()
    {
        XExpression operand = ParseUnary();
        if (!AcceptWords("cast", "as"))
        {
            return operand;
        }

        SkipSpaces();
        (string prefix, string name) = ReadQualifiedName();
        XAtomicType type = XAtomicTypes.Find($"{prefix}:{name}") ?? throw (prefix.Length == 0 ? Fail(2231, name) : Fail(2232, prefix, name));
        if (!Accept("?"))
        {
            throw Fail(9301);
        }

        return Cast(operand, type);
    }

    /// <summary>The cast of one value; literals that do not convert are error 9319.</summary>
    private XCast Cast(XExpression operand, XAtomicType type)
    {
        CheckConstructed(operand, "data()");
        XType from = operand.Type.Atomized;
        if (!from.IsSingle || from.Kind == XKind.Empty || (type == XAtomicType.QName && from.Atomic != type))
        {
            throw Fail(2365, from, type.Name());
        }

        if (operand is XLiteral literal && (literal.Value.CastTo(type) is null || (type.IsApproximate() && literal.Value.Text.Trim() == "NaN")))
        {
            throw Fail(9319, literal.Value.Text);
        }

        return new XCast(operand, type);
    }

    private XExpression ParseUnary()
    {
        bool isNegative = false;
        bool isSigned = false;
        SkipSpaces();
        while (Current is '-' or '+')
        {
            isSigned = true;
            isNegative ^= _text[_at++] == '-';
            SkipSpaces();
        }

        XExpression operand = ParsePath();
        if (!isSigned || !isNegative)
        {
            return operand;
        }

        return operand is XLiteral { Value.Value: decimal number } literal
            ? new XLiteral(literal.Value with { Value = -number })
            : Arithmetic(new XLiteral(XAtomic.Of(0L)), operand, '-', "-");
    }
}
