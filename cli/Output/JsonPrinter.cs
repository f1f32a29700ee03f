using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using NinaDB.Engine.Types;

namespace NinaDB.Cli.Output;

/// <summary>One JSON array of objects a result set, each on lines of its own; numbers and bits as JSON numbers and booleans, vectors as arrays.</summary>
internal sealed class JsonPrinter(TextWriter output, TextWriter messages) : ResultPrinter(output, messages)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private bool _isFirst;

    protected override void BeginRows()
    {
        _isFirst = true;
        Output.Write('[');
    }

    public override void Row(ReadOnlySpan<SqlValue> values)
    {
        Output.WriteLine(_isFirst ? string.Empty : ",");
        _isFirst = false;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            for (int i = 0; i < values.Length; i++)
            {
                writer.WritePropertyName(Current[i].Name.Length == 0 ? $"column{i + 1}" : Current[i].Name);
                Write(writer, i, values[i]);
            }

            writer.WriteEndObject();
        }

        Output.Write(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    public override void EndRows() => Output.WriteLine(_isFirst ? "]" : Environment.NewLine + "]");

    private void Write(Utf8JsonWriter writer, int column, SqlValue value)
    {
        SqlType type = Current[column].Type;
        if (value.IsNull)
        {
            writer.WriteNullValue();
        }
        else if (type.Id == SqlTypeId.Bit)
        {
            writer.WriteBooleanValue(value.AsBoolean);
        }
        else if (type.IsExactInteger)
        {
            writer.WriteNumberValue(value.AsInt64);
        }
        else if (type.IsApproximate)
        {
            writer.WriteNumberValue(value.AsDouble);
        }
        else if (type.Id is SqlTypeId.Vector or SqlTypeId.Json || type.IsDecimal || type.IsMoney)
        {
            writer.WriteRawValue(TextOf(column, value)!, skipInputValidation: true);
        }
        else
        {
            writer.WriteStringValue(TextOf(column, value));
        }
    }
}
