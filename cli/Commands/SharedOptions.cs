using System.CommandLine;
using NinaDB.Cli.Output;

namespace NinaDB.Cli.Commands;

/// <summary>Options that several commands have. A new instance for each command: parse results are looked up by it.</summary>
internal static class SharedOptions
{
    public static Option<string> Path(string description = "Folder of the database.") => new("--path", "-d")
    {
        Description = description,
        DefaultValueFactory = _ => DatabaseFolder.DefaultPath,
        HelpName = "DIR",
    };

    public static Option<bool> Quiet() => new("--quiet", "-q") { Description = "Print results only: no progress, no explanations." };

    public static Option<OutputFormat> Output() => new("--output", "-o")
    {
        Description = "How result sets are printed: table, csv or json.",
        DefaultValueFactory = _ => OutputFormat.Table,
    };
}
