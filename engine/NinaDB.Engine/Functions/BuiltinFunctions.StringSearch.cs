using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>CHARINDEX, PATINDEX, REPLACE, TRANSLATE.</summary>
internal static partial class BuiltinFunctions
{
    private static void AddStringSearchFamily(Action<BuiltinFunction> add)
    {
        add(Function("CHARINDEX", 2, 3, BindCharIndex));
        add(Function("PATINDEX", 2, 2, BindPatIndex));
        add(Function("REPLACE", 3, 3, BindReplace));
        add(Function("TRANSLATE", 3, 3, BindTranslate));
    }

    /// <summary>Immutable, because plans are shared between sessions.</summary>
    private sealed record LastPattern(string Pattern, LikeMatcher Matcher);

    private static BoundFunction BindCharIndex(FunctionBinding b)
    {
        bool hasStart = b.ArgumentTypes.Count == 3;
        SqlType? start = hasStart ? CountArgument(b, 2, b.ArgumentTypes[1].IsMax) : null;
        if (b.ArgumentTypes[0].IsBinary && b.ArgumentTypes[1].IsBinary)
        {
            SqlType length = LengthType(b.ArgumentTypes[1]);
            return new BoundFunction(length, true, [null, null, start], (_, a) =>
            {
                byte[] bytes = a[1].AsBytes;
                int from = (int)Math.Clamp(hasStart ? a[2].AsInt64 - 1 : 0, 0, bytes.Length);
                int at = a[0].AsBytes.Length == 0 ? -1 : bytes.AsSpan(from).IndexOf(a[0].AsBytes);
                return Integer(length, at < 0 ? 0 : from + at + 1);
            });
        }

        SqlType sought = StringArgument(b, 0);
        SqlType text = StringArgument(b, 1, isRead: true);
        SqlType result = LengthType(text);
        Collation collation = CollationOf(text, sought);
        return new BoundFunction(result, true, [sought, text, start], (_, a) =>
        {
            string needle = a[0].AsString;
            string hay = a[1].AsString;
            long from = hasStart ? Math.Max(0, a[2].AsInt64 - 1) : 0;
            from = from > hay.Length ? from : SupplementaryText.UnitOf(hay, from, collation);
            int at = needle.Length == 0 || from > hay.Length - needle.Length ? -1 : TextSearch.IndexOf(hay, needle, (int)from, collation);
            return Integer(result, at < 0 ? 0 : SupplementaryText.Count(hay.AsSpan(0, at), collation) + 1);
        });
    }

    private static BoundFunction BindPatIndex(FunctionBinding b)
    {
        SqlType pattern = StringArgument(b, 0);
        SqlType text = IsNullArgument(b, 1) ? throw InvalidArgument(b, 1) : StringArgument(b, 1, isRead: true);
        SqlType result = LengthType(text);
        Collation collation = CollationOf(text, pattern);
        bool unicode = pattern.IsUnicodeString || text.IsUnicodeString;
        LastPattern? last = null;
        return new BoundFunction(result, true, [pattern, text], (_, a) =>
        {
            // The pattern is nearly always the same for every row.
            LastPattern? known = last;
            if (known is null || known.Pattern != a[0].AsString)
            {
                last = known = new LastPattern(a[0].AsString, LikeMatcher.Create(a[0].AsString, null, collation, unicode));
            }

            int at = known.Matcher.IndexIn(a[1].AsString);
            return Integer(result, at < 0 ? 0 : SupplementaryText.Count(a[1].AsString.AsSpan(0, at), collation) + 1);
        });
    }

    private static BoundFunction BindReplace(FunctionBinding b)
    {
        SqlType text = StringArgument(b, 0);
        SqlType sought = StringArgument(b, 1);
        SqlType replacement = StringArgument(b, 2);
        bool unicode = text.IsUnicodeString || sought.IsUnicodeString || replacement.IsUnicodeString;
        SqlType like = SqlOperators.AsString(text, unicode);
        SqlType result = VariableString(like, 8000);
        Collation collation = CollationOf(text, sought, replacement);
        return new BoundFunction(result, true, [like, sought, replacement], (_, a) =>
            CutText(TextSearch.Replace(a[0].AsString, a[1].AsString, a[2].AsString, collation), result));
    }

    private static BoundFunction BindTranslate(FunctionBinding b)
    {
        SqlType text = StringArgument(b, 0);
        SqlType from = StringArgument(b, 1);
        SqlType to = StringArgument(b, 2);
        bool unicode = text.IsUnicodeString || to.IsUnicodeString;
        SqlType like = SqlOperators.AsString(text, unicode);
        SqlType result = VariableString(like, 8000);
        Collation collation = CollationOf(text, from);
        return new BoundFunction(result, true, [like, from, to], (_, a) =>
        {
            string sought = a[1].AsString;
            string replacements = a[2].AsString;
            if (sought.Length != replacements.Length)
            {
                throw SqlErrors.Create(9828);
            }

            var characters = a[0].AsString.ToCharArray();
            for (int i = 0; i < characters.Length; i++)
            {
                for (int k = 0; k < sought.Length; k++)
                {
                    if (characters[i] == sought[k] || collation.Fold(characters[i]) == collation.Fold(sought[k]))
                    {
                        characters[i] = replacements[k];
                        break;
                    }
                }
            }

            return Text(new string(characters), result);
        });
    }
}
