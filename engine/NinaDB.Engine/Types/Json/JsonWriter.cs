using System.Globalization;
using System.Text;

namespace NinaDB.Engine.Types.Json;

/// <summary>SQL values as JSON text: for FOR JSON, JSON_OBJECT, JSON_ARRAY, JSON_MODIFY and the aggregates.</summary>
internal static class JsonWriter
{
    /// <summary>Appends a value. NULL becomes null; json values (and text that <paramref name="isJson"/> says is JSON) are embedded as they are.</summary>
    public static void AppendValue(StringBuilder output, SqlValue value, SqlType type, bool isJson = false)
    {
        switch (value.Kind)
        {
            case SqlTypeId.Null:
                output.Append("null");
                break;
            case SqlTypeId.Bit:
                output.Append(value.AsBoolean ? "true" : "false");
                break;
            case SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt:
                output.Append(value.AsInt64.ToString(CultureInfo.InvariantCulture));
                break;
            case SqlTypeId.Decimal or SqlTypeId.Numeric:
                output.Append(value.AsNumeric.ToString());
                break;
            case SqlTypeId.Money or SqlTypeId.SmallMoney:
                output.Append(new Numeric128(value.AsInt64, 4).ToString());
                break;
            case SqlTypeId.Float:
                output.Append(value.AsDouble.ToString("0.000000000000000e+000", CultureInfo.InvariantCulture));
                break;
            case SqlTypeId.Real:
                output.Append(value.AsDouble.ToString("0.0000000e+000", CultureInfo.InvariantCulture));
                break;
            case SqlTypeId.Json or SqlTypeId.Vector:
                output.Append(SqlConvert.TextOf(value, type));
                break;
            case SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.RowVersion:
                output.Append('"').Append(System.Convert.ToBase64String(value.AsBytes)).Append('"');
                break;
            case SqlTypeId.SqlVariant:
                AppendValue(output, value.AsVariant.Value, value.AsVariant.Type);
                break;
            case SqlTypeId.UniqueIdentifier:
                output.Append('"').Append(SqlConvert.TextOf(value, type)).Append('"');
                break;
            case >= SqlTypeId.Date and <= SqlTypeId.DateTimeOffset:
                output.Append('"').Append(Execution.Operators.JsonText.DateText(value, type)).Append('"');
                break;
            default:
                if (isJson)
                {
                    output.Append(value.AsString);
                }
                else
                {
                    AppendString(output, value.AsString, escapeSolidus: true);
                }

                break;
        }
    }

    /// <summary>Appends a quoted, escaped string.</summary>
    /// <param name="escapeSolidus">FOR JSON and STRING_ESCAPE write / as \/.</param>
    public static void AppendString(StringBuilder output, ReadOnlySpan<char> text, bool escapeSolidus = false)
    {
        output.Append('"');
        AppendEscaped(output, text, escapeSolidus);
        output.Append('"');
    }

    /// <summary>Escapes as STRING_ESCAPE(text, 'json') does: quotation mark, backslash, solidus, control characters.</summary>
    public static void AppendEscaped(StringBuilder output, ReadOnlySpan<char> text, bool escapeSolidus = true)
    {
        foreach (char c in text)
        {
            switch (c)
            {
                case '"':
                    output.Append("\\\"");
                    break;
                case '\\':
                    output.Append("\\\\");
                    break;
                case '/' when escapeSolidus:
                    output.Append("\\/");
                    break;
                case '\b':
                    output.Append("\\b");
                    break;
                case '\f':
                    output.Append("\\f");
                    break;
                case '\n':
                    output.Append("\\n");
                    break;
                case '\r':
                    output.Append("\\r");
                    break;
                case '\t':
                    output.Append("\\t");
                    break;
                default:
                    if (c < ' ')
                    {
                        output.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                    }
                    else
                    {
                        output.Append(c);
                    }

                    break;
            }
        }
    }
}
