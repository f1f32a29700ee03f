using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Types;

internal static partial class SqlConvert
{
    /// <summary>
    /// Converts as CAST/CONVERT do (strings are cut silently). Raises 245, 8114, 8115, 220, 241, 242, 295, 8169 ... when the value cannot be converted.
    /// <paramref name="options"/> gives DATEFORMAT and language; null means us_english defaults.
    /// </summary>
    public static SqlValue Convert(SqlValue value, SqlType from, SqlType to, int? style = null, SessionOptions? options = null) => throw SqlErrors.NotSupported("CONVERT");

    /// <summary>TRY_CAST / TRY_CONVERT: NULL when the value cannot be converted. Errors of disallowed conversions still throw.</summary>
    public static SqlValue TryConvert(SqlValue value, SqlType from, SqlType to, int? style = null, SessionOptions? options = null) => throw SqlErrors.NotSupported("TRY_CONVERT");

    private static Func<SqlValue, SqlValue>? FastConverter(SqlType from, SqlType to) => null;

    private static SqlValue FitColumn(SqlValue value, SqlType to, string table, string column) => throw SqlErrors.NotSupported("INSERT");
}
