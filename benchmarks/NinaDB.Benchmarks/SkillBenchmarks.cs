using System.Diagnostics;
using System.Globalization;
using NinaDB.Cli;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Models;
using NinaDB.Clr.SqlEntryPoints;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Benchmarks;

/// <summary>Skills of the sample over all its passages; capability vectors of a model with a million neurons, whose weights stay in their file.</summary>
internal static class SkillBenchmarks
{
    private const int Hidden = 2048;
    private const int Width = 16384;
    private const int Layers = 64;
    private const int Vocabulary = 32000;
    private const int Heads = 16;
    private const int Texts = 128;
    private const int Domains = 8;

    /// <summary>The sample, whole.</summary>
    public static void Run(Report report, string folder)
    {
        LanguageModel model = LanguageModel.Open(Product.SampleModel);
        string[] files = [.. Directory.GetFiles(Product.SampleProbes, "*.txt").Order(StringComparer.Ordinal)];
        using var session = new ProbeSession(model, [.. files.Select(f => Path.GetFileNameWithoutExtension(f))]);
        var watch = Stopwatch.StartNew();
        foreach (string file in files)
        {
            session.Add(Path.GetFileNameWithoutExtension(file), File.ReadAllLines(file), Environment.ProcessorCount);
        }

        double ran = watch.Elapsed.TotalSeconds;
        ProbeResult result = session.Finish(Environment.ProcessorCount);
        double all = watch.Elapsed.TotalSeconds;
        int skilled = result.Skills().Count(r => r.SkillLevel > 0.8);
        report.Add(new Measurement($"skills of all components of the sample over {session.TextCount:#,##0} passages ({session.TokenCount:#,##0} tokens)", all, "s", Floor: 20, HigherIsBetter: false));
        report.Add(new Measurement("of which the model ran", ran, "s"));
        report.Add(new Measurement("skills above 0.8 that were found", skilled, string.Empty));
    }

    /// <summary>A model of a million neurons.</summary>
    public static void RunMillion(Report report, string folder)
    {
        string path = Path.Combine(folder, "million");
        WriteModel(path);
        string[] figures = Child(path);
        double neurons = Layers * Width;
        report.Add(new Measurement($"write vectors of {neurons:#,##0} neurons of {Hidden} numbers laid out at full length, with the principal directions", Number(figures[0]), "s"));
        report.Add(new Measurement("the same neurons described: vectors of 768 numbers as SQL takes them", Number(figures[1]), "s"));
        report.Add(new Measurement("both together", Number(figures[0]) + Number(figures[1]), "s", Floor: 600, HigherIsBetter: false));
        report.Add(new Measurement("peak memory that is not the mapped file", Number(figures[2]), "MB", Floor: 1024, HigherIsBetter: false));
        report.Add(new Measurement($"skills and meaning vectors of these neurons from {Texts} texts in a file", Number(figures[3]), "s"));
        report.Add(new Measurement("peak memory of that", Number(figures[4]), "MB", Floor: 1024, HigherIsBetter: false));
    }

    /// <summary>The child process: describes the model and prints seconds, seconds, megabytes; evaluates a probe of it and prints seconds, megabytes.</summary>
    public static void RunChild(string path)
    {
        LanguageModel model = Open(path);
        var layout = new ComponentLayout(model);
        using var memory = new MemoryWatch();
        string vectors = path + ".vectors";
        var watch = Stopwatch.StartNew();
        var writers = new WriteVectors(model);
        VectorSegment.Write(vectors, layout, writers.FitProjection(Environment.ProcessorCount), writers.Tiles(layout, Environment.ProcessorCount));
        double laidOut = watch.Elapsed.TotalSeconds;
        watch.Restart();
        long numbers = 0;
        foreach (ComponentRow row in CapabilityFunctions.Describe(model, layout, vectors))
        {
            numbers += row.Vector == null ? 0 : 1;
        }

        double described = watch.Elapsed.TotalSeconds;
        double peak = memory.Restart();
        File.Delete(vectors);
        if (numbers < Layers * Width)
        {
            throw new InvalidOperationException($"Only {numbers} components have a vector.");
        }

        ProbeSession session = Probe(model, layout);
        watch.Restart();
        ProbeEvaluation evaluation = session.Evaluate();
        VectorProjection projection = evaluation.FitProjection();
        double best = 0;
        foreach (ProbeBlock block in evaluation.Blocks(true, MeaningMode.Projected, projection, Environment.ProcessorCount))
        {
            best = Math.Max(best, block.Skills.Max());
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{laidOut} {described} {peak} {watch.Elapsed.TotalSeconds} {memory.Restart()}"));
        session.Dispose();
    }

    /// <summary>A probe of synthetic activations: running the model is another benchmark.</summary>
    private static ProbeSession Probe(LanguageModel model, ComponentLayout layout)
    {
        var random = new Random(3);
        var session = new ProbeSession(model, [.. Enumerable.Range(0, Domains).Select(d => "domain " + d)], layout, 3);
        float[] noise = [.. Enumerable.Range(0, layout.Count).Select(_ => (float)random.NextDouble())];
        for (int t = 0; t < Texts; t++)
        {
            var text = new TextActivation([.. Enumerable.Range(0, 40).Select(i => 3 + ((t * 37) + (i * 11)) % 2000)], 40, layout.Count);
            int shift = random.Next(layout.Count);
            for (int i = 0; i < layout.Count; i++)
            {
                float value = noise[(i + shift) % layout.Count] + (i % Domains == t % Domains ? 0.3f : 0);
                text.MeanMagnitude[i] = value;
                text.MeanSigned[i] = value;
                text.FiringRate[i] = 0.5f;
                text.Peak[i] = value;
            }

            session.Add("domain " + (t % Domains), text);
        }

        return session;
    }

    private static string[] Child(string path)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["skills", path]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Split(' ') : throw new InvalidOperationException("The child process failed.");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>The names and shapes of the tensors, in the order of the file. Gate, up, query and key are holes in it: nobody reads them here.</summary>
    private static IEnumerable<(string Name, int Rows, int Columns, bool IsHole)> Tensors()
    {
        yield return ("model.embed_tokens.weight", Vocabulary, Hidden, false);
        for (int l = 0; l < Layers; l++)
        {
            yield return ($"model.layers.{l}.self_attn.q_proj.weight", Hidden, Hidden, true);
            yield return ($"model.layers.{l}.self_attn.k_proj.weight", Hidden, Hidden, true);
            yield return ($"model.layers.{l}.self_attn.v_proj.weight", Hidden, Hidden, false);
            yield return ($"model.layers.{l}.self_attn.o_proj.weight", Hidden, Hidden, false);
            yield return ($"model.layers.{l}.mlp.gate_proj.weight", Width, Hidden, true);
            yield return ($"model.layers.{l}.mlp.up_proj.weight", Width, Hidden, true);
            yield return ($"model.layers.{l}.mlp.down_proj.weight", Hidden, Width, false);
        }
    }

    private static void WriteModel(string path)
    {
        var header = new System.Text.StringBuilder("{");
        long offset = 0;
        foreach ((string name, int rows, int columns, _) in Tensors())
        {
            long end = offset + (2L * rows * columns);
            header.Append(CultureInfo.InvariantCulture, $"{(offset == 0 ? string.Empty : ",")}\"{name}\":{{\"dtype\":\"BF16\",\"shape\":[{rows},{columns}],\"data_offsets\":[{offset},{end}]}}");
            offset = end;
        }

        header.Append('}');
        byte[] text = System.Text.Encoding.UTF8.GetBytes(header.ToString().PadRight((header.Length + 7) & ~7));
        using FileStream stream = File.Create(path + ".safetensors");
        stream.Write(BitConverter.GetBytes((long)text.Length));
        stream.Write(text);
        long start = stream.Position;
        stream.SetLength(start + offset);
        var random = new Random(1);
        ushort[] values = [.. Enumerable.Range(0, (4 << 20) + Width).Select(_ => HalfFloat.BFloatFromSingle((float)(random.NextDouble() - 0.5)))];
        byte[] bytes = new byte[2 * (4 << 20)];
        offset = start;
        foreach ((_, int rows, int columns, bool isHole) in Tensors())
        {
            long length = 2L * rows * columns;
            stream.Position = offset;
            for (long done = 0; !isHole && done < length; done += bytes.Length)
            {
                Buffer.BlockCopy(values, 2 * random.Next(Width), bytes, 0, bytes.Length);
                stream.Write(bytes, 0, (int)Math.Min(bytes.Length, length - done));
            }

            offset += length;
        }
    }

    private static LanguageModel Open(string path)
    {
        ModelFile file = ModelFile.Open(path + ".safetensors");
        var hold = new SegmentHold(SegmentCache.Shared.Open(file.Files[0].Path, file.Files[0].Length));
        Dictionary<string, TensorInfo> tensors = file.Tensors.ToDictionary(t => t.Name);
        WeightMatrix Matrix(string name)
        {
            TensorInfo tensor = tensors[name];
            return WeightMatrix.Mapped(hold, tensor, (int)tensor.RowCount, (int)tensor.ColumnCount);
        }

        float[] ones = [.. Enumerable.Repeat(1f, Hidden)];
        LayerWeights[] layers =
        [
            .. Enumerable.Range(0, Layers).Select(l => new LayerWeights(
                ones,
                Matrix($"model.layers.{l}.self_attn.q_proj.weight"),
                Matrix($"model.layers.{l}.self_attn.k_proj.weight"),
                Matrix($"model.layers.{l}.self_attn.v_proj.weight"),
                Matrix($"model.layers.{l}.self_attn.o_proj.weight"),
                ones)
            {
                Gate = Matrix($"model.layers.{l}.mlp.gate_proj.weight"),
                Up = Matrix($"model.layers.{l}.mlp.up_proj.weight"),
                Down = Matrix($"model.layers.{l}.mlp.down_proj.weight"),
            }),
        ];
        WeightMatrix embedding = Matrix("model.embed_tokens.weight");

        // The tokenizer is the sample's, which names the first of the embedding's rows.
        LanguageModel sample = LanguageModel.Open(Product.SampleModel);
        string json =
            $$"""
            {"model_type":"llama","hidden_act":"silu","hidden_size":{{Hidden}},"intermediate_size":{{Width}},"num_hidden_layers":{{Layers}},"num_attention_heads":{{Heads}},
             "num_key_value_heads":{{Heads}},"max_position_embeddings":4096,"rms_norm_eps":1e-5,"tie_word_embeddings":true,"vocab_size":{{sample.Tokenizer.Vocabulary.Count}},"bos_token_id":1}
            """;
        return new LanguageModel("million", ModelConfig.FromJson(json, "config.json"), new ModelWeights(embedding, layers, ones, embedding), sample.Tokenizer, sample.TokenizerJson);
    }

    /// <summary>Looks at the process's anonymous memory ten times a second: pages of mapped files are the system's cache, and given back when it wants them.</summary>
    private sealed class MemoryWatch : IDisposable
    {
        private readonly Timer _timer;
        private long _peak;

        public MemoryWatch() => _timer = new Timer(_ => Look(), null, 0, 100);

        /// <summary>The peak so far in megabytes; the next begins.</summary>
        public double Restart()
        {
            Look();
            GC.Collect();
            return Interlocked.Exchange(ref _peak, 0) / 1024.0;
        }

        public void Dispose() => _timer.Dispose();

        private void Look()
        {
            string? line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("RssAnon:", StringComparison.Ordinal));
            long kilobytes = line == null ? GC.GetTotalMemory(false) >> 10 : long.Parse(line.AsSpan(8, line.Length - 10), CultureInfo.InvariantCulture);
            long before = Interlocked.Read(ref _peak);
            while (kilobytes > before && Interlocked.CompareExchange(ref _peak, kilobytes, before) != before)
            {
                before = Interlocked.Read(ref _peak);
            }
        }
    }
}
