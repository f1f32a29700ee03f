using System;
using System.Collections;
using System.Collections.Generic;
using System.Data.SqlTypes;
using System.Text;
using Microsoft.SqlServer.Server;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>SQL functions that describe components: what they write, what excites them, how skilled they are. Vectors cross as JSON arrays of 768 numbers.</summary>
public static class CapabilityFunctions
{
    private const int TopTokenCount = 8;
    private const int ContextsPerComponent = 3;
    private const string ModelKind = "model";

    /// <summary>The components of a model down to a granularity (neuron, head, layer), each with its write vector and top tokens; layers and the model have none.</summary>
    [SqlFunction(FillRowMethodName = nameof(FillComponent), TableDefinition = "kind nvarchar(10), layer int, component_index int, write_vector nvarchar(max), top_tokens nvarchar(max)")]
    public static IEnumerable Components([SqlFacet(MaxSize = -1)] SqlString manifest, SqlString granularity)
    {
        LanguageModel model = Manifest.Parse(manifest).Load();
        string finest = granularity.IsNull ? "neuron" : granularity.Value;
        NinaException.Require(finest == "neuron" || finest == "head" || finest == "layer", $"The granularity '{finest}' is none of neuron, head and layer.");

        var rows = new List<ComponentRow> { new ComponentRow(ModelKind, -1, 0) };
        var described = new List<ComponentRow>();
        var vectors = new List<float[]>();
        var writers = new WriteVectors(model);
        foreach (ComponentId id in new ComponentLayout(model).All())
        {
            if ((id.Kind == ComponentKind.Neuron && finest != "neuron") || (id.Kind == ComponentKind.Head && finest == "layer"))
            {
                continue;
            }

            var row = new ComponentRow(id.KindName, id.Layer, id.Index);
            rows.Add(row);
            float[]? vector = writers.Of(id);
            if (vector != null)
            {
                described.Add(row);
                vectors.Add(vector);
            }
        }

        if (vectors.Count > 0)
        {
            VectorProjection projection = VectorProjection.Fit(model.Config.HiddenSize, vectors);
            TopToken[][] tokens = writers.TopTokens(vectors, TopTokenCount, Environment.ProcessorCount);
            for (int i = 0; i < described.Count; i++)
            {
                described[i].Vector = VectorText(projection.Project(vectors[i]));
                described[i].TopTokens = TokensText(tokens[i]);
            }
        }

        return rows;
    }

    /// <summary>Fills a row of <see cref="Components"/>.</summary>
    public static void FillComponent(
        object row,
        out SqlString kind,
        out SqlInt32 layer,
        out SqlInt32 componentIndex,
        [SqlFacet(MaxSize = -1)] out SqlString writeVector,
        [SqlFacet(MaxSize = -1)] out SqlString topTokens)
    {
        var component = (ComponentRow)row;
        kind = component.Kind;
        layer = component.Layer < 0 ? SqlInt32.Null : new SqlInt32(component.Layer);
        componentIndex = component.Index;
        writeVector = component.Vector == null ? SqlString.Null : new SqlString(component.Vector);
        topTokens = component.TopTokens == null ? SqlString.Null : new SqlString(component.TopTokens);
    }

    /// <summary>Starts probing a model for domains (a JSON array of names); returns a handle for the other functions.</summary>
    [SqlFunction]
    public static SqlInt64 ProbeOpen([SqlFacet(MaxSize = -1)] SqlString manifest, [SqlFacet(MaxSize = -1)] SqlString domains)
    {
        LanguageModel model = Manifest.Parse(manifest).Load();
        return Probes.Open(new ProbeSession(model, TextFunctions.Texts(domains), null, ContextsPerComponent));
    }

    /// <summary>Runs the model on passages (a JSON array) of a domain; returns how many tokens the probe has seen in all.</summary>
    [SqlFunction]
    public static SqlInt64 ProbeTexts(SqlInt64 probe, SqlString domain, [SqlFacet(MaxSize = -1)] SqlString texts)
    {
        ProbeSession session = Probes.Session(probe);
        session.Add(domain.Value, TextFunctions.Texts(texts), Environment.ProcessorCount);
        return session.TokenCount;
    }

    /// <summary>A row a component and domain. Components that never varied have no skill and are left out.</summary>
    [SqlFunction(
        FillRowMethodName = nameof(FillSkill),
        TableDefinition = "kind nvarchar(10), layer int, component_index int, domain nvarchar(100), skill_level float, skill_lower float, skill_upper float, importance float, "
            + "firing_rate float, top_contexts nvarchar(max), method nvarchar(40), text_count int, other_text_count int, token_count bigint")]
    public static IEnumerable ProbeSkills(SqlInt64 probe) => Skills(Probes.Result(probe));

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
        topContexts = pair.Value == null ? SqlString.Null : new SqlString(pair.Value);
        method = "auroc-text-mean";
        textCount = skill.DomainTexts;
        otherTextCount = skill.OtherTexts;
        tokenCount = skill.DomainTokens;
    }

    /// <summary>A row a component: its meaning vector, and its top tokens with the sign that its activity gives the write vector.</summary>
    [SqlFunction(FillRowMethodName = nameof(FillComponent), TableDefinition = "kind nvarchar(10), layer int, component_index int, meaning_vector nvarchar(max), top_tokens nvarchar(max)")]
    public static IEnumerable ProbeMeanings(SqlInt64 probe)
    {
        ProbeResult result = Probes.Result(probe);
        LanguageModel model = Probes.Session(probe).Model;
        VectorProjection projection = Probes.Projection(probe);
        var writers = new WriteVectors(model);
        var rows = new List<ComponentRow>();
        var written = new List<ComponentRow>();
        var vectors = new List<float[]>();
        for (int c = 0; c < result.Layout.Count; c++)
        {
            ComponentId id = result.Layout[c];
            float[]? vector = writers.Of(id, result.Sign(c));
            if (vector == null)
            {
                continue;
            }

            var row = new ComponentRow(id.KindName, id.Layer, id.Index) { Vector = VectorText(projection.Project(result.MeaningVector(c))) };
            rows.Add(row);
            written.Add(row);
            vectors.Add(vector);
        }

        TopToken[][] tokens = writers.TopTokens(vectors, TopTokenCount, Environment.ProcessorCount);
        for (int i = 0; i < written.Count; i++)
        {
            written[i].TopTokens = TokensText(tokens[i]);
        }

        return rows;
    }

    /// <summary>What <see cref="EmbedText"/> needs to embed a query in the space of the meaning vectors; to be stored with them.</summary>
    [SqlFunction]
    public static SqlBytes ProbeSpace(SqlInt64 probe) => new SqlBytes(MeaningSpace.ToBytes(Probes.Result(probe).Embedder, Probes.Projection(probe)));

    /// <summary>Ends probing and frees its memory; false when it had ended.</summary>
    [SqlFunction]
    public static SqlBoolean ProbeClose(SqlInt64 probe) => Probes.Close(probe);

    /// <summary>
    /// A text as a vector of a model's embedding space, a JSON array of 768 numbers. With a space (from <see cref="ProbeSpace"/>) to be compared with meaning vectors;
    /// without one as the plain sum of its tokens' output rows, to be compared with write vectors.
    /// </summary>
    [SqlFunction]
    [return: SqlFacet(MaxSize = -1)]
    public static SqlString EmbedText([SqlFacet(MaxSize = -1)] SqlString manifest, SqlBytes space, [SqlFacet(MaxSize = -1)] SqlString text)
    {
        NinaException.Require(!text.IsNull, "The text is NULL.");
        LanguageModel model = Manifest.Parse(manifest).Load();
        return VectorText(space == null || space.IsNull
            ? MeaningSpace.EmbedWritten(model, text.Value)
            : MeaningSpace.Embed(model, space.Value, text.Value));
    }

    internal static string VectorText(float[] vector) => TensorFunctions.JsonArray(vector, 0, vector.Length);

    private static IEnumerable Skills(ProbeResult result)
    {
        for (int c = 0; c < result.Layout.Count; c++)
        {
            string? contexts = null;
            for (int d = 0; d < result.Domains.Count; d++)
            {
                SkillRow skill = result.Skill(c, d);
                if (!double.IsNaN(skill.SkillLevel))
                {
                    contexts = contexts ?? ContextsText(result.Contexts(c));
                    yield return new KeyValuePair<SkillRow, string?>(skill, contexts);
                }
            }
        }
    }

    private static string TokensText(TopToken[] tokens)
    {
        var items = new List<JsonValue>();
        foreach (TopToken token in tokens)
        {
            items.Add(JsonValue.NewObject().Set("token", JsonValue.Of(token.Text)).Set("z", JsonValue.Of(Math.Round(token.ZScore, 2))));
        }

        return JsonValue.OfItems(items).ToString();
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

    private sealed class ComponentRow
    {
        public ComponentRow(string kind, int layer, int index)
        {
            Kind = kind;
            Layer = layer;
            Index = index;
        }

        public string Kind { get; }

        public int Layer { get; }

        public int Index { get; }

        public string? Vector { get; set; }

        public string? TopTokens { get; set; }
    }
}
