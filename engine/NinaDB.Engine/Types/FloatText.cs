using System.Globalization;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types;

/// <summary>float and real as text.</summary>
internal static class FloatText
{
    /// <summary>Text by the styles of CONVERT: 0 six digits, 1 eight, 2 sixteen, 3 seventeen (nine for real), 126 the type's own precision. Error 281.</summary>
    public static string Convert(double value, bool isReal, int style) => style switch
    {
        0 => General(value, 6),
        1 => value.ToString("e7", CultureInfo.InvariantCulture),
        2 => value.ToString("e15", CultureInfo.InvariantCulture),
        3 => value.ToString(isReal ? "e8" : "e16", CultureInfo.InvariantCulture),
        126 => value.ToString(isReal ? "e7" : "e15", CultureInfo.InvariantCulture),
        _ => throw SqlErrors.Create(281, style, isReal ? "real" : "float"),
    };

    /// <summary>As a client tool shows it: the shortest text that reads back as the same value.</summary>
    public static string RoundTrip(double value, bool isReal)
    {
        double magnitude = Math.Abs(value);
        if (value == 0)
        {
            return "0";
        }

        string text = isReal ? ((float)value).ToString("R", CultureInfo.InvariantCulture) : value.ToString("R", CultureInfo.InvariantCulture);
        if (magnitude is >= 1e-5 and < 1e15 && text.Contains('E', StringComparison.Ordinal))
        {
            return isReal ? new decimal((float)value).ToString(CultureInfo.InvariantCulture) : value.ToString("0.####################", CultureInfo.InvariantCulture);
        }

        return text;
    }

    /// <summary>C's %.{digits}g with a three-digit exponent: fixed-point from 1e-4 up to 10^digits.</summary>
    private static string General(double value, int digits)
    {
        if (value == 0)
        {
            return double.IsNegative(value) ? "-0" : "0";
        }

        string scientific = value.ToString("e" + (digits - 1).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        int e = scientific.IndexOf('e', StringComparison.Ordinal);
        int exponent = int.Parse(scientific.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent < -4 || exponent >= digits)
        {
            string mantissa = scientific[..e];
            return TrimZeros(mantissa) + scientific[e..];
        }

        return TrimZeros(value.ToString("F" + Math.Max(0, digits - 1 - exponent).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
    }

    private static string TrimZeros(string text) => text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
}
