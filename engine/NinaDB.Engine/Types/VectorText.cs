using System.Globalization;
using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types.Json;

namespace NinaDB.Engine.Types;

/// <summary>vector as text: a JSON array of numbers, each written as C's %.7e with a three-digit exponent.</summary>
internal static class VectorText
{
    private static readonly double[] PowersOfTen = [.. Enumerable.Range(0, 23).Select(e => double.Parse($"1e{e}", CultureInfo.InvariantCulture))];

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
            if (!TryFormatFast(element, buffer, out int written))
            {
                ((double)element).TryFormat(buffer, out written, "e7", CultureInfo.InvariantCulture);
            }

            text.Append(buffer[..written]);
        }

        return text.Append(']').ToString();
    }

    /// <summary>
    /// Eight digits by one exact-enough double multiplication. Gives up (false) where the rounding is too close to call, and for very large or small numbers.
    /// </summary>
    private static bool TryFormatFast(float element, Span<char> buffer, out int written)
    {
        written = 0;
        double magnitude = Math.Abs((double)element);
        if (magnitude is < 1e-14 or >= 1e15)
        {
            return false;
        }

        int exponent = (int)Math.Floor(Math.Log10(magnitude));
        int shift = 7 - exponent;
        double scaled = shift >= 0 ? magnitude * PowersOfTen[Math.Min(shift, 22)] : magnitude / PowersOfTen[-shift];
        if (shift > 22 || scaled is < 1e7 or >= 99_999_999)
        {
            return false;
        }

        double whole = Math.Floor(scaled);
        double fraction = scaled - whole;
        if (Math.Abs(fraction - 0.5) < 1e-5)
        {
            return false;
        }

        int digits = (int)whole + (fraction > 0.5 ? 1 : 0);
        if (element < 0)
        {
            buffer[written++] = '-';
        }

        int first = written;
        for (int i = 8; i >= 2; i--)
        {
            buffer[first + i] = (char)('0' + (digits % 10));
            digits /= 10;
        }

        buffer[first] = (char)('0' + digits);
        buffer[first + 1] = '.';
        buffer[first + 9] = 'e';
        buffer[first + 10] = exponent < 0 ? '-' : '+';
        int power = Math.Abs(exponent);
        buffer[first + 11] = '0';
        buffer[first + 12] = (char)('0' + (power / 10));
        buffer[first + 13] = (char)('0' + (power % 10));
        written = first + 14;
        return true;
    }

    /// <summary>A number whose digits fit 53 bits and whose power of ten is exact takes one rounding (Clinger's fast path); others go through the library.</summary>
    private static double ParseNumber(ReadOnlySpan<char> number)
    {
        ulong mantissa = 0;
        int exponent = 0;
        int i = number[0] == '-' ? 1 : 0;
        bool point = false;
        for (; i < number.Length && (char.IsAsciiDigit(number[i]) || number[i] == '.'); i++)
        {
            if (number[i] == '.')
            {
                point = true;
                continue;
            }

            if (mantissa > 900_719_925_474_099)
            {
                return double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);
            }

            mantissa = (mantissa * 10) + (uint)(number[i] - '0');
            exponent -= point ? 1 : 0;
        }

        if (i < number.Length && number.Length - i <= 5)
        {
            exponent += int.Parse(number[(i + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            i = number.Length;
        }

        if (i < number.Length || exponent is < -22 or > 22)
        {
            return double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        double value = exponent < 0 ? mantissa / PowersOfTen[-exponent] : mantissa * PowersOfTen[exponent];
        return number[0] == '-' ? -value : value;
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
            float element = (float)ParseNumber(number);
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
