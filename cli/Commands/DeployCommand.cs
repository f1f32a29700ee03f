using System.CommandLine;
using NinaDB.Cli.Deployment;
using NinaDB.Cli.Output;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.Cli.Commands;

/// <summary>`nina deploy`: brings a database up to the schema of this program.</summary>
internal static class DeployCommand
{
    public static Command Create()
    {
        Option<string> path = SharedOptions.Path();
        Option<bool> quiet = SharedOptions.Quiet();
        var command = new Command("deploy", "Deploys NinaDB's schema, procedures and CLR assembly; a second run only does what changed.\n\nExample: nina deploy --path my-db") { path, quiet };
        command.SetAction((result, cancellation) =>
        {
            using Database database = DatabaseFolder.Open(result.GetRequiredValue(path));
            Deploy(database, result.GetValue(quiet), cancellation);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    public static DeploymentReport Deploy(Database database, bool quiet, CancellationToken cancellation)
    {
        using EngineSession session = database.OpenSession();
        DeploymentReport report = null!;
        ProgressDisplay.Run(quiet, "Deploying the schema", display =>
            report = new Deployer(session).Deploy((done, total, file) => display.Report(done, total, file), cancellation));
        if (!quiet)
        {
            Console.WriteLine(report.IsUpToDate
                ? $"The schema is up to date ({report.Unchanged} files)."
                : $"Deployed the schema: {report.Created} files new, {report.Changed} changed, {report.Unchanged} unchanged.");
        }

        return report;
    }
}
