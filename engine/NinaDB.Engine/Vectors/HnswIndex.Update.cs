namespace NinaDB.Engine.Vectors;

/// <summary>Linking new nodes, and repairing the graph around deleted ones.</summary>
internal sealed partial class HnswIndex
{
    private const int MaximumLevel = 24;

    /// <summary>Algorithm 1 of the paper: connects a new node on every layer it belongs to.</summary>
    private void Link(HnswTransaction transaction, int id, byte[] locator)
    {
        var view = new View(this, transaction);
        int level = LevelOf(id);
        var links = new int[level + 1][];
        Array.Fill(links, []);
        int entry = transaction.Entry;
        if (entry < 0)
        {
            transaction.Add(new Node(id, links, new LocatorSet(locator)));
            transaction.Entry = id;
            return;
        }

        ReadOnlySpan<float> vector = VectorOf(id);
        int top = view.Find(entry)!.Level;
        for (int layer = top; layer > level; layer--)
        {
            entry = Descend(view, vector, entry, layer);
        }

        Probe probe = ProbeOf(vector);
        SearchScratch scratch = _scratch.TryTake(out SearchScratch? pooled) ? pooled : new SearchScratch();
        for (int layer = Math.Min(level, top); layer >= 0; layer--)
        {
            List<(float Nearness, int Id)> nearest = SearchLayer(view, probe, entry, Options.EfConstruction, layer, scratch);
            entry = nearest[0].Id;
            links[layer] = SelectNeighbours(view, nearest, Options.M, layer);
        }

        _scratch.Add(scratch);
        transaction.Add(new Node(id, links, new LocatorSet(locator)));
        for (int layer = Math.Min(level, top); layer >= 0; layer--)
        {
            foreach (int neighbour in links[layer])
            {
                AddLink(transaction, view, neighbour, id, layer);
            }
        }

        if (level > top)
        {
            transaction.Entry = id;
        }
    }

    /// <summary>Adds the way back; a node that has too many links keeps the best spread of them. Choosing is dear, so it waits until some more have come.</summary>
    private void AddLink(HnswTransaction transaction, View view, int from, int to, int layer)
    {
        Node node = view.Find(from)!;
        int[] links = [.. node.Links[layer], to];
        if (links.Length > Options.MaximumLinks(layer) + Options.Slack)
        {
            links = SelectNeighbours(view, Sorted(from, links), Options.MaximumLinks(layer), layer);
        }

        transaction.Set(node.WithLinks(layer, links));
    }

    private List<(float Nearness, int Id)> Sorted(int center, IEnumerable<int> ids)
    {
        var sorted = new List<(float Nearness, int Id)>();
        foreach (int id in ids)
        {
            sorted.Add((Nearness(VectorOf(center), VectorOf(id)), id));
        }

        sorted.Sort();
        return sorted;
    }

    /// <summary>
    /// Algorithm 4 of the paper: candidates that are nearer to the node than to any neighbour chosen before, so that links lead in all directions; then the nearest of
    /// the others. Tombstones are taken only when nothing else is there.
    /// </summary>
    private int[] SelectNeighbours(View view, List<(float Nearness, int Id)> candidates, int count, int layer)
    {
        var chosen = new List<int>(count);
        var others = new List<int>();
        foreach ((float nearness, int id) in candidates)
        {
            if (chosen.Count == count)
            {
                break;
            }

            if (view.Find(id) is not { } node || node.Level < layer)
            {
                continue;
            }

            if (node.IsTombstone || !IsSpread(chosen, id, nearness))
            {
                others.Add(id);
            }
            else
            {
                chosen.Add(id);
            }
        }

        foreach (int id in others.Where(id => !view.Find(id)!.IsTombstone))
        {
            if (chosen.Count == count)
            {
                break;
            }

            chosen.Add(id);
        }

        return chosen.Count > 0 ? [.. chosen] : [.. others.Take(count)];
    }

    private bool IsSpread(List<int> chosen, int candidate, float nearness)
    {
        ReadOnlySpan<float> vector = VectorOf(candidate);
        foreach (int id in chosen)
        {
            if (Nearness(vector, VectorOf(id)) < nearness)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Takes all tombstones out of the graph: whoever linked to one is linked to what lay behind it.
    /// </summary>
    private void Compact(HnswTransaction transaction)
    {
        var view = new View(this, transaction);
        int end = view.HighWater;
        for (int id = 0; id < end; id++)
        {
            if (view.Find(id) is not { IsTombstone: false } node)
            {
                continue;
            }

            for (int layer = 0; layer <= node.Level; layer++)
            {
                if (Array.Exists(node.Links[layer], l => view.Find(l) is not { IsTombstone: false }))
                {
                    int[] links = SelectNeighbours(view, Sorted(id, LiveAround(view, node, layer)), Options.MaximumLinks(layer), layer);
                    node = node.WithLinks(layer, links);
                    transaction.Set(node);
                    foreach (int neighbour in links)
                    {
                        if (!view.Find(neighbour)!.Links[layer].Contains(id))
                        {
                            AddLink(transaction, view, neighbour, id, layer);
                        }
                    }
                }
            }
        }

        int entry = -1;
        for (int id = 0; id < end; id++)
        {
            if (view.Find(id) is not { } node)
            {
                continue;
            }

            if (node.IsTombstone)
            {
                transaction.Remove(id, VectorMath.Hash(VectorOf(id)));
            }
            else if (entry < 0 || node.Level > view.Find(entry)!.Level)
            {
                entry = id;
            }
        }

        transaction.Entry = entry;
    }

    /// <summary>Live nodes that a node reaches on a layer directly or through tombstones.</summary>
    private static HashSet<int> LiveAround(View view, Node node, int layer)
    {
        var live = new HashSet<int>();
        var seen = new HashSet<int> { node.Id };
        var queue = new Queue<Node>();
        queue.Enqueue(node);
        while (queue.Count > 0 && live.Count < 256)
        {
            foreach (int id in queue.Dequeue().Links[layer])
            {
                if (!seen.Add(id) || view.Find(id) is not { } next || next.Level < layer)
                {
                    continue;
                }

                if (next.IsTombstone)
                {
                    queue.Enqueue(next);
                }
                else
                {
                    live.Add(id);
                }
            }
        }

        return live;
    }

    /// <summary>Layer of a node: exponentially rarer upwards, from the seed and the id alone so that a graph can be repeated.</summary>
    private int LevelOf(int id)
    {
        ulong x = (ulong)(uint)Options.Seed << 32 | (uint)id;
        x = (x + 0x9E37_79B9_7F4A_7C15ul) * 0xBF58_476D_1CE4_E5B9ul;
        x = (x ^ x >> 31) * 0x94D0_49BB_1331_11EBul;
        double uniform = ((x ^ x >> 29) >> 11) * (1.0 / (1ul << 53));
        return (int)Math.Min(MaximumLevel, -Math.Log(1 - uniform) / Math.Log(Options.M));
    }
}
