using System.Globalization;
using System.Text;

namespace NinaDB.Clr.Json;

/// <summary>Writes <see cref="JsonValue"/> trees and single strings as JSON text.</summary>
public static class JsonWriter
{
    /// <summary>The JSON text of a value; indented by two blanks a level when asked.</summary>
    public static string ToText(JsonValue value, bool indented)
    {
        var builder = new StringBuilder();
        Append(builder, value, indented, 0);
        return builder.ToString();
    }

    /// <summary>Appends a string in quotes, with what JSON wants escaped.</summary>
    public static void AppendString(StringBuilder builder, string text)
    {
        builder.Append('"');
        foreach (char c in text)
        {
            switch (c)
            {
                case '"': builder.Append("\\\""); break;
                case '\\': builder.Append("\\\\"); break;
                case '\b': builder.Append("\\b"); break;
                case '\f': builder.Append("\\f"); break;
                case '\n': builder.Append("\\n"); break;
                case '\r': builder.Append("\\r"); break;
                case '\t': builder.Append("\\t"); break;
                default:
                    if (c < 0x20 || c == 0x7F || c == 0x2028 || c == 0x2029)
                    {
                        builder.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                    }
                    else
                    {
                        builder.Append(c);
                    }

                    break;
            }
        }

        builder.Append('"');
    }

    private static void Append(StringBuilder builder, JsonValue value, bool indented, int level)
    {
        switch (value.Kind)
        {
            case JsonKind.Null:
                builder.Append("null");
                break;
            case JsonKind.String:
                AppendString(builder, value.RawText);
                break;
            case JsonKind.Array:
                builder.Append('[');
                for (int i = 0; i < value.Items.Count; i++)
                {
                    Separate(builder, indented, level + 1, first: i == 0);
                    Append(builder, value.Items[i], indented, level + 1);
                }

                Close(builder, indented, level, value.Items.Count, ']');
                break;
            case JsonKind.Object:
                builder.Append('{');
                for (int i = 0; i < value.Members.Count; i++)
                {
                    Separate(builder, indented, level + 1, first: i == 0);
                    AppendString(builder, value.Members[i].Key);
                    builder.Append(indented ? ": " : ":");
                    Append(builder, value.Members[i].Value, indented, level + 1);
                }

                Close(builder, indented, level, value.Members.Count, '}');
                break;
            default:
                builder.Append(value.RawText);
                break;
        }
    }

    private static void Separate(StringBuilder builder, bool indented, int level, bool first)
    {
        if (!first)
        {
            builder.Append(',');
        }

        if (indented)
        {
            builder.Append('\n').Append(' ', level * 2);
        }
    }

    private static void Close(StringBuilder builder, bool indented, int level, int count, char bracket)
    {
        if (indented && count > 0)
        {
            builder.Append('\n').Append(' ', level * 2);
        }

        builder.Append(bracket);
    }
}
