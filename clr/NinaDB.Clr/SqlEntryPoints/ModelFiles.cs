using System;
using System.Collections;
using System.Collections.Generic;
using System.Data.SqlTypes;
using System.IO;
using System.Text;
using Microsoft.SqlServer.Server;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Storage;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>SQL functions over files: what a path holds, hashes, segments, folders.</summary>
public static class ModelFiles
{
    internal const string Weights = "weights";
    internal const string Config = "config";
    internal const string Tokenizer = "tokenizer";
    internal const string Patch = "patch";
    private const string Other = "other";

    private const long MaxTextFileBytes = 256L << 20;

    /// <summary>Small files of a Hugging Face folder that belong to the model; they are kept so that an export is complete.</summary>
    private static readonly string[] OtherNames =
    {
        "tokenizer_config.json", "special_tokens_map.json", "generation_config.json", "model.safetensors.index.json", "tokenizer.model", "chat_template.jinja",
    };

    /// <summary>Default name of the model at a path: that of the folder, or of the file without its extension.</summary>
    [SqlFunction]
    public static SqlString ModelNameOf(SqlString path)
    {
        NinaException.Require(!path.IsNull && path.Value.Trim().Length > 0, "The model path is empty.");
        string full = Path.GetFullPath(path.Value).TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        if (Directory.Exists(full))
        {
            return new DirectoryInfo(full).Name;
        }

        string name = GgufSplit.NameOf(full) ?? Path.GetFileNameWithoutExtension(full);
        string? folder = Path.GetFileName(Path.GetDirectoryName(full));
        return name == "model" && !string.IsNullOrEmpty(folder) ? folder! : name;
    }

    /// <summary>The files of the model at a path: rows (ordinal, name, path, kind, byte_length), weights first. Headers are read and checked.</summary>
    [SqlFunction(FillRowMethodName = nameof(FillFile), TableDefinition = "ordinal int, name nvarchar(260), path nvarchar(4000), kind nvarchar(12), byte_length bigint")]
    public static IEnumerable DescribePath(SqlString path)
    {
        NinaException.Require(!path.IsNull && path.Value.Trim().Length > 0, "The model path is empty.");
        ModelFile model = ModelFile.Open(path.Value);
        var rows = new List<FileRow>();
        foreach (FileIdentity file in model.Files)
        {
            rows.Add(new FileRow(rows.Count, file.Path, Weights, file.Length));
        }

        string folder = Path.GetDirectoryName(model.Files[0].Path)!;
        if (model.ConfigJson != null)
        {
            AddSideFile(rows, folder, "config.json", Config);
        }

        if (model.TokenizerJson != null)
        {
            AddSideFile(rows, folder, "tokenizer.json", Tokenizer);
        }

        if (model.Format == ModelFormat.Safetensors && model.ConfigJson != null)
        {
            foreach (string name in OtherNames)
            {
                AddSideFile(rows, folder, name, Other);
            }
        }

        return rows;
    }

    /// <summary>Fills a row of <see cref="DescribePath"/>.</summary>
    public static void FillFile(object row, out SqlInt32 ordinal, out SqlString name, out SqlString path, out SqlString kind, out SqlInt64 byteLength)
    {
        var file = (FileRow)row;
        ordinal = file.Ordinal;
        name = System.IO.Path.GetFileName(file.Path);
        path = file.Path;
        kind = file.Kind;
        byteLength = file.Length;
    }

    /// <summary>SHA-256 of a file.</summary>
    [SqlFunction]
    public static SqlBinary FileSha256(SqlString path)
    {
        NinaException.Require(!path.IsNull, "The path is NULL.");
        return ContentHash.OfFile(path.Value);
    }

    /// <summary>The lines of a UTF-8 text file: rows (ordinal, content), without line ends; blank lines are kept, so that ordinals are line numbers less one.</summary>
    [SqlFunction(FillRowMethodName = nameof(FillLine), TableDefinition = "ordinal int, content nvarchar(max)")]
    public static IEnumerable ReadLines(SqlString path)
    {
        NinaException.Require(!path.IsNull && path.Value.Trim().Length > 0, "The path is empty.");
        FileIdentity file = FileIdentity.Of(Path.GetFullPath(path.Value));
        if (file.Length > MaxTextFileBytes)
        {
            throw NinaException.InFile(ErrorNumber.TextTooLong, file.Path, $"has {file.Length} bytes; a text file may have {MaxTextFileBytes}.");
        }

        var lines = new List<KeyValuePair<int, string>>();
        using (FileStream stream = FileIdentity.OpenRead(file.Path, 1 << 16))
        using (var reader = new StreamReader(stream, new UTF8Encoding(false, true)))
        {
            try
            {
                for (string? line = reader.ReadLine(); line != null; line = reader.ReadLine())
                {
                    lines.Add(new KeyValuePair<int, string>(lines.Count, line.Trim()));
                }
            }
            catch (DecoderFallbackException error)
            {
                throw new NinaException(ErrorNumber.TextNotEncodable, $"File '{file.Path}', line {lines.Count + 1} or after: is not valid UTF-8.", error);
            }
        }

        return lines;
    }

    /// <summary>Fills a row of <see cref="ReadLines"/>.</summary>
    public static void FillLine(object row, out SqlInt32 ordinal, [SqlFacet(MaxSize = -1)] out SqlString content)
    {
        var line = (KeyValuePair<int, string>)row;
        ordinal = line.Key;
        content = line.Value;
    }

    /// <summary>Where the segment with this content is, or would be, in the segment cache of this server.</summary>
    [SqlFunction]
    public static SqlString SegmentPath(SqlBinary sha256) => SegmentFolder.Store().PathOf(HashOf(sha256));

    /// <summary>Whether the segment cache holds this content.</summary>
    [SqlFunction]
    public static SqlBoolean SegmentExists(SqlBinary sha256, SqlInt64 byteLength) => SegmentFolder.Store().TryGet(HashOf(sha256), byteLength.Value) != null;

    /// <summary>Copies content into the segment cache, verified against its SHA-256.</summary>
    [SqlFunction]
    public static SqlBoolean MaterializeSegment(SqlBinary sha256, SqlBytes content)
    {
        NinaException.Require(content != null && !content.IsNull, "The content is NULL.");
        byte[] hash = HashOf(sha256);
        SegmentFolder.Store().Put(content!.Stream, ContentHash.ToHex(hash), hash, content.Length, out _);
        return SqlBoolean.True;
    }

    /// <summary>Writes the files of a model, and agent.json and meaning_space.bin where given, into a new or empty folder: rows (name, byte_length, sha256).</summary>
    [SqlFunction(FillRowMethodName = nameof(FillWritten), TableDefinition = "name nvarchar(260), byte_length bigint, sha256 binary(32)")]
    public static IEnumerable WriteFolder(
        [SqlFacet(MaxSize = -1)] SqlString manifest,
        SqlString folder,
        [SqlFacet(MaxSize = -1)] SqlString agentJson,
        [SqlFacet(MaxSize = -1)] SqlBinary meaningSpace)
    {
        NinaException.Require(!folder.IsNull && folder.Value.Trim().Length > 0, "The folder is empty.");
        return FolderExport.Write(
            Manifest.Parse(manifest),
            Path.GetFullPath(folder.Value),
            agentJson.IsNull ? null : agentJson.Value,
            meaningSpace.IsNull ? null : meaningSpace.Value);
    }

    /// <summary>Fills a row of <see cref="WriteFolder"/>.</summary>
    public static void FillWritten(object row, out SqlString name, out SqlInt64 byteLength, out SqlBinary sha256)
    {
        var file = (FolderExport.WrittenFile)row;
        name = file.Name;
        byteLength = file.Length;
        sha256 = file.Sha256;
    }

    private static byte[] HashOf(SqlBinary sha256)
    {
        NinaException.Require(!sha256.IsNull && sha256.Length == 32, "A SHA-256 has 32 bytes.");
        return sha256.Value;
    }

    private static void AddSideFile(List<FileRow> rows, string folder, string name, string kind)
    {
        string path = Path.Combine(folder, name);
        if (File.Exists(path))
        {
            rows.Add(new FileRow(rows.Count, path, kind, new FileInfo(path).Length));
        }
    }

    private sealed class FileRow
    {
        public FileRow(int ordinal, string path, string kind, long length)
        {
            Ordinal = ordinal;
            Path = path;
            Kind = kind;
            Length = length;
        }

        public int Ordinal { get; }

        public string Path { get; }

        public string Kind { get; }

        public long Length { get; }
    }
}
