using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;

namespace NinaDB.Clr.Signing;

/// <summary>
/// The one text of a JSON value, over which hashes and signatures are made: UTF-8 without white space, the members of an object in the order of their keys'
/// UTF-16 code units, in strings only what JSON must have escaped (\b \t \n \f \r \" \\, else \u00xx), numbers as they were written. That is RFC 8785
/// except for numbers, which are never converted. A key that occurs twice is refused.
/// </summary>
public static class CanonicalJson
{
    private static readonly UTF8Encoding StrictUtf8 = new UTF8Encoding(false, true);

    /// <summary>The canonical text; members of the outermost object named <paramref name="without"/> are left out.</summary>
    public static string ToText(JsonValue value, string? without = null)
    {
        var builder = new StringBuilder();
        Append(builder, value, without);
        return builder.ToString();
    }

    /// <summary>The canonical bytes; raises <see cref="ErrorNumber.JsonSyntax"/> for a string with half of a surrogate pair.</summary>
    public static byte[] ToBytes(JsonValue value, string? without = null) => Utf8(ToText(value, without));

    internal static byte[] Utf8(string text)
    {
        try
        {
            return StrictUtf8.GetBytes(text);
        }
        catch (EncoderFallbackException error)
        {
            throw new NinaException(ErrorNumber.JsonSyntax, "A string holds half of a surrogate pair.", error);
        }
    }

    private static void Append(StringBuilder builder, JsonValue value, string? without)
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
                    if (i > 0)
                    {
                        builder.Append(',');
                    }

                    Append(builder, value.Items[i], null);
                }

                builder.Append(']');
                break;
            case JsonKind.Object:
                AppendObject(builder, value, without);
                break;
            default:
                builder.Append(value.RawText);
                break;
        }
    }

    private static void AppendObject(StringBuilder builder, JsonValue value, string? without)
    {
        var members = new List<KeyValuePair<string, JsonValue>>(value.Members);
        members.RemoveAll(member => member.Key == without);
        members.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        builder.Append('{');
        for (int i = 0; i < members.Count; i++)
        {
            if (i > 0)
            {
                builder.Append(',');
            }

            AppendString(builder, members[i].Key);
            builder.Append(':');
            Append(builder, members[i].Value, null);
        }

        builder.Append('}');
    }

    private static void AppendString(StringBuilder builder, string text)
    {
        builder.Append('"');
        foreach (char c in text)
        {
            switch (c)
            {
                case '"': builder.Append("\\\""); break;
                case '\\': builder.Append("\\\\"); break;
                case '\b': builder.Append("\\b"); break;
                case '\t': builder.Append("\\t"); break;
                case '\n': builder.Append("\\n"); break;
                case '\f': builder.Append("\\f"); break;
                case '\r': builder.Append("\\r"); break;
                default:
                    if (c < 0x20)
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
}
