using System.Text.RegularExpressions;
using NinaDB.Cli;
using NinaDB.Engine.Syntax;

namespace NinaDB.TSql.Tests.Isolation;

/// <summary>A batch of tests/tsql/isolation, and the object that it is a case for.</summary>
internal sealed partial record Probe(string Text, string? Object)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "tsql", "isolation");

    /// <summary>Whether it names something of B's by a placeholder.</summary>
    public bool HasPlaceholder => Placeholder().IsMatch(Text);

    public static IReadOnlyList<Probe> Load(string file, World world)
    {
        string text = File.ReadAllText(Path.Combine(Folder, file))
            .Replace("$(SampleModel)", Escape(Product.SampleModel), StringComparison.Ordinal)
            .Replace("$(ProbeFile)", Escape(Path.Combine(Product.SampleProbes, "chess.txt")), StringComparison.Ordinal)
            .Replace("$(ExportFolder)", Escape(Path.Combine(world.Files, "export")), StringComparison.Ordinal)
            .Replace("$(Month)", DateTime.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return [.. BatchSplitter.Split(text).Select(batch => new Probe(batch.Text, Header().Match(batch.Text) is { Success: true } match ? match.Groups[1].Value : null))];
    }

    /// <summary>The batch with every placeholder filled.</summary>
    public string Fill(IReadOnlyDictionary<string, string> names) =>
        Placeholder().Replace(Text, match => names[match.Groups[1].Value].Replace("'", "''", StringComparison.Ordinal));

    /// <summary>The names of placeholders in it.</summary>
    public IEnumerable<string> Placeholders() => Placeholder().Matches(Text).Select(match => match.Groups[1].Value).Distinct();

    private static string Escape(string text) => text.Replace("'", "''", StringComparison.Ordinal);

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^-- \[(\w+\.\w+)\]", RegexOptions.Multiline)]
    private static partial Regex Header();
}
