using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Storage;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>Writes a model's files into a folder. A failure leaves nothing of it behind.</summary>
internal static class FolderExport
{
    public static IReadOnlyList<WrittenFile> Write(Manifest manifest, string folder, string? agentJson, byte[]? meaningSpace)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.GetFileSystemEntries(folder).Length > 0))
        {
            throw NinaException.InFile(ErrorNumber.WriteFailed, folder, "exists and is not an empty folder.");
        }

        var written = new List<WrittenFile>();
        bool isNew = !Directory.Exists(folder);
        try
        {
            Directory.CreateDirectory(folder);
            foreach (KeyValuePair<string, string> file in manifest.Files)
            {
                NinaException.Require(file.Key == Path.GetFileName(file.Key), $"'{file.Key}' is not a plain file name.");
                string path = Path.Combine(folder, file.Key);
                File.Copy(file.Value, path);
                written.Add(Describe(file.Key, path));
            }

            if (meaningSpace != null)
            {
                string path = Path.Combine(folder, "meaning_space.bin");
                File.WriteAllBytes(path, meaningSpace);
                written.Add(Describe("meaning_space.bin", path));
            }

            if (agentJson != null)
            {
                string path = Path.Combine(folder, "agent.json");
                File.WriteAllText(path, agentJson, new UTF8Encoding(false));
                written.Add(Describe("agent.json", path));
            }
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException || error is NinaException)
        {
            Clean(folder, written, isNew);
            if (error is NinaException)
            {
                throw;
            }

            throw new NinaException(ErrorNumber.WriteFailed, $"Folder '{folder}' cannot be written: {error.Message}", error);
        }

        return written;
    }

    private static WrittenFile Describe(string name, string path) => new WrittenFile(name, new FileInfo(path).Length, ContentHash.OfFile(path));

    internal static void Clean(string folder, IReadOnlyList<WrittenFile> written, bool isNew)
    {
        if (isNew && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
            return;
        }

        foreach (WrittenFile file in written)
        {
            File.Delete(Path.Combine(folder, file.Name));
        }
    }

    internal sealed class WrittenFile
    {
        public WrittenFile(string name, long length, byte[] sha256)
        {
            Name = name;
            Length = length;
            Sha256 = sha256;
        }

        public string Name { get; }

        public long Length { get; }

        public byte[] Sha256 { get; }
    }
}
