using System.Globalization;
using NinaDB.Cli;
using NinaDB.Engine.Session;

namespace NinaDB.TSql.Tests;

/// <summary>Quotas, usage and audit under 16 sessions at once.</summary>
public sealed class QuotaPropertyTests
{
    private const int Sessions = 16;

    [Fact]
    public void Exactly_as_much_as_the_limit_is_given_out()
    {
        using var platform = new PlatformDatabase(tenants: 1);
        const int limit = 100;
        SetLimit(platform, "agents", limit);
        int given = 0;

        PlatformDatabase.Concurrently(Sessions, thread =>
        {
            var random = new Random(thread);
            using EngineSession session = platform.OpenSession(0);
            for (int i = 0; i < 20; i++)
            {
                int amount = random.Next(1, 4);
                if (Try(session, $"EXECUTE ops.RequireQuota 'agents', {amount};"))
                {
                    Interlocked.Add(ref given, amount);
                }
            }
        });

        using EngineSession reader = platform.OpenSession(0);
        Assert.InRange(given, limit - 2, limit);
        Assert.Equal(given.ToString(CultureInfo.InvariantCulture), PlatformDatabase.Query(reader, "SELECT used FROM ops.quota_use WHERE resource = 'agents';")[0][0]);
    }

    [Fact]
    public void Models_and_storage_never_pass_their_limits_and_equal_the_facts()
    {
        using var platform = new PlatformDatabase(tenants: 2);
        const int models = 6;
        long bytes = (platform.ModelBytes * 5) + (platform.ModelBytes / 2);
        SetLimit(platform, "models", models);
        SetLimit(platform, "storage_bytes", bytes);
        int ingested = 0;
        int refused = 0;
        int writers = Sessions;
        string path = SqlText.Quote(platform.ModelFile);

        PlatformDatabase.Concurrently(Sessions + 1, thread =>
        {
            // The first tenant has limits and 12 of the sessions; the second has none.
            if (thread == Sessions)
            {
                using EngineSession watcher = platform.OpenSession(0);
                while (Volatile.Read(ref writers) > 0)
                {
                    IReadOnlyList<string?[]> over = PlatformDatabase.Query(
                        watcher,
                        $"""
                        SELECT resource, used, limit_value FROM ops.quota_use WHERE used > limit_value
                        UNION ALL
                        SELECT 'rows', COUNT(*), {models} FROM mqe.models HAVING COUNT(*) > {models};
                        """);
                    Assert.Empty(over);
                    Thread.Yield();
                }

                return;
            }

            try
            {
                var random = new Random(thread);
                using EngineSession session = platform.OpenSession(thread < 12 ? 0 : 1);
                var mine = new List<string>();
                for (int i = 0; i < 12; i++)
                {
                    if (mine.Count > 0 && random.Next(3) == 0)
                    {
                        PlatformDatabase.Run(session, $"EXECUTE mqe.DropModel N'{mine[^1]}';");
                        mine.RemoveAt(mine.Count - 1);
                        continue;
                    }

                    string name = $"model {thread} {i}";
                    if (random.Next(5) == 0)
                    {
                        // What is rolled back never counts.
                        Try(session, $"BEGIN TRANSACTION; EXECUTE mqe.IngestModel @Path = {path}, @Name = N'{name}', @Granularity = 'layer'; ROLLBACK TRANSACTION;");
                    }
                    else if (Try(session, $"EXECUTE mqe.IngestModel @Path = {path}, @Name = N'{name}', @Granularity = 'layer';"))
                    {
                        mine.Add(name);
                        Interlocked.Increment(ref ingested);
                    }
                    else
                    {
                        Interlocked.Increment(ref refused);
                    }
                }
            }
            finally
            {
                Interlocked.Decrement(ref writers);
            }
        });

        Assert.True(ingested > models, "Some ingestions must have followed a drop.");
        Assert.True(refused > 0, "The limits must have been reached.");
        using EngineSession administrator = platform.Database.OpenSession();
        IReadOnlyList<string?[]> drift = PlatformDatabase.Query(administrator, "EXECUTE ops.VerifyQuota;");
        Assert.NotEmpty(drift);
        Assert.All(drift, row => Assert.Equal("0", row[4]));

        // One event for each model that came and each that went, and none for those that did not.
        foreach (int tenant in new[] { 0, 1 })
        {
            using EngineSession session = platform.OpenSession(tenant);
            IReadOnlyList<string?[]> events = PlatformDatabase.Query(
                session,
                """
                SELECT e.subject
                FROM ops.outbox_events AS e
                GROUP BY e.subject
                HAVING SUM(CASE e.type WHEN 'model.ingested' THEN 1 ELSE 0 END) - SUM(CASE e.type WHEN 'model.dropped' THEN 1 ELSE 0 END)
                    <> CASE WHEN EXISTS (SELECT 1 FROM mqe.models AS m WHERE m.name = e.subject) THEN 1 ELSE 0 END;
                """);
            Assert.Empty(events);
            Assert.Null(PlatformDatabase.Query(session, "EXECUTE ops.VerifyAudit;")[0][3]);
        }
    }

    [Fact]
    public void Usage_sums_equal_the_acts_and_statements_equal_the_events()
    {
        using var platform = new PlatformDatabase(tenants: 2);
        using EngineSession administrator = platform.Database.OpenSession();
        PlatformDatabase.Run(administrator, "EXECUTE ops.SetPrice 'searches', 0.000123456789; EXECUTE ops.SetPrice 'agent_tokens', 0.000000000007;");
        var expected = new long[2, 2];
        string[] metrics = ["searches", "agent_tokens"];

        PlatformDatabase.Concurrently(Sessions, thread =>
        {
            var random = new Random(thread);
            int tenant = thread % 2;
            using EngineSession session = platform.OpenSession(tenant);
            for (int i = 0; i < 25; i++)
            {
                int metric = random.Next(2);
                long quantity = random.NextInt64(1, 1L << 40);
                string act = string.Create(CultureInfo.InvariantCulture, $"EXECUTE ops.RecordUsage '{metrics[metric]}', {quantity}, N'{thread}:{i}';");
                switch (random.Next(4))
                {
                    case 0:
                        PlatformDatabase.Run(session, $"BEGIN TRANSACTION; {act} ROLLBACK TRANSACTION;");
                        continue;
                    case 1:
                        // A client that did not hear the answer says it again.
                        PlatformDatabase.Run(session, act);
                        break;
                }

                PlatformDatabase.Run(session, act);
                Interlocked.Add(ref expected[tenant, metric], quantity);
                if (thread == 0 && i == 12)
                {
                    using EngineSession other = platform.Database.OpenSession();
                    PlatformDatabase.Run(other, "EXECUTE ops.SetPrice 'searches', 0.5;");
                }
            }
        });

        string month = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        for (int tenant = 0; tenant < 2; tenant++)
        {
            using EngineSession session = platform.OpenSession(tenant);
            IReadOnlyList<string?[]> statement = PlatformDatabase.Query(session, $"EXECUTE ops.UsageStatement '{month}';");
            Assert.Equal(statement, PlatformDatabase.Query(session, $"EXECUTE ops.UsageStatement '{month}';"));
            for (int metric = 0; metric < 2; metric++)
            {
                Assert.Equal(expected[tenant, metric], statement.Where(row => row[0] == metrics[metric]).Sum(row => long.Parse(row[4]!, CultureInfo.InvariantCulture)));
                Assert.Equal(
                    expected[tenant, metric].ToString(CultureInfo.InvariantCulture),
                    PlatformDatabase.Query(session, $"SELECT SUM(quantity) FROM ops.usage_daily WHERE metric = '{metrics[metric]}';")[0][0]);
            }

            // Every line is quantity times price, to the last of twelve decimals.
            Assert.All(statement, row => Assert.Equal(decimal.Parse(row[4]!, CultureInfo.InvariantCulture) * decimal.Parse(row[1]!, CultureInfo.InvariantCulture), decimal.Parse(row[6]!, CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public void Sixteen_sessions_write_one_audit_chain()
    {
        using var platform = new PlatformDatabase(tenants: 1);
        int committed = 0;

        PlatformDatabase.Concurrently(Sessions, thread =>
        {
            var random = new Random(thread);
            using EngineSession session = platform.OpenSession(0);
            for (int i = 0; i < 20; i++)
            {
                bool rollback = random.Next(3) == 0;
                PlatformDatabase.Run(session, $"BEGIN TRANSACTION; EXECUTE ops.RecordAudit 'test.act', 'thread', N'{thread}', 'success', N'{i}'; {(rollback ? "ROLLBACK" : "COMMIT")} TRANSACTION;");
                if (!rollback)
                {
                    Interlocked.Increment(ref committed);
                }
            }
        });

        using EngineSession auditor = platform.OpenSession(0);
        string?[] chain = PlatformDatabase.Query(auditor, "EXECUTE ops.VerifyAudit;")[0];
        // The first event of a chain is that its tenant was provisioned.
        Assert.Equal((committed + 1).ToString(CultureInfo.InvariantCulture), chain[1]);
        Assert.Null(chain[3]);
    }

    private static void SetLimit(PlatformDatabase platform, string resource, long limit)
    {
        using EngineSession administrator = platform.Database.OpenSession();
        using EngineSession tenant = platform.OpenSession(0);
        string id = PlatformDatabase.Query(tenant, "SELECT TOP (1) tenant_id FROM ops.quota_use;")[0][0]!;
        PlatformDatabase.Run(administrator, string.Create(CultureInfo.InvariantCulture, $"EXECUTE ops.SetQuota @Tenant = '{id}', @Resource = '{resource}', @Limit = {limit};"));
    }

    /// <summary>False where the quota refused.</summary>
    private static bool Try(EngineSession session, string text)
    {
        try
        {
            PlatformDatabase.Run(session, text);
            return true;
        }
        catch (CliException refusal) when (refusal.Message.Contains("50030", StringComparison.Ordinal))
        {
            return false;
        }
    }
}
