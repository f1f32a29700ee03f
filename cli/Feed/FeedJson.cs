using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace NinaDB.Cli.Feed;

/// <summary>Rows and events as JSON, the same in every destination.</summary>
internal static class FeedJson
{
    /// <summary>Of a \uXXXX escape.</summary>
    private const int EscapeLength = 6;

    private static readonly SearchValues<char> LineBreaks = SearchValues.Create("\r\n");

    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    public static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>An object with the row's columns.</summary>
    public static void WriteRow(Utf8JsonWriter writer, FeedRow row)
    {
        writer.WriteStartObject();
        for (int i = 0; i < row.Values.Length; i++)
        {
            writer.WritePropertyName(row.Table.Columns[i].Name);
            WriteValue(writer, row.Values[i], row.Table.Columns[i].Type);
        }

        writer.WriteEndObject();
    }

    /// <summary>An object with the columns that say which rows go.</summary>
    public static void WriteKey(Utf8JsonWriter writer, DeleteChange change)
    {
        writer.WriteStartObject();
        writer.WriteNumber("tenant_id", change.Tenant);
        foreach ((string column, object value) in change.Where)
        {
            writer.WritePropertyName(column);
            WriteValue(writer, value, change.Table.Columns[change.Table.Ordinal(column)].Type);
        }

        writer.WriteEndObject();
    }

    /// <summary>JSON text that came from the database, on one line.</summary>
    public static void WriteRaw(Utf8JsonWriter writer, string json)
    {
        json = WellFormedJson(json, keepNull: true);
        if (json.AsSpan().ContainsAny(LineBreaks))
        {
            // Only between tokens: inside a string JSON has them escaped.
            json = json.ReplaceLineEndings(" ");
        }

        writer.WriteRawValue(json);
    }

    /// <summary>The text with unpaired surrogates replaced, which neither UTF-8 nor any destination can hold.</summary>
    public static string WellFormed(string text)
    {
        int start = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        if (start < 0)
        {
            return text;
        }

        char[]? repaired = null;
        for (int i = start; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
                continue;
            }

            repaired ??= text.ToCharArray();
            repaired[i] = '\uFFFD';
        }

        return repaired is null ? text : new string(repaired);
    }

    /// <summary>JSON text whose strings can be read everywhere: unpaired surrogates, escaped or not, become U+FFFD.</summary>
    /// <param name="keepNull">False to replace \u0000 too.</param>
    public static string WellFormedJson(string json, bool keepNull)
    {
        json = WellFormed(json);
        if (!json.Contains("\\u", StringComparison.Ordinal))
        {
            return json;
        }

        var clean = new StringBuilder(json.Length);
        for (int i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\' || i + 1 >= json.Length)
            {
                clean.Append(json[i]);
            }
            else if (EscapeAt(json, i) is not { } unit)
            {
                clean.Append(json, i, 2);
                i++;
            }
            else if (char.IsHighSurrogate(unit) && EscapeAt(json, i + EscapeLength) is { } low && char.IsLowSurrogate(low))
            {
                clean.Append(json, i, 2 * EscapeLength);
                i += (2 * EscapeLength) - 1;
            }
            else
            {
                clean.Append((unit == '\0' && !keepNull) || char.IsSurrogate(unit) ? "\\ufffd" : json.AsSpan(i, EscapeLength));
                i += EscapeLength - 1;
            }
        }

        return clean.ToString();
    }

    /// <summary>The code unit of a \uXXXX escape that stands here; null when none does.</summary>
    private static char? EscapeAt(string json, int at) =>
        at + EscapeLength <= json.Length && json[at] == '\\' && json[at + 1] == 'u' && ushort.TryParse(json.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit)
            ? (char)unit
            : null;

    private static void WriteValue(Utf8JsonWriter writer, object? value, FeedType type)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case string text when type == FeedType.Json:
                WriteRaw(writer, text);
                break;
            case string text:
                writer.WriteStringValue(WellFormed(text));
                break;
            case Guid id:
                writer.WriteStringValue(id);
                break;
            case byte[] bytes:
                writer.WriteStringValue(Convert.ToHexStringLower(bytes));
                break;
            case DateTime time:
                writer.WriteStringValue(time);
                break;
            case float[] vector:
                writer.WriteStartArray();
                foreach (float element in vector)
                {
                    writer.WriteNumberValue(element);
                }

                writer.WriteEndArray();
                break;
            default:
                throw new InvalidOperationException($"A value of type {value.GetType()} has no JSON form here.");
        }
    }
}
