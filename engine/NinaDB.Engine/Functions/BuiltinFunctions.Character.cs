using System.Globalization;
using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;
using NinaDB.Engine.Types.Json;

namespace NinaDB.Engine.Functions;

/// <summary>Code points, quoting, escaping, phonetics and encodings.</summary>
internal static partial class BuiltinFunctions
{
    private static void AddCharacterFamily(Action<BuiltinFunction> add)
    {
        add(Function("ASCII", 1, 1, BindAscii));
        add(Function("UNICODE", 1, 1, BindUnicode));
        add(Simple("CHAR", SqlType.Char(1), [SqlType.Int], static a =>
            a[0].AsInt64 is >= 0 and <= 255 and var code ? SqlValue.FromString(TextEncodings.FromCodePage((byte)code).ToString(), SqlTypeId.Char) : SqlValue.Null));
        add(Simple("NCHAR", SqlType.NChar(1), [SqlType.Int], static a =>
            a[0].AsInt64 is >= 0 and <= 65535 and var code ? SqlValue.FromString(((char)code).ToString(), SqlTypeId.NChar) : SqlValue.Null));
        add(Function("QUOTENAME", 1, 2, BindQuoteName));
        add(Function("STRING_ESCAPE", 2, 2, BindStringEscape));
        add(Function("SOUNDEX", 1, 1, b => new BoundFunction(SqlType.VarChar(4), true, [StringArgument(b, 0)], static (_, a) => Text(Soundex(a[0].AsString), SqlType.VarChar(4)))));
        add(Function("DIFFERENCE", 2, 2, b => new BoundFunction(SqlType.Int, true, [StringArgument(b, 0, IsText(b, 0)), StringArgument(b, 1, IsText(b, 1))], static (_, a) =>
            SqlValue.FromInt(Soundex(a[0].AsString).Zip(Soundex(a[1].AsString)).Count(p => p.First == p.Second)))));
        add(Function("FORMAT", 2, 3, BindFormat) with { DependsOnSession = true });
        add(Function("UNISTR", 1, 2, BindUnistr));
        add(Function("BASE64_ENCODE", 1, 2, BindBase64Encode));
        add(Function("BASE64_DECODE", 1, 1, BindBase64Decode));
    }

    private static BoundFunction BindAscii(FunctionBinding b) => new(SqlType.Int, true, [StringArgument(b, 0)], static (_, a) =>
        a[0].AsString.Length == 0 ? SqlValue.Null : SqlValue.FromInt(TextEncodings.ToCodePage(a[0].AsString[0])));

    private static BoundFunction BindUnicode(FunctionBinding b)
    {
        SqlType type = StringArgument(b, 0);
        bool supplementary = type.EffectiveCollation.IsSupplementaryAware;
        return new BoundFunction(SqlType.Int, true, [type], (_, a) =>
        {
            string text = a[0].AsString;
            return text.Length == 0 ? SqlValue.Null
                : SqlValue.FromInt(supplementary && text.Length > 1 && char.IsSurrogatePair(text[0], text[1]) ? char.ConvertToUtf32(text[0], text[1]) : text[0]);
        });
    }

    private static BoundFunction BindQuoteName(FunctionBinding b)
    {
        SqlType result = SqlType.NVarChar(258);
        return new BoundFunction(result, true, [SqlType.NVarCharMax, SqlType.NVarChar(2)], (_, a) =>
        {
            string name = a[0].AsString;
            string quote = a.Length > 1 ? a[1].AsString : "[";
            (char Open, char Close)? pair = (quote.Length == 0 ? '[' : quote[0]) switch
            {
                '[' or ']' => ('[', ']'),
                '"' => ('"', '"'),
                '\'' => ('\'', '\''),
                '`' => ('`', '`'),
                '(' or ')' => ('(', ')'),
                '<' or '>' => ('<', '>'),
                '{' or '}' => ('{', '}'),
                _ => null,
            };
            return name.Length > 128 || pair is not { } p
                ? SqlValue.Null
                : Text(p.Open + name.Replace(p.Close.ToString(), new string(p.Close, 2), StringComparison.Ordinal) + p.Close, result);
        });
    }

    private static BoundFunction BindStringEscape(FunctionBinding b)
    {
        SqlType result = SqlType.NVarCharMax;
        return new BoundFunction(result, true, [SqlType.NVarCharMax, SqlType.NVarChar(60)], (_, a) =>
        {
            if (!a[1].AsString.Equals("json", StringComparison.OrdinalIgnoreCase))
            {
                throw SqlErrors.Create(13641, a[1].AsString);
            }

            var output = new StringBuilder(a[0].AsString.Length + 8);
            JsonWriter.AppendEscaped(output, a[0].AsString);
            return Text(output.ToString(), result);
        });
    }

    /// <summary>The first letter and three digits; letters of one class next to each other (or around h, w) count once.</summary>
    private static string Soundex(string text)
    {
        ReadOnlySpan<char> letters = text.AsSpan().Trim();
        if (letters.IsEmpty || !char.IsAsciiLetter(letters[0]))
        {
            return "0000";
        }

        var code = new StringBuilder(4).Append(char.ToUpperInvariant(letters[0]));
        char last = SoundexClass(letters[0]);
        foreach (char c in letters[1..])
        {
            if (!char.IsAsciiLetter(c) || code.Length == 4)
            {
                break;
            }

            char digit = SoundexClass(c);
            if (digit == 'h')
            {
                continue;
            }

            if (digit != '0' && digit != last)
            {
                code.Append(digit);
            }

            last = digit;
        }

        return code.ToString().PadRight(4, '0');
    }

    private static char SoundexClass(char c) => char.ToLowerInvariant(c) switch
    {
        'b' or 'f' or 'p' or 'v' => '1',
        'c' or 'g' or 'j' or 'k' or 'q' or 's' or 'x' or 'z' => '2',
        'd' or 't' => '3',
        'l' => '4',
        'm' or 'n' => '5',
        'r' => '6',
        'h' or 'w' => 'h',
        _ => '0',
    };

    private static BoundFunction BindFormat(FunctionBinding b)
    {
        SqlType type = b.ArgumentTypes[0];
        if (type.Id != SqlTypeId.Null && !type.IsDateOrTime && (!type.IsNumber || type.Id == SqlTypeId.Bit))
        {
            throw InvalidArgument(b, 0);
        }

        SqlType result = SqlType.NVarChar(4000);
        if (IsNullArgument(b, 1))
        {
            throw InvalidArgument(b, 1);
        }

        return new BoundFunction(result, true, [null, result, SqlType.NVarChar(128)], (context, a) =>
        {
            string name = a.Length > 2 ? a[2].AsString : Cultures.NameOf(context.Session.Options);
            CultureInfo culture = Cultures.Find(name) ?? throw SqlErrors.Create(9818, name);
            try
            {
                string text = Formattable(a[0], type).ToString(a[1].AsString, culture);
                return Text(text.Length <= 4000 ? text : text[..4000], result);
            }
            catch (FormatException)
            {
                // A format that .NET does not understand gives NULL.
                return SqlValue.Null;
            }
        });
    }

    private static IFormattable Formattable(SqlValue value, SqlType type)
    {
        switch (value.Kind)
        {
            case SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt:
                return value.AsInt64;
            case SqlTypeId.Float:
                return value.AsDouble;
            case SqlTypeId.Real:
                return (float)value.AsDouble;
            case SqlTypeId.Money or SqlTypeId.SmallMoney:
                return value.AsInt64 / 10_000m;
            case SqlTypeId.Decimal or SqlTypeId.Numeric:
                Numeric128 number = value.AsNumeric;
                return decimal.TryParse(number.ToString(), NumberStyles.Number, CultureInfo.InvariantCulture, out decimal exact) ? exact : number.ToDouble();
            case SqlTypeId.Time:
                return new TimeSpan(value.AsInt64);
            case SqlTypeId.DateTimeOffset:
                return new DateTimeOffset(DateTimes.LocalTicks(value), TimeSpan.FromMinutes(value.OffsetMinutes));
            default:
                return type.IsDateOrTime ? new DateTime(DateTimes.LocalTicks(value)) : throw new InvalidOperationException($"FORMAT of {value.Kind}.");
        }
    }

    private static BoundFunction BindUnistr(FunctionBinding b)
    {
        SqlType type = StringArgument(b, 0);
        SqlType result = SqlType.NVarChar(type.IsMax ? SqlType.Max : Math.Min(type.Length, 4000), type.Collation);
        return new BoundFunction(result, true, [type, SqlType.NVarChar(1)], (_, a) =>
        {
            string text = a[0].AsString;
            char escape = a.Length > 1 && a[1].AsString.Length > 0 ? a[1].AsString[0] : '\\';
            var output = new StringBuilder(text.Length);
            for (int i = 0; i < text.Length; i++)
            {
                if (text[i] != escape)
                {
                    output.Append(text[i]);
                    continue;
                }

                if (i + 1 < text.Length && text[i + 1] == escape)
                {
                    output.Append(escape);
                    i++;
                    continue;
                }

                bool wide = i + 1 < text.Length && text[i + 1] == '+';
                int start = i + (wide ? 2 : 1);
                int digits = wide ? 6 : 4;
                if (start + digits > text.Length || !int.TryParse(text.AsSpan(start, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code) || code > 0x10FFFF)
                {
                    throw SqlErrors.Create(9844, text);
                }

                output.Append(wide && code > 0xFFFF ? char.ConvertFromUtf32(code) : ((char)code).ToString());
                i = start + digits - 1;
            }

            return Text(output.ToString(), result);
        });
    }

    private static BoundFunction BindBase64Encode(FunctionBinding b)
    {
        SqlType type = b.ArgumentTypes[0];
        if (!type.IsBinary && type.Id != SqlTypeId.Null)
        {
            throw InvalidArgument(b, 0);
        }

        long length = type.IsMax || type.Length > 6000 ? SqlType.Max : Math.Max(4, (type.Length + 2L) / 3 * 4);
        SqlType result = SqlType.VarChar((int)length);
        return new BoundFunction(result, true, [null, SqlType.Bit], (_, a) =>
        {
            string text = Convert.ToBase64String(a[0].AsBytes);
            bool urlSafe = a.Length > 1 && a[1].AsBoolean;
            return Text(urlSafe ? text.TrimEnd('=').Replace('+', '-').Replace('/', '_') : text, result);
        });
    }

    private static bool IsText(FunctionBinding b, int index) => b.ArgumentTypes[index].Id == SqlTypeId.Text;

    private static BoundFunction BindBase64Decode(FunctionBinding b)
    {
        SqlType type = StringArgument(b, 0);
        return new BoundFunction(type.IsMax ? SqlType.VarBinaryMax : SqlType.VarBinary(8000), true, [type], static (_, a) => SqlValue.FromBinary(Base64Bytes(a[0].AsString)));
    }

    /// <summary>
    /// The bytes of base64 in either alphabet, padded or not, white space aside. Error 9803: state 20 for other characters, 23 for padding that is too long or not at the
    /// end, 21 for a character too few.
    /// </summary>
    private static byte[] Base64Bytes(string text)
    {
        var digits = new StringBuilder(text.Length + 3);
        int padding = 0;
        foreach (char c in text)
        {
            switch (c)
            {
                case '\n' or '\r' or '\t' or ' ':
                    break;
                case '=':
                    padding++;
                    break;
                case '-' or '+' or '_' or '/' when padding == 0:
                    digits.Append(c is '-' or '+' ? '+' : '/');
                    break;
                case var _ when char.IsAsciiLetterOrDigit(c) && padding == 0:
                    digits.Append(c);
                    break;
                default:
                    throw SqlErrors.CreateWithState(9803, padding > 0 && (char.IsAsciiLetterOrDigit(c) || c is '-' or '+' or '_' or '/') ? (byte)23 : (byte)20, "Base64Decode");
            }
        }

        if (padding > 2)
        {
            throw SqlErrors.CreateWithState(9803, 23, "Base64Decode");
        }

        return digits.Length % 4 == 1
            ? throw SqlErrors.CreateWithState(9803, 21, "Base64Decode")
            : Convert.FromBase64String(digits.Append('=', (4 - (digits.Length % 4)) % 4).ToString());
    }
}
