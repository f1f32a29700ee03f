using System;
using System.Collections.Generic;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Tokenization.Unicode;

namespace NinaDB.Clr.Tokenization;

/// <summary>Turns a piece of normalised text into tokens. Immutable but for its cache; any number of threads may use one.</summary>
internal abstract class TokenModel
{
    private const int CacheSlots = 1 << 13;
    private const int MaxCachedLength = 32;

    /// <summary>Pieces and their tokens, by hash. A slot is replaced as a whole, so threads may race for it.</summary>
    private volatile CachedPiece?[]? _cache;

    protected TokenModel(Vocabulary vocabulary) => Vocabulary = vocabulary;

    protected Vocabulary Vocabulary { get; }

    /// <summary>
    /// The text is cut before every U+2581 that follows another character, because no token reaches over such a place: the tokens are the same, and words
    /// are found in the cache.
    /// </summary>
    protected bool CutsAtBlanks { get; set; }

    /// <summary>Appends the tokens of a piece.</summary>
    public void Encode(in TextPiece piece, List<int> output)
    {
        if (!CutsAtBlanks)
        {
            EncodeCached(piece, output);
            return;
        }

        int start = piece.Start;
        for (int i = start + 1; i < piece.End; i++)
        {
            if (piece.Text[i] == Tokenizer.Blank && piece.Text[i - 1] != Tokenizer.Blank)
            {
                EncodeCached(piece.Part(start, i), output);
                start = i;
            }
        }

        EncodeCached(piece.Part(start, piece.End), output);
    }

    /// <summary>Appends the tokens of a piece that is not in the cache.</summary>
    protected abstract void EncodePiece(in TextPiece piece, List<int> output);

    /// <summary>Whether no token but control tokens has U+2581 after another character, and U+2581 is a token: then texts can be cut there.</summary>
    protected static bool CanCutAtBlanks(Vocabulary vocabulary)
    {
        int blank = vocabulary.IdOf(Tokenizer.Blank.ToString());
        if (blank < 0 || vocabulary.KindOf(blank) != TokenKind.Normal)
        {
            return false;
        }

        for (int id = 0; id < vocabulary.Count; id++)
        {
            string token = vocabulary[id];
            if (vocabulary.KindOf(id) != TokenKind.Normal)
            {
                continue;
            }

            for (int i = 1; i < token.Length; i++)
            {
                if (token[i] == Tokenizer.Blank && token[i - 1] != Tokenizer.Blank)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>The bytes of characters as byte tokens, or the unknown token, once for a run of such characters where <paramref name="fuse"/> says so.</summary>
    protected void AppendUnknown(string text, int start, int end, bool useBytes, bool fuse, ref bool afterUnknown, List<int> output)
    {
        if (useBytes)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text.Substring(start, end - start));
            if (Array.TrueForAll(bytes, b => Vocabulary.IdOfByte(b) >= 0))
            {
                foreach (byte b in bytes)
                {
                    output.Add(Vocabulary.IdOfByte(b));
                }

                afterUnknown = false;
                return;
            }
        }

        if (Vocabulary.UnknownId < 0)
        {
            int codePoint = TextPattern.CodePointAt(text, start, end);
            throw new NinaException(ErrorNumber.TextNotEncodable, $"The vocabulary has no token for the character U+{codePoint:X4}.");
        }

        if (!afterUnknown || !fuse)
        {
            output.Add(Vocabulary.UnknownId);
        }

        afterUnknown = true;
    }

    private void EncodeCached(in TextPiece piece, List<int> output)
    {
        int length = piece.End - piece.Start;
        if (length > MaxCachedLength)
        {
            EncodePiece(piece, output);
            return;
        }

        CachedPiece?[] cache = _cache ??= new CachedPiece?[CacheSlots];
        uint hash = piece.IsBytes ? 1u : 2166136261u;
        for (int i = piece.Start; i < piece.End; i++)
        {
            hash = (hash ^ piece.Text[i]) * 16777619u;
        }

        uint slot = (hash ^ (hash >> 15)) & (CacheSlots - 1);
        CachedPiece? cached = cache[slot];
        if (cached != null && cached.Text.Length == length && cached.IsBytes == piece.IsBytes
            && string.CompareOrdinal(cached.Text, 0, piece.Text, piece.Start, length) == 0)
        {
            foreach (int id in cached.Ids)
            {
                output.Add(id);
            }

            return;
        }

        int first = output.Count;
        EncodePiece(piece, output);
        int[] ids = new int[output.Count - first];
        output.CopyTo(first, ids, 0, ids.Length);
        cache[slot] = new CachedPiece(piece.Text.Substring(piece.Start, length), piece.IsBytes, ids);
    }

    private sealed class CachedPiece
    {
        public CachedPiece(string text, bool isBytes, int[] ids)
        {
            Text = text;
            IsBytes = isBytes;
            Ids = ids;
        }

        public string Text { get; }

        public bool IsBytes { get; }

        public int[] Ids { get; }
    }
}
