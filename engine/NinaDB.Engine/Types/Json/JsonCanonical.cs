using System.Globalization;
using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types.Json;

namespace NinaDB.Engine.Types;

/// <summary>The text that the json type hands back: no blanks, first of repeated names, strings re-escaped, exponents written out as decimal(38,10).</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/data-types/json-data-type.</remarks>
internal static class JsonCanonical
{
    private const int MaxMembers = 65535;
    private const int MaxNames = 32768;

    /// <summary>Errors: 13609 (not an object or array), 13645 (nesting), 13647 (members), 13649 (names), 1007 (number).</summary>
    public static string Canonicalize(string text)
    {
        var reader = new JsonReader(text) { ErrorState = JsonReader.JsonTypeState };
        JsonKind kind = reader.PeekKind();
        if (kind is not (JsonKind.Object or JsonKind.Array))
        {
            throw reader.Unexpected();
        }

        var output = new StringBuilder(text.Length);
        var names = new HashSet<string>(StringComparer.Ordinal);
        Write(ref reader, text, output, names);
        reader.ExpectEnd();
        return output.Equals(text) ? text : output.ToString();
    }

    private static void Write(ref JsonReader reader, string text, StringBuilder output, HashSet<string> names)
    {
        JsonKind kind = reader.PeekKind();
        switch (kind)
        {
            case JsonKind.Object:
                WriteObject(ref reader, text, output, names);
                break;
            case JsonKind.Array:
                reader.EnterContainer('[');
                output.Append('[');
                bool first = true;
                int count = 0;
                while (reader.NextElement(ref first))
                {
                    if (++count > MaxMembers)
                    {
                        throw SqlErrors.Create(13647, MaxMembers);
                    }

                    if (count > 1)
                    {
                        output.Append(',');
                    }

                    Write(ref reader, text, output, names);
                }

                output.Append(']');
                break;
            case JsonKind.String:
                JsonRange range = reader.ReadValue();
                JsonWriter.AppendString(output, JsonReader.Unescape(text.AsSpan(range.Start + 1, range.Length - 2)));
                break;
            case JsonKind.Number:
                AppendNumber(output, reader.ReadValue().Slice(text));
                break;
            default:
                output.Append(reader.ReadValue().Slice(text));
                break;
        }
    }

    private static void WriteObject(ref JsonReader reader, string text, StringBuilder output, HashSet<string> names)
    {
        reader.EnterContainer('{');
        output.Append('{');
        bool first = true;
        int count = 0;
        HashSet<string>? seen = null;
        string? only = null;
        while (reader.NextMember(ref first, out JsonRange nameRange))
        {
            string name = nameRange.Slice(text).ToString();
            if (only is null)
            {
                only = name;
            }
            else
            {
                seen ??= new HashSet<string>(StringComparer.Ordinal) { only };
                if (!seen.Add(name))
                {
                    reader.ReadValue();
                    continue;
                }
            }

            if (++count > MaxMembers)
            {
                throw SqlErrors.Create(13647, MaxMembers);
            }

            if (names.Add(name) && names.Count > MaxNames)
            {
                throw SqlErrors.Create(13649, MaxNames);
            }

            if (count > 1)
            {
                output.Append(',');
            }

            output.Append('"').Append(name).Append("\":");
            Write(ref reader, text, output, names);
        }

        output.Append('}');
    }

    private static void AppendNumber(StringBuilder output, ReadOnlySpan<char> number)
    {
        bool exponent = number.IndexOfAny('e', 'E') >= 0;
        int digits = 0;
        bool zero = true;
        foreach (char c in number)
        {
            if (char.IsAsciiDigit(c))
            {
                digits++;
                zero &= c == '0';
            }
        }

        if (!exponent && digits <= Numeric128.MaxPrecision)
        {
            output.Append(zero && number[0] == '-' ? number[1..] : number);
            return;
        }

        double value = double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!Numeric128.TryFromDouble(value, 10, out Numeric128 result))
        {
            throw SqlErrors.CreateWithState(1007, (byte)(exponent ? 5 : 3), number.ToString());
        }

        output.Append(result.ToString());
    }
}
