using System.Globalization;
using System.Text.RegularExpressions;

namespace NinaDB.Differential.Tests.Queries;

/// <summary>What the two databases spell differently: marks in a generated text, replaced for each of them.</summary>
internal static partial class Dialect
{
    public const string Length = "«length»", With = "«with»";

    public static string Limit(int rows) => string.Create(CultureInfo.InvariantCulture, $"«limit {rows}»");

    public static string InnerJoin(string hint) => $"«join {hint}»";

    public static string Ours(string text) => Mark().Replace(text, m => m.Groups[1].Value switch
    {
        "length" => "LEN",
        "with" => "WITH",
        "limit" => $"OFFSET 0 ROWS FETCH NEXT {m.Groups[2].Value} ROWS ONLY",
        "join" => m.Groups[2].Value.Length > 0 ? $"INNER {m.Groups[2].Value} JOIN" : "JOIN",
        _ => m.Groups[2].Value,
    });

    public static string Sqlite(string text) => Mark().Replace(text, m => m.Groups[1].Value switch
    {
        "length" => "LENGTH",
        "with" => "WITH RECURSIVE",
        "limit" => $"LIMIT {m.Groups[2].Value}",
        "join" => "JOIN",
        _ => m.Groups[2].Value,
    });

    [GeneratedRegex("«([a-z]+) ?([^»]*)»")]
    private static partial Regex Mark();
}
