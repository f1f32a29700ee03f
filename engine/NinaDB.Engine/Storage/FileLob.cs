using Microsoft.Win32.SafeHandles;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Storage;

/// <summary>A FILESTREAM value, or a range of one: positional reads of an immutable file, from any thread, for as long as somebody holds the handle.</summary>
internal sealed class FileLob : SqlLob
{
    private readonly StoredFile _file;
    private readonly long _offset;

    public FileLob(StoredFile file, FileReference reference)
        : this(file, reference, 0, reference.Length)
    {
    }

    private FileLob(StoredFile file, FileReference reference, long offset, long length)
    {
        _file = file;
        Reference = reference;
        _offset = offset;
        Length = length;
    }

    /// <summary>The file as its row names it.</summary>
    public FileReference Reference { get; }

    public override long Length { get; }

    /// <summary>Whether this is the whole file.</summary>
    public bool IsWhole => _offset == 0 && Length == Reference.Length;

    public override string? FilePath => IsWhole ? _file.CurrentPath() : null;

    /// <summary>Part of this value, without copying.</summary>
    public FileLob Slice(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
        return new FileLob(_file, Reference, _offset + offset, length);
    }

    public override int Read(long offset, Span<byte> destination)
    {
        if (offset >= Length)
        {
            return 0;
        }

        int count = (int)Math.Min(destination.Length, Length - offset);
        int read = RandomAccess.Read(_file.Handle(), destination[..count], _offset + offset);
        return read > 0 || count == 0 ? read : throw SqlErrors.Create(823, "38(Reached the end of the file.)", _file.Path);
    }

    public override bool Equals(object? obj) => obj is FileLob other && other.Reference.Id == Reference.Id && other._offset == _offset && other.Length == Length;

    public override int GetHashCode() => HashCode.Combine(Reference.Id, _offset, Length);
}

/// <summary>
/// A FILESTREAM file that somebody holds a value of. Removing the file keeps its bytes readable through the open handle, as long as this object lives.
/// </summary>
internal sealed class StoredFile(Guid id, string path)
{
    private readonly Lock _lock = new();
    private SafeFileHandle? _handle;
    private bool _removed;

    public Guid Id => id;

    public string Path => path;

    /// <summary>The handle all readers share; opened by the first.</summary>
    public SafeFileHandle Handle()
    {
        SafeFileHandle? handle = Volatile.Read(ref _handle);
        if (handle is not null)
        {
            return handle;
        }

        lock (_lock)
        {
            return _handle ??= OpenFile();
        }
    }

    /// <summary>A path under which the bytes can be opened or mapped right now; null when there is none any more.</summary>
    public string? CurrentPath()
    {
        lock (_lock)
        {
            if (!_removed)
            {
                return path;
            }

            return _handle is null || !OperatingSystem.IsLinux() ? null : $"/proc/self/fd/{_handle.DangerousGetHandle()}";
        }
    }

    /// <summary>Takes the file out of the folder, having made sure that this object's readers can go on.</summary>
    public void Remove()
    {
        Handle();
        lock (_lock)
        {
            _removed = true;
            File.Delete(path);
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _handle?.Dispose();
        }
    }

    private SafeFileHandle OpenFile()
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.None);
        }
        catch (IOException)
        {
            throw SqlErrors.Create(5552, id, "1");
        }
    }
}
