using System;
using System.IO;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Storage;

/// <summary>Writes a file that appears complete or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>
    /// Writes a new file through a temporary one beside it and returns its SHA-256. Raises <see cref="ErrorNumber.WriteFailed"/>, also when the file exists.
    /// </summary>
    public static byte[] Write(string path, Action<Stream> write)
    {
        string target = Path.GetFullPath(path);
        string partial = target + ".partial-" + Guid.NewGuid().ToString("N");
        try
        {
            if (File.Exists(target) || Directory.Exists(target))
            {
                throw NinaException.InFile(ErrorNumber.WriteFailed, target, "exists already.");
            }

            using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            byte[] hash = ContentHash.OfFile(partial);
            File.Move(partial, target);
            return hash;
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            throw new NinaException(ErrorNumber.WriteFailed, $"File '{target}' cannot be written: {error.Message}", error);
        }
        finally
        {
            if (File.Exists(partial))
            {
                File.Delete(partial);
            }
        }
    }
}
