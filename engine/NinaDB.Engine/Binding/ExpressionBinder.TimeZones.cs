using NinaDB.Engine.Errors;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <remarks>https://learn.microsoft.com/sql/t-sql/queries/at-time-zone-transact-sql.</remarks>
internal sealed partial class ExpressionBinder
{
    private BoundFunctionCall BindAtTimeZone(AtTimeZoneExpression expression)
    {
        BoundExpression operand = Bind(expression.Operand);
        BoundExpression zone = Coerce(Bind(expression.TimeZone), SqlType.NVarChar(128));
        if (operand.Type.Id is not (SqlTypeId.DateTime or SqlTypeId.SmallDateTime or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset))
        {
            throw SqlErrors.Create(8116, operand.Type.Name, 1, "AT TIME ZONE").At(expression);
        }

        bool hasOffset = operand.Type.Id == SqlTypeId.DateTimeOffset;
        int scale = operand.Type.Id switch { SqlTypeId.SmallDateTime => 0, SqlTypeId.DateTime => 3, _ => operand.Type.Scale };
        SqlType source = hasOffset ? operand.Type : SqlType.DateTime2(scale);
        var function = new BoundFunction(SqlType.DateTimeOffset(scale), true, [source, null], (_, arguments) => InZone(arguments[0], hasOffset, arguments[1].AsString));
        return new BoundFunctionCall("AT TIME ZONE", [Coerce(operand, source), zone], function);
    }

    private static SqlValue InZone(SqlValue value, bool hasOffset, string zoneName)
    {
        TimeZoneInfo zone = TimeZones.Find(zoneName) ?? throw SqlErrors.Create(9820, zoneName);

        if (hasOffset)
        {
            TimeSpan shift = zone.GetUtcOffset(new DateTime(value.AsInt64, DateTimeKind.Utc));
            return SqlValue.FromDateTimeOffset(value.AsInt64, (int)shift.TotalMinutes);
        }

        var local = new DateTime(value.AsInt64, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(local))
        {
            // In the gap that daylight saving leaves, the clock has already been put forward.
            TimeSpan before = zone.GetUtcOffset(local.AddHours(-3));
            long utc = local.Ticks - before.Ticks;
            return SqlValue.FromDateTimeOffset(utc, (int)zone.GetUtcOffset(new DateTime(utc, DateTimeKind.Utc)).TotalMinutes);
        }

        // The hour that comes twice is taken the first time, before the clock is put back.
        TimeSpan offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return SqlValue.FromDateTimeOffset(local.Ticks - offset.Ticks, (int)offset.TotalMinutes);
    }
}
