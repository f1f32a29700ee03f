using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Regular expression functions of SQL Server 2025.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/regular-expressions-functions-transact-sql.</remarks>
internal static partial class BuiltinFunctions
{
    private static void AddRegexFamily(Action<BuiltinFunction> add)
    {
        add(Function("REGEXP_LIKE", 2, 3, b => new BoundFunction(SqlType.Bit, true, [StringArgument(b, 0), RegexPattern(b), SqlType.VarChar(30)], static (_, a) =>
            SqlValue.FromBit(RegularExpressions.Get(a[1].AsString, a.Length > 2 ? a[2].AsString : "c").IsMatch(a[0].AsString)))));
        add(Function("REGEXP_COUNT", 2, 4, b => new BoundFunction(SqlType.Int, true, [StringArgument(b, 0), RegexPattern(b), SqlType.Int, SqlType.VarChar(30)], static (_, a) =>
        {
            string text = a[0].AsString;
            int start = Position(a, 2, "start", "REGEXP_COUNT");
            return SqlValue.FromInt(start > text.Length + 1 ? 0 : RegularExpressions.Get(a[1].AsString, Flags(a, 3)).Count(text.AsSpan(start - 1)));
        })));
        add(Function("REGEXP_INSTR", 2, 7, BindRegexInstr));
        add(Function("REGEXP_SUBSTR", 2, 6, BindRegexSubstr));
        add(Function("REGEXP_REPLACE", 2, 6, BindRegexReplace));
    }

    private static SqlType RegexPattern(FunctionBinding b) => b.ArgumentTypes[1].IsString || IsNullArgument(b, 1) ? StringArgument(b, 1) : throw InvalidArgument(b, 1);

    private static string Flags(SqlValue[] a, int index) => a.Length > index ? a[index].AsString : "c";

    private static int Position(SqlValue[] a, int index, string name, string function, int minimum = 1, int otherwise = 1) =>
        a.Length <= index ? otherwise : a[index].AsInt32 >= minimum ? a[index].AsInt32 : throw SqlErrors.Create(19303, name, function);

    private static BoundFunction BindRegexInstr(FunctionBinding b) => new(SqlType.Int, true,
        [StringArgument(b, 0), RegexPattern(b), SqlType.Int, SqlType.Int, SqlType.Int, SqlType.VarChar(30), SqlType.Int], static (_, a) =>
    {
        int start = Position(a, 2, "start", "REGEXP_INSTR");
        int occurrence = Position(a, 3, "occurrence", "REGEXP_INSTR");
        int option = Position(a, 4, "return_option", "REGEXP_INSTR", 0, 0);
        int group = Position(a, 6, "group", "REGEXP_INSTR", 0, 0);
        if (option > 1)
        {
            throw SqlErrors.Create(19303, "return_option", "REGEXP_INSTR");
        }

        System.Text.RegularExpressions.Group? match = RegularExpressions.Occurrence(a[0].AsString, a[1].AsString, Flags(a, 5), start, occurrence, group);
        return SqlValue.FromInt(match is null ? 0 : match.Index + 1 + (option == 1 ? match.Length : 0));
    });

    private static BoundFunction BindRegexSubstr(FunctionBinding b)
    {
        SqlType type = StringArgument(b, 0);
        SqlType result = VariableString(type, type.Length);
        return new BoundFunction(result, true, [type, RegexPattern(b), SqlType.Int, SqlType.Int, SqlType.VarChar(30), SqlType.Int], (_, a) =>
        {
            int start = Position(a, 2, "start", "REGEXP_SUBSTR");
            int occurrence = Position(a, 3, "occurrence", "REGEXP_SUBSTR");
            int group = Position(a, 5, "group", "REGEXP_SUBSTR", 0, 0);
            return RegularExpressions.Occurrence(a[0].AsString, a[1].AsString, Flags(a, 4), start, occurrence, group) is { } match
                ? Text(match.Value, result)
                : SqlValue.Null;
        });
    }

    private static BoundFunction BindRegexReplace(FunctionBinding b)
    {
        SqlType type = StringArgument(b, 0);
        SqlType? replacement = b.ArgumentTypes.Count > 2 ? StringArgument(b, 2) : null;
        SqlType like = replacement is { IsUnicodeString: true } ? SqlOperators.AsString(type, unicode: true) : type;
        SqlType result = VariableString(like, 8000);
        return new BoundFunction(result, true, [like, RegexPattern(b), replacement, SqlType.Int, SqlType.Int, SqlType.VarChar(30)], (_, a) =>
        {
            int start = Position(a, 3, "start", "REGEXP_REPLACE");
            int occurrence = Position(a, 4, "occurrence", "REGEXP_REPLACE", 0, 0);
            string text = a[0].AsString;
            return start > text.Length + 1 ? a[0]
                : CutText(RegularExpressions.Replace(text, a[1].AsString, a.Length > 2 ? a[2].AsString : string.Empty, Flags(a, 5), start, occurrence), result);
        });
    }
}
