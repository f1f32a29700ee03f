using System.Collections.Concurrent;
using System.Diagnostics;

namespace NinaDB.Soak;

/// <summary>What kind of thing an item is.</summary>
internal enum ItemKind
{
    Model, Agent, Listing,
}

/// <summary>A model, agent or listing as the soak believes it to be.</summary>
internal sealed class Item(ItemKind kind, int owner, string name)
{
    public ItemKind Kind { get; } = kind;

    /// <summary>Index of the tenant that made it.</summary>
    public int Owner { get; } = owner;

    /// <summary>Unique in the whole run.</summary>
    public string Name { get; } = name;

    /// <summary>Public id; null until it was made.</summary>
    public string? Id { get; set; }

    /// <summary>It is there.</summary>
    public Fact Exists { get; } = new(false);

    /// <summary>Everybody may see it: a public model or agent, a published listing.</summary>
    public Fact IsPublic { get; } = new(false);

    /// <summary>Everybody who sees it may read its weights.</summary>
    public Fact SharesWeights { get; } = new(false);

    /// <summary>A listing's agent.</summary>
    public Item? Agent { get; init; }

    /// <summary>An agent's listings.</summary>
    public ConcurrentBag<Item> Listings { get; } = [];

    /// <summary>Held by one act at a time on an agent and its listings, so that what the soak believes of them stays right.</summary>
    public Lock Gate { get; } = new();

    private ConcurrentDictionary<int, Fact> Held { get; } = new();

    /// <summary>A tenant holds the listing.</summary>
    public Fact HeldBy(int tenant) => Held.GetOrAdd(tenant, _ => new Fact(false));

    /// <summary>Whether a tenant can, and whether it must, see the item in a reading.</summary>
    public (bool Can, bool Must) VisibleTo(int tenant, long from, long to)
    {
        (bool exists, bool isGone) = Exists.During(from, to);
        if (tenant == Owner)
        {
            return (exists, !isGone);
        }

        (bool isPublic, bool isPrivate) = IsPublic.During(from, to);
        (bool CanBeTrue, bool CanBeFalse)[] held = [.. Listings.Select(listing => listing.HeldBy(tenant).During(from, to))];
        return (exists && (isPublic || held.Any(h => h.CanBeTrue)), !isGone && (!isPrivate || held.Any(h => !h.CanBeFalse)));
    }
}

/// <summary>Everything that was made, and what was found wrong.</summary>
internal sealed class World
{
    private readonly ConcurrentDictionary<string, Item> _items = new();

    private readonly ConcurrentDictionary<string, long> _counters = new();

    private readonly ConcurrentDictionary<(int Tenant, string Type), long> _events = new();

    private long _number;

    public ConcurrentQueue<string> Violations { get; } = new();

    public IEnumerable<Item> Items(ItemKind kind) => _items.Values.Where(item => item.Kind == kind);

    public Item? Find(string name) => _items.GetValueOrDefault(name);

    public Item Add(ItemKind kind, int owner, Item? agent = null)
    {
        var item = new Item(kind, owner, $"{kind}-{owner}-{Interlocked.Increment(ref _number)}") { Agent = agent };
        _items[item.Name] = item;
        agent?.Listings.Add(item);
        return item;
    }

    /// <summary>Forgets what has been gone for a while: whoever shows it after that shows something that the soak does not know.</summary>
    public void Forget()
    {
        long now = Stopwatch.GetTimestamp();
        long from = now - (10 * Stopwatch.Frequency);
        foreach (Item item in _items.Values.Where(item => item.Id is not null && !item.Exists.During(from, now).CanBeTrue))
        {
            _items.TryRemove(item.Name, out _);
        }
    }

    public void Count(string what) => _counters.AddOrUpdate(what, 1, (_, n) => n + 1);

    public IEnumerable<KeyValuePair<string, long>> Counters => _counters.OrderBy(counter => counter.Key, StringComparer.Ordinal);

    /// <summary>An event that a tenant's outbox must hold.</summary>
    public void Expect(int tenant, string type) => _events.AddOrUpdate((tenant, type), 1, (_, n) => n + 1);

    public IReadOnlyDictionary<(int Tenant, string Type), long> ExpectedEvents => _events;

    public void Violate(string text) => Violations.Enqueue(text);
}
