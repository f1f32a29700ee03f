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
        using Process holder = Nina.Start("sql", "-d", database, "-Q", "RAISERROR (N'ready', 0, 1) WITH NOWAIT; WAITFOR DELAY '00:01:00';");
        Assert.Equal("ready", holder.StandardError.ReadLine());
        (int exitCode, _, string errors) = Nina.Run("sql", "-d", database, "-Q", "SELECT 1;");
        holder.Kill();
        holder.WaitForExit();

        Assert.Equal(4, exitCode);
        Assert.Single(errors.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void An_ingestion_that_is_killed_leaves_nothing_behind()
    {
        string database = _folder.At("db");
        string model = _folder.At("sparse.safetensors");
        WriteSparseModel(model, 512L << 20);
        Assert.Equal(0, Nina.Run("init", "-d", database, "-q").ExitCode);
        string store = Path.Combine(database, "filestream");
        using (Process ingestion = Nina.Start("ingest", model, "-d", database, "-q"))
        {
            // Killed as soon as its first file appears.
            while (!ingestion.HasExited && !(Directory.Exists(store) && Directory.EnumerateFiles(store, "*", SearchOption.AllDirectories).Any()))
            {
                Thread.Yield();
            }

            ingestion.Kill();
            ingestion.WaitForExit();
        }

        (int exitCode, string output, string errors) = Nina.Run("sql", "-d", database, "-o", "csv", "-Q", "SELECT COUNT(*) AS models, (SELECT COUNT(*) FROM mqe.ModelFile) AS files FROM mqe.Model;");
        Assert.True(exitCode == 0, errors);
        Assert.Equal("models,files\n0,0\n", output);
        Assert.False(Directory.Exists(store) && Directory.EnumerateFiles(store, "*", SearchOption.AllDirectories).Any());
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

    /// <summary>A valid file of one tensor whose bytes take no disk space.</summary>
    private static void WriteSparseModel(string path, long bytes)
    {
        byte[] header = System.Text.Encoding.ASCII.GetBytes($"{{\"w\":{{\"dtype\":\"BF16\",\"shape\":[{bytes / 2}],\"data_offsets\":[0,{bytes}]}}}}");
        using FileStream file = File.Create(path);
        file.Write(BitConverter.GetBytes((long)header.Length));
        file.Write(header);
        file.SetLength(8 + header.Length + bytes);
    }
}
