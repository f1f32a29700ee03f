using Microsoft.Win32.SafeHandles;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Storage;

/// <summary>A file that OPENROWSET(BULK ...) reads: positional reads through one handle, nothing held in memory.</summary>
internal sealed class BulkFile : SqlLob
{
    private readonly SafeFileHandle _handle;

    public BulkFile(string path)
    {
        FilePath = Path.GetFullPath(path);
        _handle = File.OpenHandle(FilePath, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.SequentialScan);
        Length = RandomAccess.GetLength(_handle);
    }

    /// <summary>A stream over the file from its beginning, without a buffer of its own.</summary>
    public static FileStream StreamOf(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.SequentialScan);

    public override long Length { get; }

    public override string FilePath { get; }

    public override int Read(long offset, Span<byte> destination) => RandomAccess.Read(_handle, destination, offset);
}
