using System.Globalization;

namespace NinaDB.Benchmarks;

/// <summary>One line of the table: what was measured, the figure, the raw limit next to it, and the floor it has to keep.</summary>
/// <param name="HigherIsBetter">Rates are; times are not.</param>
internal sealed record Measurement(string Name, double Value, string Unit, double? RawLimit = null, string? RawName = null, double? Floor = null, bool HigherIsBetter = true)
{
    public bool? Holds => Floor is null ? null : HigherIsBetter ? Value >= Floor : Value <= Floor;
}

/// <summary>The same work done by NinaDB and by another product in one run.</summary>
/// <param name="Own">NinaDB's time.</param>
/// <param name="Peer">The other's.</param>
/// <param name="Served">NinaDB's time when the client comes over TDS, for information.</param>
/// <param name="Most">The floor: how many times the other's time NinaDB's may be.</param>
internal sealed record Comparison(string Name, double Own, double Peer, double? Served, string Unit, double Most)
{
    public double Ratio => Own / Peer;

    public bool Holds => Ratio <= Most;
}

/// <summary>Collects measurements and prints them as a Markdown table.</summary>
internal sealed class Report
{
    private readonly List<Measurement> _lines = [];
    private readonly List<Comparison> _comparisons = [];

    private bool _hasRefused;

    public bool AllHold => !_hasRefused && _lines.TrueForAll(l => l.Holds != false) && _comparisons.TrueForAll(c => c.Holds);

    public void Add(Measurement line)
    {
        _lines.Add(line);
        Console.Error.WriteLine($"  {line.Name}: {Number(line.Value)} {line.Unit}");
    }

    /// <summary>A group that was asked for cannot run here.</summary>
    public void Refuse(string reason)
    {
        _hasRefused = true;
        Console.Error.WriteLine("  " + reason);
    }

    public void Add(Comparison line)
    {
        _comparisons.Add(line);
        Console.Error.WriteLine($"  {line.Name}: {Number(line.Own)} {line.Unit}, PostgreSQL {Number(line.Peer)}, {Ratio(line)} of its time{(line.Holds ? "" : ", MISSED")}");
    }

    public void Print(TextWriter output)
    {
        if (_comparisons.Count > 0)
        {
            output.WriteLine("| what | NinaDB | PostgreSQL | of its time | floor | holds | NinaDB over TDS |");
            output.WriteLine("|---|---:|---:|---:|---:|---|---:|");
            foreach (Comparison line in _comparisons)
            {
                string served = line.Served is { } time ? $"{Number(time)} {line.Unit}" : "";
                string floor = line.Most.ToString("0.##", CultureInfo.InvariantCulture);
                output.WriteLine($"| {line.Name} | {Number(line.Own)} {line.Unit} | {Number(line.Peer)} {line.Unit} | {Ratio(line)} | ≤ {floor} | {(line.Holds ? "yes" : "**no**")} | {served} |");
            }
        }

        if (_lines.Count == 0)
        {
            return;
        }

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

    private static string Ratio(Comparison line) => line.Ratio.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Number(double value) => value switch
    {
        >= 100 => value.ToString("#,##0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };
}
