using System.CommandLine;
using NinaDB.Cli.Output;
using NinaDB.Cli.Scripts;
using NinaDB.Cli.Sessions;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.Cli.Commands;

/// <summary>`nina sql`: runs T-SQL, from the command line, from a file, from standard input, or at a prompt.</summary>
internal static class SqlCommand
{
    private const int DefaultMaxWidth = 100;

    public static Command Create()
    {
        Option<string> path = SharedOptions.Path();
        Option<string[]> query = new("--query", "-Q") { Description = "T-SQL to run (GO between batches on lines of its own); may be given several times.", AllowMultipleArgumentsPerToken = false };
        Option<string[]> input = new("--input", "-i") { Description = "Script file to run; may be given several times.", AllowMultipleArgumentsPerToken = false };
        Option<string[]> variables = new("--variable", "-v") { Description = "name=value for $(name) in scripts.", AllowMultipleArgumentsPerToken = true };
        Option<OutputFormat> output = SharedOptions.Output();
        Option<int> width = new("--max-width", "-w") { Description = "Widest column of table output; 0 for no limit.", DefaultValueFactory = _ => DefaultMaxWidth };
        Option<bool> noSession = new("--no-session") { Description = "Begin no tenant's session: a database administrator's view, without tenants' rows." };
        Option<bool> stopOnError = new("--stop-on-error", "-b") { Description = "Stop at the first batch that fails." };
        var command = new Command(
            "sql",
            """
            Runs T-SQL against a database folder, or against a server.

            Examples:
              nina sql --path my-db                                      a prompt; GO runs, :quit leaves
              nina sql --path my-db -Q "SELECT name FROM mqe.models;"
              nina sql --path my-db -i report.sql -v Domain=chess -o csv
              echo "SELECT 1;" | nina sql --path my-db
              NINA_PASSWORD=... nina sql --server 127.0.0.1,1433 --user app --trust-server-certificate
            Exit codes: 0 all batches succeeded, 1 a statement failed, 2 usage, 3 file or folder, 4 database in use, 130 interrupted.
            """)
        {
            path, query, input, variables, output, width, stopOnError, noSession,
        };
        var identity = new IdentityOptions();
        identity.AddTo(command);
        var serverOptions = new ServerOptions();
        serverOptions.AddTo(command);
        command.SetAction((result, cancellation) =>
        {
            using ServerSession? server = serverOptions.Connect(result);
            using Database? database = server is null ? DatabaseFolder.Open(result.GetRequiredValue(path)) : null;
            using EngineSession? local = database?.OpenSession();
            ISqlSession session = server is null ? new LocalSession(local!) : server;
            if (!result.GetValue(noSession))
            {
                identity.Begin(result, session, cancellation);
            }

            ResultPrinter printer = ResultPrinter.Create(result.GetValue(output), Console.Out, Console.Error, result.GetValue(width));
            var runner = new ScriptRunner(session, printer);
            if (result.GetValue(stopOnError))
            {
                runner.Run(":on error exit", cancellation);
            }

            foreach (string variable in result.GetValue(variables) ?? [])
            {
                int equals = variable.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0)
                {
                    throw new CliException(ExitCode.Usage, $"'{variable}' is not of the form name=value.");
                }

                runner.SetVariable(variable[..equals], variable[(equals + 1)..]);
            }

            string[] queries = result.GetValue(query) ?? [];
            string[] inputs = result.GetValue(input) ?? [];
            foreach (string file in inputs)
            {
                runner.Run(ScriptFile.Read(file), cancellation, Path.GetDirectoryName(Path.GetFullPath(file)));
            }

            foreach (string text in queries)
            {
                runner.Run(text, cancellation);
            }

            if (queries.Length == 0 && inputs.Length == 0)
            {
                ReadInput(runner, printer, cancellation);
            }

            Console.Out.Flush();
            return Task.FromResult(printer.HasErrors ? ExitCode.SqlError : ExitCode.Success);
        });
        return command;
    }

    private static void ReadInput(ScriptRunner runner, ResultPrinter printer, CancellationToken cancellation)
    {
        if (Console.IsInputRedirected)
        {
            runner.Run(Console.In.ReadToEnd(), cancellation);
            return;
        }

        CancellationTokenSource? running = null;
        ConsoleCancelEventHandler onCancel = (_, e) =>
        {
            if (running is not null)
            {
                e.Cancel = true;
                running.Cancel();
            }
        };
        Console.CancelKeyPress += onCancel;
        try
        {
            new InteractiveShell(runner, printer, new LineEditor()).Run(source => running = source);
        }
        finally
        {
            Console.CancelKeyPress -= onCancel;
        }
    }
}
