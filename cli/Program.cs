using System.CommandLine;
using NinaDB.Cli;
using NinaDB.Cli.Commands;
using NinaDB.Engine.Errors;

var root = new RootCommand(
    """
    NinaDB: trained language models as queryable data, and small specialised agents made from them.

    Try:
      nina demo                                    the whole path on the sample model, about a minute
      nina init --path my-db                       a new database with NinaDB's schema
      nina ingest PATH --path my-db                a model: safetensors file, Hugging Face folder, or GGUF file
      nina sql --path my-db                        a T-SQL prompt
      nina sql --path my-db -Q "SELECT * FROM mqe.models;"
      nina serve --path my-db --create-login app   SQL Server clients connect to it
      nina agent run chess --path my-db --prompt "Nina opened with"
    """)
{
    DemoCommand.Create(),
    InitCommand.Create(),
    DeployCommand.Create(),
    SqlCommand.Create(),
    IngestCommand.Create(),
    AgentCommand.Create(),
    FeedCommand.Create(),
    ServeCommand.Create(),
};

ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0 && parsed.Action is System.CommandLine.Invocation.ParseErrorAction)
{
    foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
    {
        Console.Error.WriteLine(error.Message);
    }

    Console.Error.WriteLine($"`{parsed.CommandResult.Command.Name} --help` shows how.");
    return ExitCode.Usage;
}

try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (CliException error)
{
    Console.Error.WriteLine(error.Message);
    return error.ExitCode;
}
catch (SqlErrorException error)
{
    Console.Error.WriteLine(Errors.Format(error.Error));
    return Errors.ExitCodeOf(error.Error);
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Interrupted.");
    return ExitCode.Interrupted;
}
catch (IOException error)
{
    // A full disk, a vanished folder, a closed pipe.
    Console.Error.WriteLine(error.Message);
    return ExitCode.File;
}
