using System.Globalization;

namespace NinaDB.Benchmarks;

/// <summary>One line of the table: what was measured, the figure, the raw limit next to it, and the floor it has to keep.</summary>
/// <param name="HigherIsBetter">Rates are; times are not.</param>
internal sealed record Measurement(string Name, double Value, string Unit, double? RawLimit = null, string? RawName = null, double? Floor = null, bool HigherIsBetter = true)
{
    public bool? Holds => Floor is null ? null : HigherIsBetter ? Value >= Floor : Value <= Floor;
}

/// <summary>Collects measurements and prints them as a Markdown table.</summary>
internal sealed class Report
{
    private readonly List<Measurement> _lines = [];

    public bool AllHold => _lines.TrueForAll(l => l.Holds != false);

    public void Add(Measurement line)
    {
        _lines.Add(line);
        Console.Error.WriteLine($"  {line.Name}: {Number(line.Value)} {line.Unit}");
    }

    public void Print(TextWriter output)
    {
        output.WriteLine("| what | measured | raw limit | floor | holds |");
        output.WriteLine("|---|---:|---:|---:|---|");
        foreach (Measurement line in _lines)
        {
            string raw = line.RawLimit is { } limit ? $"{Number(limit)} ({line.RawName})" : "";
            string floor = line.Floor is { } number ? (line.HigherIsBetter ? "≥ " : "≤ ") + Number(number) : "";
            string holds = line.Holds switch { true => "yes", false => "**no**", null => "" };
            output.WriteLine($"| {line.Name} | {Number(line.Value)} {line.Unit} | {raw} | {floor} | {holds} |");
        }
    }

    private static string Number(double value) => value switch
    {
        >= 100 => value.ToString("#,##0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };
}
