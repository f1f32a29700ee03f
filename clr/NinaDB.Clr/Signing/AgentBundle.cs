using System;
using System.Collections.Generic;
using System.IO;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;
using NinaDB.Clr.Storage;

namespace NinaDB.Clr.Signing;

/// <summary>
/// An exported agent: a folder with <c>agent.json</c>, which is signed and lists the length and SHA-256 of every other file. A bundle comes from anywhere:
/// nothing in it is believed before the signature was checked, no name in it leads out of the folder, and every read is bounded.
/// </summary>
public sealed class AgentBundle
{
    /// <summary>The file with rules, list of files and signature.</summary>
    public const string DocumentName = "agent.json";

    /// <summary>The format that this version reads and writes.</summary>
    public const string Format = "ninadb-agent/1";

    private const int MaxFiles = 4096;
    private const int MaxNameLength = 200;

    private readonly string _folder;
    private readonly List<BundleFile> _files;

    private AgentBundle(string folder, JsonValue document, string keyId, List<BundleFile> files)
    {
        _folder = folder;
        Document = document;
        KeyId = keyId;
        _files = files;
    }

    /// <summary>agent.json.</summary>
    public JsonValue Document { get; }

    /// <summary>The key that signed it.</summary>
    public string KeyId { get; }

    /// <summary>Every file but agent.json, as the signed list has it.</summary>
    public IReadOnlyList<BundleFile> Files => _files;

    /// <summary>Opens a bundle whose agent.json one of these keys signed, and whose folder holds exactly the files of its list. Their content is not read yet.</summary>
    public static AgentBundle Open(string folder, IReadOnlyList<RsaKey> trusted)
    {
        string full = Path.GetFullPath(folder);
        if (!Directory.Exists(full))
        {
            throw NinaException.InFile(ErrorNumber.FileNotFound, folder, "is not a folder.");
        }

        string path = Path.Combine(full, DocumentName);
        byte[] bytes = ReadDocument(path);
        JsonValue document;
        try
        {
            document = JsonValue.Parse(bytes, path, SignedDocument.Limits);
        }
        catch (NinaException error)
        {
            throw new NinaException(ErrorNumber.BundleInvalid, $"File '{path}': is not well-formed: {error.Message}", error);
        }

        RsaKey key = SignedDocument.Verify(document, trusted, path);
        if (document["format"]?.AsString() != Format)
        {
            throw NinaException.InFile(ErrorNumber.BundleInvalid, path, $"has another format than '{Format}'.");
        }

        List<BundleFile> files = ReadList(document, path);
        CheckNames(full, files);
        return new AgentBundle(full, document, key.Id, files);
    }

    /// <summary>Reads every file and compares it with the list; raises <see cref="ErrorNumber.BundleAltered"/> for the first that differs.</summary>
    public void Verify()
    {
        foreach (BundleFile file in _files)
        {
            Check(file, null);
        }
    }

    /// <summary>
    /// Copies every file into a folder of our own, comparing while copying: what is run later is what was verified, whatever happens to the bundle meanwhile.
    /// </summary>
    public void CopyVerified(string target)
    {
        foreach (BundleFile file in _files)
        {
            using (var copy = new FileStream(Path.Combine(target, file.Name), FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                Check(file, copy);
            }
        }
    }

    private static byte[] ReadDocument(string path)
    {
        if (!File.Exists(path))
        {
            throw NinaException.InFile(ErrorNumber.BundleInvalid, path, "does not exist: the folder is no exported agent.");
        }

        RequirePlain(path);
        long length = FileIdentity.Of(path).Length;
        if (length == 0 || length > SignedDocument.Limits.MaxBytes)
        {
            throw NinaException.InFile(ErrorNumber.BundleInvalid, path, $"has {length} bytes.");
        }

        byte[] bytes = new byte[length];
        using (FileStream stream = FileIdentity.OpenRead(path, 1 << 16))
        {
            int done = 0;
            while (done < bytes.Length)
            {
                int count = stream.Read(bytes, done, bytes.Length - done);
                if (count == 0)
                {
                    throw NinaException.InFile(ErrorNumber.FileChanged, path, "became shorter while it was read.");
                }

                done += count;
            }
        }

        return bytes;
    }

    private static List<BundleFile> ReadList(JsonValue document, string path)
    {
        IReadOnlyList<JsonValue> items = document["files"]?.Items ?? new List<JsonValue>();
        if (items.Count == 0 || items.Count > MaxFiles)
        {
            throw NinaException.InFile(ErrorNumber.BundleInvalid, path, $"lists {items.Count} files.");
        }

        var files = new List<BundleFile>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { DocumentName };
        foreach (JsonValue item in items)
        {
            string? name = item["name"]?.AsString();
            long? length = item["byte_length"]?.AsInt64();
            string? sha256 = item["sha256"]?.AsString();
            if (name == null || !IsPlainName(name) || !names.Add(name))
            {
                throw NinaException.InFile(ErrorNumber.BundleInvalid, path, $"lists a file under the name '{JsonReader.Shorten(name ?? "null")}', which is not a plain name of its own.");
            }

            if (length == null || length < 0 || sha256 == null || sha256.Length != 64)
            {
                throw NinaException.InFile(ErrorNumber.BundleInvalid, path, $"does not give length and SHA-256 of '{name}'.");
            }

            files.Add(new BundleFile(name, length.Value, sha256));
        }

        return files;
    }

    /// <summary>Letters, digits, dot, underscore and hyphen, not beginning with a dot: no folder, no drive, no device, no stream.</summary>
    private static bool IsPlainName(string name)
    {
        if (name.Length == 0 || name.Length > MaxNameLength || name[0] == '.' || name[name.Length - 1] == '.')
        {
            return false;
        }

        foreach (char c in name)
        {
            if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'))
            {
                return false;
            }
        }

        return true;
    }

    private static void CheckNames(string folder, List<BundleFile> files)
    {
        var listed = new HashSet<string>(StringComparer.Ordinal) { DocumentName };
        foreach (BundleFile file in files)
        {
            listed.Add(file.Name);
            if (!File.Exists(Path.Combine(folder, file.Name)))
            {
                throw NinaException.InFile(ErrorNumber.BundleAltered, Path.Combine(folder, file.Name), "was removed: the signed list has it.");
            }
        }

        foreach (string entry in Directory.EnumerateFileSystemEntries(folder))
        {
            if (!listed.Contains(Path.GetFileName(entry)))
            {
                throw NinaException.InFile(ErrorNumber.BundleAltered, entry, "was added: the signed list does not have it.");
            }
        }
    }

    private static void RequirePlain(string path)
    {
        FileAttributes attributes = File.GetAttributes(path);
        if ((attributes & (FileAttributes.ReparsePoint | FileAttributes.Directory | FileAttributes.Device)) != 0)
        {
            throw NinaException.InFile(ErrorNumber.BundleAltered, path, "is a link, a folder or a device, not a file.");
        }
    }

    private void Check(BundleFile file, Stream? copy)
    {
        string path = Path.Combine(_folder, file.Name);
        RequirePlain(path);
        long length = FileIdentity.Of(path).Length;
        if (length != file.ByteLength)
        {
            throw NinaException.InFile(ErrorNumber.BundleAltered, path, $"was altered: it has {length} bytes, the signed list says {file.ByteLength}.");
        }

        byte[] hash;
        using (FileStream stream = FileIdentity.OpenRead(path))
        {
            hash = ContentHash.OfStream(stream, path, length, copy, null);
        }

        if (!string.Equals(ContentHash.ToHex(hash), file.Sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw NinaException.InFile(ErrorNumber.BundleAltered, path, "was altered: its SHA-256 is not that of the signed list.");
        }
    }
}

/// <summary>A file of a bundle, as the signed list has it.</summary>
public sealed class BundleFile
{
    internal BundleFile(string name, long byteLength, string sha256)
    {
        Name = name;
        ByteLength = byteLength;
        Sha256 = sha256;
    }

    /// <summary>Plain name.</summary>
    public string Name { get; }

    /// <summary>Bytes.</summary>
    public long ByteLength { get; }

    /// <summary>SHA-256, hexadecimal.</summary>
    public string Sha256 { get; }
}
