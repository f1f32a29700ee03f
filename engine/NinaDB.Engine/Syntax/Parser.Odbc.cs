using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>ODBC escapes: {d '...'}, {t '...'}, {ts '...'}, {guid '...'}, {fn name(...)}.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/odbc-scalar-functions-transact-sql.</remarks>
public sealed partial class Parser
{
    private Expression ParseOdbcEscape()
    {
        Token start = Current;
        Expect(TokenKind.LeftBrace);
        Enter();
        Expression result;
        if (AcceptWord("FN"))
        {
            result = ParseOdbcFunction();
        }
        else
        {
            bool isTime = AtWord("T");
            string type = isTime || AtWord("D") || AtWord("TS") ? "datetime" : AtWord("GUID") ? "uniqueidentifier" : throw SyntaxError();
            Token word = Current;
            Advance();
            if (Current.Kind is not (TokenKind.String or TokenKind.NationalString))
            {
                throw SyntaxError();
            }

            Expression literal = ParsePrimary();
            result = Finish(start, new ConvertExpression { Type = OdbcType(word, type), Operand = literal, IsCast = true });
            if (isTime)
            {
                // A time is a time of today.
                Expression today = OdbcCall(word, "DATEDIFF", OdbcWord(word, "day"), OdbcNumber(word, 0), OdbcCall(word, "GETDATE"));
                result = OdbcCall(word, "DATEADD", OdbcWord(word, "day"), today, result);
            }
        }

        Expect(TokenKind.RightBrace);
        Leave();
        return result;
    }

    /// <summary>A scalar function of ODBC: T-SQL's own, or what means the same.</summary>
    private Expression ParseOdbcFunction()
    {
        if (!AtAnyWord)
        {
            throw SyntaxError();
        }

        Token word = Current;
        if (Peek().Kind != TokenKind.LeftParen)
        {
            return ParseExpression();
        }

        string name = ValueOf(word).ToUpperInvariant();
        string? mapped = name switch
        {
            "NOW" => "GETDATE",
            "UCASE" => "UPPER",
            "LCASE" => "LOWER",
            "LENGTH" or "CHAR_LENGTH" or "CHARACTER_LENGTH" => "LEN",
            "OCTET_LENGTH" => "DATALENGTH",
            "LOCATE" => "CHARINDEX",
            "REPEAT" => "REPLICATE",
            "INSERT" => "STUFF",
            "DAYOFMONTH" => "DAY",
            "IFNULL" => "ISNULL",
            "ATAN2" => "ATN2",
            "DATABASE" => "DB_NAME",
            "USER" => "USER_NAME",
            _ => null,
        };
        if (mapped is not null)
        {
            Advance();
            return ParseFunctionCall(word, NameOf(word, mapped));
        }

        return name is "MOD" or "TRUNCATE" or "BIT_LENGTH" or "DAYNAME" or "MONTHNAME" or "DAYOFWEEK" or "DAYOFYEAR" or "HOUR" or "MINUTE" or "SECOND" or "QUARTER" or "WEEK"
            or "CURDATE" or "CURRENT_DATE" or "CURTIME" or "CURRENT_TIME" or "TIMESTAMPADD" or "TIMESTAMPDIFF" or "CONVERT" or "EXTRACT"
            ? ParseOdbcSpecial(word, name)
            : ParseExpression();
    }

    private Expression ParseOdbcSpecial(in Token word, string name)
    {
        Advance();
        Expect(TokenKind.LeftParen);
        Enter();
        var arguments = new List<Expression>();
        string? unit = null;
        if (name is "TIMESTAMPADD" or "TIMESTAMPDIFF" or "EXTRACT")
        {
            unit = TakeWord().ToUpperInvariant();
            if (name == "EXTRACT")
            {
                Expect(Keyword.From);
            }
            else
            {
                Expect(TokenKind.Comma);
            }
        }

        if (!At(TokenKind.RightParen))
        {
            do
            {
                arguments.Add(ParseExpression());
            }
            while (Accept(TokenKind.Comma));
        }

        Expect(TokenKind.RightParen);
        Leave();
        int expected = name switch { "MOD" or "TRUNCATE" or "TIMESTAMPADD" or "TIMESTAMPDIFF" or "CONVERT" => 2, "CURDATE" or "CURRENT_DATE" or "CURTIME" => 0, _ => 1 };
        if (arguments.Count != expected && !(name == "CURRENT_TIME" && arguments.Count == 0))
        {
            throw At(word, Errors.SqlErrors.Create(174, name.ToLowerInvariant(), expected));
        }

        return OdbcResult(word, name, arguments, unit);
    }

    private Expression OdbcResult(in Token word, string name, List<Expression> arguments, string? unit)
    {
        switch (name)
        {
            case "MOD":
                return Finish(word, new BinaryExpression { Operator = BinaryOperator.Modulo, Left = arguments[0], Right = arguments[1] });
            case "TRUNCATE":
                return OdbcCall(word, "ROUND", arguments[0], arguments[1], OdbcNumber(word, 1));
            case "BIT_LENGTH":
                return Finish(word, new BinaryExpression { Operator = BinaryOperator.Multiply, Left = OdbcCall(word, "DATALENGTH", arguments[0]), Right = OdbcNumber(word, 8) });
            case "DAYNAME":
                return OdbcCall(word, "DATENAME", OdbcWord(word, "weekday"), arguments[0]);
            case "MONTHNAME":
                return OdbcCall(word, "DATENAME", OdbcWord(word, "month"), arguments[0]);
            case "DAYOFWEEK":
                return OdbcCall(word, "DATEPART", OdbcWord(word, "weekday"), arguments[0]);
            case "DAYOFYEAR" or "HOUR" or "MINUTE" or "SECOND" or "QUARTER" or "WEEK":
                return OdbcCall(word, "DATEPART", OdbcWord(word, name.ToLowerInvariant()), arguments[0]);
            case "EXTRACT":
                return OdbcCall(word, "DATEPART", OdbcWord(word, unit!.ToLowerInvariant()), arguments[0]);
            case "TIMESTAMPADD":
                return OdbcCall(word, "DATEADD", OdbcUnit(word, unit!), arguments[0], arguments[1]);
            case "TIMESTAMPDIFF":
                return OdbcCall(word, "DATEDIFF", OdbcUnit(word, unit!), arguments[0], arguments[1]);
            case "CURDATE" or "CURRENT_DATE":
                return Finish(word, new ConvertExpression { Type = OdbcType(word, "varchar", 10), Operand = OdbcCall(word, "GETDATE"), Style = OdbcNumber(word, 23) });
            case "CURTIME" or "CURRENT_TIME":
                return Finish(word, new ConvertExpression { Type = OdbcType(word, "varchar", 12), Operand = OdbcCall(word, "GETDATE"), Style = OdbcNumber(word, 114) });
            default:
                return Finish(word, new ConvertExpression { Type = OdbcSqlType(word, arguments[1]), Operand = arguments[0], IsCast = true });
        }
    }

    private FunctionCallExpression OdbcCall(in Token word, string name, params Expression[] arguments) =>
        Finish(word, new FunctionCallExpression { Name = NameOf(word, name), Arguments = arguments });

    private ColumnExpression OdbcWord(in Token word, string name) => Finish(word, new ColumnExpression { Name = name });

    private LiteralExpression OdbcNumber(in Token word, int value) =>
        Finish(word, new LiteralExpression { Kind = LiteralKind.Integer, Text = value.ToString(System.Globalization.CultureInfo.InvariantCulture) });

    private DataTypeSyntax OdbcType(in Token word, string name, params int[] arguments) => Finish(word, new DataTypeSyntax { Name = NameOf(word, name), Arguments = arguments });

    /// <summary>SQL_TSI_DAY and the like.</summary>
    private ColumnExpression OdbcUnit(in Token word, string unit) => OdbcWord(word, unit switch
    {
        "SQL_TSI_FRAC_SECOND" => "nanosecond",
        "SQL_TSI_SECOND" => "second",
        "SQL_TSI_MINUTE" => "minute",
        "SQL_TSI_HOUR" => "hour",
        "SQL_TSI_DAY" => "day",
        "SQL_TSI_WEEK" => "week",
        "SQL_TSI_MONTH" => "month",
        "SQL_TSI_QUARTER" => "quarter",
        "SQL_TSI_YEAR" => "year",
        _ => throw At(word, Errors.SqlErrors.Create(102, unit)),
    });

    /// <summary>The type that SQL_INTEGER and the like name.</summary>
    private DataTypeSyntax OdbcSqlType(in Token word, Expression name) => (name is ColumnExpression { Qualifier.Count: 0 } column ? column.Name.ToUpperInvariant() : "") switch
    {
        "SQL_BIGINT" => OdbcType(word, "bigint"),
        "SQL_BINARY" => OdbcType(word, "binary"),
        "SQL_BIT" => OdbcType(word, "bit"),
        "SQL_CHAR" => OdbcType(word, "char"),
        "SQL_DATE" or "SQL_TYPE_DATE" => OdbcType(word, "date"),
        "SQL_DECIMAL" => OdbcType(word, "decimal"),
        "SQL_DOUBLE" or "SQL_FLOAT" => OdbcType(word, "float"),
        "SQL_GUID" => OdbcType(word, "uniqueidentifier"),
        "SQL_INTEGER" => OdbcType(word, "int"),
        "SQL_LONGVARBINARY" => OdbcType(word, "varbinary", -1),
        "SQL_LONGVARCHAR" => OdbcType(word, "varchar", -1),
        "SQL_NUMERIC" => OdbcType(word, "numeric"),
        "SQL_REAL" => OdbcType(word, "real"),
        "SQL_SMALLINT" => OdbcType(word, "smallint"),
        "SQL_TIMESTAMP" or "SQL_TYPE_TIMESTAMP" => OdbcType(word, "datetime"),
        "SQL_TINYINT" => OdbcType(word, "tinyint"),
        "SQL_VARBINARY" => OdbcType(word, "varbinary"),
        "SQL_VARCHAR" => OdbcType(word, "varchar"),
        "SQL_WCHAR" => OdbcType(word, "nchar"),
        "SQL_WVARCHAR" => OdbcType(word, "nvarchar"),
        _ => throw At(word, Errors.SqlErrors.Create(102, "convert")),
    };
}
