using System.Globalization;
using System.Text.RegularExpressions;

namespace NinaDB.Differential.Tests.Queries;

/// <summary>What the two databases spell differently: marks in a generated text, replaced for each of them.</summary>
internal static partial class Dialect
{
    public const string Length = "«length»", With = "«with»";

    public static string Limit(int rows) => string.Create(CultureInfo.InvariantCulture, $"«limit {rows}»");

    public static string InnerJoin(string hint) => $"«join {hint}»";

    /// <summary>A query of its own inside another: what <see cref="FencedSqlite"/> keeps apart.</summary>
    public static string Fence(string query) => $"«open»{query}«close»";

    public static string Ours(string text) => Mark().Replace(text, m => m.Groups[1].Value switch
    {
        "length" => "LEN",
        "with" => "WITH",
        "limit" => $"OFFSET 0 ROWS FETCH NEXT {m.Groups[2].Value} ROWS ONLY",
        "join" => m.Groups[2].Value.Length > 0 ? $"INNER {m.Groups[2].Value} JOIN" : "JOIN",
        _ => "",
    });

    public static string Sqlite(string text) => Mark().Replace(text, m => m.Groups[1].Value switch
    {
        "length" => "LENGTH",
        "with" => "WITH RECURSIVE",
        "limit" => $"LIMIT {m.Groups[2].Value}",
        "join" => "JOIN",
        _ => "",
    });

    /// <summary>The same for SQLite, with its merging of inner queries into outer ones (which goes wrong around RIGHT and FULL JOIN) held off by LIMIT.</summary>
    public static string FencedSqlite(string text) => Sqlite(text.Replace("«open»", "SELECT * FROM (", StringComparison.Ordinal).Replace("«close»", " LIMIT -1)", StringComparison.Ordinal));

    [GeneratedRegex("«([a-z]+) ?([^»]*)»")]
    private static partial Regex Mark();
}
