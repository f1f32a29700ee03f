using System.Collections.Concurrent;
using System.Text;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types.Json;

internal enum JsonStepKind : byte
{
    /// <summary>.name or ."name".</summary>
    Property,

    /// <summary>[n].</summary>
    Index,

    /// <summary>.*: every member.</summary>
    Members,

    /// <summary>[*], [last], [n to m], and lists of indexes, ranges and last.</summary>
    Elements,
}

/// <summary>An item between brackets; an index counts from the end where it says last.</summary>
internal readonly record struct JsonRangeStep(uint From, bool FromLast, uint To, bool ToLast)
{
    public bool UsesLast => FromLast || ToLast;
}

/// <param name="Kind">What the step takes.</param>
/// <param name="Name">Name of a property in the form that names are compared in: \u escapes read, other escapes as written.</param>
/// <param name="Index">A plain index.</param>
/// <param name="Items">What is between the brackets; null for all elements.</param>
internal readonly record struct JsonStep(JsonStepKind Kind, string? Name, uint Index, IReadOnlyList<JsonRangeStep>? Items = null);

/// <summary>A SQL/JSON path: [append] [lax|strict] $ steps.</summary>
/// <remarks>https://learn.microsoft.com/sql/relational-databases/json/json-path-expressions-sql-server.</remarks>
internal sealed class JsonPath
{
    private const int CacheLimit = 1024;

    private static readonly ConcurrentDictionary<string, JsonPath> Cache = new(StringComparer.Ordinal);

    private JsonPath(string text, bool isStrict, bool isAppend, IReadOnlyList<JsonStep> steps)
    {
        Text = text;
        IsStrict = isStrict;
        IsAppend = isAppend;
        Steps = steps;
        IsSingle = steps.All(s => s.Kind is JsonStepKind.Property or JsonStepKind.Index);
    }

    public string Text { get; }

    public bool IsStrict { get; }

    /// <summary>Begins with append (JSON_MODIFY only).</summary>
    public bool IsAppend { get; }

    public IReadOnlyList<JsonStep> Steps { get; }

    /// <summary>Selects at most one value by names and plain indexes.</summary>
    public bool IsSingle { get; }

    /// <summary>A path for a function that does not append: error 13607 where append is written.</summary>
    public static JsonPath ParsePlain(string text)
    {
        JsonPath path = Parse(text);
        return path.IsAppend ? throw SqlErrors.CreateWithState(13607, 14, 'a', text.IndexOf('a', StringComparison.Ordinal)) : path;
    }

    /// <summary>What only json documents take: over text, last is error 13660 state 2 and a list state 5.</summary>
    public void CheckText()
    {
        foreach (JsonStep step in Steps)
        {
            if (step.Items is { } items && (items.Any(i => i.UsesLast) || items.Count > 1))
            {
                throw SqlErrors.CreateWithState(13660, items.Any(i => i.UsesLast) ? (byte)2 : (byte)5);
            }
        }
    }

    public static JsonPath Root { get; } = new("$", false, false, []);

    /// <summary>Error 13607 with the offending character and its position.</summary>
    public static JsonPath Parse(string text)
    {
        if (Cache.TryGetValue(text, out JsonPath? known))
        {
            return known;
        }

        var parser = new Parser(text);
        JsonPath path = parser.Run();
        if (Cache.Count >= CacheLimit)
        {
            Cache.Clear();
        }

        Cache[text] = path;
        return path;
    }

    /// <summary>The path of one property of the root: $."name".</summary>
    public static JsonPath Property(string name)
    {
        var escaped = new StringBuilder();
        JsonWriter.AppendEscaped(escaped, name, escapeSolidus: false);
        return new("$.\"" + name + "\"", false, false, [new JsonStep(JsonStepKind.Property, JsonReader.NameForm(escaped.ToString()), 0)]);
    }

    private ref struct Parser(string text)
    {
        private const int MaximumSteps = 128;

        private int _position = 0;

        public JsonPath Run()
        {
            SkipBlanks();
            bool append = TryWord("append");
            SkipBlanks();
            bool strict = TryWord("strict");
            if (!strict)
            {
                TryWord("lax");
            }

            SkipBlanks();
            if (!TryRead('$'))
            {
                throw Unexpected(22);
            }

            var steps = new List<JsonStep>();
            bool afterQuoted = false;
            while (true)
            {
                SkipBlanks();
                if (_position == text.Length)
                {
                    return new JsonPath(text, strict, append, steps);
                }

                if (steps.Count == MaximumSteps && text[_position] is '.' or '[')
                {
                    throw SqlErrors.CreateWithState(13606, 4);
                }

                if (TryRead('.'))
                {
                    SkipBlanks();
                    afterQuoted = _position < text.Length && text[_position] is '"' or '*';
                    steps.Add(TryRead('*') ? new JsonStep(JsonStepKind.Members, null, 0) : new JsonStep(JsonStepKind.Property, ReadName(), 0));
                }
                else if (TryRead('['))
                {
                    afterQuoted = false;
                    steps.Add(ReadBrackets());
                }
                else
                {
                    throw Unexpected(afterQuoted ? (byte)14 : (byte)22);
                }
            }
        }

        private void SkipBlanks()
        {
            while (_position < text.Length && text[_position] is ' ' or '\t' or '\n' or '\f' or '\r')
            {
                _position++;
            }
        }

        private bool TryRead(char c)
        {
            if (_position < text.Length && text[_position] == c)
            {
                _position++;
                return true;
            }

            return false;
        }

        private bool TryWord(string word)
        {
            if (text.AsSpan(_position).StartsWith(word, StringComparison.Ordinal)
                && (_position + word.Length == text.Length || !(char.IsAsciiLetterOrDigit(text[_position + word.Length]) || text[_position + word.Length] == '_')))
            {
                _position += word.Length;
                return true;
            }

            return false;
        }

        private string ReadName()
        {
            if (TryRead('"'))
            {
                return ReadQuoted();
            }

            int first = _position;
            while (_position < text.Length && (char.IsAsciiLetterOrDigit(text[_position]) || text[_position] == '_'))
            {
                _position++;
            }

            if (_position == first || char.IsAsciiDigit(text[first]))
            {
                _position = first;
                throw Unexpected(22);
            }

            return text[first.._position];
        }

        private string ReadQuoted()
        {
            int start = _position;
            while (true)
            {
                if (_position >= text.Length)
                {
                    throw SqlErrors.CreateWithState(13607, 20, '.', text.Length);
                }

                char c = text[_position];
                if (c == '"')
                {
                    return JsonReader.NameForm(text.AsSpan(start, _position++ - start));
                }

                _position++;
                if (c != '\\')
                {
                    continue;
                }

                if (_position < text.Length && text[_position] == 'u')
                {
                    for (int i = 1; i <= 4; i++)
                    {
                        if (_position + i >= text.Length || !char.IsAsciiHexDigit(text[_position + i]))
                        {
                            int at = Math.Min(_position + 4, text.Length);
                            throw SqlErrors.CreateWithState(13607, 17, at < text.Length ? text[at] : '.', at);
                        }
                    }

                    _position += 5;
                }
                else if (_position < text.Length && text[_position] is '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't')
                {
                    _position++;
                }
                else
                {
                    throw SqlErrors.CreateWithState(13607, 17, _position < text.Length ? text[_position] : '.', _position);
                }
            }
        }

        private JsonStep ReadBrackets()
        {
            SkipBlanks();
            if (TryRead('*'))
            {
                SkipBlanks();
                return TryRead(']') ? new JsonStep(JsonStepKind.Elements, null, 0) : throw Unexpected(21);
            }

            var items = new List<JsonRangeStep>();
            do
            {
                SkipBlanks();
                items.Add(ReadItem());
                SkipBlanks();
            }
            while (TryRead(','));
            if (!TryRead(']'))
            {
                throw Unexpected(15);
            }

            return items is [{ UsesLast: false } only] && only.From == only.To && !_isRange ? new JsonStep(JsonStepKind.Index, null, only.From) : new JsonStep(JsonStepKind.Elements, null, 0, items);
        }

        private bool _isRange;

        private JsonRangeStep ReadItem()
        {
            _isRange = false;
            (uint from, bool fromLast) = ReadBound();
            int behind = _position;
            SkipBlanks();
            if (_position < text.Length && char.IsAsciiLetter(text[_position]))
            {
                if (behind == _position || !TryWord("to"))
                {
                    throw Unexpected(behind == _position ? (byte)15 : (byte)21);
                }

                _isRange = true;
                SkipBlanks();
                (uint to, bool toLast) = ReadBound();
                if (!fromLast && !toLast && to < from)
                {
                    throw SqlErrors.Create(13660);
                }

                return new JsonRangeStep(from, fromLast, to, toLast);
            }

            return new JsonRangeStep(from, fromLast, from, fromLast);
        }

        /// <summary>A number, last, or last - number.</summary>
        private (uint Value, bool FromLast) ReadBound()
        {
            if (!TryWord("last"))
            {
                return (ReadInteger(), false);
            }

            int behind = _position;
            SkipBlanks();
            if (!TryRead('-'))
            {
                _position = behind;
                return (0, true);
            }

            SkipBlanks();
            return (ReadInteger(), true);
        }

        private uint ReadInteger()
        {
            int start = _position;
            ulong value = 0;
            while (_position < text.Length && char.IsAsciiDigit(text[_position]))
            {
                value = (value * 10) + (uint)(text[_position] - '0');
                if (value > uint.MaxValue)
                {
                    throw SqlErrors.CreateWithState(13607, 16, text[_position], _position);
                }

                _position++;
            }

            return _position == start ? throw Unexpected(21) : (uint)value;
        }

        /// <summary>The path's own punctuation, digits and the end have state 14 wherever they are out of place.</summary>
        private readonly SqlErrorException Unexpected(byte state)
        {
            if (_position >= text.Length)
            {
                return SqlErrors.CreateWithState(13607, 14, '.', text.Length);
            }

            char c = text[_position];
            return SqlErrors.CreateWithState(13607, c is '$' or '"' or '[' or ']' or '.' or ',' or '*' || char.IsAsciiDigit(c) ? (byte)14 : state, c, _position);
        }
    }
}
