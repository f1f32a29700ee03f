using System;
using System.Collections.Generic;
using System.Data.SqlTypes;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>A component with a vector and its tokens, as the functions over components return it.</summary>
internal sealed class ComponentRow
{
    public ComponentRow(string kind, int layer, int index)
    {
        Kind = kind;
        Layer = layer;
        Index = index;
    }

    public ComponentRow(ComponentId id)
        : this(id.KindName, id.Layer, id.Index)
    {
    }

    public string Kind { get; }

    /// <summary>-1 for the model.</summary>
    public int Layer { get; }

    public int Index { get; }

    public string? Vector { get; set; }

    public string? TopTokens { get; set; }

    public static void Fill(object row, out SqlString kind, out SqlInt32 layer, out SqlInt32 componentIndex, out SqlString vector, out SqlString topTokens)
    {
        var component = (ComponentRow)row;
        kind = component.Kind;
        layer = component.Layer < 0 ? SqlInt32.Null : new SqlInt32(component.Layer);
        componentIndex = component.Index;
        vector = component.Vector == null ? SqlString.Null : new SqlString(component.Vector);
        topTokens = component.TopTokens == null ? SqlString.Null : new SqlString(component.TopTokens);
    }

    /// <summary>Tokens as JSON: [{"token": " knight", "z": 9.1}, ...].</summary>
    public static string TokensText(TopToken[] tokens)
    {
        var items = new List<JsonValue>();
        foreach (TopToken token in tokens)
        {
            items.Add(JsonValue.NewObject().Set("token", JsonValue.Of(token.Text)).Set("z", JsonValue.Of(Math.Round(token.ZScore, 2))));
        }

        return JsonValue.OfItems(items).ToString();
    }

    public static string VectorText(float[] vector) => TensorFunctions.JsonArray(vector, 0, vector.Length);
}

/// <summary>A component that SQL asks about: an element of [{"id": 17, "kind": "neuron", "layer": 3, "index": 42, "sign": -1}, ...].</summary>
internal readonly struct AskedComponent
{
    private AskedComponent(int key, ComponentId id, int sign)
    {
        Key = key;
        Id = id;
        Sign = sign;
    }

    /// <summary>The caller's own key, handed back.</summary>
    public int Key { get; }

    public ComponentId Id { get; }

    public int Sign { get; }

    public static List<AskedComponent> Parse(SqlString json)
    {
        var result = new List<AskedComponent>();
        if (json.IsNull)
        {
            return result;
        }

        foreach (JsonValue item in JsonValue.Parse(json.Value, "components").Items)
        {
            long? key = item["id"]?.AsInt64();
            long? layer = item["layer"]?.AsInt64();
            long? index = item["index"]?.AsInt64();
            bool valid = key >= int.MinValue && key <= int.MaxValue && layer >= 0 && layer <= int.MaxValue && index >= 0 && index <= int.MaxValue;
            NinaException.Require(valid, "Every component that is asked for has an id, a kind, a layer and an index.");
            var id = new ComponentId(ComponentId.KindOf(item["kind"]?.AsString()), (int)layer!.Value, (int)index!.Value);
            result.Add(new AskedComponent((int)key!.Value, id, item["sign"]?.AsInt64() < 0 ? -1 : 1));
        }

        return result;
    }
}
