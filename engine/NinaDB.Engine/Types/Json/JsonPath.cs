using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types.Json;

internal enum JsonStepKind : byte
{
    /// <summary>.name or ."name".</summary>
    Property,
    /// <summary>[n].</summary>
    Index,
    /// <summary>[last] or [last - n].</summary>
    Last,
    /// <summary>[n to m].</summary>
    Range,
    /// <summary>[*].</summary>
    Wildcard,
}

/// <param name="Index">Index, distance from the last element, or start of a range.</param>
/// <param name="End">Last index of a range.</param>
internal readonly record struct JsonStep(JsonStepKind Kind, string? Name, int Index, int End = 0);

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
    public static JsonPath Property(string name) => new("$.\"" + name + "\"", false, false, [new JsonStep(JsonStepKind.Property, name, 0)]);

    private ref struct Parser(string text)
    {
        private int _position = 0;

        public JsonPath Run()
        {
            SkipBlanks();
            bool append = TryWord("append");
            bool strict = TryWord("strict");
            if (!strict)
            {
                TryWord("lax");
            }

            SkipBlanks();
            if (!TryRead('$'))
            {
                throw Unexpected();
            }

            var steps = new List<JsonStep>();
            while (true)
            {
                SkipBlanks();
                if (_position == text.Length)
                {
                    return new JsonPath(text, strict, append, steps);
                }

                if (TryRead('.'))
                {
                    SkipBlanks();
                    steps.Add(new JsonStep(JsonStepKind.Property, ReadName(), 0));
                }
                else if (TryRead('['))
                {
                    steps.Add(ReadIndex());
                }
                else
                {
                    throw Unexpected();
                }
            }
        }

        private void SkipBlanks()
        {
            while (_position < text.Length && char.IsWhiteSpace(text[_position]))
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
            SkipBlanks();
            if (text.AsSpan(_position).StartsWith(word, StringComparison.Ordinal)
                && (_position + word.Length == text.Length || char.IsWhiteSpace(text[_position + word.Length]) || text[_position + word.Length] == '$'))
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
                var name = new StringBuilder();
                int start = _position;
                while (_position < text.Length && text[_position] != '"')
                {
                    _position += text[_position] == '\\' ? 2 : 1;
                }

                if (_position >= text.Length)
                {
                    throw Unexpected();
                }

                name.Append(JsonReader.Unescape(text.AsSpan(start, _position - start)));
                _position++;
                return name.ToString();
            }

            int first = _position;
            while (_position < text.Length && (char.IsLetterOrDigit(text[_position]) || text[_position] is '_' or '$'))
            {
                _position++;
            }

            if (_position == first || char.IsAsciiDigit(text[first]))
            {
                _position = first;
                throw Unexpected();
            }

            return text[first.._position];
        }

        private JsonStep ReadIndex()
        {
            SkipBlanks();
            if (TryRead('*'))
            {
                Close();
                return new JsonStep(JsonStepKind.Wildcard, null, 0);
            }

            if (TryWordInIndex("last"))
            {
                SkipBlanks();
                int distance = 0;
                if (TryRead('-'))
                {
                    SkipBlanks();
                    distance = ReadInteger();
                }

                Close();
                return new JsonStep(JsonStepKind.Last, null, distance);
            }

            int index = ReadInteger();
            SkipBlanks();
            if (TryWordInIndex("to"))
            {
                SkipBlanks();
                int end = TryWordInIndex("last") ? int.MaxValue : ReadInteger();
                Close();
                return new JsonStep(JsonStepKind.Range, null, index, end);
            }

            Close();
            return new JsonStep(JsonStepKind.Index, null, index);
        }

        private bool TryWordInIndex(string word)
        {
            if (text.AsSpan(_position).StartsWith(word, StringComparison.Ordinal))
            {
                _position += word.Length;
                return true;
            }

            return false;
        }

        private int ReadInteger()
        {
            int start = _position;
            while (_position < text.Length && char.IsAsciiDigit(text[_position]))
            {
                _position++;
            }

            if (start == _position || !int.TryParse(text.AsSpan(start, _position - start), NumberStyles.None, CultureInfo.InvariantCulture, out int value))
            {
                _position = start;
                throw Unexpected();
            }

            return value;
        }

        private void Close()
        {
            SkipBlanks();
            if (!TryRead(']'))
            {
                throw Unexpected();
            }
        }

        private readonly SqlErrorException Unexpected() =>
            SqlErrors.CreateWithState(13607, 4, _position < text.Length ? text[_position] : '.', Math.Min(_position, text.Length));
    }
}
