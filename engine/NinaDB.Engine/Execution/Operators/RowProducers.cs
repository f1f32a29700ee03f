using NinaDB.Engine.Errors;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>Rows of the built-in table-valued functions.</summary>
internal static class RowProducers
{
    /// <summary>STRING_SPLIT(text, separator).</summary>
    public static IEnumerable<SqlValue[]> Split(SqlValue?[] arguments, bool hasOrdinal, SqlTypeId kind, Collation collation)
    {
        SqlValue text = arguments[0]!.Value;
        SqlValue separator = arguments[1]!.Value;
        if (separator.IsNull || separator.AsString.Length != 1)
        {
            throw SqlErrors.Create(214, "separator", "nchar(1)/nvarchar(1)");
        }

        return text.IsNull ? [] : Parts(text.AsString, separator.AsString, hasOrdinal, kind, collation);
    }

    private static IEnumerable<SqlValue[]> Parts(string text, string separator, bool hasOrdinal, SqlTypeId kind, Collation collation)
    {
        int start = 0;
        for (long ordinal = 1; ; ordinal++)
        {
            int end = start >= text.Length ? -1 : Functions.TextSearch.IndexOf(text, separator, start, collation);
            SqlValue part = SqlValue.FromString(end < 0 ? text[start..] : text[start..end], kind);
            yield return hasOrdinal ? [part, SqlValue.FromBigInt(ordinal)] : [part];
            if (end < 0)
            {
                yield break;
            }

            start = end + 1;
        }
    }

    /// <summary>GENERATE_SERIES(start, stop [, step]); no rows when an argument is NULL or the step leads away from the end.</summary>
    public static IEnumerable<SqlValue[]> Series(SqlValue?[] arguments, SqlType type)
    {
        SqlValue start = arguments[0]!.Value;
        SqlValue stop = arguments[1]!.Value;
        if (start.IsNull || stop.IsNull || arguments is [_, _, { IsNull: true }])
        {
            return [];
        }

        if (type.IsExactInteger)
        {
            long step = arguments.Length > 2 ? arguments[2]!.Value.AsInt64 : start.AsInt64 <= stop.AsInt64 ? 1 : -1;
            return step == 0 ? throw SqlErrors.Create(4199, 0, 3, "generate_series") : Integers(start.AsInt64, stop.AsInt64, step, type.Id);
        }

        var from = start.AsDecimal;
        var to = stop.AsDecimal;
        System.Data.SqlTypes.SqlDecimal by = arguments.Length > 2 ? arguments[2]!.Value.AsDecimal : new System.Data.SqlTypes.SqlDecimal((from <= to).Value ? 1 : -1);
        return (by == 0).Value ? throw SqlErrors.Create(4199, 0, 3, "generate_series") : Decimals(from, to, by, type);
    }

    private static IEnumerable<SqlValue[]> Integers(long start, long stop, long step, SqlTypeId kind)
    {
        for (Int128 value = start; step > 0 ? value <= stop : value >= stop; value += step)
        {
            yield return [SqlValue.FromInteger(kind, (long)value)];
        }
    }

    private static IEnumerable<SqlValue[]> Decimals(
        System.Data.SqlTypes.SqlDecimal start, System.Data.SqlTypes.SqlDecimal stop, System.Data.SqlTypes.SqlDecimal step, SqlType type)
    {
        bool up = step.IsPositive;
        for (System.Data.SqlTypes.SqlDecimal value = start; (up ? value <= stop : value >= stop).Value; value += step)
        {
            yield return [SqlValue.FromDecimal(System.Data.SqlTypes.SqlDecimal.ConvertToPrecScale(value, type.Precision, type.Scale), type.Id)];
        }
    }

    /// <summary>OPENROWSET(BULK file, SINGLE_BLOB | SINGLE_CLOB | SINGLE_NCLOB).</summary>
    public static IEnumerable<SqlValue[]> File(SqlValue file, SqlType type)
    {
        string path = file.IsNull ? "" : file.AsString;
        if (!System.IO.File.Exists(path))
        {
            throw SqlErrors.Create(4860, path);
        }

        try
        {
            return type.Id switch
            {
                SqlTypeId.VarBinary => [[SqlValue.FromLob(new BulkFile(path))]],
                SqlTypeId.VarChar => [[SqlValue.FromString(System.IO.File.ReadAllText(path, System.Text.Encoding.UTF8), SqlTypeId.VarChar)]],
                _ => [[SqlValue.FromString(System.IO.File.ReadAllText(path, System.Text.Encoding.Unicode), SqlTypeId.NVarChar)]],
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SqlErrors.Create(4861, path, $"{e.HResult & 0xFFFF}({e.Message})");
        }
    }

    /// <summary>REGEXP_MATCHES(text, pattern [, flags]): one row a match, its groups (or the match, where there are none) as JSON.</summary>
    public static IEnumerable<SqlValue[]> RegexMatches(SqlValue?[] arguments, SqlTypeId kind)
    {
        if (!RegexArguments(arguments, out string text, out RegularExpressions? pattern))
        {
            yield break;
        }

        long id = 0;
        foreach (System.Text.RegularExpressions.Match match in pattern.Matches(text))
        {
            var groups = new System.Text.StringBuilder("[");
            for (int i = match.Groups.Count > 1 ? 1 : 0; i < match.Groups.Count; i++)
            {
                System.Text.RegularExpressions.Group group = match.Groups[i];
                if (i > 1)
                {
                    groups.Append(',');
                }

                if (!group.Success)
                {
                    groups.Append("""{"value":null,"start":null,"length":null}""");
                    continue;
                }

                groups.Append("""{"value":""");
                JsonText.WriteString(groups, group.Value);
                groups.Append(System.Globalization.CultureInfo.InvariantCulture, $$""","start":{{group.Index + 1}},"length":{{group.Length}}}""");
            }

            groups.Append(']');

            // An empty match begins and ends at one position, within the text.
            int start = match.Length > 0 ? match.Index + 1 : Math.Min(match.Index + 1, text.Length);
            yield return
            [
                SqlValue.FromBigInt(++id),
                SqlValue.FromInt(start),
                SqlValue.FromInt(match.Length > 0 ? match.Index + match.Length : start),
                SqlValue.FromString(match.Value, kind),
                SqlValue.FromString(groups.ToString(), SqlTypeId.Json),
            ];
        }
    }

    /// <summary>REGEXP_SPLIT_TO_TABLE(text, pattern [, flags]).</summary>
    public static IEnumerable<SqlValue[]> RegexSplit(SqlValue?[] arguments, SqlTypeId kind)
    {
        if (!RegexArguments(arguments, out string text, out RegularExpressions? pattern))
        {
            yield break;
        }

        long ordinal = 0;
        foreach (string part in pattern.Split(text))
        {
            yield return [SqlValue.FromString(part, kind), SqlValue.FromBigInt(++ordinal)];
        }
    }

    private static bool RegexArguments(SqlValue?[] arguments, out string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RegularExpressions? pattern)
    {
        if (arguments.Any(a => a is { IsNull: true }))
        {
            (text, pattern) = ("", null);
            return false;
        }

        text = arguments[0]!.Value.AsString;
        pattern = RegularExpressions.Get(arguments[1]!.Value.AsString, arguments.Length < 3 ? "c" : arguments[2]!.Value.AsString, fromRowset: true);
        return true;
    }
}
