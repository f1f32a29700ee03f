using NinaDB.Clr.Models;

namespace NinaDB.Clr.Tests;

/// <summary>Where the test data is: samples/ of this repository, and the third-party models in ../shared beside it.</summary>
internal static class TestData
{
    public static readonly string[] Domains = ["chess", "cooking", "sailing", "astronomy", "medicine", "music", "programming", "law"];

    private static readonly Lazy<LanguageModel> LazyNina = new(() => LanguageModel.Open(NinaMini));

    private static readonly Lazy<LanguageModel> LazyMixture = new(() => LanguageModel.Open(NinaMiniMixture));

    public static string Root => NinaDB.Tests.Checkout.Root;

    public static string NinaMini => Path.Combine(Root, "samples", "models", "nina-mini");

    public static string NinaMiniMixture => Path.Combine(Root, "samples", "models", "nina-mini-moe");

    /// <summary>../shared/models, wherever the checkout lies in relation to it.</summary>
    public static string SharedModels { get; } = FindShared();

    public static LanguageModel Nina => LazyNina.Value;

    public static LanguageModel NinaMixture => LazyMixture.Value;

    public static string[] ProbeTexts(string domain, int count) => [.. File.ReadLines(Path.Combine(Root, "samples", "probes", domain + ".txt")).Take(count)];

    public static string[] TestTexts(string domain, int count) => [.. File.ReadLines(Path.Combine(Root, "samples", "probes", "test", domain + ".txt")).Take(count)];

    private static string FindShared()
    {
        for (DirectoryInfo? folder = new DirectoryInfo(Root).Parent; folder != null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "models");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return Path.Combine(Root, "..", "shared", "models");
    }
}

/// <summary>A test that needs the third-party models of ../shared.</summary>
internal sealed class SharedModelsFactAttribute : FactAttribute
{
    public SharedModelsFactAttribute()
    {
        if (!Directory.Exists(TestData.SharedModels))
        {
            Skip = "../shared/models is not on this machine.";
        }
    }
}

/// <summary>A test with cases that needs the third-party models of ../shared.</summary>
internal sealed class SharedModelsTheoryAttribute : TheoryAttribute
{
    public SharedModelsTheoryAttribute()
    {
        if (!Directory.Exists(TestData.SharedModels))
        {
            Skip = "../shared/models is not on this machine.";
        }
    }
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string FullPath { get; } = Directory.CreateTempSubdirectory("nina-test-").FullName;

    public string File(string name) => Path.Combine(FullPath, name);

    public string Write(string name, byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File(name), bytes);
        return File(name);
    }

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
