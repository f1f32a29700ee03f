using System;
using System.Collections;
using System.Collections.Generic;
using System.Data.SqlTypes;
using Microsoft.SqlServer.Server;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>SQL functions that write ingested models into folders.</summary>
public static class ModelExportFunctions
{
    /// <summary>Writes a model into a new or empty folder: rows (name, byte_length, sha256). NULL format or data type: as it came, byte for byte where both are.</summary>
    [SqlFunction(FillRowMethodName = nameof(FillFile), TableDefinition = "name nvarchar(260), byte_length bigint, sha256 binary(32)")]
    public static IEnumerable ExportModel([SqlFacet(MaxSize = -1)] SqlString manifest, SqlString name, SqlString folder, SqlString format, SqlString dataType)
    {
        NinaException.Require(!folder.IsNull && folder.Value.Trim().Length > 0, "The folder is empty.");
        NinaException.Require(!name.IsNull, "The name is NULL.");
        Manifest parsed = Manifest.Parse(manifest);
        var files = new List<StoredFile>();
        foreach (Manifest.Entry entry in parsed.Entries)
        {
            files.Add(new StoredFile(entry.Name, entry.Path, entry.Kind == ModelFiles.Weights, entry.Sha256));
        }

        var export = new ModelExport(name.Value, files, parsed.Open(), parsed.Load);
        return export.Write(folder.Value, FormatOf(format), dataType.IsNull ? null : DTypeInfo.Parse(dataType.Value));
    }

    /// <summary>Fills a row of <see cref="ExportModel"/>.</summary>
    public static void FillFile(object row, out SqlString name, out SqlInt64 byteLength, out SqlBinary sha256)
    {
        var file = (WrittenModelFile)row;
        name = file.Name;
        byteLength = file.Length;
        sha256 = file.Sha256;
    }

    private static ModelFormat? FormatOf(SqlString format)
    {
        if (format.IsNull)
        {
            return null;
        }

        return string.Equals(format.Value, "safetensors", StringComparison.OrdinalIgnoreCase) ? ModelFormat.Safetensors
            : string.Equals(format.Value, "gguf", StringComparison.OrdinalIgnoreCase) ? ModelFormat.Gguf
            : throw new NinaException(ErrorNumber.InvalidArgument, $"Unknown format '{format.Value}'; safetensors and gguf are possible.");
    }
}
