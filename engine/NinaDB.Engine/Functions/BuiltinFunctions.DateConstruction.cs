using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Dates from their parts, and EOMONTH.</summary>
internal static partial class BuiltinFunctions
{
    private static void AddDateConstructionFamily(Action<BuiltinFunction> add)
    {
        add(FromParts("DATEFROMPARTS", 3, SqlType.Date, static (p, type) => FromDate(p[0], p[1], p[2], 0, 0, type, 1)));
        add(FromParts("SMALLDATETIMEFROMPARTS", 5, SqlType.SmallDateTime, static (p, type) => FromDate(p[0], p[1], p[2], TimeTicks(p[3], p[4], 0, 0, 3, type, 4), 0, type, 4)));
        add(FromParts("DATETIMEFROMPARTS", 7, SqlType.DateTime, static (p, type) => FromDate(p[0], p[1], p[2], TimeTicks(p[3], p[4], p[5], p[6], 3, type, 3), 0, type, 3)));
        add(WithPrecision("DATETIME2FROMPARTS", 8, SqlType.DateTime2, static (p, type) => FromDate(p[0], p[1], p[2], TimeTicks(p[3], p[4], p[5], p[6], type.Scale, type, 5), 0, type, 5)));
        add(WithPrecision("TIMEFROMPARTS", 5, SqlType.Time, static (p, type) => SqlValue.FromTime(TimeTicks(p[0], p[1], p[2], p[3], type.Scale, type, 2))));
        add(WithPrecision("DATETIMEOFFSETFROMPARTS", 10, SqlType.DateTimeOffset, static (p, type) =>
        {
            (long hours, long minutes) = (p[7], p[8]);
            long offset = (hours * 60) + minutes;
            if (hours is < -14 or > 14 || minutes is < -59 or > 59 || (hours > 0 && minutes < 0) || (hours < 0 && minutes > 0) || Math.Abs(offset) > 840)
            {
                throw SqlErrors.CreateWithState(289, 6, type.Name);
            }

            return FromDate(p[0], p[1], p[2], TimeTicks(p[3], p[4], p[5], p[6], type.Scale, type, 6), (int)offset, type, 6);
        }));
        add(Function("EOMONTH", 1, 2, BindEndOfMonth));
    }

    private static BuiltinFunction FromParts(string name, int count, SqlType type, Func<long[], SqlType, SqlValue> build)
    {
        SqlType[] types = [.. Enumerable.Repeat(SqlType.Int, count)];
        var bound = new BoundFunction(type, true, types, (_, a) => build([.. a.Select(v => v.AsInt64)], type));
        return new BuiltinFunction(name, count, count, _ => bound);
    }

    /// <summary>The last argument is the constant precision of the result.</summary>
    private static BuiltinFunction WithPrecision(string name, int count, Func<int, SqlType> type, Func<long[], SqlType, SqlValue> build)
    {
        SqlType[] types = [.. Enumerable.Repeat(SqlType.Int, count)];
        return new BuiltinFunction(name, count, count, b =>
        {
            long precision = ConstantInteger(b, count - 1) ?? throw SqlErrors.Create(10760, type(7).Name);
            if (precision is < 0 or > 7)
            {
                throw SqlErrors.Create(1002, b.Syntax.Line, precision);
            }

            SqlType result = type((int)precision);
            return new BoundFunction(result, true, types, (_, a) => build([.. a.Select(v => v.AsInt64)], result));
        });
    }

    private static SqlValue FromDate(long year, long month, long day, long time, int offset, SqlType type, byte state)
    {
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth((int)year, (int)month))
        {
            throw SqlErrors.CreateWithState(289, state, type.Name);
        }

        try
        {
            return SqlConvert.FromClock(new DateTime((int)year, (int)month, (int)day).Ticks + time, offset, type, type.Name);
        }
        catch (SqlErrorException e) when (e.Error.Number == 242)
        {
            throw SqlErrors.CreateWithState(289, state, type.Name);
        }
    }

    /// <param name="scale">How many digits the fraction counts: fraction 5 with scale 1 is half a second.</param>
    private static long TimeTicks(long hour, long minute, long second, long fraction, int scale, SqlType type, byte state)
    {
        long unit = DateTimes.TicksOfScale(scale);
        if (hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59 || fraction < 0 || fraction * unit >= TimeSpan.TicksPerSecond)
        {
            throw SqlErrors.CreateWithState(289, state, type.Name);
        }

        return (hour * TimeSpan.TicksPerHour) + (minute * TimeSpan.TicksPerMinute) + (second * TimeSpan.TicksPerSecond) + (fraction * unit);
    }

    private static BoundFunction BindEndOfMonth(FunctionBinding b)
    {
        SqlType type = DateArgument(b, 0, SqlType.DateTime2(7));
        if (type.Id == SqlTypeId.Time)
        {
            throw InvalidArgument(b, 0);
        }

        // A NULL month count is no shift.
        return new BoundFunction(SqlType.Date, true, [type, SqlType.Int], static (_, a) =>
        {
            if (a[0].IsNull)
            {
                return SqlValue.Null;
            }

            long months = a.Length > 1 && !a[1].IsNull ? a[1].AsInt64 : 0;
            long moved = DateParts.Add(DatePart.Month, DateTimes.LocalTicks(a[0]), months) ?? throw SqlErrors.Create(517, "date");
            var d = new DateTime(moved);
            return SqlValue.FromDate((int)(new DateTime(d.Year, d.Month, DateTime.DaysInMonth(d.Year, d.Month)).Ticks / TimeSpan.TicksPerDay));
        })
        { NullIfAnyNull = false };
    }
}
