using System;
using System.Collections;
using System.Collections.Generic;
using System.Data.SqlTypes;
using Microsoft.SqlServer.Server;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Json;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>SQL functions that run a model on probe passages and tell what its components do: how skilled they are, what excites them, how experts are used.</summary>
public static class ProbeFunctions
{
    private const int ContextsPerComponent = 3;

    /// <summary>
    /// Starts probing a model for domains (a JSON array of names); returns a handle for the other functions. What it learns is kept in a file that belongs to
    /// <paramref name="owner"/> (the model's id and content hash), so that a probe that was killed is gone on with.
    /// </summary>
    [SqlFunction]
    public static SqlInt64 ProbeOpen([SqlFacet(MaxSize = -1)] SqlString manifest, [SqlFacet(MaxSize = -1)] SqlString domains, SqlString granularity, SqlString owner)
    {
        LanguageModel model = Manifest.Parse(manifest).Load();
        var layout = new ComponentLayout(model, 0, -1, Granularity.Parse(granularity.IsNull ? "neuron" : granularity.Value));
        return Probes.Open(owner.Value, () => ProbeSession.Resumable(model, TextFunctions.Texts(domains), owner.Value, layout, ContextsPerComponent));
    }

    /// <summary>Runs the model on passages (a JSON array) of a domain; returns how many tokens they have.</summary>
    [SqlFunction]
    public static SqlInt64 ProbeTexts(SqlInt64 probe, SqlString domain, [SqlFacet(MaxSize = -1)] SqlString texts)
    {
        ProbeSession session = Probes.Session(probe);
        long before = session.TokenCount;
        session.Add(domain.Value, TextFunctions.Texts(texts), Environment.ProcessorCount);
        return session.TokenCount - before;
    }

    /// <summary>How many passages an earlier run that did not end had done already.</summary>
    [SqlFunction]
    public static SqlInt32 ProbeResumed(SqlInt64 probe) => Probes.Session(probe).ResumedCount;

    /// <summary>How well the model predicts held-out passages (a JSON array): one row (total_nats, token_count).</summary>
    [SqlFunction(FillRowMethodName = nameof(FillLoss), TableDefinition = "total_nats float, token_count bigint")]
    public static IEnumerable ProbeLoss(SqlInt64 probe, [SqlFacet(MaxSize = -1)] SqlString texts)
        => new[] { Probes.Session(probe).Score(TextFunctions.Texts(texts), Environment.ProcessorCount) };

    /// <summary>Fills a row of <see cref="ProbeLoss"/>.</summary>
    public static void FillLoss(object row, out SqlDouble totalNats, out SqlInt64 tokenCount)
    {
        var score = (TextScore)row;
        totalNats = score.Nats;
        tokenCount = score.TokenCount;
    }

    /// <summary>A row a component and domain. Components that never varied have no skill and are left out.</summary>
    [SqlFunction(
        FillRowMethodName = nameof(FillSkill),
        TableDefinition = "kind nvarchar(10), layer int, component_index int, domain nvarchar(100), skill_level float, skill_lower float, skill_upper float, importance float, "
            + "firing_rate float, mean_activation float, top_contexts nvarchar(max), method nvarchar(40), text_count int, other_text_count int, token_count bigint")]
    public static IEnumerable ProbeSkills(SqlInt64 probe) => Skills(Probes.Evaluation(probe));

    /// <summary>Fills a row of <see cref="ProbeSkills"/>.</summary>
    public static void FillSkill(
        object row,
        out SqlString kind,
        out SqlInt32 layer,
        out SqlInt32 componentIndex,
        out SqlString domain,
        out SqlDouble skillLevel,
        out SqlDouble skillLower,
        out SqlDouble skillUpper,
        out SqlDouble importance,
        out SqlDouble firingRate,
        out SqlDouble meanActivation,
        [SqlFacet(MaxSize = -1)] out SqlString topContexts,
        out SqlString method,
        out SqlInt32 textCount,
        out SqlInt32 otherTextCount,
        out SqlInt64 tokenCount)
    {
        var pair = (KeyValuePair<SkillRow, string?>)row;
        SkillRow skill = pair.Key;
        kind = skill.Component.KindName;
        layer = skill.Component.Layer;
        componentIndex = skill.Component.Index;
        domain = skill.Domain;
        skillLevel = skill.SkillLevel;
        skillLower = TensorFunctions.Finite(skill.SkillLower);
        skillUpper = TensorFunctions.Finite(skill.SkillUpper);
        importance = TensorFunctions.Finite(skill.Importance);
        firingRate = TensorFunctions.Finite(skill.FiringRate);
        meanActivation = TensorFunctions.Finite(skill.MeanActivation);
        topContexts = pair.Value == null ? SqlString.Null : new SqlString(pair.Value);
        method = "auroc-text-mean";
        textCount = skill.DomainTexts;
        otherTextCount = skill.OtherTexts;
        tokenCount = skill.DomainTokens;
    }

    /// <summary>A row an expert and domain: how the router uses it. No row for a model without experts.</summary>
    [SqlFunction(
        FillRowMethodName = nameof(FillUsage),
        TableDefinition = "layer int, expert int, domain nvarchar(100), is_shared bit, token_count bigint, usage_share float, mean_gate_weight float, "
            + "routing_skill float, routing_lower float, routing_upper float")]
    public static IEnumerable ProbeExpertUsage(SqlInt64 probe) => Usage(Probes.Evaluation(probe));

    /// <summary>Fills a row of <see cref="ProbeExpertUsage"/>.</summary>
    public static void FillUsage(
        object row,
        out SqlInt32 layer,
        out SqlInt32 expert,
        out SqlString domain,
        out SqlBoolean isShared,
        out SqlInt64 tokenCount,
        out SqlDouble usageShare,
        out SqlDouble meanGateWeight,
        out SqlDouble routingSkill,
        out SqlDouble routingLower,
        out SqlDouble routingUpper)
    {
        var pair = (KeyValuePair<SkillRow, bool>)row;
        SkillRow usage = pair.Key;
        layer = usage.Component.Layer;
        expert = usage.Component.Index;
        domain = usage.Domain;
        isShared = pair.Value;
        tokenCount = usage.DomainTokens;
        usageShare = Math.Min(1, usage.FiringRate);
        meanGateWeight = TensorFunctions.Finite(usage.MeanGateWeight);
        routingSkill = TensorFunctions.Finite(usage.RoutingSkill);
        routingLower = TensorFunctions.Finite(usage.RoutingLower);
        routingUpper = TensorFunctions.Finite(usage.RoutingUpper);
    }

    /// <summary>
    /// A row a component: its meaning vector, and its top tokens with the sign that its activity gives the write vector (NULL where they are computed on demand).
    /// </summary>
    [SqlFunction(FillRowMethodName = nameof(FillComponent), TableDefinition = "kind nvarchar(10), layer int, component_index int, meaning_vector nvarchar(max), top_tokens nvarchar(max)")]
    public static IEnumerable ProbeMeanings(SqlInt64 probe) => Meanings(Probes.Evaluation(probe), Probes.Projection(probe));

    /// <summary>Fills a row of <see cref="ProbeMeanings"/>.</summary>
    public static void FillComponent(
        object row,
        out SqlString kind,
        out SqlInt32 layer,
        out SqlInt32 componentIndex,
        [SqlFacet(MaxSize = -1)] out SqlString meaningVector,
        [SqlFacet(MaxSize = -1)] out SqlString topTokens)
        => ComponentRow.Fill(row, out kind, out layer, out componentIndex, out meaningVector, out topTokens);

    /// <summary>What <see cref="CapabilityFunctions.EmbedText"/> needs to embed a query in the space of the meaning vectors; to be stored with them.</summary>
    [SqlFunction]
    public static SqlBytes ProbeSpace(SqlInt64 probe) => new SqlBytes(MeaningSpace.ToBytes(Probes.Evaluation(probe).Embedder, Probes.Projection(probe)));

    /// <summary>
    /// Lays the meaning vectors out at their full length in a file of a new work folder, and returns the folder; NULL where the VECTOR column holds them without loss: vectors
    /// of at most 768 numbers, or sums of at most 768 text embeddings.
    /// </summary>
    [SqlFunction]
    public static SqlString ProbeVectors(SqlInt64 probe)
    {
        ProbeEvaluation evaluation = Probes.Evaluation(probe);
        VectorProjection projection = Probes.Projection(probe);
        return evaluation.LosesByProjection
            ? CapabilityFunctions.InWorkFolder(path => VectorSegment.Write(path, evaluation.Layout, projection, FullMeanings(evaluation)))
            : SqlString.Null;
    }

    /// <summary>Ends probing and frees what it holds; false when it had ended. Completed: nobody will go on with it, so that its file is deleted.</summary>
    [SqlFunction]
    public static SqlBoolean ProbeClose(SqlInt64 probe, SqlBoolean completed) => Probes.Close(probe, completed.IsTrue);

    private static IEnumerable<KeyValuePair<SkillRow, string?>> Skills(ProbeEvaluation evaluation)
    {
        foreach (ProbeBlock block in evaluation.Blocks(true, MeaningMode.None, null, Environment.ProcessorCount))
        {
            for (int c = 0; c < block.Count; c++)
            {
                string? contexts = null;
                for (int d = 0; d < evaluation.Domains.Count; d++)
                {
                    SkillRow skill = evaluation.Skill(block, c, d);
                    if (!double.IsNaN(skill.SkillLevel))
                    {
                        contexts ??= ContextsText(evaluation.Contexts(block, c));
                        yield return new KeyValuePair<SkillRow, string?>(skill, contexts);
                    }
                }
            }
        }
    }

    private static IEnumerable<KeyValuePair<SkillRow, bool>> Usage(ProbeEvaluation evaluation)
    {
        foreach (ProbeBlock block in evaluation.ExpertBlocks())
        {
            for (int c = 0; c < block.Count; c++)
            {
                for (int d = 0; d < evaluation.Domains.Count; d++)
                {
                    SkillRow row = evaluation.Skill(block, c, d);
                    bool isShared = row.Component.Index == evaluation.Model.Weights.Layers[row.Component.Layer].Mixture!.Experts.Count;
                    if (row.DomainTokens > 0)
                    {
                        yield return new KeyValuePair<SkillRow, bool>(row, isShared);
                    }
                }
            }
        }
    }

    private static IEnumerable<ComponentRow> Meanings(ProbeEvaluation evaluation, VectorProjection projection)
    {
        var writers = new WriteVectors(evaluation.Model);
        int hidden = evaluation.Model.Config.HiddenSize;
        using IEnumerator<WriteTile> tiles = writers.Tiles(evaluation.Layout, Environment.ProcessorCount).GetEnumerator();
        bool allTokens = CapabilityFunctions.TokensAhead(evaluation.Model, evaluation.Layout.Count);
        foreach (ProbeBlock block in evaluation.Blocks(false, MeaningMode.Projected, projection, Environment.ProcessorCount))
        {
            var written = new List<ComponentRow>();
            var vectors = new List<float[]>();
            var rows = new List<ComponentRow>(block.Count);
            for (int c = 0; c < block.Count; c++)
            {
                ComponentId id = evaluation.Layout[block.First + c];
                if (id.Kind == ComponentKind.Layer)
                {
                    continue;
                }

                var row = new ComponentRow(id)
                {
                    Vector = TensorFunctions.JsonArray(block.Meaning!, c * VectorProjection.StoredDimension, VectorProjection.StoredDimension),
                };
                rows.Add(row);
                if (allTokens || id.Kind != ComponentKind.Neuron)
                {
                    written.Add(row);
                    vectors.Add(Written(tiles, block.First + c, hidden, evaluation.Sign(block, c)));
                }
            }

            TopToken[][] tokens = writers.TopTokens(vectors, CapabilityFunctions.TopTokenCount, Environment.ProcessorCount);
            for (int i = 0; i < written.Count; i++)
            {
                written[i].TopTokens = ComponentRow.TokensText(tokens[i]);
            }

            foreach (ComponentRow row in rows)
            {
                yield return row;
            }
        }
    }

    /// <summary>The write vector at a position, of tiles that are gone through in order: weights are read once.</summary>
    private static float[] Written(IEnumerator<WriteTile> tiles, int position, int hidden, int sign)
    {
        while (tiles.Current.Vectors == null || position >= tiles.Current.First + tiles.Current.Count)
        {
            tiles.MoveNext();
        }

        float[] vector = new float[hidden];
        Array.Copy(tiles.Current.Vectors, (long)(position - tiles.Current.First) * hidden, vector, 0, hidden);
        return sign < 0 ? Array.ConvertAll(vector, v => -v) : vector;
    }

    private static IEnumerable<WriteTile> FullMeanings(ProbeEvaluation evaluation)
    {
        foreach (ProbeBlock block in evaluation.Blocks(false, MeaningMode.Full, null, Environment.ProcessorCount))
        {
            yield return new WriteTile(block.First, block.Count, block.Meaning!);
        }
    }

    private static string ContextsText(IEnumerable<ContextRow> contexts)
    {
        var items = new List<JsonValue>();
        foreach (ContextRow context in contexts)
        {
            items.Add(JsonValue.NewObject()
                .Set("domain", JsonValue.Of(context.Domain))
                .Set("before", JsonValue.Of(context.Before))
                .Set("token", JsonValue.Of(context.Token))
                .Set("after", JsonValue.Of(context.After))
                .Set("activation", JsonValue.Of(Math.Round(context.Activation, 4))));
        }

        return JsonValue.OfItems(items).ToString();
    }
}
