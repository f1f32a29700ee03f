using System.Text;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>Indexes of all kinds, statistics, and the WITH (name = value) lists they share with tables.</summary>
public sealed partial class Parser
{
    private static Dictionary<string, string> NewOptions() => new(StringComparer.OrdinalIgnoreCase);

    private Dictionary<string, string> ParseOptionList()
    {
        Dictionary<string, string> options = NewOptions();
        ParseOptionList(options);
        return options;
    }

    /// <summary>
    /// (NAME = value, NAME = ON (INNER = value), NAME): names upper-cased; a switch without a value is ON; options nested in a value's
    /// parentheses are added beside it under their own names.
    /// </summary>
    private void ParseOptionList(Dictionary<string, string> options)
    {
        Expect(TokenKind.LeftParen);
        Enter();
        do
        {
            string name = TakeWord();
            if (At(Keyword.On) || At(Keyword.Off))
            {
                throw SyntaxError();
            }

            if (AtAnyWord)
            {
                throw SyntaxError();
            }

            if (name is "FILLFACTOR" or "IGNORE_DUP_KEY" or "DATA_COMPRESSION" or "SYSTEM_VERSIONING" or "DROP_EXISTING" or "MAXDOP" or "ONLINE" && !At(TokenKind.Equal))
            {
                throw SyntaxError();
            }

            options[name] = !Accept(TokenKind.Equal) ? "ON" : name switch
            {
                // A name whose parts are told apart again later; a count with any word as its unit, judged by whoever knows the units.
                "HISTORY_TABLE" when !At(TokenKind.Dot) => string.Join('.', ParseNameParts().Select(Catalog.SyntaxText.Quote)),
                "HISTORY_RETENTION_PERIOD" => ParseRetention(),
                _ => ParseOptionValue(),
            };
            if (At(TokenKind.LeftParen))
            {
                if (Peek().Kind is TokenKind.Identifier or TokenKind.Keyword || name == "SYSTEM_VERSIONING")
                {
                    ParseOptionList(options);
                }
                else
                {
                    SkipParentheses();
                }
            }

            if (AcceptWord("ON"))
            {
                // DATA_COMPRESSION = PAGE ON PARTITIONS (...)
                ExpectWord("PARTITIONS");
                SkipParentheses();
            }
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        Leave();
    }

    private string ParseRetention()
    {
        if (AtWord("INFINITE"))
        {
            return TakeWord();
        }

        string sign = Accept(TokenKind.Minus) ? "-" : "";
        if (!At(TokenKind.Integer))
        {
            throw SyntaxError();
        }

        string count = sign + Raw(Current).ToString();
        Advance();
        if (!AtIdentifier)
        {
            throw SyntaxError();
        }

        return count + " " + ParseIdentifier();
    }

    /// <summary>The text of an option's value: a number with its unit, a string without quotes, a word or a dotted name.</summary>
    private string ParseOptionValue()
    {
        switch (Current.Kind)
        {
            case TokenKind.String or TokenKind.NationalString:
                return ParseStringLiteral();
            case TokenKind.Minus:
                Advance();
                return "-" + ParseOptionValue();
            case TokenKind.Integer or TokenKind.Decimal or TokenKind.Float or TokenKind.Binary:
                string number = Raw(Current).ToString();
                Advance();
                if (Accept(TokenKind.Percent))
                {
                    return number + "%";
                }

                if (AtWord("KB") || AtWord("MB") || AtWord("GB") || AtWord("TB") || AtWord("MINUTES") || AtWord("SECONDS")
                    || AtWord("DAYS") || AtWord("DAY") || AtWord("WEEKS") || AtWord("WEEK") || AtWord("MONTHS") || AtWord("MONTH")
                    || AtWord("YEARS") || AtWord("YEAR") || AtWord("HOURS") || Current.Keyword == Keyword.Percent)
                {
                    number += " " + TakeWord();
                }

                return number;
            case TokenKind.QuotedIdentifier:
                return string.Join('.', ParseNameParts());
            case TokenKind.Identifier or TokenKind.Keyword:
                var text = new StringBuilder(ValueOf(Current));
                Advance();
                while (Accept(TokenKind.Dot))
                {
                    text.Append('.').Append(ParseIdentifier());
                }

                return text.ToString();
            case TokenKind.LeftParen:
                // SYSTEM_VERSIONING = ON (...) puts the list after the value; a list alone is an empty value.
                return "";
            default:
                throw SyntaxError();
        }
    }

    /// <summary>WITH (options) | WITH FILLFACTOR = n, ON filegroup, FILESTREAM_ON of an index or key.</summary>
    private Dictionary<string, string> ParseIndexOptions()
    {
        Dictionary<string, string> options = NewOptions();
        while (true)
        {
            if (At(Keyword.With) && Peek().Kind == TokenKind.LeftParen)
            {
                Advance();
                ParseOptionList(options);
            }
            else if (At(Keyword.With) && Peek().Keyword == Keyword.FillFactor)
            {
                Advance();
                Advance();
                Expect(TokenKind.Equal);
                options["FILLFACTOR"] = ParseOptionValue();
            }
            else if (At(Keyword.On) && Peek().Kind is TokenKind.Identifier or TokenKind.QuotedIdentifier or TokenKind.String
                || (At(Keyword.On) && Peek().Keyword == Keyword.Primary))
            {
                Advance();
                options["ON"] = ParseFileGroup();
            }
            else if (At(Keyword.With) && PeekWord(1, "STATISTICS_ONLY"))
            {
                Advance();
                Advance();
                options["STATISTICS_ONLY"] = Accept(TokenKind.Equal) ? ParseOptionValue() : "-1";
            }
            else if (AcceptWord("FILESTREAM_ON"))
            {
                options["FILESTREAM_ON"] = ParseFileGroup();
            }
            else
            {
                return options;
            }
        }
    }

    private List<IndexColumnSyntax> ParseIndexColumns()
    {
        Expect(TokenKind.LeftParen);
        var columns = new List<IndexColumnSyntax>();
        do
        {
            Token token = Current;
            ColumnExpression column = ParseColumnReference();
            string name = column.Qualifier.Count == 0 ? column.Name : throw SyntaxError(token);
            bool descending = Accept(Keyword.Desc);
            bool hasOrder = descending || Accept(Keyword.Asc);
            columns.Add(new IndexColumnSyntax(name, descending, hasOrder));
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        return columns;
    }

    /// <summary>INDEX ix [UNIQUE] [CLUSTERED | NONCLUSTERED] [COLUMNSTORE] [(columns)] inside a table definition.</summary>
    private IndexDefinitionSyntax ParseInlineIndex(string? column)
    {
        Token start = Current;
        Expect(Keyword.Index);
        string name = ParseIdentifier();
        bool unique = Accept(Keyword.Unique);
        bool? clustered = ParseClustered();
        bool columnStore = AcceptWord("COLUMNSTORE");
        if (AtWord("HASH"))
        {
            throw NotSupported(Current, "HASH index");
        }

        List<IndexColumnSyntax> columns = At(TokenKind.LeftParen) ? ParseIndexColumns() : OwnColumn(column);
        return ParseIndexTail(start, name, unique, clustered, columnStore, columns);
    }

    private IndexDefinitionSyntax ParseIndexTail(
        in Token start, string name, bool unique, bool? clustered, bool columnStore, List<IndexColumnSyntax> columns)
    {
        List<string> included = AcceptWord("INCLUDE") ? ParseIdentifierList() : [];
        List<string> order = At(Keyword.Order) ? ParseColumnStoreOrder() : [];
        Predicate? where = Accept(Keyword.Where) ? ParsePredicate() : null;
        if (order.Count == 0 && At(Keyword.Order))
        {
            order = ParseColumnStoreOrder();
        }

        Dictionary<string, string> options = ParseIndexOptions();
        return Finish(start, new IndexDefinitionSyntax
        {
            Name = name,
            IsUnique = unique,
            IsClustered = clustered,
            IsColumnStore = columnStore,
            Order = order,
            Columns = columns,
            Included = included,
            Where = where,
            Options = options,
        });
    }

    private List<string> ParseColumnStoreOrder()
    {
        Expect(Keyword.Order);
        return ParseIdentifierList();
    }

    /// <summary>CREATE [UNIQUE] [CLUSTERED | NONCLUSTERED] [COLUMNSTORE] INDEX; CREATE has been read.</summary>
    private Statement ParseCreateIndex(in Token start)
    {
        bool unique = Accept(Keyword.Unique);
        bool? clustered = ParseClustered();
        bool columnStore = AcceptWord("COLUMNSTORE");
        Expect(Keyword.Index);
        Token body = Current;
        string name = ParseIdentifier();
        Expect(Keyword.On);
        ObjectName table = ParseObjectName();
        List<IndexColumnSyntax> columns = columnStore && !At(TokenKind.LeftParen) ? [] : ParseIndexColumns();
        IndexDefinitionSyntax definition = ParseIndexTail(body, name, unique, clustered, columnStore, columns);
        return Finish(start, new CreateIndexStatement { Table = table, Definition = definition });
    }

    private CreateVectorIndexStatement ParseCreateVectorIndex(in Token start)
    {
        Advance();
        Expect(Keyword.Index);
        string name = ParseIdentifier();
        Expect(Keyword.On);
        ObjectName table = ParseObjectName();
        Expect(TokenKind.LeftParen);
        string column = ParseIdentifier();
        Expect(TokenKind.RightParen);
        Dictionary<string, string> options = ParseIndexOptions();
        return Finish(start, new CreateVectorIndexStatement { Name = name, Table = table, Column = column, Options = options });
    }

    /// <summary>CREATE JSON INDEX, and the XML and SPATIAL ones: kind upper-cased.</summary>
    private CreateSpecialIndexStatement ParseCreateSpecialIndex(in Token start)
    {
        string kind = TakeWord();
        if (kind == "PRIMARY")
        {
            ExpectWord("XML");
            kind = "PRIMARY XML";
        }

        Expect(Keyword.Index);
        string name = ParseIdentifier();
        Expect(Keyword.On);
        ObjectName table = ParseObjectName();
        Expect(TokenKind.LeftParen);
        string column = ParseIdentifier();
        Expect(TokenKind.RightParen);
        var paths = new List<string>();
        string? primary = null;
        string? secondary = null;
        if (kind == "JSON" && Accept(Keyword.For))
        {
            Expect(TokenKind.LeftParen);
            do
            {
                paths.Add(ParseStringLiteral());
            }
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.RightParen);
        }
        else if (kind == "XML")
        {
            if (AcceptWord("USING"))
            {
                ExpectWord("XML");
                Expect(Keyword.Index);
                primary = ParseIdentifier();
                if (Accept(Keyword.For))
                {
                    secondary = TakeWord();
                    if (secondary is not ("PATH" or "VALUE" or "PROPERTY"))
                    {
                        throw SyntaxError(_tokens[_position - 1]);
                    }
                }
            }
        }
        else if (kind == "SPATIAL")
        {
            while (!At(Keyword.With) && !At(Keyword.On) && !At(TokenKind.Semicolon) && (AtAnyWord || At(TokenKind.QuotedIdentifier)))
            {
                Advance();
            }
        }

        Dictionary<string, string> options = ParseIndexOptions();
        return Finish(start, new CreateSpecialIndexStatement
        {
            PrimaryIndex = primary,
            SecondaryType = secondary,
            Kind = kind,
            Name = name,
            Table = table,
            Column = column,
            Paths = paths,
            Options = options,
        });
    }

    private AlterIndexStatement ParseAlterIndex(in Token start)
    {
        Expect(Keyword.Index);
        string? name = Accept(Keyword.All) ? null : ParseIdentifier();
        Expect(Keyword.On);
        ObjectName table = ParseObjectName();
        string action = TakeWord();
        Dictionary<string, string> options = NewOptions();
        switch (action)
        {
            case "REBUILD" or "REORGANIZE":
                if (AcceptWord("PARTITION"))
                {
                    Expect(TokenKind.Equal);
                    if (!Accept(Keyword.All))
                    {
                        ParseInt();
                    }
                }

                if (At(Keyword.With))
                {
                    options = ParseWithOptions();
                }

                break;
            case "SET":
                options = ParseOptionList();
                break;
            case "DISABLE" or "PAUSE" or "ABORT":
                break;
            case "RESUME":
                if (At(Keyword.With))
                {
                    ParseWithOptions();
                }

                break;
            default:
                throw SyntaxError(_tokens[_position - 1]);
        }

        return Finish(start, new AlterIndexStatement { Name = name, Table = table, Action = action, Options = options });
    }

    /// <summary>CREATE STATISTICS s ON t (c) ..., UPDATE STATISTICS t [s | (s, ...)] [WITH ...].</summary>
    private StatisticsStatement ParseStatistics()
    {
        Token start = Current;
        string action = TakeWord();
        Expect(Keyword.Statistics);
        string? name = null;
        var columns = new List<string>();
        var names = new List<string>();
        Predicate? where = null;
        bool isNotRecomputed = false;
        ObjectName table;
        if (action == "CREATE")
        {
            name = ParseIdentifier();
            Expect(Keyword.On);
            table = ParseObjectName();
            columns.AddRange(ParseIndexColumns().Select(c => c.Name));
            if (Accept(Keyword.Where))
            {
                where = ParsePredicate();
            }
        }
        else
        {
            table = ParseObjectName();
            if (At(TokenKind.LeftParen))
            {
                names.AddRange(ParseIdentifierList());
            }
            else if (AtIdentifier)
            {
                name = ParseIdentifier();
                names.Add(name);
            }
        }

        if (At(Keyword.With))
        {
            Advance();
            do
            {
                isNotRecomputed |= TakeWord() == "NORECOMPUTE";
                if (Accept(TokenKind.Equal))
                {
                    ParseOptionValue();
                }
                else if (At(TokenKind.Integer))
                {
                    ParseInt();
                    if (!Accept(Keyword.Percent))
                    {
                        ExpectWord("ROWS");
                    }
                }
            }
            while (Accept(TokenKind.Comma));
        }

        return Finish(start, new StatisticsStatement { Action = action, Name = name, Table = table, Columns = columns, Where = where, Names = names, IsNotRecomputed = isNotRecomputed });
    }
}
