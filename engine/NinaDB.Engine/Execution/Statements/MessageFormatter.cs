using System.Globalization;
using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>The printf-like substitution of RAISERROR and FORMATMESSAGE: %[flags][width][.precision][h|l|I64]type.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/language-elements/raiserror-transact-sql</remarks>
internal static class MessageFormatter
{
    private const int MaximumLength = 2047;

    public static string Format(string template, ReadOnlySpan<SqlValue> arguments, IReadOnlyList<SqlType> types)
    {
        if (!template.Contains('%', StringComparison.Ordinal))
        {
            return Limit(template);
        }

        var result = new StringBuilder(template.Length + 64);
        int next = 0;
        for (int i = 0; i < template.Length; i++)
        {
            char c = template[i];
            if (c != '%')
            {
                result.Append(c);
                continue;
            }

            if (i + 1 < template.Length && template[i + 1] == '%')
            {
                result.Append('%');
                i++;
                continue;
            }

            int start = i++;
            bool left = false, plus = false, zero = false, hash = false, blank = false;
            for (; i < template.Length && "-+0# ".Contains(template[i], StringComparison.Ordinal); i++)
            {
                switch (template[i])
                {
                    case '-': left = true; break;
                    case '+': plus = true; break;
                    case '0': zero = true; break;
                    case '#': hash = true; break;
                    default: blank = true; break;
                }
            }

            int width = Math.Max(ReadNumber(template, ref i, arguments, types, ref next) ?? 0, 0);
            int? precision = null;
            if (i < template.Length && template[i] == '.')
            {
                i++;
                precision = ReadNumber(template, ref i, arguments, types, ref next) ?? throw SqlErrors.Create(2787, template[start..]);
                precision = precision < 0 ? null : precision;
            }

            bool is64 = false;
            if (i < template.Length && template.AsSpan(i).StartsWith("I64", StringComparison.Ordinal))
            {
                is64 = true;
                i += 3;
            }
            else if (i < template.Length && template[i] is 'h' or 'l')
            {
                i++;
            }

            char kind = i < template.Length ? template[i] : '\0';
            if (kind is not ('d' or 'i' or 'o' or 's' or 'S' or 'u' or 'x' or 'X'))
            {
                throw SqlErrors.Create(2787, template[start..]);
            }

            if (next >= arguments.Length)
            {
                result.Append(Pad("(null)", width, left, ' '));
                continue;
            }

            SqlValue value = arguments[next];
            SqlType type = types[next];
            next++;
            string text = kind is 's' or 'S'
                ? FormatString(value, type, precision, next)
                : FormatInteger(value, type, kind, is64, plus, blank, hash, precision, next);
            char padding = zero && !left && precision is null && kind is not ('s' or 'S') && !value.IsNull ? '0' : ' ';
            result.Append(Pad(text, width, left, padding));
        }

        return Limit(result.ToString());
    }

    private static int? ReadNumber(string template, ref int i, ReadOnlySpan<SqlValue> arguments, IReadOnlyList<SqlType> types, ref int next)
    {
        if (i < template.Length && template[i] == '*')
        {
            i++;
            if (next >= arguments.Length || !types[next].IsExactInteger || arguments[next].IsNull)
            {
                throw SqlErrors.Create(2786, next + 1);
            }

            return arguments[next++].AsInt32;
        }

        int start = i;
        while (i < template.Length && char.IsAsciiDigit(template[i]))
        {
            i++;
        }

        return i > start ? int.Parse(template.AsSpan(start, i - start), CultureInfo.InvariantCulture) : null;
    }

    private static string FormatString(SqlValue value, SqlType type, int? precision, int position)
    {
        if (value.IsNull)
        {
            return "(null)";
        }

        if (type.IsExactInteger)
        {
            throw SqlErrors.Create(2786, position);
        }

        string text = type.IsBinary ? "0x" + Convert.ToHexString(value.AsBytes) : value.AsString;
        return precision is { } limit && limit < text.Length ? text[..limit] : text;
    }

    private static string FormatInteger(SqlValue value, SqlType type, char kind, bool is64, bool plus, bool blank, bool hash, int? precision, int position)
    {
        if (value.IsNull)
        {
            return "(null)";
        }

        if (!type.IsExactInteger || (type.Id == SqlTypeId.BigInt) != is64)
        {
            throw SqlErrors.Create(2786, position);
        }

        long number = value.AsInt64;
        string digits = kind switch
        {
            'd' or 'i' => Math.Abs((decimal)number).ToString(CultureInfo.InvariantCulture),
            'u' => (is64 ? (ulong)number : (uint)number).ToString(CultureInfo.InvariantCulture),
            'o' => Octal(is64 ? (ulong)number : (uint)number),
            'X' => (is64 ? (ulong)number : (uint)number).ToString("X", CultureInfo.InvariantCulture),
            _ => (is64 ? (ulong)number : (uint)number).ToString("x", CultureInfo.InvariantCulture),
        };
        if (precision is { } minimum)
        {
            digits = minimum == 0 && number == 0 ? "" : digits.PadLeft(minimum, '0');
        }

        string prefix = kind switch
        {
            'd' or 'i' => number < 0 ? "-" : plus ? "+" : blank ? " " : "",
            'x' when hash => "0x",
            'X' when hash => "0X",
            'o' when hash => "0",
            _ => "",
        };
        return prefix + digits;
    }

    private static string Octal(ulong number)
    {
        if (number == 0)
        {
            return "0";
        }

        var digits = new StringBuilder();
        for (; number > 0; number >>= 3)
        {
            digits.Insert(0, (char)('0' + (int)(number & 7)));
        }

        return digits.ToString();
    }

    private static string Pad(string text, int width, bool left, char padding)
    {
        if (text.Length >= width)
        {
            return text;
        }

        if (left)
        {
            return text.PadRight(width);
        }

        return padding == '0' && text.Length > 0 && text[0] is '-' or '+'
            ? text[0] + text[1..].PadLeft(width - 1, '0')
            : text.PadLeft(width, padding);
    }

    private static string Limit(string text) => text.Length > MaximumLength ? string.Concat(text.AsSpan(0, MaximumLength - 3), "...") : text;
}
