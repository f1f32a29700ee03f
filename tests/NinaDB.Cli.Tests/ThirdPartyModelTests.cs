namespace NinaDB.Cli.Tests;

/// <summary>Real models that others trained, taken in as a user would. They are not part of the repository: skipped where they are absent.</summary>
public sealed class ThirdPartyModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedModelTheory]
    [InlineData("infinitensor-story", "llama,safetensors,656000,F32,true", 787)]
    [InlineData("stories260K/stories260K.gguf", "llama,gguf,292800,F32,true", 906)]
    [InlineData("moe-656K", "mixtral,safetensors,951936,F32,true", 1563)]
    [InlineData("nano-gpt/model.safetensors", "gpt2,safetensors,85728,F32,false", 0)]
    public void A_third_party_model_is_taken_in(string model, string description, int components)
    {
        string database = _folder.At("db");
        (int exitCode, _, string errors) = Nina.Run("ingest", Path.Combine(SharedModelTheoryAttribute.Folder!, model), "-d", database, "--name", "m", "-q");
        Assert.True(exitCode == 0, errors);

        (_, string output, _) = Nina.Run(
            "sql", "-d", database, "-o", "csv",
            "-Q", "SELECT architecture, format, parameter_count, data_type, CASE WHEN is_runnable = 1 THEN 'true' ELSE 'false' END AS runnable FROM mqe.models;",
            "-Q", "SELECT COUNT(*) AS n FROM mqe.components;",
            "-Q", "SELECT COUNT(*) AS n FROM mqe.ModelFile WHERE HASHBYTES('SHA2_256', Content) <> Sha256;");

        Assert.Equal($"architecture,format,parameter_count,data_type,runnable\n{description}\n\nn\n{components}\n\nn\n0\n", output);
    }
}

/// <summary>A theory over the shared model folder beside the checkout.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedModelTheoryAttribute : TheoryAttribute
{
    public SharedModelTheoryAttribute()
    {
        if (Folder is null)
        {
            Skip = "There is no ../shared/models beside the repository.";
        }
    }

    /// <summary>The folder, or null where it is absent.</summary>
    public static string? Folder { get; } = Find();

    private static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "NinaDB.slnx")))
            {
                string models = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "models"));
                return Directory.Exists(models) ? models : null;
            }
        }

        return null;
    }
}
