using System.Globalization;
using NinaDB.Soak;

var options = new SoakOptions();
for (int i = 0; i + 1 < args.Length; i += 2)
{
    int value = int.Parse(args[i + 1], CultureInfo.InvariantCulture);
    options = args[i] switch
    {
        "--seconds" => options with { Seconds = value },
        "--tenants" => options with { Tenants = value },
        "--sessions" => options with { SessionsPerTenant = value },
        "--seed" => options with { Seed = value },
        _ => throw new ArgumentException($"Unknown option {args[i]}. Options: --seconds N, --tenants N, --sessions N (each tenant), --seed N."),
    };
}

using var run = new SoakRun(options, Console.Out);
SoakReport report = run.Run();
foreach ((string name, long count) in report.Counters)
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-24} {count,10}"));
}

Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{report.Acts} acts in {report.Elapsed.TotalSeconds:0} s ({report.Acts / report.Elapsed.TotalSeconds:0}/s), {report.EventsSeen} events read, {report.Violations.Count} violations"));
foreach (string violation in report.Violations.Take(50))
{
    Console.WriteLine(violation);
}

return report.Violations.Count == 0 ? 0 : 1;
