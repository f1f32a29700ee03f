using System.Diagnostics;
using System.Globalization;
using System.Text;
using NinaDB.Cli;
using NinaDB.Cli.Deployment;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.Benchmarks;

/// <summary>
/// A model of 70 billion parameters (the shapes of Llama 3 70B, Q2_K, 23 GB): ingested from a sparse file, peeked into at random. What is measured is memory: the numbers are zeros but for
/// one row. Needs twice the file's size of disk; NINADB_BENCH_LAYERS sets how many of its 80 layers there are.
/// </summary>
internal static class ScaleBenchmarks
{
    private const int Hidden = 8192, KeyWidth = 1024, FeedForward = 28672, Vocabulary = 128256, Alignment = 32;
    private const uint F32 = 0, Q2K = 10;

    public static void Run(Report report, string folder)
    {
        int layers = int.TryParse(Environment.GetEnvironmentVariable("NINADB_BENCH_LAYERS"), CultureInfo.InvariantCulture, out int given) ? given : 80;
        string source = Path.Combine(folder, "large.gguf");
        (string last, long parameters) = Write(source, layers);
        long bytes = new FileInfo(source).Length;

        using Database database = Database.Create(Path.Combine(folder, "large"));
        using EngineSession session = database.OpenSession();
        new Deployer(session).Deploy((_, _, _) => { }, CancellationToken.None);
        LocalTenant.Begin(session, CancellationToken.None);
        GC.Collect();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        using var watch = new MemoryWatch();
        var clock = Stopwatch.StartNew();
        session.RunText($"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(source)}, @Name = N'large', @Granularity = 'layer';", CancellationToken.None);
        double seconds = clock.Elapsed.TotalSeconds;
        File.Delete(source);
        report.Add(new Measurement($"ingestion of {parameters / 1e9:0.0} billion parameters ({bytes / 1e9:0.0} GB)", bytes / 1e6 / seconds, "MB/s"));

        if (session.QueryText($"EXECUTE mqe.SliceTensor N'large', {SqlText.Quote(last)}, @RowStart = {Hidden - 1}, @RowStop = {Hidden}, @ColumnStop = 1;", CancellationToken.None)[0][1] == "[0]")
        {
            throw new InvalidOperationException("The last row of the last tensor was lost.");
        }

        var random = new Random(1);
        double[] times = new double[1000];
        for (int i = 0; i < times.Length; i++)
        {
            string tensor = $"blk.{random.Next(layers)}.ffn_down.weight";
            clock.Restart();
            session.QueryText($"EXECUTE mqe.PeekTensor N'large', N'{tensor}', @Row = {random.Next(Hidden)}, @ColumnCount = 1024;", CancellationToken.None);
            times[i] = clock.Elapsed.TotalMilliseconds;
        }

        Array.Sort(times);
        report.Add(new Measurement("peek of 1,024 numbers at a random place of it, p50", times[500], "ms"));
        report.Add(new Measurement("peek of 1,024 numbers at a random place of it, p99", times[990], "ms"));
        report.Add(new Measurement("most managed memory meanwhile, beyond what the database had before", (watch.Peak - before) / 1e6, "MB", Floor: 500, HigherIsBetter: false));
    }

    /// <summary>A GGUF v3 file: the header, and a hole as long as the tensors.</summary>
    private static (string Last, long Parameters) Write(string path, int layers)
    {
        var tensors = new List<(string Name, long[] Shape, uint Type)> { ("token_embd.weight", [Hidden, Vocabulary], Q2K), ("output.weight", [Hidden, Vocabulary], Q2K), ("output_norm.weight", [Hidden], F32) };
        for (int l = 0; l < layers; l++)
        {
            tensors.Add(($"blk.{l}.attn_norm.weight", [Hidden], F32));
            tensors.Add(($"blk.{l}.attn_q.weight", [Hidden, Hidden], Q2K));
            tensors.Add(($"blk.{l}.attn_k.weight", [Hidden, KeyWidth], Q2K));
            tensors.Add(($"blk.{l}.attn_v.weight", [Hidden, KeyWidth], Q2K));
            tensors.Add(($"blk.{l}.attn_output.weight", [Hidden, Hidden], Q2K));
            tensors.Add(($"blk.{l}.ffn_norm.weight", [Hidden], F32));
            tensors.Add(($"blk.{l}.ffn_gate.weight", [Hidden, FeedForward], Q2K));
            tensors.Add(($"blk.{l}.ffn_up.weight", [Hidden, FeedForward], Q2K));
            tensors.Add(($"blk.{l}.ffn_down.weight", [FeedForward, Hidden], Q2K));
        }

        using FileStream file = File.Create(path);
        using var writer = new BinaryWriter(file, Encoding.UTF8);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)tensors.Count);
        (string Key, object Value)[] metadata =
        [
            ("general.architecture", "llama"), ("llama.context_length", 8192u), ("llama.embedding_length", (uint)Hidden), ("llama.block_count", (uint)layers), ("llama.feed_forward_length", (uint)FeedForward),
            ("llama.attention.head_count", 64u), ("llama.attention.head_count_kv", 8u), ("llama.vocab_size", (uint)Vocabulary),
        ];
        writer.Write((ulong)metadata.Length);
        foreach ((string key, object value) in metadata)
        {
            Text(writer, key);
            if (value is uint number)
            {
                writer.Write(4u);
                writer.Write(number);
            }
            else
            {
                writer.Write(8u);
                Text(writer, (string)value);
            }
        }

        long offset = 0, parameters = 0, lastLength = 0;
        foreach ((string name, long[] shape, uint type) in tensors)
        {
            Text(writer, name);
            writer.Write((uint)shape.Length);
            long elements = 1;
            foreach (long dimension in shape)
            {
                writer.Write((ulong)dimension);
                elements *= dimension;
            }

            writer.Write(type);
            writer.Write((ulong)offset);
            lastLength = type == F32 ? elements * 4 : elements / 256 * 84;
            offset += (lastLength + Alignment - 1) / Alignment * Alignment;
            parameters += elements;
        }

        writer.Flush();
        long start = (file.Position + Alignment - 1) / Alignment * Alignment;
        file.SetLength(start + offset);

        // The last row of the last tensor (ffn_down of the last layer): scales and quants that are not zero.
        long row = FeedForward / 256 * 84;
        file.Position = start + offset - row;
        file.Write([.. Enumerable.Repeat((byte)0x35, (int)row)]);
        return (tensors[^1].Name, parameters);
    }

    private static void Text(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    /// <summary>Looks at the managed heap every few milliseconds.</summary>
    private sealed class MemoryWatch : IDisposable
    {
        private readonly Timer _timer;
        private long _peak;

        public MemoryWatch() => _timer = new Timer(_ => Look(), null, 0, 20);

        public long Peak => Interlocked.Read(ref _peak);

        public void Dispose() => _timer.Dispose();

        private void Look()
        {
            long now = GC.GetTotalMemory(forceFullCollection: false);
            if (now > Peak)
            {
                Interlocked.Exchange(ref _peak, now);
            }
        }
    }
}
