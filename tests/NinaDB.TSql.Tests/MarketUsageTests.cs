using System.Globalization;

namespace NinaDB.TSql.Tests;

/// <summary>What runs of acquired agents lead to: charges, reconciliation, ratings.</summary>
[Collection(nameof(MarketDatabase))]
public sealed class MarketUsageTests(MarketDatabase market)
{
    private Tenant Seller => market.Seller;

    private Tenant Outsider => market.Outsider;

    [Fact]
    public void Tokens_are_charged_by_the_month_exactly_once_and_the_ledger_reconciles()
    {
        using Tenant buyer = market.NewTenant();
        market.MakeAgent("metered");
        string id = market.Publish("Metered", ", @PriceModel = 'per_token', @Price = 0.3333", "metered");
        buyer.Run($"EXECUTE market.Acquire '{id}', N'metered-1';");
        string agent = buyer.Value("SELECT agent_id FROM market.my_acquisitions;")!;
        string month = DateTime.UtcNow.ToString("yyyy-MM-dd", null);
        int tokens = 0;
        for (int i = 0; i < 3; i++)
        {
            tokens += buyer.Run($"EXECUTE factory.RunAgent '{agent}', N'The knight', {i + 2};").Rows.Count;
            buyer.Run($"EXECUTE market.PostUsage '{month}';");
            buyer.Run($"EXECUTE market.PostUsage '{month}';");
            decimal owed = Math.Round(tokens * 0.3333m / 1000m, 4, MidpointRounding.AwayFromZero);
            Assert.Equal(owed, decimal.Parse(buyer.Value("SELECT SUM(amount) FROM market.my_purchases WHERE kind = 'usage';")!, CultureInfo.InvariantCulture));
        }

        Assert.EndsWith(" | 0.0000 | 0", buyer.Run($"EXECUTE market.ReconcileSales '{month}';").Lines.Single(), StringComparison.Ordinal);
        market.Administrator.Run($"EXECUTE market.PostUsage '{month}';");
        Assert.All(market.Administrator.Run($"EXECUTE market.ReconcileSales '{month}';").Lines, line => Assert.EndsWith(" | 0.0000 | 0", line, StringComparison.Ordinal));
        using var feed = new Tenant(market.Database, "nina_feed_reader");
        Assert.Equal(229, feed.Try($"EXECUTE market.ReconcileSales '{month}';").Error);
    }

    [Fact]
    public void Ratings_come_from_people_who_ran_the_agent_once_each()
    {
        using Tenant first = market.NewTenant();
        using Tenant second = market.NewTenant();
        market.MakeAgent("rated");
        string id = market.Publish("Rated", string.Empty, "rated");
        Assert.Equal(50055, Seller.Try($"EXECUTE market.Review '{id}', 5;").Error);
        Assert.Equal(50055, first.Try($"EXECUTE market.Review '{id}', 1;").Error);
        foreach (Tenant tenant in new[] { first, second })
        {
            tenant.Run($"EXECUTE market.Acquire '{id}', N'rated';");
            Assert.Equal(50055, tenant.Try($"EXECUTE market.Review '{id}', 1;").Error);
            tenant.Run("EXECUTE factory.RunAgent N'rated', N'The knight', 2;");
        }

        first.Run($"EXECUTE market.Review '{id}', 2, N'Slow.';");
        first.Run($"EXECUTE market.Review '{id}', 4, N'Better.';");
        second.Run($"EXECUTE market.Review N'Rated', 5;");
        Assert.Equal("2 | 9 | 4.500000 | 2", Outsider.Run($"SELECT rating_count, rating_sum, rating, install_count FROM market.listings WHERE listing_id = '{id}';").Lines.Single());
        Assert.Equal("Better. | 1", first.Run($"SELECT text, is_mine FROM market.reviews WHERE listing_id = '{id}' AND stars = 4;").Lines.Single());

        // A person of the seller who is also a member of the buyer's tenant does not rate.
        first.Run($"EXECUTE tenancy.AddMember @Oid = '{Seller.Oid}', @Tid = '{Seller.Tid}', @Role = 'operator', @DisplayName = N'seller';");
        string tenantId = first.Value("SELECT tenant_id FROM ops.quota_use;")!;
        using var guest = new Tenant(market.Database, "nina_local");
        guest.Run($"EXECUTE tenancy.BeginSession @Oid = '{Seller.Oid}', @Tid = '{Seller.Tid}', @Tenant = '{tenantId}';");
        guest.Run("EXECUTE factory.RunAgent N'rated', N'The knight', 2;");
        Assert.Equal(50055, guest.Try($"EXECUTE market.Review '{id}', 5;").Error);
    }
}
