using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Storage;

/// <summary>
/// A folder of immutable files named by their SHA-256 (<c>ab/abcd....segment</c>): where SQL Server's FILESTREAM content is copied once so
/// that it can be mapped. A file appears complete or not at all: temporary file, flush to disk, rename.
/// </summary>
public sealed class SegmentStore
{
    private const string Extension = ".segment";
    private const string TemporaryExtension = ".partial";
    private const string StampExtension = ".verified";

    /// <summary>Opens a store, creating its folder.</summary>
    public SegmentStore(string folder)
    {
        NinaException.Require(!string.IsNullOrEmpty(folder), "The segment folder is empty.");
        Folder = Path.GetFullPath(folder);
        Guard(Folder, () => Directory.CreateDirectory(Folder));
    }

    /// <summary>The full path of the folder.</summary>
    public string Folder { get; }

    /// <summary>Where content with that SHA-256 is, or would be.</summary>
    public string PathOf(byte[] sha256)
    {
        NinaException.Require(sha256 != null && sha256.Length == 32, "A SHA-256 has 32 bytes.");
        string name = ContentHash.ToHex(sha256!);
        return Path.Combine(Folder, name.Substring(0, 2), name + Extension);
    }

    /// <summary>Whether a path is that of a file of some store.</summary>
    public static bool IsSegment(string path) => path.EndsWith(Extension, StringComparison.Ordinal);

    /// <summary>
    /// The path of content that is in the store, else null. A file that is not what was written (another length, or another time and then another hash) is removed, so
    /// that it is made anew.
    /// </summary>
    public string? TryGet(byte[] sha256, long length)
    {
        string path = PathOf(sha256);
        var info = new FileInfo(path);
        if (!info.Exists)
        {
            return null;
        }

        if (info.Length != length || (!HasStamp(info) && !IsIntact(sha256, info)))
        {
            Remove(sha256);
            return null;
        }

        return path;
    }

    /// <summary>
    /// Copies a stream into the store and returns the path. <paramref name="expectedSha256"/> and <paramref name="length"/> are checked when
    /// given (null, -1 when not); content that does not match leaves nothing behind and raises <see cref="ErrorNumber.HashMismatch"/>.
    /// </summary>
    public string Put(Stream content, string name, byte[]? expectedSha256, long length, out byte[] sha256, Action<long, long>? progress = null)
    {
        string temporary = Path.Combine(Folder, Guid.NewGuid().ToString("N") + TemporaryExtension);
        try
        {
            using (var target = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1))
            {
                sha256 = ContentHash.OfStream(content, name, length, target, progress);
                target.Flush(flushToDisk: true);
            }

            if (expectedSha256 != null && !SameHash(expectedSha256, sha256))
            {
                throw NinaException.InFile(
                    ErrorNumber.HashMismatch, name, $"has SHA-256 {ContentHash.ToHex(sha256)}, {ContentHash.ToHex(expectedSha256)} is expected.");
            }

            string path = PathOf(sha256);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            long written = new FileInfo(temporary).Length;
            if (TryGet(sha256, written) == null)
            {
                try
                {
                    File.Move(temporary, path);
                    Stamp(new FileInfo(path));
                }
                catch (IOException) when (TryGet(sha256, written) != null)
                {
                    // Another session put the same content first: theirs is as good.
                }
            }

            return path;
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            throw new NinaException(ErrorNumber.WriteFailed, $"File '{name}' cannot be copied to '{Folder}': {error.Message}", error);
        }
        finally
        {
            DeleteIfThere(temporary);
        }
    }

    /// <summary>Hashes the stored content again; raises <see cref="ErrorNumber.HashMismatch"/> when it was damaged.</summary>
    public void Verify(byte[] sha256, Action<long, long>? progress = null)
    {
        string path = PathOf(sha256);
        byte[] actual = ContentHash.OfFile(path, progress);
        if (!SameHash(sha256, actual))
        {
            throw NinaException.InFile(ErrorNumber.HashMismatch, path, $"has SHA-256 {ContentHash.ToHex(actual)}: the segment is damaged.");
        }
    }

    /// <summary>Removes content; true when it was there.</summary>
    public bool Remove(byte[] sha256)
    {
        string path = PathOf(sha256);
        SegmentCache.Shared.Close(path);
        DeleteIfThere(path + StampExtension);
        return DeleteIfThere(path);
    }

    /// <summary>Removes the least recently written segments until at most <paramref name="maxBytes"/> are left, and partial files older than <paramref name="partialAge"/>. Returns the bytes freed.</summary>
    public long Evict(long maxBytes, TimeSpan partialAge)
    {
        long freed = 0;
        long total = 0;
        var files = new List<FileInfo>();
        foreach (string path in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            var info = new FileInfo(path);
            if (path.EndsWith(TemporaryExtension, StringComparison.Ordinal))
            {
                if (DateTime.UtcNow - info.LastWriteTimeUtc >= partialAge)
                {
                    long length = info.Length;
                    freed += DeleteIfThere(path) ? length : 0;
                }
            }
            else if (path.EndsWith(Extension, StringComparison.Ordinal))
            {
                files.Add(info);
                total += info.Length;
            }
        }

        files.Sort((a, b) => a.LastWriteTimeUtc.CompareTo(b.LastWriteTimeUtc));
        foreach (FileInfo file in files)
        {
            if (total <= maxBytes)
            {
                break;
            }

            long length = file.Length;
            SegmentCache.Shared.Close(file.FullName);
            DeleteIfThere(file.FullName + StampExtension);
            if (DeleteIfThere(file.FullName))
            {
                total -= length;
                freed += length;
            }
        }

        return freed;
    }

    /// <summary>
    /// Beside each segment stands a note of its length and time when it was last found to be right. As long as they agree, the bytes are trusted; otherwise they are hashed
    /// again before anybody reads them.
    /// </summary>
    private static bool HasStamp(FileInfo segment)
    {
        try
        {
            return File.Exists(segment.FullName + StampExtension) && File.ReadAllText(segment.FullName + StampExtension) == StampOf(segment);
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsIntact(byte[] sha256, FileInfo segment)
    {
        if (!SameHash(sha256, ContentHash.OfFile(segment.FullName)))
        {
            return false;
        }

        Stamp(segment);
        return true;
    }

    /// <summary>A stamp that cannot be written costs a hash the next time, nothing else.</summary>
    private static void Stamp(FileInfo segment)
    {
        try
        {
            File.WriteAllText(segment.FullName + StampExtension, StampOf(segment));
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            DeleteIfThere(segment.FullName + StampExtension);
        }
    }

    private static string StampOf(FileInfo segment)
        => segment.Length.ToString(CultureInfo.InvariantCulture) + " " + segment.LastWriteTimeUtc.Ticks.ToString(CultureInfo.InvariantCulture);

    internal static bool SameHash(byte[] a, byte[] b)
    {
        int difference = a.Length ^ b.Length;
        for (int i = 0; i < a.Length && i < b.Length; i++)
        {
            difference |= a[i] ^ b[i];
        }

        return difference == 0;
    }

    private static bool DeleteIfThere(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                return false;
            }

            File.Delete(path);
            return true;
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            // On Windows a mapped file cannot be deleted; it goes at the next eviction.
            return false;
        }
    }

    private static void Guard(string path, Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            throw new NinaException(ErrorNumber.WriteFailed, $"Folder '{path}': {error.Message}", error);
        }
    }
}
