using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types;

/// <summary>Values as text, the way client tools (sqlcmd) show them in result sets.</summary>
internal static class SqlFormat
{
    /// <summary>Text of a value in a result set; "NULL" for NULL.</summary>
    public static string ToText(SqlValue value, SqlType type) => throw SqlErrors.NotSupported(type.Name);
}
