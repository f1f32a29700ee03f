using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>Scalar expressions. Precedence: ~; * / %; signs and + - &amp; | ^ || &lt;&lt; &gt;&gt; (one level, from the left).</summary>
public sealed partial class Parser
{
    /// <summary>Methods of built-in types that are told from schema-qualified functions by their exact name (they are case-sensitive).</summary>
    private static readonly HashSet<string> KnownMethods = new(StringComparer.Ordinal)
    {
        "value", "query", "exist", "nodes", "modify", "PathName", "GetAncestor", "GetDescendant", "GetLevel", "IsDescendantOf",
        "GetReparentedValue", "ToString", "STAsText", "STDistance", "STArea", "STLength", "STIntersects", "STContains", "STWithin", "STBuffer",
        "STX", "STY", "Lat", "Long", "STSrid",
    };

    private Expression ParseExpression() => ContinueAdditive(ContinueMultiplicative(ParseUnary()));

    private Expression ContinueExpression(Expression first) => ContinueAdditive(ContinueMultiplicative(first));

    private Expression ContinueMultiplicative(Expression left)
    {
        while (true)
        {
            BinaryOperator? op = Current.Kind switch
            {
                TokenKind.Star => BinaryOperator.Multiply,
                TokenKind.Slash => BinaryOperator.Divide,
                TokenKind.Percent => BinaryOperator.Modulo,
                _ => null,
            };
            if (op is null)
            {
                return left;
            }

            Advance();
            Expression right = ParseUnary();
            left = Finish(left, new BinaryExpression { Operator = op.Value, Left = left, Right = right });
        }
    }

    private Expression ContinueAdditive(Expression left)
    {
        while (true)
        {
            BinaryOperator? op = Current.Kind switch
            {
                TokenKind.Plus => BinaryOperator.Add,
                TokenKind.Minus => BinaryOperator.Subtract,
                TokenKind.Ampersand => BinaryOperator.BitwiseAnd,
                TokenKind.Pipe => BinaryOperator.BitwiseOr,
                TokenKind.Caret => BinaryOperator.BitwiseXor,
                TokenKind.DoublePipe => BinaryOperator.Concat,
                TokenKind.ShiftLeft => BinaryOperator.LeftShift,
                TokenKind.ShiftRight => BinaryOperator.RightShift,
                _ => null,
            };
            if (op is null)
            {
                return left;
            }

            Advance();
            Expression right = ContinueMultiplicative(ParseUnary());
            left = Finish(left, new BinaryExpression { Operator = op.Value, Left = left, Right = right });
        }
    }

    private Expression ParseUnary()
    {
        UnaryOperator op;
        switch (Current.Kind)
        {
            case TokenKind.Minus:
                op = UnaryOperator.Minus;
                break;
            case TokenKind.Plus:
                op = UnaryOperator.Plus;
                break;
            case TokenKind.Tilde:
                op = UnaryOperator.BitwiseNot;
                break;
            default:
                return ParsePostfix(ParsePrimary());
        }

        Token start = Current;
        Advance();
        Enter();
        Expression operand = ParseUnary();
        if (op != UnaryOperator.BitwiseNot)
        {
            // A sign stands with addition: it takes the whole chain of multiplications that follows.
            operand = ContinueMultiplicative(operand);
        }

        Leave();
        return Finish(start, new UnaryExpression { Operator = op, Operand = operand });
    }

    /// <summary>What may follow a primary: .method(...), COLLATE name, AT TIME ZONE zone.</summary>
    private Expression ParsePostfix(Expression operand)
    {
        while (true)
        {
            if (At(TokenKind.Dot) && Peek().Kind is TokenKind.Identifier or TokenKind.QuotedIdentifier && Peek(2).Kind == TokenKind.LeftParen)
            {
                Advance();
                operand = ParseMethodCall(operand);
            }
            else if (At(TokenKind.Dot) && Peek().Kind is TokenKind.Identifier or TokenKind.QuotedIdentifier)
            {
                Advance();
                operand = Finish(operand, new MethodCallExpression { Target = operand, Method = ParseIdentifier(), IsProperty = true });
            }
            else if (At(Keyword.Collate))
            {
                Advance();
                string collation = ParseIdentifierOrDefault();
                operand = Finish(operand, new CollateExpression { Operand = operand, Collation = collation });
            }
            else if (AtWord("AT") && PeekWord(1, "TIME") && PeekWord(2, "ZONE"))
            {
                Advance();
                Advance();
                Advance();
                Expression zone = ParsePrimary();
                operand = Finish(operand, new AtTimeZoneExpression { Operand = operand, TimeZone = zone });
            }
            else
            {
                return operand;
            }
        }
    }

    private string ParseIdentifierOrDefault()
    {
        if (AtWord("DATABASE_DEFAULT") || AtWord("CATALOG_DEFAULT"))
        {
            return TakeWord().ToLowerInvariant();
        }

        return ParseIdentifier();
    }

    /// <summary>name(arguments) after the dot.</summary>
    private MethodCallExpression ParseMethodCall(Expression target)
    {
        string method = ParseIdentifier();
        List<Expression> arguments = ParseArguments();
        return Finish(target, new MethodCallExpression { Target = target, Method = method, Arguments = arguments });
    }

    /// <summary>(a, b, c), possibly empty.</summary>
    private List<Expression> ParseArguments()
    {
        Expect(TokenKind.LeftParen);
        Enter();
        var arguments = new List<Expression>();
        if (!At(TokenKind.RightParen))
        {
            do
            {
                arguments.Add(ParseArgument());
            }
            while (Accept(TokenKind.Comma));
        }

        Expect(TokenKind.RightParen);
        Leave();
        return arguments;
    }

    private Expression ParseArgument() => At(Keyword.Default) ? TakeLiteral(LiteralKind.Default) : ParseExpression();

    private LiteralExpression TakeLiteral(LiteralKind kind)
    {
        Token token = Current;
        string text = ValueOf(token);
        Advance();
        return Finish(token, new LiteralExpression { Kind = kind, Text = text });
    }

    private Expression ParsePrimary()
    {
        Token start = Current;
        switch (start.Kind)
        {
            case TokenKind.Integer:
                return TakeLiteral(LiteralKind.Integer);
            case TokenKind.Decimal:
                return TakeLiteral(LiteralKind.Decimal);
            case TokenKind.Float:
                return TakeLiteral(LiteralKind.Float);
            case TokenKind.Money:
                Advance();
                return Finish(start, new LiteralExpression { Kind = LiteralKind.Money, Text = Raw(start)[1..].ToString() });
            case TokenKind.Binary:
                return TakeLiteral(LiteralKind.Binary);
            case TokenKind.String:
                return TakeLiteral(LiteralKind.String);
            case TokenKind.NationalString:
                return TakeLiteral(LiteralKind.NationalString);
            case TokenKind.Variable:
                Advance();
                return Finish(start, new VariableExpression { Name = ValueOf(start) });
            case TokenKind.GlobalVariable:
                Advance();
                return Finish(start, new GlobalVariableExpression { Name = ValueOf(start) });
            case TokenKind.PseudoColumn:
                return ParsePseudoColumn();
            case TokenKind.LeftParen:
                return ParseParenthesized();
            case TokenKind.LeftBrace:
                return ParseOdbcEscape();
            case TokenKind.Keyword:
                return ParseKeywordPrimary();
            case TokenKind.Identifier:
            case TokenKind.QuotedIdentifier:
            case TokenKind.Dot:
                return ParseNameExpression();
            default:
                throw SyntaxError();
        }
    }

    private Expression ParseParenthesized()
    {
        Token start = Current;
        Expect(TokenKind.LeftParen);
        Enter();
        if (At(Keyword.Select))
        {
            QueryExpression query = ParseQuery(nested: true);
            Expect(TokenKind.RightParen);
            Leave();
            return Finish(start, new ScalarSubqueryExpression { Query = query });
        }

        Expression inner = ParseExpression();
        inner = ContinueSubquery(start, inner);
        Expect(TokenKind.RightParen);
        Leave();
        return inner;
    }

    /// <summary>((SELECT 1) UNION SELECT 2): what looked like a scalar subquery was the first operand of a set operation.</summary>
    private Expression ContinueSubquery(in Token start, Expression inner)
    {
        if (inner is not ScalarSubqueryExpression subquery || !AtSetOperator)
        {
            return inner;
        }

        QueryExpression query = ParseQuery(subquery.Query, nested: true);
        return Finish(start, new ScalarSubqueryExpression { Query = query });
    }

    private Expression ParsePseudoColumn()
    {
        Token start = Current;
        string name = ValueOf(start);
        Advance();
        if (At(TokenKind.Dot) && name.Equals("$PARTITION", StringComparison.OrdinalIgnoreCase))
        {
            Advance();
            ObjectName function = Finish(start, new ObjectName { Parts = [name, ParseIdentifier()] });
            return ParseFunctionCall(start, function);
        }

        return Finish(start, new ColumnExpression { Name = name });
    }

    /// <summary>A column, a function call or a method call on a column: all begin with a dotted name.</summary>
    private Expression ParseNameExpression()
    {
        Token start = Current;
        if (AtWord("NEXT") && PeekWord(1, "VALUE") && Peek(2).Keyword == Keyword.For)
        {
            return ParseNextValueFor();
        }

        var parts = new List<string>(2);
        bool method = false;
        while (true)
        {
            while (At(TokenKind.Dot))
            {
                Advance();
                parts.Add("");
            }

            if (At(TokenKind.PseudoColumn) && parts.Count > 0)
            {
                parts.Add(ValueOf(Current));
                Advance();
            }
            else
            {
                Token part = Current;
                parts.Add(ParseIdentifier());
                method = part.Kind == TokenKind.Identifier && KnownMethods.Contains(parts[^1]);
            }

            if (!Accept(TokenKind.Dot))
            {
                break;
            }
        }

        if (At(TokenKind.DoubleColon) && parts.Count <= 2 && Peek().Kind is TokenKind.Identifier or TokenKind.QuotedIdentifier)
        {
            // A static method of a CLR type: hierarchyid::GetRoot().
            Advance();
            parts[^1] += "::" + ParseIdentifier();
            if (!At(TokenKind.LeftParen))
            {
                return Finish(start, new FunctionCallExpression { Name = Finish(start, new ObjectName { Parts = parts }), IsStaticProperty = true });
            }
        }

        if (At(TokenKind.LeftParen))
        {
            if (method && parts.Count >= 2 && !parts[0].Equals("dbo", StringComparison.OrdinalIgnoreCase))
            {
                var target = Finish(start, new ColumnExpression { Qualifier = parts.Count == 2 ? [] : parts[..^2], Name = parts[^2] });
                List<Expression> arguments = ParseArguments();
                return Finish(start, new MethodCallExpression { Target = target, Method = parts[^1], Arguments = arguments });
            }

            ObjectName name = Finish(start, new ObjectName { Parts = parts });
            return ParseFunctionCall(start, name);
        }

        if (parts.Count > MaxNameParts)
        {
            throw At(start, SqlErrors.Create(102, parts[^1]));
        }

        if (parts.Count > 1 && parts[^2].Length == 0)
        {
            // .column and table..column name no table.
            throw At(start, SqlErrors.Create(102, "."));
        }

        return Finish(start, new ColumnExpression { Qualifier = parts.Count == 1 ? [] : parts[..^1], Name = parts[^1] });
    }

    /// <summary>NEXT VALUE FOR has been met.</summary>
    private bool _takesSequenceValues;

    private NextValueForExpression ParseNextValueFor()
    {
        Token start = Current;
        Advance();
        Advance();
        Advance();
        ObjectName sequence = ParseObjectName();
        OverClause? over = At(Keyword.Over) ? ParseOver() : null;
        _takesSequenceValues = true;
        return Finish(start, new NextValueForExpression { Sequence = sequence, Over = over });
    }

    private Expression ParseKeywordPrimary()
    {
        Token start = Current;
        switch (start.Keyword)
        {
            case Keyword.Null:
                return TakeLiteral(LiteralKind.Null);
            case Keyword.Case:
                return ParseCase();
            case Keyword.Convert:
            case Keyword.Try_Convert:
                return ParseConvert();
            case Keyword.Current_Timestamp:
            case Keyword.Current_User:
            case Keyword.Current_Date:
            case Keyword.Session_User:
            case Keyword.System_User:
            case Keyword.User:
                Advance();
                if (At(TokenKind.LeftParen) && Peek().Kind == TokenKind.RightParen)
                {
                    throw SyntaxError();
                }

                return Finish(start, new FunctionCallExpression { Name = NameOf(start, ValueOf(start)) });
            case Keyword.Left:
            case Keyword.Right:
            case Keyword.Coalesce:
            case Keyword.NullIf:
            case Keyword.Identity:
                if (Peek().Kind != TokenKind.LeftParen)
                {
                    throw SyntaxError();
                }

                Advance();
                return ParseFunctionCall(start, NameOf(start, ValueOf(start)));
            case Keyword.IdentityCol:
                Advance();
                return Finish(start, new ColumnExpression { Name = "$identity" });
            case Keyword.RowGuidCol:
                Advance();
                return Finish(start, new ColumnExpression { Name = "$rowguid" });
            default:
                throw SyntaxError();
        }
    }

    private CaseExpression ParseCase()
    {
        Token start = Current;
        Expect(Keyword.Case);
        Enter();
        Expression? input = At(Keyword.When) ? null : ParseExpression();
        var whens = new List<WhenClause>();
        while (At(Keyword.When))
        {
            Token when = Current;
            Advance();
            Expression? value = null;
            Predicate? condition = null;
            if (input is null)
            {
                condition = ParsePredicate();
            }
            else
            {
                value = ParseExpression();
            }

            Expect(Keyword.Then);
            Expression result = ParseExpression();
            whens.Add(Finish(when, new WhenClause { Value = value, Condition = condition, Result = result }));
        }

        if (whens.Count == 0)
        {
            throw SyntaxError();
        }

        Expression? otherwise = Accept(Keyword.Else) ? ParseExpression() : null;
        Expect(Keyword.End);
        Leave();
        return Finish(start, new CaseExpression { Input = input, Whens = whens, Else = otherwise });
    }

    /// <summary>CONVERT(type, expression [, style]) and TRY_CONVERT.</summary>
    private ConvertExpression ParseConvert()
    {
        Token start = Current;
        bool isTry = start.Keyword == Keyword.Try_Convert;
        Advance();
        Expect(TokenKind.LeftParen);
        Enter();
        DataTypeSyntax type = ParseDataType();
        Expect(TokenKind.Comma);
        Expression operand = ParseExpression();
        Expression? style = Accept(TokenKind.Comma) ? ParseExpression() : null;
        Expect(TokenKind.RightParen);
        Leave();
        return Finish(start, new ConvertExpression { Type = type, Operand = operand, Style = style, IsTry = isTry });
    }
}
