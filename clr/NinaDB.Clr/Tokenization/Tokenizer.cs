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

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly TokenizerParts _parts;
    private readonly AddedTokens _added;

    internal Tokenizer(TokenizerParts parts)
    {
        _parts = parts;
        _added = new AddedTokens(parts.Added, parts.Normalizer);
    }

    /// <summary>The tokens.</summary>
    public Vocabulary Vocabulary => _parts.Vocabulary;

    /// <summary>The id that starts a text, -1 when none does.</summary>
    public int StartId => _parts.Prefix.Length > 0 ? _parts.Prefix[0] : -1;

    /// <summary>How texts are cut into tokens: byte-level BPE, SentencePiece BPE or unigram.</summary>
    public string Kind => _parts.Model is UnigramModel ? "unigram" : IsByteLevel ? "byte-level BPE" : "SentencePiece BPE";

    /// <summary>The model's chat template (Jinja) as its files have it, null when there is none. It is kept, not evaluated.</summary>
    public string? ChatTemplate => _parts.ChatTemplate;

    /// <summary>Whether tokens are written in the alphabet of bytes.</summary>
    internal bool IsByteLevel => _parts.Model is BpeModel { Options.IsByteLevel: true };

    internal TokenizerParts Parts => _parts;

    internal AddedTokens Added => _added;

    internal bool StripsLeadingBlank => _parts.StripsLeadingBlank;

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
            ids.AddRange(_parts.Prefix);
        }

        CharTrie? trie = _added.Trie(normalized: false, parseSpecial);
        int from = 0;
        while (trie != null)
        {
            AddedToken? token = _added.FindNext(trie, text, from, out int start, out int end);
            if (token == null)
            {
                break;
            }

            EncodeSection(Part(text, from, start), from == 0, parseSpecial, ids);
            ids.Add(token.Id);
            from = end;
        }

        EncodeSection(Part(text, from, text.Length), from == 0, parseSpecial, ids);
        if (addSpecial)
        {
            ids.AddRange(_parts.Suffix);
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

    /// <summary>A token as people want to see it: blanks as blanks, text as text, bytes that are no text as <c>&lt;0x0A&gt;</c>.</summary>
    public string Display(int id)
    {
        string piece = Vocabulary[id];
        if (!IsByteLevel)
        {
            return piece.Replace(Blank, ' ');
        }

        if (_added.Contains(id) || Vocabulary.KindOf(id) != TokenKind.Normal || !ByteAlphabet.IsBytes(piece))
        {
            return piece;
        }

        byte[] bytes = ByteAlphabet.ToBytes(piece);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            var builder = new StringBuilder();
            foreach (byte b in bytes)
            {
                builder.AppendFormat(CultureInfo.InvariantCulture, "<0x{0:X2}>", b);
            }

            return builder.ToString();
        }
    }

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

    /// <summary>A tokenizer.json that gives the same tokens.</summary>
    public string ToJson() => TokenizerJsonWriter.Write(this);

    /// <summary>The bytes of a token's text; empty for a token that is not text.</summary>
    internal byte[] BytesOf(int id)
    {
        switch (Vocabulary.KindOf(id))
        {
            case TokenKind.Byte:
                return new[] { Vocabulary.ByteOf(Vocabulary[id])!.Value };
            case TokenKind.Normal:
                string piece = Vocabulary[id];
                return !IsByteLevel ? Encoding.UTF8.GetBytes(piece.Replace(Blank, ' '))
                    : !_added.Contains(id) && ByteAlphabet.IsBytes(piece) ? ByteAlphabet.ToBytes(piece)
                    : Encoding.UTF8.GetBytes(piece);
            default:
                return Array.Empty<byte>();
        }
    }

    private static string Part(string text, int start, int end) => start == 0 && end == text.Length ? text : text.Substring(start, end - start);

    /// <summary>Normalises what is between tokens that are found in the text as it is, and finds those that are looked for in the normalised text.</summary>
    private void EncodeSection(string text, bool isFirst, bool parseSpecial, List<int> ids)
    {
        foreach (TextStep step in _parts.Normalizer)
        {
            text = step.Apply(text);
        }

        CharTrie? trie = _added.Trie(normalized: true, parseSpecial);
        int from = 0;
        while (trie != null)
        {
            AddedToken? token = _added.FindNext(trie, text, from, out int start, out int end);
            if (token == null)
            {
                break;
            }

            EncodePieces(text, from, start, isFirst && from == 0, ids);
            ids.Add(token.Id);
            from = end;
        }

        EncodePieces(text, from, text.Length, isFirst && from == 0, ids);
    }

    private void EncodePieces(string text, int start, int end, bool isFirst, List<int> ids)
    {
        if (start == end)
        {
            return;
        }

        var whole = new TextPiece(text, start, end, isFirst);
        if (_parts.PreTokenizer.Count == 0)
        {
            _parts.Model.Encode(whole, ids);
            return;
        }

        var pieces = new List<TextPiece> { whole };
        foreach (PieceStep step in _parts.PreTokenizer)
        {
            var next = new List<TextPiece>(pieces.Count * 2);
            foreach (TextPiece piece in pieces)
            {
                step.Apply(piece, next);
            }

            pieces = next;
        }

        foreach (TextPiece piece in pieces)
        {
            _parts.Model.Encode(piece, ids);
        }
    }
}
