using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Lengths, parts and rearrangement of strings.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/string-functions-transact-sql.</remarks>
internal static partial class BuiltinFunctions
{
    private static void AddStringFamily(Action<BuiltinFunction> add)
    {
        add(Function("LEN", 1, 1, BindLen));
        add(Function("DATALENGTH", 1, 1, BindDataLength));
        add(Function("SUBSTRING", 2, 3, BindSubstring));
        add(Function("LEFT", 2, 2, b => BindEnd(b, fromLeft: true)));
        add(Function("RIGHT", 2, 2, b => BindEnd(b, fromLeft: false)));
        add(Function("REPLICATE", 2, 2, BindReplicate));
        add(Function("SPACE", 1, 1, BindSpace));
        add(Function("REVERSE", 1, 1, BindReverse));
        add(Function("STUFF", 4, 4, BindStuff));
        add(Function("UPPER", 1, 1, b => BindCase(b, upper: true)));
        add(Function("LOWER", 1, 1, b => BindCase(b, upper: false)));
        add(Function("LTRIM", 1, 2, b => BindTrim(b, leading: true, trailing: false)));
        add(Function("RTRIM", 1, 2, b => BindTrim(b, leading: false, trailing: true)));
        add(Function("TRIM", 1, 2, b => BindTrim(
            b,
            leading: !string.Equals(b.Syntax.TrimSpecification, "TRAILING", StringComparison.OrdinalIgnoreCase),
            trailing: !string.Equals(b.Syntax.TrimSpecification, "LEADING", StringComparison.OrdinalIgnoreCase))));
        add(Function("CONCAT", 2, 254, BindConcat));
        add(Function("CONCAT_WS", 3, 254, BindConcatWithSeparator));
        add(Function("STR", 1, 3, BindStr));
    }

    private static BoundFunction BindLen(FunctionBinding b)
    {
        if (b.ArgumentTypes[0] is { IsBinary: true, Id: not SqlTypeId.Image } binary)
        {
            SqlType length = LengthType(binary);

            // Bytes are read as characters: 0x20 at the end are blanks.
            return new BoundFunction(length, true, [null], (_, a) =>
                Integer(length, a[0].AsLob is { } lob ? lob.Length : a[0].AsBytes.AsSpan().TrimEnd((byte)0x20).Length));
        }

        SqlType type = StringArgument(b, 0);
        SqlType result = LengthType(type);
        Collation collation = type.EffectiveCollation;
        return new BoundFunction(result, true, [type], (_, a) => Integer(result, SupplementaryText.Count(a[0].AsString.AsSpan().TrimEnd(' '), collation)));
    }

    private static BoundFunction BindDataLength(FunctionBinding b)
    {
        SqlType type = b.ArgumentTypes[0];
        SqlType result = type.IsMax && !type.IsLegacyLob && (type.IsString || type.IsBinary) ? SqlType.BigInt : SqlType.Int;
        return new BoundFunction(result, true, [null], (_, a) => Integer(result, DataLength(a[0], type)));
    }

    /// <summary>Bytes that a value takes in storage, as DATALENGTH counts them.</summary>
    internal static long DataLength(SqlValue value, SqlType type)
    {
        switch (value.Kind)
        {
            case SqlTypeId.HierarchyId:
                return value.AsBytes.Length;
            case SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.Text:
                return TextEncodings.ByteCount(value.AsString, type.EffectiveCollation);
            case SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.NText or SqlTypeId.Xml:
                return type.IsAnsiString ? TextEncodings.ByteCount(value.AsString, type.EffectiveCollation) : value.AsString.Length * 2L;
            case SqlTypeId.Json:
                return Encoding.UTF8.GetByteCount(value.AsString);
            case SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.RowVersion or SqlTypeId.Udt:
                return value.AsLob?.Length ?? value.AsBytes.Length;
            case SqlTypeId.SqlVariant:
                return DataLength(value.AsVariant.Value, value.AsVariant.Type);
            default:
                return type.Id == value.Kind ? type.MaxLength : SqlConvert.NaturalType(value).MaxLength;
        }
    }

    private static BoundFunction BindSubstring(FunctionBinding b)
    {
        bool twoArguments = b.ArgumentTypes.Count == 2;
        bool isLarge = b.ArgumentTypes[0].IsMax || b.ArgumentTypes[0].IsLegacyLob;
        SqlType? length = twoArguments ? null : CountArgument(b, 2, isLarge);
        SqlType start = CountArgument(b, 1, isLarge);
        long? constant = twoArguments ? null : ConstantInteger(b, 2);
        if (b.ArgumentTypes[0].IsBinary)
        {
            SqlType source = b.ArgumentTypes[0].Id == SqlTypeId.Image ? SqlType.VarBinaryMax : b.ArgumentTypes[0];

            // A constant length bounds the result, and makes a large object's part an ordinary value.
            SqlType binary = source.IsMax ? SqlType.VarBinaryMax : VariableBinary(source, Math.Min(source.Length, constant ?? source.Length));
            return new BoundFunction(binary, true, [null, start, length], (_, a) =>
                SubstringOfBinary(a[0], a[1].AsInt64, twoArguments ? long.MaxValue : a[2].AsInt64));
        }

        SqlType type = StringArgument(b, 0, isRead: true);
        Collation collation = type.EffectiveCollation;
        int limit = type.IsUnicodeString ? 4000 : 8000;
        SqlType result = b.ArgumentTypes[0].IsLegacyLob ? VariableString(type.WithLength(limit), Math.Min(limit, constant ?? limit))
            : type.IsMax ? VariableString(type, SqlType.Max)
            : VariableString(type, Math.Min(type.Length, constant ?? type.Length));
        return new BoundFunction(result, true, [type, start, length], (_, a) =>
        {
            string text = a[0].AsString;
            (long from, long to) = Window(a[1].AsInt64, twoArguments ? long.MaxValue : a[2].AsInt64, SupplementaryText.Count(text, collation));
            return Text(to > from ? text[SupplementaryText.UnitOf(text, from, collation)..SupplementaryText.UnitOf(text, to, collation)] : string.Empty, result);
        });
    }

    /// <summary>The 0-based half-open range of a 1-based start and a length; a start before the first character eats into the length.</summary>
    private static (long From, long To) Window(long start, long length, long available)
    {
        if (length < 0)
        {
            throw SqlErrors.CreateWithState(537, 3);
        }

        long from = start - 1;
        long to = length == long.MaxValue || from > long.MaxValue - length ? available : from + length;
        return (Math.Max(0, from), Math.Min(available, to));
    }

    private static SqlValue SubstringOfBinary(SqlValue value, long start, long length)
    {
        if (value.AsLob is not { } lob)
        {
            byte[] all = value.AsBytes;
            (long from, long to) = Window(start, length, all.Length);
            return SqlValue.FromBinary(to > from ? all[(int)from..(int)to] : []);
        }

        // A seek, not a load.
        (long first, long end) = Window(start, length, lob.Length);
        if (end <= first)
        {
            return SqlValue.FromBinary([]);
        }

        if (end - first > int.MaxValue)
        {
            throw SqlErrors.Create(7119, int.MaxValue);
        }

        var bytes = new byte[end - first];
        int done = 0;
        while (done < bytes.Length)
        {
            int read = lob.Read(first + done, bytes.AsSpan(done));
            if (read == 0)
            {
                throw new EndOfStreamException("A large object is shorter than its recorded length.");
            }

            done += read;
        }

        return SqlValue.FromBinary(bytes);
    }

    private static BoundFunction BindEnd(FunctionBinding b, bool fromLeft)
    {
        SqlType type = StringArgument(b, 0);
        SqlType result = type.IsMax ? VariableString(type, SqlType.Max) : VariableString(type, Math.Min(type.Length, ConstantInteger(b, 1) ?? type.Length));
        Collation collation = type.EffectiveCollation;
        return new BoundFunction(result, true, [type, CountArgument(b, 1, type.IsMax)], (_, a) =>
        {
            string text = a[0].AsString;
            long count = a[1].AsInt64;
            if (count < 0)
            {
                throw fromLeft ? SqlErrors.CreateWithState(537, 2) : SqlErrors.Create(536, "right");
            }

            int kept = (int)Math.Min(count, SupplementaryText.Count(text, collation));
            return Text(fromLeft
                ? text[..SupplementaryText.UnitOf(text, kept, collation)]
                : text[SupplementaryText.UnitOf(text, SupplementaryText.Count(text, collation) - kept, collation)..], result);
        });
    }

    private static BoundFunction BindReplicate(FunctionBinding b)
    {
        SqlType type = StringArgument(b, 0);
        SqlType result = VariableString(type, ConstantInteger(b, 1) is { } n and >= 0 && !type.IsMax ? Math.Max(1, Math.Min(n, 8000) * type.Length) : 8000);
        return new BoundFunction(result, true, [type, CountArgument(b, 1)], (_, a) =>
        {
            long count = a[1].AsInt64;
            if (count < 0)
            {
                return SqlValue.Null;
            }

            string text = a[0].AsString;
            long limit = result.IsMax ? int.MaxValue / 2 : result.Length;
            if (text.Length == 0 || count == 0)
            {
                return Text(string.Empty, result);
            }

            count = Math.Min(count, (limit / text.Length) + 1);
            string repeated = count == 1 ? text : new StringBuilder((int)(text.Length * count)).Insert(0, text, (int)count).ToString();
            return Text(repeated.Length <= limit ? repeated : repeated[..(int)limit], result);
        });
    }

    private static BoundFunction BindSpace(FunctionBinding b)
    {
        SqlType result = SqlType.VarChar((int)Math.Clamp(ConstantInteger(b, 0) ?? 8000, 1, 8000));
        return new BoundFunction(result, true, [CountArgument(b, 0)], (_, a) =>
            a[0].AsInt64 < 0 ? SqlValue.Null : Text(new string(' ', (int)Math.Min(a[0].AsInt64, 8000)), result));
    }

    private static BoundFunction BindReverse(FunctionBinding b)
    {
        SqlType type = StringArgument(b, 0);
        SqlType result = VariableString(type, type.Length);
        Collation collation = type.EffectiveCollation;
        return new BoundFunction(result, true, [type], (_, a) => Text(SupplementaryText.Reverse(a[0].AsString, collation), result));
    }

    private static BoundFunction BindStuff(FunctionBinding b)
    {
        SqlType type = StringArgument(b, 0);
        SqlType inserted = StringArgument(b, 3);
        SqlType like = inserted.IsUnicodeString && !type.IsUnicodeString ? SqlOperators.AsString(type, unicode: true) : type;
        long width = type.Length + (long)inserted.Length;
        if (ConstantInteger(b, 1) is { } at and > 0 && ConstantInteger(b, 2) is { } deleted and >= 0 && !type.IsMax && at <= type.Length)
        {
            // Constants say how much goes.
            width -= Math.Min(deleted, type.Length - at + 1);
        }

        SqlType result = VariableString(like, inserted.IsMax ? SqlType.Max : width);

        Collation collation = type.EffectiveCollation;

        // A NULL replacement inserts nothing.
        return new BoundFunction(result, true, [like, CountArgument(b, 1), CountArgument(b, 2), inserted], (_, a) =>
        {
            if (a[0].IsNull || a[1].IsNull || a[2].IsNull)
            {
                return SqlValue.Null;
            }

            string text = a[0].AsString;
            long start = a[1].AsInt64;
            long length = a[2].AsInt64;
            int available = SupplementaryText.Count(text, collation);
            if (start <= 0 || start > available || length < 0)
            {
                return SqlValue.Null;
            }

            int from = SupplementaryText.UnitOf(text, start - 1, collation);
            int to = SupplementaryText.UnitOf(text, start - 1 + Math.Min(length, available - start + 1), collation);
            string middle = a[3].IsNull ? string.Empty : a[3].AsString;
            return CutText(string.Concat(text.AsSpan(0, from), middle, text.AsSpan(to)), result);
        })
        { NullIfAnyNull = false };
    }

    private static BoundFunction BindCase(FunctionBinding b, bool upper)
    {
        SqlType type = StringArgument(b, 0);
        SqlType result = type.Id is SqlTypeId.Char ? SqlType.Char(type.Length, type.Collation) : type.Id is SqlTypeId.NChar ? type : VariableString(type, type.Length);
        bool codePage = type.IsAnsiString && !type.EffectiveCollation.IsUtf8;
        return new BoundFunction(result, true, [type], (_, a) =>
        {
            string text = a[0].AsString;
            string changed = upper ? text.ToUpperInvariant() : text.ToLowerInvariant();
            if (codePage && !Ascii.IsValid(changed) && !TextEncodings.IsRepresentable(changed, Collation.Default))
            {
                // A letter whose other case is not in the code page stays as it is.
                var kept = new StringBuilder(changed);
                for (int i = 0; i < kept.Length; i++)
                {
                    kept[i] = TextEncodings.IsRepresentable(kept[i].ToString(), Collation.Default) ? kept[i] : text[i];
                }

                changed = kept.ToString();
            }

            return Text(changed, result);
        });
    }

    private static BoundFunction BindTrim(FunctionBinding b, bool leading, bool trailing)
    {
        if (b.Name == "TRIM")
        {
            // Arguments are counted as they are written, the characters first.
            for (int i = b.ArgumentTypes.Count - 1; i >= 0; i--)
            {
                if (b.ArgumentTypes[i].IsLegacyLob)
                {
                    throw SqlErrors.Create(8116, b.ArgumentTypes[i].ErrorName, b.ArgumentTypes.Count - i, "Trim");
                }
            }
        }

        SqlType type = StringArgument(b, 0);
        SqlType result = VariableString(type, type.Length);
        if (b.ArgumentTypes.Count == 1)
        {
            return new BoundFunction(result, true, [type], (_, a) =>
            {
                ReadOnlySpan<char> text = a[0].AsString;
                ReadOnlySpan<char> trimmed = leading ? text.TrimStart(' ') : text;
                trimmed = trailing ? trimmed.TrimEnd(' ') : trimmed;
                return trimmed.Length == text.Length ? Text(a[0].AsString, result) : Text(trimmed.ToString(), result);
            });
        }

        SqlType characters = StringArgument(b, 1);
        Collation collation = CollationOf(type, characters);
        return new BoundFunction(result, true, [type, characters], (_, a) =>
        {
            ReadOnlySpan<char> text = a[0].AsString;
            string set = a[1].AsString;
            int from = 0;
            int to = text.Length;
            while (leading && from < to && InSet(set, text[from], collation))
            {
                from++;
            }

            while (trailing && to > from && InSet(set, text[to - 1], collation))
            {
                to--;
            }

            return Text(text[from..to].ToString(), result);
        });
    }

    private static bool InSet(string set, char c, Collation collation)
    {
        foreach (char member in set)
        {
            if (member == c || collation.Fold(member) == collation.Fold(c))
            {
                return true;
            }
        }

        return false;
    }

    private static BoundFunction BindConcat(FunctionBinding b)
    {
        (SqlType result, Func<SqlValue, string>[] texts) = ConcatTypes(b, 0, separator: false);
        return new BoundFunction(result, false, [], (_, a) =>
        {
            var builder = new StringBuilder();
            for (int i = 0; i < texts.Length; i++)
            {
                if (!a[i].IsNull)
                {
                    builder.Append(texts[i](a[i]));
                }
            }

            return CutText(builder.ToString(), result);
        })
        { NullIfAnyNull = false };
    }

    private static BoundFunction BindConcatWithSeparator(FunctionBinding b)
    {
        (SqlType result, Func<SqlValue, string>[] texts) = ConcatTypes(b, 0, separator: true);
        return new BoundFunction(result, false, [], (_, a) =>
        {
            string separator = a[0].IsNull ? string.Empty : texts[0](a[0]);
            var builder = new StringBuilder();
            bool first = true;
            for (int i = 1; i < texts.Length; i++)
            {
                if (a[i].IsNull)
                {
                    continue;
                }

                if (!first)
                {
                    builder.Append(separator);
                }

                first = false;
                builder.Append(texts[i](a[i]));
            }

            return CutText(builder.ToString(), result);
        })
        { NullIfAnyNull = false };
    }

    /// <summary>Result type of a concatenation of any types, and how each argument becomes text.</summary>
    private static (SqlType Result, Func<SqlValue, string>[] Texts) ConcatTypes(FunctionBinding b, int first, bool separator)
    {
        int count = b.ArgumentTypes.Count;
        bool unicode = false;
        bool isMax = false;
        long length = 0;
        Collation? collation = null;
        var texts = new Func<SqlValue, string>[count];
        for (int i = first; i < count; i++)
        {
            SqlType type = b.ArgumentTypes[i];
            if (type.Id is SqlTypeId.Json or SqlTypeId.Xml or SqlTypeId.Vector or SqlTypeId.SqlVariant)
            {
                throw type.Id == SqlTypeId.Vector ? InvalidArgument(b, i) : SqlErrors.Create(257, type.Name, unicode ? "nvarchar" : "varchar");
            }

            unicode |= type.IsUnicodeString;
            isMax |= type.IsMax || type.IsLegacyLob;
            collation ??= type.IsString ? type.Collation : null;
            int own = type.Id == SqlTypeId.Null ? 0 : SqlOperators.TextLength(type);
            isMax |= own == SqlType.Max;
            length += separator && i == 0 ? (long)own * Math.Max(0, count - 2) : own;
            SqlType target = SqlType.NVarCharMax;
            SqlType source = type.IsBinary ? SqlType.VarCharMax : target;
            texts[i] = type.IsString || type.Id == SqlTypeId.Null
                ? static v => v.AsString
                : v => SqlConvert.Convert(v, type, source).AsString;
        }

        SqlType like = unicode ? SqlType.NVarChar(1, collation) : SqlType.VarChar(1, collation);
        return (VariableString(like, isMax ? SqlType.Max : length), texts);
    }

    private static BoundFunction BindStr(FunctionBinding b)
    {
        SqlType result = SqlType.VarChar((int)Math.Clamp(b.ArgumentTypes.Count > 1 ? ConstantInteger(b, 1) ?? 8000 : 10, 1, 8000));
        return new BoundFunction(result, true, [SqlType.Float, SqlType.Int, SqlType.Int], (_, a) =>
        {
            long length = a.Length > 1 ? a[1].AsInt64 : 10;
            long decimals = a.Length > 2 ? Math.Min(16, a[2].AsInt64) : 0;
            if (length is < 0 or > 8000 || decimals < 0)
            {
                return SqlValue.Null;
            }

            return Text(StrText(a[0].AsDouble, (int)length, (int)decimals), result);
        });
    }

    private static string StrText(double value, int length, int decimals)
    {
        // Decimals give way to the integral part; without room for that, asterisks.
        string text = RoundedText(value, decimals);
        int point = text.IndexOf('.', StringComparison.Ordinal);
        int integral = point < 0 ? text.Length : point;
        if (integral > length)
        {
            return new string('*', length);
        }

        if (text.Length > length)
        {
            int room = length - integral - 1;
            text = RoundedText(value, Math.Max(0, room));
            if (text.Length > length)
            {
                return new string('*', length);
            }
        }

        return text.PadLeft(length);
    }

    private static string RoundedText(double value, int decimals)
    {
        if (Numeric128.TryFromDouble(value, decimals, out Numeric128 exact))
        {
            return exact.ToString();
        }

        return value.ToString("F" + decimals.ToString(System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
    }
}
