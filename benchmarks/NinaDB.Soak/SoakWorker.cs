using System.Diagnostics;
using System.Globalization;
using NinaDB.Cli;

namespace NinaDB.Soak;

/// <summary>One session that acts at random for its tenant, and checks every answer against what its tenant may see.</summary>
internal sealed partial class SoakWorker(World world, SoakTenant tenant, Tenant connection, IReadOnlyList<SoakTenant> tenants, Platform platform, string modelFile, int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Acts until told to stop.</summary>
    public void Run(CancellationToken stop)
    {
        (int Weight, Action Act)[] acts =
        [
            (6, IngestModel), (6, ShareModel), (4, DropModel), (1, MakeAgent), (3, ShareAgent), (2, DropAgent), (4, Publish), (3, Unpublish), (6, Acquire), (4, CancelAcquisition), (2, Refund), (1, Suspend),
            (8, RunAgent), (6, PeekModel), (4, FindCapabilities), (6, SearchMarket), (10, ReadModels), (10, ReadAgents), (8, ReadListings), (6, ReadAcquisitions), (4, ProbeForHidden),
        ];
        int total = acts.Sum(act => act.Weight);
        while (!stop.IsCancellationRequested)
        {
            int pick = _random.Next(total);
            foreach ((int weight, Action act) in acts)
            {
                pick -= weight;
                if (pick < 0)
                {
                    act();
                    world.Count(act.Method.Name);
                    break;
                }
            }
        }
    }

    /// <summary>Makes a verified agent from the tenant's base model.</summary>
    public void MakeAgent()
    {
        Item agent = world.Add(ItemKind.Agent, tenant.Index);
        Change change = agent.Exists.Begin(true);
        if (!Expect(connection.Try($"EXECUTE factory.AssembleAgent @Agent = N'{agent.Name}', @Domains = N'chess', @Model = N'{tenant.BaseModel}', @KeepFraction = 0.1, @MaxLossIncrease = 1000;"), "assemble"))
        {
            agent.Exists.Cancel(change);
            return;
        }

        agent.Id = connection.Value($"SELECT agent_id FROM factory.agents WHERE name = N'{agent.Name}';");
        agent.Exists.Commit(change);
        world.Expect(tenant.Index, "agent.assembled");

        // Another session of the tenant may drop it meanwhile.
        if (Expect(connection.Try($"EXECUTE factory.DistillAgent N'{agent.Name}', @TextsPerDomain = 2;"), "distil", 50007))
        {
            world.Expect(tenant.Index, "agent.distilled");
            long from = Stopwatch.GetTimestamp();
            Answer verified = connection.Try($"EXECUTE factory.VerifyAgent N'{agent.Name}', @TextsPerDomain = 1, @CompareRandom = 0;");
            if (!Vanished(agent, verified, from) && Expect(verified, "verify", 50007))
            {
                world.Expect(tenant.Index, "agent.verified");
            }
        }
    }

    private void IngestModel()
    {
        Item model = world.Add(ItemKind.Model, tenant.Index);
        Change change = model.Exists.Begin(true);
        if (Expect(connection.Try($"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(modelFile)}, @Name = N'{model.Name}';"), "ingest"))
        {
            model.Id = connection.Value($"SELECT model_id FROM mqe.models WHERE name = N'{model.Name}';");
            model.Exists.Commit(change);
            world.Expect(tenant.Index, "model.ingested");
        }
        else
        {
            model.Exists.Cancel(change);
        }
    }

    private void ShareModel()
    {
        if (Own(ItemKind.Model) is not Item model)
        {
            return;
        }

        bool isPublic = _random.Next(2) == 0;
        bool weights = isPublic && _random.Next(2) == 0;
        Change visible = model.IsPublic.Begin(isPublic);
        Change shares = model.SharesWeights.Begin(weights);
        bool done = Expect(connection.Try($"EXECUTE mqe.ShareModel N'{model.Name}', '{(isPublic ? "public" : "tenant")}', {(weights ? 1 : 0)};"), "share model", 50003);
        Settle(model.IsPublic, visible, done);
        Settle(model.SharesWeights, shares, done);
    }

    private void DropModel()
    {
        if (Own(ItemKind.Model) is not Item model)
        {
            return;
        }

        Change change = model.Exists.Begin(false);
        bool done = Expect(connection.Try($"EXECUTE mqe.DropModel N'{model.Name}';"), "drop model", 50003);
        Settle(model.Exists, change, done);
        if (done)
        {
            world.Expect(tenant.Index, "model.dropped");
        }
    }

    private void ShareAgent()
    {
        if (Own(ItemKind.Agent) is not Item agent)
        {
            return;
        }

        bool isPublic = _random.Next(2) == 0;
        Change change = agent.IsPublic.Begin(isPublic);
        Settle(agent.IsPublic, change, Expect(connection.Try($"EXECUTE factory.ShareAgent N'{agent.Name}', '{(isPublic ? "public" : "tenant")}';"), "share agent", 50007));
    }

    private void DropAgent()
    {
        if (Own(ItemKind.Agent) is not Item agent)
        {
            return;
        }

        using Lock.Scope gate = agent.Gate.EnterScope();
        Item[] listings = [.. agent.Listings];
        Change change = agent.Exists.Begin(false);
        Change[] hidden = [.. listings.Select(l => l.IsPublic.Begin(false))];
        bool done = Expect(connection.Try($"EXECUTE factory.DropAgent N'{agent.Name}';"), "drop agent", 50007, 50057);
        Settle(agent.Exists, change, done);
        for (int i = 0; i < listings.Length; i++)
        {
            Settle(listings[i].IsPublic, hidden[i], done);
        }

        if (done)
        {
            world.Expect(tenant.Index, "agent.dropped");
        }
    }

    private void Publish()
    {
        if (Own(ItemKind.Agent) is not Item agent)
        {
            return;
        }

        using Lock.Scope gate = agent.Gate.EnterScope();
        Item? listing = Own(ItemKind.Listing, l => l.Agent == agent);
        if (listing is null)
        {
            listing = world.Add(ItemKind.Listing, tenant.Index, agent);
            Change made = listing.Exists.Begin(true);
            string terms = _random.Next(3) switch
            {
                0 => string.Empty,
                1 => ", @PriceModel = 'one_off', @Price = 3.3333",
                _ => ", @PriceModel = 'per_token', @Price = 0.1",
            };
            Answer answer = connection.Try($"EXECUTE market.CreateListing @Title = N'{listing.Name}', @Agent = N'{agent.Name}', @License = N'MIT'{terms};");
            listing.Id = answer.Value;
            bool created = Expect(answer, "create listing", 50007);
            Settle(listing.Exists, made, created);
            if (!created)
            {
                return;
            }
        }

        Change change = listing.IsPublic.Begin(true);
        bool done = Expect(connection.Try($"EXECUTE market.Publish '{listing.Id}';"), "publish", 50051, 50052);
        Settle(listing.IsPublic, change, done);
        if (done)
        {
            world.Expect(tenant.Index, "listing.published");
        }
    }

    private void Unpublish()
    {
        if (Own(ItemKind.Listing) is not Item listing)
        {
            return;
        }

        using Lock.Scope gate = listing.Agent!.Gate.EnterScope();
        Change change = listing.IsPublic.Begin(false);
        Settle(listing.IsPublic, change, Expect(connection.Try($"EXECUTE market.Unpublish '{listing.Id}';"), "unpublish", 50052));
    }

    private void Acquire()
    {
        if (Any(ItemKind.Listing) is not Item listing)
        {
            return;
        }

        Fact held = listing.HeldBy(tenant.Index);
        Change change = held.Begin(true);
        long from = Stopwatch.GetTimestamp();
        Answer answer = connection.Try($"EXECUTE market.Acquire '{listing.Id}', N'{Guid.NewGuid()}';");
        long to = Stopwatch.GetTimestamp();
        (bool can, bool must) = listing.IsPublic.During(from, to) is var (t, f) ? (t, !f) : default;
        bool done = Expect(answer, "acquire", 50050, 50051, 50052, 50054);
        Settle(held, change, done);
        if (done)
        {
            world.Expect(tenant.Index, "listing.acquired");
            world.Expect(listing.Owner, "listing.sold");
        }

        if (listing.Owner != tenant.Index)
        {
            if (!can && answer.Error != 50050)
            {
                world.Violate($"{tenant.Name} acquired or learned of {listing.Name}, which is not published: {answer.Error} {answer.Message}");
            }

            if (must && answer.Error == 50050)
            {
                world.Violate($"{tenant.Name} did not find {listing.Name}, which is published.");
            }

            CheckMissing(answer, 50050, $"There is no listing '{listing.Id}'. SELECT listing_id, title FROM market.listings lists what is published.");
        }
    }

    private void CancelAcquisition()
    {
        IReadOnlyList<string?[]> held = connection.Run("SELECT acquisition_id, title FROM market.my_acquisitions WHERE status = 'in_force';").Rows;
        if (held.Count == 0)
        {
            return;
        }

        string?[] pick = held[_random.Next(held.Count)];
        if (world.Find(pick[1]!) is not Item listing)
        {
            world.Violate($"{tenant.Name} holds {pick[1]}, which nobody made.");
            return;
        }

        Fact fact = listing.HeldBy(tenant.Index);
        Change change = fact.Begin(false);
        Settle(fact, change, Expect(connection.Try($"EXECUTE market.Cancel '{pick[0]}';"), "cancel", 50058));
    }

    private void Refund()
    {
        IReadOnlyList<string?[]> sales = connection.Run("SELECT sale_id, title FROM market.my_sales WHERE kind = 'acquisition';").Rows;
        if (sales.Count == 0)
        {
            return;
        }

        string?[] sale = sales[_random.Next(sales.Count)];
        int buyer = tenants.First(t => t.TenantId == platform.BuyerOf(sale[0]!)).Index;
        Fact held = world.Find(sale[1]!)!.HeldBy(buyer);
        Change change = held.Begin(false);

        // An acquisition that ended before: money goes back, rights stay as they are. Asked after the act began, so that an end in between counts as overlapping.
        bool endsRight = platform.IsInForce(sale[0]!);
        bool done = Expect(connection.Try($"EXECUTE market.Refund '{sale[0]}', N'soak';"), "refund", 50058);
        Settle(held, change, done && endsRight);
        if (done)
        {
            world.Expect(buyer, "listing.refunded");
        }
    }

    /// <summary>The platform's administrators take a listing down, or reinstate it.</summary>
    private void Suspend()
    {
        if (Any(ItemKind.Listing) is not Item listing)
        {
            return;
        }

        using Lock.Scope gate = listing.Agent!.Gate.EnterScope();
        if (_random.Next(2) == 0)
        {
            Expect(platform.Administer($"EXECUTE market.Reinstate '{listing.Id}';"), "reinstate", 50052);
            return;
        }

        bool revokes = _random.Next(2) == 0;
        Change hidden = listing.IsPublic.Begin(false);
        (Fact Fact, Change Change)[] rights = revokes ? [.. tenants.Select(t => listing.HeldBy(t.Index)).Select(fact => (fact, fact.Begin(false)))] : [];
        bool done = Expect(platform.Administer($"EXECUTE market.Suspend '{listing.Id}', N'soak', {(revokes ? 1 : 0)};"), "suspend");
        Settle(listing.IsPublic, hidden, done);
        foreach ((Fact fact, Change change) in rights)
        {
            Settle(fact, change, done);
        }
    }

    private Item? Own(ItemKind kind, Func<Item, bool>? filter = null) => Pick(kind, item => item.Owner == tenant.Index && (filter is null || filter(item)));

    private Item? Any(ItemKind kind) => Pick(kind, _ => true);

    private Item? Pick(ItemKind kind, Func<Item, bool> filter)
    {
        long now = Stopwatch.GetTimestamp();
        Item[] items = [.. world.Items(kind).Where(item => item.Id is not null && filter(item) && (item.Exists.During(now, now).CanBeTrue || _random.Next(8) == 0))];
        return items.Length == 0 ? null : items[_random.Next(items.Length)];
    }

    private SoakTenant AnyTenant() => tenants[_random.Next(tenants.Count)];

    private static void Settle(Fact fact, Change change, bool done)
    {
        if (done)
        {
            fact.Commit(change);
        }
        else
        {
            fact.Cancel(change);
        }
    }

    /// <summary>True when the act succeeded; a refusal that is not one of the allowed is a violation.</summary>
    private bool Expect(Answer answer, string act, params int[] refusals)
    {
        if (answer.Error == 0)
        {
            return true;
        }

        if (!refusals.Contains(answer.Error))
        {
            world.Violate(string.Create(CultureInfo.InvariantCulture, $"{tenant.Name}: {act}: Msg {answer.Error}: {answer.Message}"));
        }

        return false;
    }

    /// <summary>The item was dropped while the act read its weights: the file is gone (51001), and nobody can be blamed.</summary>
    private static bool Vanished(Item item, Answer answer, long from) => answer.Error == 51001 && item.Exists.During(from, Stopwatch.GetTimestamp()).CanBeFalse;

    /// <summary>The words for what is hidden are those for what does not exist.</summary>
    private void CheckMissing(Answer answer, int number, string message)
    {
        if (answer.Error == number && !string.Equals(answer.Message, message, StringComparison.OrdinalIgnoreCase))
        {
            world.Violate($"{tenant.Name}: '{answer.Message}' tells more than '{message}'.");
        }
    }
}
