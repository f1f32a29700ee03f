using System;
using System.IO;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Storage;

/// <summary>What a file looked like at one moment. A file that changes while it is read is detected by comparing two of these.</summary>
public readonly struct FileIdentity : IEquatable<FileIdentity>
{
    private FileIdentity(string path, long length, DateTime lastWriteUtc)
    {
        Path = path;
        Length = length;
        LastWriteUtc = lastWriteUtc;
    }

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>The length in bytes.</summary>
    public long Length { get; }

    /// <summary>The time of the last change.</summary>
    public DateTime LastWriteUtc { get; }

    /// <summary>Looks at a file; raises <see cref="ErrorNumber.FileNotFound"/> or <see cref="ErrorNumber.FileUnreadable"/>.</summary>
    public static FileIdentity Of(string path)
    {
        NinaException.Require(!string.IsNullOrEmpty(path), "A file path is empty.");
        try
        {
            var info = new FileInfo(path);
            if (!info.Exists)
            {
                throw NinaException.InFile(ErrorNumber.FileNotFound, path, Directory.Exists(path) ? "is a folder, not a file." : "does not exist.");
            }

            return new FileIdentity(info.FullName, info.Length, info.LastWriteTimeUtc);
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException || error is ArgumentException || error is NotSupportedException)
        {
            throw new NinaException(ErrorNumber.FileUnreadable, $"File '{path}': {error.Message}", error);
        }
    }

    /// <summary>Raises <see cref="ErrorNumber.FileChanged"/> when the file is no longer what it was.</summary>
    public void ThrowIfChanged()
    {
        FileIdentity now = Of(Path);
        if (!Equals(now))
        {
            throw NinaException.InFile(ErrorNumber.FileChanged, Path, $"changed while it was in use (length was {Length}, is {now.Length}).");
        }
    }

    /// <inheritdoc/>
    public bool Equals(FileIdentity other)
        => Length == other.Length && LastWriteUtc == other.LastWriteUtc && string.Equals(Path, other.Path, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FileIdentity other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Length.GetHashCode() ^ LastWriteUtc.GetHashCode() ^ (Path?.GetHashCode() ?? 0);

    /// <summary>Opens the file for shared reading; <paramref name="bufferSize"/> 1 means unbuffered.</summary>
    public static FileStream OpenRead(string path, int bufferSize = 1)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is FileNotFoundException || error is DirectoryNotFoundException)
        {
            throw NinaException.InFile(ErrorNumber.FileNotFound, path, "does not exist.");
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            throw new NinaException(ErrorNumber.FileUnreadable, $"File '{path}': {error.Message}", error);
        }
    }
}
