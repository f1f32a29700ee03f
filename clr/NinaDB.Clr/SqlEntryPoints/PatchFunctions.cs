using System;
using System.Collections;
using System.Collections.Generic;
using System.Data.SqlTypes;
using System.IO;
using Microsoft.SqlServer.Server;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;
using NinaDB.Clr.Models;
using NinaDB.Clr.Patching;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>SQL functions that make patches (small deltas over weights that stay as they are), and that write a model with its patches in.</summary>
public static class PatchFunctions
{
    private const string FileName = "patch.safetensors";

    /// <summary>
    /// Makes a patch file in a work folder: one row (folder, path, byte_length, parameter_count, edit_count). The specification is JSON:
    /// <c>kind</c> scale (with <c>factor</c>), zero, set (with <c>direction</c>), promote (with <c>token</c>, <c>strength</c>), each with <c>components</c>,
    /// an array of {kind, layer, index}; or adapter (with <c>path</c> and, for an agent, <c>kept</c>: the base model's neurons that each layer kept).
    /// </summary>
    [SqlFunction(
        FillRowMethodName = nameof(FillPatch),
        TableDefinition = "folder nvarchar(4000), path nvarchar(4000), byte_length bigint, parameter_count bigint, edit_count int")]
    public static IEnumerable MakePatch([SqlFacet(MaxSize = -1)] SqlString manifest, [SqlFacet(MaxSize = -1)] SqlString specification)
    {
        NinaException.Require(!specification.IsNull, "There is no patch to make.");
        LanguageModel model = Manifest.Parse(manifest).Load();
        ModelPatch patch = Make(model, JsonValue.Parse(specification.Value, "patch"));
        ModelPatcher.RequireFits(model, patch);
        string folder = DistillationFunctions.NewWorkFolder();
        string path = Path.Combine(folder, FileName);
        try
        {
            Directory.CreateDirectory(folder);
            patch.Write(path);
        }
        catch (NinaException)
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }

        return new[] { new PatchRow(folder, path, new FileInfo(path).Length, patch) };
    }

    /// <summary>Fills the row of <see cref="MakePatch"/>.</summary>
    public static void FillPatch(object row, out SqlString folder, out SqlString path, out SqlInt64 byteLength, out SqlInt64 parameterCount, out SqlInt32 editCount)
    {
        var value = (PatchRow)row;
        folder = value.Folder;
        path = value.Path;
        byteLength = value.Length;
        parameterCount = value.Patch.ParameterCount;
        editCount = value.Patch.Edits.Count;
    }

    /// <summary>Writes a model with its patches in as a Hugging Face folder, in the type that most of its weights have (BF16 where that cannot be written); the path of a work folder.</summary>
    [SqlFunction]
    public static SqlString BakeModel([SqlFacet(MaxSize = -1)] SqlString manifest)
    {
        Manifest files = Manifest.Parse(manifest);
        DType stored = files.Open().MainDType;
        string folder = DistillationFunctions.NewWorkFolder();
        HuggingFaceWriter.Write(folder, files.Load(), stored == DType.F32 || stored == DType.F16 ? stored : DType.BF16);
        return folder;
    }

    /// <summary>
    /// Merges models that share an ancestor into a Hugging Face folder; the path of a work folder. The specification is JSON: <c>method</c> linear or task
    /// (<c>models</c>: an array of {manifest, weight}; for task also <c>base</c>, a manifest) or components (<c>models</c>: two; <c>components</c>: what the first
    /// takes from the second). The types of the numbers are those of the first model, or of the base.
    /// </summary>
    [SqlFunction]
    public static SqlString MergeModels([SqlFacet(MaxSize = -1)] SqlString specification)
    {
        NinaException.Require(!specification.IsNull, "There is nothing to merge.");
        JsonValue json = JsonValue.Parse(specification.Value, "merge");
        string? method = json["method"]?.AsString();
        var models = new List<KeyValuePair<LanguageModel, double>>();
        DType dtype = DType.Unknown;
        LanguageModel? origin = json["base"] is JsonValue parent ? Load(parent, null, ref dtype) : null;
        foreach (JsonValue item in json["models"]?.Items ?? Array.Empty<JsonValue>())
        {
            NinaException.Require(item["manifest"] != null, "A model of a merge has a manifest.");
            models.Add(new KeyValuePair<LanguageModel, double>(Load(item["manifest"]!, item["name"]?.AsString(), ref dtype), item["weight"]?.AsDouble() ?? 1));
        }

        NinaException.Require(method == "linear" || method == "components" || (method == "task" && origin != null), $"'{method}' is no method of a merge; linear, task (with a base) and components are.");
        string folder = DistillationFunctions.NewWorkFolder();
        try
        {
            if (method == "components")
            {
                NinaException.Require(models.Count == 2, "Components are taken from one model into another.");
                HuggingFaceWriter.Write(folder, ModelMerge.TakeComponents(models[0].Key, models[1].Key, Components(json)), dtype);
            }
            else
            {
                ModelMerge.Write(folder, models, origin, dtype);
            }
        }
        catch (NinaException)
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            throw;
        }

        return folder;
    }

    private static LanguageModel Load(JsonValue manifest, string? name, ref DType dtype)
    {
        Manifest files = Manifest.Parse(manifest.ToString());
        if (dtype == DType.Unknown)
        {
            DType stored = files.Open().MainDType;
            dtype = stored == DType.F32 || stored == DType.F16 ? stored : DType.BF16;
        }

        LanguageModel model = files.Load();
        return name == null ? model : model.With(name, model.Config, model.Weights);
    }

    private static ModelPatch Make(LanguageModel model, JsonValue specification)
    {
        string? kind = specification["kind"]?.AsString();
        switch (kind)
        {
            case "zero":
                return ComponentPatch.Scale(model, Components(specification), 0);
            case "scale":
                return ComponentPatch.Scale(model, Components(specification), Number(specification, "factor"));
            case "set":
                return ComponentPatch.SetDirection(model, Components(specification), Direction(specification["direction"]));
            case "promote":
                return ComponentPatch.Promote(model, Components(specification), Token(model, specification["token"]?.AsString()), Number(specification, "strength"));
            case "adapter":
                return LoraAdapter.Read(specification["path"]?.AsString() ?? string.Empty, model, Kept(specification["kept"]));
            default:
                throw new NinaException(ErrorNumber.PatchInvalid, $"'{kind}' is no kind of patch; scale, zero, set, promote and adapter are.");
        }
    }

    private static List<ComponentId> Components(JsonValue specification)
    {
        var components = new List<ComponentId>();
        foreach (JsonValue item in specification["components"]?.Items ?? Array.Empty<JsonValue>())
        {
            ComponentKind kind;
            switch (item["kind"]?.AsString())
            {
                case "neuron":
                    kind = ComponentKind.Neuron;
                    break;
                case "head":
                    kind = ComponentKind.Head;
                    break;
                case "expert":
                    kind = ComponentKind.Expert;
                    break;
                case "layer":
                    kind = ComponentKind.Layer;
                    break;
                default:
                    throw new NinaException(ErrorNumber.PatchInvalid, $"A component {item} is not of kind neuron, head, expert or layer.");
            }

            long? layer = item["layer"]?.AsInt64();
            long? index = item["index"]?.AsInt64() ?? (kind == ComponentKind.Layer ? 0 : (long?)null);
            if (!(layer >= 0 && layer <= int.MaxValue && index >= 0 && index <= int.MaxValue))
            {
                throw new NinaException(ErrorNumber.PatchInvalid, $"A component {item} has no layer and index.");
            }

            components.Add(new ComponentId(kind, (int)layer!.Value, (int)index!.Value));
        }

        return components.Count > 0 ? components : throw new NinaException(ErrorNumber.PatchInvalid, "The patch names no component.");
    }

    private static double Number(JsonValue specification, string name)
        => specification[name]?.AsDouble() ?? throw new NinaException(ErrorNumber.PatchInvalid, $"The patch has no {name}.");

    private static float[] Direction(JsonValue? direction)
    {
        var values = new List<float>();
        foreach (JsonValue item in direction?.Items ?? Array.Empty<JsonValue>())
        {
            values.Add((float)(item.AsDouble() ?? throw new NinaException(ErrorNumber.PatchInvalid, "A direction is given as an array of numbers.")));
        }

        return values.ToArray();
    }

    /// <summary>A token by its text, as the model's own tokens are shown; or the only token that the text makes.</summary>
    private static int Token(LanguageModel model, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            throw new NinaException(ErrorNumber.PatchInvalid, "The patch names no token.");
        }

        for (int id = 0; id < model.Tokenizer.Vocabulary.Count; id++)
        {
            if (model.Tokenizer.Display(id) == text)
            {
                return id;
            }
        }

        int[] ids = model.Tokenizer.Encode(text!, addSpecial: false);
        return ids.Length == 1
            ? ids[0]
            : throw new NinaException(ErrorNumber.PatchInvalid, $"'{text}' is {ids.Length} tokens of model '{model.Name}', not one; a token that begins a word has a blank before it.");
    }

    private static IReadOnlyList<int[]>? Kept(JsonValue? kept)
        => kept == null || kept.Kind != JsonKind.Array ? null : DistillationFunctions.Lists(kept);

    private sealed class PatchRow
    {
        public PatchRow(string folder, string path, long length, ModelPatch patch)
        {
            Folder = folder;
            Path = path;
            Length = length;
            Patch = patch;
        }

        public string Folder { get; }

        public string Path { get; }

        public long Length { get; }

        public ModelPatch Patch { get; }
    }
}
