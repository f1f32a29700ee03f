using System.Text;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types.Json;

/// <summary>JSON_MODIFY: edits the text in place, leaving the rest as written.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/json-modify-transact-sql.</remarks>
internal static class JsonModify
{
    /// <param name="newValue">JSON text of the new value; null for SQL NULL (removes a property in lax mode, writes null in strict mode).</param>
    public static string Apply(string json, JsonPath path, string? newValue)
    {
        if (!path.IsSingle)
        {
            throw SqlErrors.Create(13614, 2, "JSON_MODIFY");
        }

        if (path.Steps.Count == 0)
        {
            // The whole document, which must still be a document.
            var reader = new JsonReader(json);
            JsonLookup.RequireContainer(ref reader);
            JsonRange root = reader.ReadValue();
            reader.ExpectEnd();
            return path.IsAppend ? Append(json, root, path, newValue) : newValue ?? (path.IsStrict ? "null" : json);
        }

        JsonRange? target = JsonLookup.Find(json, path);
        if (target is { } found)
        {
            return path.IsAppend ? Append(json, found, path, newValue)
                : newValue is null && !path.IsStrict && path.Steps[^1].Kind == JsonStepKind.Property ? Remove(json, found)
                : Splice(json, found.Start, found.Length, newValue ?? "null");
        }

        if (path.IsStrict)
        {
            throw SqlErrors.CreateWithState(13608, 2);
        }

        return newValue is null ? json : Insert(json, path, path.IsAppend ? "[" + newValue + "]" : newValue);
    }

    private static string Append(string json, JsonRange array, JsonPath path, string? newValue)
    {
        if (array.Kind != JsonKind.Array)
        {
            return path.IsStrict ? throw SqlErrors.Create(13611) : json;
        }

        if (newValue is null && !path.IsStrict)
        {
            newValue = "null";
        }

        bool empty = array.Slice(json)[1..^1].Trim().IsEmpty;
        return Splice(json, array.Start + array.Length - 1, 0, (empty ? string.Empty : ",") + newValue);
    }

    /// <summary>Adds a missing property to its object; anything else that is missing leaves the text alone.</summary>
    private static string Insert(string json, JsonPath path, string newValue)
    {
        JsonStep last = path.Steps[^1];
        JsonRange? parent = Parent(json, path);
        if (last.Kind != JsonStepKind.Property || parent is not { Kind: JsonKind.Object } container)
        {
            return json;
        }

        var member = new StringBuilder();
        member.Append(container.Slice(json)[1..^1].Trim().IsEmpty ? string.Empty : ",");
        JsonWriter.AppendString(member, last.Name);
        member.Append(':').Append(newValue);
        int end = container.Start + container.Length - 1;

        // Blanks before the closing brace stay behind the new member.
        while (char.IsWhiteSpace(json[end - 1]))
        {
            end--;
        }

        return Splice(json, end, 0, member.ToString());
    }

    private static JsonRange? Parent(string json, JsonPath path)
    {
        JsonRange? current = JsonLookup.Find(json, JsonPath.Root);
        for (int i = 0; i < path.Steps.Count - 1 && current is { } container; i++)
        {
            JsonStep step = path.Steps[i];
            current = null;
            if (step.Kind == JsonStepKind.Property && container.Kind == JsonKind.Object)
            {
                foreach ((string name, JsonRange value) in JsonLookup.Members(json, container))
                {
                    if (name == step.Name)
                    {
                        current = value;
                        break;
                    }
                }
            }
            else if (step.Kind == JsonStepKind.Index && container.Kind == JsonKind.Array)
            {
                current = JsonLookup.Elements(json, container).Skip(step.Index).Cast<JsonRange?>().FirstOrDefault();
            }
        }

        return current;
    }

    /// <summary>Takes a member out, with its name and one comma.</summary>
    private static string Remove(string json, JsonRange value)
    {
        int start = json.LastIndexOf(':', value.Start - 1);
        start = NameStart(json, start);
        int end = value.Start + value.Length;
        int before = start - 1;
        while (before >= 0 && char.IsWhiteSpace(json[before]))
        {
            before--;
        }

        if (json[before] == ',')
        {
            return Splice(json, before, end - before, string.Empty);
        }

        int after = end;
        while (char.IsWhiteSpace(json[after]))
        {
            after++;
        }

        return json[after] == ',' ? Splice(json, start, after + 1 - start, string.Empty) : Splice(json, start, end - start, string.Empty);
    }

    /// <summary>Where the quoted name that ends before a colon begins.</summary>
    private static int NameStart(string json, int colon)
    {
        int quote = colon - 1;
        while (json[quote] != '"')
        {
            quote--;
        }

        while (true)
        {
            quote = json.LastIndexOf('"', quote - 1);
            int backslashes = 0;
            while (quote - 1 - backslashes >= 0 && json[quote - 1 - backslashes] == '\\')
            {
                backslashes++;
            }

            if (backslashes % 2 == 0)
            {
                return quote;
            }
        }
    }

    private static string Splice(string text, int start, int length, string replacement) =>
        string.Concat(text.AsSpan(0, start), replacement, text.AsSpan(start + length));
}
