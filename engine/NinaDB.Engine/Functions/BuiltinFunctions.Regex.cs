using System.Text.RegularExpressions;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Regular expression functions of SQL Server 2025.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/regular-expressions-functions-transact-sql.</remarks>
internal static partial class BuiltinFunctions
{
    private static void AddRegexFamily(Action<BuiltinFunction> add)
    {
        add(Function("REGEXP_LIKE", 2, 3, b => new BoundFunction(SqlType.Bit, true, RegexArguments(b, "ssf"), static (_, a) =>
            SqlValue.FromBit(RegularExpressions.Get(a[1].AsString, RegexFlags(a, 2)).IsMatch(a[0].AsString)))));
        add(Function("REGEXP_COUNT", 2, 4, b => new BoundFunction(SqlType.Int, true, RegexArguments(b, "ssnf"), static (_, a) =>
        {
            long start = RegexNumber(a, 2, 1, "START", 1, "REGEXP_COUNT");
            return SqlValue.FromInt(RegularExpressions.Get(a[1].AsString, RegexFlags(a, 3)).Count(a[0].AsString, start));
        })));
        add(Function("REGEXP_INSTR", 2, 7, BindRegexInstr));
        add(Function("REGEXP_SUBSTR", 2, 6, BindRegexSubstr));
        add(Function("REGEXP_REPLACE", 2, 6, BindRegexReplace));
    }

    /// <summary>
    /// Types of the arguments: s and f text, n a number. Nothing is converted implicitly: error 8116 for other types, a typed NULL included.
    /// </summary>
    private static SqlType?[] RegexArguments(FunctionBinding b, string kinds)
    {
        var types = new SqlType?[b.ArgumentTypes.Count];
        for (int i = 0; i < types.Length; i++)
        {
            SqlType type = b.ArgumentTypes[i];
            bool isNumber = kinds[i] == 'n';
            if (type.Id == SqlTypeId.Null)
            {
                types[i] = isNumber ? SqlType.BigInt : SqlType.VarChar(1);
                continue;
            }

            bool fits = isNumber ? type.IsExactInteger && type.Id != SqlTypeId.Bit : type.IsString && !type.IsLegacyLob;
            types[i] = !fits ? throw InvalidArgument(b, i) : isNumber ? SqlType.BigInt : type;
        }

        return types;
    }

    private static string RegexFlags(SqlValue[] a, int index) => a.Length > index ? a[index].AsString : "c";

    /// <summary>A number of at least the minimum; the message shows a minimum of its own.</summary>
    private static long RegexNumber(SqlValue[] a, int index, int otherwise, string name, byte state, string function, int? minimum = null, int? shown = null)
    {
        if (a.Length <= index || a[index].IsNull)
        {
            return otherwise;
        }

        long value = a[index].AsInt64;
        int least = minimum ?? otherwise;
        return value >= least ? value : throw SqlErrors.CreateWithState(19301, state, name, shown ?? least, value, function);
    }

    private static BoundFunction BindRegexInstr(FunctionBinding b) => new(SqlType.Int, true, RegexArguments(b, "ssnnnfn"), static (_, a) =>
    {
        for (int i = 0; i < a.Length; i++)
        {
            // A NULL return option is the default.
            if (a[i].IsNull && i != 4)
            {
                return SqlValue.Null;
            }
        }

        const string Name = "REGEXP_INSTR";
        long start = RegexNumber(a, 2, 1, "START", 3, Name);
        long occurrence = RegexNumber(a, 3, 1, "OCCURRENCE", 4, Name);
        long option = RegexNumber(a, 4, 0, "RETURN_OPTION", 6, Name);
        if (option > 1)
        {
            throw SqlErrors.CreateWithState(19301, 6, "RETURN_OPTION", 0, option, Name);
        }

        long group = RegexNumber(a, 6, 0, "GROUP", 5, Name, shown: 1);
        Match? match = RegularExpressions.Get(a[1].AsString, RegexFlags(a, 5)).Occurrence(a[0].AsString, start, occurrence);
        return RegexGroup(match, group) is { } found ? SqlValue.FromInt(found.Index + 1 + (option == 1 ? found.Length : 0)) : SqlValue.FromInt(0);
    })
    { NullIfAnyNull = false };

    /// <summary>A group of a match, 0 for all of it; null when the pattern does not have it or it took no part.</summary>
    private static Group? RegexGroup(Match? match, long group) =>
        match is not null && group < match.Groups.Count && match.Groups[(int)group] is { Success: true } found ? found : null;

    private static BoundFunction BindRegexSubstr(FunctionBinding b)
    {
        SqlType?[] types = RegexArguments(b, "ssnnfn");
        SqlType result = VariableString(types[0]!, types[0]!.Length);
        return new BoundFunction(result, true, types, (_, a) =>
        {
            const string Name = "REGEXP_SUBSTR";
            long start = RegexNumber(a, 2, 1, "START", 7, Name);
            long occurrence = RegexNumber(a, 3, 1, "OCCURRENCE", 8, Name);
            long group = RegexNumber(a, 5, 0, "GROUP", 9, Name);
            Match? match = RegularExpressions.Get(a[1].AsString, RegexFlags(a, 4)).Occurrence(a[0].AsString, start, occurrence);
            return RegexGroup(match, group) is { } found ? Text(found.Value, result) : SqlValue.Null;
        });
    }

    private static BoundFunction BindRegexReplace(FunctionBinding b)
    {
        SqlType?[] types = RegexArguments(b, "sssnnf");
        SqlType result = VariableString(types[0]!, types[0]!.IsMax ? SqlType.Max : 8000);
        return new BoundFunction(result, true, types, (_, a) =>
        {
            const string Name = "REGEXP_REPLACE";
            long start = RegexNumber(a, 3, 1, "START", 1, Name);
            long occurrence = RegexNumber(a, 4, 0, "OCCURRENCE", 2, Name);
            return CutText(RegularExpressions.Get(a[1].AsString, RegexFlags(a, 5)).Replace(a[0].AsString, a.Length > 2 ? a[2].AsString : string.Empty, start, occurrence), result);
        });
    }
}
