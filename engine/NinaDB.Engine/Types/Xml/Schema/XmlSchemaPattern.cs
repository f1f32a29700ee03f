using System.Text;
using System.Text.RegularExpressions;

namespace NinaDB.Engine.Types.Xml.Schema;

/// <summary>
/// Patterns of XML Schema. They come from whoever writes the schema and meet values from whoever writes the instance: they run on an engine without backtracking,
/// and where a pattern is too large for that, against the clock.
/// </summary>
/// <remarks>https://www.w3.org/TR/xmlschema-2/#regexs</remarks>
internal sealed class XmlSchemaPattern
{
    private const string NameStart = @"\p{L}\p{Nl}_:";
    private const string NamePart = NameStart + @"\p{Nd}\p{M}\-.·";
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Regex _regex;

    /// <summary>The patterns as the schema has them.</summary>
    public IReadOnlyList<string> Written { get; }

    /// <param name="pattern">The patterns of one restriction, of which one has to match.</param>
    public XmlSchemaPattern(IEnumerable<string> pattern)
    {
        Written = [.. pattern];
        string text = string.Join('|', Written.Select(p => $"(?:{Translate(p)})"));
        _regex = Build($@"\A(?:{text})\z");
    }

    public bool Matches(string value)
    {
        try
        {
            return _regex.IsMatch(value);
        }
        catch (RegexMatchTimeoutException)
        {
            // A value that cannot be judged in time is not valid.
            return false;
        }
    }

    public static bool IsValid(string pattern)
    {
        try
        {
            Build(Translate(pattern));
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static Regex Build(string text)
    {
        try
        {
            return new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            return new Regex(text, RegexOptions.CultureInvariant, Patience);
        }
    }

    /// <summary>A pattern as the framework's engine reads it. What only that engine knows (look-around, back references, anchors) is no pattern of XML Schema.</summary>
    private static string Translate(string pattern)
    {
        var text = new StringBuilder(pattern.Length + 16);
        int depth = 0;
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            switch (c)
            {
                case '\\' when i + 1 == pattern.Length:
                    throw new ArgumentException("A pattern ends in a backslash.", nameof(pattern));
                case '\\':
                    text.Append(Escape(pattern[++i], depth > 0));
                    break;
                case '[':
                    depth++;
                    text.Append(c);
                    if (i + 1 < pattern.Length && pattern[i + 1] == '^')
                    {
                        text.Append(pattern[++i]);
                    }

                    break;
                case ']' when depth > 0:
                    depth--;
                    text.Append(c);
                    break;
                case '^' or '$' when depth == 0:
                    text.Append('\\').Append(c);
                    break;
                case '.' when depth == 0:
                    text.Append(@"[^\n\r]");
                    break;
                case '(' when depth == 0:
                    if (i + 1 < pattern.Length && pattern[i + 1] == '?')
                    {
                        throw new ArgumentException("A group of a pattern begins with a question mark.", nameof(pattern));
                    }

                    text.Append("(?:");
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }

        return text.ToString();
    }

    private static string Escape(char c, bool inClass) => c switch
    {
        'i' => inClass ? NameStart : $"[{NameStart}]",
        'c' => inClass ? NamePart : $"[{NamePart}]",
        'I' when !inClass => $"[^{NameStart}]",
        'C' when !inClass => $"[^{NamePart}]",
        'd' or 'D' or 'w' or 'W' or 's' or 'S' or 'p' or 'P' or 'n' or 'r' or 't' or '\\' or '|' or '.' or '?' or '*' or '+' or '(' or ')' or '{' or '}' or '-' or '[' or ']' or '^' or '$' => $"\\{c}",
        _ => throw new ArgumentException($"A pattern has the unknown escape \\{c}.", nameof(c)),
    };
}
