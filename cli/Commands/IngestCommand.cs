using System.CommandLine;
using NinaDB.Cli.Output;
using NinaDB.Cli.Sessions;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.Cli.Commands;

/// <summary>`nina ingest`: takes a model into a database and, where there are probe texts, measures its skills.</summary>
internal static class IngestCommand
{
    public static Command Create()
    {
        Argument<string> model = new("model") { Description = "A safetensors or GGUF file, or a Hugging Face folder (one file or shards)." };
        Option<string> path = SharedOptions.Path("Folder of the database; created where it is missing.");
        Option<string?> name = new("--name") { Description = "Name of the model; by default that of the file or folder." };
        Option<string?> granularity = new("--granularity") { Description = "Finest components to describe: neuron, expert, head or layer; by default by the size of the model." };
        granularity.AcceptOnlyFromAmong("neuron", "expert", "head", "layer");
        Option<string?> probes = new("--probes")
        {
            Description = "Folder with <domain>.txt files (a passage a line; held-out passages under test/) to measure skills on; 'samples' for the shipped ones.",
        };
        Option<bool> quiet = SharedOptions.Quiet();
        var command = new Command(
            "ingest",
            """
            Takes a model into the database: files, tensors, components. With --probes it then measures what the components can do.

            Examples:
              nina ingest ./TinyLlama --path my-db
              nina ingest model.gguf --path my-db --name tiny --probes samples
              nina ingest ./big-model --path my-db --granularity layer
            """)
        {
            model, path, name, granularity, probes, quiet,
        };
        var identity = new IdentityOptions();
        identity.AddTo(command);
        command.SetAction((result, cancellation) =>
        {
            string modelPath = Path.GetFullPath(result.GetRequiredValue(model));
            if (!File.Exists(modelPath) && !Directory.Exists(modelPath))
            {
                throw new CliException(ExitCode.File, $"There is no file or folder '{modelPath}'.");
            }

            bool isQuiet = result.GetValue(quiet);
            using Database database = DatabaseFolder.OpenOrCreate(result.GetRequiredValue(path));
            DeployCommand.Deploy(database, isQuiet, cancellation);
            using EngineSession session = database.OpenSession();
            identity.Begin(result, session, cancellation);
            var statements = new StatementRunner(new LocalSession(session), Console.Out, isQuiet, OutputFormat.Table);
            string? modelName = result.GetValue(name);
            string nameArgument = modelName is null ? string.Empty : $", @Name = {SqlText.Quote(modelName)}";
            string granularityArgument = result.GetValue(granularity) is string finest ? $", @Granularity = '{finest}'" : string.Empty;
            statements.Run(
                "Ingesting the model",
                $"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(modelPath)}{nameArgument}{granularityArgument};",
                cancellation);
            modelName ??= session.QueryText($"SELECT clr.ModelNameOf({SqlText.Quote(modelPath)});", cancellation)[0][0]!;

            if (result.GetValue(probes) is string folder)
            {
                ProbeTexts.Load(statements, folder == "samples" ? Product.SampleProbes : folder, cancellation);
                statements.Run("Measuring skills", $"EXECUTE mqe.MeasureSkills @Model = {SqlText.Quote(modelName)};", cancellation);
            }

            if (!isQuiet)
            {
                statements.Run("The model", $"SELECT name, architecture, parameter_count, data_type, is_runnable, layer_count, feed_forward_width FROM mqe.models WHERE name = {SqlText.Quote(modelName)};", cancellation);
            }

            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }
}
