using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>CREATE, ALTER and DROP: which statement it is, and the smaller kinds of object.</summary>
public sealed partial class Parser
{
    /// <summary>Classes of object SQL Server has and this host refuses by name: longest spelling first.</summary>
    private static readonly string[][] RefusedClasses =
    [
        ["FULLTEXT", "CATALOG"], ["FULLTEXT", "INDEX"], ["FULLTEXT", "STOPLIST"], 
        ["EXTERNAL", "TABLE"], ["EXTERNAL", "DATA", "SOURCE"], ["EXTERNAL", "FILE", "FORMAT"],
        ["EXTERNAL", "MODEL"], ["EXTERNAL", "LIBRARY"], ["EXTERNAL", "LANGUAGE"], ["EXTERNAL", "RESOURCE", "POOL"], ["MESSAGE", "TYPE"],
        ["CONTRACT"], ["QUEUE"], ["SERVICE"], ["ROUTE"], ["REMOTE", "SERVICE", "BINDING"], ["BROKER", "PRIORITY"], ["EVENT", "SESSION"],
        ["EVENT", "NOTIFICATION"], ["CERTIFICATE"], ["SYMMETRIC", "KEY"], ["ASYMMETRIC", "KEY"], ["MASTER", "KEY"],
        ["COLUMN", "MASTER", "KEY"], ["COLUMN", "ENCRYPTION", "KEY"], ["DATABASE", "ENCRYPTION", "KEY"], ["DATABASE", "AUDIT", "SPECIFICATION"],
        ["DATABASE", "SCOPED", "CREDENTIAL"], ["SERVER", "AUDIT", "SPECIFICATION"], ["SERVER", "AUDIT"], ["SERVER", "CONFIGURATION"],
        ["CREDENTIAL"], ["CRYPTOGRAPHIC", "PROVIDER"], ["ENDPOINT"], ["AVAILABILITY", "GROUP"], ["RESOURCE", "POOL"], ["RESOURCE", "GOVERNOR"],
        ["WORKLOAD", "GROUP"], ["SEARCH", "PROPERTY", "LIST"], ["MATERIALIZED", "VIEW"],
        ["SELECTIVE", "XML", "INDEX"], ["SIGNATURE"], ["SENSITIVITY", "CLASSIFICATION"],
    ];

    private Statement ParseCreate(bool first)
    {
        Token start = Current;
        Advance();
        ModuleAction action = ModuleAction.Create;
        if (At(Keyword.Or))
        {
            Advance();
            Expect(Keyword.Alter);
            action = ModuleAction.CreateOrAlter;
            if (Current.Keyword is not (Keyword.Proc or Keyword.Procedure or Keyword.Function or Keyword.View or Keyword.Trigger))
            {
                throw SyntaxError();
            }
        }

        if (!At(Keyword.Schema))
        {
            switch (Current.Keyword)
            {
                case Keyword.Proc or Keyword.Procedure:
                    return ParseProcedure(start, action, first);
                case Keyword.Function:
                    return ParseFunction(start, action, first);
                case Keyword.View:
                    return ParseView(start, action, first);
                case Keyword.Trigger:
                    return ParseTrigger(start, action, first);
            }

            _atBatchStart = false;
        }

        return At(TokenKind.Keyword) ? ParseCreateKeyword(start, first) : ParseCreateWord(start);
    }

    private Statement ParseCreateKeyword(in Token start, bool first)
    {
        switch (Current.Keyword)
        {
            case Keyword.Table:
                return ParseCreateTable(start);
            case Keyword.Unique or Keyword.Clustered or Keyword.NonClustered or Keyword.Index:
                return ParseCreateIndex(start);
            case Keyword.Primary:
                return ParseCreateSpecialIndex(start);
            case Keyword.Schema:
                return ParseCreateSchema(start, first);
            case Keyword.Statistics:
                _position--;
                return ParseStatistics();
            case Keyword.Database when !PeekWord(1, "SCOPED") && !PeekWord(1, "AUDIT") && !PeekWord(1, "ENCRYPTION"):
                return ParseDatabase(start, "CREATE");
            case Keyword.User:
                return ParsePrincipal(start, "CREATE");
            case Keyword.Rule or Keyword.Default:
                return ParseCreateBindable(start, first);
            default:
                return ParseRefused(start);
        }
    }

    private Statement ParseCreateWord(in Token start)
    {
        if (!At(TokenKind.Identifier))
        {
            throw SyntaxError();
        }

        switch (ValueOf(Current).ToUpperInvariant())
        {
            case "COLUMNSTORE":
                return ParseCreateIndex(start);
            case "VECTOR" when Peek().Keyword == Keyword.Index:
                return ParseCreateVectorIndex(start);
            case "JSON" or "XML" or "SPATIAL" when Peek().Keyword == Keyword.Index:
                return ParseCreateSpecialIndex(start);
            case "XML" when Peek().Keyword == Keyword.Schema:
                return ParseXmlSchemaCollection(start, isAlter: false);
            case "TYPE":
                return ParseCreateType(start);
            case "SEQUENCE":
                return ParseSequence(start, isAlter: false);
            case "SYNONYM":
                return ParseSynonym(start);
            case "AGGREGATE":
                return ParseCreateAggregate(start);
            case "ASSEMBLY":
                return ParseAssembly(start, isAlter: false);
            case "PARTITION" when Peek().Keyword == Keyword.Function || PeekWord(1, "SCHEME"):
                return ParseCreatePartition(start);
            case "SECURITY":
                return ParseSecurityPolicy(start, isAlter: false);
            case "ROLE" or "LOGIN" or "APPLICATION":
            case "SERVER" when PeekWord(1, "ROLE"):
                return ParsePrincipal(start, "CREATE");
            default:
                return ParseRefused(start);
        }
    }

    private Statement ParseAlter(bool first)
    {
        Token start = Current;
        Advance();
        switch (Current.Keyword)
        {
            case Keyword.Proc or Keyword.Procedure:
                return ParseProcedure(start, ModuleAction.Alter, first);
            case Keyword.Function:
                return ParseFunction(start, ModuleAction.Alter, first);
            case Keyword.View:
                return ParseView(start, ModuleAction.Alter, first);
            case Keyword.Trigger:
                return ParseTrigger(start, ModuleAction.Alter, first);
        }

        _atBatchStart = false;
        switch (Current.Keyword)
        {
            case Keyword.Table:
                AlterTableStatement alter = ParseAlterTable(start);
                alter.SourceText = _text[alter.Offset..alter.EndOffset];
                return alter;
            case Keyword.Index:
                return ParseAlterIndex(start);
            case Keyword.Schema:
                return ParseAlterSchema(start);
            case Keyword.User:
                return ParsePrincipal(start, "ALTER");
            case Keyword.Authorization:
                return ParseAlterAuthorization(start);
            case Keyword.Database when PeekWord(1, "SCOPED") && PeekWord(2, "CONFIGURATION"):
                return ParseScopedConfiguration(start);
            case Keyword.Database when !PeekWord(1, "AUDIT") && !PeekWord(1, "ENCRYPTION") && !PeekWord(1, "SCOPED"):
                return ParseDatabase(start, "ALTER");
        }

        if (!At(TokenKind.Identifier))
        {
            return ParseRefused(start);
        }

        switch (ValueOf(Current).ToUpperInvariant())
        {
            case "XML" when Peek().Keyword == Keyword.Schema:
                return ParseXmlSchemaCollection(start, isAlter: true);
            case "SEQUENCE":
                return ParseSequence(start, isAlter: true);
            case "ASSEMBLY":
                return ParseAssembly(start, isAlter: true);
            case "PARTITION" when Peek().Keyword == Keyword.Function || PeekWord(1, "SCHEME"):
                return ParseAlterPartition(start);
            case "SECURITY":
                return ParseSecurityPolicy(start, isAlter: true);
            case "ROLE" or "LOGIN" or "APPLICATION":
            case "SERVER" when PeekWord(1, "ROLE"):
                return ParsePrincipal(start, "ALTER");
            default:
                return ParseRefused(start);
        }
    }

    /// <summary>CREATE, ALTER or DROP of a class this host does not have: a statement that names it, for the executor to refuse.</summary>
    private UtilityStatement ParseRefused(in Token start)
    {
        foreach (string[] words in RefusedClasses)
        {
            int matched = 0;
            while (matched < words.Length && PeekWord(matched, words[matched]))
            {
                matched++;
            }

            if (matched == words.Length)
            {
                string command = ValueOf(start).ToUpperInvariant() + " " + string.Join(' ', words);
                SkipStatement();
                return Finish(start, new UtilityStatement { Command = command });
            }
        }

        if (At(TokenKind.Identifier) && start.Keyword is Keyword.Create or Keyword.Alter or Keyword.Drop)
        {
            throw ErrorHere(343, ErrorText(Current));
        }

        throw SyntaxError();
    }

    // ---- schemas ----

    private CreateSchemaStatement ParseCreateSchema(in Token start, bool first)
    {
        Advance();
        if (!first)
        {
            throw At(start, SqlErrors.Create(111, "CREATE SCHEMA"));
        }

        _atBatchStart = false;
        string? name = AtIdentifier ? ParseIdentifier() : null;
        string? owner = Accept(Keyword.Authorization) ? ParseIdentifier() : null;
        var elements = new List<Statement>();
        while (Current.Keyword is Keyword.Create or Keyword.Grant or Keyword.Deny or Keyword.Revoke)
        {
            elements.Add(At(Keyword.Create) ? ParseCreate(first: true) : ParsePermission());
        }

        while (At(TokenKind.Semicolon))
        {
            Advance();
        }

        if (!At(TokenKind.EndOfFile))
        {
            throw SyntaxError();
        }

        return Finish(start, new CreateSchemaStatement { Name = name ?? owner ?? throw SyntaxError(), Owner = owner, Elements = elements });
    }

    private AlterSchemaStatement ParseAlterSchema(in Token start)
    {
        Advance();
        string name = ParseIdentifier();
        ExpectWord("TRANSFER");
        string? securableClass = ParseSecurableClass();
        ObjectName target = ParseObjectName();
        return Finish(start, new AlterSchemaStatement { Name = name, Object = target, Class = securableClass ?? "OBJECT" });
    }

    // ---- types, sequences, synonyms, assemblies ----

    private Statement ParseCreateType(in Token start)
    {
        Advance();
        ObjectName name = ParseLocalName("CREATE TYPE");
        if (Accept(Keyword.From))
        {
            DataTypeSyntax type = ParseDataType();
            bool? nullable = ParseNullability();
            return Finish(start, new CreateTypeStatement { Name = name, BaseType = type, IsNullable = nullable });
        }

        if (At(Keyword.External))
        {
            Advance();
            ExpectWord("NAME");
            string assembly = ParseIdentifier();
            string type = Accept(TokenKind.Dot) ? ParseIdentifier() : name.Name;
            return Finish(start, new CreateTypeStatement { Name = name, External = new Catalog.ClrTypeName(assembly, type) });
        }

        Expect(Keyword.As);
        Expect(Keyword.Table);
        TableDefinitionSyntax table = ParseTableDefinition();
        if (At(Keyword.With))
        {
            throw NotSupported(Current, "CREATE TYPE ... WITH (MEMORY_OPTIMIZED = ON)");
        }

        return Finish(start, new CreateTypeStatement { Name = name, Table = table });
    }

    private SequenceStatement ParseSequence(in Token start, bool isAlter)
    {
        Advance();
        ObjectName name = ParseObjectName();
        DataTypeSyntax? type = null;
        Expression? from = null, increment = null, min = null, max = null, restart = null;
        bool noMin = false, noMax = false, isRestart = false;
        bool? cycle = null;
        int? cache = null;
        while (true)
        {
            if (At(Keyword.As))
            {
                Advance();
                type = ParseDataType();
            }
            else if (AtWord("START"))
            {
                Advance();
                Expect(Keyword.With);
                from = ParseSignedValue();
            }
            else if (AcceptWord("RESTART"))
            {
                isRestart = true;
                if (Accept(Keyword.With))
                {
                    restart = ParseSignedValue();
                }
            }
            else if (AcceptWord("INCREMENT"))
            {
                Expect(Keyword.By);
                increment = ParseSignedValue();
            }
            else if (AcceptWord("MINVALUE"))
            {
                min = ParseSignedValue();
            }
            else if (AcceptWord("MAXVALUE"))
            {
                max = ParseSignedValue();
            }
            else if (AcceptWord("CYCLE"))
            {
                cycle = true;
            }
            else if (AcceptWord("CACHE"))
            {
                cache = SequenceStatement.DefaultCache;
                if (At(TokenKind.Integer))
                {
                    cache = ParsePrimary() is LiteralExpression literal && int.TryParse(literal.Text, System.Globalization.CultureInfo.InvariantCulture, out int size) ? size : int.MaxValue;
                }
            }
            else if (AtWord("NO") && Peek().Kind == TokenKind.Identifier)
            {
                Advance();
                switch (TakeWord())
                {
                    case "MINVALUE":
                        noMin = true;
                        break;
                    case "MAXVALUE":
                        noMax = true;
                        break;
                    case "CYCLE":
                        cycle = false;
                        break;
                    case "CACHE":
                        cache = SequenceStatement.NoCache;
                        break;
                    default:
                        throw SyntaxError(_tokens[_position - 1]);
                }
            }
            else
            {
                break;
            }
        }

        return Finish(start, new SequenceStatement
        {
            IsAlter = isAlter,
            Name = name,
            Type = type,
            Start = from,
            Increment = increment,
            MinValue = min,
            NoMinValue = noMin,
            MaxValue = max,
            NoMaxValue = noMax,
            Cycle = cycle,
            CacheSize = cache,
            Restart = isRestart,
            RestartWith = restart,
        });
    }

    private CreateSynonymStatement ParseSynonym(in Token start)
    {
        Advance();
        ObjectName name = ParseLocalName("CREATE SYNONYM");
        Expect(Keyword.For);
        ObjectName target = ParseObjectName();
        return Finish(start, new CreateSynonymStatement { Name = name, Target = target });
    }

    private AssemblyStatement ParseAssembly(in Token start, bool isAlter)
    {
        Advance();
        string name = ParseIdentifier();
        string? owner = Accept(Keyword.Authorization) ? ParseIdentifier() : null;
        var from = new List<Expression>();
        if (Accept(Keyword.From))
        {
            do
            {
                from.Add(ParseExpression());
            }
            while (Accept(TokenKind.Comma));
        }
        else if (!isAlter)
        {
            throw SyntaxError();
        }

        string? permission = null;
        bool isUnchecked = false;
        if (Accept(Keyword.With))
        {
            do
            {
                string option = TakeWord();
                if (option == "PERMISSION_SET")
                {
                    Expect(TokenKind.Equal);
                    permission = TakeWord();
                    if (permission is not ("SAFE" or "EXTERNAL_ACCESS" or "UNSAFE"))
                    {
                        throw SyntaxError(_tokens[_position - 1]);
                    }
                }
                else if (option == "VISIBILITY")
                {
                    Expect(TokenKind.Equal);
                    ParseOnOff();
                }
                else if (option == "UNCHECKED")
                {
                    ExpectWord("DATA");
                    isUnchecked = true;
                }
                else
                {
                    throw SyntaxError(_tokens[_position - 1]);
                }
            }
            while (Accept(TokenKind.Comma));
        }

        (List<string> dropped, bool dropsAll, List<(Expression Content, string? Name)> added) = isAlter ? ParseAssemblyFiles() : ([], false, []);
        return Finish(start, new AssemblyStatement
        {
            IsAlter = isAlter,
            Name = name,
            Owner = owner,
            From = from,
            PermissionSet = permission,
            IsDataUnchecked = isUnchecked,
            DroppedFiles = dropped,
            DropsAllFiles = dropsAll,
            AddedFiles = added,
        });
    }
}
