using System;
using System.Diagnostics;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.Threading;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Storage;

/// <summary>
/// A file mapped read-only into memory and shared by whoever peeks into it. Every read is bounds-checked.
/// The mapping lives until its last user has released it, so eviction never pulls it from under a running peek.
/// </summary>
public sealed unsafe class Segment
{
    /// <summary>How long a look at the file's length and time is trusted before the file is looked at again.</summary>
    private static readonly long RecheckTicks = Stopwatch.Frequency / 20;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    /// <summary>Users plus one for the cache that holds the segment; at zero the mapping is gone.</summary>
    private int _references = 1;
    private long _lastCheck;

    private Segment(FileIdentity identity)
    {
        Identity = identity;
        if (identity.Length == 0)
        {
            throw NinaException.InFile(ErrorNumber.FileEmpty, identity.Path, "is empty.");
        }

        using (FileStream stream = FileIdentity.OpenRead(identity.Path))
        {
            try
            {
                if (stream.Length != identity.Length)
                {
                    throw NinaException.InFile(ErrorNumber.FileChanged, identity.Path, "changed while it was opened.");
                }

                _file = MapFile(stream);
                _view = _file.CreateViewAccessor(0, identity.Length, MemoryMappedFileAccess.Read);
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException || error is OutOfMemoryException)
            {
                _file?.Dispose();
                throw new NinaException(ErrorNumber.FileUnreadable, $"File '{identity.Path}' cannot be mapped: {error.Message}", error);
            }
        }

        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _start = pointer + _view.PointerOffset;
        _lastCheck = Stopwatch.GetTimestamp();
    }

    /// <summary>The file as it was when it was mapped.</summary>
    public FileIdentity Identity { get; }

    /// <summary>The length in bytes.</summary>
    public long Length => Identity.Length;

    /// <summary>Maps a file. The caller owns one reference: see <see cref="Release"/>.</summary>
    public static Segment Open(string path) => new(FileIdentity.Of(path));

    /// <summary>Takes a reference; false when the segment is already closed.</summary>
    public bool TryAcquire()
    {
        while (true)
        {
            int references = Volatile.Read(ref _references);
            if (references <= 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _references, references + 1, references) == references)
            {
                return true;
            }
        }
    }

    /// <summary>Gives a reference back; the last one unmaps the file.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }

    /// <summary>Copies <paramref name="count"/> bytes at <paramref name="offset"/> of the file.</summary>
    public void Read(long offset, byte[] destination, int destinationOffset, int count)
    {
        NinaException.Require(
            destination != null && destinationOffset >= 0 && count >= 0 && destinationOffset <= destination.Length - count,
            "The destination of a peek is too small.");
        byte* source = At(offset, count);
        fixed (byte* target = destination)
        {
            Buffer.MemoryCopy(source, target + destinationOffset, count, count);
        }
    }

    /// <summary>The <paramref name="count"/> bytes at <paramref name="offset"/>.</summary>
    public byte[] ReadBytes(long offset, int count)
    {
        At(offset, count);
        byte[] bytes = new byte[count];
        Read(offset, bytes, 0, count);
        return bytes;
    }

    /// <summary>
    /// The address of <paramref name="count"/> bytes at <paramref name="offset"/>, checked. Valid while the caller holds its reference.
    /// Raises <see cref="ErrorNumber.PeekOutOfRange"/>.
    /// </summary>
    internal byte* At(long offset, long count)
    {
        if (offset < 0 || count < 0 || offset > Identity.Length - count)
        {
            throw NinaException.InFile(ErrorNumber.PeekOutOfRange, Identity.Path, offset, $"a peek of {count} bytes reaches outside the file of {Identity.Length} bytes.");
        }

        if (Volatile.Read(ref _references) <= 0)
        {
            throw NinaException.InFile(ErrorNumber.SegmentClosed, Identity.Path, "the segment is closed.");
        }

        return _start + offset;
    }

    /// <summary>Whether the file still is what was mapped. Looks at the file at most twenty times a second unless <paramref name="now"/> is true.</summary>
    public bool IsCurrent(bool now = false)
    {
        long time = Stopwatch.GetTimestamp();
        if (!now && time - Volatile.Read(ref _lastCheck) < RecheckTicks)
        {
            return true;
        }

        var info = new FileInfo(Identity.Path);
        bool current = info.Exists && info.Length == Identity.Length && info.LastWriteTimeUtc == Identity.LastWriteUtc;
        if (current)
        {
            Volatile.Write(ref _lastCheck, time);
        }

        return current;
    }

    private static MemoryMappedFile MapFile(FileStream stream)
#if NETFRAMEWORK
        => MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, null, HandleInheritability.None, leaveOpen: false);
#else
        => MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
#endif
}
