using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Distillation;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Fuzzing;
using NinaDB.Clr.Json;
using NinaDB.Clr.Models;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.Net472Check;

/// <summary>
/// Runs the golden values against this build of the CLR assembly, without a test framework. Exit code 0: all good; 1: something differs.
/// Usage: NinaDB.Clr.Net472Check [sample folder] | --fuzz COUNT [SEED]
/// </summary>
internal static class Program
{
    private const double LogitTolerance = 1e-3;
    private static int s_failures;

    private static int Main(string[] args)
    {
        if (args.Length > 0 && args[0] == "--fuzz")
        {
            return Fuzz(long.Parse(args[1], CultureInfo.InvariantCulture), args.Length > 2 ? long.Parse(args[2], CultureInfo.InvariantCulture) : 1);
        }

        string? samples = args.Length > 0 ? args[0] : FindSamples();
        if (samples == null)
        {
            Console.Error.WriteLine("The folder 'samples' is not in a parent folder; give its path.");
            return 1;
        }

        var watch = Stopwatch.StartNew();
        LanguageModel model = LanguageModel.Open(Path.Combine(samples, "models", "nina-mini"));
        CheckGolden(model, Path.Combine(samples, "models", "nina-mini", "golden.json"));
        CheckGolden(LanguageModel.Open(Path.Combine(samples, "models", "nina-mini-moe")), Path.Combine(samples, "models", "nina-mini-moe", "golden.json"));
        foreach (KeyValuePair<string, KeyValuePair<string, int[]>> golden in TokenizerSamples.Golden())
        {
            Check("ids of '" + golden.Value.Key + "'", TokenizerJsonReader.Read(golden.Key).Encode(golden.Value.Key, true, true).SequenceEqual(golden.Value.Value));
        }

        CheckStorage(Path.Combine(samples, "models", "nina-mini"));
        CheckCapabilities(model, Path.Combine(samples, "probes"));
        SafetyCheck.Run(Check);
        foreach ((string what, bool isSame) in ReferenceBlocks.Check())
        {
            Check(what + " as the reference does", isSame);
        }

        string? problem = new HeaderFuzzer(472).Run(4000);
        Check("4000 mutated headers: " + (problem ?? "read or refused"), problem == null);
        Console.WriteLine((s_failures == 0 ? "all good, " : s_failures + " differ, ") + watch.ElapsedMilliseconds + " ms, " + Environment.Version);
        return s_failures == 0 ? 0 : 1;
    }

    private static void CheckGolden(LanguageModel model, string path)
    {
        foreach (JsonValue prompt in JsonValue.Parse(File.ReadAllText(path), path)["prompts"]!.Items)
        {
            string text = prompt["text"]!.AsString()!;
            int[] ids = Ints(prompt["ids"]!);
            Check("ids of '" + text + "'", model.Tokenizer.Encode(text).SequenceEqual(ids));
            InferenceSession session = model.StartSession(128);
            session.Append(ids, 0, ids.Length);
            float[] logits = session.LastLogits();
            double worst = prompt["top5"]!.Items.Max(pair => Math.Abs(pair.Items[1].AsDouble()!.Value - logits[(int)pair.Items[0].AsInt64()!.Value]));
            Check("logits of '" + text + "' differ by " + worst.ToString("g3", CultureInfo.InvariantCulture), worst < LogitTolerance);
            int count = Ints(prompt["greedy"]!).Length;
            string continued = string.Concat(TextGenerator.Generate(model, text, new SamplingOptions { MaxTokens = count }).Select(t => t.Text));
            Check("text after '" + text + "': " + continued, continued == prompt["greedy_text"]!.AsString());
        }
    }

    private static void CheckStorage(string folder)
    {
        ModelFile file = ModelFile.Open(folder);
        string hash = ContentHash.ToHex(ContentHash.OfFile(file.Files[0].Path));
        Check("SHA-256 " + hash, hash.StartsWith("a622bb26", StringComparison.Ordinal));
        TensorInfo tensor = file["model.layers.0.mlp.down_proj.weight"];
        using SegmentLease lease = SegmentCache.Shared.Open(file.Files[0].Path);
        float[] all = TensorReader.ReadAll(lease.Segment, tensor);
        float[] slice = TensorReader.ReadSlice(lease.Segment, tensor, 3, 4, 2, 1, 5, 3);
        bool same = true;
        for (int r = 0; r < 4; r++)
        {
            for (int c = 0; c < 5; c++)
            {
                same &= slice[(r * 5) + c] == all[((3 + (2 * r)) * 512) + 1 + (3 * c)];
            }
        }

        Check("slice of a tensor", same);
        TensorStatistics statistics = TensorStatistics.Of(lease.Segment, tensor);
        Check("mean of a tensor " + statistics.Mean, Math.Abs(statistics.Mean - all.Average()) < 1e-6);
    }

    private static void CheckCapabilities(LanguageModel model, string probes)
    {
        string[] domains = { "chess", "cooking" };
        var session = new ProbeSession(model, domains);
        var texts = new Dictionary<string, string[]>();
        foreach (string domain in domains)
        {
            texts[domain] = File.ReadLines(Path.Combine(probes, domain + ".txt")).Take(12).ToArray();
            session.Add(domain, texts[domain], 2);
        }

        ProbeResult result = session.Finish(2);
        int good = result.Skills().Count(row => row.Domain == "chess" && row.SkillLevel > 0.9);
        Check(good + " components tell chess from cooking", good > 50);
        AgentPlan plan = AgentPlan.ByImportance(result.NeuronImportance(new[] { "chess" }), 256);
        LanguageModel plain = DistillationJob.Run("plain", model, plan, texts["chess"], new DistillationOptions { Target = RefitTarget.None });
        LanguageModel agent = DistillationJob.Run("agent", model, plan, texts["chess"], new DistillationOptions());
        int[][] passages = File.ReadLines(Path.Combine(probes, "test", "chess.txt")).Take(10).Select(model.EncodePassage).ToArray();
        double before = plain.ScoreAll(passages, 2).MeanNats;
        double after = agent.ScoreAll(passages, 2).MeanNats;
        Check("refit lowers the loss from " + before.ToString("f3", CultureInfo.InvariantCulture) + " to " + after.ToString("f3", CultureInfo.InvariantCulture), after < before);
    }

    private static int Fuzz(long count, long seed)
    {
        var watch = Stopwatch.StartNew();
        var fuzzer = new HeaderFuzzer(seed);
        string? problem = fuzzer.Run(count, done => Console.WriteLine(done + " inputs, " + watch.Elapsed.TotalSeconds.ToString("f0", CultureInfo.InvariantCulture) + " s"));
        foreach (KeyValuePair<int, long> refused in fuzzer.Refused)
        {
            Console.WriteLine("error " + refused.Key + ": " + refused.Value);
        }

        Console.WriteLine("accepted: " + fuzzer.Accepted + ", working set " + (Environment.WorkingSet >> 20) + " MiB");
        Console.WriteLine(problem ?? "no input misbehaved");
        return problem == null ? 0 : 1;
    }

    private static int[] Ints(JsonValue array) => array.Items.Select(i => (int)i.AsInt64()!.Value).ToArray();

    private static void Check(string what, bool good)
    {
        s_failures += good ? 0 : 1;
        Console.WriteLine((good ? "ok   " : "FAIL ") + what);
    }

    private static string? FindSamples()
    {
        for (DirectoryInfo? folder = new DirectoryInfo(AppDomain.CurrentDomain.BaseDirectory); folder != null; folder = folder.Parent)
        {
            string samples = Path.Combine(folder.FullName, "samples");
            if (File.Exists(Path.Combine(folder.FullName, "NinaDB.slnx")) && Directory.Exists(samples))
            {
                return samples;
            }
        }

        return null;
    }
}
