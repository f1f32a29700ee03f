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
        if (path.Steps.Count == 0 && !path.IsAppend)
        {
            throw SqlErrors.Create(13619);
        }

        JsonRange? target = FindTarget(json, path, out bool applies);
        if (applies)
        {
            // What is written back has to be JSON to its end.
            var reader = new JsonReader(json) { ErrorState = ErrorState };
            reader.ReadValue();
            reader.ExpectEnd();
        }

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

        return !applies ? json
            : path.IsAppend ? Insert(json, path, "[" + (newValue ?? "null") + "]")
            : newValue is null ? json : Insert(json, path, newValue);
    }

    private const byte ErrorState = 7;

    /// <summary>The value that the path names; <paramref name="applies"/> also when it is a property that an object could get.</summary>
    private static JsonRange? FindTarget(string json, JsonPath path, out bool applies)
    {
        if (path.Steps.Count > 0)
        {
            // The kind of the root settles a path of one step before anything else is read.
            var reader = new JsonReader(json) { ErrorState = ErrorState };
            JsonLookup.RequireContainer(ref reader);
            JsonKind needed = path.Steps[0].Kind == JsonStepKind.Property ? JsonKind.Object : JsonKind.Array;
            if (reader.PeekKind() != needed)
            {
                applies = false;
                return null;
            }
        }

        JsonRange? target = JsonLookup.Find(json, path, ErrorState);
        applies = target is not null || (path.Steps[^1].Kind == JsonStepKind.Property && Parent(json, path) is { Kind: JsonKind.Object });
        return target;
    }

    private static string Append(string json, JsonRange array, JsonPath path, string? newValue)
    {
        if (array.Kind != JsonKind.Array)
        {
            return path.IsStrict ? throw SqlErrors.Create(13621) : json;
        }

        bool empty = array.Slice(json)[1..^1].Trim().IsEmpty;
        return Splice(json, array.Start + array.Length - 1, 0, (empty ? string.Empty : ",") + (newValue ?? "null"));
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
        member.Append('"').Append(last.Name).Append('"');
        member.Append(':').Append(newValue);
        return Splice(json, container.Start + container.Length - 1, 0, member.ToString());
    }

    private static JsonRange? Parent(string json, JsonPath path)
    {
        JsonRange? current = JsonLookup.Find(json, JsonPath.Root, ErrorState);
        for (int i = 0; i < path.Steps.Count - 1 && current is { } container; i++)
        {
            JsonStep step = path.Steps[i];
            current = null;
            if (step.Kind == JsonStepKind.Property && container.Kind == JsonKind.Object)
            {
                foreach ((JsonRange name, JsonRange value) in JsonLookup.RawMembers(json, container))
                {
                    if (JsonReader.NameForm(name.Slice(json)) == step.Name)
                    {
                        current = value;
                        break;
                    }
                }
            }
            else if (step.Kind == JsonStepKind.Index && container.Kind == JsonKind.Array)
            {
                current = JsonLookup.Elements(json, container).Skip((int)Math.Min(step.Index, int.MaxValue)).Cast<JsonRange?>().FirstOrDefault();
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
