using Microsoft.SqlServer.TransactSql.ScriptDom;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Differential.Tests.Parsing;

/// <summary>How two parsers part over one batch. One of the two texts is null: that parser accepted.</summary>
internal sealed record Difference(string? Ours, string? Theirs)
{
    public override string ToString() => Ours is null ? $"we accept, ScriptDom says {Theirs}" : $"ScriptDom accepts, we say {Ours}";
}

internal static class Comparison
{
    /// <summary>
    /// Errors that the server raises while it compiles but that no grammar knows (what a label, BREAK or THROW stands in, lengths of rows, nesting, variables, numbers too large, hints that clash),
    /// and our refusals by name (40517), which read no further: the batch says nothing about grammar.
    /// </summary>
    private static readonly HashSet<int> NotGrammar = [132, 133, 134, 135, 136, 137, 166, 174, 191, 1005, 1007, 1046, 1047, 1049, 1065, 1067, 5324, 10704, 10709, 10714, 10715, 40517];

    /// <summary>
    /// Errors of ScriptDom about grammar: unexpected words, ends and names. Its others (ORDER BY in views, lengths of types, columns of a period ...) are rules that
    /// we check where names are bound, with the server's own numbers.
    /// </summary>
    private static readonly HashSet<int> TheirGrammar = [46005, 46010, 46016, 46021, 46029];

    /// <summary>Null when both accept, both refuse, or one of them speaks of something else than grammar.</summary>
    public static Difference? Compare(string batch)
    {
        string? ours = null;
        try
        {
            if (Parser.ParseBatch(batch).Statements.Any(s => s is UtilityStatement))
            {
                // BACKUP, CREATE CERTIFICATE ...: known by their first words, and refused when they run.
                return null;
            }
        }
        catch (SqlErrorException exception)
        {
            if (NotGrammar.Contains(exception.Error.Number))
            {
                return null;
            }

            ours = $"{exception.Error.Number} (line {exception.Error.Line}): {exception.Error.Message}";
        }

        using var reader = new StringReader(batch);
        new TSql150Parser(initialQuotedIdentifiers: true).Parse(reader, out IList<ParseError> errors);
        if (errors.Any(e => !TheirGrammar.Contains(e.Number)))
        {
            return null;
        }

        string? theirs = errors.Count == 0 ? null : $"{errors[0].Number} (line {errors[0].Line}): {errors[0].Message}";
        return ours is null == theirs is null ? null : new Difference(ours, theirs);
    }
}
