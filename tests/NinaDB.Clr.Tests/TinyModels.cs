using System.Text;
using System.Text.Json;

namespace NinaDB.Clr.Tests;

/// <summary>A tensor of a tiny model.</summary>
internal sealed record TinyTensor(long[] Shape, float[] Values)
{
    public TinyTensor Transpose()
    {
        int rows = (int)Shape[^2];
        int columns = (int)Shape[^1];
        float[] values = new float[Values.Length];
        for (int slab = 0; slab < Values.Length; slab += rows * columns)
        {
            for (int r = 0; r < rows; r++)
            {
                for (int c = 0; c < columns; c++)
                {
                    values[slab + (c * rows) + r] = Values[slab + (r * columns) + c];
                }
            }
        }

        return new TinyTensor([.. Shape[..^2], columns, rows], values);
    }

    /// <summary>The rows of the last but one dimension, in another order (of one slab, or of a vector's elements).</summary>
    public TinyTensor Rows(IEnumerable<int> order)
    {
        int width = Shape.Length == 1 ? 1 : (int)Shape[^1];
        int[] rows = [.. order];
        float[] values = [.. rows.SelectMany(r => Values.Skip(r * width).Take(width))];
        return new TinyTensor(Shape.Length == 1 ? [rows.Length] : [rows.Length, width], values);
    }
}

/// <summary>
/// The tiny models of Reference/architectures.json: their configuration, the logits that Reference/architectures.py computed, and their
/// weights, drawn from the names of the tensors by the same generator.
/// </summary>
internal sealed class TinyModel
{
    private TinyModel(string name, string configJson, Dictionary<string, TinyTensor> tensors, int[] ids, int[] positions, double[][] logits)
    {
        Name = name;
        ConfigJson = configJson;
        Tensors = tensors;
        Ids = ids;
        Positions = positions;
        Logits = logits;
    }

    public string Name { get; }

    public string ConfigJson { get; }

    /// <summary>By their Hugging Face names.</summary>
    public Dictionary<string, TinyTensor> Tensors { get; }

    public int[] Ids { get; }

    /// <summary>The positions whose logits are known.</summary>
    public int[] Positions { get; }

    public double[][] Logits { get; }

    private static string Path => System.IO.Path.Combine(TestData.Root, "tests", "NinaDB.Clr.Tests", "Reference", "architectures.json");

    public static string[] Names()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];
    }

    public static TinyModel Of(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path));
        JsonElement root = document.RootElement;
        JsonElement model = root.GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        var tensors = new Dictionary<string, TinyTensor>();
        foreach (JsonProperty tensor in model.GetProperty("tensors").EnumerateObject())
        {
            long[] shape = [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())];
            tensors.Add(tensor.Name, new TinyTensor(shape, Draw(tensor.Name, shape.Aggregate(1, (a, b) => a * (int)b), tensor.Value.GetProperty("center").GetDouble())));
        }

        int[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetInt32())];
        return new TinyModel(
            name,
            model.GetProperty("config").GetRawText(),
            tensors,
            Numbers(root.GetProperty("ids")),
            Numbers(root.GetProperty("positions")),
            [.. model.GetProperty("logits").EnumerateArray().Select(row => row.EnumerateArray().Select(e => e.GetDouble()).ToArray())]);
    }

    /// <summary>FNV-1a of the name seeds SplitMix64; the upper 24 bits of each draw are a float in [-0.5, 0.5).</summary>
    private static float[] Draw(string name, int count, double center)
    {
        ulong seed = 0xCBF29CE484222325;
        foreach (byte b in Encoding.UTF8.GetBytes(name))
        {
            seed = (seed ^ b) * 0x100000001B3;
        }

        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            ulong z = seed + ((ulong)(i + 1) * 0x9E3779B97F4A7C15);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            values[i] = (float)(center + (0.5 * (((z >> 40) / (double)(1 << 23)) - 1)));
        }

        return values;
    }
}
