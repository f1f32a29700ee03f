using System;
using System.Collections;
using System.Collections.Generic;
using System.Data.SqlTypes;
using Microsoft.SqlServer.Server;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;
using NinaDB.Clr.Models;
using NinaDB.Clr.Questions;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.SqlEntryPoints;

/// <content>Two models beside each other, and a model without some of its components.</content>
public static partial class QuestionFunctions
{
    /// <summary>All tensors of two models, matched.</summary>
    [SqlFunction(
        FillRowMethodName = nameof(FillTensorDifference),
        TableDefinition = "relation nvarchar(20), name_a nvarchar(256), name_b nvarchar(256), data_type_a nvarchar(16), data_type_b nvarchar(16), shape_a nvarchar(200), "
            + "shape_b nvarchar(200), element_count bigint, differing_count bigint, cosine float, max_abs_difference float, relative_l2 float")]
    public static IEnumerable DiffTensors([SqlFacet(MaxSize = -1)] SqlString manifestA, [SqlFacet(MaxSize = -1)] SqlString manifestB)
        => TensorDifference.Of(Manifest.Parse(manifestA).Open(), Manifest.Parse(manifestB).Open(), Environment.ProcessorCount);

    /// <summary>Fills a row of <see cref="DiffTensors"/>.</summary>
    public static void FillTensorDifference(
        object row,
        out SqlString relation,
        out SqlString nameA,
        out SqlString nameB,
        out SqlString dataTypeA,
        out SqlString dataTypeB,
        out SqlString shapeA,
        out SqlString shapeB,
        out SqlInt64 elementCount,
        out SqlInt64 differingCount,
        out SqlDouble cosine,
        out SqlDouble maxAbsDifference,
        out SqlDouble relativeL2)
    {
        var difference = (TensorDifference)row;
        relation = SnakeCase(difference.Relation);
        nameA = difference.A == null ? SqlString.Null : new SqlString(difference.A.Name);
        nameB = difference.B == null ? SqlString.Null : new SqlString(difference.B.Name);
        dataTypeA = difference.A == null ? SqlString.Null : new SqlString(DTypeInfo.Of(difference.A.DType).Name);
        dataTypeB = difference.B == null ? SqlString.Null : new SqlString(DTypeInfo.Of(difference.B.DType).Name);
        shapeA = difference.A == null ? SqlString.Null : new SqlString(difference.A.ShapeText);
        shapeB = difference.B == null ? SqlString.Null : new SqlString(difference.B.ShapeText);
        TensorComparison? comparison = difference.Comparison;
        elementCount = (difference.A ?? difference.B)!.ElementCount;
        differingCount = comparison == null ? SqlInt64.Null : new SqlInt64(comparison.Differing);
        cosine = comparison == null ? SqlDouble.Null : TensorFunctions.Finite(comparison.Cosine);
        maxAbsDifference = comparison == null ? SqlDouble.Null : TensorFunctions.Finite(comparison.MaxAbsDifference);
        relativeL2 = comparison == null ? SqlDouble.Null : TensorFunctions.Finite(comparison.RelativeL2);
    }

    /// <summary>The components that differ most between two models of the same shapes; no rows where the shapes differ.</summary>
    [SqlFunction(
        FillRowMethodName = nameof(FillComponentDifference),
        TableDefinition = "kind nvarchar(10), layer int, component_index int, read_cosine float, write_cosine float, relative_l2 float")]
    public static IEnumerable DiffComponents([SqlFacet(MaxSize = -1)] SqlString manifestA, [SqlFacet(MaxSize = -1)] SqlString manifestB, SqlInt32 top)
    {
        IReadOnlyList<ComponentDifference>? differences = ComponentDifference.Of(Manifest.Parse(manifestA).Load(), Manifest.Parse(manifestB).Load(), top.Value);
        return differences ?? Array.Empty<ComponentDifference>();
    }

    /// <summary>Fills a row of <see cref="DiffComponents"/>.</summary>
    public static void FillComponentDifference(
        object row, out SqlString kind, out SqlInt32 layer, out SqlInt32 componentIndex, out SqlDouble readCosine, out SqlDouble writeCosine, out SqlDouble relativeL2)
    {
        var difference = (ComponentDifference)row;
        kind = difference.Component.KindName;
        layer = difference.Component.Layer;
        componentIndex = difference.Component.Index;
        readCosine = TensorFunctions.Finite(difference.ReadCosine);
        writeCosine = TensorFunctions.Finite(difference.WriteCosine);
        relativeL2 = TensorFunctions.Finite(difference.RelativeL2);
    }

    /// <summary>
    /// What removing components (a JSON array of {layer, kind, index}) does to the loss on texts by domain (a JSON array of {domain, texts}), beside a random set of as many.
    /// </summary>
    [SqlFunction(
        FillRowMethodName = nameof(FillAblation),
        TableDefinition = "domain nvarchar(100), text_count int, token_count bigint, loss_before float, loss_after float, change float, change_lower float, change_upper float, "
            + "standard_error float, control_change float, control_lower float, control_upper float")]
    public static IEnumerable MeasureAblation(
        [SqlFacet(MaxSize = -1)] SqlString manifest, [SqlFacet(MaxSize = -1)] SqlString components, [SqlFacet(MaxSize = -1)] SqlString domains, SqlInt64 seed)
    {
        NinaException.Require(!components.IsNull && !domains.IsNull, "The components and the domains must not be NULL.");
        var removed = new List<ComponentId>();
        foreach (JsonValue item in JsonValue.Parse(components.Value, "components").Items)
        {
            removed.Add(Component(item));
        }

        var texts = new List<KeyValuePair<string, IReadOnlyList<string>>>();
        foreach (JsonValue item in JsonValue.Parse(domains.Value, "domains").Items)
        {
            var passages = new List<string>();
            foreach (JsonValue text in item["texts"]?.Items ?? Array.Empty<JsonValue>())
            {
                passages.Add(text.AsString() ?? throw new NinaException(ErrorNumber.JsonValue, "Texts are given as a JSON array of strings."));
            }

            texts.Add(new KeyValuePair<string, IReadOnlyList<string>>(item["domain"]?.AsString() ?? string.Empty, passages));
        }

        return AblationMeasurement.Run(Manifest.Parse(manifest).Load(), removed, texts, seed.Value, Environment.ProcessorCount);
    }

    /// <summary>Fills a row of <see cref="MeasureAblation"/>.</summary>
    public static void FillAblation(
        object row,
        out SqlString domain,
        out SqlInt32 textCount,
        out SqlInt64 tokenCount,
        out SqlDouble lossBefore,
        out SqlDouble lossAfter,
        out SqlDouble change,
        out SqlDouble changeLower,
        out SqlDouble changeUpper,
        out SqlDouble standardError,
        out SqlDouble controlChange,
        out SqlDouble controlLower,
        out SqlDouble controlUpper)
    {
        var ablation = (DomainAblation)row;
        domain = ablation.Domain;
        textCount = ablation.TextCount;
        tokenCount = ablation.TokenCount;
        lossBefore = TensorFunctions.Finite(ablation.LossBefore);
        lossAfter = TensorFunctions.Finite(ablation.LossBefore + ablation.Removed.Change);
        change = TensorFunctions.Finite(ablation.Removed.Change);
        changeLower = TensorFunctions.Finite(ablation.Removed.Lower);
        changeUpper = TensorFunctions.Finite(ablation.Removed.Upper);
        standardError = TensorFunctions.Finite(ablation.Removed.StandardError);
        controlChange = ablation.Control == null ? SqlDouble.Null : TensorFunctions.Finite(ablation.Control.Value.Change);
        controlLower = ablation.Control == null ? SqlDouble.Null : TensorFunctions.Finite(ablation.Control.Value.Lower);
        controlUpper = ablation.Control == null ? SqlDouble.Null : TensorFunctions.Finite(ablation.Control.Value.Upper);
    }

    private static ComponentId Component(JsonValue item)
    {
        long layer = item["layer"]?.AsInt64() ?? -1;
        long index = item["index"]?.AsInt64() ?? -1;
        ComponentKind? kind = item["kind"]?.AsString() switch
        {
            "neuron" => ComponentKind.Neuron,
            "head" => ComponentKind.Head,
            "expert" => ComponentKind.Expert,
            "layer" => ComponentKind.Layer,
            _ => null,
        };
        return kind != null && layer >= 0 && layer <= int.MaxValue && index >= 0 && index <= int.MaxValue
            ? new ComponentId(kind.Value, (int)layer, (int)index)
            : throw new NinaException(ErrorNumber.ComponentUnknown, $"There is no component {item}.");
    }

    private static string SnakeCase(TensorRelation relation) => relation switch
    {
        TensorRelation.OnlyInA => "only_in_a",
        TensorRelation.OnlyInB => "only_in_b",
        _ => relation.ToString().ToLowerInvariant(),
    };
}
