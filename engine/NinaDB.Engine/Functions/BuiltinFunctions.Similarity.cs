using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Approximate string matching of SQL Server 2025.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/edit-distance-transact-sql.</remarks>
internal static partial class BuiltinFunctions
{
    private static void AddSimilarityFamily(Action<BuiltinFunction> add)
    {
        add(Function("EDIT_DISTANCE", 2, 3, b => new BoundFunction(SqlType.Int, true, [WordArgument(b, 0), WordArgument(b, 1), SqlType.Int], static (_, a) =>
        {
            int distance = EditDistance(a[0].AsString, a[1].AsString);
            return SqlValue.FromInt(a.Length > 2 && a[2].AsInt32 >= 0 ? Math.Min(distance, a[2].AsInt32) : distance);
        })));
        add(Function("EDIT_DISTANCE_SIMILARITY", 2, 2, b => new BoundFunction(SqlType.Int, true, [WordArgument(b, 0), WordArgument(b, 1)], static (_, a) =>
        {
            int longest = Math.Max(a[0].AsString.Length, a[1].AsString.Length);
            return SqlValue.FromInt(longest == 0 ? 100 : (int)Math.Round((1.0 - (EditDistance(a[0].AsString, a[1].AsString) / (double)longest)) * 100, MidpointRounding.AwayFromZero));
        })));
        add(Function("JARO_WINKLER_DISTANCE", 2, 2, b => new BoundFunction(SqlType.Float, true, [WordArgument(b, 0), WordArgument(b, 1)], static (_, a) =>
            SqlValue.FromFloat(1 - JaroWinkler(a[0].AsString, a[1].AsString)))));
        add(Function("JARO_WINKLER_SIMILARITY", 2, 2, b => new BoundFunction(SqlType.Int, true, [WordArgument(b, 0), WordArgument(b, 1)], static (_, a) =>
            SqlValue.FromInt((int)Math.Round(JaroWinkler(a[0].AsString, a[1].AsString) * 100, MidpointRounding.AwayFromZero)))));
    }

    /// <summary>Text of bounded length.</summary>
    private static SqlType WordArgument(FunctionBinding b, int index) => b.ArgumentTypes[index].IsMax ? throw InvalidArgument(b, index) : StringArgument(b, index);

    /// <summary>Levenshtein distance by code unit: insertions, deletions, substitutions (SQL Server 2025 does not count transpositions as one yet).</summary>
    private static int EditDistance(string left, string right)
    {
        var last = new int[right.Length + 1];
        var current = new int[right.Length + 1];
        for (int j = 0; j <= right.Length; j++)
        {
            last[j] = j;
        }

        for (int i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int cost = left[i - 1] == right[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(last[j] + 1, current[j - 1] + 1), last[j - 1] + cost);
            }

            (last, current) = (current, last);
        }

        return last[right.Length];
    }

    private static double JaroWinkler(string left, string right)
    {
        if (left.Length == 0 || right.Length == 0)
        {
            return left.Length == right.Length ? 1 : 0;
        }

        int reach = Math.Max(0, (Math.Max(left.Length, right.Length) / 2) - 1);
        var leftMatched = new bool[left.Length];
        var rightMatched = new bool[right.Length];
        int matches = 0;
        for (int i = 0; i < left.Length; i++)
        {
            for (int j = Math.Max(0, i - reach); j < Math.Min(right.Length, i + reach + 1); j++)
            {
                if (!rightMatched[j] && left[i] == right[j])
                {
                    leftMatched[i] = rightMatched[j] = true;
                    matches++;
                    break;
                }
            }
        }

        if (matches == 0)
        {
            return 0;
        }

        int transpositions = 0;
        for (int i = 0, j = 0; i < left.Length; i++)
        {
            if (!leftMatched[i])
            {
                continue;
            }

            while (!rightMatched[j])
            {
                j++;
            }

            transpositions += left[i] != right[j++] ? 1 : 0;
        }

        double m = matches;
        double jaro = ((m / left.Length) + (m / right.Length) + ((m - (transpositions / 2.0)) / m)) / 3;
        int prefix = 0;
        while (prefix < 4 && prefix < left.Length && prefix < right.Length && left[prefix] == right[prefix])
        {
            prefix++;
        }

        return jaro + (prefix * 0.1 * (1 - jaro));
    }
}
