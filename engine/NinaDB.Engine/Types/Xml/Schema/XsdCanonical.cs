using System.Globalization;
using System.Xml;
using System.Xml.Schema;
using NinaDB.Engine.Types.Xml.XQuery;

namespace NinaDB.Engine.Types.Xml.Schema;

/// <summary>Values of simple types: whether a text is one, and the spelling that SQL Server keeps of it.</summary>
internal static class XsdCanonical
{
    /// <summary>Digits before and after the point of every exact number: numeric(38, 10).</summary>
    private const int WholeDigits = 28, FractionDigits = 10;

    private static readonly char[] Spaces = [' ', '\t', '\n', '\r'];

    /// <summary>The text that is kept; null when it is no value of the type.</summary>
    public static string? Read(XmlSchemaModel model, XmlSchemaSimpleType type, string text, IXmlNamespaceResolver resolver)
    {
        XmlSchemaDatatype? datatype = type.Datatype;
        if (datatype is null)
        {
            return text;
        }

        switch (datatype.Variety)
        {
            case XmlSchemaDatatypeVariety.List:
                return ReadList(model, type, text, resolver);
            case XmlSchemaDatatypeVariety.Union:
                return ReadUnion(model, type, text, resolver);
        }

        string value = Normalize(text, WhiteSpaceOf(type));
        if (datatype.TypeCode is XmlTypeCode.DateTime or XmlTypeCode.Time && value.Contains("24:00:00", StringComparison.Ordinal))
        {
            value = DateTime(datatype.TypeCode, value);
        }

        return Parses(datatype, value, resolver) && MatchesPatterns(model, type, value) ? Canonical(datatype.TypeCode, value) : null;
    }

    /// <summary>Whether the kept spelling is itself a value of the type (error 6937 when it is not).</summary>
    public static bool IsStable(XmlSchemaModel model, XmlSchemaSimpleType type, string written, string kept, IXmlNamespaceResolver resolver) =>
        written == kept || Read(model, type, kept, resolver) is not null;

    private static string? ReadList(XmlSchemaModel model, XmlSchemaSimpleType type, string text, IXmlNamespaceResolver resolver)
    {
        string[] items = text.Split(Spaces, StringSplitOptions.RemoveEmptyEntries);
        string joined = string.Join(' ', items);
        if (!Parses(type.Datatype!, joined, resolver) || !MatchesPatterns(model, type, joined))
        {
            return null;
        }

        if (ContentOf<XmlSchemaSimpleTypeList>(type)?.BaseItemType is not { } itemType)
        {
            return joined;
        }

        for (int i = 0; i < items.Length; i++)
        {
            if (Read(model, itemType, items[i], resolver) is not { } item)
            {
                return null;
            }

            items[i] = item;
        }

        return string.Join(' ', items);
    }

    /// <summary>The first member type that has the value decides.</summary>
    private static string? ReadUnion(XmlSchemaModel model, XmlSchemaSimpleType type, string text, IXmlNamespaceResolver resolver)
    {
        if (!Parses(type.Datatype!, text, resolver) || !MatchesPatterns(model, type, text))
        {
            return null;
        }

        foreach (XmlSchemaSimpleType member in ContentOf<XmlSchemaSimpleTypeUnion>(type)?.BaseMemberTypes ?? [])
        {
            if (Read(model, member, text, resolver) is { } value)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The list or union that a type is or restricts.</summary>
    private static T? ContentOf<T>(XmlSchemaSimpleType type) where T : XmlSchemaSimpleTypeContent
    {
        for (XmlSchemaType? step = type; step is XmlSchemaSimpleType simple; step = step.BaseXmlSchemaType)
        {
            if (simple.Content is T content)
            {
                return content;
            }
        }

        return null;
    }

    private static bool Parses(XmlSchemaDatatype datatype, string value, IXmlNamespaceResolver resolver)
    {
        try
        {
            object parsed = datatype.ParseValue(value, new NameTable(), resolver);
            return parsed is not (double.NaN or float.NaN);
        }
        catch (XmlSchemaException)
        {
            return false;
        }
        catch (Exception error) when (error is FormatException or OverflowException or ArgumentException or XmlException)
        {
            return false;
        }
    }

    private static bool MatchesPatterns(XmlSchemaModel model, XmlSchemaSimpleType type, string value)
    {
        for (XmlSchemaType? step = type; step is XmlSchemaSimpleType simple; step = step.BaseXmlSchemaType)
        {
            if (model.PatternOf(simple.Content as XmlSchemaSimpleTypeRestriction) is { } pattern && !pattern.Matches(value))
            {
                return false;
            }
        }

        return true;
    }

    private enum WhiteSpace : byte
    {
        Preserve, Replace, Collapse,
    }

    private static WhiteSpace WhiteSpaceOf(XmlSchemaSimpleType type)
    {
        for (XmlSchemaType? step = type; step is XmlSchemaSimpleType simple; step = step.BaseXmlSchemaType)
        {
            if ((simple.Content as XmlSchemaSimpleTypeRestriction)?.Facets.OfType<XmlSchemaWhiteSpaceFacet>().FirstOrDefault() is { } facet)
            {
                return facet.Value switch { "preserve" => WhiteSpace.Preserve, "replace" => WhiteSpace.Replace, _ => WhiteSpace.Collapse };
            }
        }

        return type.Datatype!.TypeCode switch
        {
            XmlTypeCode.String or XmlTypeCode.AnyAtomicType or XmlTypeCode.UntypedAtomic or XmlTypeCode.Item => WhiteSpace.Preserve,
            XmlTypeCode.NormalizedString => WhiteSpace.Replace,
            _ => WhiteSpace.Collapse,
        };
    }

    private static string Normalize(string text, WhiteSpace rule) => rule switch
    {
        WhiteSpace.Preserve => text,
        WhiteSpace.Replace => text.Replace('\t', ' ').Replace('\n', ' ').Replace('\r', ' '),
        _ => text.AsSpan().IndexOfAny(Spaces) < 0 ? text : string.Join(' ', text.Split(Spaces, StringSplitOptions.RemoveEmptyEntries)),
    };

    /// <summary>The spelling of a valid value; null for one beyond the range that SQL Server has.</summary>
    private static string? Canonical(XmlTypeCode type, string value)
    {
        switch (type)
        {
            case XmlTypeCode.Boolean:
                return value is "1" or "true" ? "true" : "false";
            case XmlTypeCode.Float or XmlTypeCode.Double:
                return XAtomic.ParseDouble(value) is { } number ? XAtomic.DoubleText(type == XmlTypeCode.Float ? (float)number : number, type == XmlTypeCode.Float ? 7 : 15) : null;
            case XmlTypeCode.HexBinary:
                return value.ToUpperInvariant();
            case XmlTypeCode.Base64Binary:
                return value.Replace(" ", "", StringComparison.Ordinal);
            case XmlTypeCode.DateTime or XmlTypeCode.Date or XmlTypeCode.Time or XmlTypeCode.GYear or XmlTypeCode.GYearMonth or XmlTypeCode.GMonth or XmlTypeCode.GMonthDay or XmlTypeCode.GDay:
                return DateTime(type, value);
            case XmlTypeCode.Duration:
                return Duration(value);
            case XmlTypeCode.Decimal:
            case >= XmlTypeCode.Integer and <= XmlTypeCode.PositiveInteger:
                return Exact(value);
            default:
                return value;
        }
    }

    private static string? Exact(string value)
    {
        bool isNegative = value.StartsWith('-');
        string[] parts = value.TrimStart('+', '-').Split('.');
        string whole = parts[0].TrimStart('0');
        string fraction = parts.Length > 1 ? parts[1] : "";
        if (whole.Length > WholeDigits)
        {
            return null;
        }

        fraction = fraction[..Math.Min(fraction.Length, FractionDigits)].TrimEnd('0');
        string text = (whole.Length == 0 ? "0" : whole) + (fraction.Length == 0 ? "" : "." + fraction);
        return isNegative && text != "0" ? "-" + text : text;
    }

    /// <summary>No zeros at the end of the fraction, Z for a zone without offset, and midnight of the next day for 24:00:00.</summary>
    private static string DateTime(XmlTypeCode type, string value)
    {
        string zone = "";
        if (value.EndsWith('Z'))
        {
            (value, zone) = (value[..^1], "Z");
        }
        else if (value.Length > 6 && value[^6] is '+' or '-' && value[^3] == ':')
        {
            (value, zone) = (value[..^6], value[^6..]);
        }

        if (zone is "+00:00" or "-00:00")
        {
            zone = "Z";
        }

        if (type is XmlTypeCode.DateTime or XmlTypeCode.Time)
        {
            if (value.Contains('.', StringComparison.Ordinal))
            {
                value = value.TrimEnd('0').TrimEnd('.');
            }

            if (value.EndsWith("24:00:00", StringComparison.Ordinal))
            {
                string date = value[..^8];
                value = date.Length == 0 ? "00:00:00"
                    : System.DateTime.TryParseExact(date, "yyyy-MM-dd'T'", CultureInfo.InvariantCulture, DateTimeStyles.None, out System.DateTime day) && day < System.DateTime.MaxValue.Date
                        ? day.AddDays(1).ToString("yyyy-MM-dd'T'00:00:00", CultureInfo.InvariantCulture)
                        : value;
            }
        }

        return value + zone;
    }

    /// <summary>Without the parts that are zero.</summary>
    private static string Duration(string value)
    {
        string sign = value.StartsWith('-') ? "-" : "";
        var text = new System.Text.StringBuilder();
        bool inTime = false;
        bool wroteTime = false;
        int from = sign.Length + 1;
        for (int i = from; i < value.Length; i++)
        {
            char c = value[i];
            if (c == 'T')
            {
                inTime = true;
                from = i + 1;
                continue;
            }

            if (char.IsAsciiLetter(c))
            {
                string number = value[from..i].TrimStart('0');
                from = i + 1;
                if (number.Contains('.', StringComparison.Ordinal))
                {
                    number = number.TrimEnd('0').TrimEnd('.');
                    number = number.StartsWith('.') ? "0" + number : number;
                }

                if (number.Length == 0)
                {
                    continue;
                }

                if (inTime && !wroteTime)
                {
                    text.Append('T');
                    wroteTime = true;
                }

                text.Append(number).Append(c);
            }
        }

        return text.Length == 0 ? "PT0S" : $"{sign}P{text}";
    }
}
