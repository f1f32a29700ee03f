using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>WITH and OPTION of a query.</summary>
public sealed partial class Parser
{
    // ---- WITH, OPTION ----

    private List<CommonTableExpression> ParseCommonTableExpressions()
    {
        Expect(Keyword.With);
        var expressions = new List<CommonTableExpression>();
        if (AtWord("XMLNAMESPACES") && Current.Kind == TokenKind.Identifier)
        {
            expressions.Add(ParseXmlNamespaces());
            if (!Accept(TokenKind.Comma))
            {
                return expressions;
            }
        }

        if (AtWord("CHANGE_TRACKING_CONTEXT"))
        {
            throw NotSupported(Current, "WITH CHANGE_TRACKING_CONTEXT");
        }

        do
        {
            Token start = Current;
            string name = ParseIdentifier();
            List<string>? columns = At(TokenKind.LeftParen) ? ParseIdentifierList() : null;
            Expect(Keyword.As);
            QueryExpression query = ParseSubquery();
            expressions.Add(Finish(start, new CommonTableExpression { Name = name, Columns = columns, Query = query }));
        }
        while (Accept(TokenKind.Comma));
        return expressions;
    }

    /// <summary>XMLNAMESPACES ('uri' AS prefix, DEFAULT 'uri').</summary>
    private CommonTableExpression ParseXmlNamespaces()
    {
        Token start = Current;
        Advance();
        Expect(TokenKind.LeftParen);
        var namespaces = new List<(string, string)>();
        do
        {
            if (Accept(Keyword.Default))
            {
                namespaces.Add(("", ParseStringLiteral()));
            }
            else
            {
                string uri = ParseStringLiteral();
                Expect(Keyword.As);
                namespaces.Add((ParseIdentifier(), uri));
            }
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        return Finish(start, new CommonTableExpression { Name = "XMLNAMESPACES", Query = Finish(start, new ValuesQuery { Rows = [] }), XmlNamespaces = namespaces });
    }

    private List<QueryHint> ParseOptionClause()
    {
        if (!At(Keyword.Option))
        {
            return [];
        }

        Advance();
        Expect(TokenKind.LeftParen);
        var hints = new List<QueryHint>();
        do
        {
            hints.Add(ParseQueryHint());
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        return hints;
    }

    /// <summary>One hint: its words up to a number, a parenthesis, = or the next comma.</summary>
    private QueryHint ParseQueryHint()
    {
        Token first = Current;
        string name = TakeWord();
        if (!QueryHints.Contains(name))
        {
            throw SyntaxError(first);
        }

        while (AtAnyWord)
        {
            name += " " + TakeWord();
        }

        if (!WholeHints.Contains(name))
        {
            throw SyntaxError(first);
        }

        if (name == "USE HINT")
        {
            ParseHintNames();
            return new QueryHint(name, null);
        }

        Expression? value = null;
        if (Accept(TokenKind.Equal))
        {
            value = ParsePrimary();
        }
        else if (At(TokenKind.LeftParen))
        {
            SkipParentheses();
        }
        else if (Current.Kind is TokenKind.Integer or TokenKind.Variable or TokenKind.String or TokenKind.NationalString)
        {
            value = ParsePrimary();
        }

        return new QueryHint(name, value);
    }

    /// <summary>The first words of the hints of OPTION.</summary>
    private static readonly HashSet<string> QueryHints = new(StringComparer.OrdinalIgnoreCase)
    {
        "RECOMPILE", "MAXRECURSION", "MAXDOP", "MAX_GRANT_PERCENT", "MIN_GRANT_PERCENT", "FAST", "LOOP", "HASH", "MERGE", "FORCE", "KEEPFIXED", "KEEP", "ROBUST", "OPTIMIZE", "USE",
        "EXPAND", "IGNORE_NONCLUSTERED_COLUMNSTORE_INDEX", "NO_PERFORMANCE_SPOOL", "QUERYTRACEON", "TABLE", "PARAMETERIZATION", "ORDER", "CONCAT", "DISABLE", "LABEL", "FOR",
    };

    /// <summary>The names of USE HINT (sys.dm_exec_valid_use_hints).</summary>
    private static readonly HashSet<string> HintNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "ABORT_QUERY_EXECUTION", "ALLOW_BATCH_MODE", "ASSUME_FIXED_MAX_SELECTIVITY_FOR_REGEXP", "ASSUME_FIXED_MIN_SELECTIVITY_FOR_REGEXP", "ASSUME_FULL_INDEPENDENCE_FOR_FILTER_ESTIMATES",
        "ASSUME_JOIN_PREDICATE_DEPENDS_ON_FILTERS", "ASSUME_MIN_SELECTIVITY_FOR_FILTER_ESTIMATES", "ASSUME_PARTIAL_CORRELATION_FOR_FILTER_ESTIMATES", "DISABLE_BATCH_MODE_ADAPTIVE_JOINS",
        "DISABLE_BATCH_MODE_MEMORY_GRANT_FEEDBACK", "DISABLE_CE_FEEDBACK", "DISABLE_DEFERRED_COMPILATION_TV", "DISABLE_DOP_FEEDBACK", "DISABLE_INTERLEAVED_EXECUTION_TVF",
        "DISABLE_MEMORY_GRANT_FEEDBACK_PERSISTENCE", "DISABLE_OPTIMIZED_HALLOWEEN_PROTECTION", "DISABLE_OPTIMIZED_NESTED_LOOP", "DISABLE_OPTIMIZED_PLAN_FORCING", "DISABLE_OPTIMIZER_ROWGOAL",
        "DISABLE_OPTIONAL_PARAMETER_OPTIMIZATION", "DISABLE_PARAMETER_SENSITIVE_PLAN_OPTIMIZATION", "DISABLE_PARAMETER_SNIFFING", "DISABLE_RESULT_SET_CACHE", "DISABLE_ROW_MODE_MEMORY_GRANT_FEEDBACK",
        "DISABLE_TSQL_SCALAR_UDF_INLINING", "DISALLOW_BATCH_MODE", "ENABLE_HIST_AMENDMENT_FOR_ASC_KEYS", "ENABLE_PARALLEL_PLAN_PREFERENCE", "ENABLE_QUERY_OPTIMIZER_HOTFIXES",
        "FORCE_DEFAULT_CARDINALITY_ESTIMATION", "FORCE_LEGACY_CARDINALITY_ESTIMATION", "QUERY_PLAN_PROFILE",
        "QUERY_OPTIMIZER_COMPATIBILITY_LEVEL_100", "QUERY_OPTIMIZER_COMPATIBILITY_LEVEL_110", "QUERY_OPTIMIZER_COMPATIBILITY_LEVEL_120", "QUERY_OPTIMIZER_COMPATIBILITY_LEVEL_130",
        "QUERY_OPTIMIZER_COMPATIBILITY_LEVEL_140", "QUERY_OPTIMIZER_COMPATIBILITY_LEVEL_150", "QUERY_OPTIMIZER_COMPATIBILITY_LEVEL_160", "QUERY_OPTIMIZER_COMPATIBILITY_LEVEL_170",
    };

    /// <summary>USE HINT ('name', ...): error 10715 for a name that is none.</summary>
    private void ParseHintNames()
    {
        Expect(TokenKind.LeftParen);
        do
        {
            Token token = Current;
            string name = ParseStringLiteral();
            if (!HintNames.Contains(name))
            {
                throw At(token, Errors.SqlErrors.Create(10715, name));
            }
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
    }

    /// <summary>Passes over a parenthesised list whose content does not matter here.</summary>
    private void SkipParentheses()
    {
        Expect(TokenKind.LeftParen);
        int depth = 1;
        while (depth > 0)
        {
            switch (Current.Kind)
            {
                case TokenKind.LeftParen:
                    depth++;
                    break;
                case TokenKind.RightParen:
                    depth--;
                    break;
                case TokenKind.EndOfFile:
                case TokenKind.Error:
                    throw SyntaxError();
            }

            Advance();
        }
    }
}
