using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Tokenization;

/// <summary>Text to token ids and back. Immutable; any number of threads may use one.</summary>
public sealed class Tokenizer
{
    /// <summary>The longest text that is tokenized, in UTF-16 units.</summary>
    public const int MaxTextLength = 8 << 20;

    /// <summary>How SentencePiece writes a blank.</summary>
    internal const char Blank = '\u2581';

    private readonly TokenMerger _merger;
    private readonly IReadOnlyList<TextRewrite> _rewrites;
    private readonly int[] _prefix;
    private readonly int[] _suffix;
    private readonly bool _stripsLeadingBlank;

    /// <summary>Tokens that are found in the text as they are written, longest first, by their first character.</summary>
    private readonly Dictionary<char, List<AddedToken>> _added = new();

    internal Tokenizer(
        Vocabulary vocabulary,
        TokenMerger merger,
        IReadOnlyList<TextRewrite> rewrites,
        int[] prefix,
        int[] suffix,
        bool stripsLeadingBlank,
        IEnumerable<AddedToken> added)
    {
        Vocabulary = vocabulary;
        _merger = merger;
        _rewrites = rewrites;
        _prefix = prefix;
        _suffix = suffix;
        _stripsLeadingBlank = stripsLeadingBlank;
        foreach (AddedToken token in added)
        {
            if (!_added.TryGetValue(token.Text[0], out List<AddedToken>? list))
            {
                _added.Add(token.Text[0], list = new List<AddedToken>());
            }

            list.Add(token);
        }

        foreach (List<AddedToken> list in _added.Values)
        {
            list.Sort((a, b) => b.Text.Length.CompareTo(a.Text.Length));
        }
    }

    /// <summary>The tokens.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>The id that starts a text, -1 when none does.</summary>
    public int StartId => _prefix.Length > 0 ? _prefix[0] : -1;

    /// <summary>
    /// The ids of a text. <paramref name="addSpecial"/> puts the tokens around it that the model expects (such as the start token).
    /// Control tokens written out in the text stay text unless <paramref name="parseSpecial"/> asks for them: text is data.
    /// </summary>
    public int[] Encode(string text, bool addSpecial = true, bool parseSpecial = false)
    {
        NinaException.Require(text != null, "The text to tokenize is null.");
        if (text!.Length > MaxTextLength)
        {
            throw new NinaException(ErrorNumber.TextTooLong, $"A text of {text.Length} characters is too long; {MaxTextLength} can be tokenized.");
        }

        var ids = new List<int>((text.Length / 3) + 4);
        if (addSpecial)
        {
            ids.AddRange(_prefix);
        }

        int start = 0;
        if (_added.Count > 0)
        {
            for (int i = 0; i < text.Length; i++)
            {
                AddedToken? token = FindAdded(text, i, parseSpecial);
                if (token != null)
                {
                    EncodePart(text.Substring(start, i - start), ids);
                    ids.Add(token.Id);
                    i += token.Text.Length - 1;
                    start = i + 1;
                }
            }
        }

        EncodePart(start == 0 ? text : text.Substring(start), ids);
        if (addSpecial)
        {
            ids.AddRange(_suffix);
        }

        return ids.ToArray();
    }

    /// <summary>The text of ids. Control tokens vanish; bytes that are not UTF-8 become U+FFFD.</summary>
    public string Decode(IEnumerable<int> ids)
    {
        var stream = new TokenStream(this, continues: false);
        var builder = new StringBuilder();
        foreach (int id in ids)
        {
            builder.Append(stream.Push(id));
        }

        return builder.Append(stream.Finish()).ToString();
    }

    /// <summary>Starts decoding token by token. With <paramref name="continues"/> the blank of the first word is kept, as after a prompt.</summary>
    public TokenStream StartStream(bool continues = true) => new(this, continues);

    /// <summary>A token as people want to see it: blanks as blanks, bytes as <c>&lt;0x0A&gt;</c>.</summary>
    public string Display(int id) => Vocabulary[id].Replace(Blank, ' ');

    /// <summary>Whether a token is control, unknown or unused: not text of its own.</summary>
    public bool IsSpecial(int id) => Vocabulary.KindOf(id) >= TokenKind.Unknown;

    /// <summary>
    /// Checks that the tokenizer fits a model with <paramref name="embeddingRows"/> embeddings: none too few, and at most an eighth
    /// (or 1024) left over, as models pad. Raises <see cref="ErrorNumber.TokenizerMismatch"/>.
    /// </summary>
    public void RequireFits(int embeddingRows)
    {
        int count = Vocabulary.Count;
        if (count > embeddingRows || embeddingRows - count > Math.Max(1024, embeddingRows / 8))
        {
            throw new NinaException(
                ErrorNumber.TokenizerMismatch,
                string.Format(CultureInfo.InvariantCulture, "The tokenizer has {0} tokens, the model's vocabulary {1}: they do not belong together.", count, embeddingRows));
        }
    }

    /// <summary>A tokenizer.json of this tokenizer, for one that came from GGUF metadata. Raises <see cref="ErrorNumber.TokenizerUnsupported"/> for any other: it has its own.</summary>
    public string ToJson()
        => _merger is ScoredMerger scored
            ? TokenizerJsonWriter.Write(Vocabulary, scored.Scores, _prefix, _stripsLeadingBlank)
            : throw new NinaException(ErrorNumber.TokenizerUnsupported, "This tokenizer was read from tokenizer.json and is written as that text.");

    /// <summary>The bytes of a token's text; empty for a token that is not text.</summary>
    internal byte[] BytesOf(int id)
    {
        switch (Vocabulary.KindOf(id))
        {
            case TokenKind.Byte:
                return new[] { Vocabulary.ByteOf(Vocabulary[id])!.Value };
            case TokenKind.Normal:
                return Encoding.UTF8.GetBytes(Display(id));
            default:
                return Array.Empty<byte>();
        }
    }

    internal bool StripsLeadingBlank => _stripsLeadingBlank;

    private AddedToken? FindAdded(string text, int position, bool parseSpecial)
    {
        if (_added.TryGetValue(text[position], out List<AddedToken>? list))
        {
            foreach (AddedToken token in list)
            {
                if ((parseSpecial || !token.IsSpecial) && string.CompareOrdinal(text, position, token.Text, 0, token.Text.Length) == 0)
                {
                    return token;
                }
            }
        }

        return null;
    }

    private void EncodePart(string text, List<int> ids)
    {
        if (text.Length == 0)
        {
            return;
        }

        foreach (TextRewrite rewrite in _rewrites)
        {
            text = rewrite.Apply(text);
        }

        _merger.Encode(text, ids);
    }

    /// <summary>A token that is found in the text by its spelling.</summary>
    internal sealed class AddedToken
    {
        public AddedToken(int id, string text, bool isSpecial)
        {
            Id = id;
            Text = text;
            IsSpecial = isSpecial;
        }

        public int Id { get; }

        public string Text { get; }

        public bool IsSpecial { get; }
    }

    /// <summary>One step of the normaliser: puts text in front, or replaces one string by another.</summary>
    internal sealed class TextRewrite
    {
        private readonly string? _pattern;
        private readonly string _content;

        public TextRewrite(string? pattern, string content)
        {
            _pattern = pattern;
            _content = content;
        }

        public string Apply(string text) => _pattern == null ? _content + text : text.Replace(_pattern, _content);
    }
}
