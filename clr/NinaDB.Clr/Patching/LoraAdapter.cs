using System;
using System.Collections.Generic;
using System.IO;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Json;
using NinaDB.Clr.Models;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Patching;

/// <summary>
/// Reads low-rank adapters: a PEFT folder (adapter_config.json, adapter_model.safetensors) or a GGUF file of type adapter. Everything is checked against
/// the shapes of the model before a patch is made. W becomes W + scale · B · A, with scale = alpha / r, or alpha / sqrt(r) where rslora is set.
/// </summary>
public static class LoraAdapter
{
    private const long MaxConfigBytes = 1 << 20;
    private const string PeftPrefix = "base_model.model.";

    /// <summary>Features of PEFT that change the formula; missing, null, false or empty they leave it as it is.</summary>
    private static readonly string[] Unsupported = { "use_dora", "use_qalora", "lora_bias", "megatron_config", "alora_invocation_tokens", "target_parameters", "trainable_token_indices", "layer_replication" };

    /// <summary>
    /// The adapter at a path as a patch of a model. <paramref name="keptNeurons"/>, where the model is an agent, are the base model's neurons
    /// that each layer kept: an adapter of the base model is cut down in the same way. Raises <see cref="ErrorNumber.AdapterInvalid"/>,
    /// <see cref="ErrorNumber.AdapterUnsupported"/>, <see cref="ErrorNumber.PatchMismatch"/>.
    /// </summary>
    public static ModelPatch Read(string path, LanguageModel model, IReadOnlyList<int[]>? keptNeurons = null)
    {
        NinaException.Require(!string.IsNullOrEmpty(path), "The adapter path is empty.");
        string full = Path.GetFullPath(path);
        Dictionary<string, Pair> pairs;
        if (Directory.Exists(full))
        {
            pairs = ReadPeft(full);
        }
        else
        {
            ModelFile file = ModelFile.Open(full);
            pairs = file.Format == ModelFormat.Gguf
                ? ReadFile(file, (f, segment) => ReadGguf(f, segment, model.Config))
                : throw NinaException.InFile(ErrorNumber.AdapterInvalid, full, "is no adapter: give the folder that holds adapter_config.json, or a GGUF adapter.");
        }

        var edits = new List<MatrixEdit>();
        foreach (KeyValuePair<string, Pair> entry in pairs)
        {
            Pair pair = entry.Value;
            if (pair.A == null || pair.B == null)
            {
                throw NinaException.InFile(ErrorNumber.AdapterInvalid, full, $"'{entry.Key}' has lora_{(pair.A == null ? "B" : "A")} and lacks lora_{(pair.A == null ? "A" : "B")}.");
            }

            if (pair.A.Rows != pair.B.Columns || pair.A.Rows == 0)
            {
                throw NinaException.InFile(
                    ErrorNumber.AdapterInvalid, full, $"'{entry.Key}': lora_A is [{pair.A.Rows},{pair.A.Columns}] and lora_B [{pair.B.Rows},{pair.B.Columns}]; the rank must be the same.");
            }

            foreach (MatrixEdit edit in EditsOf(entry.Key, pair, model))
            {
                MatrixEdit fitted = Fit(edit, model, keptNeurons);
                fitted.RequireFits(ModelPatcher.Find(model, fitted.Target));
                edits.Add(fitted);
            }
        }

        return edits.Count > 0 ? new ModelPatch(edits) : throw NinaException.InFile(ErrorNumber.AdapterInvalid, full, "the adapter has no lora_A and lora_B.");
    }

    private static Dictionary<string, Pair> ReadPeft(string folder)
    {
        JsonValue config = ReadConfig(Path.Combine(folder, "adapter_config.json"));
        string weights = Path.Combine(folder, "adapter_model.safetensors");
        if (!File.Exists(weights))
        {
            string reason = File.Exists(Path.Combine(folder, "adapter_model.bin"))
                ? "holds adapter_model.bin, a pickle, which is never read; save the adapter as safetensors."
                : "has no adapter_model.safetensors.";
            throw NinaException.InFile(ErrorNumber.AdapterInvalid, folder, reason);
        }

        Dictionary<string, Pair> pairs = ReadFile(ModelFile.Open("adapter", new[] { weights }, null, null), ReadPeft);
        foreach (KeyValuePair<string, Pair> entry in pairs)
        {
            entry.Value.Scale = ScaleOf(config, entry.Key, entry.Value.A?.Rows ?? 0, folder);
        }

        return pairs;
    }

    /// <summary>What a function reads from a file, which is somebody else's: it is not kept mapped.</summary>
    private static Dictionary<string, Pair> ReadFile(ModelFile file, Func<ModelFile, Segment, Dictionary<string, Pair>> read)
    {
        FileIdentity identity = file.Files[0];
        try
        {
            using SegmentLease lease = SegmentCache.Shared.Open(identity.Path, identity.Length);
            return read(file, lease.Segment);
        }
        finally
        {
            SegmentCache.Shared.Close(identity.Path);
        }
    }

    private static Dictionary<string, Pair> ReadPeft(ModelFile file, Segment segment)
    {
        string weights = file.Files[0].Path;
        var pairs = new Dictionary<string, Pair>(StringComparer.Ordinal);
        foreach (TensorInfo tensor in file.Tensors)
        {
            string name = tensor.Name.StartsWith(PeftPrefix, StringComparison.Ordinal) ? tensor.Name.Substring(PeftPrefix.Length) : tensor.Name;
            string? module = Module(name, ".lora_A", out bool isA) ?? Module(name, ".lora_B", out _);
            if (module == null)
            {
                throw NinaException.InFile(ErrorNumber.AdapterUnsupported, weights, $"the tensor '{tensor.Name}' is no lora_A or lora_B of a linear layer; nothing else can be applied.");
            }

            if (!pairs.TryGetValue(module, out Pair? pair))
            {
                pair = new Pair();
                pairs.Add(module, pair);
            }

            WeightMatrix matrix = Matrix(tensor, segment, weights);
            if (isA)
            {
                pair.A = matrix;
            }
            else
            {
                pair.B = matrix;
            }
        }

        return pairs;
    }

    private static JsonValue ReadConfig(string path)
    {
        FileIdentity identity = FileIdentity.Of(path);
        if (identity.Length > MaxConfigBytes)
        {
            throw NinaException.InFile(ErrorNumber.AdapterInvalid, path, $"has {identity.Length} bytes; {MaxConfigBytes} are allowed.");
        }

        JsonValue config = JsonValue.Parse(File.ReadAllBytes(path), path);
        string? type = config["peft_type"]?.AsString();
        if (config.Kind != JsonKind.Object || (type != null && type != "LORA"))
        {
            throw NinaException.InFile(ErrorNumber.AdapterUnsupported, path, $"peft_type is '{type}'; LORA is supported.");
        }

        foreach (string name in Unsupported)
        {
            JsonValue? value = config[name];
            if (value != null && value.Kind != JsonKind.Null && value.AsBoolean() != false && !(value.Kind == JsonKind.Array && value.Items.Count == 0))
            {
                throw NinaException.InFile(ErrorNumber.AdapterUnsupported, path, $"{name} is {value}, which is not supported.");
            }
        }

        string? bias = config["bias"]?.AsString();
        if (bias != null && bias != "none")
        {
            throw NinaException.InFile(ErrorNumber.AdapterUnsupported, path, $"bias is '{bias}'; none is supported.");
        }

        if (config["modules_to_save"] is JsonValue saved && saved.Items.Count > 0)
        {
            throw NinaException.InFile(ErrorNumber.AdapterUnsupported, path, $"modules_to_save is {saved}; whole modules are not supported.");
        }

        return config;
    }

    /// <summary>alpha / r, or alpha / sqrt(r), with the patterns of PEFT for modules that have a rank or alpha of their own.</summary>
    private static double ScaleOf(JsonValue config, string module, int rank, string folder)
    {
        double? r = Pattern(config["rank_pattern"], module, folder) ?? config["r"]?.AsDouble();
        double? alpha = Pattern(config["alpha_pattern"], module, folder) ?? config["lora_alpha"]?.AsDouble();
        if (!(r > 0) || !(alpha > 0) || double.IsInfinity(alpha!.Value))
        {
            throw NinaException.InFile(ErrorNumber.AdapterInvalid, folder, $"adapter_config.json has no positive r and lora_alpha for '{module}'.");
        }

        if (rank != 0 && rank != r)
        {
            throw NinaException.InFile(ErrorNumber.AdapterInvalid, folder, $"'{module}' has rank {rank}; adapter_config.json says {r}.");
        }

        return config["use_rslora"]?.AsBoolean() == true ? alpha.Value / Math.Sqrt(r!.Value) : alpha.Value / r!.Value;
    }

    /// <summary>A pattern is the end of a module's path.</summary>
    private static double? Pattern(JsonValue? patterns, string module, string folder)
    {
        foreach (KeyValuePair<string, JsonValue> entry in patterns?.Members ?? Array.Empty<KeyValuePair<string, JsonValue>>())
        {
            if (entry.Key.IndexOfAny(new[] { '*', '^', '$', '(', '[', '\\', '+', '?', '|' }) >= 0)
            {
                throw NinaException.InFile(ErrorNumber.AdapterUnsupported, folder, $"the pattern '{entry.Key}' is a regular expression; names of modules are supported.");
            }

            if (module == entry.Key || module.EndsWith("." + entry.Key, StringComparison.Ordinal))
            {
                return entry.Value.AsDouble();
            }
        }

        return null;
    }

    /// <summary>llama.cpp names the pairs after the tensors they change, and has the rows of rotary projections interleaved as those are.</summary>
    private static Dictionary<string, Pair> ReadGguf(ModelFile file, Segment segment, ModelConfig config)
    {
        string path = file.Files[0].Path;
        if (file.Gguf!["general.type"]?.AsString() != "adapter" || file.Gguf["adapter.type"]?.AsString() != "lora")
        {
            throw NinaException.InFile(ErrorNumber.AdapterInvalid, path, "is no GGUF adapter: general.type is not 'adapter', or adapter.type is not 'lora'.");
        }

        double alpha = file.Gguf["adapter.lora.alpha"]?.AsDouble() ?? 0;
        if (!(alpha > 0) || double.IsInfinity(alpha))
        {
            throw NinaException.InFile(ErrorNumber.AdapterInvalid, path, "adapter.lora.alpha is missing or not positive.");
        }

        var pairs = new Dictionary<string, Pair>(StringComparer.Ordinal);
        foreach (TensorInfo tensor in file.Tensors)
        {
            bool isA = tensor.Name.EndsWith(".weight.lora_a", StringComparison.Ordinal);
            if (!isA && !tensor.Name.EndsWith(".weight.lora_b", StringComparison.Ordinal))
            {
                throw NinaException.InFile(ErrorNumber.AdapterUnsupported, path, $"the tensor '{tensor.Name}' is no lora_a or lora_b of a weight.");
            }

            string module = tensor.Name.Substring(0, tensor.Name.Length - ".weight.lora_a".Length);
            if (!pairs.TryGetValue(module, out Pair? pair))
            {
                pair = new Pair();
                pairs.Add(module, pair);
            }

            WeightMatrix matrix = Matrix(tensor, segment, path);
            if (isA)
            {
                pair.A = matrix;
                pair.Scale = alpha / matrix.Rows;
            }
            else
            {
                TensorRole role = TensorNaming.RoleOf(module + ".weight").Role;
                bool isRotary = (role == TensorRole.AttentionQuery || role == TensorRole.AttentionKey)
                    && file.Gguf["general.architecture"]?.AsString() == "llama" && matrix.Rows % config.HeadSize == 0;
                pair.B = isRotary ? Deinterleaved(matrix, config.HeadSize) : matrix;
            }
        }

        return pairs;
    }

    /// <summary>Rows (0, n/2, 1, n/2+1, ...) of every head back into the order of Hugging Face.</summary>
    private static WeightMatrix Deinterleaved(WeightMatrix matrix, int headSize)
    {
        int[] order = new int[matrix.Rows];
        for (int row = 0; row < order.Length; row++)
        {
            int inHead = row % headSize;
            int half = headSize / 2;
            order[row] = row - inHead + (2 * (inHead % half)) + (inHead / half);
        }

        return matrix.SelectRows(order);
    }

    private static IEnumerable<MatrixEdit> EditsOf(string module, Pair pair, LanguageModel model)
    {
        TensorPlace place = TensorNaming.RoleOf(module + ".weight");
        if (place.Role == TensorRole.Unknown)
        {
            throw new NinaException(ErrorNumber.PatchMismatch, $"The adapter changes '{module}', which is no weight of model '{model.Name}'.");
        }

        if (place.Role != TensorRole.AttentionFused)
        {
            yield return MatrixEdit.LowRank(new PatchTarget(place.Role, place.Layer, place.Expert), pair.A!, pair.B!, pair.Scale);
            yield break;
        }

        // A fused projection of queries, keys and values one after the other, as GPT-2 has it, is three in memory; they share A.
        int first = 0;
        if (model.Config.Family != ModelFamily.Gpt2)
        {
            throw new NinaException(ErrorNumber.AdapterUnsupported, $"The adapter changes '{module}', a fused projection whose heads are interleaved, which is not supported.");
        }

        foreach (TensorRole role in new[] { TensorRole.AttentionQuery, TensorRole.AttentionKey, TensorRole.AttentionValue })
        {
            var target = new PatchTarget(role, place.Layer);
            int rows = ModelPatcher.Find(model, target).Rows;
            if (first + rows > pair.B!.Rows)
            {
                throw new NinaException(ErrorNumber.PatchMismatch, $"'{module}': lora_B has {pair.B.Rows} rows; the fused projection has more.");
            }

            int start = first;
            int[] part = new int[rows];
            for (int i = 0; i < rows; i++)
            {
                part[i] = start + i;
            }

            first += rows;
            yield return MatrixEdit.LowRank(target, pair.A!, pair.B.SelectRows(part), pair.Scale);
        }

        if (first != pair.B!.Rows)
        {
            throw new NinaException(ErrorNumber.PatchMismatch, $"'{module}': lora_B has {pair.B.Rows} rows; the fused projection has {first}.");
        }
    }

    /// <summary>An edit of the base model's FFN, cut down to the neurons that an agent kept.</summary>
    private static MatrixEdit Fit(MatrixEdit edit, LanguageModel model, IReadOnlyList<int[]>? keptNeurons)
    {
        PatchTarget target = edit.Target;
        if (keptNeurons == null || target.Layer < 0 || target.Layer >= keptNeurons.Count || target.Expert >= 0)
        {
            return edit;
        }

        int[] kept = keptNeurons[target.Layer];
        WeightMatrix weight = ModelPatcher.Find(model, target);
        bool isRows = target.Role == TensorRole.FeedForwardGate || target.Role == TensorRole.FeedForwardUp;
        if (isRows && edit.Left!.Rows > weight.Rows && weight.Rows == kept.Length && kept[kept.Length - 1] < edit.Left.Rows)
        {
            return MatrixEdit.LowRank(target, edit.Values!, edit.Left.SelectRows(kept), edit.Multiplier);
        }

        if (target.Role == TensorRole.FeedForwardDown && edit.Values!.Columns > weight.Columns && weight.Columns == kept.Length && kept[kept.Length - 1] < edit.Values.Columns)
        {
            return MatrixEdit.LowRank(target, edit.Values.Transpose().SelectRows(kept).Transpose(), edit.Left!, edit.Multiplier);
        }

        return edit;
    }

    private static WeightMatrix Matrix(TensorInfo tensor, Segment segment, string path)
    {
        if (tensor.Shape.Count != 2 || tensor.ElementCount > TensorReader.MaxSliceElements || tensor.Shape[0] < 1 || tensor.Shape[1] < 1)
        {
            throw NinaException.InFile(ErrorNumber.AdapterInvalid, path, tensor.ByteOffset, $"the tensor '{tensor.Name}' is {tensor.ShapeText}; a matrix is needed.");
        }

        return new WeightMatrix((int)tensor.Shape[0], (int)tensor.Shape[1], TensorReader.ReadAll(segment, tensor));
    }

    /// <summary>The path of the module in "path.lora_A.weight", also where the adapter's name stands before ".weight".</summary>
    private static string? Module(string name, string part, out bool found)
    {
        int at = name.LastIndexOf(part + ".", StringComparison.Ordinal);
        found = at > 0 && name.EndsWith(".weight", StringComparison.Ordinal);
        return found ? name.Substring(0, at) : null;
    }

    private sealed class Pair
    {
        public WeightMatrix? A { get; set; }

        public WeightMatrix? B { get; set; }

        public double Scale { get; set; } = 1;
    }
}
