using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Types;

/// <summary>Conversion between SQL types: what is allowed (matrix), and the conversion itself with SQL Server's rounding, truncation and errors.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql.</remarks>
internal static partial class SqlConvert
{
    private enum Allowed : byte
    {
        No, Explicit, Implicit,
    }

    /// <summary>Whether the conversion is allowed at all, or without CAST when <paramref name="isImplicit"/>.</summary>
    public static bool CanConvert(SqlType from, SqlType to, bool isImplicit) =>
        Rule(from, to) is var rule && (rule == Allowed.Implicit || (!isImplicit && rule == Allowed.Explicit));

    /// <summary>Throws 529 (CAST not allowed), 257 (only CAST allowed), 206 (types clash) or 42238 (vector base types) unless the conversion is allowed.</summary>
    public static void EnsureAllowed(SqlType from, SqlType to, bool isImplicit)
    {
        Allowed rule = Rule(from, to);
        if (rule == Allowed.Implicit || (rule == Allowed.Explicit && !isImplicit))
        {
            return;
        }

        if (from.Id == SqlTypeId.Vector && to.Id == SqlTypeId.Vector)
        {
            throw SqlErrors.Create(42238, BaseTypeName(from), BaseTypeName(to));
        }

        if (from.Id == SqlTypeId.Udt || to.Id == SqlTypeId.Udt)
        {
            throw UdtRefused(from, to, isImplicit, rule);
        }

        throw SqlErrors.Create(!isImplicit ? 529 : rule == Allowed.Explicit ? 257 : 206, from.ErrorName, to.ErrorName);
    }

    /// <summary>
    /// The conversion as a delegate, or null when values of <paramref name="from"/> already are values of <paramref name="to"/>. NULL goes to NULL.
    /// The delegate truncates strings silently, as CAST and variable assignment do.
    /// </summary>
    public static Func<SqlValue, SqlValue>? GetConverter(SqlType from, SqlType to, int? style = null, SessionOptions? options = null)
    {
        if (IsIdentity(from, to))
        {
            return null;
        }

        return style is null ? FastConverter(from, to) ?? General(from, to, null, options) : General(from, to, style, options);
    }

    /// <summary>
    /// As <see cref="GetConverter"/>, for storing into a column: a string or binary value that does not fit raises error 2628 instead of being cut
    /// (blanks at its end may go).
    /// </summary>
    public static Func<SqlValue, SqlValue>? GetColumnConverter(SqlType from, SqlType to, string table, string column, SessionOptions? options = null)
    {
        bool mayTruncate = (to.IsString || to.IsBinary) && !to.IsMax && !to.IsLegacyLob && to.Id != SqlTypeId.RowVersion
            && !(from.IsBinary == to.IsBinary && from.IsUnicodeString == to.IsUnicodeString && from.IsString == to.IsString && !from.IsMax && from.Length <= to.Length
                && (from.IsString || from.IsBinary));
        if (!mayTruncate)
        {
            return GetConverter(from, to, null, options);
        }

        // Widen first, so that the loss shows.
        SqlType wide = to.IsBinary ? SqlType.VarBinaryMax : to.IsUnicodeString ? SqlType.NVarCharMax.WithCollation(to.Collation) : SqlType.VarCharMax.WithCollation(to.Collation);
        if (!from.IsString && !from.IsBinary)
        {
            return GetConverter(from, to, null, options);
        }

        Func<SqlValue, SqlValue>? widen = GetConverter(from, wide, null, options);
        return value =>
        {
            if (value.IsNull)
            {
                return value;
            }

            SqlValue full = widen is null ? value : widen(value);
            return FitColumn(full, to, table, column);
        };
    }

    private static Func<SqlValue, SqlValue> General(SqlType from, SqlType to, int? style, SessionOptions? options) =>
        value => Convert(value, from, to, style, options);

    private static string BaseTypeName(SqlType type) => type.IsHalfPrecision ? "float16" : "float32";

    private static bool IsIdentity(SqlType from, SqlType to)
    {
        if (from.Id == SqlTypeId.Null)
        {
            return true;
        }

        if (from.Id != to.Id)
        {
            return (from.Id, to.Id) is (SqlTypeId.Char, SqlTypeId.VarChar) or (SqlTypeId.NChar, SqlTypeId.NVarChar) or (SqlTypeId.Binary, SqlTypeId.VarBinary)
                && FitsLength(from, to) && SameEncoding(from, to);
        }

        return to.Id switch
        {
            SqlTypeId.Decimal or SqlTypeId.Numeric => from.Scale == to.Scale && from.Precision <= to.Precision,
            SqlTypeId.VarChar => FitsLength(from, to) && SameEncoding(from, to),
            SqlTypeId.NVarChar or SqlTypeId.VarBinary => FitsLength(from, to),
            SqlTypeId.Char => from.Length == to.Length && SameEncoding(from, to),
            SqlTypeId.NChar or SqlTypeId.Binary => from.Length == to.Length,
            SqlTypeId.Time or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset => from.Scale <= to.Scale,
            SqlTypeId.Vector => from.Length == to.Length && from.IsHalfPrecision == to.IsHalfPrecision,
            SqlTypeId.Xml => to.XmlSchema is null || to.XmlSchema.Equals(from.XmlSchema),
            _ => true,
        };
    }

    private static bool FitsLength(SqlType from, SqlType to) => to.IsMax || (!from.IsMax && from.Length <= to.Length);

    private static bool SameEncoding(SqlType from, SqlType to) => from.EffectiveCollation.CodePage == to.EffectiveCollation.CodePage;

    private static Allowed Rule(SqlType from, SqlType to)
    {
        if (from.Id == SqlTypeId.Null || to.Id == SqlTypeId.Null)
        {
            return Allowed.Implicit;
        }

        if (from.Id is SqlTypeId.Table or SqlTypeId.Cursor || to.Id is SqlTypeId.Table or SqlTypeId.Cursor)
        {
            return from.Id == to.Id ? Allowed.Implicit : Allowed.No;
        }

        if (from.Id == SqlTypeId.Udt || to.Id == SqlTypeId.Udt)
        {
            return UdtRule(from, to);
        }

        if (from.Id == SqlTypeId.Vector && to.Id == SqlTypeId.Vector)
        {
            return from.IsHalfPrecision == to.IsHalfPrecision ? Allowed.Implicit : Allowed.No;
        }

        if (from.Id == to.Id)
        {
            return Allowed.Implicit;
        }

        return to.Id switch
        {
            SqlTypeId.SqlVariant => IsVariantBase(from) ? Allowed.Implicit : Allowed.No,
            SqlTypeId.Xml => from.IsString || from.Id is SqlTypeId.Binary or SqlTypeId.VarBinary ? Allowed.Implicit : Allowed.No,
            SqlTypeId.Json => from.IsString && !from.IsLegacyLob || from.Id == SqlTypeId.Vector ? Allowed.Implicit : Allowed.No,
            SqlTypeId.Vector => from.IsString && !from.IsLegacyLob || from.Id == SqlTypeId.Json ? Allowed.Implicit : Allowed.No,
            SqlTypeId.HierarchyId => (from.IsString && !from.IsLegacyLob) || from.Id is SqlTypeId.Binary or SqlTypeId.VarBinary ? Allowed.Implicit : Allowed.No,
            _ => RuleBySource(from, to),
        };
    }

    private static bool IsVariantBase(SqlType type) =>
        !type.IsMax && !type.IsLegacyLob && type.Id is not (SqlTypeId.RowVersion or SqlTypeId.Xml or SqlTypeId.Json or SqlTypeId.Vector or SqlTypeId.HierarchyId or SqlTypeId.Geometry or SqlTypeId.Geography);

    private static Allowed RuleBySource(SqlType from, SqlType to)
    {
        bool toPlainString = to.IsString && !to.IsLegacyLob;
        bool toPlainBinary = to.Id is SqlTypeId.Binary or SqlTypeId.VarBinary;
        bool toOldDate = to.Id is SqlTypeId.DateTime or SqlTypeId.SmallDateTime;
        switch (from.Id)
        {
            case SqlTypeId.Binary or SqlTypeId.VarBinary:
                return to.IsApproximate || to.Id is SqlTypeId.Text or SqlTypeId.NText ? Allowed.No
                    : to.IsDateOrTime && !toOldDate ? Allowed.Explicit
                    : to.IsNumber || toOldDate || toPlainString || to.IsBinary || to.Id == SqlTypeId.UniqueIdentifier ? Allowed.Implicit
                    : Allowed.No;
            case SqlTypeId.RowVersion:
                return toPlainBinary || to.Id == SqlTypeId.Image || to.Id is SqlTypeId.Char or SqlTypeId.VarChar || toOldDate || (to.IsNumber && !to.IsApproximate)
                    ? Allowed.Implicit : Allowed.No;
            case SqlTypeId.Image:
                return to.IsBinary ? Allowed.Implicit : Allowed.No;
            case SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.NChar or SqlTypeId.NVarChar:
                return toPlainBinary || to.Id == SqlTypeId.RowVersion ? Allowed.Explicit
                    : to.Id == SqlTypeId.Image ? (from.IsAnsiString ? Allowed.Implicit : Allowed.No)
                    : to.IsString || to.IsNumber || to.IsDateOrTime || to.Id == SqlTypeId.UniqueIdentifier ? Allowed.Implicit
                    : Allowed.No;
            case SqlTypeId.Text or SqlTypeId.NText:
                return to.IsString ? Allowed.Implicit : Allowed.No;
            case SqlTypeId.DateTime or SqlTypeId.SmallDateTime:
                return toPlainString || to.IsDateOrTime ? Allowed.Implicit
                    : toPlainBinary || to.IsNumber || to.Id == SqlTypeId.RowVersion ? Allowed.Explicit : Allowed.No;
            case SqlTypeId.Date or SqlTypeId.Time or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset:
                bool clash = (from.Id == SqlTypeId.Date && to.Id == SqlTypeId.Time) || (from.Id == SqlTypeId.Time && to.Id == SqlTypeId.Date);
                return toPlainString || (to.IsDateOrTime && !clash) ? Allowed.Implicit : toPlainBinary ? Allowed.Explicit : Allowed.No;
            case SqlTypeId.Money or SqlTypeId.SmallMoney:
                return toPlainString ? Allowed.Explicit
                    : to.IsNumber || toPlainBinary || toOldDate || to.Id == SqlTypeId.RowVersion ? Allowed.Implicit : Allowed.No;
            case SqlTypeId.UniqueIdentifier:
                return toPlainString || toPlainBinary ? Allowed.Implicit : Allowed.No;
            case SqlTypeId.SqlVariant:
                return to.IsLegacyLob || to.Id is SqlTypeId.RowVersion or SqlTypeId.Xml or SqlTypeId.Json or SqlTypeId.Vector ? Allowed.No : Allowed.Explicit;
            case SqlTypeId.Xml:
                return toPlainString || toPlainBinary ? Allowed.Explicit : Allowed.No;
            case SqlTypeId.Json:
                return toPlainString ? Allowed.Explicit : Allowed.No;
            case SqlTypeId.Vector:
                return toPlainString ? Allowed.Implicit : Allowed.No;
            case SqlTypeId.HierarchyId:
                return toPlainString || toPlainBinary ? Allowed.Explicit : Allowed.No;
            default:
                if (from.IsNumber)
                {
                    return to.IsNumber || toPlainBinary || toPlainString || toOldDate || (to.Id == SqlTypeId.RowVersion && !from.IsApproximate) ? Allowed.Implicit : Allowed.No;
                }

                return Allowed.No;
        }
    }
}
