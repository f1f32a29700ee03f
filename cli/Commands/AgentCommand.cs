using System.CommandLine;
using System.Globalization;
using NinaDB.Cli.Output;
using NinaDB.Cli.Sessions;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.Cli.Commands;

/// <summary>`nina agent`: runs, exports and verifies agents.</summary>
internal static class AgentCommand
{
    public static Command Create() => new("agent", "Runs, exports and verifies agents.") { CreateRun(), CreateExport(), CreateVerify(), CreateKey() };

    private static Command CreateRun()
    {
        Argument<string?> agent = new("agent") { Description = "Name of the agent; left out with --bundle.", Arity = ArgumentArity.ZeroOrOne };
        Option<string> path = SharedOptions.Path();
        Option<string?> bundle = new("--bundle") { Description = "Runs an exported agent from its folder, without a database, after verifying it.", HelpName = "DIR" };
        Option<string?> publicKey = PublicKey();
        Option<string> prompt = new("--prompt", "-p") { Description = "Text to continue; read from standard input when left out." };
        Option<int> maxTokens = new("--max-tokens", "-n") { Description = "Tokens at most.", DefaultValueFactory = _ => 64 };
        Option<double> temperature = new("--temperature", "-t") { Description = "0 for the likeliest text; higher for more variety.", DefaultValueFactory = _ => 0 };
        Option<int> topK = new("--top-k") { Description = "Sample from the k likeliest tokens only; 0 for no limit." };
        Option<double> topP = new("--top-p") { Description = "Sample from the likeliest tokens that sum to this probability.", DefaultValueFactory = _ => 1 };
        Option<int> seed = new("--seed") { Description = "Of the sampling." };
        var command = new Command(
            "run",
            """
            Lets an agent continue a prompt under the rules that it obeys; the text is printed as it is generated where no rule looks at outputs.

            Example: nina agent run chess --path my-db --prompt "Nina opened with the Sicilian Defense:" --max-tokens 40
                     nina agent run --bundle ./chess-agent --public-key platform.pem --prompt "The knight"
            """)
        {
            agent, path, bundle, publicKey, prompt, maxTokens, temperature, topK, topP, seed,
        };
        var identity = new IdentityOptions();
        identity.AddTo(command);
        command.SetAction((result, cancellation) =>
        {
            string? name = result.GetValue(agent);
            string? folder = result.GetValue(bundle);
            if ((name is null) == (folder is null))
            {
                throw new CliException(ExitCode.Usage, "Name an agent of the database, or the folder of an exported one with --bundle.");
            }

            string text = result.GetValue(prompt) ?? Console.In.ReadToEnd();
            if (folder is not null)
            {
                using BundleRuntime runtime = BundleRuntime.Create(cancellation);
                string arguments = string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    @Prompt = {SqlText.Quote(text)}, @MaxTokens = {result.GetValue(maxTokens)}, @Temperature = {result.GetValue(temperature)},
                        @TopK = {result.GetValue(topK)}, @TopP = {result.GetValue(topP)}, @Seed = {result.GetValue(seed)}
                    """);
                runtime.Run(folder, ReadKey(result.GetValue(publicKey)), text, arguments, cancellation);
                return Task.FromResult(ExitCode.Success);
            }

            using Database database = DatabaseFolder.Open(result.GetRequiredValue(path));
            using EngineSession session = database.OpenSession();
            identity.Begin(result, session, cancellation);
            var statements = new StatementRunner(new LocalSession(session), Console.Out, quiet: true, OutputFormat.Table);
            string sql = string.Create(
                CultureInfo.InvariantCulture,
                $"""
                EXECUTE factory.RunAgent @Agent = {SqlText.Quote(name!)}, @Prompt = {SqlText.Quote(text)}, @MaxTokens = {result.GetValue(maxTokens)},
                    @Temperature = {result.GetValue(temperature)}, @TopK = {result.GetValue(topK)}, @TopP = {result.GetValue(topP)}, @Seed = {result.GetValue(seed)};
                """);
            Console.Write(text);
            statements.Stream(sql, cancellation);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command CreateVerify()
    {
        Argument<string> folder = new("folder") { Description = "Folder of an exported agent." };
        Option<string?> publicKey = PublicKey();
        var command = new Command(
            "verify",
            """
            Verifies an exported agent: signed with this key, and no file altered, removed or added.

            Example: nina agent verify ./chess-agent --public-key platform.pem
            """)
        {
            folder, publicKey,
        };
        command.SetAction((result, cancellation) =>
        {
            using BundleRuntime runtime = BundleRuntime.Create(cancellation);
            runtime.Verify(result.GetRequiredValue(folder), ReadKey(result.GetValue(publicKey)), cancellation);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Command CreateKey()
    {
        Option<string> path = SharedOptions.Path();
        Option<bool> all = new("--all") { Description = "Also keys that were retired and are still trusted." };
        var command = new Command(
            "key",
            """
            Prints the public key that exported agents of this database are signed with (PEM).

            Example: nina agent key --path my-db > platform.pem
            """)
        {
            path, all,
        };
        command.SetAction((result, cancellation) =>
        {
            using Database database = DatabaseFolder.Open(result.GetRequiredValue(path));
            using EngineSession session = database.OpenSession();
            session.RunText("EXECUTE safety.EnsureSigningKey;", cancellation);
            string wanted = result.GetValue(all) ? "'active', 'retired'" : "'active'";
            foreach (string?[] row in session.QueryText($"SELECT public_key FROM safety.signing_keys WHERE status IN ({wanted}) ORDER BY created_at DESC;", cancellation))
            {
                Console.Write(row[0]);
            }

            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static Option<string?> PublicKey() => new("--public-key", "-k") { Description = "File with the public key to trust (PEM); `nina agent key` prints it.", HelpName = "FILE" };

    private static string ReadKey(string? file)
    {
        const int MaxKeyFileBytes = 1 << 20;
        if (file is null)
        {
            throw new CliException(ExitCode.Usage, "--public-key FILE is required: who signed an agent is decided by whose key you trust, not by the agent.");
        }

        var info = new FileInfo(file);
        return !info.Exists ? throw new CliException(ExitCode.File, $"There is no file '{info.FullName}'.")
            : info.Length > MaxKeyFileBytes ? throw new CliException(ExitCode.File, $"'{info.FullName}' is no key: it has {info.Length} bytes.")
            : File.ReadAllText(file);
    }

    private static Command CreateExport()
    {
        Argument<string> agent = new("agent") { Description = "Name of the agent." };
        Argument<string> folder = new("folder") { Description = "New or empty folder to write." };
        Option<string> path = SharedOptions.Path();
        Option<string> format = new("--format", "-f") { Description = "hf (a Hugging Face folder) or gguf (one file for llama.cpp and its relatives).", DefaultValueFactory = _ => "hf" };
        format.AcceptOnlyFromAmong("hf", "gguf");
        Option<string?> dtype = new("--dtype") { Description = "F32, F16 or BF16, with gguf also Q8_0, Q4_0 or Q4_K; as stored when left out.", HelpName = "TYPE" };
        var command = new Command(
            "export",
            """
            Writes an agent as a folder for other runtimes, with its rules and the platform's signature in agent.json.

            Example: nina agent export chess ./chess-agent --path my-db
                     nina agent export chess ./chess-gguf --format gguf --dtype Q8_0 --path my-db
            """)
        {
            agent, folder, path, format, dtype,
        };
        var identity = new IdentityOptions();
        identity.AddTo(command);
        command.SetAction((result, cancellation) =>
        {
            using Database database = DatabaseFolder.Open(result.GetRequiredValue(path));
            using EngineSession session = database.OpenSession();
            identity.Begin(result, session, cancellation);
            var statements = new StatementRunner(new LocalSession(session), Console.Out, quiet: true, OutputFormat.Table);
            statements.Run(
                "Exporting",
                $"""
                EXECUTE factory.ExportAgent @Agent = {SqlText.Quote(result.GetRequiredValue(agent))}, @Path = {SqlText.Quote(Path.GetFullPath(result.GetRequiredValue(folder)))},
                    @Format = {SqlText.Quote(result.GetRequiredValue(format))}, @DataType = {(result.GetValue(dtype) is { } type ? SqlText.Quote(type) : "NULL")};
                """,
                cancellation);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }
}
