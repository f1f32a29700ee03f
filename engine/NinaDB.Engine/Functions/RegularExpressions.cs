using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Functions;

/// <summary>
/// Compiled patterns of the REGEXP_ functions. They run on .NET's automaton (no backtracking), so matching is linear in the text; like RE2, on which SQL
/// Server's functions are built, it knows neither back-references nor look-around.
/// </summary>
internal static class RegularExpressions
{
    private const int CacheLimit = 512;

    private static readonly ConcurrentDictionary<(string Pattern, string Flags), Regex> Cache = new();

    /// <summary>The pattern under flags c (case-sensitive, default), i, s (dot matches line feeds), m (^ and $ match at lines). Errors 19300, 19301.</summary>
    public static Regex Get(string pattern, string flags)
    {
        if (Cache.TryGetValue((pattern, flags), out Regex? known))
        {
            return known;
        }

        RegexOptions options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
        foreach (char flag in flags)
        {
            options = flag switch
            {
                'c' => options & ~RegexOptions.IgnoreCase,
                'i' => options | RegexOptions.IgnoreCase,
                's' => options | RegexOptions.Singleline,
                'm' => options | RegexOptions.Multiline,
                _ => throw SqlErrors.Create(19301, flags),
            };
        }

        Regex regex;
        try
        {
            regex = new Regex(pattern, options);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw SqlErrors.Create(19300, e.Message, pattern);
        }

        if (Cache.Count >= CacheLimit)
        {
            Cache.Clear();
        }

        Cache[(pattern, flags)] = regex;
        return regex;
    }

    /// <summary>The given occurrence (1-based) at or after a 1-based start, or a group of it; null when there is none.</summary>
    public static Group? Occurrence(string text, string pattern, string flags, int start, int occurrence, int group)
    {
        if (start > text.Length + 1)
        {
            return null;
        }

        Match match = Get(pattern, flags).Match(text, start - 1);
        for (int i = 1; i < occurrence && match.Success; i++)
        {
            match = match.NextMatch();
        }

        return !match.Success || group >= match.Groups.Count || !match.Groups[group].Success ? null : match.Groups[group];
    }

    /// <summary>Replaces one occurrence, or all when it is 0. In the replacement \1..\9 are groups and &amp; or \0 the match.</summary>
    public static string Replace(string text, string pattern, string replacement, string flags, int start, int occurrence)
    {
        int seen = 0;
        string Evaluate(Match match)
        {
            seen++;
            return occurrence == 0 || seen == occurrence ? Expand(match, replacement) : match.Value;
        }

        return Get(pattern, flags).Replace(text, Evaluate, -1, start - 1);
    }

    /// <summary>All matches in order, for REGEXP_MATCHES and REGEXP_SPLIT_TO_TABLE.</summary>
    public static IEnumerable<Match> Matches(string text, string pattern, string flags)
    {
        for (Match match = Get(pattern, flags).Match(text); match.Success; match = match.NextMatch())
        {
            yield return match;
        }
    }

    /// <summary>The parts between matches.</summary>
    public static IEnumerable<string> Split(string text, string pattern, string flags)
    {
        int from = 0;
        foreach (Match match in Matches(text, pattern, flags))
        {
            yield return text[from..match.Index];
            from = match.Index + match.Length;
        }

        yield return text[from..];
    }

    private static string Expand(Match match, string replacement)
    {
        if (replacement.AsSpan().IndexOfAny('\\', '&') < 0)
        {
            return replacement;
        }

        var result = new StringBuilder(replacement.Length + match.Length);
        for (int i = 0; i < replacement.Length; i++)
        {
            char c = replacement[i];
            if (c == '&')
            {
                result.Append(match.Value);
            }
            else if (c == '\\' && i + 1 < replacement.Length)
            {
                char next = replacement[++i];
                if (char.IsAsciiDigit(next))
                {
                    result.Append(match.Groups[next - '0'].Value);
                }
                else
                {
                    result.Append(next);
                }
            }
            else
            {
                result.Append(c);
            }
        }

        return result.ToString();
    }
}
