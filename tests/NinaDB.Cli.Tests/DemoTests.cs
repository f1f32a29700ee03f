using System.Text.Json;

namespace NinaDB.Cli.Tests;

/// <summary>The demo, twice on one folder, and what it leaves behind.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_demo_reports_its_figures_and_runs_again_on_its_folder()
    {
        string database = _folder.At("db");
        (int exitCode, string output, string errors) = Nina.Run("demo", "--path", database, "--json");
        Assert.True(exitCode == 0, errors);
        using (JsonDocument report = JsonDocument.Parse(output))
        {
            JsonElement root = report.RootElement;
            Assert.InRange(root.GetProperty("query").GetProperty("components").GetInt32(), 150, 300);
            JsonElement chess = root.GetProperty("losses").EnumerateArray().Single(row => row.GetProperty("domain").GetString() == "chess");
            double agent = chess.GetProperty("agent").GetDouble();
            Assert.InRange(agent - chess.GetProperty("base").GetDouble(), 0, 0.30);
            Assert.True(chess.GetProperty("random").GetDouble() > agent);
            Assert.All(
                root.GetProperty("losses").EnumerateArray().Where(row => row.GetProperty("domain").GetString() != "chess"),
                row => Assert.True(row.GetProperty("agent").GetDouble() > agent));
        }

        Assert.True(File.Exists(Path.Combine(database, "exports", "chess", "model.safetensors")));
        Assert.True(File.Exists(Path.Combine(database, "exports", "chess", "agent.json")));

        (exitCode, output, errors) = Nina.Run("demo", "--path", database);
        Assert.True(exitCode == 0, errors);
        Assert.Contains("is there already", output, StringComparison.Ordinal);

        (exitCode, output, _) = Nina.Run("agent", "run", "chess", "-d", database, "--prompt", "The knight", "-n", "5");
        Assert.Equal(0, exitCode);
        Assert.StartsWith("The knight", output, StringComparison.Ordinal);
        Assert.True(output.Trim().Length > "The knight".Length);
    }
}
