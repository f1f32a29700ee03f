using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>CREATE TABLE and table definitions: columns, constraints, inline indexes.</summary>
public sealed partial class Parser
{
    private CreateTableStatement ParseCreateTable(in Token start)
    {
        Expect(Keyword.Table);
        ObjectName name = ParseObjectName();
        Dictionary<string, string> options = NewOptions();
        if (At(Keyword.As) && PeekWord(1, "FILETABLE"))
        {
            throw NotSupported(Current, "CREATE TABLE ... AS FILETABLE");
        }

        bool isNode = false;
        bool isEdge = false;
        TableDefinitionSyntax definition;
        if (At(Keyword.As) && PeekWord(1, "EDGE"))
        {
            // An edge table may have no columns of its own.
            definition = Finish(Current, new TableDefinitionSyntax { Columns = [] });
        }
        else
        {
            definition = ParseTableDefinition();
        }

        if (Accept(Keyword.As))
        {
            isNode = AcceptWord("NODE");
            if (!isNode)
            {
                ExpectWord("EDGE");
                isEdge = true;
            }
        }

        ParseStorageOptions(options);
        return Finish(start, new CreateTableStatement { Name = name, Definition = definition, IsNode = isNode, IsEdge = isEdge, Options = options });
    }

    /// <summary>ON filegroup, TEXTIMAGE_ON, FILESTREAM_ON and WITH (...), in any order.</summary>
    private void ParseStorageOptions(Dictionary<string, string> options)
    {
        while (true)
        {
            if (Accept(Keyword.On))
            {
                options["ON"] = ParseFileGroup();
            }
            else if (AtWord("TEXTIMAGE_ON") || AtWord("FILESTREAM_ON"))
            {
                string option = TakeWord();
                options[option] = ParseFileGroup();
            }
            else if (At(Keyword.With) && Peek().Kind == TokenKind.LeftParen)
            {
                Advance();
                Token first = Current;
                ParseOptionList(options);
                RequireTableOptions(options, first);
            }
            else
            {
                return;
            }
        }
    }

    private static readonly HashSet<string> TableOptions = new(StringComparer.OrdinalIgnoreCase)
    {
        "ON", "TEXTIMAGE_ON", "FILESTREAM_ON", "SYSTEM_VERSIONING", "HISTORY_TABLE", "DATA_CONSISTENCY_CHECK", "HISTORY_RETENTION_PERIOD", "LOCK_ESCALATION", "DATA_COMPRESSION",
        "XML_COMPRESSION", "MEMORY_OPTIMIZED", "DURABILITY", "LEDGER", "APPEND_ONLY", "LEDGER_VIEW", "REMOTE_DATA_ARCHIVE", "MIGRATION_STATE", "FILTER_PREDICATE", "DATA_DELETION",
        "FILTER_COLUMN", "RETENTION_PERIOD", "FILETABLE_DIRECTORY", "FILETABLE_NAMESPACE", "FILETABLE_COLLATE_FILENAME", "FILETABLE_PRIMARY_KEY_CONSTRAINT_NAME",
        "FILETABLE_STREAMID_UNIQUE_CONSTRAINT_NAME", "FILETABLE_FULLPATH_UNIQUE_CONSTRAINT_NAME", "TRANSACTION_ID_COLUMN_NAME", "SEQUENCE_NUMBER_COLUMN_NAME",
        "OPERATION_TYPE_COLUMN_NAME", "OPERATION_TYPE_DESC_COLUMN_NAME",
    };

    /// <summary>Options of tables are known words, and SYSTEM_VERSIONING is ON or OFF.</summary>
    private void RequireTableOptions(Dictionary<string, string> options, in Token start)
    {
        foreach ((string name, string value) in options)
        {
            if (!TableOptions.Contains(name) || (name == "SYSTEM_VERSIONING" && value is not ("ON" or "OFF")))
            {
                throw SyntaxError(start);
            }
        }
    }

    /// <summary>A filegroup, "default" or a partition scheme with its column.</summary>
    private string ParseFileGroup()
    {
        string name = At(Keyword.Primary) ? TakeWord() : ParseIdentifierOrString();
        if (Accept(TokenKind.LeftParen))
        {
            // A partition scheme and its column.
            name = $"{Catalog.SyntaxText.Quote(name)}({Catalog.SyntaxText.Quote(ParseIdentifier())})";
            Expect(TokenKind.RightParen);
        }

        return name;
    }

    private TableDefinitionSyntax ParseTableDefinition()
    {
        Token start = Current;
        Expect(TokenKind.LeftParen);
        Enter();
        var columns = new List<ColumnDefinitionSyntax>();
        var constraints = new List<ConstraintSyntax>();
        var indexes = new List<IndexDefinitionSyntax>();
        (string, string)? period = null;
        do
        {
            if (At(TokenKind.RightParen) && columns.Count > 0)
            {
                // A trailing comma is allowed.
                break;
            }

            if (AtTableConstraint)
            {
                constraints.Add(ParseTableConstraint());
            }
            else if (At(Keyword.Index))
            {
                indexes.Add(ParseInlineIndex(column: null));
            }
            else if (AtWord("PERIOD") && Peek().Keyword == Keyword.For && PeekWord(2, "SYSTEM_TIME"))
            {
                if (period is not null)
                {
                    throw At(Current, SqlErrors.Create(13508));
                }

                period = ParsePeriod();
            }
            else
            {
                columns.Add(ParseColumnDefinition(indexes));
                while (AtTableConstraint)
                {
                    // The comma before a table constraint may be missing.
                    constraints.Add(ParseTableConstraint());
                }
            }
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        Leave();
        return Finish(start, new TableDefinitionSyntax { Columns = columns, Constraints = constraints, Indexes = indexes, Period = period });
    }

    private (string Start, string End) ParsePeriod()
    {
        Advance();
        Advance();
        Advance();
        Expect(TokenKind.LeftParen);
        string from = ParseIdentifier();
        Expect(TokenKind.Comma);
        string to = ParseIdentifier();
        Expect(TokenKind.RightParen);
        return (from, to);
    }

    private ColumnDefinitionSyntax ParseColumnDefinition(List<IndexDefinitionSyntax> indexes, bool isAltered = false)
    {
        Token start = Current;
        string name = ParseIdentifier();
        var column = new ColumnBuilder();
        if (Accept(Keyword.As))
        {
            column.Computed = ParseExpression();
            if (AcceptWord("PERSISTED"))
            {
                column.IsPersisted = true;
            }
        }
        else if (AtIdentifier || Current.Keyword is Keyword.National or Keyword.Double)
        {
            column.Type = ParseDataType();
        }
        else if (name.Equals("timestamp", StringComparison.OrdinalIgnoreCase))
        {
            // A column declared by the word timestamp alone is named so and typed so.
            column.Type = new DataTypeSyntax { Name = NameOf(start, name), Offset = start.Start, Line = start.Line, EndOffset = start.End };
        }
        else
        {
            throw SyntaxError();
        }

        while (ParseColumnPart(column, name, indexes))
        {
            if (isAltered && column.Nullabilities > 1)
            {
                throw SyntaxError(_tokens[_position - 1]);
            }
        }

        return Finish(start, new ColumnDefinitionSyntax
        {
            Name = name,
            Type = column.Type,
            Computed = column.Computed,
            IsPersisted = column.IsPersisted,
            IsNullable = column.IsNullable,
            Identity = column.Identity,
            IsRowGuid = column.IsRowGuid,
            IsFileStream = column.IsFileStream,
            IsSparse = column.IsSparse,
            IsHidden = column.IsHidden,
            MaskFunction = column.MaskFunction,
            Generated = column.Generated,
            Constraints = column.Constraints,
        });
    }

    /// <summary>What a column definition gathers, its parts coming in any order.</summary>
    private sealed class ColumnBuilder
    {
        public DataTypeSyntax? Type { get; set; }
        public Expression? Computed { get; set; }
        public bool IsPersisted { get; set; }
        public bool? IsNullable { get; set; }

        /// <summary>How often NULL or NOT NULL has been said.</summary>
        public int Nullabilities { get; set; }
        public (decimal Seed, decimal Increment)? Identity { get; set; }
        public bool IsRowGuid { get; set; }
        public bool IsFileStream { get; set; }
        public bool IsSparse { get; set; }
        public bool IsHidden { get; set; }
        public string? MaskFunction { get; set; }
        public GeneratedAlways Generated { get; set; }
        public List<ConstraintSyntax> Constraints { get; } = [];
    }

    /// <summary>Reads one part of a column definition after its type; false when there is none.</summary>
    private bool ParseColumnPart(ColumnBuilder column, string name, List<IndexDefinitionSyntax> indexes)
    {
        switch (Current.Keyword)
        {
            case Keyword.Null:
                Advance();
                column.Nullabilities++;
                column.IsNullable = true;
                return true;
            case Keyword.Not when Peek().Keyword == Keyword.Null:
                Advance();
                Advance();
                column.Nullabilities++;
                column.IsNullable = false;
                return true;
            case Keyword.Not when Peek().Keyword == Keyword.For:
                SkipNotForReplication();
                return true;
            case Keyword.Collate when column.Type is not null:
                Advance();
                string collation = ParseIdentifierOrDefault();
                column.Type = new DataTypeSyntax
                {
                    Name = column.Type.Name,
                    Arguments = column.Type.Arguments,
                    BaseType = column.Type.BaseType,
                    Collation = collation,
                    Offset = column.Type.Offset,
                    Line = column.Type.Line,
                    EndOffset = _tokens[_position - 1].End,
                };
                return true;
            case Keyword.Identity:
                Advance();
                column.Identity = (1, 1);
                if (Accept(TokenKind.LeftParen))
                {
                    decimal seed = ParseSignedDecimal();
                    Expect(TokenKind.Comma);
                    column.Identity = (seed, ParseSignedDecimal());
                    Expect(TokenKind.RightParen);
                }

                return true;
            case Keyword.RowGuidCol:
                Advance();
                column.IsRowGuid = true;
                return true;
            case Keyword.Index:
                indexes.Add(ParseInlineIndex(name));
                return true;
            case Keyword.Constraint or Keyword.Primary or Keyword.Unique or Keyword.Check or Keyword.Default or Keyword.References or Keyword.Foreign:
                column.Constraints.Add(ParseConstraint(name));
                return true;
        }

        if (!At(TokenKind.Identifier))
        {
            return false;
        }

        switch (ValueOf(Current).ToUpperInvariant())
        {
            case "FILESTREAM":
                Advance();
                column.IsFileStream = true;
                return true;
            case "SPARSE" when !column.IsSparse:
                Advance();
                column.IsSparse = true;
                return true;
            case "HIDDEN":
                Advance();
                column.IsHidden = true;
                return true;
            case "PERSISTED" when column.Computed is not null && !column.IsPersisted:
                Advance();
                column.IsPersisted = true;
                return true;
            case "MASKED":
                // Only COLLATE and SPARSE come before it.
                if (column is not { IsNullable: null, Identity: null, IsRowGuid: false, Generated: GeneratedAlways.None, Constraints.Count: 0, Computed: null })
                {
                    throw SyntaxError();
                }

                Advance();
                Expect(Keyword.With);
                Expect(TokenKind.LeftParen);
                Expect(Keyword.Function);
                Expect(TokenKind.Equal);
                column.MaskFunction = ParseStringLiteral();
                Expect(TokenKind.RightParen);
                return true;
            case "GENERATED":
                column.Generated = ParseGenerated();
                return true;
            case "ENCRYPTED":
                throw NotSupported(Current, "ENCRYPTED WITH");
            case "COLUMN_SET":
                throw NotSupported(Current, "COLUMN_SET FOR ALL_SPARSE_COLUMNS");
            default:
                return false;
        }
    }

    private GeneratedAlways ParseGenerated()
    {
        Advance();
        ExpectWord("ALWAYS");
        Expect(Keyword.As);
        string what = TakeWord();
        bool isStart = AcceptWord("START");
        if (!isStart)
        {
            Expect(Keyword.End);
        }

        return what switch
        {
            "ROW" => isStart ? GeneratedAlways.RowStart : GeneratedAlways.RowEnd,
            "TRANSACTION_ID" => isStart ? GeneratedAlways.TransactionIdStart : GeneratedAlways.TransactionIdEnd,
            "SEQUENCE_NUMBER" => isStart ? GeneratedAlways.SequenceNumberStart : GeneratedAlways.SequenceNumberEnd,
            _ => throw SyntaxError(_tokens[_position - 1]),
        };
    }

    private bool? ParseNullability()
    {
        if (Accept(Keyword.Null))
        {
            return true;
        }

        if (At(Keyword.Not) && Peek().Keyword == Keyword.Null)
        {
            Advance();
            Advance();
            return false;
        }

        return null;
    }

    private bool SkipNotForReplication()
    {
        if (!At(Keyword.Not) || Peek().Keyword != Keyword.For)
        {
            return false;
        }

        Advance();
        Advance();
        Expect(Keyword.Replication);
        return true;
    }

    // ---- constraints ----

    private bool AtTableConstraint =>
        Current.Keyword is Keyword.Constraint or Keyword.Primary or Keyword.Unique or Keyword.Check or Keyword.Foreign
        || (AtWord("CONNECTION") && Peek().Kind == TokenKind.LeftParen)
        || (At(Keyword.Default) && Peek().Kind is TokenKind.LeftParen or TokenKind.Integer or TokenKind.String or TokenKind.NationalString);
}
