using System.Globalization;

namespace NinaDB.Soak;

/// <summary>A consumer of the outbox that acknowledges late and sometimes not at all; every event must come, in order, without gaps.</summary>
internal sealed class FeedReader(World world, Tenant connection, string consumer, string? onlyTenant, int seed)
{
    private readonly Random _random = new(seed);

    private readonly Dictionary<string, long> _last = [];

    private readonly Dictionary<(string Tenant, string Type), long> _counts = [];

    public IReadOnlyDictionary<(string Tenant, string Type), long> Counts => _counts;

    public long Events => _last.Values.Sum();

    /// <summary>Reads until told to stop, then until nothing is left.</summary>
    public void Run(CancellationToken stop)
    {
        while (true)
        {
            bool isLast = stop.IsCancellationRequested;
            if (ReadPage(isLast) == 0)
            {
                if (isLast)
                {
                    return;
                }

                stop.WaitHandle.WaitOne(20);
            }
        }
    }

    private int ReadPage(bool mustAcknowledge)
    {
        IReadOnlyList<string?[]> rows = connection.Run($"EXECUTE ops.ReadChanges @Consumer = N'{consumer}', @Max = {_random.Next(1, 400)};").Rows;
        if (!mustAcknowledge && _random.Next(8) == 0)
        {
            // As if it died: what was read is forgotten and comes again.
            return rows.Count;
        }

        foreach (string?[] row in rows)
        {
            (string tenant, long sequence, string type) = (row[0]!, long.Parse(row[1]!, CultureInfo.InvariantCulture), row[3]!);
            if (onlyTenant is not null && tenant != onlyTenant)
            {
                world.Violate($"The consumer {consumer} of tenant {onlyTenant} read an event of tenant {tenant}.");
            }

            long expected = _last.GetValueOrDefault(tenant) + 1;
            if (sequence != expected)
            {
                world.Violate($"The consumer {consumer} read event {sequence} of tenant {tenant}, and expected {expected}.");
            }

            _last[tenant] = sequence;
            _counts[(tenant, type)] = _counts.GetValueOrDefault((tenant, type)) + 1;
        }

        foreach (IGrouping<string, string?[]> group in rows.GroupBy(row => row[0]!))
        {
            string who = onlyTenant is null ? $", @TenantId = {group.Key}" : string.Empty;
            connection.Run($"EXECUTE ops.AcknowledgeChanges @Consumer = N'{consumer}', @Sequence = {_last[group.Key]}{who};");
        }

        return rows.Count;
    }
}
