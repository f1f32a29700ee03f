using System.Collections.Concurrent;

using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Vectors;

/// <summary>Searching: greedy descent through the upper layers, best-first search with a bounded candidate list on the lowest.</summary>
internal sealed partial class HnswIndex
{
    private const int DefaultEffort = 64;

    private readonly ConcurrentBag<SearchScratch> _scratch = [];

    /// <summary>Up to <paramref name="count"/> qualifying rows, nearest first.</summary>
    /// <param name="effort">efSearch; 0 for the default.</param>
    public IReadOnlyList<VectorMatch> Search(IStoreConnection connection, ReadOnlySpan<float> query, int count, int effort = 0, Func<byte[], bool>? filter = null)
    {
        float[] prepared = Prepare(query);
        View view = ViewOf(connection);
        if (count <= 0 || view.Entry < 0)
        {
            return [];
        }

        SearchScratch scratch = _scratch.TryTake(out SearchScratch? pooled) ? pooled : new SearchScratch();
        try
        {
            var qualified = new Dictionary<int, byte[][]>();
            int width = Math.Max(effort > 0 ? effort : DefaultEffort, count);
            while (true)
            {
                bool everything = width >= view.NodeCount / 2;
                List<(float Nearness, int Id)> nearest = everything ? ScanAll(view, prepared) : SearchFromTop(view, prepared, width, scratch);
                List<VectorMatch> matches = Qualify(view, nearest, count, filter, qualified);
                if (matches.Count >= count || everything)
                {
                    return matches;
                }

                // Filter and tombstones have eaten the candidates: look further.
                width *= 4;
            }
        }
        finally
        {
            _scratch.Add(scratch);
        }
    }

    private List<VectorMatch> Qualify(View view, List<(float Nearness, int Id)> nearest, int count, Func<byte[], bool>? filter, Dictionary<int, byte[][]> known)
    {
        var matches = new List<VectorMatch>(Math.Min(count, nearest.Count));
        foreach ((float nearness, int id) in nearest)
        {
            if (!known.TryGetValue(id, out byte[][]? locators))
            {
                IEnumerable<byte[]> all = view.Find(id)?.Locators.All ?? [];
                known[id] = locators = [.. filter is null ? all : all.Where(filter)];
            }

            foreach (byte[] locator in locators)
            {
                matches.Add(new VectorMatch(locator, DistanceOf(nearness)));
                if (matches.Count == count)
                {
                    return matches;
                }
            }
        }

        return matches;
    }

    /// <summary>Exact search, where the candidate list would hold most of the graph anyway.</summary>
    private List<(float Nearness, int Id)> ScanAll(View view, float[] query)
    {
        var all = new List<(float Nearness, int Id)>(view.NodeCount);
        int end = view.HighWater;
        for (int id = 0; id < end; id++)
        {
            if (view.Find(id) is { IsTombstone: false })
            {
                all.Add((Nearness(query, VectorOf(id)), id));
            }
        }

        all.Sort();
        return all;
    }

    private List<(float Nearness, int Id)> SearchFromTop(View view, ReadOnlySpan<float> query, int width, SearchScratch scratch)
    {
        int entry = view.Entry;
        if (view.Find(entry) is not { } top)
        {
            return [];
        }

        for (int level = top.Level; level > 0; level--)
        {
            entry = Descend(view, query, entry, level);
        }

        return SearchLayer(view, ProbeOf(query), entry, width, 0, scratch);
    }

    /// <summary>The node nearest to the query that steps along one layer reach.</summary>
    private int Descend(View view, ReadOnlySpan<float> query, int entry, int level)
    {
        float best = Nearness(query, VectorOf(entry));
        while (true)
        {
            int start = entry;
            if (view.Find(start) is not { } node || node.Level < level)
            {
                return entry;
            }

            foreach (int neighbour in node.Links[level])
            {
                float nearness = Nearness(query, VectorOf(neighbour));
                if (nearness < best && view.Find(neighbour) is not null)
                {
                    best = nearness;
                    entry = neighbour;
                }
            }

            if (entry == start)
            {
                return entry;
            }
        }
    }

    /// <summary>Algorithm 2 of the paper: the <paramref name="width"/> nearest nodes found on a layer, nearest first. Tombstones lead on and are in the result.</summary>
    private List<(float Nearness, int Id)> SearchLayer(View view, in Probe query, int entry, int width, int level, SearchScratch scratch)
    {
        scratch.Start(view.HighWater);
        CandidateHeap candidates = scratch.Candidates;
        CandidateHeap results = scratch.Results;
        float first = RoughNearness(query, entry);
        scratch.Visit(entry);
        candidates.Push(first, entry);
        results.Push(-first, entry);
        while (candidates.Count > 0)
        {
            (float nearness, int id) = candidates.Pop();
            if (results.Count >= width && nearness > -results.Top.Key)
            {
                break;
            }

            if (view.Find(id) is not { } node || node.Level < level)
            {
                continue;
            }

            // Memory is what a search waits for: the next vector is asked for while this one is compared.
            ReadOnlySpan<int> fresh = scratch.VisitAll(level == 0 ? node.Lowest : node.Links[level]);
            if (fresh.Length > 0)
            {
                Prefetch(query, fresh[0]);
            }

            for (int i = 0; i < fresh.Length; i++)
            {
                int neighbour = fresh[i];
                if (i + 1 < fresh.Length)
                {
                    Prefetch(query, fresh[i + 1]);
                }

                float distance = RoughNearness(query, neighbour);
                if (results.Count < width || distance < -results.Top.Key)
                {
                    candidates.Push(distance, neighbour);
                    results.Push(-distance, neighbour);
                    if (results.Count > width)
                    {
                        results.Pop();
                    }
                }
            }
        }

        var nearest = new List<(float Nearness, int Id)>(results.Count);
        while (results.Count > 0)
        {
            (float key, int id) = results.Pop();
            nearest.Add((query.Codes.IsEmpty ? -key : Nearness(query.Vector, VectorOf(id)), id));
        }

        if (query.Codes.IsEmpty)
        {
            nearest.Reverse();
        }
        else
        {
            nearest.Sort(static (a, b) => a.Nearness != b.Nearness ? a.Nearness.CompareTo(b.Nearness) : a.Id.CompareTo(b.Id));
        }

        return nearest;
    }

    /// <summary>Working memory of one search; pooled.</summary>
    private sealed class SearchScratch
    {
        private int[] _stamps = [];
        private int _stamp;

        private int[] _fresh = new int[64];

        public CandidateHeap Candidates { get; } = new();

        public CandidateHeap Results { get; } = new();

        public void Start(int capacity)
        {
            if (_stamps.Length < capacity || _stamp == int.MaxValue)
            {
                _stamps = new int[Math.Max(capacity + capacity / 2, 1024)];
                _stamp = 0;
            }

            _stamp++;
            Candidates.Clear();
            Results.Clear();
        }

        /// <summary>Those of some nodes that had not been visited; valid until the next call.</summary>
        public ReadOnlySpan<int> VisitAll(int[] ids)
        {
            if (_fresh.Length < ids.Length)
            {
                _fresh = new int[ids.Length * 2];
            }

            int count = 0;
            foreach (int id in ids)
            {
                if (Visit(id))
                {
                    _fresh[count++] = id;
                }
            }

            return _fresh.AsSpan(0, count);
        }

        /// <summary>False when the node has been visited already. Ids beyond the capacity belong to commits after this search began and are not visited.</summary>
        public bool Visit(int id)
        {
            if (id >= _stamps.Length || _stamps[id] == _stamp)
            {
                return false;
            }

            _stamps[id] = _stamp;
            return true;
        }
    }

    /// <summary>A binary min-heap of (key, node).</summary>
    private sealed class CandidateHeap
    {
        private (float Key, int Id)[] _items = new (float, int)[256];

        public int Count { get; private set; }

        public (float Key, int Id) Top => _items[0];

        public void Clear() => Count = 0;

        public void Push(float key, int id)
        {
            if (Count == _items.Length)
            {
                Array.Resize(ref _items, Count * 2);
            }

            int i = Count++;
            while (i > 0)
            {
                int parent = (i - 1) >> 1;
                if (_items[parent].Key <= key)
                {
                    break;
                }

                _items[i] = _items[parent];
                i = parent;
            }

            _items[i] = (key, id);
        }

        public (float Key, int Id) Pop()
        {
            (float Key, int Id) top = _items[0];
            (float Key, int Id) last = _items[--Count];
            int i = 0;
            while (true)
            {
                int child = 2 * i + 1;
                if (child >= Count)
                {
                    break;
                }

                if (child + 1 < Count && _items[child + 1].Key < _items[child].Key)
                {
                    child++;
                }

                if (_items[child].Key >= last.Key)
                {
                    break;
                }

                _items[i] = _items[child];
                i = child;
            }

            _items[i] = last;
            return top;
        }
    }
}
