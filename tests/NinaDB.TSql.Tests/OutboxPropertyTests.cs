using System.Collections.Concurrent;
using System.Globalization;
using NinaDB.Engine.Session;

namespace NinaDB.TSql.Tests;

/// <summary>The outbox under 16 writers that commit, roll back and vanish, and readers that die before they acknowledge.</summary>
public sealed class OutboxPropertyTests
{
    private const int Writers = 16;
    private const int Tenants = 3;
    private const int Transactions = 25;

    [Fact]
    public void Per_tenant_every_committed_event_is_seen_in_order_and_nothing_else()
    {
        using var platform = new PlatformDatabase(Tenants);
        var committed = new ConcurrentQueue<string>[Tenants];
        var seen = new ConcurrentDictionary<(int Reader, string Tenant), SortedDictionary<long, string>>();
        string[] tenantIds = new string[Tenants];
        for (int i = 0; i < Tenants; i++)
        {
            committed[i] = new ConcurrentQueue<string>();
            using EngineSession session = platform.OpenSession(i);
            tenantIds[i] = PlatformDatabase.Query(session, "SELECT tenancy.CurrentTenantId();")[0][0]!;
        }

        int writing = Writers;
        const int readers = Tenants + 1;
        PlatformDatabase.Concurrently(Writers + readers, thread =>
        {
            if (thread < Writers)
            {
                try
                {
                    Write(platform, thread, committed[thread % Tenants]);
                }
                finally
                {
                    Interlocked.Decrement(ref writing);
                }
            }
            else
            {
                Read(platform, thread - Writers, () => Volatile.Read(ref writing) > 0, seen);
            }
        });

        for (int tenant = 0; tenant < Tenants; tenant++)
        {
            // The tenant's own reader, and the feed that reads all.
            foreach (int reader in new[] { tenant, Tenants })
            {
                SortedDictionary<long, string> events = seen[(reader, tenantIds[tenant])];
                Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), events.Keys);

                // The first is that the tenant was provisioned.
                string[] written = [.. events.Values.Skip(1)];
                Assert.Equal(committed[tenant].Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
                foreach (IGrouping<string, string> writer in written.GroupBy(subject => subject.Split(':')[0]))
                {
                    // A writer's events come in the order of its transactions.
                    int[] order = [.. writer.Select(subject => int.Parse(subject.Split(':')[1], CultureInfo.InvariantCulture))];
                    Assert.Equal(order.Order(), order);
                }
            }

            Assert.DoesNotContain(seen.Keys, key => key.Reader == tenant && key.Tenant != tenantIds[tenant]);
        }
    }

    private static void Write(PlatformDatabase platform, int thread, ConcurrentQueue<string> committed)
    {
        var random = new Random(thread);
        EngineSession session = platform.OpenSession(thread % Tenants);
        for (int i = 0; i < Transactions; i++)
        {
            PlatformDatabase.Run(session, "BEGIN TRANSACTION;");
            string[] subjects = [.. Enumerable.Range(0, random.Next(1, 4)).Select(n => string.Create(CultureInfo.InvariantCulture, $"{thread}:{(i * 10) + n}"))];
            foreach (string subject in subjects)
            {
                PlatformDatabase.Run(session, $"EXECUTE ops.PublishEvent 'test.event', N'{subject}', N'{{\"thread\":{thread}}}';");
                for (int pause = random.Next(4); pause > 0; pause--)
                {
                    Thread.Yield();
                }
            }

            switch (random.Next(5))
            {
                case 0:
                    PlatformDatabase.Run(session, "ROLLBACK TRANSACTION;");
                    break;
                case 1:
                    // The connection breaks in the middle of the transaction.
                    session.Dispose();
                    session = platform.OpenSession(thread % Tenants);
                    break;
                default:
                    PlatformDatabase.Run(session, "COMMIT TRANSACTION;");
                    foreach (string subject in subjects)
                    {
                        committed.Enqueue(subject);
                    }

                    break;
            }
        }

        session.Dispose();
    }

    private static void Read(PlatformDatabase platform, int reader, Func<bool> goesOn, ConcurrentDictionary<(int Reader, string Tenant), SortedDictionary<long, string>> seen)
    {
        var random = new Random(1000 + reader);
        var acknowledged = new Dictionary<string, long>();
        EngineSession session = Open();
        while (true)
        {
            bool last = !goesOn();
            IReadOnlyList<string?[]> rows = PlatformDatabase.Query(session, $"EXECUTE ops.ReadChanges N'reader {reader}', {random.Next(1, 20)};");
            foreach (IGrouping<string, string?[]> tenant in rows.GroupBy(row => row[0]!))
            {
                // Strictly from where it acknowledged, without a hole.
                long next = acknowledged.GetValueOrDefault(tenant.Key);
                foreach (string?[] row in tenant)
                {
                    Assert.Equal(++next, long.Parse(row[1]!, CultureInfo.InvariantCulture));
                    SortedDictionary<long, string> events = seen.GetOrAdd((reader, tenant.Key), _ => []);
                    if (!events.TryAdd(next, row[4]!))
                    {
                        Assert.Equal(row[4], events[next]);
                    }
                }
            }

            if (rows.Count == 0)
            {
                if (last)
                {
                    break;
                }

                Thread.Yield();
                continue;
            }

            if (random.Next(4) == 0)
            {
                // The reader dies before it acknowledges; another takes its place.
                session.Dispose();
                session = Open();
                continue;
            }

            foreach (IGrouping<string, string?[]> tenant in rows.GroupBy(row => row[0]!))
            {
                string upTo = tenant.Last()[1]!;
                PlatformDatabase.Run(session, $"EXECUTE ops.AcknowledgeChanges N'reader {reader}', {upTo}, {tenant.Key};");
                acknowledged[tenant.Key] = long.Parse(upTo, CultureInfo.InvariantCulture);
            }
        }

        session.Dispose();

        EngineSession Open() => reader < Tenants ? platform.OpenSession(reader) : platform.OpenFeed();
    }
}
