using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types.Json;

/// <summary>Finds the values that a path selects, without building a tree: text before and inside them is validated, text after them is not read.</summary>
internal static class JsonLookup
{
    /// <summary>True for a complete object or array or scalar; tells which.</summary>
    public static bool IsValid(string text, out JsonKind kind)
    {
        kind = JsonKind.Null;
        try
        {
            var reader = new JsonReader(text);
            kind = reader.ReadValue().Kind;
            reader.ExpectEnd();
            return true;
        }
        catch (SqlErrorException e) when (e.Error.Number is 13609 or 13645)
        {
            return false;
        }
    }

    /// <summary>The first value that the path selects; null when there is none. Error 13609 for malformed text or a scalar document.</summary>
    public static JsonRange? Find(string json, JsonPath path)
    {
        var reader = new JsonReader(json);
        RequireContainer(ref reader);
        if (path.IsSingle)
        {
            return FindSingle(ref reader, json, path.Steps);
        }

        List<JsonRange> all = [];
        Collect(json, reader.ReadValue(), path.Steps, 0, all, onlyFirst: true);
        return all.Count > 0 ? all[0] : null;
    }

    /// <summary>All values that a path with wildcards selects.</summary>
    public static List<JsonRange> FindAll(string json, JsonPath path)
    {
        var reader = new JsonReader(json);
        RequireContainer(ref reader);
        List<JsonRange> all = [];
        Collect(json, reader.ReadValue(), path.Steps, 0, all, onlyFirst: false);
        return all;
    }

    /// <summary>The members of an object: names unescaped.</summary>
    public static IEnumerable<(string Name, JsonRange Value)> Members(string json, JsonRange container)
    {
        int position = container.Start;
        bool first = true;
        while (NextMember(json, ref position, ref first) is { } member)
        {
            yield return member;
        }
    }

    /// <summary>The elements of an array.</summary>
    public static IEnumerable<JsonRange> Elements(string json, JsonRange container)
    {
        int position = container.Start;
        bool first = true;
        while (NextElement(json, ref position, ref first) is { } element)
        {
            yield return element;
        }
    }

    /// <summary>A scalar as SQL text: strings unescaped, numbers and booleans as written; null for JSON null and containers.</summary>
    public static string? ScalarText(string json, JsonRange value) => value.Kind switch
    {
        JsonKind.String => JsonReader.Unescape(json.AsSpan(value.Start + 1, value.Length - 2)),
        JsonKind.Number or JsonKind.Boolean => value.Slice(json).ToString(),
        _ => null,
    };

    private static (string Name, JsonRange Value)? NextMember(string json, ref int position, ref bool first)
    {
        var reader = new JsonReader(json) { Position = position };
        if (first)
        {
            reader.EnterContainer('{');
        }

        if (!reader.NextMember(ref first, out JsonRange name))
        {
            return null;
        }

        JsonRange value = reader.ReadValue();
        position = reader.Position;
        return (JsonReader.Unescape(name.Slice(json)), value);
    }

    private static JsonRange? NextElement(string json, ref int position, ref bool first)
    {
        var reader = new JsonReader(json) { Position = position };
        if (first)
        {
            reader.EnterContainer('[');
        }

        if (!reader.NextElement(ref first))
        {
            return null;
        }

        JsonRange value = reader.ReadValue();
        position = reader.Position;
        return value;
    }

    internal static void RequireContainer(ref JsonReader reader)
    {
        if (reader.PeekKind() is not (JsonKind.Object or JsonKind.Array))
        {
            throw reader.Unexpected();
        }
    }

    private static JsonRange? FindSingle(ref JsonReader reader, string json, IReadOnlyList<JsonStep> steps)
    {
        for (int i = 0; i < steps.Count; i++)
        {
            JsonStep step = steps[i];
            JsonKind kind = reader.PeekKind();
            bool found = false;
            bool first = true;
            if (step.Kind == JsonStepKind.Property)
            {
                if (kind != JsonKind.Object)
                {
                    return null;
                }

                reader.EnterContainer('{');
                while (!found && reader.NextMember(ref first, out JsonRange name))
                {
                    found = NameEquals(name.Slice(json), step.Name!);
                    if (!found)
                    {
                        reader.ReadValue();
                    }
                }
            }
            else
            {
                if (kind != JsonKind.Array)
                {
                    return null;
                }

                reader.EnterContainer('[');
                for (int skip = step.Index; !found && reader.NextElement(ref first); skip--)
                {
                    found = skip == 0;
                    if (!found)
                    {
                        reader.ReadValue();
                    }
                }
            }

            if (!found)
            {
                return null;
            }
        }

        return reader.ReadValue();
    }

    private static bool NameEquals(ReadOnlySpan<char> raw, string name) =>
        raw.Contains('\\') ? JsonReader.Unescape(raw) == name : raw.SequenceEqual(name);

    private static void Collect(string json, JsonRange value, IReadOnlyList<JsonStep> steps, int index, List<JsonRange> results, bool onlyFirst)
    {
        if (onlyFirst && results.Count > 0)
        {
            return;
        }

        if (index == steps.Count)
        {
            results.Add(value);
            return;
        }

        JsonStep step = steps[index];
        if (step.Kind == JsonStepKind.Property)
        {
            if (value.Kind == JsonKind.Object)
            {
                foreach ((string name, JsonRange member) in Members(json, value))
                {
                    if (name == step.Name)
                    {
                        Collect(json, member, steps, index + 1, results, onlyFirst);
                        return;
                    }
                }
            }

            return;
        }

        if (value.Kind != JsonKind.Array)
        {
            return;
        }

        JsonRange[] elements = [.. Elements(json, value)];
        (int from, int to) = step.Kind switch
        {
            JsonStepKind.Index => (step.Index, step.Index),
            JsonStepKind.Last => (elements.Length - 1 - step.Index, elements.Length - 1 - step.Index),
            JsonStepKind.Range => (step.Index, Math.Min(step.End, elements.Length - 1)),
            _ => (0, elements.Length - 1),
        };
        for (int i = from; i <= to && i < elements.Length; i++)
        {
            if (i >= 0)
            {
                Collect(json, elements[i], steps, index + 1, results, onlyFirst);
            }
        }
    }
}
