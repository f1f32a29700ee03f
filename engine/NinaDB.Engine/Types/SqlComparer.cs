using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types;

/// <summary>
/// Order, equality and hash of values of one type. NULL equals NULL and sorts first: three-valued logic is the caller's. Instances are shared and thread-safe.
/// </summary>
internal abstract class SqlComparer : IComparer<SqlValue>, IEqualityComparer<SqlValue>
{
    /// <summary>The comparer of a type. Both operands must have been converted to it.</summary>
    public static SqlComparer For(SqlType type) => throw SqlErrors.NotSupported(type.Name);

    /// <summary>Negative, zero or positive; NULL first.</summary>
    public static int Compare(SqlValue left, SqlValue right, SqlType type) => For(type).Compare(left, right);

    public static bool Equals(SqlValue left, SqlValue right, SqlType type) => For(type).Equals(left, right);

    public static int GetHashCode(SqlValue value, SqlType type) => For(type).GetHashCode(value);

    public abstract int Compare(SqlValue x, SqlValue y);

    public abstract bool Equals(SqlValue x, SqlValue y);

    public abstract int GetHashCode(SqlValue obj);
}
