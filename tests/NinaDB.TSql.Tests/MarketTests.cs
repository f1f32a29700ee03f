using NinaDB.Cli;

namespace NinaDB.TSql.Tests;

/// <summary>The marketplace between tenants: seller, buyer and outsider, each on a connection of its own that may do what an application may.</summary>
[Collection(nameof(MarketDatabase))]
public sealed class MarketTests(MarketDatabase market)
{
    private Tenant Seller => market.Seller;

    private Tenant Buyer => market.Buyer;

    private Tenant Outsider => market.Outsider;

    [Fact]
    public void A_listing_states_what_was_verified()
    {
        string id = market.Publish("Facts", ", @PriceModel = 'one_off', @Price = 12.5");

        string?[] row = Outsider.Run(
            $"""
            SELECT title, domains, price, currency, base_model_name, base_model_hash, model_hash, components_hash, parameter_count, verified_at, install_count, rating_count, rating, is_own
            FROM market.listings WHERE listing_id = '{id}';
            """).Rows.Single();
        Assert.Equal("Facts", row[0]);
        Assert.Equal("chess", row[1]);
        Assert.Equal("12.5000", row[2]);
        Assert.Equal("EUR", row[3]);
        Assert.Equal("base", row[4]);
        Assert.Equal(Seller.Value("SELECT content_hash FROM mqe.models WHERE name = N'base';"), row[5]);
        Assert.NotEqual(row[5], row[6]);
        Assert.NotNull(row[7]);
        Assert.NotNull(row[9]);
        Assert.Equal("0 0 NULL 0", string.Join(' ', row[10..].Select(cell => cell ?? "NULL")));
        Assert.Equal(
            Seller.Run("SELECT domain, is_own_domain, base_loss, agent_loss, token_count FROM factory.agent_losses WHERE agent_name = N'chess' ORDER BY domain;").Rows,
            Outsider.Run($"SELECT domain, is_own_domain, base_loss, agent_loss, token_count FROM market.listing_skills WHERE listing_id = '{id}' ORDER BY domain;").Rows);
    }

    [Fact]
    public void Only_a_verified_agent_is_published()
    {
        Seller.Run("EXECUTE factory.AssembleAgent @Agent = N'raw', @Domains = N'law';");
        string id = Seller.Value("EXECUTE market.CreateListing @Title = N'Raw', @Agent = N'raw', @License = N'MIT';")!;

        Assert.Equal(50051, Seller.Try($"EXECUTE market.Publish '{id}';").Error);
        Assert.Equal("draft", Seller.Value($"SELECT status FROM market.my_listings WHERE listing_id = '{id}';"));
        Assert.Equal("0", Outsider.Value($"SELECT COUNT(*) FROM market.listings WHERE listing_id = '{id}';"));
    }

    [Fact]
    public void Nobody_else_can_tell_a_draft_or_suspended_listing_from_one_that_does_not_exist()
    {
        string draft = Seller.Value("EXECUTE market.CreateListing @Title = N'Secret plan', @Agent = N'chess', @License = N'MIT';")!;
        string suspended = market.Publish("Taken down");
        market.Administrator.Run($"EXECUTE market.Suspend '{suspended}', N'A complaint.';");
        string missing = Guid.NewGuid().ToString().ToUpperInvariant();

        foreach (string act in new[]
        {
            "EXECUTE market.Acquire N'{0}', N'k';", "EXECUTE market.Review N'{0}', 5;", "EXECUTE market.ReportListing N'{0}', 'other', N'x';", "EXECUTE market.Publish N'{0}';",
            "EXECUTE market.Unpublish N'{0}';", "EXECUTE market.UpdateListing N'{0}', @Price = 0;",
        })
        {
            Answer expected = Buyer.Try(string.Format(null, act, missing));
            Assert.Equal(50050, expected.Error);
            foreach (string target in new[] { draft, suspended, "Secret plan", "Taken down" })
            {
                Answer answer = Buyer.Try(string.Format(null, act, target));
                Assert.Equal(50050, answer.Error);
                Assert.Equal(expected.Message.Replace(missing, target, StringComparison.Ordinal), answer.Message);
            }
        }

        foreach (string view in new[] { "market.listings", "market.my_listings", "market.listing_skills", "market.reviews" })
        {
            Assert.Equal("0", Buyer.Value($"SELECT COUNT(*) FROM {view} WHERE listing_id IN ('{draft}', '{suspended}');"));
        }

        Assert.Empty(Buyer.Run("EXECUTE market.Search @Text = N'Secret';").Rows);
    }

    [Fact]
    public void A_buyer_runs_the_agent_and_does_not_read_its_weights()
    {
        market.MakeAgent("runner");
        string id = market.Publish("Runner", ", @PriceModel = 'one_off', @Price = 10", "runner");
        string agent = Seller.Value("SELECT agent_id FROM factory.agents WHERE name = N'runner';")!;
        Assert.Equal(50007, Buyer.Try($"EXECUTE factory.RunAgent '{agent}', N'The knight', 3;").Error);

        Buyer.Run($"EXECUTE market.Acquire '{id}', N'runner-1', @MaxPrice = 10;");
        Assert.Equal("runner", Buyer.Value($"SELECT name FROM factory.agents WHERE agent_id = '{agent}';"));
        Assert.NotEmpty(Buyer.Run($"EXECUTE factory.RunAgent '{agent}', N'The knight', 3;").Rows);
        Assert.Equal(50007, Outsider.Try($"EXECUTE factory.RunAgent '{agent}', N'The knight', 3;").Error);
        string model = Seller.Value("SELECT model_id FROM mqe.models WHERE kind = 'agent' AND name LIKE N'%runner%';")!;
        Assert.Equal(50028, Buyer.Try($"EXECUTE mqe.PeekTensor '{model}', N'model.norm.weight';").Error);
        Assert.Equal(50028, Buyer.Try($"EXECUTE factory.ExportAgent '{agent}', N'/tmp/never-written';").Error);
        Assert.NotEqual(0, Buyer.Try($"EXECUTE factory.DropAgent '{agent}';").Error);
        Assert.Equal(50057, Seller.Try("EXECUTE factory.DropAgent N'runner';").Error);

        // Nor resell: the agent is not the buyer's to offer.
        Assert.Equal(50028, Buyer.Try($"EXECUTE market.CreateListing @Title = N'Mine', @Agent = '{agent}', @License = N'MIT';").Error);

        string sale = Seller.Value("SELECT sale_id FROM market.my_sales WHERE title = N'Runner';")!;
        Seller.Run($"EXECUTE market.Refund '{sale}', N'Sorry.';");
        Assert.Equal(50007, Buyer.Try($"EXECUTE factory.RunAgent '{agent}', N'The knight', 3;").Error);
        Assert.Equal("0", Buyer.Value($"SELECT COUNT(*) FROM factory.agents WHERE agent_id = '{agent}';"));
        Assert.Equal("refunded", Buyer.Value("SELECT status FROM market.my_acquisitions WHERE title = N'Runner';"));
        Assert.Equal(50058, Seller.Try($"EXECUTE market.Refund '{sale}';").Error);

        Seller.Run("EXECUTE factory.DropAgent N'runner';");
        Assert.Equal("draft", Seller.Value($"SELECT status FROM market.my_listings WHERE listing_id = '{id}';"));
    }

    [Fact]
    public void A_licence_that_allows_it_lets_the_buyer_read_the_weights()
    {
        market.MakeAgent("open");
        string id = market.Publish("Open", ", @MayReadWeights = 1", "open");
        Buyer.Run($"EXECUTE market.Acquire '{id}', N'open-1';");

        string model = Seller.Value("SELECT model_id FROM mqe.models WHERE kind = 'agent' AND name LIKE N'%open%';")!;
        Assert.NotEmpty(Buyer.Run($"EXECUTE mqe.PeekTensor '{model}', N'model.norm.weight';").Rows);
        Assert.Equal(50003, Outsider.Try($"EXECUTE mqe.PeekTensor '{model}', N'model.norm.weight';").Error);

        string folder = Path.Combine(Path.GetTempPath(), $"ninadb-export-{Guid.NewGuid():N}");
        try
        {
            Assert.Contains(Buyer.Run($"EXECUTE factory.ExportAgent N'open', {SqlText.Quote(folder)};").Rows, row => row[0] == "model.safetensors");
            Assert.Equal(50007, Outsider.Try($"EXECUTE factory.ExportAgent N'open', {SqlText.Quote(folder + "-2")};").Error);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_right_ends_when_the_term_does()
    {
        using var platform = new Tenant(market.Database, "nina_service");
        market.MakeAgent("rented");
        string id = market.Publish("Rented", ", @PriceModel = 'one_off', @Price = 3, @TermDays = 30", "rented");
        Buyer.Run($"EXECUTE market.Acquire '{id}', N'rented-1';");
        string agent = Buyer.Value("SELECT agent_id FROM market.my_acquisitions WHERE title = N'Rented';")!;
        Assert.NotEmpty(Buyer.Run($"EXECUTE factory.RunAgent '{agent}', N'The knight', 2;").Rows);
        Assert.Equal(50054, Buyer.Try($"EXECUTE market.Acquire '{id}', N'rented-2';").Error);

        using (var dbo = new Tenant(market.Database, null))
        {
            dbo.Run("GRANT SELECT, UPDATE ON market.Entitlement TO nina_service;");
        }

        platform.Run("UPDATE market.Entitlement SET ExpiresAt = DATEADD(SECOND, -1, SYSUTCDATETIME()) WHERE Title = N'Rented';");
        Assert.Equal(50007, Buyer.Try($"EXECUTE factory.RunAgent '{agent}', N'The knight', 2;").Error);
        Assert.Equal("expired", Buyer.Value("SELECT status FROM market.my_acquisitions WHERE title = N'Rented';"));
        Assert.Equal("0", Seller.Value("SELECT install_count FROM market.my_listings WHERE title = N'Rented';"));

        Buyer.Run($"EXECUTE market.Acquire '{id}', N'rented-3';");
        Assert.NotEmpty(Buyer.Run($"EXECUTE factory.RunAgent '{agent}', N'The knight', 2;").Rows);
        Assert.Equal("2", Buyer.Value("SELECT COUNT(*) FROM market.my_acquisitions WHERE title = N'Rented';"));
        Assert.Equal("1", Seller.Value("SELECT install_count FROM market.my_listings WHERE title = N'Rented';"));
    }

    [Fact]
    public void A_takedown_hides_the_listing_and_takes_the_right_only_when_told_to()
    {
        market.MakeAgent("bad");
        string id = market.Publish("Bad", string.Empty, "bad");
        Buyer.Run($"EXECUTE market.Acquire '{id}', N'bad-1';");
        string agent = Buyer.Value("SELECT agent_id FROM market.my_acquisitions WHERE title = N'Bad';")!;
        Outsider.Run($"EXECUTE market.ReportListing '{id}', 'unsafe', N'It is rude.';");
        Assert.StartsWith($"{id} | Bad | published | unsafe | It is rude. | ", market.Administrator.Run($"EXECUTE market.ReadReports '{id}';").Lines.Single(), StringComparison.Ordinal);
        Assert.Equal(229, Buyer.Try($"EXECUTE market.Suspend '{id}', N'Competition.';").Error);

        market.Administrator.Run($"EXECUTE market.Suspend '{id}', N'Rude.';");
        Assert.Equal("Rude.", Seller.Value($"SELECT suspended_reason FROM market.my_listings WHERE listing_id = '{id}';"));
        Assert.Equal(50052, Seller.Try($"EXECUTE market.Publish '{id}';").Error);
        Assert.NotEmpty(Buyer.Run($"EXECUTE factory.RunAgent '{agent}', N'The knight', 2;").Rows);

        market.Administrator.Run($"EXECUTE market.Suspend '{id}', N'Very rude.', @RevokeEntitlements = 1;");
        Assert.Equal(50007, Buyer.Try($"EXECUTE factory.RunAgent '{agent}', N'The knight', 2;").Error);
        Assert.Equal("takedown", Buyer.Value("SELECT status FROM market.my_acquisitions WHERE title = N'Bad';"));
        Assert.Equal("2", Seller.Value("SELECT COUNT(*) FROM ops.audit_events WHERE action = 'listing.suspend' AND object_name = N'Bad';"));

        market.Administrator.Run($"EXECUTE market.Reinstate '{id}';");
        Seller.Run($"EXECUTE market.Publish '{id}';");
        Assert.Equal("1", Outsider.Value($"SELECT COUNT(*) FROM market.listings WHERE listing_id = '{id}';"));
    }

    [Fact]
    public void A_repeated_key_buys_once_and_money_is_exact()
    {
        using Tenant buyer = market.NewTenant();
        string id = market.Publish("Exact", ", @PriceModel = 'one_off', @Price = 0.0005");
        string first = buyer.Value($"EXECUTE market.Acquire '{id}', N'key';")!;
        Seller.Run($"EXECUTE market.Unpublish '{id}';");

        Assert.Equal(first, buyer.Value($"EXECUTE market.Acquire '{id}', N'key';"));
        Assert.Equal("0.0005 | 0.0001 | 0.0004", Seller.Run("SELECT amount, fee, proceeds FROM market.my_sales WHERE title = N'Exact';").Lines.Single());
        Assert.Equal("acquisition | 0.0005", buyer.Run("SELECT kind, amount FROM market.my_purchases;").Lines.Single());
        Assert.Equal("0", buyer.Value("SELECT COUNT(*) FROM market.my_sales;"));
        Assert.Equal("0", Outsider.Value("SELECT COUNT(*) FROM market.my_purchases WHERE title = N'Exact';"));

        string other = market.Publish("Exact too");
        Assert.Equal(50054, buyer.Try($"EXECUTE market.Acquire '{other}', N'key';").Error);
        Assert.Equal(50052, Seller.Try($"EXECUTE market.Acquire '{other}', N'own';").Error);
        Seller.Run($"EXECUTE market.UpdateListing '{other}', @PriceModel = 'one_off', @Price = 5;");
        Assert.Equal(50056, buyer.Try($"EXECUTE market.Acquire '{other}', N'key-2', @MaxPrice = 4.9999;").Error);
        Assert.Equal("1", buyer.Value("SELECT COUNT(*) FROM market.my_acquisitions;"));
    }

    [Fact]
    public void A_search_pages_through_everything_once_in_every_order()
    {
        for (int i = 0; i < 7; i++)
        {
            market.Publish($"Paged {i} {(i % 2 == 0 ? "even" : "odd")}", $", @PriceModel = 'one_off', @Currency = 'CHF', @Price = {i / 2 + 1}, @Description = N'number {i}'");
        }

        foreach (string sort in new[] { "newest", "rating", "installs", "price", "title" })
        {
            var seen = new List<string>();
            string after = "NULL";
            while (true)
            {
                Answer page = Outsider.Run($"EXECUTE market.Search @Text = N'paged number', @Domain = N'chess', @Sort = '{sort}', @Limit = 3, @After = {after};");
                seen.AddRange(page.Rows.Select(row => row[1]!));
                if (page.Rows.Count < 3)
                {
                    break;
                }

                after = SqlText.Quote(page.Rows[^1][^1]!);
            }

            Assert.Equal(7, seen.Count);
            Assert.Equal(7, seen.Distinct().Count());
            if (sort == "title")
            {
                Assert.Equal(seen.Order(StringComparer.Ordinal), seen);
            }
        }

        Assert.Equal(4, Outsider.Run("EXECUTE market.Search @Text = N'EVEN paged';").Rows.Count);
        Assert.Equal(2, Outsider.Run("EXECUTE market.Search @Text = N'paged', @MinPrice = 2, @MaxPrice = 2.5, @Currency = 'CHF';").Rows.Count);
        Assert.Empty(Outsider.Run("EXECUTE market.Search @Text = N'paged', @Domain = N'law';").Rows);
        Assert.Empty(Outsider.Run("EXECUTE market.Search @Text = N'paged', @MinRating = 1;").Rows);
        Assert.Empty(Outsider.Run("EXECUTE market.Search @Text = N'pag%d';").Rows);
        Assert.Equal(50001, Outsider.Try("EXECUTE market.Search @After = N'nonsense';").Error);
        Assert.Equal(50001, Outsider.Try("EXECUTE market.Search @MaxPrice = 1;").Error);
    }

    [Fact]
    public void An_agent_that_changed_is_not_sold_until_it_is_published_again_and_buyers_get_the_new_weights()
    {
        market.MakeAgent("changing");
        string id = market.Publish("Changing", string.Empty, "changing");
        Buyer.Run($"EXECUTE market.Acquire '{id}', N'changing-1';");
        Seller.Run("EXECUTE factory.DistillAgent N'changing', @TextsPerDomain = 2;");
        Assert.Equal(50051, Outsider.Try($"EXECUTE market.Acquire '{id}', N'changing-2';").Error);
        Assert.Equal(50051, Seller.Try($"EXECUTE market.Publish '{id}';").Error);

        Seller.Run("EXECUTE factory.VerifyAgent N'changing', @TextsPerDomain = 2, @CompareRandom = 0;");
        Seller.Run($"EXECUTE market.Publish '{id}';");
        Assert.Equal("2", Outsider.Value($"SELECT version FROM market.listings WHERE listing_id = '{id}';"));
        Outsider.Run($"EXECUTE market.Acquire '{id}', N'changing-2';");
        Assert.NotEmpty(Buyer.Run("EXECUTE factory.RunAgent N'changing', N'The knight', 2;").Rows);
        Seller.Run($"EXECUTE market.Publish '{id}';");
        Assert.Equal("2", Outsider.Value($"SELECT version FROM market.listings WHERE listing_id = '{id}';"));
    }

    [Fact]
    public void Nothing_but_procedures_and_views_is_open_to_an_application_and_the_ledger_never_changes()
    {
        using var dbo = new Tenant(market.Database, null);
        string[] tables = [.. dbo.Run("SELECT name FROM sys.tables WHERE schema_id = SCHEMA_ID(N'market') ORDER BY name;").Rows.Select(row => row[0]!)];
        Assert.Equal(["Entitlement", "Listing", "ListingReview", "ListingSkill", "ListingVersion", "Report", "Run", "Sale", "SaleEntry"], tables);
        string id = market.Publish("Closed", ", @PriceModel = 'one_off', @Price = 7");
        Buyer.Run($"EXECUTE market.Acquire '{id}', N'closed-1';");
        foreach (string table in tables)
        {
            Assert.Equal(229, Buyer.Try($"SELECT COUNT(*) FROM market.{table};").Error);
            Assert.Equal(229, Buyer.Try($"DELETE FROM market.{table};").Error);
        }

        // Not even the owner of the database sees or changes rows while the policy is on.
        Assert.Equal("0", dbo.Value("SELECT COUNT(*) FROM market.Sale;"));
        Assert.Equal("0", dbo.Value("SELECT COUNT(*) FROM market.Entitlement;"));
        dbo.Run("GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA::market TO nina_service;");
        using var platform = new Tenant(market.Database, "nina_service");
        Assert.NotEqual("0", platform.Value("SELECT COUNT(*) FROM market.Entitlement;"));
        foreach (string table in new[] { "Sale", "SaleEntry", "ListingVersion", "ListingSkill", "Entitlement" })
        {
            Assert.NotEqual(0, platform.Try($"DELETE FROM market.{table};").Error);
        }

        Assert.NotEqual(0, platform.Try("UPDATE market.SaleEntry SET Amount = 0;").Error);
        dbo.Run("REVOKE SELECT, INSERT, UPDATE, DELETE ON SCHEMA::market FROM nina_service;");
    }
}
