using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Storage;

/// <summary>A use of a <see cref="Segment"/>; disposing it gives the segment back.</summary>
public struct SegmentLease : IDisposable
{
    private Segment? _segment;

    internal SegmentLease(Segment segment) => _segment = segment;

    /// <summary>The segment, for as long as the lease is not disposed.</summary>
    public Segment Segment => _segment ?? throw new NinaException(ErrorNumber.SegmentClosed, "The segment lease is closed.");

    /// <inheritdoc/>
    public void Dispose()
    {
        _segment?.Release();
        _segment = null;
    }
}

/// <summary>
/// Open segments shared by all sessions of the process, least recently used ones closed first when there are too many or too much is mapped.
/// A file that changed on disk is mapped anew; peeks that hold the old mapping finish on the old bytes.
/// </summary>
public sealed class SegmentCache
{
    private readonly object _lock = new();
    private readonly Dictionary<string, LinkedListNode<Segment>> _byPath = new(StringComparer.Ordinal);

    /// <summary>Most recently used first.</summary>
    private readonly LinkedList<Segment> _recent = new();
    private readonly int _maxCount;
    private readonly long _maxBytes;
    private long _bytes;

    /// <summary>Creates a cache with bounds on the number of segments and on mapped bytes (address space, not memory).</summary>
    public SegmentCache(int maxCount, long maxBytes)
    {
        NinaException.Require(maxCount > 0 && maxBytes > 0, "A segment cache needs room for one segment.");
        _maxCount = maxCount;
        _maxBytes = maxBytes;
    }

    /// <summary>The cache of the process: 256 files, 4 TiB of address space.</summary>
    public static SegmentCache Shared { get; } = new(256, 4L << 40);

    /// <summary>The number of open segments.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _recent.Count;
            }
        }
    }

    /// <summary>The bytes of the open segments.</summary>
    public long MappedBytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>
    /// Leases the segment of a file, mapping it when it is not or when the file changed. With <paramref name="expectedLength"/> a file of
    /// another length raises <see cref="ErrorNumber.FileChanged"/>; <paramref name="checkNow"/> looks at the file even if it was looked at a moment ago.
    /// </summary>
    public SegmentLease Open(string path, long expectedLength = -1, bool checkNow = false)
    {
        NinaException.Require(!string.IsNullOrEmpty(path), "A file path is empty.");
        Segment? segment = Find(path);
        if (segment != null && !segment.IsCurrent(checkNow))
        {
            segment.Release();
            Forget(path, segment);
            segment = null;
        }

        segment ??= Add(path);
        if (expectedLength >= 0 && segment.Length != expectedLength)
        {
            long length = segment.Length;
            segment.Release();
            throw NinaException.InFile(ErrorNumber.FileChanged, path, $"is {length} bytes long, {expectedLength} are expected.");
        }

        return new SegmentLease(segment);
    }

    /// <summary>
    /// Leases the segment of a file that the database stores. Such files never change: one that did since it was mapped raises <see cref="ErrorNumber.FileChanged"/>, so that
    /// no peek answers from other bytes than those that were ingested. Files of a <see cref="SegmentStore"/> may be made anew, and are then mapped anew; the store
    /// has verified them.
    /// </summary>
    public SegmentLease OpenStored(string path)
    {
        if (SegmentStore.IsSegment(path))
        {
            return Open(path);
        }

        Segment? segment = Find(path);
        if (segment == null)
        {
            return Open(path);
        }

        if (!segment.IsCurrent())
        {
            segment.Release();
            throw NinaException.InFile(
                ErrorNumber.FileChanged, path, "is not the file that was ingested any more: it was changed or removed behind the database. mqe.VerifyModel tells which files of a model are damaged.");
        }

        return new SegmentLease(segment);
    }

    /// <summary>Closes the segment of a file, if open (before the file is deleted).</summary>
    public void Close(string path)
    {
        lock (_lock)
        {
            if (_byPath.TryGetValue(path, out LinkedListNode<Segment>? node))
            {
                Remove(node);
            }
        }
    }

    /// <summary>Closes every segment that no one is using, and lets the others close when they are released.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            while (_recent.Last != null)
            {
                Remove(_recent.Last);
            }
        }
    }

    private Segment? Find(string path)
    {
        lock (_lock)
        {
            if (!_byPath.TryGetValue(path, out LinkedListNode<Segment>? node) || !node.Value.TryAcquire())
            {
                return null;
            }

            if (node != _recent.First)
            {
                _recent.Remove(node);
                _recent.AddFirst(node);
            }

            return node.Value;
        }
    }

    private Segment Add(string path)
    {
        Segment opened = Segment.Open(path);
        lock (_lock)
        {
            if (_byPath.TryGetValue(path, out LinkedListNode<Segment>? node))
            {
                if (node.Value.Identity.Equals(opened.Identity) && node.Value.TryAcquire())
                {
                    opened.Release();
                    return node.Value;
                }

                Remove(node);
            }

            opened.TryAcquire();
            _byPath[path] = _recent.AddFirst(opened);
            _bytes += opened.Length;
            while (_recent.Count > 1 && (_recent.Count > _maxCount || _bytes > _maxBytes))
            {
                Remove(_recent.Last!);
            }
        }

        return opened;
    }

    private void Forget(string path, Segment segment)
    {
        lock (_lock)
        {
            if (_byPath.TryGetValue(path, out LinkedListNode<Segment>? node) && ReferenceEquals(node.Value, segment))
            {
                Remove(node);
            }
        }
    }

    private void Remove(LinkedListNode<Segment> node)
    {
        _recent.Remove(node);
        foreach (KeyValuePair<string, LinkedListNode<Segment>> entry in _byPath)
        {
            if (ReferenceEquals(entry.Value, node))
            {
                _byPath.Remove(entry.Key);
                break;
            }
        }

        _bytes -= node.Value.Length;
        node.Value.Release();
    }
}
