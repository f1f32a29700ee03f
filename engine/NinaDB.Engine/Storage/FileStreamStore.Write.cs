using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Storage;

/// <summary>Ingestion: one pass over the content, with reading, hashing and writing of neighbouring blocks at the same time.</summary>
internal sealed partial class FileStreamStore
{
    /// <summary>Ending of a file that is still being written.</summary>
    private const string PartSuffix = ".part";

    /// <summary>Two of these are all the memory an ingestion takes.</summary>
    private const int BlockSize = 4 << 20;

    private const int NoSpaceLeft = 28;
    private const int DiskFullWindows = unchecked((int)0x80070070);

    private FileReference WriteFile(Guid id, SqlLob content)
    {
        string path = PathOf(id);
        string part = path + PartSuffix;
        long length = content.Length;
        try
        {
            Directory.CreateDirectory(Folder);
            byte[] hash;
            using (SafeFileHandle file = File.OpenHandle(part, FileMode.CreateNew, FileAccess.Write, FileShare.Read, FileOptions.None, preallocationSize: length))
            {
                hash = Copy(content, length, file);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(part, path);
            return new FileReference(id, length, hash);
        }
        catch (IOException e)
        {
            throw e.HResult is NoSpaceLeft or DiskFullWindows ? SqlErrors.Create(1105, path) : SqlErrors.Create(5123, e.Message, path);
        }
        catch (UnauthorizedAccessException e)
        {
            throw SqlErrors.Create(5123, e.Message, path);
        }
    }

    private static byte[] Copy(SqlLob content, long length, SafeFileHandle file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int blockSize = (int)Math.Min(BlockSize, Math.Max(length, 1));
        byte[] current = GC.AllocateUninitializedArray<byte>(blockSize);
        int count = ReadBlock(content, 0, length, current);
        if (count == length)
        {
            RandomAccess.Write(file, current.AsSpan(0, count), 0);
            hash.AppendData(current, 0, count);
            return hash.GetHashAndReset();
        }

        byte[] next = GC.AllocateUninitializedArray<byte>(blockSize);
        for (long offset = 0; count > 0;)
        {
            // The closures must see this round's block, whatever happens to the variables.
            (byte[] block, int size, long position) = (current, count, offset);
            Task write = Task.Run(() => RandomAccess.Write(file, block.AsSpan(0, size), position));
            Task hashing = Task.Run(() => hash.AppendData(block, 0, size));
            int nextCount;
            try
            {
                nextCount = ReadBlock(content, offset + size, length, next);
            }
            finally
            {
                Task.WaitAll([write, hashing]);
            }

            offset += size;
            (current, next, count) = (next, current, nextCount);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>Fills the block, except at the end of the content.</summary>
    private static int ReadBlock(SqlLob content, long offset, long length, byte[] block)
    {
        int wanted = (int)Math.Min(block.Length, length - offset);
        int count = 0;
        while (count < wanted)
        {
            int read = content.Read(offset + count, block.AsSpan(count, wanted - count));
            if (read == 0)
            {
                throw new EndOfStreamException("The content became shorter while it was read.");
            }

            count += read;
        }

        return count;
    }

    /// <summary>Makes the names of new files durable. Windows does that itself.</summary>
    private void FlushFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Posix.open(Folder, 0);
        if (descriptor < 0 || Posix.fsync(descriptor) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            _ = descriptor < 0 ? 0 : Posix.close(descriptor);
            throw SqlErrors.Create(823, $"{error}({Marshal.GetPInvokeErrorMessage(error)})", Folder);
        }

        _ = Posix.close(descriptor);
    }

    private static partial class Posix
    {
        [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
        public static partial int open(string path, int flags);

        [LibraryImport("libc", SetLastError = true)]
        public static partial int fsync(int descriptor);

        [LibraryImport("libc")]
        public static partial int close(int descriptor);
    }
}
