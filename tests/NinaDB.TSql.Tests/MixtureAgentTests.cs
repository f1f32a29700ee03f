using System.Globalization;
using NinaDB.Cli;
using NinaDB.Cli.Deployment;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.TSql.Tests;

/// <summary>Agents of the mixture among the samples, from the choice of experts to the export.</summary>
public sealed class MixtureAgentTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"ninadb-mixture-{Guid.NewGuid():N}");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_agent_of_a_mixture_keeps_the_experts_of_its_domains()
    {
        using Database database = Database.Create(Path.Combine(_folder, "db"));
        using EngineSession session = database.OpenSession();
        new Deployer(session).Deploy((_, _, _) => { }, CancellationToken.None);
        LocalTenant.Begin(session, CancellationToken.None);
        string mixture = Path.Combine(Path.GetDirectoryName(Product.SampleModel)!, "nina-mini-moe");
        Run($"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(mixture)}, @Name = N'moe';");
        foreach (string domain in new[] { "chess", "law", "music" })
        {
            Run($"EXECUTE mqe.AddProbeTexts '{domain}', {SqlText.Quote(Path.Combine(Product.SampleProbes, domain + ".txt"))}, 'probe', 15;");
            Run($"EXECUTE mqe.AddProbeTexts '{domain}', {SqlText.Quote(Path.Combine(Product.SampleProbes, "test", domain + ".txt"))}, 'test', 8;");
        }

        Run("EXECUTE mqe.MeasureSkills @TextsPerDomain = 15;");
        Run("EXECUTE factory.AssembleAgent @Agent = N'chess', @Domains = N'chess', @KeepFraction = 0.5, @MaxLossIncrease = 100;");
        Assert.Equal([["expert", "0", "4"], ["expert", "1", "4"]], Query("SELECT kind, layer, COUNT(*) FROM factory.agent_components GROUP BY kind, layer ORDER BY layer;"));
        Run("EXECUTE factory.DistillAgent @Agent = N'chess', @TextsPerDomain = 15; EXECUTE factory.VerifyAgent @Agent = N'chess', @TextsPerDomain = 8;");
        string?[] loss = Query("SELECT base_loss, agent_loss, random_loss FROM factory.agent_losses WHERE is_own_domain = 1;").Single();
        Assert.True(Number(loss[0]) < Number(loss[1]) && Number(loss[1]) < Number(loss[2]), string.Join(' ', loss));
        Assert.Equal([["4", "4", "2", "verified"]], Query("SELECT a.experts_per_layer, m.expert_count, m.experts_per_token, a.status FROM factory.agents AS a CROSS JOIN mqe.models AS m WHERE m.name = N'agent/chess';"));

        // A patch names experts and their neurons as the base model numbers them.
        string kept = Query("SELECT MAX(component_index) FROM factory.agent_components WHERE layer = 1;").Single()[0]!;
        string dropped = Query("SELECT MIN(component_index) FROM mqe.components AS c WHERE kind = 'expert' AND layer = 1 AND model_name = N'moe' AND NOT EXISTS (SELECT 1 FROM factory.agent_components AS a WHERE a.component_id = c.component_id);").Single()[0]!;
        string neuron = (int.Parse(kept, CultureInfo.InvariantCulture) * 128 + 5).ToString(CultureInfo.InvariantCulture);
        Run($$"""EXECUTE factory.PatchAgent @Agent = N'chess', @Action = 'apply', @Patch = N'p', @Kind = 'scale', @Factor = 0.5, @Components = N'[{"kind": "expert", "layer": 1, "index": {{kept}}}, {"layer": 0, "index": 700}]';""".Replace("""{"layer": 0, "index": 700}""", $$"""{"layer": 1, "index": {{neuron}}}""", StringComparison.Ordinal));
        Assert.Equal([["1", "128"]], Query("SELECT edit_count, parameter_count FROM factory.patches;"));
        CliException refused = Assert.Throws<CliException>(() => Run($$"""EXECUTE factory.PatchAgent @Agent = N'chess', @Action = 'apply', @Patch = N'q', @Kind = 'zero', @Components = N'[{"kind": "expert", "layer": 1, "index": {{dropped}}}]';"""));
        Assert.Contains("50081", refused.Message, StringComparison.Ordinal);

        // Another runtime's format, with the patch in, is checked while it is written.
        Run($"EXECUTE factory.ExportAgent N'chess', {SqlText.Quote(Path.Combine(_folder, "gguf"))}, @Format = 'gguf';");
        Run($"EXECUTE factory.ExportAgent N'chess', {SqlText.Quote(Path.Combine(_folder, "hf"))};");

        // A budget is met.
        Run("EXECUTE factory.AssembleAgent @Agent = N'small', @Domains = N'chess, law', @Budget = 800000; EXECUTE factory.DistillAgent @Agent = N'small', @TextsPerDomain = 5;");
        double parameters = Number(Query("SELECT parameter_count FROM factory.agents WHERE name = N'small';").Single()[0]);
        Assert.InRange(parameters, 800000 - (3 * 128 * 128 * 2) - 600, 800000);

        void Run(string text) => session.RunText(text, CancellationToken.None);

        IReadOnlyList<string?[]> Query(string text) => session.QueryText(text, CancellationToken.None);

        static double Number(string? text) => double.Parse(text!, CultureInfo.InvariantCulture);
    }
}
