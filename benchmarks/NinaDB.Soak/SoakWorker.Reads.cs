using System.Diagnostics;

namespace NinaDB.Soak;

/// <content>The acts that read, and what their answers may show.</content>
internal sealed partial class SoakWorker
{
    private void RunAgent()
    {
        if (Any(ItemKind.Agent) is not Item agent)
        {
            return;
        }

        long from = Stopwatch.GetTimestamp();
        (Answer answer, bool can, bool must) = Look(agent, $"EXECUTE factory.RunAgent '{agent.Id}', N'The knight', 2;");
        if (!Vanished(agent, answer, from) && Expect(answer, "run", 50007, 50011))
        {
            world.Expect(tenant.Index, "usage.recorded");
        }

        CheckVisible(agent, answer, 50007, can, must, "ran");
        CheckMissing(answer, 50007, $"There is no agent named '{agent.Id}'. SELECT name FROM factory.agents lists them.");
    }

    private void PeekModel()
    {
        if (Any(ItemKind.Model) is not Item model)
        {
            return;
        }

        long from = Stopwatch.GetTimestamp();
        (Answer answer, bool can, bool must) = Look(model, $"EXECUTE mqe.PeekTensor '{model.Id}', N'weight';");
        long to = Stopwatch.GetTimestamp();
        if (!Vanished(model, answer, from))
        {
            Expect(answer, "peek", 50003, 50005, 50028);
        }

        CheckVisible(model, answer, 50003, can, must, "peeked into");
        CheckMissing(answer, 50003, $"There is no model named '{model.Id}'. SELECT name FROM mqe.models lists them.");
        if (model.Owner != tenant.Index && answer.Error == 0 && !model.SharesWeights.During(from, to).CanBeTrue)
        {
            world.Violate($"{tenant.Name} read the weights of {model.Name}.");
        }
    }

    private void FindCapabilities()
    {
        // The base models are never shared: the own one answers, another's does not exist.
        SoakTenant other = AnyTenant();
        Answer answer = connection.Try($"EXECUTE mqe.FindCapabilities N'a game of chess', 3, '{other.BaseModelId}';");
        if (Expect(answer, "search", 50003))
        {
            world.Expect(tenant.Index, "usage.recorded");
        }

        if ((other.Index == tenant.Index) != (answer.Error == 0))
        {
            world.Violate($"{tenant.Name} searched {other.BaseModel}: {answer.Error} {answer.Message}");
        }
        else if (answer.Error == 0 && answer.Rows.Count != 3)
        {
            world.Violate($"{tenant.Name} got {answer.Rows.Count} of 3 components.");
        }
    }

    private void SearchMarket()
    {
        long from = Stopwatch.GetTimestamp();
        Answer answer = connection.Try("EXECUTE market.Search @Text = N'listing', @Domain = N'chess', @Sort = 'title', @Limit = 200;");
        long to = Stopwatch.GetTimestamp();
        if (Expect(answer, "search the market"))
        {
            world.Expect(tenant.Index, "usage.recorded");
            CheckNames(ItemKind.Listing, answer, 1, from, to, l => l.IsPublic.During(from, to) is var (t, f) ? (t, !f) : default, answer.Rows.Count < 200);
        }
    }

    private void ReadModels()
    {
        ReadNames(ItemKind.Model, "SELECT name FROM mqe.models WHERE name LIKE N'Model-%';");

        // The parts of a model are as visible as the model.
        ReadNames(ItemKind.Model, "SELECT DISTINCT model_name FROM mqe.tensors WHERE model_name LIKE N'Model-%';");
    }

    private void ReadAgents()
    {
        ReadNames(ItemKind.Agent, "SELECT name FROM factory.agents;");

        // The weights of an agent are a model; it is there once the agent was distilled.
        ReadNames(ItemKind.Agent, "SELECT SUBSTRING(name, 7, 200) FROM mqe.models WHERE name LIKE N'agent/%';", isComplete: false);
    }

    private void ReadListings()
    {
        long from = Stopwatch.GetTimestamp();
        Answer answer = connection.Run("SELECT title FROM market.listings;");
        long to = Stopwatch.GetTimestamp();
        CheckNames(ItemKind.Listing, answer, 0, from, to, l => l.IsPublic.During(from, to) is var (t, f) ? (t, !f) : default);

        from = Stopwatch.GetTimestamp();
        answer = connection.Run("SELECT title FROM market.my_listings;");
        to = Stopwatch.GetTimestamp();
        CheckNames(ItemKind.Listing, answer, 0, from, to, l => l.Owner == tenant.Index && l.Exists.During(from, to) is var (t, f) ? (t, !f) : (false, false));
    }

    private void ReadAcquisitions()
    {
        long from = Stopwatch.GetTimestamp();
        Answer answer = connection.Run("SELECT title FROM market.my_acquisitions WHERE status = 'in_force';");
        long to = Stopwatch.GetTimestamp();
        CheckNames(ItemKind.Listing, answer, 0, from, to, l => l.HeldBy(tenant.Index).During(from, to) is var (t, f) ? (t, !f) : default);
    }

    /// <summary>A query whose error would tell that a hidden row exists.</summary>
    private void ProbeForHidden()
    {
        if (Any(ItemKind.Model) is not Item model)
        {
            return;
        }

        string query = _random.Next(3) switch
        {
            0 => $"SELECT COUNT(*) FROM mqe.models WHERE 1 / (CASE WHEN name = N'{model.Name}' THEN 0 ELSE 1 END) = 1;",
            1 => $"SELECT COUNT(*) FROM mqe.models WHERE CAST(CASE WHEN name = N'{model.Name}' THEN N'x' ELSE N'1' END AS int) = 1;",
            _ => $"SELECT SUM(1 / (CASE WHEN t.model_name = N'{model.Name}' THEN 0 ELSE 1 END)) FROM mqe.tensors AS t;",
        };
        (Answer answer, bool can, _) = Look(model, query);
        if (answer.Error != 0 && !can)
        {
            world.Violate($"{tenant.Name} learned by error {answer.Error} that {model.Name} exists.");
        }
    }

    private void ReadNames(ItemKind kind, string query, bool isComplete = true)
    {
        long from = Stopwatch.GetTimestamp();
        Answer answer = connection.Run(query);
        long to = Stopwatch.GetTimestamp();
        CheckNames(kind, answer, 0, from, to, item => item.VisibleTo(tenant.Index, from, to), isComplete);
    }

    private (Answer Answer, bool Can, bool Must) Look(Item item, string text)
    {
        long from = Stopwatch.GetTimestamp();
        Answer answer = connection.Try(text);
        (bool can, bool must) = item.VisibleTo(tenant.Index, from, Stopwatch.GetTimestamp());
        return (answer, can, must);
    }

    private void CheckVisible(Item item, Answer answer, int missing, bool can, bool must, string act)
    {
        world.Count("answers checked");
        if (!can && answer.Error != missing)
        {
            world.Violate($"{tenant.Name} {act} or learned of {item.Name}, which it may not see: {answer.Error} {answer.Message}");
        }

        if (must && answer.Error == missing)
        {
            world.Violate($"{tenant.Name} did not find {item.Name}, which it may see.");
        }
    }

    /// <summary>Each name that came may be seen, none twice, and each that must be seen came.</summary>
    private void CheckNames(ItemKind kind, Answer answer, int column, long from, long to, Func<Item, (bool Can, bool Must)> visible, bool isComplete = true)
    {
        world.Count("answers checked");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (string?[] row in answer.Rows)
        {
            string name = row[column]!;
            if (!names.Add(name))
            {
                world.Violate($"{tenant.Name} saw {name} twice.");
            }

            if (world.Find(name) is not Item item)
            {
                world.Violate($"{tenant.Name} saw {name}, which is gone or never was.");
            }
            else if (!visible(item).Can)
            {
                world.Violate($"{tenant.Name} saw {name}, which it may not see.");
            }
        }

        if (isComplete)
        {
            foreach (Item item in world.Items(kind).Where(item => !names.Contains(item.Name) && visible(item).Must))
            {
                world.Violate($"{tenant.Name} did not see {item.Name}, which it may see ({(to - from) / (Stopwatch.Frequency / 1000)} ms).");
            }
        }
    }
}
