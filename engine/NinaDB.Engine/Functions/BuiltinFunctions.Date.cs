using System.Globalization;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Date and time functions: current time, parts, arithmetic.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/date-and-time-data-types-and-functions-transact-sql.</remarks>
internal static partial class BuiltinFunctions
{
    private static readonly IReadOnlyList<int> FirstIsKeyword = [0];

    private static void AddDateFamily(Action<BuiltinFunction> add)
    {
        add(Clock("GETDATE", SqlType.DateTime, static now => now.DateTime.Ticks));
        add(Clock("CURRENT_TIMESTAMP", SqlType.DateTime, static now => now.DateTime.Ticks) with { IsNiladic = true });
        add(Clock("CURRENT_DATE", SqlType.Date, static now => now.DateTime.Ticks) with { IsNiladic = true });
        add(Clock("GETUTCDATE", SqlType.DateTime, static now => now.UtcTicks));
        add(Clock("SYSDATETIME", SqlType.DateTime2(7), static now => now.DateTime.Ticks));
        add(Clock("SYSUTCDATETIME", SqlType.DateTime2(7), static now => now.UtcTicks));
        add(new BuiltinFunction("SYSDATETIMEOFFSET", 0, 0, static _ => new BoundFunction(SqlType.DateTimeOffset(7), false, [], static (context, _) =>
            SqlValue.FromDateTimeOffset(context.Now.UtcTicks, (int)context.Now.Offset.TotalMinutes)))
        { IsDeterministic = false });
        add(new BuiltinFunction("CURRENT_TIMEZONE", 0, 0, static _ => new BoundFunction(SqlType.VarChar(128), false, [], static (_, _) =>
            SqlValue.FromString(TimeZoneInfo.Local.DisplayName, SqlTypeId.VarChar)))
        { IsDeterministic = false });
        add(new BuiltinFunction("CURRENT_TIMEZONE_ID", 0, 0, static _ => new BoundFunction(SqlType.VarChar(128), false, [], static (_, _) =>
            SqlValue.FromString(TimeZoneInfo.Local.Id, SqlTypeId.VarChar)))
        { IsDeterministic = false });
        add(WithDatePart("DATEPART", 2, 2, BindDatePart));
        add(WithDatePart("DATENAME", 2, 2, BindDateName) with { DependsOnSession = true });
        add(WithDatePart("DATEADD", 3, 3, BindDateAdd));
        add(WithDatePart("DATEDIFF", 3, 3, b => BindDateDiff(b, SqlType.Int)));
        add(WithDatePart("DATEDIFF_BIG", 3, 3, b => BindDateDiff(b, SqlType.BigInt)));
        add(WithDatePart("DATETRUNC", 2, 2, BindDateTrunc));
        add(WithDatePart("DATE_BUCKET", 3, 4, BindDateBucket));
        add(Function("YEAR", 1, 1, b => BindPart(b, DatePart.Year)));
        add(Function("MONTH", 1, 1, b => BindPart(b, DatePart.Month)));
        add(Function("DAY", 1, 1, b => BindPart(b, DatePart.Day)));
        add(Function("SWITCHOFFSET", 2, 2, BindSwitchOffset));
        add(Function("TODATETIMEOFFSET", 2, 2, BindToDateTimeOffset));
        add(new BuiltinFunction("ISDATE", 1, 1, BindIsDate) { IsDeterministic = false });
    }

    private static BuiltinFunction Clock(string name, SqlType type, Func<DateTimeOffset, long> ticks) =>
        new(name, 0, 0, _ => new BoundFunction(type, false, [], (context, _) => SqlConvert.FromClock(ticks(context.Now), 0, type, type.Name))) { IsDeterministic = false };

    private static BuiltinFunction WithDatePart(string name, int min, int max, Func<FunctionBinding, BoundFunction> bind) => new(name, min, max, bind) { KeywordArguments = FirstIsKeyword };

    /// <summary>The date type an argument becomes: strings <paramref name="textType"/>, numbers datetime. Error 8116 otherwise.</summary>
    private static SqlType DateArgument(FunctionBinding b, int index, SqlType textType)
    {
        SqlType type = b.ArgumentTypes[index];
        return type.IsDateOrTime ? type
            : type.IsString && !type.IsLegacyLob ? textType
            : type.IsNumber || type.Id is SqlTypeId.Null or SqlTypeId.Binary or SqlTypeId.VarBinary ? SqlType.DateTime
            : throw InvalidArgument(b, index);
    }

    private static int OffsetOf(SqlValue value) => value.Kind == SqlTypeId.DateTimeOffset ? value.OffsetMinutes : 0;

    private static BoundFunction BindDatePart(FunctionBinding b)
    {
        DatePart part = DateParts.Parse(b.Keywords[0], "datepart");
        SqlType type = DateArgument(b, 1, SqlType.DateTimeOffset(7));
        DateParts.Require(part, type, "datepart", adding: false);
        return new BoundFunction(SqlType.Int, true, [null, type], (context, a) => PartOf(a[1], part, context)) { NullIfAnyNull = false };
    }

    private static BoundFunction BindPart(FunctionBinding b, DatePart part)
    {
        SqlType type = DateArgument(b, 0, SqlType.DateTimeOffset(7));
        DateParts.Require(part, type, ErrorName(b), adding: false);
        return new BoundFunction(SqlType.Int, true, [type], (context, a) => PartOf(a[0], part, context));
    }

    private static SqlValue PartOf(SqlValue value, DatePart part, ExecutionContext context)
    {
        if (value.IsNull)
        {
            return value;
        }

        int result = DateParts.Get(part, DateTimes.LocalTicks(value), OffsetOf(value), context.Session.Options.DateFirst);
        if (part == DatePart.Millisecond && value.Kind == SqlTypeId.DateTime)
        {
            // 1/300 s shows as the rounded millisecond.
            result = (int)((DateTimes.LocalTicks(value) % TimeSpan.TicksPerSecond) + 5_000) / 10_000;
        }

        return SqlValue.FromInt(result);
    }

    private static BoundFunction BindDateName(FunctionBinding b)
    {
        DatePart part = DateParts.Parse(b.Keywords[0], "datename");
        SqlType type = DateArgument(b, 1, SqlType.DateTimeOffset(7));
        DateParts.Require(part, type, "datename", adding: false);
        SqlType result = SqlType.NVarChar(30);
        return new BoundFunction(result, true, [null, type], (context, a) =>
        {
            if (a[1].IsNull)
            {
                return SqlValue.Null;
            }

            long ticks = DateTimes.LocalTicks(a[1]);
            return Text(part switch
            {
                DatePart.Month => SqlLanguage.Of(context.Session.Options).MonthNames[new DateTime(ticks).Month - 1],
                DatePart.Weekday => SqlLanguage.Of(context.Session.Options).DayName(new DateTime(ticks).DayOfWeek),
                DatePart.TimeZoneOffset => DateTimeFormatter.Offset(OffsetOf(a[1])),
                _ => PartOf(a[1], part, context).AsInt64.ToString(CultureInfo.InvariantCulture),
            }, result);
        })
        { NullIfAnyNull = false };
    }

    private static BoundFunction BindDateAdd(FunctionBinding b)
    {
        DatePart part = DateParts.Parse(b.Keywords[0], "dateadd");
        SqlType type = DateArgument(b, 2, SqlType.DateTime);
        DateParts.Require(part, type, "dateadd", adding: true);
        if (!b.ArgumentTypes[1].IsNumber && !IsNullArgument(b, 1))
        {
            throw InvalidArgument(b, 1);
        }

        return new BoundFunction(type, true, [null, SqlType.BigInt, type], (_, a) =>
        {
            if (a[1].IsNull || a[2].IsNull)
            {
                return SqlValue.Null;
            }

            long ticks = DateTimes.LocalTicks(a[2]);
            if (type.Id == SqlTypeId.Time)
            {
                // Time of day wraps around.
                Int128 moved = a[2].AsInt64 + ((Int128)a[1].AsInt64 * DateParts.TicksOf(part) / (part == DatePart.Nanosecond ? 100 : 1));
                long inDay = (long)(((moved % TimeSpan.TicksPerDay) + TimeSpan.TicksPerDay) % TimeSpan.TicksPerDay);
                return SqlConvert.FromClock(DateTimes.Ticks1900 + inDay, 0, type, type.Name);
            }

            try
            {
                long result = DateParts.Add(part, ticks, a[1].AsInt64) ?? throw SqlErrors.Create(517, type.Name);
                return SqlConvert.FromClock(result, OffsetOf(a[2]), type, type.Name);
            }
            catch (SqlErrorException e) when (e.Error.Number == 242)
            {
                throw SqlErrors.Create(517, type.Name);
            }
        })
        { NullIfAnyNull = false };
    }

    private static BoundFunction BindDateDiff(FunctionBinding b, SqlType result)
    {
        DatePart part = DateParts.Parse(b.Keywords[0], ErrorName(b));
        if (part is DatePart.TimeZoneOffset or DatePart.IsoWeek)
        {
            throw SqlErrors.Create(9806, DateParts.NameOf(part), ErrorName(b));
        }

        SqlType from = DateArgument(b, 1, SqlType.DateTimeOffset(7));
        SqlType to = DateArgument(b, 2, SqlType.DateTimeOffset(7));
        string name = ErrorName(b);
        return new BoundFunction(result, true, [null, from, to], (_, a) =>
        {
            if (a[1].IsNull || a[2].IsNull)
            {
                return SqlValue.Null;
            }

            // Offsets count: instants are compared in UTC.
            Int128 count = DateParts.Difference(part, UtcTicks(a[1]), UtcTicks(a[2]));
            bool fits = result.Id == SqlTypeId.Int ? count >= int.MinValue && count <= int.MaxValue : count >= long.MinValue && count <= long.MaxValue;
            return fits ? SqlValue.FromInteger(result.Id, (long)count) : throw SqlErrors.Create(535, name);
        })
        { NullIfAnyNull = false };
    }

    private static long UtcTicks(SqlValue value) => value.Kind == SqlTypeId.DateTimeOffset ? value.AsInt64 : DateTimes.LocalTicks(value);

    private static BoundFunction BindDateTrunc(FunctionBinding b)
    {
        DatePart part = DateParts.Parse(b.Keywords[0], "datetrunc");
        SqlType type = DateArgument(b, 1, SqlType.DateTime2(7));
        if (part is DatePart.Nanosecond or DatePart.TimeZoneOffset or DatePart.Weekday)
        {
            throw SqlErrors.CreateWithState(9810, 10, DateParts.NameOf(part), "datetrunc", type.Name);
        }

        DateParts.Require(part, type, "datetrunc", adding: false, 10);

        // The fraction of the type must reach as far as the part.
        int digits = type.Id switch { SqlTypeId.DateTime => 3, SqlTypeId.SmallDateTime => 0, SqlTypeId.Date => 7, _ => type.Scale };
        if ((part == DatePart.Microsecond && digits < 6) || (part == DatePart.Millisecond && digits < 3))
        {
            throw SqlErrors.CreateWithState(9810, 11, DateParts.NameOf(part), "datetrunc", type.Name);
        }

        return new BoundFunction(type, true, [null, type], (context, a) =>
        {
            if (a[1].IsNull)
            {
                return SqlValue.Null;
            }

            // The first week of the calendar may begin before it.
            long start = DateParts.Truncate(part, DateTimes.LocalTicks(a[1]), context.Session.Options.DateFirst);
            return start >= 0 ? SqlConvert.FromClock(start, OffsetOf(a[1]), type, type.Name) : throw SqlErrors.CreateWithState(9837, 3);
        })
        { NullIfAnyNull = false };
    }

    private static BoundFunction BindDateBucket(FunctionBinding b)
    {
        DatePart part = DateParts.Parse(b.Keywords[0], "date_bucket");
        if (b.ArgumentTypes[2].IsString)
        {
            throw InvalidArgument(b, 2);
        }

        SqlType type = DateArgument(b, 2, SqlType.DateTime2(7));
        if (part is DatePart.DayOfYear or DatePart.Weekday or DatePart.Microsecond or DatePart.Nanosecond or DatePart.TimeZoneOffset or DatePart.IsoWeek)
        {
            throw SqlErrors.Create(9810, DateParts.NameOf(part), "date_bucket", type.Name);
        }

        DateParts.Require(part, type, "date_bucket", adding: false);
        SqlType?[] types = b.ArgumentTypes.Count > 3 ? [null, SqlType.Int, type, type] : [null, SqlType.Int, type];
        return new BoundFunction(type, true, types, (_, a) =>
        {
            if (a[1].IsNull || a[2].IsNull || (a.Length > 3 && a[3].IsNull))
            {
                return SqlValue.Null;
            }

            if (a[1].AsInt64 <= 0)
            {
                throw SqlErrors.Create(9834);
            }

            long origin = a.Length > 3 ? DateTimes.LocalTicks(a[3]) : DateTimes.Ticks1900;
            long bucket = Bucket(part, a[1].AsInt64, DateTimes.LocalTicks(a[2]), origin) ?? throw SqlErrors.Create(517, type.Name);
            return SqlConvert.FromClock(bucket, OffsetOf(a[2]), type, type.Name);
        })
        { NullIfAnyNull = false };
    }

    private static long? Bucket(DatePart part, long width, long ticks, long origin)
    {
        if (part is DatePart.Year or DatePart.Quarter or DatePart.Month)
        {
            long months = width * (part == DatePart.Year ? 12 : part == DatePart.Quarter ? 3 : 1);
            var difference = (long)DateParts.Difference(DatePart.Month, origin, ticks);
            long count = FloorDivide(difference, months);
            long? start = DateParts.Add(DatePart.Month, origin, count * months);
            return start > ticks ? DateParts.Add(DatePart.Month, origin, (count - 1) * months) : start;
        }

        Int128 unit = (Int128)DateParts.TicksOf(part) * width;
        Int128 offset = ticks - origin;
        Int128 buckets = offset / unit;
        buckets -= offset % unit < 0 ? 1 : 0;
        Int128 result = origin + (buckets * unit);
        return result >= 0 && result < DateTimes.EndTicks ? (long)result : null;
    }

    private static long FloorDivide(long value, long divisor)
    {
        (long quotient, long remainder) = Math.DivRem(value, divisor);
        return remainder < 0 ? quotient - 1 : quotient;
    }

    private static BoundFunction BindSwitchOffset(FunctionBinding b)
    {
        SqlType type = DateArgument(b, 0, SqlType.DateTimeOffset(7));
        type = type.Id == SqlTypeId.DateTimeOffset ? type : SqlType.DateTimeOffset(type.Id == SqlTypeId.DateTime2 ? type.Scale : 7);
        return new BoundFunction(type, true, [type, OffsetArgument(b)], (_, a) =>
        {
            int offset = OffsetMinutes(a[1], "switchoffset");
            return a[0].AsInt64 + (offset * TimeSpan.TicksPerMinute) is >= 0 and < DateTimes.EndTicks
                ? SqlValue.FromDateTimeOffset(a[0].AsInt64, offset)
                : throw SqlErrors.Create(517, "datetimeoffset");
        });
    }

    private static BoundFunction BindToDateTimeOffset(FunctionBinding b)
    {
        SqlType type = DateArgument(b, 0, SqlType.DateTime2(7));
        int scale = type.Id switch { SqlTypeId.DateTime => 3, SqlTypeId.SmallDateTime or SqlTypeId.Date => 0, _ => type.Scale };
        SqlType result = SqlType.DateTimeOffset(scale);
        return new BoundFunction(result, true, [type, OffsetArgument(b)], (_, a) =>
            SqlConvert.FromClock(DateTimes.LocalTicks(a[0]), OffsetMinutes(a[1], "todatetimeoffset"), result, type.Name));
    }

    private static SqlType OffsetArgument(FunctionBinding b) => b.ArgumentTypes[1].IsString ? SqlType.NVarChar(20) : SqlType.SmallInt;

    private static int OffsetMinutes(SqlValue value, string function)
    {
        int minutes;
        if (value.Kind == SqlTypeId.SmallInt)
        {
            minutes = value.AsInt32;
        }
        else
        {
            ReadOnlySpan<char> text = value.AsString.AsSpan().Trim();
            if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':' || !int.TryParse(text[1..3], NumberStyles.None, CultureInfo.InvariantCulture, out int hours)
                || !int.TryParse(text[4..], NumberStyles.None, CultureInfo.InvariantCulture, out int rest) || rest > 59)
            {
                throw SqlErrors.Create(9812, function);
            }

            minutes = ((hours * 60) + rest) * (text[0] == '-' ? -1 : 1);
        }

        return minutes is >= -840 and <= 840 ? minutes : throw SqlErrors.Create(9812, function);
    }

    private static BoundFunction BindIsDate(FunctionBinding b)
    {
        SqlType type = b.ArgumentTypes[0];
        if (type.Id is SqlTypeId.Date or SqlTypeId.Time or SqlTypeId.DateTimeOffset)
        {
            throw InvalidArgument(b, 0);
        }

        if (type.Id is SqlTypeId.DateTime or SqlTypeId.SmallDateTime)
        {
            return new BoundFunction(SqlType.Int, false, [null], static (_, a) => SqlValue.FromInt(a[0].IsNull ? 0 : 1)) { NullIfAnyNull = false };
        }

        if (!type.IsString && (!type.IsExactInteger || type.Id == SqlTypeId.Bit))
        {
            return new BoundFunction(SqlType.Int, false, [null], static (_, _) => SqlValue.FromInt(0)) { NullIfAnyNull = false };
        }

        // Integers are read as text: 20240229 is a date.
        return new BoundFunction(SqlType.Int, false, [type.IsString ? null : SqlType.VarChar(20)], static (context, a) =>
            SqlValue.FromInt(!a[0].IsNull && a[0].AsString.Trim().Length > 0
                && DateTimeParser.Parse(a[0].AsString, null, context.Session.Options.DateFormat, SqlTypeId.DateTime, out _) == DateTimeParseResult.Ok ? 1 : 0))
        { NullIfAnyNull = false };
    }
}
