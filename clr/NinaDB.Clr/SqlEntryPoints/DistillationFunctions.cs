using System;
using System.Collections.Generic;
using System.Data.SqlTypes;
using System.IO;
using Microsoft.SqlServer.Server;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Distillation;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>SQL functions that make a smaller model from chosen neurons, a call a layer, and write it to a work folder from which SQL takes it in.</summary>
public static class DistillationFunctions
{
    private const string FolderPrefix = "ninadb-work-";

    private static readonly HandleTable<Distillation> Running = new HandleTable<Distillation>(8);

    /// <summary>
    /// Starts a distillation that keeps these neurons (a JSON array of arrays of indexes, one a layer), or of a mixture these experts
    /// ({"experts": [...]}, none for dense layers); returns a handle.
    /// </summary>
    [SqlFunction]
    public static SqlInt64 DistillOpen([SqlFacet(MaxSize = -1)] SqlString manifest, [SqlFacet(MaxSize = -1)] SqlString keep)
    {
        NinaException.Require(!keep.IsNull, "There are no neurons to keep.");
        LanguageModel model = Manifest.Parse(manifest).Load();
        JsonValue kept = JsonValue.Parse(keep.Value, "neurons to keep");
        List<int[]> lists = Lists(kept["experts"] ?? kept);
        return Running.Add(new Distillation(model, kept["experts"] == null ? AgentPlan.FromLists(model, lists) : AgentPlan.FromExperts(model, lists)));
    }

    /// <summary>Adds calibration passages (a JSON array); returns how many there are in all.</summary>
    [SqlFunction]
    public static SqlInt64 DistillTexts(SqlInt64 distillation, [SqlFacet(MaxSize = -1)] SqlString texts)
    {
        Distillation running = Find(distillation);
        NinaException.Require(running.Job == null, "Calibration passages are added before the first layer.");
        running.Texts.AddRange(TextFunctions.Texts(texts));
        return running.Texts.Count;
    }

    /// <summary>Cuts and refits the next layer; returns how many are done.</summary>
    [SqlFunction]
    public static SqlInt32 DistillLayer(SqlInt64 distillation)
    {
        Distillation running = Find(distillation);
        running.Job = running.Job
            ?? new DistillationJob(running.Model, running.Plan, running.Texts, new DistillationOptions { Parallelism = Environment.ProcessorCount });
        running.Job.RunNextLayer();
        return running.Job.LayersDone;
    }

    /// <summary>Writes the result as a Hugging Face folder in the temporary folder of the server; returns its path.</summary>
    [SqlFunction]
    public static SqlString DistillWrite(SqlInt64 distillation)
    {
        Distillation running = Find(distillation);
        NinaException.Require(running.Job != null, "No layer was distilled.");
        string folder = NewWorkFolder();
        HuggingFaceWriter.Write(folder, running.Job!.Finish("agent"), DType.BF16);
        return folder;
    }

    /// <summary>Ends a distillation and frees its memory; false when it had ended.</summary>
    [SqlFunction]
    public static SqlBoolean DistillClose(SqlInt64 distillation) => !distillation.IsNull && Running.Remove(distillation.Value);

    /// <summary>How many neurons (of a mixture: experts) a layer of an agent may keep within a budget of parameters or bytes of F32, F16 or BF16. Raises 51807.</summary>
    [SqlFunction]
    public static SqlInt32 FitBudget([SqlFacet(MaxSize = -1)] SqlString manifest, SqlInt64 budget, SqlString unit, SqlString dataType)
    {
        NinaException.Require(!budget.IsNull && !unit.IsNull && !dataType.IsNull, "A budget has an amount, a unit and a data type.");
        NinaException.Require(unit.Value == "parameters" || unit.Value == "bytes", $"'{unit.Value}' is no unit of a budget; parameters and bytes are.");
        DType dtype = dataType.Value == "F32" ? DType.F32 : dataType.Value == "F16" ? DType.F16 : DType.BF16;
        return new BudgetPlan(Manifest.Parse(manifest).Load(), dtype).Fit(budget.Value, unit.Value == "bytes" ? BudgetUnit.Bytes : BudgetUnit.Parameters);
    }

    /// <summary>Deletes a folder that <see cref="DistillWrite"/> or <see cref="SafetyFunctions.StageBundle"/> made, and no other; false when it is gone.</summary>
    [SqlFunction]
    public static SqlBoolean DeleteWorkFolder(SqlString folder)
    {
        if (folder.IsNull)
        {
            return false;
        }

        string path = RequireWorkFolder(folder.Value);
        if (!Directory.Exists(path))
        {
            return false;
        }

        Directory.Delete(path, recursive: true);
        return true;
    }

    /// <summary>Arrays of indexes, one a layer.</summary>
    internal static List<int[]> Lists(JsonValue json)
    {
        var lists = new List<int[]>();
        foreach (JsonValue layer in json.Items)
        {
            var indexes = new List<int>();
            foreach (JsonValue index in layer.Items)
            {
                long? value = index.AsInt64();
                NinaException.Require(value >= 0 && value <= int.MaxValue, "Neurons to keep are given as arrays of indexes.");
                indexes.Add((int)value!.Value);
            }

            lists.Add(indexes.ToArray());
        }

        return lists;
    }

    /// <summary>The path of a work folder that does not exist yet.</summary>
    internal static string NewWorkFolder() => Path.Combine(Path.GetTempPath(), FolderPrefix + Guid.NewGuid().ToString("N"));

    /// <summary>The full path of a folder, which must be a work folder.</summary>
    internal static string RequireWorkFolder(string folder)
    {
        string path = Path.GetFullPath(folder);
        string parent = Path.GetFullPath(Path.GetTempPath()).TrimEnd(Path.DirectorySeparatorChar);
        NinaException.Require(
            Path.GetFileName(path).StartsWith(FolderPrefix, StringComparison.Ordinal) && Path.GetDirectoryName(path) == parent,
            $"'{path}' is not a work folder.");
        return path;
    }

    private static Distillation Find(SqlInt64 handle)
    {
        NinaException.Require(!handle.IsNull, "The distillation handle is NULL.");
        return Running.Get(handle.Value);
    }

    private sealed class Distillation
    {
        public Distillation(LanguageModel model, AgentPlan plan)
        {
            Model = model;
            Plan = plan;
        }

        public LanguageModel Model { get; }

        public AgentPlan Plan { get; }

        public List<string> Texts { get; } = new List<string>();

        public DistillationJob? Job { get; set; }
    }
}
