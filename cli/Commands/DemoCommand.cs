using System.CommandLine;
using NinaDB.Cli.Demo;
using NinaDB.Cli.Sessions;

namespace NinaDB.Cli.Commands;

/// <summary>`nina demo`: the whole path on the sample model.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        Option<string?> path = new("--path", "-d")
        {
            Description = "Folder of the database, kept afterwards; a second run on it says what is already there. Left out: a temporary folder.",
            HelpName = "DIR",
        };
        Option<bool> keep = new("--keep") { Description = "Keep the temporary folder." };
        Option<bool> quiet = new("--quiet", "-q") { Description = "Print results only: no T-SQL, no explanations." };
        Option<bool> json = new("--json") { Description = "Print one JSON document with every step's figures, and nothing else." };
        var command = new Command(
            "demo",
            """
            The whole path on the shipped sample model: ingest, measure, query, search by meaning, peek, assemble, distil, verify, run, export.
            Every T-SQL statement is printed so that it can be pasted into any client.

            Examples:
              nina demo
              nina demo --path my-db
              nina demo --json
              NINA_PASSWORD=... nina demo --server 127.0.0.1,1433 --user app --trust-server-certificate
            """)
        {
            path, keep, quiet, json,
        };
        var serverOptions = new ServerOptions();
        serverOptions.AddTo(command);
        command.SetAction((result, cancellation) =>
        {
            using ServerSession? server = serverOptions.Connect(result);
            string? folder = result.GetValue(path);
            bool isTemporary = folder is null;
            folder = Path.GetFullPath(folder ?? Path.Combine(Path.GetTempPath(), $"nina-demo-{Guid.NewGuid():N}"));
            bool isKept = !isTemporary || result.GetValue(keep);
            try
            {
                new DemoRun(folder, server, isKept, result.GetValue(quiet), result.GetValue(json), cancellation).Run();
                return Task.FromResult(ExitCode.Success);
            }
            finally
            {
                if (!isKept && Directory.Exists(folder))
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
        });
        return command;
    }
}
