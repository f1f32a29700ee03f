using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types;

/// <summary>Conversions to character, binary, uniqueidentifier, vector and xml types.</summary>
internal static partial class SqlConvert
{
    private static SqlValue ToText(SqlValue value, SqlType from, SqlType to, int style, SqlLanguage language)
    {
        switch (value.Kind)
        {
            case SqlTypeId.Xml:
                return XmlToText(value.AsString, to);
            case SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.Text or SqlTypeId.NText:
                return SqlValue.FromString(FitString(value.AsString, to), to.Id);
            case SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.RowVersion:
                return SqlValue.FromString(FitString(TextOfBinary(value, to, style), to), to.Id);
        }

        string text = TextOf(value, from, style, to.Name, language);
        if (to.Length > 0 && text.Length > to.Length)
        {
            switch (value.Kind)
            {
                case SqlTypeId.Bit or SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int when to.IsAnsiString:
                    text = "*";
                    break;
                case SqlTypeId.Bit or SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt:
                    throw SqlErrors.CreateWithState(8115, 2, "expression", to.Name);
                case SqlTypeId.Decimal or SqlTypeId.Numeric:
                    throw SqlErrors.CreateWithState(8115, 5, "numeric", to.Name);
                case SqlTypeId.Money or SqlTypeId.SmallMoney:
                    throw SqlErrors.Create(234, to.Name);
                case SqlTypeId.Float or SqlTypeId.Real:
                    throw SqlErrors.Create(232, to.Name, Shown(value.AsDouble));
                case SqlTypeId.UniqueIdentifier:
                    throw to.IsAnsiString ? SqlErrors.CreateWithState(8170, 2) : SqlErrors.CreateWithState(8115, 2, "expression", to.Name);
                case SqlTypeId.Vector:
                    throw SqlErrors.Create(42211, to.Name);
                case SqlTypeId.Json:
                    throw SqlErrors.Create(13639, to.Name);
            }
        }

        // Numbers, dates and guids are ASCII: no encoding to check.
        bool ascii = value.Kind is not (SqlTypeId.Json or SqlTypeId.SqlVariant) && language.Id == 0 && style is not (130 or 131);
        return SqlValue.FromString(ascii && !to.IsFixedLength && (to.Length <= 0 || text.Length <= to.Length) ? text : FitString(text, to), to.Id);
    }

    /// <summary>An xml value is never cut (error 6354), and no character of it replaced (6355).</summary>
    private static SqlValue XmlToText(string text, SqlType to)
    {
        if (to.Length > 0 && text.Length > to.Length)
        {
            throw SqlErrors.CreateWithState(6354, 10);
        }

        string fitted = FitString(text, to);
        return to.IsAnsiString && fitted.AsSpan().Count('?') > text.AsSpan().Count('?') ? throw SqlErrors.Create(6355) : SqlValue.FromString(fitted, to.Id);
    }

    /// <summary>Text of a value as CAST to varchar(max) or nvarchar(max) gives it.</summary>
    public static string TextOf(SqlValue value, SqlType type, int style = 0, string targetName = "nvarchar", SqlLanguage? language = null)
    {
        switch (value.Kind)
        {
            case SqlTypeId.Bit or SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt:
                return value.AsInt64.ToString(CultureInfo.InvariantCulture);
            case SqlTypeId.Decimal or SqlTypeId.Numeric:
                return value.AsNumeric.ToString();
            case SqlTypeId.Money or SqlTypeId.SmallMoney:
                return MoneyText(value.AsInt64, style, type);
            case SqlTypeId.Float or SqlTypeId.Real:
                return FloatText.Convert(value.AsDouble, value.Kind == SqlTypeId.Real, style);
            case >= SqlTypeId.Date and <= SqlTypeId.DateTimeOffset:
                return DateTimeFormatter.Format(value, TypeForKind(value, type), style, targetName, language);
            case SqlTypeId.UniqueIdentifier:
                return value.AsGuid.ToString("D").ToUpperInvariant();
            case SqlTypeId.HierarchyId:
                return HierarchyId.FromBytes(value.AsBytes).ToString();
            case SqlTypeId.Vector:
                return VectorText.Format(value.AsVector);
            case SqlTypeId.SqlVariant:
                return TextOf(value.AsVariant.Value, value.AsVariant.Type, style, targetName, language);
            case SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.RowVersion:
                return TextOfBinary(value, SqlType.NVarCharMax, style);
            default:
                return value.AsString;
        }
    }

    /// <summary>The declared type, or the value's own when it has been widened without converting.</summary>
    private static SqlType TypeForKind(SqlValue value, SqlType type) => value.Kind == type.Id ? type : NaturalType(value);

    /// <param name="style">0: two decimals; 1: with thousands separators; 2 and 126: four decimals.</param>
    private static string MoneyText(long tenThousandths, int style, SqlType type)
    {
        switch (style)
        {
            case 0 or 1:
                long cents = RoundDivide(tenThousandths, 100);
                long magnitude = Math.Abs(cents);
                string whole = (magnitude / 100).ToString(style == 1 ? "#,##0" : "0", CultureInfo.InvariantCulture);
                return string.Create(CultureInfo.InvariantCulture, $"{(tenThousandths < 0 ? "-" : string.Empty)}{whole}.{magnitude % 100:00}");
            case 2 or 3 or 126:
                return new Numeric128(tenThousandths, 4).ToString();
            default:
                throw SqlErrors.Create(281, style, type.Name);
        }
    }

    private static string TextOfBinary(SqlValue value, SqlType to, int style)
    {
        byte[] bytes = value.AsBytes;
        switch (style)
        {
            case 1:
                string hex = "0x" + System.Convert.ToHexString(bytes);
                return to.Length > 0 && hex.Length > to.Length ? hex[..(to.Length - (to.Length % 2))] : hex;
            case 2:
                string bare = System.Convert.ToHexString(bytes);
                return to.Length > 0 && bare.Length > to.Length ? bare[..(to.Length - (to.Length % 2))] : bare;
            case 0:
                return to.IsUnicodeString ? MemoryMarshal.Cast<byte, char>(bytes.Length % 2 == 0 ? bytes : [.. bytes, 0]).ToString() : TextEncodings.GetString(bytes, to.EffectiveCollation);
            default:
                throw SqlErrors.Create(9809, style, "varbinary", to.Name);
        }
    }

    private static SqlValue ToBinary(SqlValue value, SqlType from, SqlType to, int style)
    {
        if (value.AsLob is { } lob)
        {
            if (to.Length is SqlType.Max || to.IsLegacyLob)
            {
                return value;
            }

            var head = new byte[(int)Math.Min(lob.Length, Math.Max(to.Length, 0))];
            int done = 0;
            while (done < head.Length && lob.Read(done, head.AsSpan(done)) is var read and > 0)
            {
                done += read;
            }

            return SqlValue.FromBinary(FitBinary(head, to, alignRight: false), to.Id);
        }

        bool alignRight = false;
        byte[] bytes;
        switch (value.Kind)
        {
            case SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.HierarchyId:
                bytes = value.AsBytes;
                break;
            case SqlTypeId.RowVersion:
                bytes = value.AsBytes;
                break;
            case SqlTypeId.Xml:
                bytes = XmlConversion.ToBytes(value.AsString);
                if (to.Length > 0 && bytes.Length > to.Length)
                {
                    throw SqlErrors.CreateWithState(6354, 10);
                }

                break;
            case SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.Text or SqlTypeId.NText:
                bytes = BytesOfString(value, from, style);
                break;
            case SqlTypeId.Bit or SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt or SqlTypeId.Money or SqlTypeId.SmallMoney:
                alignRight = true;
                bytes = new byte[IntegerWidth(value.Kind)];
                for (int i = 0; i < bytes.Length; i++)
                {
                    bytes[^(i + 1)] = (byte)(value.AsInt64 >> (8 * i));
                }

                break;
            case SqlTypeId.Float:
                alignRight = true;
                bytes = new byte[8];
                BinaryPrimitives.WriteDoubleBigEndian(bytes, value.AsDouble);
                break;
            case SqlTypeId.Real:
                alignRight = true;
                bytes = new byte[4];
                BinaryPrimitives.WriteSingleBigEndian(bytes, (float)value.AsDouble);
                break;
            case SqlTypeId.Decimal or SqlTypeId.Numeric:
                bytes = BytesOfDecimal(value.AsNumeric, TypeForKind(value, from));
                break;
            case >= SqlTypeId.Date and <= SqlTypeId.DateTimeOffset:
                alignRight = value.Kind is SqlTypeId.DateTime or SqlTypeId.SmallDateTime;
                bytes = BytesOfDateTime(value, TypeForKind(value, from));
                break;
            case SqlTypeId.UniqueIdentifier:
                bytes = value.AsGuid.ToByteArray();
                break;
            default:
                throw SqlErrors.Create(529, from.ErrorName, to.ErrorName);
        }

        return SqlValue.FromBinary(FitBinary(bytes, to, alignRight), to.Id);
    }

    private static byte[] FitBinary(byte[] bytes, SqlType to, bool alignRight)
    {
        int length = to.Id == SqlTypeId.RowVersion ? 8 : to.Length;
        if (length <= 0 || bytes.Length == length)
        {
            return bytes;
        }

        if (bytes.Length > length)
        {
            return alignRight ? bytes[^length..] : bytes[..length];
        }

        if (to.Id is not (SqlTypeId.Binary or SqlTypeId.RowVersion))
        {
            return bytes;
        }

        var padded = new byte[length];
        bytes.CopyTo(padded, alignRight ? length - bytes.Length : 0);
        return padded;
    }

    private static byte[] BytesOfString(SqlValue value, SqlType from, int style)
    {
        string text = value.AsString;
        switch (style)
        {
            case 0:
                bool unicode = value.Kind is SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.NText or SqlTypeId.Xml;
                return unicode ? MemoryMarshal.AsBytes(text.AsSpan()).ToArray() : TextEncodings.GetBytes(text, from.EffectiveCollation);
            case 1 or 2:
                ReadOnlySpan<char> digits = text;
                if (style == 1)
                {
                    if (!digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
                    {
                        throw SqlErrors.CreateWithState(8114, 5, from.ErrorName, "varbinary");
                    }

                    digits = digits[2..];
                }

                var bytes = new byte[digits.Length / 2];
                return digits.Length % 2 == 0 && System.Convert.FromHexString(digits, bytes, out _, out _) == System.Buffers.OperationStatus.Done
                    ? bytes
                    : throw SqlErrors.CreateWithState(8114, 5, from.ErrorName, "varbinary");
            default:
                throw SqlErrors.Create(9809, style, from.Name, "varbinary");
        }
    }

    private static byte[] BytesOfDecimal(Numeric128 number, SqlType type)
    {
        int width = type.Precision <= 9 ? 4 : type.Precision <= 19 ? 8 : type.Precision <= 28 ? 12 : 16;
        var bytes = new byte[4 + width];
        bytes[0] = type.Precision;
        bytes[1] = type.Scale;
        bytes[3] = (byte)(number.IsNegative ? 0 : 1);
        var magnitude = (UInt128)Int128.Abs(number.Unscaled);
        for (int i = 0; i < width; i++)
        {
            bytes[4 + i] = (byte)(magnitude >> (8 * i));
        }

        return bytes;
    }

    private static SqlValue ToHierarchyId(SqlValue value, SqlType from) => value.Kind switch
    {
        SqlTypeId.HierarchyId => value,
        SqlTypeId.Binary or SqlTypeId.VarBinary => SqlValue.FromBinary(HierarchyId.FromBytes(value.AsBytes).ToBytes(), SqlTypeId.HierarchyId),
        _ when value.Reference is string text => SqlValue.FromBinary(HierarchyId.Parse(from.IsFixedLength ? text.TrimEnd(' ') : text).ToBytes(), SqlTypeId.HierarchyId),
        _ => throw SqlErrors.Create(529, from.ErrorName, "hierarchyid"),
    };

    private static SqlValue ToGuid(SqlValue value)
    {
        switch (value.Kind)
        {
            case SqlTypeId.UniqueIdentifier:
                return value;
            case SqlTypeId.Binary or SqlTypeId.VarBinary:
                Span<byte> bytes = stackalloc byte[16];
                bytes.Clear();
                byte[] source = value.AsBytes;
                source.AsSpan(0, Math.Min(16, source.Length)).CopyTo(bytes);
                return SqlValue.FromGuid(new Guid(bytes));
            default:
                ReadOnlySpan<char> text = value.AsString.AsSpan().TrimStart(' ');
                bool braces = text.Length > 0 && text[0] == '{';
                text = braces ? text[1..] : text;
                if (text.Length < 36 || (braces && (text.Length < 37 || text[36] != '}')) || !Guid.TryParseExact(text[..36], "D", out Guid guid))
                {
                    throw SqlErrors.CreateWithState(8169, 2);
                }

                return SqlValue.FromGuid(guid);
        }
    }

    private static SqlValue ToVector(SqlValue value, SqlType from, SqlType to)
    {
        if (value.Kind == SqlTypeId.Vector)
        {
            return value.AsVector.Length == to.Length ? value : throw SqlErrors.Create(42204, value.AsVector.Length, to.Length);
        }

        float[] elements = VectorText.Parse(TextOf(value, from), to.IsHalfPrecision);
        return elements.Length == to.Length ? SqlValue.FromVector(elements) : throw SqlErrors.CreateWithState(42204, 4, to.Length, elements.Length);
    }

    /// <summary>Text or bytes as xml: parsed, and kept in SQL Server's normal form. Style 1 keeps whitespace; 2 would allow a DTD.</summary>
    /// <summary>Validated against a schema collection, in the form in which typed xml is kept.</summary>
    private static SqlValue ToTypedXml(SqlValue value, Xml.Schema.XmlSchemaBinding schema) =>
        SqlValue.FromString(Xml.Schema.XmlInstanceValidator.Run(schema, value.AsXml), SqlTypeId.Xml);

    private static SqlValue ToXml(SqlValue value, SqlType from, int style)
    {
        if (value.Kind == SqlTypeId.Xml)
        {
            return value;
        }

        if (style is < 0 or > 3)
        {
            throw SqlErrors.Create(6358, style);
        }

        bool keepsWhitespace = (style & 1) != 0;
        return value.Kind is SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image
            ? XmlConversion.FromBytes(value.AsBytes, keepsWhitespace)
            : XmlConversion.FromText(TextOf(value, from), value.Kind is SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.NText, keepsWhitespace);
    }
}
