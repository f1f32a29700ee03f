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
        catch (SqlErrorException e) when (e.Error.Number is 13609)
        {
            return false;
        }
    }

    /// <summary>The first value that the path selects; null when there is none. Error 13609 for malformed text or a scalar document.</summary>
    public static JsonRange? Find(string json, JsonPath path, byte state = 1)
    {
        var reader = new JsonReader(json) { ErrorState = state };
        RequireContainer(ref reader);
        if (path.IsSingle)
        {
            return FindSingle(ref reader, json, path.Steps);
        }

        List<JsonRange> all = [];
        Collect(json, reader.ReadValue(), path, 0, all);
        return all.Count == 1 ? all[0] : null;
    }

    /// <summary>All values that a path with wildcards selects.</summary>
    public static List<JsonRange> FindAll(string json, JsonPath path) => FindAll(json, path, out _);

    /// <param name="json">The document.</param>
    /// <param name="path">The path.</param>
    /// <param name="isFound">Whether every step named something, be it an empty array's elements.</param>
    public static List<JsonRange> FindAll(string json, JsonPath path, out bool isFound)
    {
        var reader = new JsonReader(json);
        RequireContainer(ref reader);
        List<JsonRange> all = [];
        isFound = Collect(json, reader.ReadValue(), path, 0, all);
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
                for (long skip = step.Index; !found && reader.NextElement(ref first); skip--)
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
                // Nothing was there: the reader takes a step out of the container that it has searched.
                if (i == 0)
                {
                    reader.ExpectEnd();
                }

                return null;
            }
        }

        return reader.ReadValue();
    }

    private static bool NameEquals(ReadOnlySpan<char> raw, string name) =>
        raw.IndexOf("\\u") >= 0 ? JsonReader.NameForm(raw) == name : raw.SequenceEqual(name);

    /// <summary>Adds what the steps from one on select; false when a step names nothing.</summary>
    private static bool Collect(string json, JsonRange value, JsonPath path, int index, List<JsonRange> results)
    {
        if (index == path.Steps.Count)
        {
            results.Add(value);
            return true;
        }

        JsonStep step = path.Steps[index];
        bool any = false;
        if (step.Kind is JsonStepKind.Property or JsonStepKind.Members)
        {
            if (value.Kind != JsonKind.Object)
            {
                return false;
            }

            bool isEmpty = true;
            foreach ((JsonRange name, JsonRange member) in RawMembers(json, value))
            {
                isEmpty = false;
                if (step.Kind == JsonStepKind.Members)
                {
                    any |= Collect(json, member, path, index + 1, results);
                }
                else if (NameEquals(name.Slice(json), step.Name!))
                {
                    return Collect(json, member, path, index + 1, results);
                }
            }

            return any || (isEmpty && step.Kind == JsonStepKind.Members);
        }

        if (value.Kind != JsonKind.Array)
        {
            return false;
        }

        JsonRange[] elements = [.. Elements(json, value)];
        if (step is { Kind: JsonStepKind.Elements, Items: null })
        {
            foreach (JsonRange element in elements)
            {
                any |= Collect(json, element, path, index + 1, results);
            }

            return any || elements.Length == 0;
        }

        IReadOnlyList<JsonRangeStep> items = step.Kind == JsonStepKind.Index ? [new JsonRangeStep(step.Index, false, step.Index, false)] : step.Items!;
        foreach (JsonRangeStep item in items)
        {
            long from = item.FromLast ? elements.Length - 1L - item.From : item.From;
            long to = item.ToLast ? elements.Length - 1L - item.To : item.To;
            if (from > to && item.UsesLast)
            {
                // A range that last turns backwards selects nothing and misses nothing.
                any = true;
                continue;
            }

            if (path.IsStrict && (from < 0 || to >= elements.Length))
            {
                return false;
            }

            for (long i = Math.Max(from, 0); i <= to && i < elements.Length; i++)
            {
                any |= Collect(json, elements[i], path, index + 1, results);
            }
        }

        return any;
    }

    /// <summary>The members of an object with their names as written, between the quotes.</summary>
    public static IEnumerable<(JsonRange Name, JsonRange Value)> RawMembers(string json, JsonRange container)
    {
        int position = container.Start;
        bool first = true;
        while (NextRawMember(json, ref position, ref first) is { } member)
        {
            yield return member;
        }
    }

    private static (JsonRange Name, JsonRange Value)? NextRawMember(string json, ref int position, ref bool first)
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
        return (name, value);
    }
}
