using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Functions;

/// <summary>
/// Compiled patterns of the REGEXP_ functions. They run on .NET's automaton (no backtracking), so matching is linear in the text; like RE2, on which SQL
/// Server's functions are built, it knows neither back-references nor look-around.
/// </summary>
internal sealed class RegularExpressions
{
    private const int CacheLimit = 512;

    /// <summary>Patterns with word boundaries over text beyond ASCII need .NET's backtracking engine; they are stopped after this time.</summary>
    private static readonly TimeSpan BacktrackingLimit = TimeSpan.FromSeconds(5);

    private static readonly ConcurrentDictionary<(string Pattern, string Flags, bool FromRowset), RegularExpressions> Cache = new();

    private readonly string _pattern;
    private readonly RegexOptions _options;
    private readonly Regex _ascii;
    private readonly Lazy<Regex> _other;

    private RegularExpressions(string pattern, RegexOptions options, bool fromRowset)
    {
        _pattern = pattern;
        _options = options;
        bool isMultiline = options.HasFlag(RegexOptions.Multiline);
        (string translated, bool hasWordBoundary) = RegexDialect.Translate(pattern, isMultiline, asciiText: true, fromRowset);
        _ascii = Compile(translated);
        _other = new Lazy<Regex>(() => hasWordBoundary
            ? new Regex(RegexDialect.Translate(pattern, isMultiline, asciiText: false, fromRowset).Pattern, options & ~RegexOptions.NonBacktracking, BacktrackingLimit)
            : _ascii);
    }

    /// <summary>
    /// The pattern under flags c (case-sensitive, default), i, s (dot matches line feeds), m (^ and $ match at lines); of contradicting flags the last one counts.
    /// Errors 19300, 19303, 19307, 19308, 19309.
    /// </summary>
    public static RegularExpressions Get(string pattern, string flags, bool fromRowset = false)
    {
        if (Cache.TryGetValue((pattern, flags, fromRowset), out RegularExpressions? known))
        {
            return known;
        }

        RegexOptions options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
        foreach (char flag in flags.Trim(' '))
        {
            options = flag switch
            {
                'c' => options & ~RegexOptions.IgnoreCase,
                'i' => options | RegexOptions.IgnoreCase,
                's' => options | RegexOptions.Singleline,
                'm' => options | RegexOptions.Multiline,
                _ => throw SqlErrors.Create(19303, flags),
            };
        }

        var compiled = new RegularExpressions(pattern, options, fromRowset);
        if (Cache.Count >= CacheLimit)
        {
            Cache.Clear();
        }

        Cache[(pattern, flags, fromRowset)] = compiled;
        return compiled;
    }

    public bool IsMatch(string text) => For(text).IsMatch(text);

    /// <summary>Matches at or after a 1-based start; none when it lies behind the text.</summary>
    public int Count(string text, long start) => IsBehind(text, start) ? 0 : For(text).Matches(text, (int)start - 1).Count;

    /// <summary>The given occurrence (1-based) at or after a 1-based start; null when there is none.</summary>
    public Match? Occurrence(string text, long start, long occurrence)
    {
        if (IsBehind(text, start))
        {
            return null;
        }

        Match match = For(text).Match(text, (int)start - 1);
        for (long i = 1; i < occurrence && match.Success; i++)
        {
            match = match.NextMatch();
        }

        return match.Success ? match : null;
    }

    /// <summary>Replaces one occurrence, or all when it is 0. In the replacement \1..\9 are groups and &amp; is the match. An empty pattern replaces nothing.</summary>
    public string Replace(string text, string replacement, long start, long occurrence)
    {
        if (_pattern.Length == 0 || IsBehind(text, start))
        {
            return text;
        }

        long seen = 0;
        string Evaluate(Match match)
        {
            seen++;
            return occurrence == 0 || seen == occurrence ? Expand(match, replacement) : match.Value;
        }

        return For(text).Replace(text, Evaluate, -1, (int)start - 1);
    }

    /// <summary>All matches in order, for REGEXP_MATCHES.</summary>
    public IEnumerable<Match> Matches(string text)
    {
        for (Match match = For(text).Match(text); match.Success; match = match.NextMatch())
        {
            yield return match;
        }
    }

    /// <summary>
    /// The parts between matches, for REGEXP_SPLIT_TO_TABLE: an empty match right behind another match separates nothing, neither does one at either end of the text.
    /// </summary>
    public IEnumerable<string> Split(string text)
    {
        int from = 0;
        int lastEnd = -1;
        foreach (Match match in Matches(text))
        {
            int end = match.Index + match.Length;
            if (match.Length == 0 && (match.Index == 0 || match.Index == lastEnd))
            {
                continue;
            }

            if (match.Length == 0 && end == text.Length)
            {
                break;
            }

            yield return text[from..match.Index];
            from = lastEnd = end;
        }

        yield return text[from..];
    }

    private static bool IsBehind(string text, long start) => start > 1 && start > text.Length;

    private Regex For(string text) => Ascii.IsValid(text) ? _ascii : _other.Value;

    private Regex Compile(string translated)
    {
        try
        {
            return new Regex(translated, _options);
        }
        catch (NotSupportedException)
        {
            // The automaton would be too large.
            return new Regex(translated, _options & ~RegexOptions.NonBacktracking, BacktrackingLimit);
        }
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
            else if (c == '\\' && i + 1 < replacement.Length && replacement[i + 1] is >= '1' and <= '9' or '\\' or '&')
            {
                char next = replacement[++i];
                result.Append(char.IsAsciiDigit(next) ? match.Groups[next - '0'].Value : next.ToString());
            }
            else
            {
                result.Append(c);
            }
        }

        return result.ToString();
    }
}
