using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using NinaDB.Cli.Commands;
using NinaDB.Cli.Deployment;
using NinaDB.Cli.Output;
using NinaDB.Cli.Sessions;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.Cli.Demo;

/// <summary>The steps of the demo, in order. Each prints what it does, the T-SQL, the rows, and what they mean.</summary>
internal sealed class DemoRun
{
    private const string Model = "nina-mini";
    private const string Agent = "chess";
    private const string Prompt = "Nina opened with the Sicilian Defense:";
    private const int PeekRepetitions = 200;

    private readonly string _folder;
    private readonly ISqlSession? _server;
    private readonly bool _isKept;
    private readonly bool _quiet;
    private readonly bool _json;
    private readonly CancellationToken _cancellation;
    private readonly TextWriter _output;
    private readonly JsonObject _report = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private StatementRunner _statements = null!;
    private int _step;

    /// <param name="folder">Folder of the database; with a server only that of the exported agent.</param>
    /// <param name="server">Server to run on; null for a database in this process.</param>
    public DemoRun(string folder, ISqlSession? server, bool isKept, bool quiet, bool json, CancellationToken cancellation)
    {
        _folder = folder;
        _server = server;
        _isKept = isKept;
        _quiet = quiet || json;
        _json = json;
        _cancellation = cancellation;
        _output = json ? TextWriter.Null : Console.Out;
    }

    public void Run()
    {
        if (_server is not null)
        {
            _statements = new StatementRunner(_server, _output, _quiet, OutputFormat.Table);
            Connect(_server);
            RunSteps();
            return;
        }

        bool isNew = !Database.Exists(_folder);
        using Database database = DatabaseFolder.OpenOrCreate(_folder);
        using EngineSession session = database.OpenSession();
        _statements = new StatementRunner(new LocalSession(session), _output, _quiet, OutputFormat.Table);

        Deploy(database, isNew);
        LocalTenant.Begin(session, _cancellation);
        RunSteps();
    }

    private void RunSteps()
    {
        Ingest();
        Measure();
        Query();
        Search();
        Peek();
        Distil();
        RunAndExport();
        Finish();
    }

    private void Connect(ISqlSession server)
    {
        Title("A server with NinaDB's schema");
        if (!LocalTenant.IsDeployed(server, _cancellation))
        {
            throw new CliException(ExitCode.Usage, "The server's database does not hold NinaDB's schema. nina init makes a folder with it, for nina serve; docs/deployment.md says how SQL Server gets it.");
        }

        Say(Scalar("SELECT CONCAT(DB_NAME(), N' on ', @@SERVERNAME, N': ', @@VERSION);")!);
        LocalTenant.Begin(server, _cancellation);
    }

    private void Deploy(Database database, bool isNew)
    {
        Title(isNew ? "A database folder with NinaDB's schema" : "The database folder is there already");
        Say(_folder);
        var clock = Stopwatch.StartNew();
        DeploymentReport report = DeployCommand.Deploy(database, _quiet, _cancellation);
        Record("deploy", clock.Elapsed, new JsonObject { ["created"] = report.Created, ["unchanged"] = report.Unchanged });
    }

    private void Ingest()
    {
        Title("A model goes in");
        TimeSpan time = _statements.Run("Ingesting", $"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(Product.SampleModel)}, @Name = N'{Model}';", _cancellation);
        _statements.Run(
            "Reading",
            $"SELECT name, architecture, parameter_count, data_type, layer_count, feed_forward_width, vocabulary_size FROM mqe.models WHERE name = N'{Model}';",
            _cancellation);
        Record("ingest", time, []);
    }

    private void Measure()
    {
        Title("Skills and meaning vectors are measured by running the model on probe passages");
        if (Scalar($"SELECT COUNT(*) FROM mqe.SkillMeasurement AS s INNER JOIN mqe.Model AS m ON m.ModelId = s.ModelId WHERE m.Name = N'{Model}';") is "0" or null)
        {
            ProbeTexts.Load(_statements, Product.SampleProbes, _cancellation);
            TimeSpan time = _statements.Run("Measuring", $"EXECUTE mqe.MeasureSkills @Model = N'{Model}';\nEXECUTE mqe.BuildVectorIndex;", _cancellation);
            Say($"Measured in {time.TotalSeconds:F1} s.");
            Record("measure", time, []);
        }
        else
        {
            Say("The skills of this model were measured before. EXECUTE mqe.MeasureSkills measures them again.");
            Record("measure", TimeSpan.Zero, new JsonObject { ["already_there"] = true });
        }
    }

    private void Query()
    {
        Title("What in this model knows chess?");
        TimeSpan time = _statements.Run(
            "Querying",
            """
            SELECT TOP (10) component_id, kind, layer, component_index, skill_level, skill_lower, importance, top_tokens
            FROM mqe.capabilities
            WHERE domain = 'chess' AND skill_level > 0.8
            ORDER BY skill_level DESC;
            """,
            _cancellation);
        string? count = Scalar("SELECT COUNT(*) FROM mqe.capabilities WHERE domain = 'chess' AND skill_level > 0.8;");
        Say($"{count} components pass 0.8. skill_level is the AUROC with which a component's activity tells chess passages from others; top_tokens is what it writes.");
        Record("query", time, new JsonObject { ["components"] = int.Parse(count!, CultureInfo.InvariantCulture) });
    }

    private void Search()
    {
        Title("Search by meaning");
        TimeSpan time = _statements.Run("Searching", "EXECUTE mqe.FindCapabilities @Query = N'knight takes bishop', @Top = 10;", _cancellation, maxWidth: 60);
        Record("search", time, []);
    }

    private void Peek()
    {
        Title("A look into a tensor, without loading it");
        const string peek = "EXECUTE mqe.PeekTensor @Tensor = N'model.layers.0.mlp.down_proj.weight', @Row = 5, @RowCount = 2, @Column = 100, @ColumnCount = 6;";
        _statements.Run("Peeking", peek, _cancellation);
        var sink = new DiscardSink();
        var times = new double[PeekRepetitions];
        for (int i = 0; i < times.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            _statements.Session.Execute(peek, sink, _cancellation);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(times);
        Say($"Latency of the procedure over {PeekRepetitions} calls: median {times[times.Length / 2]:F0} us, 99th percentile {times[times.Length * 99 / 100]:F0} us.");
        Record("peek", TimeSpan.Zero, new JsonObject { ["median_us"] = Math.Round(times[times.Length / 2], 1), ["p99_us"] = Math.Round(times[times.Length * 99 / 100], 1) });
    }

    private void Distil()
    {
        Title("A chess agent with half of the neurons");
        // Each step is done where an earlier run has not done it yet: that run may have been interrupted anywhere.
        string? status = Scalar($"SELECT status FROM factory.agents WHERE name = N'{Agent}';");
        if (status is null)
        {
            _statements.Run("Assembling", $"EXECUTE factory.AssembleAgent @Agent = N'{Agent}', @Domains = N'chess', @Model = N'{Model}', @KeepFraction = 0.5;", _cancellation);
        }

        if (status is null or "assembled")
        {
            Record("distil", _statements.Run("Distilling", $"EXECUTE factory.DistillAgent @Agent = N'{Agent}';", _cancellation), []);
        }

        if (status is null or "assembled" or "distilled")
        {
            Record("verify", _statements.Run("Verifying", $"EXECUTE factory.VerifyAgent @Agent = N'{Agent}';", _cancellation), []);
        }
        else
        {
            Say("The agent is there already; these are its losses.");
            _statements.Run(
                "Reading",
                $"SELECT domain, is_own_domain, base_loss, agent_loss, random_loss, token_count FROM factory.agent_losses WHERE agent_name = N'{Agent}' ORDER BY is_own_domain DESC, domain;",
                _cancellation);
        }

        Say("Loss is in nats/token on held-out passages, lower is better: the agent keeps chess and forgets the rest; a random choice of as many neurons keeps less.");
        var losses = new JsonArray();
        foreach (string?[] row in _statements.Session.QueryText(
            $"SELECT domain, base_loss, agent_loss, random_loss FROM factory.agent_losses WHERE agent_name = N'{Agent}' ORDER BY domain;", _cancellation))
        {
            losses.Add(new JsonObject { ["domain"] = row[0], ["base"] = Number(row[1]), ["agent"] = Number(row[2]), ["random"] = Number(row[3]) });
        }

        _report["losses"] = losses;
    }

    private void RunAndExport()
    {
        Title("The agent runs");
        if (!_quiet)
        {
            _statements.Show($"EXECUTE factory.RunAgent @Agent = N'{Agent}', @Prompt = N'{Prompt}', @MaxTokens = 40;");
        }

        _output.Write(Prompt);
        var silent = new StatementRunner(_statements.Session, _output, quiet: true, OutputFormat.Table);
        TimeSpan time = silent.Stream($"EXECUTE factory.RunAgent @Agent = N'{Agent}', @Prompt = N'{Prompt}', @MaxTokens = 40;", _cancellation);
        Record("run", time, []);

        Title("The agent leaves as a Hugging Face folder that other runtimes load");
        string export = Path.Combine(_folder, "exports", Agent);
        if (Directory.Exists(export))
        {
            Say($"'{export}' is there already.");
        }
        else
        {
            TimeSpan exported = _statements.Run("Exporting", $"EXECUTE factory.ExportAgent @Agent = N'{Agent}', @Path = {SqlText.Quote(export)};", _cancellation);
            Record("export", exported, []);
        }
    }

    private void Finish()
    {
        _report["total_seconds"] = Math.Round(_clock.Elapsed.TotalSeconds, 2);
        if (_json)
        {
            Console.Out.WriteLine(_report.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
            return;
        }

        if (_quiet)
        {
            return;
        }

        _output.WriteLine();
        _output.WriteLine($"Done in {_clock.Elapsed.TotalSeconds:F1} s. What to try next:");
        if (_server is not null)
        {
            _output.WriteLine("  nina sql --server HOST,PORT --user LOGIN       a T-SQL prompt: SELECT * FROM mqe.capabilities WHERE domain = 'law';");
            return;
        }

        string path = _isKept ? _folder : "my-db";
        if (!_isKept)
        {
            _output.WriteLine("  nina demo --path my-db                       the same, and the database stays");
        }

        _output.WriteLine($"  nina sql --path {path}                         a T-SQL prompt: SELECT * FROM mqe.capabilities WHERE domain = 'law';");
        _output.WriteLine($"  nina ingest MODEL --path {path} --probes samples   your own model: safetensors, a Hugging Face folder, GGUF");
        _output.WriteLine($"  nina agent run {Agent} --path {path} --prompt \"The knight\"");
    }

    private void Title(string text)
    {
        if (!_quiet)
        {
            _output.WriteLine();
            _output.WriteLine($"== {++_step}. {text}");
        }
    }

    private void Say(string text)
    {
        if (!_quiet)
        {
            _output.WriteLine(text);
        }
    }

    private void Record(string step, TimeSpan time, JsonObject details)
    {
        if (time > TimeSpan.Zero)
        {
            details["seconds"] = Math.Round(time.TotalSeconds, 3);
        }

        _report[step] = details;
    }

    private string? Scalar(string text)
    {
        IReadOnlyList<string?[]> rows = _statements.Session.QueryText(text, _cancellation);
        return rows.Count == 0 ? null : rows[0][0];
    }

    private static double? Number(string? text) => text is null ? null : Math.Round(double.Parse(text, CultureInfo.InvariantCulture), 4);
}
