using System.Globalization;
using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types.Json;

namespace NinaDB.Engine.Types;

/// <summary>vector as text: a JSON array of numbers, each written as C's %.7e with a three-digit exponent.</summary>
internal static class VectorText
{
    public static string Format(ReadOnlySpan<float> vector)
    {
        var text = new StringBuilder((vector.Length * 16) + 2);
        text.Append('[');
        Span<char> buffer = stackalloc char[24];
        for (int i = 0; i < vector.Length; i++)
        {
            if (i > 0)
            {
                text.Append(',');
            }

            // Negative zero is written as zero.
            float element = vector[i] == 0 ? 0f : vector[i];
            ((double)element).TryFormat(buffer, out int written, "e7", CultureInfo.InvariantCulture);
            text.Append(buffer[..written]);
        }

        return text.Append(']').ToString();
    }

    /// <summary>Errors: 13609 (not JSON), 13670 (not an array of numbers), 42241 (out of range).</summary>
    public static float[] Parse(string text, bool halfPrecision)
    {
        var reader = new JsonReader(text);
        if (reader.PeekKind() != JsonKind.Array)
        {
            JsonKind kind = reader.PeekKind();
            throw kind == JsonKind.Object ? SqlErrors.CreateWithState(13670, 20) : reader.Unexpected();
        }

        var elements = new List<float>(64);
        reader.EnterContainer('[');
        bool first = true;
        while (reader.NextElement(ref first))
        {
            if (reader.PeekKind() != JsonKind.Number)
            {
                throw SqlErrors.Create(13670);
            }

            ReadOnlySpan<char> number = reader.ReadValue().Slice(text);
            float element = (float)double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);
            if (!float.IsFinite(element))
            {
                throw SqlErrors.Create(42241, number.ToString());
            }

            if (halfPrecision)
            {
                element = (float)(Half)element;
                if (!float.IsFinite(element))
                {
                    throw SqlErrors.CreateWithState(42241, 2, number.ToString());
                }
            }

            elements.Add(element);
        }

        reader.ExpectEnd();
        if (elements.Count == 0)
        {
            throw SqlErrors.Create(13670);
        }

        return [.. elements];
    }
}
