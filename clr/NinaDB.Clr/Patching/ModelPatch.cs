using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Json;
using NinaDB.Clr.Models;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Patching;

/// <summary>
/// A reversible change of a model: edits over weights that stay as they are. A patch file is a safetensors file whose metadata lists the edits:
/// <c>{"format": "ninadb-patch/1", "edits": "[{\"target\": \"layers.3.feed_forward_down\", \"op\": \"scale\", \"columns\": [17], \"factors\": [0]}, ...]"}</c>;
/// ops are scale (columns, factors), set and add (columns, values: a tensor [columns, rows]), low_rank (a, b: tensors, scale: a number).
/// </summary>
public sealed class ModelPatch
{
    private const string FormatName = "ninadb-patch/1";

    /// <summary>The most edits of a patch: every matrix of a large mixture of experts, several times.</summary>
    private const int MaxEdits = 1 << 20;

    /// <summary>Puts edits together, which are applied in order.</summary>
    public ModelPatch(IReadOnlyList<MatrixEdit> edits)
    {
        if (edits == null || edits.Count == 0 || edits.Count > MaxEdits)
        {
            throw new NinaException(ErrorNumber.PatchInvalid, $"A patch has 1 to {MaxEdits} edits.");
        }

        Edits = edits;
    }

    /// <summary>The edits, in order.</summary>
    public IReadOnlyList<MatrixEdit> Edits { get; }

    /// <summary>The numbers that the patch stores.</summary>
    public long ParameterCount
    {
        get
        {
            long count = 0;
            foreach (MatrixEdit edit in Edits)
            {
                count += edit.ParameterCount;
            }

            return count;
        }
    }

    /// <summary>Writes a patch file.</summary>
    public void Write(string path)
    {
        var tensors = new List<TensorToWrite>();
        var edits = new List<JsonValue>();
        foreach (MatrixEdit edit in Edits)
        {
            JsonValue json = JsonValue.NewObject().Set("target", JsonValue.Of(edit.Target.ToString())).Set("op", JsonValue.Of(NameOf(edit.Kind)));
            if (edit.Kind == EditKind.LowRank)
            {
                json.Set("a", AddTensor(tensors, edit.Values!)).Set("b", AddTensor(tensors, edit.Left!)).Set("scale", JsonValue.Of(edit.Multiplier));
            }
            else
            {
                json.Set("columns", JsonValue.OfItems(Array.ConvertAll(edit.Columns, c => JsonValue.Of((long)c))));
                if (edit.Kind == EditKind.Scale)
                {
                    json.Set("factors", JsonValue.OfItems(Array.ConvertAll(edit.Factors, f => JsonValue.Of((double)f))));
                }
                else
                {
                    json.Set("values", AddTensor(tensors, edit.Values!));
                }
            }

            edits.Add(json);
        }

        var metadata = new Dictionary<string, string> { ["format"] = FormatName, ["edits"] = JsonWriter.ToText(JsonValue.OfItems(edits), indented: false) };
        try
        {
            using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
            SafetensorsWriter.Write(stream, tensors, metadata);
            stream.Flush(flushToDisk: true);
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            throw new NinaException(ErrorNumber.WriteFailed, $"File '{path}' cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Reads a patch file. Raises <see cref="ErrorNumber.PatchInvalid"/> for anything that is not as <see cref="Write"/> makes it.</summary>
    public static ModelPatch Read(string path)
    {
        ModelFile file = ModelFile.Open("patch", new[] { path }, null, null);
        if (!file.Metadata.TryGetValue("format", out string? format) || format != FormatName || !file.Metadata.TryGetValue("edits", out string? text))
        {
            throw NinaException.InFile(ErrorNumber.PatchInvalid, path, $"is no patch: its metadata lacks format {FormatName} or edits.");
        }

        FileIdentity identity = file.Files[0];
        using SegmentLease lease = SegmentCache.Shared.Open(identity.Path, identity.Length);
        var edits = new List<MatrixEdit>();
        foreach (JsonValue item in JsonValue.Parse(text, path).Items)
        {
            PatchTarget target = PatchTarget.Parse(item["target"]?.AsString() ?? string.Empty);
            string? op = item["op"]?.AsString();
            switch (op)
            {
                case "scale":
                    edits.Add(MatrixEdit.Scale(target, Columns(item, path), Factors(item, path)));
                    break;
                case "set":
                    edits.Add(MatrixEdit.Set(target, Columns(item, path), Tensor(file, lease.Segment, item["values"])));
                    break;
                case "add":
                    edits.Add(MatrixEdit.Add(target, Columns(item, path), Tensor(file, lease.Segment, item["values"])));
                    break;
                case "low_rank":
                    edits.Add(MatrixEdit.LowRank(
                        target, Tensor(file, lease.Segment, item["a"]), Tensor(file, lease.Segment, item["b"]), item["scale"]?.AsDouble() ?? double.NaN));
                    break;
                default:
                    throw NinaException.InFile(ErrorNumber.PatchInvalid, path, $"'{op}' is no edit; scale, set, add and low_rank are.");
            }
        }

        return new ModelPatch(edits);
    }

    /// <summary>The name of a kind of edit in a file.</summary>
    internal static string NameOf(EditKind kind) => kind switch
    {
        EditKind.Scale => "scale",
        EditKind.Set => "set",
        EditKind.Add => "add",
        _ => "low_rank",
    };

    private static JsonValue AddTensor(List<TensorToWrite> tensors, WeightMatrix matrix)
    {
        string name = "t" + tensors.Count.ToString(CultureInfo.InvariantCulture);
        tensors.Add(new TensorToWrite(name, DType.F32, new long[] { matrix.Rows, matrix.Columns }, () => matrix.Values));
        return JsonValue.Of(name);
    }

    private static int[] Columns(JsonValue edit, string path)
    {
        var columns = new List<int>();
        foreach (JsonValue item in edit["columns"]?.Items ?? Array.Empty<JsonValue>())
        {
            long? column = item.AsInt64();
            if (!(column >= 0 && column <= int.MaxValue))
            {
                throw NinaException.InFile(ErrorNumber.PatchInvalid, path, $"{item} is no column.");
            }

            columns.Add((int)column!.Value);
        }

        return columns.ToArray();
    }

    private static float[] Factors(JsonValue edit, string path)
    {
        var factors = new List<float>();
        foreach (JsonValue item in edit["factors"]?.Items ?? Array.Empty<JsonValue>())
        {
            factors.Add((float)(item.AsDouble() ?? throw NinaException.InFile(ErrorNumber.PatchInvalid, path, $"{item} is no factor.")));
        }

        return factors.ToArray();
    }

    private static WeightMatrix Tensor(ModelFile file, Segment segment, JsonValue? name)
    {
        TensorInfo? tensor = name?.AsString() is string text ? file.Find(text) : null;
        if (tensor == null || tensor.Shape.Count != 2 || tensor.Shape[0] > int.MaxValue || tensor.Shape[1] > int.MaxValue || tensor.ElementCount > TensorReader.MaxSliceElements)
        {
            throw NinaException.InFile(ErrorNumber.PatchInvalid, file.Files[0].Path, $"there is no matrix '{name}' of values.");
        }

        return new WeightMatrix((int)tensor.Shape[0], (int)tensor.Shape[1], TensorReader.ReadAll(segment, tensor));
    }
}
