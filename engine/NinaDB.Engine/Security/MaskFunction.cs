using System.Data.SqlTypes;
using System.Globalization;
using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Security;

internal enum MaskKind : byte
{
    Default, Email, Partial, Random, DateTime,
}

/// <summary>A function of MASKED WITH: parsed from its text, checked against the column's type, applied to values.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/security/dynamic-data-masking</remarks>
internal sealed record MaskFunction(MaskKind Kind, string Text)
{
    private const string DefaultText = "xxxx", EmailTail = "XXX@XXXX.com";

    private const int DateParts = 3;

    private static readonly string[] Names = ["default", "email", "partial", "random", "datetime"];

    /// <summary>default(): what an expression over a masked column reads as.</summary>
    public static MaskFunction Default { get; } = new(MaskKind.Default, "default()");

    private int Prefix { get; init; }

    private int Suffix { get; init; }

    private string Padding { get; init; } = "";

    private decimal Low { get; init; }

    private decimal High { get; init; }

    private char Part { get; init; }

    /// <summary>Parses the text of a column's function. Errors 16002 to 16006.</summary>
    public static MaskFunction Parse(string text, string column, SqlType type)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        if (text.Length == 0)
        {
            throw SqlErrors.Create(16002, column);
        }

        if (open < 0)
        {
            throw SqlErrors.Create(16006, text, column);
        }

        string written = text[..open];
        int close = text.LastIndexOf(')');
        if (close < open)
        {
            throw SqlErrors.Create(16006, written, column);
        }

        if (close != text.Length - 1)
        {
            throw SqlErrors.Create(16004, written, column);
        }

        int kind = Array.FindIndex(Names, n => n.Equals(written, StringComparison.OrdinalIgnoreCase));
        if (kind < 0)
        {
            throw SqlErrors.Create(16002, column);
        }

        if (!Fits((MaskKind)kind, type))
        {
            throw SqlErrors.Create(16003, column, Names[kind]);
        }

        List<string> arguments = Split(text[(open + 1)..close]);
        int expected = (MaskKind)kind switch { MaskKind.Partial => 3, MaskKind.Random => 2, MaskKind.DateTime => 1, _ => 0 };
        if (arguments.Count != expected)
        {
            throw SqlErrors.Create(16004, written, column);
        }

        return Read((MaskKind)kind, arguments, type) ?? throw SqlErrors.Create(16005, written, column);
    }

    /// <summary>The function of a column of the catalog. The first releases took any text: what is no function masks all.</summary>
    public static MaskFunction Stored(string text, SqlType type)
    {
        try
        {
            return Parse(text, "", type);
        }
        catch (SqlErrorException error) when (error.Error.Number is >= 16002 and <= 16006)
        {
            return Default;
        }
    }

    /// <summary>What a value of a type reads as. NULL stays NULL.</summary>
    public SqlValue Apply(SqlValue value, SqlType type)
    {
        if (value.IsNull)
        {
            return value;
        }

        switch (Kind)
        {
            case MaskKind.Email when value.AsString.Length > 0:
                return Cut(value.AsString[..1] + EmailTail, type);
            case MaskKind.Partial:
                string text = value.AsString;
                return Cut(text.Length > Prefix + Suffix ? text[..Prefix] + Padding + text[^Suffix..] : Padding, type);
            case MaskKind.Random:
                return RandomValue(type);
            case MaskKind.DateTime:
                return Reset(value, type);
            default:
                return type.Id == SqlTypeId.SqlVariant ? DefaultOfVariant(value) : DefaultOf(type);
        }
    }

    private static bool Fits(MaskKind kind, SqlType type) => kind switch
    {
        MaskKind.Default => true,
        MaskKind.Email or MaskKind.Partial => type.IsString,
        MaskKind.Random => type.IsExactInteger || type.IsDecimal || type.IsMoney || type.IsApproximate,
        _ => type.Id is SqlTypeId.Date or SqlTypeId.Time or SqlTypeId.DateTime or SqlTypeId.SmallDateTime or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset,
    };

    /// <summary>Arguments between commas that stand outside of double quotes; blanks alone are none.</summary>
    private static List<string> Split(string text)
    {
        var arguments = new List<string>();
        var current = new StringBuilder();
        bool isQuoted = false;
        foreach (char c in text)
        {
            isQuoted ^= c == '"';
            if (c == ',' && !isQuoted)
            {
                arguments.Add(current.ToString().Trim());
                current.Clear();
            }
            else
            {
                current.Append(c);
            }
        }

        string last = current.ToString().Trim();
        if (arguments.Count > 0 || last.Length > 0)
        {
            arguments.Add(last);
        }

        return arguments;
    }

    private static MaskFunction? Read(MaskKind kind, List<string> arguments, SqlType type)
    {
        switch (kind)
        {
            case MaskKind.Partial:
                return Count(arguments[0]) is { } prefix && Quoted(arguments[1]) is { } padding && Count(arguments[2]) is { } suffix
                    ? new MaskFunction(kind, $"partial({prefix}, \"{padding.Replace("\"", "\"\"", StringComparison.Ordinal)}\", {suffix})") { Prefix = prefix, Padding = padding, Suffix = suffix }
                    : null;
            case MaskKind.Random:
                return Bound(arguments[0], type) is { } low && Bound(arguments[1], type) is { } high && low.Number <= high.Number
                    ? new MaskFunction(kind, $"random({low.Text}, {high.Text})") { Low = low.Number, High = high.Number }
                    : null;
            case MaskKind.DateTime:
                string parts = type.Id switch { SqlTypeId.Date => "YMD", SqlTypeId.Time => "hms", _ => "YMDhms" };
                return Quoted(arguments[0]) is { Length: 1 } part && parts.Contains(part, StringComparison.Ordinal) ? new MaskFunction(kind, $"datetime(\"{part}\")") { Part = part[0] } : null;
            default:
                return new MaskFunction(kind, Names[(int)kind] + "()");
        }
    }

    private static int? Count(string text) => text.Length > 0 && text.All(char.IsAsciiDigit) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : null;

    private static string? Quoted(string text)
    {
        if (text.Length < 2 || text[0] != '"' || text[^1] != '"')
        {
            return null;
        }

        string inner = text[1..^1].Replace("\"\"", "\u0001", StringComparison.Ordinal);
        return inner.Contains('"', StringComparison.Ordinal) ? null : inner.Replace('\u0001', '"');
    }

    /// <summary>A bound of random(): a plain number that the type holds, with the text that the catalog shows.</summary>
    private static (decimal Number, string Text)? Bound(string text, SqlType type)
    {
        bool isNegative = text.StartsWith('-');
        string digits = isNegative ? text[1..] : text;
        if (digits.Length == 0 || digits[0] == '.' || digits[^1] == '.' || digits.Count(c => c == '.') > 1 || !digits.All(c => c == '.' || char.IsAsciiDigit(c))
            || !decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
        {
            return null;
        }

        if (type.IsExactInteger)
        {
            (decimal least, decimal most) = type.Id switch
            {
                SqlTypeId.Bit => (0m, 1m),
                SqlTypeId.TinyInt => (0m, byte.MaxValue),
                SqlTypeId.SmallInt => (short.MinValue, short.MaxValue),
                SqlTypeId.Int => (int.MinValue, int.MaxValue),
                _ => (long.MinValue, long.MaxValue),
            };
            return digits.Contains('.', StringComparison.Ordinal) || number < least || number > most ? null : (number, number.ToString(CultureInfo.InvariantCulture));
        }

        if (type.IsApproximate)
        {
            string shown = ((double)Math.Abs(number)).ToString("R", CultureInfo.InvariantCulture);
            return (number, (isNegative ? "-" : "") + shown);
        }

        int scale = type.IsMoney ? 4 : type.Scale;
        decimal rounded = Math.Round(number, scale, MidpointRounding.AwayFromZero);
        int whole = type.IsMoney ? type.Id == SqlTypeId.Money ? 15 : 6 : type.Precision - type.Scale;
        if (Math.Abs(rounded) >= (decimal)Math.Pow(10, Math.Min(whole, 28)))
        {
            return null;
        }

        return (rounded, rounded.ToString(type.IsMoney ? "0.####" : "F" + scale.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
    }

    private static SqlValue Cut(string text, SqlType type) =>
        SqlValue.FromString(type.Length > 0 && text.Length > type.Length ? text[..type.Length] : text, type.Id);

    private SqlValue RandomValue(SqlType type)
    {
        double share = Random.Shared.NextDouble();
        double low = (double)Low, high = (double)High;
        if (type.IsApproximate)
        {
            double value = low + ((high - low) * share);
            return type.Id == SqlTypeId.Real ? SqlValue.FromReal((float)value) : SqlValue.FromFloat(value);
        }

        int scale = type.IsMoney ? 4 : type.IsDecimal ? type.Scale : 0;
        decimal unit = (decimal)Math.Pow(10, -Math.Min(scale, 9));
        decimal steps = Math.Floor((High - Low) / unit) + 1;
        decimal drawn = Low + (Math.Min(Math.Floor(steps * (decimal)share), steps - 1) * unit);
        SqlDecimal exact = SqlDecimal.ConvertToPrecScale(new SqlDecimal(drawn), 38, scale);
        return SqlConvert.Convert(SqlValue.FromDecimal(exact, SqlTypeId.Numeric), SqlType.Numeric(38, scale), type);
    }

    /// <summary>One part of a date or time set back, fractions of seconds dropped, the offset forgotten.</summary>
    private SqlValue Reset(SqlValue value, SqlType type)
    {
        SqlType wide = SqlType.DateTime2(7);
        var moment = new DateTime(SqlConvert.Convert(value, type, wide).AsInt64);
        moment = moment.AddTicks(-(moment.Ticks % TimeSpan.TicksPerSecond));
        moment = Part switch
        {
            'Y' => new DateTime(2000, moment.Month, moment.Day).Add(moment.TimeOfDay),
            'M' => new DateTime(moment.Year, 1, moment.Day).Add(moment.TimeOfDay),
            'D' => new DateTime(moment.Year, moment.Month, 1).Add(moment.TimeOfDay),
            'h' => moment.AddHours(-moment.Hour),
            'm' => moment.AddMinutes(-moment.Minute),
            _ => moment.AddSeconds(-moment.Second),
        };
        return SqlConvert.Convert(SqlValue.FromDateTime2(moment.Ticks), wide, type);
    }

    private static SqlValue DefaultOfVariant(SqlValue value)
    {
        SqlType type = value.AsVariant.Type;
        SqlType shown = type.IsString ? type.WithLength(DefaultText.Length) : type;
        return SqlValue.FromVariant(DefaultOf(shown), shown);
    }

    private static SqlValue DefaultOf(SqlType type)
    {
        if (type.IsString)
        {
            return Cut(DefaultText, type);
        }

        switch (type.Id)
        {
            case SqlTypeId.RowVersion:
                return SqlValue.FromBinary(new byte[type.Length], type.Id);
            case SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image:
                return SqlValue.FromBinary("0"u8.ToArray(), type.Id);
            case SqlTypeId.UniqueIdentifier:
                return SqlValue.FromGuid(Guid.Empty);
            case SqlTypeId.Xml:
                return Converted("<masked />", type);
            case SqlTypeId.Json:
                return Converted("{\"masked\":true}", type);
            case SqlTypeId.Time:
                return Converted("00:00:00", type);
            case SqlTypeId.DateTimeOffset:
                return Converted("1900-01-01 00:00:00 +00:00", type);
            case SqlTypeId.Date or SqlTypeId.DateTime or SqlTypeId.SmallDateTime or SqlTypeId.DateTime2:
                return Converted("1900-01-01", type);
            case SqlTypeId.Vector or SqlTypeId.HierarchyId:
                throw SqlErrors.NotSupported($"reading a masked column of type {type.Name} without UNMASK");
            default:
                return SqlConvert.Convert(SqlValue.FromInt(0), SqlType.Int, type);
        }
    }

    private static SqlValue Converted(string text, SqlType type) => SqlConvert.Convert(SqlValue.FromString(text, SqlTypeId.VarChar), SqlType.VarChar(DateParts * 10), type);
}
