using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>The SET options without which nobody may make, or write below, indexes that hold the values of expressions.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/statements/set-statements-transact-sql.</remarks>
internal static class RequiredOptions
{
    /// <summary>Error 1934 unless the options are those that indexed expressions need.</summary>
    /// <param name="statement">INSERT, CREATE INDEX ...</param>
    public static void Check(SessionOptions options, string statement)
    {
        if (options is { AnsiNulls: true, QuotedIdentifier: true, ConcatNullYieldsNull: true, AnsiWarnings: true, AnsiPadding: true, NumericRoundAbort: false })
        {
            return;
        }

        string[] wrong =
        [
            .. options.AnsiNulls ? (string[])[] : ["ANSI_NULLS"],
            .. options.QuotedIdentifier ? (string[])[] : ["QUOTED_IDENTIFIER"],
            .. options.ConcatNullYieldsNull ? (string[])[] : ["CONCAT_NULL_YIELDS_NULL"],
            .. options.AnsiWarnings ? (string[])[] : ["ANSI_WARNINGS"],
            .. options.AnsiPadding ? (string[])[] : ["ANSI_PADDING"],
            .. options.NumericRoundAbort ? (string[])["NUMERIC_ROUNDABORT"] : [],
        ];
        throw SqlErrors.Create(1934, statement, string.Join(", ", wrong));
    }

    /// <summary>Whether an index of the table is filtered or holds a computed column.</summary>
    public static bool Concern(TableDefinition table) =>
        table.Indexes.Any(i => i.FilterText is not null || i.KeyColumns.Any(c => table.OrdinalOf(c.ColumnId) is >= 0 and int ordinal && table.Columns[ordinal].IsComputed));
}
