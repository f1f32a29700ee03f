using System.Buffers.Binary;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Types;

/// <summary>Conversions to date and time types.</summary>
internal static partial class SqlConvert
{
    private static SqlValue ToDateTime(SqlValue value, SqlType from, SqlType to, int? style, SessionOptions options)
    {
        switch (value.Kind)
        {
            case >= SqlTypeId.Date and <= SqlTypeId.DateTimeOffset:
                return value.Kind == to.Id && to.Id is SqlTypeId.Date or SqlTypeId.SmallDateTime or SqlTypeId.DateTime && value.Kind == to.Id
                    ? value
                    : FromClock(DateTimes.LocalTicks(value), value.Kind == SqlTypeId.DateTimeOffset ? value.OffsetMinutes : 0, to, from.Name);
            case SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.Text or SqlTypeId.NText:
                return ParseDateTime(value.AsString, from, to, style, options);
            case SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.RowVersion:
                return DateTimeOfBytes(value.AsBytes, from, to);
            case SqlTypeId.Bit or SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt:
                return FromDays(value.AsInt64, to);
            default:
                return FromDays(ToFloat(value, from, SqlTypeId.Float).AsDouble, to);
        }
    }

    /// <summary>A wall clock (ticks since 0001-01-01) as any date or time type, rounded to its precision. Error 242 outside its range.</summary>
    internal static SqlValue FromClock(long ticks, int offsetMinutes, SqlType to, string sourceName)
    {
        switch (to.Id)
        {
            case SqlTypeId.Date:
                return SqlValue.FromDate((int)(ticks / TimeSpan.TicksPerDay));
            case SqlTypeId.Time:
                return SqlValue.FromTime(DateTimes.RoundToScale(ticks % TimeSpan.TicksPerDay, to.Scale) % TimeSpan.TicksPerDay);
            case SqlTypeId.SmallDateTime:
                long minutes = (ticks + (TimeSpan.TicksPerMinute / 2)) / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute;
                if (minutes < DateTimes.Ticks1900 || minutes >= DateTimes.EndSmallDateTimeDays * TimeSpan.TicksPerDay)
                {
                    throw SqlErrors.CreateWithState(242, 3, sourceName, "smalldatetime");
                }

                return SqlValue.FromSmallDateTime(minutes);
            case SqlTypeId.DateTime:
                long units = DateTimes.UnitsOfTicks(ticks);
                if (ticks < DateTimes.Days1753 * TimeSpan.TicksPerDay || units >= (DateTimes.EndDays - DateTimes.Days1900) * DateTimes.UnitsPerDay)
                {
                    throw SqlErrors.CreateWithState(242, 3, sourceName, "datetime");
                }

                return SqlValue.FromDateTimeUnits(units);
            case SqlTypeId.DateTime2:
                long rounded = DateTimes.RoundToScale(ticks, to.Scale);
                return SqlValue.FromDateTime2(rounded >= DateTimes.EndTicks ? rounded - DateTimes.TicksOfScale(to.Scale) : rounded);
            default:
                long local = DateTimes.RoundToScale(ticks, to.Scale);
                long utc = local - (offsetMinutes * TimeSpan.TicksPerMinute);
                if (local >= DateTimes.EndTicks || utc is < 0 or >= DateTimes.EndTicks)
                {
                    throw SqlErrors.CreateWithState(242, 3, sourceName, "datetimeoffset");
                }

                return SqlValue.FromDateTimeOffset(utc, offsetMinutes);
        }
    }

    private static SqlValue FromDays(long days, SqlType to)
    {
        if (to.Id == SqlTypeId.DateTime)
        {
            return days is >= DateTimes.Days1753 - DateTimes.Days1900 and < DateTimes.EndDays - DateTimes.Days1900
                ? SqlValue.FromDateTimeUnits(days * DateTimes.UnitsPerDay)
                : throw SqlErrors.Create(8115, "expression", "datetime");
        }

        return days is >= 0 and < 65536
            ? SqlValue.FromSmallDateTime(DateTimes.Ticks1900 + (days * TimeSpan.TicksPerDay))
            : throw SqlErrors.Create(8115, "expression", "smalldatetime");
    }

    private static SqlValue FromDays(double days, SqlType to)
    {
        if (to.Id == SqlTypeId.DateTime)
        {
            double units = Math.Floor((days * DateTimes.UnitsPerDay) + 0.5);
            return units >= (DateTimes.Days1753 - DateTimes.Days1900) * (double)DateTimes.UnitsPerDay && units < (DateTimes.EndDays - DateTimes.Days1900) * (double)DateTimes.UnitsPerDay
                ? SqlValue.FromDateTimeUnits((long)units)
                : throw SqlErrors.Create(8115, "expression", "datetime");
        }

        double minutes = Math.Floor((days * 1440) + 0.5);
        return minutes is >= 0 and < 65536 * 1440
            ? SqlValue.FromSmallDateTime(DateTimes.Ticks1900 + ((long)minutes * TimeSpan.TicksPerMinute))
            : throw SqlErrors.Create(8115, "expression", "smalldatetime");
    }

    private static SqlValue ParseDateTime(string text, SqlType from, SqlType to, int? style, SessionOptions options)
    {
        bool legacy = to.Id is SqlTypeId.DateTime or SqlTypeId.SmallDateTime;
        DateTimeParseResult result = DateTimeParser.Parse(text, style, options.DateFormat, to.Id, out DateTimeStamp stamp, SqlLanguage.Of(options));
        switch (result)
        {
            case DateTimeParseResult.Ok:
                break;
            case DateTimeParseResult.StyleMismatch:
                throw SqlErrors.Create(9807, style);
            case DateTimeParseResult.OutOfRange when legacy:
                throw SqlErrors.CreateWithState(242, 3, from.Name, to.Name);
            default:
                throw to.Id == SqlTypeId.SmallDateTime ? SqlErrors.CreateWithState(295, 3) : SqlErrors.Create(241);
        }

        if (to.Id == SqlTypeId.Time)
        {
            return SqlValue.FromTime(DateTimes.RoundToScale(stamp.Ticks % TimeSpan.TicksPerDay, to.Scale) % TimeSpan.TicksPerDay);
        }

        if (to.Id == SqlTypeId.DateTimeOffset)
        {
            long utc = stamp.Ticks - (stamp.OffsetMinutes * TimeSpan.TicksPerMinute);
            if (utc is < 0 or >= DateTimes.EndTicks)
            {
                throw SqlErrors.Create(241);
            }
        }

        // smalldatetime is read as datetime first: 29.999 seconds are thirty.
        long ticks = to.Id == SqlTypeId.SmallDateTime && stamp.Ticks >= DateTimes.Days1753 * TimeSpan.TicksPerDay
            ? DateTimes.LocalTicks(SqlValue.FromDateTimeUnits(DateTimes.UnitsOfTicks(stamp.Ticks)))
            : stamp.Ticks;
        return FromClock(ticks, stamp.OffsetMinutes, to, from.Name);
    }

    /// <summary>The storage forms that scripts of exported data use.</summary>
    private static SqlValue DateTimeOfBytes(byte[] bytes, SqlType from, SqlType to)
    {
        switch (to.Id)
        {
            case SqlTypeId.DateTime:
                Span<byte> eight = stackalloc byte[8];
                CopyRight(bytes, eight);
                int days = BinaryPrimitives.ReadInt32BigEndian(eight);
                long units = BinaryPrimitives.ReadUInt32BigEndian(eight[4..]);
                if (days < DateTimes.Days1753 - DateTimes.Days1900 || days >= DateTimes.EndDays - DateTimes.Days1900 || units >= DateTimes.UnitsPerDay)
                {
                    throw SqlErrors.Create(8115, "expression", "datetime");
                }

                return SqlValue.FromDateTimeUnits((days * DateTimes.UnitsPerDay) + units);
            case SqlTypeId.SmallDateTime:
                Span<byte> four = stackalloc byte[4];
                CopyRight(bytes, four);
                int day = BinaryPrimitives.ReadUInt16BigEndian(four);
                int minute = BinaryPrimitives.ReadUInt16BigEndian(four[2..]);
                if (minute >= 1440)
                {
                    throw SqlErrors.Create(8115, "expression", "smalldatetime");
                }

                return SqlValue.FromSmallDateTime(DateTimes.Ticks1900 + (day * TimeSpan.TicksPerDay) + (minute * TimeSpan.TicksPerMinute));
        }

        ReadOnlySpan<byte> rest = bytes;
        long time = 0;
        if (to.Id != SqlTypeId.Date)
        {
            if (rest.Length < 4 || rest[0] > 7)
            {
                throw SqlErrors.Create(241);
            }

            int width = rest[0] <= 2 ? 3 : rest[0] <= 4 ? 4 : 5;
            if (rest.Length < 1 + width)
            {
                throw SqlErrors.Create(241);
            }

            time = LittleEndian(rest.Slice(1, width)) * DateTimes.TicksOfScale(rest[0]);
            rest = rest[(1 + width)..];
            if (time >= TimeSpan.TicksPerDay)
            {
                throw SqlErrors.Create(241);
            }
        }

        if (to.Id == SqlTypeId.Time)
        {
            return FromClock(DateTimes.Ticks1900 + time, 0, to, from.Name);
        }

        if (rest.Length < 3)
        {
            throw SqlErrors.Create(241);
        }

        long date = LittleEndian(rest[..3]);
        if (date >= DateTimes.EndDays)
        {
            throw SqlErrors.Create(241);
        }

        long ticks = (date * TimeSpan.TicksPerDay) + time;
        if (to.Id != SqlTypeId.DateTimeOffset)
        {
            return FromClock(ticks, 0, to, from.Name);
        }

        int offset = rest.Length >= 5 ? BinaryPrimitives.ReadInt16LittleEndian(rest[3..]) : 0;
        return FromClock(ticks + (offset * TimeSpan.TicksPerMinute), offset, to, from.Name);
    }

    private static byte[] BytesOfDateTime(SqlValue value, SqlType from)
    {
        switch (value.Kind)
        {
            case SqlTypeId.DateTime:
                var eight = new byte[8];
                long days = FloorDivide(value.AsInt64, DateTimes.UnitsPerDay);
                BinaryPrimitives.WriteInt32BigEndian(eight, (int)days);
                BinaryPrimitives.WriteInt32BigEndian(eight.AsSpan(4), (int)(value.AsInt64 - (days * DateTimes.UnitsPerDay)));
                return eight;
            case SqlTypeId.SmallDateTime:
                var four = new byte[4];
                long since = value.AsInt64 - DateTimes.Ticks1900;
                BinaryPrimitives.WriteUInt16BigEndian(four, (ushort)(since / TimeSpan.TicksPerDay));
                BinaryPrimitives.WriteUInt16BigEndian(four.AsSpan(2), (ushort)(since % TimeSpan.TicksPerDay / TimeSpan.TicksPerMinute));
                return four;
        }

        var bytes = new List<byte>(11);
        if (value.Kind == SqlTypeId.Date)
        {
            AppendLittleEndian(bytes, value.AsInt64, 3);
            return [.. bytes];
        }

        bytes.Add(from.Scale);
        AppendLittleEndian(bytes, value.AsInt64 % TimeSpan.TicksPerDay / DateTimes.TicksOfScale(from.Scale), from.Scale <= 2 ? 3 : from.Scale <= 4 ? 4 : 5);
        if (value.Kind != SqlTypeId.Time)
        {
            AppendLittleEndian(bytes, value.AsInt64 / TimeSpan.TicksPerDay, 3);
        }

        if (value.Kind == SqlTypeId.DateTimeOffset)
        {
            AppendLittleEndian(bytes, (ushort)(short)value.OffsetMinutes, 2);
        }

        return [.. bytes];
    }

    private static void AppendLittleEndian(List<byte> bytes, long value, int width)
    {
        for (int i = 0; i < width; i++)
        {
            bytes.Add((byte)(value >> (8 * i)));
        }
    }

    private static long LittleEndian(ReadOnlySpan<byte> bytes)
    {
        long value = 0;
        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes[i];
        }

        return value;
    }

    /// <summary>Right-aligns, as numbers in binary are.</summary>
    private static void CopyRight(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        destination.Clear();
        if (source.Length >= destination.Length)
        {
            source[^destination.Length..].CopyTo(destination);
        }
        else
        {
            source.CopyTo(destination[^source.Length..]);
        }
    }
}
