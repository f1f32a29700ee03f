using System;
using System.Collections;
using System.Collections.Generic;
using System.Data.SqlTypes;
using System.IO;
using Microsoft.SqlServer.Server;
using NinaDB.Clr.Distillation;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Models;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>SQL functions that write agents for other runtimes, and read what was written back before it is called written.</summary>
public static class ExportFunctions
{
    private const string HuggingFace = "hf";
    private const string Gguf = "gguf";

    /// <summary>
    /// Makes the files of an export in a work folder and returns its path; NULL when the stored files are what is asked for. The format is hf or gguf, the type
    /// F32, F16 or BF16, in GGUF also Q8_0, Q4_0 and Q4_K; NULL for that of the stored weights, in GGUF BF16. Patches are baked in.
    /// </summary>
    [SqlFunction]
    public static SqlString PrepareExport([SqlFacet(MaxSize = -1)] SqlString manifest, SqlString format, SqlString dataType)
    {
        Manifest files = Manifest.Parse(manifest);
        ModelFile stored = files.Open();
        string kind = format.IsNull ? HuggingFace : format.Value.ToLowerInvariant();
        NinaException.Require(kind == HuggingFace || kind == Gguf, $"'{format.Value}' is no format of an export; hf and gguf are.");
        bool isFloat = stored.MainDType == DType.F32 || stored.MainDType == DType.F16 || stored.MainDType == DType.BF16;
        DType type = dataType.IsNull ? (kind == HuggingFace && isFloat ? stored.MainDType : DType.BF16) : TypeOf(dataType.Value);
        if (kind == HuggingFace && stored.Format == ModelFormat.Safetensors && !files.IsPatched && type == stored.MainDType)
        {
            return SqlString.Null;
        }

        string folder = DistillationFunctions.NewWorkFolder();
        LanguageModel model = files.Load();
        try
        {
            if (kind == HuggingFace)
            {
                HuggingFaceWriter.Write(folder, model, type);
            }
            else
            {
                Directory.CreateDirectory(folder);
                GgufModelWriter.Write(Path.Combine(folder, "model.gguf"), model, type, new Dictionary<string, string> { ["ninadb.format"] = "ninadb-agent/1" });
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

    /// <summary>
    /// Writes files, agent.json and meaning_space.bin into a new or empty folder, loads what was written and compares its logits on passages (a JSON array) with those of
    /// the model in the database: rows (name, byte_length, sha256, max_logit_difference), the difference with the weights. What differs is deleted, and raises 51808.
    /// </summary>
    [SqlFunction(FillRowMethodName = nameof(FillWritten), TableDefinition = "name nvarchar(260), byte_length bigint, sha256 binary(32), max_logit_difference float")]
    public static IEnumerable WriteExport(
        [SqlFacet(MaxSize = -1)] SqlString manifest,
        [SqlFacet(MaxSize = -1)] SqlString original,
        SqlString folder,
        [SqlFacet(MaxSize = -1)] SqlString agentJson,
        [SqlFacet(MaxSize = -1)] SqlBinary meaningSpace,
        [SqlFacet(MaxSize = -1)] SqlString texts)
    {
        NinaException.Require(!folder.IsNull && folder.Value.Trim().Length > 0, "The folder is empty.");
        string path = Path.GetFullPath(folder.Value);
        bool isNew = !Directory.Exists(path);
        IReadOnlyList<FolderExport.WrittenFile> written =
            FolderExport.Write(Manifest.Parse(manifest), path, agentJson.IsNull ? null : agentJson.Value, meaningSpace.IsNull ? null : meaningSpace.Value);
        try
        {
            ModelFile file = ModelFile.Open(path);
            double difference;
            try
            {
                difference = ExportCheck.Compare(
                    Manifest.Parse(original).Load(), LanguageModel.Load(file), texts.IsNull ? new List<string>() : TextFunctions.Texts(texts), Coarsest(file));
            }
            finally
            {
                foreach (FileIdentity weights in file.Files)
                {
                    SegmentCache.Shared.Close(weights.Path);
                }
            }

            var rows = new List<KeyValuePair<FolderExport.WrittenFile, double>>();
            foreach (FolderExport.WrittenFile one in written)
            {
                bool isWeights = one.Name.EndsWith(".safetensors", StringComparison.Ordinal) || one.Name.EndsWith(".gguf", StringComparison.Ordinal);
                rows.Add(new KeyValuePair<FolderExport.WrittenFile, double>(one, isWeights ? difference : double.NaN));
            }

            return rows;
        }
        catch (NinaException)
        {
            FolderExport.Clean(path, written, isNew);
            throw;
        }
    }

    /// <summary>Fills a row of <see cref="WriteExport"/>.</summary>
    public static void FillWritten(object row, out SqlString name, out SqlInt64 byteLength, out SqlBinary sha256, out SqlDouble maxLogitDifference)
    {
        var value = (KeyValuePair<FolderExport.WrittenFile, double>)row;
        name = value.Key.Name;
        byteLength = value.Key.Length;
        sha256 = value.Key.Sha256;
        maxLogitDifference = double.IsNaN(value.Value) ? SqlDouble.Null : new SqlDouble(value.Value);
    }

    /// <summary>The type of the matrices that differs most from what it was made from.</summary>
    private static DType Coarsest(ModelFile file)
    {
        DType coarsest = DType.F32;
        foreach (TensorInfo tensor in file.Tensors)
        {
            if (ExportCheck.ToleranceOf(tensor.DType) > ExportCheck.ToleranceOf(coarsest))
            {
                coarsest = tensor.DType;
            }
        }

        return coarsest;
    }

    private static DType TypeOf(string name)
    {
        foreach (DType type in new[] { DType.F32, DType.F16, DType.BF16, DType.Q8_0, DType.Q4_0, DType.Q4_K })
        {
            if (string.Equals(DTypeInfo.Of(type).Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return type;
            }
        }

        throw new NinaException(ErrorNumber.DTypeNotEncodable, $"'{name}' is no type that an export can have; F32, F16 and BF16 are, and in GGUF Q8_0, Q4_0 and Q4_K.");
    }
}
