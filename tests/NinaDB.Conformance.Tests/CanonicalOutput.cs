using System.Globalization;
using NinaDB.Engine;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Conformance.Tests;

/// <summary>Writes what the embedded host answers as <see cref="CanonicalText"/>.</summary>
internal sealed class CanonicalOutput : IResultSink
{
    private readonly CanonicalText _text = new();
    private IReadOnlyList<ResultColumn> _columns = [];

    public override string ToString() => _text.ToString();

    public void Columns(IReadOnlyList<ResultColumn> columns)
    {
        _columns = columns;
        _text.Columns(string.Join('|', columns.Select(c => $"{c.Name}:{c.Type.DisplayName}")));
    }

    public void Row(ReadOnlySpan<SqlValue> values)
    {
        var texts = new string[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i].IsNull && !_columns[i].IsNullable)
            {
                // Clients size their buffers by this promise: over TDS such a column has no way to be NULL.
                throw new InvalidOperationException($"The column {_columns[i].Name} is NULL and was announced as NOT NULL.");
            }

            texts[i] = Format(values[i], _columns[i].Type);
        }

        _text.Row(string.Join('|', texts));
    }

    public void EndRows() => _text.EndRows();

    public void Done(long? rowCount) => _text.Done(rowCount);

    public void Message(SqlError message, bool flush) => _text.Message(message.Message);

    public void Error(SqlError error) => _text.Error(error.Number, error.Severity, error.State, error.Procedure, error.Line, error.Message);

    /// <summary>One value, as unambiguous as a line of text can be.</summary>
    internal static string Format(in SqlValue value, SqlType type)
    {
        if (value.IsNull)
        {
            return "NULL";
        }

        CultureInfo culture = CultureInfo.InvariantCulture;
        switch (type.Id)
        {
            case SqlTypeId.SqlVariant:
                return Format(value.AsVariant.Value, value.AsVariant.Type);
            case SqlTypeId.Bit or SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt:
                return value.AsInt64.ToString(culture);
            case SqlTypeId.Money or SqlTypeId.SmallMoney:
                return (value.AsInt64 / 10_000m).ToString("0.0000", culture);
            case SqlTypeId.Real:
                return ((float)value.AsDouble).ToString("R", culture);
            case SqlTypeId.Float:
                return value.AsDouble.ToString("R", culture);
            case SqlTypeId.Decimal or SqlTypeId.Numeric:
                return value.AsDecimal.ToString()!;
            case SqlTypeId.Date:
                return new DateTime(value.AsInt64 * TimeSpan.TicksPerDay).ToString("yyyy-MM-dd", culture);
            case SqlTypeId.Time:
                return WithFraction(new DateTime(value.AsInt64), "HH:mm:ss", type.Scale);
            case SqlTypeId.SmallDateTime:
                return new DateTime(value.AsInt64).ToString("yyyy-MM-dd HH:mm:ss", culture);
            case SqlTypeId.DateTime:
                return FormatDateTime(value.AsInt64);
            case SqlTypeId.DateTime2:
                return WithFraction(new DateTime(value.AsInt64), "yyyy-MM-dd HH:mm:ss", type.Scale);
            case SqlTypeId.DateTimeOffset:
                return FormatOffset(value, type.Scale);
            case SqlTypeId.UniqueIdentifier:
                return value.AsGuid.ToString().ToUpperInvariant();
            case SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.RowVersion or SqlTypeId.HierarchyId:
                return "0x" + Convert.ToHexString(value.AsBytes);
            case SqlTypeId.Vector:
                return "[" + string.Join(',', value.AsVector.Select(e => e.ToString("R", culture))) + "]";
            default:
                return value.AsString.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);
        }
    }

    private static string FormatDateTime(long units)
    {
        const long unitsPerDay = 25_920_000;
        long days = Math.DivRem(units, unitsPerDay, out long rest);
        if (rest < 0)
        {
            days--;
            rest += unitsPerDay;
        }

        // 1/300 s shown as SQL Server shows it: .000, .003, .007.
        long milliseconds = ((rest * 10) + 1) / 3;
        return new DateTime(1900, 1, 1).AddDays(days).AddMilliseconds(milliseconds).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
    }

    private static string FormatOffset(in SqlValue value, int scale)
    {
        int minutes = value.OffsetMinutes;
        var local = new DateTime(value.AsInt64 + (minutes * TimeSpan.TicksPerMinute));
        string sign = minutes < 0 ? "-" : "+";
        return string.Create(CultureInfo.InvariantCulture,
            $"{WithFraction(local, "yyyy-MM-dd HH:mm:ss", scale)} {sign}{Math.Abs(minutes) / 60:00}:{Math.Abs(minutes) % 60:00}");
    }

    private static string WithFraction(DateTime value, string format, int scale)
    {
        string text = value.ToString(format, CultureInfo.InvariantCulture);
        return scale == 0 ? text : text + "." + (value.Ticks % TimeSpan.TicksPerSecond).ToString("0000000", CultureInfo.InvariantCulture)[..scale];
    }
}
