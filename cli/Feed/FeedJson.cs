using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace NinaDB.Cli.Feed;

/// <summary>Rows and events as JSON, the same in every destination.</summary>
internal static class FeedJson
{
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
        json = WellFormed(json);
        if (json.AsSpan().ContainsAny(LineBreaks))
        {
            using JsonDocument document = JsonDocument.Parse(json);
            document.RootElement.WriteTo(writer);
            return;
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
