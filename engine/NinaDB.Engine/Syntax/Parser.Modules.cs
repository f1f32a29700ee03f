using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>CREATE and ALTER of procedures, functions, views and triggers. Each must be alone in its batch.</summary>
public sealed partial class Parser
{
    /// <summary>Error 111 unless this statement begins the batch.</summary>
    private void RequireBatchStart(bool first, in Token start, ModuleAction action, string kind)
    {
        if (!first)
        {
            throw At(start, SqlErrors.Create(111, DefinitionOf(action, kind)));
        }

        _atBatchStart = false;
    }

    /// <summary>How the server's messages name a definition of a module.</summary>
    private static string DefinitionOf(ModuleAction action, string kind) =>
        kind == "PROCEDURE" ? "CREATE/ALTER PROCEDURE" : $"{(action == ModuleAction.Alter ? "ALTER" : "CREATE")} {kind}";

    private ObjectName ParseModuleName(ModuleAction action, string kind)
    {
        ObjectName name = ParseLocalName(DefinitionOf(action, kind));
        _module = name.Name;
        return name;
    }

    /// <summary>The name of something that is made in, or dropped from, the current database only: a database in it is error 166.</summary>
    private ObjectName ParseLocalName(string action)
    {
        Token start = Current;
        ObjectName name = ParseObjectName();
        return name.Parts.Count <= 2 || name.Parts[^3].Length == 0 ? name : throw At(start, SqlErrors.Create(166, action));
    }

    /// <summary>What sys.sql_modules keeps: the batch, with the comments that stand before CREATE.</summary>
    private string ModuleText(in Token start) => start.Start <= _tokens[0].Start ? _text : _text[start.Start..];

    // ---- procedures ----

    private CreateProcedureStatement ParseProcedure(in Token start, ModuleAction action, bool first)
    {
        Advance();
        RequireBatchStart(first, start, action, "PROCEDURE");
        ObjectName name = ParseModuleName(action, "PROCEDURE");
        int? number = At(TokenKind.Semicolon) && Peek().Kind == TokenKind.Integer ? ParseProcedureNumber() : null;
        var parameters = new List<ParameterSyntax>();
        bool parenthesized = Accept(TokenKind.LeftParen);
        if (At(TokenKind.Variable))
        {
            do
            {
                parameters.Add(ParseParameter());
            }
            while (Accept(TokenKind.Comma));
        }

        if (parenthesized)
        {
            Expect(TokenKind.RightParen);
        }

        List<string> options = ParseModuleOptions();
        if (Accept(Keyword.For))
        {
            Expect(Keyword.Replication);
        }

        Expect(Keyword.As);
        if (At(Keyword.External))
        {
            ExternalName external = ParseExternalName();
            return Finish(start, new CreateProcedureStatement
            {
                Action = action,
                Name = name,
                Number = number,
                SourceText = ModuleText(start),
                Options = options,
                Parameters = parameters,
                External = external,
            });
        }

        List<Statement> body = ParseStatements(isBatch: true);
        return Finish(start, new CreateProcedureStatement
        {
            Action = action,
            Name = name,
            Number = number,
            SourceText = ModuleText(start),
            Options = options,
            Parameters = parameters,
            Body = body,
        });
    }

    /// <summary>;n after the name of a procedure: n from 1 to 32767.</summary>
    private int ParseProcedureNumber()
    {
        Advance();
        Token token = Current;
        Advance();
        return short.TryParse(Raw(token), System.Globalization.CultureInfo.InvariantCulture, out short number) && number > 0
            ? number
            : throw At(token, SqlErrors.Create(1005, _text[token.Start..token.End], short.MaxValue));
    }

    /// <summary>@name [AS] type [VARYING] [NULL | NOT NULL] [= default] [OUT | OUTPUT] [READONLY].</summary>
    private ParameterSyntax ParseParameter()
    {
        Token start = Current;
        string name = ParseVariableName();
        Accept(Keyword.As);
        DataTypeSyntax type = ParseDataType();
        bool? nullable = ParseNullability();
        Expression? value = null;
        if (Accept(TokenKind.Equal))
        {
            value = ParseExecuteValue();
        }

        bool output = AcceptWord("OUTPUT") || AcceptWord("OUT");
        bool readOnly = AcceptWord("READONLY");
        return Finish(start, new ParameterSyntax
        {
            Name = name,
            Type = type,
            IsNullable = nullable,
            Default = value,
            IsOutput = output,
            IsReadOnly = readOnly,
        });
    }

    /// <summary>WITH SCHEMABINDING, EXECUTE AS OWNER, ...: each option one upper-cased string; a user name keeps its case.</summary>
    private List<string> ParseModuleOptions()
    {
        var options = new List<string>();
        if (!Accept(Keyword.With))
        {
            return options;
        }

        do
        {
            Token token = Current;
            string option = TakeWord();
            switch (option)
            {
                case "EXECUTE" or "EXEC":
                    Expect(Keyword.As);
                    string who = Current.Kind is TokenKind.String or TokenKind.NationalString ? $"'{ParseStringLiteral()}'" : AtWord("CALLER") || AtWord("SELF") || AtWord("OWNER") ? TakeWord() : throw SyntaxError();
                    options.Add("EXECUTE AS " + who);
                    break;
                case "RETURNS":
                    Expect(Keyword.Null);
                    Expect(Keyword.On);
                    Expect(Keyword.Null);
                    ExpectWord("INPUT");
                    options.Add("RETURNS NULL ON NULL INPUT");
                    break;
                case "CALLED":
                    Expect(Keyword.On);
                    Expect(Keyword.Null);
                    ExpectWord("INPUT");
                    options.Add("CALLED ON NULL INPUT");
                    break;
                case "INLINE":
                    Expect(TokenKind.Equal);
                    options.Add("INLINE = " + TakeWord());
                    break;
                case "SCHEMABINDING" or "ENCRYPTION" or "RECOMPILE" or "VIEW_METADATA":
                    options.Add(option);
                    break;
                case "NATIVE_COMPILATION":
                    throw NotSupported(token, option);
                default:
                    throw SyntaxError(token);
            }
        }
        while (Accept(TokenKind.Comma));
        return options;
    }

    /// <summary>EXTERNAL NAME assembly.[namespace.class].method.</summary>
    private ExternalName ParseExternalName()
    {
        Expect(Keyword.External);
        ExpectWord("NAME");
        string assembly = ParseIdentifier();
        Expect(TokenKind.Dot);
        string type = ParseIdentifier();
        Expect(TokenKind.Dot);
        return new ExternalName(assembly, type, ParseIdentifier());
    }

    // ---- functions ----

    private CreateFunctionStatement ParseFunction(in Token start, ModuleAction action, bool first)
    {
        Advance();
        RequireBatchStart(first, start, action, "FUNCTION");
        ObjectName name = ParseModuleName(action, "FUNCTION");
        Expect(TokenKind.LeftParen);
        var parameters = new List<ParameterSyntax>();
        if (!At(TokenKind.RightParen))
        {
            do
            {
                parameters.Add(ParseParameter());
            }
            while (Accept(TokenKind.Comma));
        }

        Expect(TokenKind.RightParen);
        ExpectWord("RETURNS");
        if (At(TokenKind.Variable))
        {
            return ParseMultiStatementFunction(start, action, name, parameters);
        }

        if (Accept(Keyword.Table))
        {
            return At(TokenKind.LeftParen)
                ? ParseClrTableFunction(start, action, name, parameters)
                : ParseInlineFunction(start, action, name, parameters);
        }

        DataTypeSyntax type = ParseDataType();
        List<string> options = ParseModuleOptions();
        Accept(Keyword.As);
        ExternalName? external = At(Keyword.External) ? ParseExternalName() : null;
        List<Statement> body = external is null ? ParseFunctionBody() : [];
        return Finish(start, new CreateFunctionStatement
        {
            Action = action,
            Name = name,
            SourceText = ModuleText(start),
            Kind = FunctionKind.Scalar,
            Parameters = parameters,
            Options = options,
            ReturnType = type,
            Body = body,
            External = external,
        });
    }

    private CreateFunctionStatement ParseMultiStatementFunction(
        in Token start, ModuleAction action, ObjectName name, List<ParameterSyntax> parameters)
    {
        string variable = ParseVariableName();
        Expect(Keyword.Table);
        TableDefinitionSyntax table = ParseTableDefinition();
        List<string> options = ParseModuleOptions();
        Accept(Keyword.As);
        List<Statement> body = ParseFunctionBody();
        return Finish(start, new CreateFunctionStatement
        {
            Action = action,
            Name = name,
            SourceText = ModuleText(start),
            Kind = FunctionKind.MultiStatementTable,
            Parameters = parameters,
            Options = options,
            ReturnVariable = variable,
            ReturnTable = table,
            Body = body,
        });
    }

    /// <summary>RETURNS TABLE (columns) [WITH ...] [ORDER (...)] AS EXTERNAL NAME.</summary>
    private CreateFunctionStatement ParseClrTableFunction(
        in Token start, ModuleAction action, ObjectName name, List<ParameterSyntax> parameters)
    {
        TableDefinitionSyntax table = ParseTableDefinition();
        List<string> options = ParseModuleOptions();
        List<IndexColumnSyntax> order = Accept(Keyword.Order) ? ParseFunctionOrder() : [];
        Accept(Keyword.As);
        ExternalName external = ParseExternalName();
        return Finish(start, new CreateFunctionStatement
        {
            Action = action,
            Name = name,
            SourceText = ModuleText(start),
            Kind = FunctionKind.MultiStatementTable,
            Parameters = parameters,
            Options = options,
            ReturnTable = table,
            Order = order,
            External = external,
        });
    }

    private CreateFunctionStatement ParseInlineFunction(
        in Token start, ModuleAction action, ObjectName name, List<ParameterSyntax> parameters)
    {
        List<string> options = ParseModuleOptions();
        Accept(Keyword.As);
        Expect(Keyword.Return);
        bool parenthesized = At(TokenKind.LeftParen) && Peek().Keyword == Keyword.With;
        if (parenthesized)
        {
            Advance();
        }

        SelectStatement query = ParseSelectWithCtes(nested: true);
        if (parenthesized)
        {
            Expect(TokenKind.RightParen);
        }

        Accept(TokenKind.Semicolon);
        return Finish(start, new CreateFunctionStatement
        {
            Action = action,
            Name = name,
            SourceText = ModuleText(start),
            Kind = FunctionKind.InlineTable,
            Parameters = parameters,
            Options = options,
            InlineQuery = query,
        });
    }

    /// <summary>BEGIN ... END of a function.</summary>
    private List<Statement> ParseFunctionBody()
    {
        Expect(Keyword.Begin);
        List<Statement> body = ParseStatements(isBatch: false);
        if (body.Count == 0)
        {
            throw SyntaxError();
        }

        Expect(Keyword.End);
        Accept(TokenKind.Semicolon);
        return body;
    }

    // ---- views ----

    private CreateViewStatement ParseView(in Token start, ModuleAction action, bool first)
    {
        Advance();
        RequireBatchStart(first, start, action, "VIEW");
        ObjectName name = ParseModuleName(action, "VIEW");
        List<string> columns = At(TokenKind.LeftParen) ? ParseIdentifierList() : [];
        List<string> options = ParseModuleOptions();
        Expect(Keyword.As);
        SelectStatement query = ParseSelectWithCtes(nested: true);
        bool check = false;
        if (At(Keyword.With) && Peek().Keyword == Keyword.Check)
        {
            Advance();
            Advance();
            Expect(Keyword.Option);
            check = true;
        }

        Accept(TokenKind.Semicolon);
        return Finish(start, new CreateViewStatement
        {
            Action = action,
            Name = name,
            SourceText = ModuleText(start),
            Columns = columns,
            Options = options,
            Query = query,
            WithCheckOption = check,
        });
    }

    // ---- triggers ----

    private CreateTriggerStatement ParseTrigger(in Token start, ModuleAction action, bool first)
    {
        Advance();
        RequireBatchStart(first, start, action, "TRIGGER");
        ObjectName name = ParseModuleName(action, "TRIGGER");
        Expect(Keyword.On);
        ObjectName? target = null;
        string? scope = null;
        if (Accept(Keyword.Database))
        {
            scope = "DATABASE";
        }
        else if (At(Keyword.All) && PeekWord(1, "SERVER"))
        {
            Advance();
            Advance();
            scope = "ALL SERVER";
        }
        else
        {
            target = ParseObjectName();
        }

        List<string> options = ParseModuleOptions();
        bool insteadOf = false;
        if (AcceptWord("INSTEAD"))
        {
            Expect(Keyword.Of);
            insteadOf = true;
        }
        else if (!Accept(Keyword.For))
        {
            ExpectWord("AFTER");
        }

        var events = new List<string>();
        do
        {
            Token token = Current;
            string name1 = TakeWord();
            if (target is not null && name1 is not ("INSERT" or "UPDATE" or "DELETE"))
            {
                throw events.Count == 0 && token.Kind == TokenKind.Identifier ? At(token, SqlErrors.Create(1084, ErrorText(token))) : SyntaxError(token);
            }

            events.Add(name1);
        }
        while (Accept(TokenKind.Comma));
        if (At(Keyword.With) && PeekWord(1, "APPEND"))
        {
            Advance();
            Advance();
        }

        SkipNotForReplication();
        Expect(Keyword.As);
        ExternalName? external = At(Keyword.External) ? ParseExternalName() : null;
        List<Statement> body = external is null ? ParseStatements(isBatch: true) : [];
        if (body.Count == 0 && external is null)
        {
            throw SyntaxError();
        }

        return Finish(start, new CreateTriggerStatement
        {
            Action = action,
            Name = name,
            SourceText = ModuleText(start),
            Target = target,
            Scope = scope,
            IsInsteadOf = insteadOf,
            Events = events,
            Options = options,
            Body = body,
            External = external,
        });
    }

    private bool AcceptAllServer()
    {
        if (!At(Keyword.All) || !PeekWord(1, "SERVER"))
        {
            return false;
        }

        Advance();
        Advance();
        return true;
    }

    private TriggerStateStatement ParseTriggerState()
    {
        Token start = Current;
        bool enable = AtWord("ENABLE");
        Advance();
        Expect(Keyword.Trigger);
        var triggers = new List<ObjectName>();
        if (!Accept(Keyword.All))
        {
            do
            {
                triggers.Add(ParseObjectName());
            }
            while (Accept(TokenKind.Comma));
        }

        Expect(Keyword.On);
        ObjectName? table = null;
        bool isServer = AcceptAllServer();
        if (!isServer && !Accept(Keyword.Database))
        {
            table = ParseObjectName();
        }

        return Finish(start, new TriggerStateStatement { Enable = enable, Triggers = triggers, Table = table, IsServer = isServer });
    }
}
