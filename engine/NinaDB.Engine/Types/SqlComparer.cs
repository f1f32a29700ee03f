using System.Collections.Concurrent;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types;

/// <summary>
/// Order, equality and hash of values of one type. NULL equals NULL and sorts first: three-valued logic is the caller's. Instances are shared and thread-safe.
/// </summary>
internal abstract partial class SqlComparer : IComparer<SqlValue>, IEqualityComparer<SqlValue>
{
    private static readonly ConcurrentDictionary<Collation, SqlComparer> ByCollation = new();

    /// <summary>The comparer of a type. Both operands must have been converted to it. Throws 42213 (vector), 13636 (json), 305 (xml) for types without order.</summary>
    public static SqlComparer For(SqlType type) => type.Id switch
    {
        SqlTypeId.Float or SqlTypeId.Real => DoubleComparer.Instance,
        SqlTypeId.Decimal or SqlTypeId.Numeric => DecimalComparer.Instance,
        SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.Text or SqlTypeId.NText =>
            ByCollation.GetOrAdd(type.EffectiveCollation, static c => new StringComparer(c)),
        SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.RowVersion or SqlTypeId.HierarchyId or SqlTypeId.Udt => BinaryComparer.Instance,
        SqlTypeId.UniqueIdentifier => GuidComparer.Instance,
        SqlTypeId.SqlVariant => VariantComparer.Instance,
        SqlTypeId.Vector => throw SqlErrors.Create(42213),
        SqlTypeId.Json => throw SqlErrors.Create(13636),
        SqlTypeId.Xml => throw SqlErrors.Create(305, "xml"),
        _ => Int64Comparer.Instance,
    };

    /// <summary>Negative, zero or positive; NULL first.</summary>
    public static int Compare(SqlValue left, SqlValue right, SqlType type) => For(type).Compare(left, right);

    public static bool Equals(SqlValue left, SqlValue right, SqlType type) => For(type).Equals(left, right);

    public static int GetHashCode(SqlValue value, SqlType type) => For(type).GetHashCode(value);

    public int Compare(SqlValue x, SqlValue y)
    {
        if (x.IsNull)
        {
            return y.IsNull ? 0 : -1;
        }

        return y.IsNull ? 1 : CompareValues(x, y);
    }

    public bool Equals(SqlValue x, SqlValue y) => x.IsNull || y.IsNull ? x.IsNull && y.IsNull : ValuesEqual(x, y);

    public int GetHashCode(SqlValue obj) => obj.IsNull ? 0 : HashValue(obj);

    /// <summary>Compares two values that are not NULL.</summary>
    public abstract int CompareValues(SqlValue x, SqlValue y);

    /// <summary>Equality of two values that are not NULL.</summary>
    public virtual bool ValuesEqual(SqlValue x, SqlValue y) => CompareValues(x, y) == 0;

    protected abstract int HashValue(SqlValue value);

    /// <summary>Integers, bit, money and every date or time type: the payload orders them (datetimeoffset by its UTC instant).</summary>
    private sealed class Int64Comparer : SqlComparer
    {
        public static readonly Int64Comparer Instance = new();

        public override int CompareValues(SqlValue x, SqlValue y) => x.AsInt64.CompareTo(y.AsInt64);

        public override bool ValuesEqual(SqlValue x, SqlValue y) => x.AsInt64 == y.AsInt64;

        protected override int HashValue(SqlValue value) => value.AsInt64.GetHashCode();

        public override SortForm Form => SortForm.Word;

        public override ulong SortWord(in SqlValue value) => (ulong)value.AsInt64 ^ Sign;
    }

    private sealed class DoubleComparer : SqlComparer
    {
        public static readonly DoubleComparer Instance = new();

        public override int CompareValues(SqlValue x, SqlValue y) => x.AsDouble < y.AsDouble ? -1 : x.AsDouble > y.AsDouble ? 1 : 0;

        public override bool ValuesEqual(SqlValue x, SqlValue y) => x.AsDouble == y.AsDouble;

        protected override int HashValue(SqlValue value) => value.AsDouble == 0 ? 0 : value.AsDouble.GetHashCode();

        public override SortForm Form => SortForm.Word;

        public override ulong SortWord(in SqlValue value) => WordOf(value.AsDouble);
    }

    private sealed class DecimalComparer : SqlComparer
    {
        public static readonly DecimalComparer Instance = new();

        public override int CompareValues(SqlValue x, SqlValue y) =>
            x.IsSmallNumeric && y.IsSmallNumeric && x.SmallNumericScale == y.SmallNumericScale
                ? x.AsInt64.CompareTo(y.AsInt64)
                : Numeric128.Compare(x.AsNumeric, y.AsNumeric);

        protected override int HashValue(SqlValue value) => value.AsNumeric.GetHashCode();
    }

    private sealed class StringComparer(Collation collation) : SqlComparer
    {
        public override int CompareValues(SqlValue x, SqlValue y) => collation.Compare(x.AsString, y.AsString);

        public override bool ValuesEqual(SqlValue x, SqlValue y) => collation.Equals(x.AsString, y.AsString);

        protected override int HashValue(SqlValue value) => collation.GetHashCode(value.AsString);

        public override SortForm Form => SortForm.Bytes;

        public override byte[] SortBytes(in SqlValue value) => collation.GetSortKey(value.AsString);
    }

    /// <summary>Byte by byte; trailing zero bytes do not matter.</summary>
    private sealed class BinaryComparer : SqlComparer
    {
        public static readonly BinaryComparer Instance = new();

        public override int CompareValues(SqlValue x, SqlValue y) => Trim(x).SequenceCompareTo(Trim(y));

        public override bool ValuesEqual(SqlValue x, SqlValue y) => Trim(x).SequenceEqual(Trim(y));

        protected override int HashValue(SqlValue value)
        {
            var hash = new HashCode();
            hash.AddBytes(Trim(value));
            return hash.ToHashCode();
        }

        private static ReadOnlySpan<byte> Trim(SqlValue value) => value.AsBytes.AsSpan().TrimEnd((byte)0);
    }

    /// <summary>The last six bytes weigh most, then bytes 8-9, 6-7, 4-5, 0-3 (as stored).</summary>
    private sealed class GuidComparer : SqlComparer
    {
        public static readonly GuidComparer Instance = new();

        private static ReadOnlySpan<byte> Order => [10, 11, 12, 13, 14, 15, 8, 9, 6, 7, 4, 5, 0, 1, 2, 3];

        public override int CompareValues(SqlValue x, SqlValue y)
        {
            Span<byte> left = stackalloc byte[16];
            Span<byte> right = stackalloc byte[16];
            x.AsGuid.TryWriteBytes(left);
            y.AsGuid.TryWriteBytes(right);
            foreach (byte i in Order)
            {
                if (left[i] != right[i])
                {
                    return left[i] - right[i];
                }
            }

            return 0;
        }

        public override bool ValuesEqual(SqlValue x, SqlValue y) => x.AsGuid == y.AsGuid;

        protected override int HashValue(SqlValue value) => value.AsGuid.GetHashCode();
    }

    /// <summary>sql_variant: by type family first, then by value in the higher type of the family.</summary>
    private sealed class VariantComparer : SqlComparer
    {
        public static readonly VariantComparer Instance = new();

        public override int CompareValues(SqlValue x, SqlValue y)
        {
            (SqlValue left, SqlType leftType) = Unwrap(x);
            (SqlValue right, SqlType rightType) = Unwrap(y);
            int family = Family(leftType).CompareTo(Family(rightType));
            if (family != 0)
            {
                return family;
            }

            SqlType common = TypePrecedence.Common(leftType.WithCollation(null), rightType.WithCollation(null));
            return SqlComparer.For(common).CompareValues(SqlConvert.Convert(left, leftType, common), SqlConvert.Convert(right, rightType, common));
        }

        protected override int HashValue(SqlValue value)
        {
            (SqlValue inner, SqlType type) = Unwrap(value);

            // Equal values of different types of a family must hash alike.
            return Family(type) switch
            {
                3 or 4 => SqlConvert.Convert(inner, type, SqlType.Float).AsDouble.GetHashCode(),
                5 => (DateTimes.LocalTicks(inner) / TimeSpan.TicksPerDay).GetHashCode(),
                _ => SqlComparer.For(type).GetHashCode(inner),
            };
        }

        private static (SqlValue Value, SqlType Type) Unwrap(SqlValue value) =>
            value.Kind == SqlTypeId.SqlVariant ? (value.AsVariant.Value, value.AsVariant.Type) : (value, SqlConvert.NaturalType(value));

        /// <remarks>https://learn.microsoft.com/sql/t-sql/data-types/sql-variant-transact-sql (comparing sql_variant values).</remarks>
        private static int Family(SqlType type) =>
            type.Id == SqlTypeId.UniqueIdentifier ? 0 : type.IsBinary ? 1 : type.IsString ? 2 : type.IsApproximate ? 4 : type.IsNumber ? 3 : 5;
    }
}
