using System.Globalization;
using System.Xml;

namespace NinaDB.Engine.Types.Xml.XQuery;

/// <summary>An atomic value.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Value">A <see cref="string"/>, <see cref="decimal"/>, <see cref="double"/> or <see cref="bool"/>; dates and binary values are their text.</param>
internal sealed record XAtomic(XAtomicType Type, object Value)
{
    public static XAtomic True { get; } = new(XAtomicType.Boolean, true);

    public static XAtomic False { get; } = new(XAtomicType.Boolean, false);

    public static XAtomic Of(bool value) => value ? True : False;

    public static XAtomic Of(string value) => new(XAtomicType.String, value);

    public static XAtomic Of(long value) => new(XAtomicType.Integer, (decimal)value);

    public static XAtomic Of(double value) => new(XAtomicType.Double, value);

    public static XAtomic Untyped(string value) => new(XAtomicType.Untyped, value);

    /// <summary>The value as text, by the rules of fn:string().</summary>
    public string Text => Value switch
    {
        bool flag => flag ? "true" : "false",
        decimal number => DecimalText(number),
        double number => DoubleText(number, Type == XAtomicType.Float ? 7 : 15),
        _ => (string)Value,
    };

    /// <summary>The value as a number; null when it is none.</summary>
    public double? Number => Value switch
    {
        decimal number => (double)number,
        double number => number,
        bool flag => flag ? 1 : 0,
        string text => ParseDouble(text),
        _ => null,
    };

    public static double? ParseDouble(string text)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim(" \t\r\n");
        return trimmed switch
        {
            "INF" => double.PositiveInfinity,
            "-INF" => double.NegativeInfinity,
            "NaN" => double.NaN,
            _ => double.TryParse(trimmed, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double value)
                && double.IsFinite(value) ? value : null,
        };
    }

    public static string DecimalText(decimal number)
    {
        string text = number.ToString("0.##########", CultureInfo.InvariantCulture);
        return text == "-0" ? "0" : text;
    }

    /// <summary>Plain from 1e-6 up to 1e6, else with an exponent; zero is 0.0E0.</summary>
    public static string DoubleText(double number, int digits)
    {
        if (double.IsNaN(number))
        {
            return "NaN";
        }

        if (double.IsInfinity(number))
        {
            return number > 0 ? "INF" : "-INF";
        }

        if (number == 0)
        {
            return double.IsNegative(number) ? "-0.0E0" : "0.0E0";
        }

        string scientific = Math.Abs(number).ToString("E" + (digits - 1).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        int e = scientific.IndexOf('E', StringComparison.Ordinal);
        string mantissa = scientific[..e].Replace(".", "", StringComparison.Ordinal).TrimEnd('0');
        int exponent = int.Parse(scientific.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string sign = number < 0 ? "-" : "";
        if (exponent is < -6 or >= 6)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{mantissa[0]}.{(mantissa.Length > 1 ? mantissa[1..] : "0")}E{exponent}");
        }

        if (exponent < 0)
        {
            return sign + "0." + new string('0', -exponent - 1) + mantissa;
        }

        return mantissa.Length <= exponent + 1
            ? sign + mantissa.PadRight(exponent + 1, '0')
            : sign + mantissa[..(exponent + 1)] + "." + mantissa[(exponent + 1)..];
    }

    /// <summary>The value as another type; null when it does not convert.</summary>
    public XAtomic? CastTo(XAtomicType type)
    {
        if (type == Type)
        {
            return this;
        }

        if (type == XAtomicType.Untyped || type.IsString())
        {
            return new XAtomic(type, type is XAtomicType.Token or XAtomicType.AnyUri ? string.Join(' ', Text.Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)) : Text);
        }

        if (type == XAtomicType.Boolean)
        {
            return Value switch
            {
                bool => new XAtomic(type, Value),
                string text => text.Trim() switch { "true" or "1" => True, "false" or "0" => False, _ => null },
                _ => Of(Number is { } n && n != 0 && !double.IsNaN(n)),
            };
        }

        if (type.IsApproximate())
        {
            return Number is not { } number ? null : new XAtomic(type, type == XAtomicType.Float ? (double)(float)number : number);
        }

        if (type.IsNumeric())
        {
            return ToDecimal(type) is { } exact ? new XAtomic(type, exact) : null;
        }

        return Value is string written && (Type is XAtomicType.Untyped || Type.IsString()) && Canonical(written.Trim(' ', '\t', '\r', '\n'), type) is { } canonical ? new XAtomic(type, canonical)
            : Type == XAtomicType.DateTime && type is XAtomicType.Date or XAtomicType.Time ? FromDateTime(type)
            : Type == XAtomicType.Date && type == XAtomicType.DateTime ? Canonical(InsertMidnight((string)Value), type) is { } midnight ? new XAtomic(type, midnight) : null
            : null;
    }

    private static string InsertMidnight(string date) => date.Length > 10 ? date[..10] + "T00:00:00" + date[10..] : date + "T00:00:00";

    private XAtomic? FromDateTime(XAtomicType type)
    {
        var text = (string)Value;
        int t = text.IndexOf('T', StringComparison.Ordinal);
        if (t < 0)
        {
            return null;
        }

        int zone = text.AsSpan(t).IndexOfAny('Z', '+', '-');
        return new XAtomic(type, type == XAtomicType.Time ? text[(t + 1)..] : text[..t] + (zone < 0 ? "" : text[(t + zone)..]));
    }

    private decimal? ToDecimal(XAtomicType type)
    {
        decimal? number = null;
        switch (Value)
        {
            case decimal exact:
                number = exact;
                break;
            case double approximate when Math.Abs(approximate) < 7.9e27:
                number = (decimal)approximate;
                break;
            case bool flag:
                number = flag ? 1 : 0;
                break;
            case string text:
                NumberStyles styles = type.IsInteger() ? NumberStyles.AllowLeadingSign : NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
                number = decimal.TryParse(text.Trim(' ', '\t', '\r', '\n'), styles, CultureInfo.InvariantCulture, out decimal parsed) ? parsed : null;
                break;
        }

        if (number is not { } value)
        {
            return null;
        }

        value = type.IsInteger() ? decimal.Truncate(value) : decimal.Round(value, 10, MidpointRounding.AwayFromZero);
        (decimal low, decimal high) = Range(type);
        return value >= low && value <= high ? value : null;
    }

    private static (decimal Low, decimal High) Range(XAtomicType type) => type switch
    {
        XAtomicType.NonPositiveInteger => (decimal.MinValue, 0),
        XAtomicType.NegativeInteger => (decimal.MinValue, -1),
        XAtomicType.Long => (long.MinValue, long.MaxValue),
        XAtomicType.Int => (int.MinValue, int.MaxValue),
        XAtomicType.Short => (short.MinValue, short.MaxValue),
        XAtomicType.Byte => (sbyte.MinValue, sbyte.MaxValue),
        XAtomicType.NonNegativeInteger => (0, decimal.MaxValue),
        XAtomicType.UnsignedLong => (0, ulong.MaxValue),
        XAtomicType.UnsignedInt => (0, uint.MaxValue),
        XAtomicType.UnsignedShort => (0, ushort.MaxValue),
        XAtomicType.UnsignedByte => (0, byte.MaxValue),
        XAtomicType.PositiveInteger => (1, decimal.MaxValue),
        _ => (decimal.MinValue, decimal.MaxValue),
    };

    /// <summary>The text of a date, duration or binary value when it is valid; null otherwise.</summary>
    private static string? Canonical(string text, XAtomicType type)
    {
        try
        {
            switch (type)
            {
                case XAtomicType.DateTime or XAtomicType.Date or XAtomicType.Time or XAtomicType.GYear or XAtomicType.GYearMonth or XAtomicType.GMonth or XAtomicType.GMonthDay or XAtomicType.GDay:
                    string[] formats = Formats(type);
                    _ = XmlConvert.ToDateTimeOffset(text, formats);
                    return CanonicalTime(text, type);
                case XAtomicType.Duration:
                    _ = XmlConvert.ToTimeSpan(text);
                    return text;
                case XAtomicType.HexBinary:
                    return Convert.ToHexString(Convert.FromHexString(text));
                case XAtomicType.Base64Binary:
                    return Convert.ToBase64String(Convert.FromBase64String(text));
                default:
                    return null;
            }
        }
        catch (FormatException)
        {
            return null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static string[] Formats(XAtomicType type) => type switch
    {
        XAtomicType.DateTime => ["yyyy-MM-ddTHH:mm:ss.FFFFFFFzzzzzz", "yyyy-MM-ddTHH:mm:ss.FFFFFFF", "yyyy-MM-ddTHH:mm:ss.FFFFFFFZ"],
        XAtomicType.Date => ["yyyy-MM-dd", "yyyy-MM-ddZ", "yyyy-MM-ddzzzzzz"],
        XAtomicType.Time => ["HH:mm:ss.FFFFFFF", "HH:mm:ss.FFFFFFFZ", "HH:mm:ss.FFFFFFFzzzzzz"],
        XAtomicType.GYear => ["yyyy", "yyyyZ", "yyyyzzzzzz"],
        XAtomicType.GYearMonth => ["yyyy-MM", "yyyy-MMZ", "yyyy-MMzzzzzz"],
        XAtomicType.GMonth => ["--MM", "--MMZ", "--MMzzzzzz"],
        XAtomicType.GMonthDay => ["--MM-dd", "--MM-ddZ", "--MM-ddzzzzzz"],
        _ => ["---dd", "---ddZ", "---ddzzzzzz"],
    };

    /// <summary>No trailing zeros in the fraction; a zero offset is Z.</summary>
    private static string CanonicalTime(string text, XAtomicType type)
    {
        if (type is not (XAtomicType.DateTime or XAtomicType.Time))
        {
            return text;
        }

        string zone = "";
        int t = text.IndexOf('T', StringComparison.Ordinal) + 1;
        int at = text.AsSpan(t).IndexOfAny('Z', '+', '-');
        if (at >= 0)
        {
            zone = text[(t + at)..];
            text = text[..(t + at)];
        }

        if (text.Contains('.'))
        {
            text = text.TrimEnd('0').TrimEnd('.');
        }

        return text + (zone is "+00:00" or "-00:00" ? "Z" : zone);
    }

    /// <summary>Compares two values of one family; null when they do not compare.</summary>
    public static int? Compare(XAtomic a, XAtomic b)
    {
        if (a.Value is bool x && b.Value is bool y)
        {
            return x.CompareTo(y);
        }

        if (a.Type.IsNumeric() && b.Type.IsNumeric())
        {
            if (a.Value is decimal d && b.Value is decimal e)
            {
                return d.CompareTo(e);
            }

            double first = a.Number!.Value;
            double second = b.Number!.Value;
            return double.IsNaN(first) || double.IsNaN(second) ? null : first.CompareTo(second);
        }

        if (a.Type == b.Type && a.Type is >= XAtomicType.DateTime and <= XAtomicType.GDay and not XAtomicType.Duration)
        {
            string[] formats = Formats(a.Type);
            return XmlConvert.ToDateTimeOffset((string)a.Value, formats).CompareTo(XmlConvert.ToDateTimeOffset((string)b.Value, formats));
        }

        return string.CompareOrdinal(a.Text, b.Text);
    }
}
