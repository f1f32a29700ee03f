using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Types;

internal static partial class SqlConvert
{
    private static readonly SessionOptions DefaultOptions = new();

    /// <summary>Errors that TRY_CAST and TRY_CONVERT turn into NULL.</summary>
    private static readonly HashSet<int> ConversionFailures =
        [6335, 6354, 6355, 6358, 6359, 220, 232, 234, 235, 241, 242, 244, 245, 248, 293, 295, 8114, 8115, 8152, 8169, 8170, 9807, 9819, 13609, 13639, 13670, 42204, 42211, 42241];

    /// <summary>
    /// Converts as CAST/CONVERT do (strings are cut silently). Raises 245, 8114, 8115, 220, 241, 242, 295, 8169 ... when the value cannot be converted.
    /// <paramref name="options"/> gives DATEFORMAT and language; null means us_english defaults.
    /// </summary>
    public static SqlValue Convert(SqlValue value, SqlType from, SqlType to, int? style = null, SessionOptions? options = null)
    {
        if (value.IsNull)
        {
            return value;
        }

        if (value.Kind == SqlTypeId.SqlVariant)
        {
            if (to.Id == SqlTypeId.SqlVariant)
            {
                return value;
            }

            SqlValue.VariantBox box = value.AsVariant;
            EnsureAllowed(box.Type, to, isImplicit: false);
            return Convert(box.Value, box.Type, to, style, options);
        }

        if (from.Id is SqlTypeId.Null or SqlTypeId.SqlVariant)
        {
            from = NaturalType(value);
        }

        options ??= DefaultOptions;
        if (from.Id == SqlTypeId.Udt && to.Id != SqlTypeId.Udt)
        {
            return FromUdt(value, from, to);
        }

        return to.Id switch
        {
            SqlTypeId.Bit => ToBit(value, from),
            SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt => ToInteger(value, from, to.Id),
            SqlTypeId.Decimal or SqlTypeId.Numeric => ToDecimal(value, from, to),
            SqlTypeId.Money or SqlTypeId.SmallMoney => ToMoney(value, from, to.Id),
            SqlTypeId.Float or SqlTypeId.Real => ToFloat(value, from, to.Id),
            >= SqlTypeId.Date and <= SqlTypeId.DateTimeOffset => ToDateTime(value, from, to, style, options),
            SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.Text or SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.NText => ToText(value, from, to, style ?? 0, SqlLanguage.Of(options)),
            SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.RowVersion => ToBinary(value, from, to, style ?? 0),
            SqlTypeId.UniqueIdentifier => ToGuid(value),
            SqlTypeId.SqlVariant => SqlValue.FromVariant(value, from),
            SqlTypeId.Json => value.Kind == SqlTypeId.Json ? value : SqlValue.FromString(JsonCanonical.Canonicalize(TextOf(value, from)), SqlTypeId.Json),
            SqlTypeId.Vector => ToVector(value, from, to),
            SqlTypeId.HierarchyId => ToHierarchyId(value, from),
            SqlTypeId.Udt => ToUdt(value, from, to),
            SqlTypeId.Xml => to.XmlSchema is { } schema ? ToTypedXml(ToXml(value, from, style ?? 0), schema) : ToXml(value, from, style ?? 0),
            SqlTypeId.Null or SqlTypeId.Table or SqlTypeId.Cursor => value,
            _ => throw SqlErrors.NotSupported(to.Name),
        };
    }

    /// <summary>TRY_CAST / TRY_CONVERT: NULL when the value cannot be converted. Errors of disallowed conversions still throw.</summary>
    public static SqlValue TryConvert(SqlValue value, SqlType from, SqlType to, int? style = null, SessionOptions? options = null)
    {
        // The commonest case by far must not cost an exception a row.
        if (value.Kind is SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.NChar or SqlTypeId.NVarChar && to.Id is SqlTypeId.Int or SqlTypeId.BigInt or SqlTypeId.Float
            && !LooksNumeric(value.AsString))
        {
            return SqlValue.Null;
        }

        try
        {
            return Convert(value, from, to, style, options);
        }
        catch (SqlErrorException e) when (ConversionFailures.Contains(e.Error.Number) || (e.Error.Number == 6522 && to.Id == SqlTypeId.Udt) || e.Error.Number is > 9399 and < 9500)
        {
            return SqlValue.Null;
        }
    }

    /// <summary>A type for a value whose declared type is unknown.</summary>
    public static SqlType NaturalType(SqlValue value) => value.Kind switch
    {
        SqlTypeId.Null => SqlType.Null,
        SqlTypeId.Bit => SqlType.Bit,
        SqlTypeId.TinyInt => SqlType.TinyInt,
        SqlTypeId.SmallInt => SqlType.SmallInt,
        SqlTypeId.Int => SqlType.Int,
        SqlTypeId.BigInt => SqlType.BigInt,
        SqlTypeId.Decimal => SqlType.Decimal(Math.Max(value.AsNumeric.Digits, (int)value.AsNumeric.Scale), value.AsNumeric.Scale),
        SqlTypeId.Numeric => SqlType.Numeric(Math.Max(value.AsNumeric.Digits, (int)value.AsNumeric.Scale), value.AsNumeric.Scale),
        SqlTypeId.SmallMoney => SqlType.SmallMoney,
        SqlTypeId.Money => SqlType.Money,
        SqlTypeId.Real => SqlType.Real,
        SqlTypeId.Float => SqlType.Float,
        SqlTypeId.Date => SqlType.Date,
        SqlTypeId.Time => SqlType.Time(7),
        SqlTypeId.SmallDateTime => SqlType.SmallDateTime,
        SqlTypeId.DateTime => SqlType.DateTime,
        SqlTypeId.DateTime2 => SqlType.DateTime2(7),
        SqlTypeId.DateTimeOffset => SqlType.DateTimeOffset(7),
        SqlTypeId.Char or SqlTypeId.VarChar => SqlType.VarChar(BoundedLength(value.AsString.Length, 8000)),
        SqlTypeId.NChar or SqlTypeId.NVarChar => SqlType.NVarChar(BoundedLength(value.AsString.Length, 4000)),
        SqlTypeId.Text => SqlType.Text,
        SqlTypeId.NText => SqlType.NText,
        SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image => value.AsLob is null ? SqlType.VarBinary(BoundedLength(value.AsBytes.Length, 8000)) : SqlType.VarBinaryMax,
        SqlTypeId.RowVersion => SqlType.RowVersion,
        SqlTypeId.UniqueIdentifier => SqlType.UniqueIdentifier,
        SqlTypeId.SqlVariant => SqlType.SqlVariant,
        SqlTypeId.Xml => SqlType.Xml,
        SqlTypeId.HierarchyId => SqlType.HierarchyId,
        SqlTypeId.Udt => SqlType.VarBinary(BoundedLength(value.AsBytes.Length, 8000)),
        SqlTypeId.Json => SqlType.Json,
        SqlTypeId.Vector => SqlType.Vector(value.AsVector.Length),
        _ => throw new InvalidOperationException($"A value cannot be of kind {value.Kind}."),
    };

    private static int BoundedLength(int length, int limit) => length > limit ? SqlType.Max : Math.Max(1, length);

    private static bool LooksNumeric(string text)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        return trimmed.IsEmpty || char.IsAsciiDigit(trimmed[0]) || trimmed[0] is '+' or '-' or '.' or '$';
    }

    /// <summary>Conversions that need no general machinery: integers among themselves and to float, string retagging.</summary>
    private static Func<SqlValue, SqlValue>? FastConverter(SqlType from, SqlType to)
    {
        if (from.IsExactInteger && to.IsExactInteger && to.Id != SqlTypeId.Bit && from.Id < to.Id)
        {
            return to.Id switch
            {
                SqlTypeId.SmallInt => static v => v.IsNull ? v : SqlValue.FromInteger(SqlTypeId.SmallInt, v.AsInt64),
                SqlTypeId.Int => static v => v.IsNull ? v : SqlValue.FromInteger(SqlTypeId.Int, v.AsInt64),
                SqlTypeId.TinyInt => static v => v.IsNull ? v : SqlValue.FromInteger(SqlTypeId.TinyInt, v.AsInt64),
                _ => static v => v.IsNull ? v : SqlValue.FromInteger(SqlTypeId.BigInt, v.AsInt64),
            };
        }

        if (from.IsExactInteger && to.Id == SqlTypeId.Float)
        {
            return static v => v.IsNull ? v : SqlValue.FromFloat(v.AsInt64);
        }

        if (from.Id == SqlTypeId.Real && to.Id == SqlTypeId.Float)
        {
            return static v => v.IsNull ? v : SqlValue.FromFloat(v.AsDouble);
        }

        if (from.IsExactInteger && to.IsDecimal && to.Scale == 0 && to.Precision >= TypePrecedence.ExactPrecision(from).Precision)
        {
            SqlTypeId id = to.Id;
            return v => v.IsNull ? v : SqlValue.FromNumeric(Numeric128.FromInt64(v.AsInt64), id);
        }

        if (to.Id is SqlTypeId.NVarChar && from.Id is SqlTypeId.VarChar or SqlTypeId.Char or SqlTypeId.NChar or SqlTypeId.NVarChar && FitsLength(from, to))
        {
            return static v => v.IsNull ? v : v.WithKind(SqlTypeId.NVarChar);
        }

        return null;
    }

    private static SqlValue FitColumn(SqlValue value, SqlType to, string table, string column)
    {
        if (to.IsBinary)
        {
            long length = value.AsLob?.Length ?? value.AsBytes.Length;
            if (length > to.Length)
            {
                throw SqlErrors.Create(2628, table, column, string.Empty);
            }

            return ToBinary(value, SqlType.VarBinaryMax, to, 0);
        }

        string text = value.AsString;
        string kept = FitString(text, to);
        int keptLength = to.IsFixedLength ? Math.Min(kept.Length, text.Length) : kept.Length;
        if (keptLength < text.Length && !text.AsSpan(keptLength).Trim(' ').IsEmpty)
        {
            throw SqlErrors.Create(2628, table, column, kept);
        }

        return SqlValue.FromString(kept, to.Id);
    }

    /// <summary>A string cut and padded to a declared length, in the target's encoding.</summary>
    private static string FitString(string text, SqlType to)
    {
        if (to.IsAnsiString)
        {
            Collation collation = to.EffectiveCollation;
            text = TextEncodings.ToVarChar(text, collation);
            if (to.Length > 0)
            {
                text = TextEncodings.Truncate(text, to.Length, collation);
                if (to.Id == SqlTypeId.Char)
                {
                    int missing = to.Length - TextEncodings.ByteCount(text, collation);
                    text = missing > 0 ? text.PadRight(text.Length + missing) : text;
                }
            }

            return text;
        }

        if (to.Length > 0)
        {
            if (text.Length > to.Length)
            {
                return text[..to.Length];
            }

            return to.Id == SqlTypeId.NChar ? text.PadRight(to.Length) : text;
        }

        return text;
    }
}
