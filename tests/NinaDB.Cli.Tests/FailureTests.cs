using System.Diagnostics;

namespace NinaDB.Cli.Tests;

/// <summary>What goes wrong gives one clear line and a documented exit code.</summary>
public sealed class FailureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_without_a_database_is_named()
    {
        (int exitCode, _, string errors) = Nina.Run("sql", "-d", _folder.At("nowhere"), "-Q", "SELECT 1;");

        Assert.Equal(3, exitCode);
        Assert.StartsWith($"There is no database in '{_folder.At("nowhere")}'.", errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void A_missing_model_is_named_before_a_database_is_made()
    {
        (int exitCode, _, string errors) = Nina.Run("ingest", _folder.At("no.gguf"), "-d", _folder.At("db"));

        Assert.Equal(3, exitCode);
        Assert.Equal($"There is no file or folder '{_folder.At("no.gguf")}'.\n", errors);
        Assert.False(Directory.Exists(_folder.At("db")));
    }

    [Fact]
    public void A_corrupt_model_is_refused_with_file_offset_and_reason_and_leaves_nothing()
    {
        File.WriteAllBytes(_folder.At("broken.safetensors"), [255, 255, 255, 255, 255, 255, 255, 127, 1, 2, 3]);
        (int exitCode, _, string errors) = Nina.Run("ingest", _folder.At("broken.safetensors"), "-d", _folder.At("db"), "-q");

        Assert.Equal(1, exitCode);
        Assert.StartsWith("Msg 51201, Level 16, State 1", errors, StringComparison.Ordinal);
        Assert.Contains(_folder.At("broken.safetensors"), errors, StringComparison.Ordinal);

        (_, string output, _) = Nina.Run("sql", "-d", _folder.At("db"), "-o", "csv", "-Q", "SELECT COUNT(*) AS n FROM mqe.Model;");
        Assert.Equal("n\n0\n", output);
    }

    [Fact]
    public void A_folder_in_use_is_exit_code_4()
    {
        string database = _folder.At("db");
        Nina.Run("init", "--empty", "-d", database);
        using Process holder = Nina.Start("sql", "-d", database);
        holder.StandardInput.WriteLine("SELECT 1 AS ready;\nGO");
        holder.StandardInput.Flush();
        (int exitCode, string errors) = UntilLocked(database);
        holder.StandardInput.Close();
        holder.Kill();
        holder.WaitForExit();

        Assert.Equal(4, exitCode);
        Assert.Single(errors.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void An_unknown_option_is_a_usage_error_that_points_to_help()
    {
        (int exitCode, _, string errors) = Nina.Run("sql", "--frobnicate");

        Assert.Equal(2, exitCode);
        Assert.Contains("--help", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("demo", "--help")]
    [InlineData("init", "--help")]
    [InlineData("deploy", "--help")]
    [InlineData("sql", "--help")]
    [InlineData("ingest", "--help")]
    [InlineData("agent", "run", "--help")]
    [InlineData("agent", "export", "--help")]
    public void Every_command_has_help_with_an_example(params string[] arguments)
    {
        (int exitCode, string output, _) = Nina.Run(arguments);

        Assert.Equal(0, exitCode);
        Assert.Contains("nina " + arguments[0].TrimStart('-').Replace("help", "demo", StringComparison.Ordinal), output, StringComparison.Ordinal);
    }

    /// <summary>The holder needs a moment to open the folder; until then a second process simply works.</summary>
    private static (int ExitCode, string Errors) UntilLocked(string database)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            (int exitCode, _, string errors) = Nina.Run("sql", "-d", database, "-Q", "SELECT 1;");
            if (exitCode != 0 || clock.Elapsed > TimeSpan.FromSeconds(30))
            {
                return (exitCode, errors);
            }
        }
    }
}
