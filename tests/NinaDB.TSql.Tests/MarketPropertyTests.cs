using System.Collections.Concurrent;
using System.Globalization;

namespace NinaDB.TSql.Tests;

/// <summary>Eight sessions buy, run, review and refund at random at the same time; afterwards money, rights and ratings are what the answers said they are.</summary>
[Collection(nameof(MarketDatabase))]
public sealed class MarketPropertyTests(MarketDatabase market)
{
    private const int Steps = 40;

    /// <summary>What may be refused: the listing is not on offer now, is held already or not, was not run, the sale was refunded before, the agent may not be run now.</summary>
    private static readonly HashSet<int> Refusals = [50007, 50050, 50052, 50054, 50055, 50058];

    private readonly ConcurrentDictionary<(string Tenant, string Listing), int> _acquired = new();

    private readonly ConcurrentDictionary<string, int> _refunded = new();

    private readonly ConcurrentDictionary<(string Principal, string Listing), int> _stars = new();

    private long _tokens;

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task Ledger_entitlements_and_ratings_are_exact_under_concurrency(int seed)
    {
        string mark = $"p{seed}";
        (string Id, string Agent, decimal Price)[] listings =
        [
            Offer($"{mark} free", string.Empty, 0),
            Offer($"{mark} once", ", @PriceModel = 'one_off', @Price = 9.9999", 9.9999m),
            Offer($"{mark} metered", ", @PriceModel = 'per_token', @Price = 0.7", 0),
        ];
        Tenant[] buyers = [.. Enumerable.Range(0, 3).Select(_ => market.NewTenant())];
        Tenant[] colleagues = [.. buyers.Select(Colleague)];
        using var secondSeller = new Tenant(market.Database, market.Seller.Name, market.Seller.Tid, market.Seller.Oid);

        Task[] tasks =
        [
            .. buyers.Concat(colleagues).Select((buyer, i) => Task.Factory.StartNew(() => Buy(buyer, listings, new Random((seed * 100) + i)), TaskCreationOptions.LongRunning)),
            .. new[] { market.Seller, secondSeller }.Select((seller, i) => Task.Factory.StartNew(() => Sell(seller, listings, mark, new Random((seed * 1000) + i)), TaskCreationOptions.LongRunning)),
        ];
        await Task.WhenAll(tasks);

        foreach ((string id, _, decimal price) in listings)
        {
            market.Seller.Try($"EXECUTE market.Publish '{id}';");
            int acquired = _acquired.Where(a => a.Key.Listing == id).Sum(a => a.Value);
            Assert.Equal(acquired - _refunded.GetValueOrDefault(id), Number(market.Outsider, $"SELECT install_count FROM market.listings WHERE listing_id = '{id}';"));
            Assert.Equal(_stars.Count(s => s.Key.Listing == id), Number(market.Outsider, $"SELECT rating_count FROM market.listings WHERE listing_id = '{id}';"));
            Assert.Equal(_stars.Where(s => s.Key.Listing == id).Sum(s => s.Value), Number(market.Outsider, $"SELECT rating_sum FROM market.listings WHERE listing_id = '{id}';"));
            int refunds = 0;
            foreach (Tenant buyer in buyers)
            {
                int bought = _acquired.GetValueOrDefault((buyer.Name, id));
                int refunded = Number(buyer, $"SELECT COUNT(*) FROM market.my_acquisitions WHERE listing_id = '{id}' AND status = 'refunded';");
                refunds += refunded;
                Assert.InRange(bought - refunded, 0, 1);
                Assert.Equal(bought - refunded, Number(buyer, $"SELECT COUNT(*) FROM market.my_acquisitions WHERE listing_id = '{id}' AND status = 'in_force';"));
                Assert.Equal(
                    (bought - refunded) * price,
                    Amount(buyer, $"SELECT ISNULL(SUM(p.amount), 0) FROM market.my_purchases AS p INNER JOIN market.my_acquisitions AS a ON a.acquisition_id = p.acquisition_id WHERE a.listing_id = '{id}' AND p.kind <> 'usage';"));
            }

            Assert.Equal(_refunded.GetValueOrDefault(id), refunds);
        }

        string month = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        market.Administrator.Run($"EXECUTE market.PostUsage '{month}';");
        Assert.All(market.Administrator.Run($"EXECUTE market.ReconcileSales '{month}';").Lines, line => Assert.EndsWith(" | 0.0000 | 0", line, StringComparison.Ordinal));

        // What all buyers paid is what the seller got and the platform kept.
        decimal paid = buyers.Sum(buyer => Amount(buyer, "SELECT ISNULL(SUM(amount), 0) FROM market.my_purchases;"));
        Assert.Equal(paid, Amount(market.Seller, $"SELECT ISNULL(SUM(proceeds + fee), 0) FROM market.my_sales WHERE title LIKE N'{mark} %';"));
        Assert.Equal(
            Interlocked.Read(ref _tokens),
            buyers.Sum(buyer => (long)Amount(buyer, "SELECT ISNULL(SUM(quantity), 0) FROM ops.usage_daily WHERE metric = 'agent_tokens';")));
        foreach (Tenant tenant in buyers.Concat(colleagues))
        {
            tenant.Dispose();
        }
    }

    private void Buy(Tenant buyer, (string Id, string Agent, decimal Price)[] listings, Random random)
    {
        for (int step = 0; step < Steps; step++)
        {
            (string id, string agent, _) = listings[random.Next(listings.Length)];
            switch (random.Next(4))
            {
                case 0:
                    string key = $"{buyer.Oid}-{step}";
                    Answer bought = Ask(buyer, $"EXECUTE market.Acquire '{id}', N'{key}';");
                    if (bought.Error == 0)
                    {
                        Assert.Equal("1", bought.Rows[0][^1]);
                        _acquired.AddOrUpdate((buyer.Name, id), 1, (_, n) => n + 1);
                        Answer again = buyer.Run($"EXECUTE market.Acquire '{id}', N'{key}';");
                        Assert.Equal((bought.Value, "0"), (again.Value, again.Rows[0][^1]));
                    }

                    break;
                case 1:
                    int stars = random.Next(1, 6);
                    if (Ask(buyer, $"EXECUTE market.Review '{id}', {stars};").Error == 0)
                    {
                        _stars[(buyer.Oid.ToString(), id)] = stars;
                    }

                    break;
                default:
                    Interlocked.Add(ref _tokens, Ask(buyer, $"EXECUTE factory.RunAgent '{agent}', N'The knight', 2;").Rows.Count);
                    break;
            }
        }
    }

    private void Sell(Tenant seller, (string Id, string Agent, decimal Price)[] listings, string mark, Random random)
    {
        for (int step = 0; step < Steps / 2; step++)
        {
            (string id, _, _) = listings[random.Next(listings.Length)];
            switch (random.Next(3))
            {
                case 0:
                    Ask(seller, $"EXECUTE market.Unpublish '{id}';");
                    Ask(seller, $"EXECUTE market.Publish '{id}';");
                    break;
                default:
                    IReadOnlyList<string?[]> sales = seller.Run($"SELECT sale_id, listing_id FROM market.my_sales WHERE kind = 'acquisition' AND title LIKE N'{mark} %';").Rows;
                    if (sales.Count > 0)
                    {
                        string?[] sale = sales[random.Next(sales.Count)];
                        if (Ask(seller, $"EXECUTE market.Refund '{sale[0]}';").Error == 0)
                        {
                            _refunded.AddOrUpdate(sale[1]!, 1, (_, n) => n + 1);
                        }
                    }

                    break;
            }
        }
    }

    private (string Id, string Agent, decimal Price) Offer(string title, string terms, decimal price)
    {
        market.MakeAgent(title);
        string id = market.Publish(title, terms, title);
        return (id, market.Seller.Value($"SELECT agent_id FROM factory.agents WHERE name = N'{title}';")!, price);
    }

    /// <summary>Another person of the buyer's tenant, on a connection of his own.</summary>
    private Tenant Colleague(Tenant buyer)
    {
        var oid = Guid.NewGuid();
        buyer.Run($"EXECUTE tenancy.AddMember @Oid = '{oid}', @Tid = '{buyer.Tid}', @Role = 'editor', @DisplayName = N'colleague';");
        return new Tenant(market.Database, buyer.Name, buyer.Tid, oid);
    }

    private static int Number(Tenant tenant, string query) => int.Parse(tenant.Value(query)!, CultureInfo.InvariantCulture);

    private static decimal Amount(Tenant tenant, string query) => decimal.Parse(tenant.Value(query)!, CultureInfo.InvariantCulture);

    private static Answer Ask(Tenant tenant, string text)
    {
        Answer answer = tenant.Try(text);
        Assert.True(answer.Error == 0 || Refusals.Contains(answer.Error), $"{text}: {answer.Error} {answer.Message}");
        return answer;
    }
}
