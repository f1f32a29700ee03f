using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Benchmarks;

/// <summary>
/// Tokens a second of the forward pass beside llama.cpp, which runs in the same run on the same GGUF file with the same number of threads.
/// NINADB_LLAMA_CPP names a folder with node_modules/node-llama-cpp (default: benchmarks/peers); NINADB_BENCH_BILLION=0 leaves out the large model.
/// </summary>
internal static class InferenceBenchmarks
{
    private const double Floor = 0.5;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static void Run(Report report, string folder)
    {
        LanguageModel sample = LanguageModel.Open(Path.Combine(Root(), "samples", "models", "nina-mini"));
        foreach (DType type in new[] { DType.F32, DType.Q8_0 })
        {
            string path = Path.Combine(folder, $"sample-{type}.gguf");
            GgufModelWriter.Write(path, sample, type);
            Compare(report, path, $"sample model, {type}, one thread", 1, prompt: 192, generate: 56, repeats: 30);
        }

        if (Environment.GetEnvironmentVariable("NINADB_BENCH_BILLION") == "0")
        {
            return;
        }

        foreach (DType type in new[] { DType.F32, DType.Q8_0 })
        {
            string path = Path.Combine(folder, $"billion-{type}.gguf");
            InferenceModels.Write(path, InferenceModels.Billion, type);
            Compare(report, path, $"1 billion parameters, {type}, two threads", Math.Min(2, Environment.ProcessorCount), prompt: 512, generate: 24, repeats: 2);
            File.Delete(path);
        }
    }

    private static void Compare(Report report, string path, string name, int threads, int prompt, int generate, int repeats)
    {
        (double Prompt, double Generate, int[] First)? peer = RunLlama(path, threads, prompt, generate, repeats);
        (double Prompt, double Generate, int[] First) own = RunOwn(path, threads, prompt, generate, repeats);
        Add(report, $"{name}: prompt of {prompt} tokens", own.Prompt, peer?.Prompt);
        Add(report, $"{name}: generation of {generate} tokens", own.Generate, peer?.Generate);
        if (peer != null)
        {
            int same = own.First.Zip(peer.Value.First).TakeWhile(p => p.First == p.Second).Count();
            report.Add(new Measurement($"{name}: first greedy tokens that are llama.cpp's", same, $"of {Math.Min(own.First.Length, peer.Value.First.Length)}"));
        }
    }

    private static void Add(Report report, string name, double own, double? peer)
        => report.Add(new Measurement(name, own, "tokens/s", peer, peer == null ? null : $"llama.cpp; ratio {(own / peer.Value).ToString("0.00", CultureInfo.InvariantCulture)}", peer * Floor));

    private static (double Prompt, double Generate, int[] First) RunOwn(string path, int threads, int prompt, int generate, int repeats)
    {
        var clock = Stopwatch.StartNew();
        LanguageModel model = LanguageModel.Open(path, long.MaxValue);
        Console.Error.WriteLine($"  loaded in {clock.Elapsed.TotalMilliseconds:0} ms");
        InferenceSession session = model.StartSession(prompt + generate + 8, threads);
        int[] tokens = [.. Enumerable.Range(0, prompt).Select(i => 1 + (i * 7 % 1000))];
        int[] next = new int[1];
        double bestPrompt = 0, bestGenerate = 0;
        List<int> first = [];
        var total = Stopwatch.StartNew();
        for (int i = 0; i <= repeats && (i == 0 || total.Elapsed < Limit); i++)
        {
            session.Reset();
            clock.Restart();
            session.Append(tokens, 0, prompt);
            session.LastLogits();
            bestPrompt = Math.Max(bestPrompt, prompt / clock.Elapsed.TotalSeconds);

            session.Reset();
            session.Append(tokens, 0, 8);
            next[0] = Largest(session.LastLogits());
            first = [next[0]];
            clock.Restart();
            for (int t = 0; t < generate; t++)
            {
                session.Append(next, 0, 1);
                next[0] = Largest(session.LastLogits());
                first.Add(next[0]);
            }

            bestGenerate = Math.Max(bestGenerate, generate / clock.Elapsed.TotalSeconds);
        }

        return (bestPrompt, bestGenerate, [.. first.Take(16)]);
    }

    private static int Largest(float[] logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
        }

        return best;
    }

    private static (double Prompt, double Generate, int[] First)? RunLlama(string path, int threads, int prompt, int generate, int repeats)
    {
        string peers = Path.Combine(Root(), "benchmarks", "peers");
        string modules = Environment.GetEnvironmentVariable("NINADB_LLAMA_CPP") ?? peers;
        string[] arguments = [Path.Combine(peers, "llama.mjs"), modules, path, .. new[] { threads, prompt, generate, repeats }.Select(n => n.ToString(CultureInfo.InvariantCulture))];
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("node", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"llama.mjs failed: {errors.Result}");
            }

            JsonElement result = JsonDocument.Parse(output.Trim().Split('\n')[^1]).RootElement;
            if (result.TryGetProperty("absent", out _))
            {
                Console.Error.WriteLine("  skipped: node-llama-cpp absent");
                return null;
            }

            return (result.GetProperty("pp").GetDouble(), result.GetProperty("tg").GetDouble(), [.. result.GetProperty("first").EnumerateArray().Select(e => e.GetInt32())]);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.Error.WriteLine("  skipped: node absent");
            return null;
        }
    }

    private static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder != null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "NinaDB.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("NinaDB.slnx is in no parent folder of the benchmark.");
    }
}
