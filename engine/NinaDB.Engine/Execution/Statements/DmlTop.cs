using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>The value of TOP in INSERT. Errors 127, 1014, 1031 and 1060.</summary>
internal static class DmlTop
{
    public static long Rows(SqlValue value)
    {
        if (value.IsNull)
        {
            throw SqlErrors.Create(1060);
        }

        return value.AsInt64 >= 0 ? value.AsInt64 : throw SqlErrors.Create(127);
    }

    /// <summary>So many percent of the rows, rounded up.</summary>
    public static int Percent(SqlValue value, int count)
    {
        double percent = value.IsNull ? throw SqlErrors.Create(1014) : value.AsDouble;
        return percent is >= 0 and <= 100 ? (int)Math.Ceiling(count * percent / 100) : throw SqlErrors.Create(1031);
    }
}
