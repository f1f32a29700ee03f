using System.CommandLine;
using System.Globalization;
using NinaDB.Cli.Output;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.Cli.Commands;

/// <summary>`nina agent`: runs and exports agents.</summary>
internal static class AgentCommand
{
    public static Command Create() => new("agent", "Runs and exports agents.") { CreateRun(), CreateExport() };

    private static Command CreateRun()
    {
        Argument<string> agent = new("agent") { Description = "Name of the agent." };
        Option<string> path = SharedOptions.Path();
        Option<string> prompt = new("--prompt", "-p") { Description = "Text to continue; read from standard input when left out." };
        Option<int> maxTokens = new("--max-tokens", "-n") { Description = "Tokens at most.", DefaultValueFactory = _ => 64 };
        Option<double> temperature = new("--temperature", "-t") { Description = "0 for the likeliest text; higher for more variety.", DefaultValueFactory = _ => 0 };
        Option<int> topK = new("--top-k") { Description = "Sample from the k likeliest tokens only; 0 for no limit." };
        Option<double> topP = new("--top-p") { Description = "Sample from the likeliest tokens that sum to this probability.", DefaultValueFactory = _ => 1 };
        Option<int> seed = new("--seed") { Description = "Of the sampling." };
        var command = new Command(
            "run",
            """
            Lets an agent continue a prompt; the text is printed as it is generated.

            Example: nina agent run chess --path my-db --prompt "Nina opened with the Sicilian Defense:" --max-tokens 40
            """)
        {
            agent, path, prompt, maxTokens, temperature, topK, topP, seed,
        };
        var identity = new IdentityOptions();
        identity.AddTo(command);
        command.SetAction((result, cancellation) =>
        {
            string text = result.GetValue(prompt) ?? Console.In.ReadToEnd();
            using Database database = DatabaseFolder.Open(result.GetRequiredValue(path));
            using EngineSession session = database.OpenSession();
            identity.Begin(result, session, cancellation);
            var statements = new StatementRunner(session, Console.Out, quiet: true, OutputFormat.Table);
            string sql = string.Create(
                CultureInfo.InvariantCulture,
                $"""
                EXECUTE factory.RunAgent @Agent = {SqlText.Quote(result.GetRequiredValue(agent))}, @Prompt = {SqlText.Quote(text)}, @MaxTokens = {result.GetValue(maxTokens)},
                    @Temperature = {result.GetValue(temperature)}, @TopK = {result.GetValue(topK)}, @TopP = {result.GetValue(topP)}, @Seed = {result.GetValue(seed)};
                """);
            Console.Write(text);
            statements.Stream(sql, cancellation);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command CreateExport()
    {
        Argument<string> agent = new("agent") { Description = "Name of the agent." };
        Argument<string> folder = new("folder") { Description = "New or empty folder to write." };
        Option<string> path = SharedOptions.Path();
        var command = new Command("export", "Writes an agent as a Hugging Face folder.\n\nExample: nina agent export chess ./chess-agent --path my-db") { agent, folder, path };
        var identity = new IdentityOptions();
        identity.AddTo(command);
        command.SetAction((result, cancellation) =>
        {
            using Database database = DatabaseFolder.Open(result.GetRequiredValue(path));
            using EngineSession session = database.OpenSession();
            identity.Begin(result, session, cancellation);
            var statements = new StatementRunner(session, Console.Out, quiet: true, OutputFormat.Table);
            statements.Run(
                "Exporting",
                $"EXECUTE factory.ExportAgent @Agent = {SqlText.Quote(result.GetRequiredValue(agent))}, @Path = {SqlText.Quote(Path.GetFullPath(result.GetRequiredValue(folder)))};",
                cancellation);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }
}
