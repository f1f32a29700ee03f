using System.Collections.Generic;
using NinaDB.Clr.Tokenization.Unicode;

namespace NinaDB.Clr.Tokenization;

/// <summary>A token that is found in the text by its spelling, and how.</summary>
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

    /// <summary>Found only where the caller asks for special tokens.</summary>
    public bool IsSpecial { get; }

    /// <summary>Takes the white space before it along.</summary>
    public bool StripsLeft { get; set; }

    /// <summary>Takes the white space after it along.</summary>
    public bool StripsRight { get; set; }

    /// <summary>Found only where no word character is next to it.</summary>
    public bool IsSingleWord { get; set; }

    /// <summary>Looked for in the normalised text.</summary>
    public bool IsNormalized { get; set; }
}

/// <summary>Finds added tokens in texts: the leftmost, and of those the longest.</summary>
internal sealed class AddedTokens
{
    private static readonly CodePointSet Word = CodePointSet.Word().AddRange(0x200C, 0x200D).Freeze();

    private readonly AddedToken[] _tokens;

    /// <summary>Tries by phase (0: the text as it is, 1: the normalised text) and by whether special tokens count.</summary>
    private readonly CharTrie?[] _tries = new CharTrie?[4];

    private readonly HashSet<int> _ids = new();

    /// <summary>Puts tokens together; <paramref name="normalizer"/> brings those that are looked for in normalised text to that form.</summary>
    public AddedTokens(IReadOnlyList<AddedToken> tokens, IReadOnlyList<TextStep> normalizer)
    {
        _tokens = new AddedToken[tokens.Count];
        for (int i = 0; i < _tokens.Length; i++)
        {
            AddedToken token = tokens[i];
            _tokens[i] = token;
            _ids.Add(token.Id);
            string text = token.Text;
            if (token.IsNormalized)
            {
                foreach (TextStep step in normalizer)
                {
                    text = step.Apply(text);
                }
            }

            if (text.Length > 0)
            {
                int phase = token.IsNormalized ? 2 : 0;
                (_tries[phase + 1] ??= new CharTrie()).Add(text, i);
                if (!token.IsSpecial)
                {
                    (_tries[phase] ??= new CharTrie()).Add(text, i);
                }
            }
        }
    }

    /// <summary>The tokens, in the order of their definition.</summary>
    public IReadOnlyList<AddedToken> Tokens => _tokens;

    /// <summary>Whether an id is an added token.</summary>
    public bool Contains(int id) => _ids.Contains(id);

    /// <summary>The tries that a text is searched with, null when there is nothing to find.</summary>
    public CharTrie? Trie(bool normalized, bool parseSpecial) => _tries[(normalized ? 2 : 0) + (parseSpecial ? 1 : 0)];

    /// <summary>Finds the next token from a position on: where it starts and ends with the white space that it takes. Nothing before <paramref name="from"/> is taken.</summary>
    public AddedToken? FindNext(CharTrie trie, string text, int from, out int start, out int end)
    {
        for (int i = from; i < text.Length;)
        {
            int found = trie.FindLongest(text, i, text.Length, out int length);
            if (found < 0)
            {
                i++;
                continue;
            }

            AddedToken token = _tokens[found];
            start = i;
            end = i + length;
            if (token.IsSingleWord && (IsWordBefore(text, start) || (end < text.Length && Word.Contains(TextPattern.CodePointAt(text, end, text.Length)))))
            {
                i = end;
                continue;
            }

            while (token.StripsLeft && start > from && UnicodeTable.IsWhiteSpace(text[start - 1]))
            {
                start--;
            }

            while (token.StripsRight && end < text.Length && UnicodeTable.IsWhiteSpace(text[end]))
            {
                end++;
            }

            return token;
        }

        start = end = text.Length;
        return null;
    }

    private static bool IsWordBefore(string text, int position)
    {
        if (position == 0)
        {
            return false;
        }

        int before = position - 1;
        return Word.Contains(TextPattern.CodePointAt(text, before > 0 && char.IsLowSurrogate(text[before]) && char.IsHighSurrogate(text[before - 1]) ? before - 1 : before, text.Length));
    }
}
