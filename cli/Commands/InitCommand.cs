using System.CommandLine;

namespace NinaDB.Cli.Commands;

/// <summary>`nina init`: a new database folder with NinaDB's schema.</summary>
internal static class InitCommand
{
    public static Command Create()
    {
        Option<string> path = SharedOptions.Path("Folder of the new database.");
        Option<bool> empty = new("--empty") { Description = "A bare database, without NinaDB's schema." };
        Option<bool> quiet = SharedOptions.Quiet();
        var command = new Command("init", "Creates a database folder and deploys NinaDB's schema to it.\n\nExample: nina init --path my-db") { path, empty, quiet };
        command.SetAction((result, cancellation) =>
        {
            string folder = result.GetRequiredValue(path);
            using (Engine.Database database = DatabaseFolder.Create(folder))
            {
                if (!result.GetValue(empty))
                {
                    DeployCommand.Deploy(database, result.GetValue(quiet), cancellation);
                }
            }

            if (!result.GetValue(quiet))
            {
                Console.WriteLine($"The database is in '{Path.GetFullPath(folder)}'. Next: nina ingest MODEL --path {folder}, or nina sql --path {folder}");
            }

            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }
}
