using System;
using System.Collections;
using System.Collections.Generic;
using System.Data.SqlTypes;
using System.IO;
using Microsoft.SqlServer.Server;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>SQL functions that describe components by what they write, and find them by vectors. Vectors cross as JSON arrays of 768 numbers.</summary>
public static unsafe class CapabilityFunctions
{
    internal const int TopTokenCount = 8;
    private const string ModelKind = "model";
    private const int ProjectionChunk = 64;

    /// <summary>
    /// Multiplications that the top tokens of all neurons may cost when they are computed ahead: about a minute on two cores. A larger model's are
    /// computed when somebody looks at them (<see cref="TopTokens"/>).
    /// </summary>
    private const double TopTokenBudget = 2e12;

    /// <summary>The granularity that a model of this size is described in unless somebody asks for another; from its configuration alone.</summary>
    [SqlFunction]
    public static SqlString DefaultGranularity([SqlFacet(MaxSize = -1)] SqlString manifest)
        => Granularity.NameOf(Granularity.Default(ModelConfig.Of(Manifest.Parse(manifest).Open())));

    /// <summary>
    /// The components of a model down to a granularity (neuron, expert, head, layer), each with its write vector and top tokens; layers and the model have none.
    /// <paramref name="segment"/>: the file from <see cref="LayOutVectors"/>, whose projection is used; NULL for a model that needs none.
    /// </summary>
    [SqlFunction(FillRowMethodName = nameof(FillComponent), TableDefinition = "kind nvarchar(10), layer int, component_index int, write_vector nvarchar(max), top_tokens nvarchar(max)")]
    public static IEnumerable Components([SqlFacet(MaxSize = -1)] SqlString manifest, SqlString granularity, SqlString segment)
    {
        LanguageModel model = Manifest.Parse(manifest).Load();
        var layout = new ComponentLayout(model, 0, -1, Granularity.Parse(granularity.IsNull ? "neuron" : granularity.Value));
        return Describe(model, layout, segment.IsNull ? null : segment.Value);
    }

    /// <summary>Fills a row of <see cref="Components"/>.</summary>
    public static void FillComponent(
        object row,
        out SqlString kind,
        out SqlInt32 layer,
        out SqlInt32 componentIndex,
        [SqlFacet(MaxSize = -1)] out SqlString writeVector,
        [SqlFacet(MaxSize = -1)] out SqlString topTokens)
        => ComponentRow.Fill(row, out kind, out layer, out componentIndex, out writeVector, out topTokens);

    /// <summary>
    /// Lays the write vectors of a model out one after the other in a file of a new work folder, and returns the folder; NULL for a model whose vectors fit a VECTOR column
    /// as they are. Remove it with <c>clr.DeleteWorkFolder</c>.
    /// </summary>
    [SqlFunction]
    public static SqlString LayOutVectors([SqlFacet(MaxSize = -1)] SqlString manifest, SqlString granularity)
    {
        LanguageModel model = Manifest.Parse(manifest).Load();
        if (model.Config.HiddenSize <= VectorProjection.StoredDimension)
        {
            return SqlString.Null;
        }

        var layout = new ComponentLayout(model, 0, -1, Granularity.Parse(granularity.IsNull ? "neuron" : granularity.Value));
        var writers = new WriteVectors(model);
        return InWorkFolder(path => VectorSegment.Write(path, layout, writers.FitProjection(Environment.ProcessorCount), writers.Tiles(layout, Environment.ProcessorCount)));
    }

    /// <summary>The file of vectors in a work folder.</summary>
    [SqlFunction]
    public static SqlString VectorFile(SqlString folder)
        => folder.IsNull ? SqlString.Null : new SqlString(Path.Combine(DistillationFunctions.RequireWorkFolder(folder.Value), "vectors.bin"));

    /// <summary>The tokens that components write: rows (component_id, top_tokens). The components are a JSON array of {id, kind, layer, index, sign}; layers write none.</summary>
    [SqlFunction(FillRowMethodName = nameof(FillTopTokens), TableDefinition = "component_id int, top_tokens nvarchar(max)")]
    public static IEnumerable TopTokens([SqlFacet(MaxSize = -1)] SqlString manifest, [SqlFacet(MaxSize = -1)] SqlString components, SqlInt32 count)
    {
        var asked = AskedComponent.Parse(components);
        var rows = new List<KeyValuePair<int, string>>();
        if (asked.Count == 0)
        {
            return rows;
        }

        NinaException.Require(!count.IsNull && count.Value >= 1 && count.Value <= 1000, "1 to 1000 top tokens can be asked for.");
        LanguageModel model = Manifest.Parse(manifest).Load();
        var writers = new WriteVectors(model);
        var keys = new List<int>();
        var vectors = new List<float[]>();
        foreach (AskedComponent one in asked)
        {
            float[]? vector = writers.Of(one.Id, one.Sign);
            if (vector != null)
            {
                keys.Add(one.Key);
                vectors.Add(vector);
            }
        }

        TopToken[][] tokens = writers.TopTokens(vectors, count.Value, Environment.ProcessorCount);
        for (int i = 0; i < tokens.Length; i++)
        {
            rows.Add(new KeyValuePair<int, string>(keys[i], ComponentRow.TokensText(tokens[i])));
        }

        return rows;
    }

    /// <summary>Fills a row of <see cref="TopTokens"/>.</summary>
    public static void FillTopTokens(object row, out SqlInt32 componentId, [SqlFacet(MaxSize = -1)] out SqlString topTokens)
    {
        var pair = (KeyValuePair<int, string>)row;
        componentId = pair.Key;
        topTokens = pair.Value;
    }

    /// <summary>
    /// A text as a vector of a model's embedding space, a JSON array of 768 numbers. With a space (from <see cref="ProbeFunctions.ProbeSpace"/>) to be compared with meaning vectors;
    /// without one as the sum of its tokens' centred output rows, to be compared with write vectors.
    /// </summary>
    [SqlFunction]
    [return: SqlFacet(MaxSize = -1)]
    public static SqlString EmbedText([SqlFacet(MaxSize = -1)] SqlString manifest, SqlBytes space, [SqlFacet(MaxSize = -1)] SqlString text)
    {
        NinaException.Require(!text.IsNull, "The text is NULL.");
        LanguageModel model = Manifest.Parse(manifest).Load();
        return ComponentRow.VectorText(space == null || space.IsNull
            ? MeaningSpace.EmbedWritten(model, null, text.Value)
            : MeaningSpace.Embed(model, space.Value, text.Value));
    }

    /// <summary>A text as a vector to be compared with write vectors that were projected as a segment says.</summary>
    [SqlFunction]
    [return: SqlFacet(MaxSize = -1)]
    public static SqlString EmbedWritten([SqlFacet(MaxSize = -1)] SqlString manifest, SqlString segment, [SqlFacet(MaxSize = -1)] SqlString text)
    {
        NinaException.Require(!text.IsNull, "The text is NULL.");
        LanguageModel model = Manifest.Parse(manifest).Load();
        if (segment.IsNull)
        {
            return ComponentRow.VectorText(MeaningSpace.EmbedWritten(model, null, text.Value));
        }

        using VectorSegment.Reader reader = VectorSegment.Open(segment.Value);
        return ComponentRow.VectorText(MeaningSpace.EmbedWritten(model, reader.Projection, text.Value));
    }

    /// <summary>
    /// How similar components are to a text at the full length of their vectors: rows (component_id, similarity). The components are a JSON array of {id, kind, layer, index};
    /// a space means that the segment holds meaning vectors, without one it holds write vectors.
    /// </summary>
    [SqlFunction(FillRowMethodName = nameof(FillRank), TableDefinition = "component_id int, similarity float")]
    public static IEnumerable RankComponents(
        [SqlFacet(MaxSize = -1)] SqlString manifest,
        SqlBytes space,
        SqlString segment,
        [SqlFacet(MaxSize = -1)] SqlString text,
        [SqlFacet(MaxSize = -1)] SqlString components)
    {
        NinaException.Require(!text.IsNull && !segment.IsNull, "The text or the segment is NULL.");
        LanguageModel model = Manifest.Parse(manifest).Load();
        var asked = AskedComponent.Parse(components);
        float[] query = MeaningSpace.EmbedFull(model, space == null || space.IsNull ? null : space.Value, text.Value);
        using VectorSegment.Reader reader = VectorSegment.Open(segment.Value);
        ComponentLayout layout = LayoutOf(model, reader, segment.Value);
        double[] cosines = reader.Cosines(query, asked.ConvertAll(one => layout.PositionOf(one.Id)));
        var rows = new List<KeyValuePair<int, double>>();
        for (int i = 0; i < cosines.Length; i++)
        {
            rows.Add(new KeyValuePair<int, double>(asked[i].Key, cosines[i]));
        }

        return rows;
    }

    /// <summary>Fills a row of <see cref="RankComponents"/>.</summary>
    public static void FillRank(object row, out SqlInt32 componentId, out SqlDouble similarity)
    {
        var pair = (KeyValuePair<int, double>)row;
        componentId = pair.Key;
        similarity = pair.Value;
    }

    /// <summary>The components most similar to a text at the full length of their vectors, by comparing with every one: rows (kind, layer, component_index, similarity).</summary>
    [SqlFunction(FillRowMethodName = nameof(FillNearest), TableDefinition = "kind nvarchar(10), layer int, component_index int, similarity float")]
    public static IEnumerable NearestComponents(
        [SqlFacet(MaxSize = -1)] SqlString manifest,
        SqlBytes space,
        SqlString segment,
        [SqlFacet(MaxSize = -1)] SqlString text,
        SqlString kind,
        SqlInt32 top)
    {
        NinaException.Require(!text.IsNull && !segment.IsNull && top.Value >= 1, "The text, the segment or the number of components is missing.");
        LanguageModel model = Manifest.Parse(manifest).Load();
        float[] query = MeaningSpace.EmbedFull(model, space == null || space.IsNull ? null : space.Value, text.Value);
        using VectorSegment.Reader reader = VectorSegment.Open(segment.Value);
        ComponentLayout layout = LayoutOf(model, reader, segment.Value);
        var positions = new List<int>();
        for (int i = 0; i < layout.Count; i++)
        {
            ComponentId id = layout[i];
            if (id.Kind != ComponentKind.Layer && (kind.IsNull || id.Kind == ComponentId.KindOf(kind.Value)))
            {
                positions.Add(i);
            }
        }

        double[] cosines = reader.Cosines(query, positions);
        int[] order = positions.ToArray();
        Array.Sort(Array.ConvertAll(cosines, c => -c), order);
        Array.Sort(cosines);
        var rows = new List<KeyValuePair<ComponentId, double>>();
        for (int i = 0; i < Math.Min(top.Value, order.Length); i++)
        {
            rows.Add(new KeyValuePair<ComponentId, double>(layout[order[i]], cosines[cosines.Length - 1 - i]));
        }

        return rows;
    }

    /// <summary>Fills a row of <see cref="NearestComponents"/>.</summary>
    public static void FillNearest(object row, out SqlString kind, out SqlInt32 layer, out SqlInt32 componentIndex, out SqlDouble similarity)
    {
        var pair = (KeyValuePair<ComponentId, double>)row;
        kind = pair.Key.KindName;
        layer = pair.Key.Layer;
        componentIndex = pair.Key.Index;
        similarity = pair.Value;
    }

    /// <summary>Runs a writer on the vectors' file of a new work folder and returns the folder; nothing is left of it after an error.</summary>
    internal static SqlString InWorkFolder(Action<string> write)
    {
        string folder = DistillationFunctions.NewWorkFolder();
        Directory.CreateDirectory(folder);
        try
        {
            write(VectorFile(folder).Value);
            return folder;
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Whether the top tokens of so many components are computed ahead.</summary>
    internal static bool TokensAhead(LanguageModel model, long components)
        => (double)components * model.Weights.OutputHead.Rows * model.Config.HiddenSize <= TopTokenBudget;

    private static ComponentLayout LayoutOf(LanguageModel model, VectorSegment.Reader reader, string path)
    {
        var layout = new ComponentLayout(model, 0, -1, reader.Granularity);
        VectorSegment.Open(path, layout).Dispose();
        return layout;
    }

    internal static IEnumerable<ComponentRow> Describe(LanguageModel model, ComponentLayout layout, string? segment)
    {
        var writers = new WriteVectors(model);
        VectorProjection projection = ProjectionOf(model, writers, segment);
        bool allTokens = TokensAhead(model, layout.Count);
        yield return new ComponentRow(ModelKind, -1, 0);
        foreach (WriteTile tile in writers.Tiles(layout, Environment.ProcessorCount))
        {
            int step = ProjectionChunk * Environment.ProcessorCount * 4;
            for (int start = 0; start < tile.Count; start += step)
            {
                foreach (ComponentRow row in DescribePart(layout, writers, projection, tile, start, Math.Min(step, tile.Count - start), allTokens))
                {
                    yield return row;
                }
            }
        }
    }

    private static VectorProjection ProjectionOf(LanguageModel model, WriteVectors writers, string? segment)
    {
        if (segment == null)
        {
            return writers.FitProjection(Environment.ProcessorCount);
        }

        using VectorSegment.Reader reader = VectorSegment.Open(segment);
        return reader.Projection;
    }

    private static ComponentRow[] DescribePart(ComponentLayout layout, WriteVectors writers, VectorProjection projection, WriteTile tile, int start, int count, bool allTokens)
    {
        int hidden = projection.Dimension;
        var rows = new ComponentRow[count];
        var withTokens = new List<ComponentRow>();
        var vectors = new List<float[]>();
        int chunks = (count + ProjectionChunk - 1) / ProjectionChunk;
        ParallelWork.For(chunks, Environment.ProcessorCount, chunk =>
        {
            int first = chunk * ProjectionChunk;
            int height = Math.Min(ProjectionChunk, count - first);
            float[] projected = new float[height * VectorProjection.StoredDimension];
            fixed (float* source = tile.Vectors, target = projected)
            {
                projection.Project(source + ((long)(start + first) * hidden), height, target);
            }

            for (int i = 0; i < height; i++)
            {
                ComponentId id = layout[tile.First + start + first + i];
                var row = new ComponentRow(id);
                if (id.Kind != ComponentKind.Layer)
                {
                    row.Vector = TensorFunctions.JsonArray(projected, i * VectorProjection.StoredDimension, VectorProjection.StoredDimension);
                }

                rows[first + i] = row;
            }
        });
        for (int i = 0; i < count; i++)
        {
            ComponentKind kind = layout[tile.First + start + i].Kind;
            if (kind != ComponentKind.Layer && (allTokens || kind != ComponentKind.Neuron))
            {
                float[] vector = new float[hidden];
                Array.Copy(tile.Vectors, (long)(start + i) * hidden, vector, 0, hidden);
                withTokens.Add(rows[i]);
                vectors.Add(vector);
            }
        }

        TopToken[][] tokens = writers.TopTokens(vectors, TopTokenCount, Environment.ProcessorCount);
        for (int i = 0; i < tokens.Length; i++)
        {
            withTokens[i].TopTokens = ComponentRow.TokensText(tokens[i]);
        }

        return rows;
    }
}
