using System.Collections.Generic;
using System.Threading;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Capabilities;

/// <summary>
/// Long-running work addressed by a number, so that T-SQL can go on with it from statement to statement. Bounded: the least recently used
/// entry goes when there are too many, and using it then raises <see cref="ErrorNumber.ProbeSessionUnknown"/>.
/// </summary>
public sealed class HandleTable<T>
    where T : class
{
    private readonly object _lock = new();
    private readonly LinkedList<KeyValuePair<long, T>> _recent = new();
    private readonly int _maxCount;
    private long _last;

    /// <summary>Creates a table of at most <paramref name="maxCount"/> entries.</summary>
    public HandleTable(int maxCount)
    {
        NinaException.Require(maxCount > 0, "A handle table needs room for one entry.");
        _maxCount = maxCount;
    }

    /// <summary>The number of entries.</summary>
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

    /// <summary>Adds an entry and returns its number, which is never used again.</summary>
    public long Add(T item)
    {
        lock (_lock)
        {
            long handle = Interlocked.Increment(ref _last);
            _recent.AddFirst(new KeyValuePair<long, T>(handle, item));
            if (_recent.Count > _maxCount)
            {
                _recent.RemoveLast();
            }

            return handle;
        }
    }

    /// <summary>The entry of a number.</summary>
    public T Get(long handle)
    {
        lock (_lock)
        {
            LinkedListNode<KeyValuePair<long, T>>? node = Find(handle);
            if (node == null)
            {
                throw new NinaException(ErrorNumber.ProbeSessionUnknown, $"There is no {typeof(T).Name} {handle} in this process: it was closed, evicted, or the server was restarted.");
            }

            _recent.Remove(node);
            _recent.AddFirst(node);
            return node.Value.Value;
        }
    }

    /// <summary>Removes an entry; true when it was there.</summary>
    public bool Remove(long handle) => Take(handle) != null;

    /// <summary>Removes an entry and returns it; null when it was not there.</summary>
    public T? Take(long handle)
    {
        lock (_lock)
        {
            LinkedListNode<KeyValuePair<long, T>>? node = Find(handle);
            if (node != null)
            {
                _recent.Remove(node);
            }

            return node?.Value.Value;
        }
    }

    /// <summary>Removes and returns the entries that a condition holds for.</summary>
    public IReadOnlyList<T> TakeAll(System.Func<T, bool> condition)
    {
        var taken = new List<T>();
        lock (_lock)
        {
            for (LinkedListNode<KeyValuePair<long, T>>? node = _recent.First; node != null;)
            {
                LinkedListNode<KeyValuePair<long, T>>? next = node.Next;
                if (condition(node.Value.Value))
                {
                    taken.Add(node.Value.Value);
                    _recent.Remove(node);
                }

                node = next;
            }
        }

        return taken;
    }

    private LinkedListNode<KeyValuePair<long, T>>? Find(long handle)
    {
        LinkedListNode<KeyValuePair<long, T>>? node = _recent.First;
        while (node != null && node.Value.Key != handle)
        {
            node = node.Next;
        }

        return node;
    }
}
