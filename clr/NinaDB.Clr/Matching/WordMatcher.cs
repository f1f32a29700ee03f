using System;
using System.Collections.Generic;
using System.Text;

namespace NinaDB.Clr.Matching;

/// <summary>
/// Finds forbidden words and phrases in a text, whole words only. Found nevertheless: letters pulled apart by punctuation ("b-o.m_b") or by blanks ("b o m b",
/// "bo mb": pieces of at most two letters), the words of a phrase run together, digits and signs for letters ("b0mb"), and letters drawn out ("bommmmb").
/// A word that ends with '*' stands for every word that begins so.
/// </summary>
public static class WordMatcher
{
    /// <summary>The first of the words or phrases (separated by commas or line ends) that the text holds, as the list spells it; null when it holds none.</summary>
    public static string? Find(string text, string list)
    {
        List<Phrase> phrases = Phrases(list);
        if (phrases.Count == 0)
        {
            return null;
        }

        string plain = TextFold.Fold(text, lookAlikes: false);
        string looks = TextFold.Fold(text);
        Phrase? found = Find(Tokens(plain, leet: false), phrases, Reading.Plain)
            ?? Find(Tokens(looks, leet: false), phrases, Reading.LookAlike)
            ?? Find(Tokens(looks, leet: true), phrases, Reading.Leet);
        if (found == null && HasDrawnOut(looks))
        {
            found = Find(Tokens(Shorten(looks, 2), leet: true), phrases, Reading.Leet) ?? Find(Tokens(Shorten(looks, 1), leet: true), phrases, Reading.Leet);
        }

        return found?.Text;
    }

    /// <summary>The entries of a list in which nothing is left to match: no letter and no digit.</summary>
    public static IReadOnlyList<string> Unmatchable(string list)
    {
        var bad = new List<string>();
        foreach (string entry in Entries(list))
        {
            if (!new Phrase(entry).IsMatchable)
            {
                bad.Add(entry);
            }
        }

        return bad;
    }

    /// <summary>The number of entries of a list.</summary>
    public static int Count(string list) => Entries(list).Count;

    private static List<Phrase> Phrases(string list)
    {
        var phrases = new List<Phrase>();
        foreach (string entry in Entries(list))
        {
            var phrase = new Phrase(entry);
            if (phrase.IsMatchable)
            {
                phrases.Add(phrase);
            }
        }

        return phrases;
    }

    private static List<string> Entries(string list)
    {
        var entries = new List<string>();
        foreach (string part in list.Split(',', '\n', '\r', ';'))
        {
            string entry = part.Trim();
            if (entry.Length > 0)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private static Phrase? Find(List<Token> tokens, List<Phrase> phrases, Reading reading)
    {
        foreach (Phrase phrase in phrases)
        {
            Pattern pattern = phrase.As(reading);
            for (int start = 0; start < tokens.Count; start++)
            {
                if (tokens[start].Text[0] == pattern.Letters[0] && MatchesAt(tokens, start, pattern))
                {
                    return phrase;
                }
            }
        }

        return null;
    }

    private static bool MatchesAt(List<Token> tokens, int start, Pattern pattern)
    {
        int position = 0;
        bool hasLetter = false;
        for (int i = start; i < tokens.Count; i++)
        {
            Token token = tokens[i];
            if (i > start && !pattern.EndsWord[position - 1] && token.AfterBlank && (token.Text.Length > 2 || tokens[i - 1].Text.Length > 2))
            {
                return false;
            }

            hasLetter |= token.HasLetter;
            int common = Math.Min(token.Text.Length, pattern.Letters.Length - position);
            if (string.CompareOrdinal(token.Text, 0, pattern.Letters, position, common) != 0)
            {
                return false;
            }

            position += common;
            if (position == pattern.Letters.Length)
            {
                // A number is no word, however its digits may be read.
                return (common == token.Text.Length || pattern.IsPrefix) && (hasLetter || !pattern.HasLetter);
            }

            if (common < token.Text.Length)
            {
                return false;
            }
        }

        return false;
    }

    private static List<Token> Tokens(string folded, bool leet)
    {
        var tokens = new List<Token>();
        var text = new StringBuilder();
        bool afterBlank = false;
        bool hasLetter = false;
        for (int i = 0; i <= folded.Length; i++)
        {
            char c = i < folded.Length ? folded[i] : ' ';
            bool isLetter = i < folded.Length && IsLetter(folded, i);
            char kept = isLetter || char.IsDigit(c) ? c : '\0';
            if (leet && c < 0x80)
            {
                char next = i + 1 < folded.Length ? folded[i + 1] : ' ';
                kept = Leet(c, kept, inWord: text.Length > 0 || char.IsLetterOrDigit(next), beforeWord: char.IsLetterOrDigit(next));
            }

            if (kept != '\0')
            {
                text.Append(kept);
                hasLetter |= isLetter;
                continue;
            }

            if (text.Length > 0)
            {
                tokens.Add(new Token(text.ToString(), afterBlank, hasLetter));
                text.Clear();
                afterBlank = false;
                hasLetter = false;
            }

            afterBlank |= c == ' ';
        }

        return tokens;
    }

    /// <summary>The one letter for all that may be read as it: i, l, 1, | and ! are one; a sign counts only where it stands in a word.</summary>
    private static char Leet(char c, char otherwise, bool inWord, bool beforeWord) => c switch
    {
        'i' or '1' => 'l',
        '0' => 'o',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        '8' => 'b',
        '9' => 'g',
        '@' when inWord => 'a',
        '$' when inWord => 's',
        '|' when inWord => 'l',
        '!' when beforeWord => 'l',
        '+' when beforeWord => 't',
        _ => otherwise,
    };

    /// <summary>Whether there is a letter at a place, or half of one; signs and pictures outside the Basic Multilingual Plane are none.</summary>
    private static bool IsLetter(string text, int index)
    {
        int start = char.IsLowSurrogate(text[index]) ? index - 1 : index;
        return char.IsSurrogate(text[index])
            ? start >= 0 && start + 1 < text.Length && char.IsSurrogatePair(text[start], text[start + 1]) && char.IsLetterOrDigit(text, start)
            : char.IsLetter(text[index]);
    }

    private static bool HasDrawnOut(string text)
    {
        for (int i = 2; i < text.Length; i++)
        {
            if (text[i] == text[i - 1] && text[i] == text[i - 2] && char.IsLetter(text[i]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Runs of three or more of a letter become <paramref name="kept"/> of it.</summary>
    private static string Shorten(string text, int kept)
    {
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length;)
        {
            int end = i + 1;
            while (end < text.Length && text[end] == text[i])
            {
                end++;
            }

            result.Append(text[i], end - i >= 3 && char.IsLetter(text[i]) ? kept : end - i);
            i = end;
        }

        return result.ToString();
    }

    /// <summary>How text and words are read.</summary>
    private enum Reading
    {
        Plain,
        LookAlike,
        Leet,
    }

    /// <summary>A run of letters and digits of the text.</summary>
    private readonly struct Token
    {
        public Token(string text, bool afterBlank, bool hasLetter)
        {
            Text = text;
            AfterBlank = afterBlank;
            HasLetter = hasLetter;
        }

        public string Text { get; }

        /// <summary>White space, not punctuation alone, separates it from the token before.</summary>
        public bool AfterBlank { get; }

        /// <summary>Has a letter in the text itself, not only a digit read as one.</summary>
        public bool HasLetter { get; }
    }

    /// <summary>A phrase in one reading: its letters without blanks, and after which of them a word ends.</summary>
    private sealed class Pattern
    {
        public Pattern(string folded, bool leet, bool isPrefix)
        {
            var letters = new StringBuilder();
            var ends = new List<bool>();
            foreach (Token token in Tokens(folded, leet))
            {
                letters.Append(token.Text);
                HasLetter |= token.HasLetter;
                for (int i = 1; i < token.Text.Length; i++)
                {
                    ends.Add(false);
                }

                ends.Add(true);
            }

            Letters = letters.ToString();
            EndsWord = ends.ToArray();
            IsPrefix = isPrefix;
        }

        public string Letters { get; }

        public bool[] EndsWord { get; }

        public bool HasLetter { get; }

        public bool IsPrefix { get; }
    }

    /// <summary>An entry of a list.</summary>
    private sealed class Phrase
    {
        private readonly Pattern[] _patterns;

        public Phrase(string text)
        {
            Text = text;
            bool isPrefix = text.EndsWith("*", StringComparison.Ordinal);
            _patterns = new[]
            {
                new Pattern(TextFold.Fold(text, lookAlikes: false), leet: false, isPrefix),
                new Pattern(TextFold.Fold(text), leet: false, isPrefix),
                new Pattern(TextFold.Fold(text), leet: true, isPrefix),
            };
        }

        public string Text { get; }

        public bool IsMatchable => _patterns[0].Letters.Length > 0 && _patterns[1].Letters.Length > 0;

        public Pattern As(Reading reading) => _patterns[(int)reading];
    }
}
