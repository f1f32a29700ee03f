using System.Runtime.CompilerServices;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>
/// Recursive-descent parser for T-SQL as of SQL Server 2025. One partial file a statement family. Chains of operators, joins, set
/// operators and ELSE IF are loops; only real nesting recurses, and that is bounded (error 191).
/// </summary>
public sealed partial class Parser
{
    /// <summary>Nesting of parentheses, subqueries, CASE and blocks beyond which error 191 is raised; keeps later recursive passes safe too.</summary>
    private const int MaxNesting = 400;

    private readonly string _text;
    private readonly Lexer _lexer;
    private readonly List<Token> _tokens;
    private int _position;
    private int _depth;

    private Parser(string text, ParseOptions options)
    {
        _text = text;
        _quotedIdentifier = options.QuotedIdentifier;
        _lexer = new Lexer(text, options.QuotedIdentifier);
        _tokens = _lexer.Run();
    }

    /// <summary>Parses one batch (what stands between two GO lines).</summary>
    /// <exception cref="SqlErrorException">A syntax error, with its line.</exception>
    public static Batch ParseBatch(string text, ParseOptions options) => new Parser(text, options).ParseBatch();

    /// <summary>As <see cref="ParseBatch(string, ParseOptions)"/> with a new session's options.</summary>
    public static Batch ParseBatch(string text) => ParseBatch(text, ParseOptions.Default);

    /// <summary>Parses a single scalar expression: a stored default, a computed column.</summary>
    public static Expression ParseScalarExpression(string text, ParseOptions options)
    {
        var parser = new Parser(text, options);
        Expression expression = parser.ParseExpression();
        parser.ExpectEnd();
        return expression;
    }

    /// <summary>Parses a single condition: a stored CHECK constraint, an index filter.</summary>
    public static Predicate ParseCondition(string text, ParseOptions options)
    {
        var parser = new Parser(text, options);
        Predicate predicate = parser.ParsePredicate();
        parser.ExpectEnd();
        return predicate;
    }

    /// <summary>Parses a data type as written in sp_executesql's parameter list or a type name string.</summary>
    public static DataTypeSyntax ParseTypeName(string text)
    {
        var parser = new Parser(text, ParseOptions.Default);
        DataTypeSyntax type = parser.ParseDataType();
        parser.ExpectEnd();
        return type;
    }

    /// <summary>Parses a parameter list such as the second argument of sp_executesql: "@a int, @b nvarchar(10) OUTPUT".</summary>
    public static IReadOnlyList<ParameterSyntax> ParseParameterList(string text)
    {
        var parser = new Parser(text, ParseOptions.Default);
        var parameters = new List<ParameterSyntax>();
        if (!parser.At(TokenKind.EndOfFile))
        {
            do
            {
                parameters.Add(parser.ParseParameter());
            }
            while (parser.Accept(TokenKind.Comma));
        }

        parser.ExpectEnd();
        return parameters;
    }

    /// <summary>Splits a possibly quoted multi-part name such as the argument of OBJECT_ID: "dbo.[a.b]". Null when it is not a name.</summary>
    public static IReadOnlyList<string>? TryParseName(string text) => MultipartName.TrySplit(text);

    private Batch ParseBatch()
    {
        Token start = Current;
        try
        {
            List<Statement> statements = ParseStatements(isBatch: true);
            ExpectEnd();
            RequireModuleAlone(statements);
            CheckLabels();
            if (_takesSequenceValues)
            {
                SequenceRules.Check(statements);
            }

            return Finish(start, new Batch { Text = _text, Statements = statements, TypedXml = _typedXml, QuotedIdentifier = _writtenQuotedIdentifier });
        }
        catch (SqlErrorException error) when (_module is not null)
        {
            error.InModule(_module);
            throw;
        }
    }

    /// <summary>The module that the batch creates, which its errors name.</summary>
    private string? _module;

    /// <summary>A module's body is the rest of its batch; after one that has an end of its own (a view, a function) nothing may follow.</summary>
    private void RequireModuleAlone(List<Statement> statements)
    {
        if (statements.Count < 2 || statements[0] is not (ModuleStatement or CreateBindableStatement))
        {
            return;
        }

        int index = _tokens.FindIndex(t => t.Start == statements[1].Offset);
        throw SyntaxError(_tokens[Math.Max(index, 0)]);
    }

    // ---- tokens ----

    private Token Current => _tokens[_position];

    private Token Peek(int ahead = 1)
    {
        int index = _position + ahead;
        return index < _tokens.Count ? _tokens[index] : _tokens[^1];
    }

    private void Advance()
    {
        if (_position < _tokens.Count - 1)
        {
            _position++;
        }
    }

    private bool At(TokenKind kind) => _tokens[_position].Kind == kind;

    private bool At(Keyword keyword) => _tokens[_position].Keyword == keyword;

    /// <summary>The current token is this word, reserved or not, unquoted.</summary>
    private bool AtWord(string word) => IsWord(_tokens[_position], word);

    private bool PeekWord(int ahead, string word) => IsWord(Peek(ahead), word);

    private bool IsWord(in Token token, string word) =>
        token.Kind is TokenKind.Identifier or TokenKind.Keyword && token.Length == word.Length
        && _text.AsSpan(token.Start, token.Length).Equals(word, StringComparison.OrdinalIgnoreCase);

    private bool Accept(TokenKind kind)
    {
        if (!At(kind))
        {
            return false;
        }

        Advance();
        return true;
    }

    private bool Accept(Keyword keyword)
    {
        if (!At(keyword))
        {
            return false;
        }

        Advance();
        return true;
    }

    private bool AcceptWord(string word)
    {
        if (!AtWord(word))
        {
            return false;
        }

        Advance();
        return true;
    }

    /// <summary>Accepts two words in a row, or nothing.</summary>
    private bool AcceptWords(string first, string second)
    {
        if (!AtWord(first) || !PeekWord(1, second))
        {
            return false;
        }

        Advance();
        Advance();
        return true;
    }

    private void Expect(TokenKind kind)
    {
        if (!Accept(kind))
        {
            throw SyntaxError();
        }
    }

    private void Expect(Keyword keyword)
    {
        if (!Accept(keyword))
        {
            throw SyntaxError();
        }
    }

    private void ExpectWord(string word)
    {
        if (!AcceptWord(word))
        {
            throw SyntaxError();
        }
    }

    private void ExpectEnd()
    {
        if (!At(TokenKind.EndOfFile))
        {
            throw SyntaxError();
        }
    }

    // ---- token values ----

    /// <summary>The token as it stands in the text.</summary>
    private ReadOnlySpan<char> Raw(in Token token) => _text.AsSpan(token.Start, token.Length);

    /// <summary>Unquoted value: identifiers without brackets, strings without quotes, binary without 0x, the text of anything else.</summary>
    private string ValueOf(in Token token)
    {
        ReadOnlySpan<char> raw = Raw(token);
        switch (token.Kind)
        {
            case TokenKind.QuotedIdentifier:
                return raw[0] == '[' ? Unescape(raw[1..^1], ']') : Unescape(raw[1..^1], '"');
            case TokenKind.String:
                return RemoveLineContinuations(Unescape(raw[1..^1], raw[0]));
            case TokenKind.NationalString:
                return RemoveLineContinuations(Unescape(raw[2..^1], '\''));
            case TokenKind.Binary:
                return RemoveLineContinuations(raw[2..].ToString());
            default:
                return raw.ToString();
        }
    }

    private static string Unescape(ReadOnlySpan<char> text, char quote)
    {
        if (!text.Contains(quote))
        {
            return text.ToString();
        }

        string single = quote.ToString();
        return text.ToString().Replace(single + single, single, StringComparison.Ordinal);
    }

    /// <summary>A backslash at the end of a line inside a constant joins the two lines.</summary>
    private static string RemoveLineContinuations(string text) =>
        text.Contains("\\\n", StringComparison.Ordinal) || text.Contains("\\\r\n", StringComparison.Ordinal)
            ? text.Replace("\\\r\n", "", StringComparison.Ordinal).Replace("\\\n", "", StringComparison.Ordinal)
            : text;

    /// <summary>Takes any word, reserved or not, upper-cased: options, permissions, hints.</summary>
    private string TakeWord()
    {
        if (Current.Kind is not (TokenKind.Identifier or TokenKind.Keyword or TokenKind.QuotedIdentifier))
        {
            throw SyntaxError();
        }

        string word = ValueOf(Current).ToUpperInvariant();
        Advance();
        return word;
    }

    private bool AtAnyWord => Current.Kind is TokenKind.Identifier or TokenKind.Keyword;

    // ---- nodes ----

    /// <summary>Fills in where a node stands: from its first token to the last one consumed.</summary>
    private T Finish<T>(in Token start, T node)
        where T : SyntaxNode
    {
        node.Offset = start.Start;
        node.Line = start.Line;
        node.EndOffset = _position > 0 ? Math.Max(_tokens[_position - 1].End, start.Start) : start.Start;
        return node;
    }

    /// <summary>As <see cref="Finish{T}(in Token, T)"/> for a node that begins where another does.</summary>
    private T Finish<T>(SyntaxNode start, T node)
        where T : SyntaxNode
    {
        node.Offset = start.Offset;
        node.Line = start.Line;
        node.EndOffset = _tokens[_position - 1].End;
        return node;
    }

    private void Enter()
    {
        if (++_depth > MaxNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw At(Current, SqlErrors.Create(191));
        }
    }

    private void Leave() => _depth--;

    // ---- errors ----

    private static SqlErrorException At(in Token token, SqlErrorException error)
    {
        error.Locate(token.Line, null);
        return error;
    }

    /// <summary>Error 102 or 156 at the current token, or the lexical error that the token stands for.</summary>
    private SqlErrorException SyntaxError() => SyntaxError(Current);

    private SqlErrorException SyntaxError(in Token token)
    {
        switch (token.Kind)
        {
            case TokenKind.Error:
                return _lexer.Error!;
            case TokenKind.EndOfFile:
                return _position > 0
                    ? At(_tokens[_position - 1], SqlErrors.Create(102, ErrorText(_tokens[_position - 1])))
                    : At(token, SqlErrors.Create(102, ""));
            case TokenKind.Keyword:
                return At(token, SqlErrors.Create(156, ErrorText(token)));
            default:
                return At(token, SqlErrors.Create(102, ErrorText(token)));
        }
    }

    /// <summary>An error with its own number, placed at the current token.</summary>
    private SqlErrorException ErrorHere(int number, params object?[] arguments) => At(Current, SqlErrors.Create(number, arguments));

    private SqlErrorException NotSupported(in Token token, string construct) => At(token, SqlErrors.NotSupported(construct));

    /// <summary>The text of a token as error messages quote it.</summary>
    private string ErrorText(in Token token)
    {
        string text = ValueOf(token);
        return text.Length > Lexer.MaxIdentifierLength ? text[..Lexer.MaxIdentifierLength] : text;
    }
}
