using System;
using System.Collections.Generic;
using System.Text;
using NinaDB.Clr.Json;
using NinaDB.Clr.Tokenization.Unicode;

namespace NinaDB.Clr.Tokenization;

/// <summary>One step of a normaliser: changes the text before it is cut into pieces.</summary>
internal abstract class TextStep
{
    /// <summary>The changed text.</summary>
    public abstract string Apply(string text);

    /// <summary>The step as tokenizer.json writes it.</summary>
    public abstract JsonValue ToJson();

    /// <summary>An object with a type.</summary>
    protected static JsonValue Typed(string type) => JsonValue.NewObject().Set("type", JsonValue.Of(type));
}

/// <summary>Puts text in front.</summary>
internal sealed class PrependStep : TextStep
{
    public PrependStep(string prefix) => Prefix = prefix;

    public string Prefix { get; }

    public override string Apply(string text) => text.Length == 0 ? text : Prefix + text;

    public override JsonValue ToJson() => Typed("Prepend").Set("prepend", JsonValue.Of(Prefix));
}

/// <summary>Replaces one string by another.</summary>
internal sealed class ReplaceStep : TextStep
{
    public ReplaceStep(string pattern, string content)
    {
        Pattern = pattern;
        Content = content;
    }

    public string Pattern { get; }

    public string Content { get; }

    public override string Apply(string text)
        => Pattern.Length == 1 && Content.Length == 1 ? text.Replace(Pattern[0], Content[0]) : TextSearch.Replace(text, Pattern, Content);

    public override JsonValue ToJson()
        => Typed("Replace").Set("pattern", JsonValue.NewObject().Set("String", JsonValue.Of(Pattern))).Set("content", JsonValue.Of(Content));
}

/// <summary>Replaces what a pattern matches.</summary>
internal sealed class ReplacePatternStep : TextStep
{
    private readonly TextPattern _pattern;
    private readonly string _content;

    public ReplacePatternStep(TextPattern pattern, string content)
    {
        _pattern = pattern;
        _content = content;
    }

    public override string Apply(string text)
    {
        var matches = new List<TextRange>();
        _pattern.FindAll(text, 0, text.Length, matches);
        if (matches.Count == 0)
        {
            return text;
        }

        var builder = new StringBuilder(text.Length);
        int done = 0;
        foreach (TextRange match in matches)
        {
            builder.Append(text, done, match.Start - done).Append(_content);
            done = match.End;
        }

        return builder.Append(text, done, text.Length - done).ToString();
    }

    public override JsonValue ToJson()
        => Typed("Replace").Set("pattern", JsonValue.NewObject().Set("Regex", JsonValue.Of(_pattern.Text))).Set("content", JsonValue.Of(_content));
}

/// <summary>A Unicode normalisation form.</summary>
internal sealed class UnicodeFormStep : TextStep
{
    private readonly string _form;

    public UnicodeFormStep(string form) => _form = form;

    public override string Apply(string text) => UnicodeForm.Normalize(text, _form.Length == 4, _form[_form.Length - 1] == 'C');

    public override JsonValue ToJson() => Typed(_form);
}

/// <summary>Lower-case letters.</summary>
internal sealed class LowercaseStep : TextStep
{
    public override string Apply(string text)
    {
        var builder = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length;)
        {
            int codePoint = TextPattern.CodePointAt(text, i, text.Length);
            i += codePoint > 0xFFFF ? 2 : 1;
            if (codePoint == 0x130)
            {
                builder.Append("i\u0307");
            }
            else
            {
                UnicodeForm.Append(builder, UnicodeTable.ToLower(codePoint));
            }
        }

        return builder.ToString();
    }

    public override JsonValue ToJson() => Typed("Lowercase");
}

/// <summary>Takes white space off the ends.</summary>
internal sealed class StripStep : TextStep
{
    private readonly bool _left;
    private readonly bool _right;

    public StripStep(bool left, bool right)
    {
        _left = left;
        _right = right;
    }

    public override string Apply(string text)
    {
        int start = 0;
        int end = text.Length;
        while (_left && start < end && UnicodeTable.IsWhiteSpace(text[start]))
        {
            start++;
        }

        while (_right && end > start && UnicodeTable.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return text.Substring(start, end - start);
    }

    public override JsonValue ToJson() => Typed("Strip").Set("strip_left", JsonValue.Of(_left)).Set("strip_right", JsonValue.Of(_right));
}

/// <summary>Drops combining marks (category M).</summary>
internal sealed class StripAccentsStep : TextStep
{
    private static readonly uint Marks = CodePointSet.CategoriesOf("M");

    public override string Apply(string text)
    {
        var builder = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length;)
        {
            int codePoint = TextPattern.CodePointAt(text, i, text.Length);
            i += codePoint > 0xFFFF ? 2 : 1;
            if ((Marks >> (int)UnicodeTable.CategoryOf(codePoint) & 1) == 0)
            {
                UnicodeForm.Append(builder, codePoint);
            }
        }

        return builder.ToString();
    }

    public override JsonValue ToJson() => Typed("StripAccents");
}

/// <summary>SentencePiece's NMT clean-up: control characters vanish, unusual white space becomes a blank.</summary>
internal sealed class NmtStep : TextStep
{
    public override string Apply(string text)
    {
        var builder = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if ((c >= 1 && c <= 8) || c == 0xB || (c >= 0xE && c <= 0x1F) || c == 0x7F || c == 0x8F || c == 0x9F)
            {
                continue;
            }

            bool blank = c == 9 || c == 0xA || c == 0xC || c == 0xD || c == 0x1680 || (c >= 0x200B && c <= 0x200F) || c == 0x2028 || c == 0x2029 || c == 0x2581
                || c == 0xFEFF || c == 0xFFFD;
            builder.Append(blank ? ' ' : c);
        }

        return builder.ToString();
    }

    public override JsonValue ToJson() => Typed("Nmt");
}

/// <summary>A precompiled character map, used as the tokenizers library does or as SentencePiece does.</summary>
internal sealed class CharacterMapStep : TextStep
{
    private readonly bool _byCharacter;

    public CharacterMapStep(CharacterMap map, bool byCharacter)
    {
        Map = map;
        _byCharacter = byCharacter;
    }

    public CharacterMap Map { get; }

    public override string Apply(string text) => _byCharacter ? Map.ReplaceByCharacter(text) : Map.ReplaceLongest(text);

    public override JsonValue ToJson() => Typed("Precompiled").Set("precompiled_charsmap", JsonValue.Of(Convert.ToBase64String(Map.ToBytes())));
}

/// <summary>SentencePiece's handling of blanks: no blanks at the ends and no two in a row, where it is asked for.</summary>
internal sealed class SingleBlanksStep : TextStep
{
    public override string Apply(string text)
    {
        var builder = new StringBuilder(text.Length);
        bool blank = false;
        foreach (char c in text)
        {
            if (c == ' ')
            {
                blank = builder.Length > 0;
                continue;
            }

            if (blank)
            {
                builder.Append(' ');
                blank = false;
            }

            builder.Append(c);
        }

        // SentencePiece takes blanks that are written as U+2581 off the end too.
        while (builder.Length > 0 && builder[builder.Length - 1] == Tokenizer.Blank)
        {
            builder.Length--;
        }

        return builder.ToString();
    }

    public override JsonValue ToJson()
        => Typed("Sequence").Set("normalizers", JsonValue.OfItems(new[]
        {
            Typed("Replace").Set("pattern", JsonValue.NewObject().Set("Regex", JsonValue.Of(" {2,}"))).Set("content", JsonValue.Of(" ")),
            Typed("Replace").Set("pattern", JsonValue.NewObject().Set("Regex", JsonValue.Of("^ | $"))).Set("content", JsonValue.Of(string.Empty)),
        }));
}

/// <summary>Ordinal search, the same on every runtime.</summary>
internal static class TextSearch
{
    /// <summary>Replaces a string, compared by code units.</summary>
    public static string Replace(string text, string pattern, string content)
    {
        int found = text.IndexOf(pattern, StringComparison.Ordinal);
        if (found < 0)
        {
            return text;
        }

        var builder = new StringBuilder(text.Length + content.Length);
        int done = 0;
        for (; found >= 0; found = text.IndexOf(pattern, done, StringComparison.Ordinal))
        {
            builder.Append(text, done, found - done).Append(content);
            done = found + pattern.Length;
        }

        return builder.Append(text, done, text.Length - done).ToString();
    }
}
