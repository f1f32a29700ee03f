using System.Globalization;
using System.Text;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Syntax;

/// <summary>One batch of a script.</summary>
/// <param name="Text">What stands between two GO lines.</param>
/// <param name="Count">How often GO asks to run it (GO 5); 1 by default.</param>
/// <param name="StartLine">1-based line of the script on which the text begins.</param>
public readonly record struct ScriptBatch(string Text, int Count, int StartLine);

/// <summary>
/// Splits a script at lines that hold only GO [count], as client tools do (GO is no T-SQL statement). GO inside comments, strings and
/// quoted identifiers does not count.
/// </summary>
public static class BatchSplitter
{
    private enum State
    {
        Code, Comment, String, DoubleQuote, Bracket,
    }

    public static IReadOnlyList<ScriptBatch> Split(string script) => Split(new StringReader(script));

    /// <summary>Batches that hold nothing but blanks are left out.</summary>
    /// <exception cref="SqlErrorException">GO is followed by something that is not a count (error 102).</exception>
    public static IReadOnlyList<ScriptBatch> Split(TextReader script)
    {
        var batches = new List<ScriptBatch>();
        var text = new StringBuilder();
        State state = State.Code;
        int depth = 0;
        int line = 0;
        int startLine = 1;
        while (script.ReadLine() is { } current)
        {
            line++;
            if (state == State.Code && TryReadGo(current, line, out int count))
            {
                Add(batches, text, count, startLine);
                startLine = line + 1;
                continue;
            }

            text.Append(current).Append('\n');
            Scan(current, ref state, ref depth);
        }

        Add(batches, text, 1, startLine);
        return batches;
    }

    private static void Add(List<ScriptBatch> batches, StringBuilder text, int count, int startLine)
    {
        string batch = text.ToString();
        text.Clear();
        if (!string.IsNullOrWhiteSpace(batch) && count > 0)
        {
            batches.Add(new ScriptBatch(batch, count, startLine));
        }
    }

    private static bool TryReadGo(string line, int number, out int count)
    {
        count = 1;
        ReadOnlySpan<char> rest = line.AsSpan().Trim();
        if (rest.Length < 2 || !rest[..2].Equals("GO", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        rest = rest[2..];
        if (rest.Length > 0 && !char.IsWhiteSpace(rest[0]) && rest[0] is not (';' or '-' or '/'))
        {
            return false;
        }

        rest = rest.Trim();
        int comment = rest.IndexOf("--", StringComparison.Ordinal);
        if (comment >= 0)
        {
            rest = rest[..comment].Trim();
        }

        if (rest.StartsWith("/*", StringComparison.Ordinal) && rest.EndsWith("*/", StringComparison.Ordinal))
        {
            rest = [];
        }

        rest = rest.TrimEnd(';').TrimEnd();
        if (rest.IsEmpty)
        {
            return true;
        }

        if (int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out count))
        {
            return true;
        }

        // "GO something" is no separator: client tools report a fatal scripting error, a server a syntax error near GO.
        if (char.IsAsciiDigit(rest[0]))
        {
            SqlErrorException error = SqlErrors.Create(102, "GO");
            error.Locate(number, null);
            throw error;
        }

        count = 1;
        return false;
    }

    /// <summary>Carries the lexical state over one line.</summary>
    private static void Scan(string line, ref State state, ref int depth)
    {
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            char next = i + 1 < line.Length ? line[i + 1] : '\0';
            switch (state)
            {
                case State.Comment:
                    if (c == '*' && next == '/')
                    {
                        i++;
                        state = --depth == 0 ? State.Code : State.Comment;
                    }
                    else if (c == '/' && next == '*')
                    {
                        i++;
                        depth++;
                    }

                    break;
                case State.String or State.DoubleQuote or State.Bracket:
                    // A doubled quote closes and opens again, which comes to the same.
                    if (c == (state == State.String ? '\'' : state == State.Bracket ? ']' : '"'))
                    {
                        state = State.Code;
                    }

                    break;
                default:
                    if (c == '-' && next == '-')
                    {
                        return;
                    }

                    if (c == '/' && next == '*')
                    {
                        i++;
                        depth = 1;
                        state = State.Comment;
                    }
                    else
                    {
                        state = c switch
                        {
                            '\'' => State.String,
                            '"' => State.DoubleQuote,
                            '[' => State.Bracket,
                            _ => State.Code,
                        };
                    }

                    break;
            }
        }
    }
}
