using System.Globalization;
using NinaDB.Cli;
using NinaDB.Engine.Session;

namespace NinaDB.TSql.Tests;

/// <summary>Agents in the formats of other runtimes: what is written computes what the agent in the database does.</summary>
public sealed class ExportTests : IClassFixture<SafetyDatabase>
{
    private readonly SafetyDatabase _database;

    public ExportTests(SafetyDatabase database)
    {
        _database = database;
        using EngineSession session = database.Open();
        session.RunText("EXECUTE safety.EnsureSigningKey;", CancellationToken.None);
    }

    /// <summary>What a type of fewer bits may cost on the sample: the largest difference of a logit.</summary>
    [Theory]
    [InlineData("hf", null, 0)]
    [InlineData("hf", "F32", 1e-4)]
    [InlineData("hf", "F16", 1e-2)]
    [InlineData("gguf", null, 1e-4)]
    [InlineData("gguf", "F32", 1e-4)]
    [InlineData("gguf", "F16", 1e-2)]
    [InlineData("gguf", "Q8_0", 1)]
    [InlineData("gguf", "Q4_0", 8)]
    [InlineData("gguf", "Q4_K", 8)]
    public void An_export_is_checked_and_runs_as_a_bundle(string format, string? type, double most)
    {
        string folder = Path.Combine(_database.Folder, $"export-{format}-{type}");
        string dataType = type is null ? "NULL" : SqlText.Quote(type);
        SafetyDatabase.Outcome written = _database.Try($"EXECUTE factory.ExportAgent N'chess', {SqlText.Quote(folder)}, @Format = '{format}', @DataType = {dataType};");
        Assert.Equal(string.Empty, written.Error);
        double difference = double.Parse(written.Rows.Single(r => r[0] == (format == "gguf" ? "model.gguf" : "model.safetensors"))[3]!, CultureInfo.InvariantCulture);
        Assert.InRange(difference, 0, most);
        Assert.Contains(written.Rows, r => r[0] == "agent.json" && r[3] is null);
        if (type is "F32" or null)
        {
            const string Arguments = "@Prompt = N'The knight', @MaxTokens = 20;";
            Assert.Equal(
                _database.Try($"EXECUTE factory.RunAgent @Agent = N'chess', {Arguments}").Text,
                _database.Try($"EXECUTE factory.RunBundle @Path = {SqlText.Quote(folder)}, {Arguments}").Text);
        }

        Assert.Equal(string.Empty, _database.Try($"EXECUTE factory.VerifyBundle {SqlText.Quote(folder)};").Error);
    }

    [Fact]
    public void A_patched_agent_is_exported_with_its_patches()
    {
        string folder = Path.Combine(_database.Folder, "export-patched");
        const string Run = "@Prompt = N'The knight', @MaxTokens = 12;";
        const string Patch = """
            EXECUTE factory.PatchAgent @Agent = N'chess', @Action = 'apply', @Patch = N'mute', @Kind = 'zero', @Components = N'[{"kind": "layer", "layer": 2}]';
            """;
        SafetyDatabase.Outcome outcome = _database.Try(
            Patch,
            $"EXECUTE factory.ExportAgent N'chess', {SqlText.Quote(folder)};",
            $"EXECUTE factory.RunBundle @Path = {SqlText.Quote(folder)}, {Run}");
        Assert.Equal(string.Empty, outcome.Error);
        Assert.Equal(_database.Try(Patch, $"EXECUTE factory.RunAgent @Agent = N'chess', {Run}").Text, outcome.Text);
        Assert.NotEqual(_database.Try($"EXECUTE factory.RunAgent @Agent = N'chess', {Run}").Text, outcome.Text);
        Assert.DoesNotContain(Directory.GetFiles(folder), f => Path.GetFileName(f).StartsWith("patch-", StringComparison.Ordinal));
        Assert.Contains("\"patches\":[{", File.ReadAllText(Path.Combine(folder, "agent.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@Format = 'onnx'", 50001)]
    [InlineData("@DataType = 'Q4_K'", 50001)]
    [InlineData("@Format = 'gguf', @DataType = 'Q2_K'", 50001)]
    public void What_cannot_be_written_is_refused(string arguments, int error) =>
        Assert.Equal(error, _database.Try($"EXECUTE factory.ExportAgent N'chess', {SqlText.Quote(Path.Combine(_database.Folder, "export-refused"))}, {arguments};").Number);
}
