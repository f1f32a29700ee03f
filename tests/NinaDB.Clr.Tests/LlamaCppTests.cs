using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

/// <summary>
/// llama.cpp reads the GGUF files of every architecture and agrees on the next token (of Llama 4 with the chunk and temperature of the published models,
/// which are constants there). Runs where NINADB_LLAMA_CPP names a folder with
/// node_modules/node-llama-cpp.
/// </summary>
public sealed class LlamaCppTests
{
    /// <summary>llama.cpp computes GELU of GPT-NeoX by the tanh formula, and some products in half precision.</summary>
    private const double Tolerance = 2e-3;

    [LlamaCppTheory]
    [InlineData("llama")]
    [InlineData("llama_linear_biases")]
    [InlineData("llama_llama3")]
    [InlineData("llama_yarn")]
    [InlineData("mixtral")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    [InlineData("qwen2_moe")]
    [InlineData("qwen3_moe")]
    [InlineData("gemma")]
    [InlineData("gemma2")]
    [InlineData("gemma3")]
    [InlineData("gpt2")]
    [InlineData("gpt_neox")]
    [InlineData("gpt_neox_serial")]
    [InlineData("llama4_published")]
    public void Llama_cpp_agrees_on_the_next_token(string name)
    {
        using var folder = new TemporaryFolder();
        TinyModel tiny = TinyModel.Of(name);
        string path = folder.File("model.gguf");
        GgufModelWriter.Write(path, ArchitectureTests.Model(folder, tiny), DType.F32);
        Dictionary<string, double> probabilities = Run(path, tiny.Ids);
        double[] logits = tiny.Logits[^1];
        double sum = logits.Sum(Math.Exp);
        Assert.Equal(logits.Length, probabilities.Count);
        for (int i = 0; i < logits.Length; i++)
        {
            Assert.Equal(Math.Exp(logits[i]) / sum, probabilities[i.ToString(CultureInfo.InvariantCulture)], Tolerance);
        }
    }

    private static Dictionary<string, double> Run(string path, int[] ids)
    {
        string script = Path.Combine(TestData.Root, "benchmarks", "peers", "probabilities.mjs");
        string[] arguments = [script, LlamaCppTheoryAttribute.Folder!, path, string.Join(",", ids.Select(i => i.ToString(CultureInfo.InvariantCulture)))];
        using Process process = Process.Start(new ProcessStartInfo("node", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output + errors.Result);
        return JsonSerializer.Deserialize<Dictionary<string, double>>(output.Trim().Split('\n')[^1])!;
    }

    private sealed class LlamaCppTheoryAttribute : TheoryAttribute
    {
        public LlamaCppTheoryAttribute()
        {
            if (string.IsNullOrEmpty(Folder))
            {
                Skip = "NINADB_LLAMA_CPP does not name a folder with node_modules/node-llama-cpp.";
            }
        }

        public static string? Folder { get; } = Environment.GetEnvironmentVariable("NINADB_LLAMA_CPP");
    }
}
