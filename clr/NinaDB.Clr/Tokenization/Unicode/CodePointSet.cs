using System;
using System.Collections.Generic;
using System.Globalization;

namespace NinaDB.Clr.Tokenization.Unicode;

/// <summary>A set of code points: categories, ranges and other sets, together or negated. Immutable once it is in a pattern.</summary>
internal sealed class CodePointSet
{
    private readonly List<int> _ranges = new();
    private readonly List<CodePointSet> _others = new();
    private readonly ulong[] _ascii = new ulong[2];
    private uint _categories;
    private bool _negated;
    private CodePointSet? _and;
    private bool _whiteSpace;
    private bool _frozen;

    /// <summary>Adds the code points from <paramref name="first"/> to <paramref name="last"/>.</summary>
    public CodePointSet AddRange(int first, int last)
    {
        _ranges.Add(first);
        _ranges.Add(last);
        return this;
    }

    /// <summary>Adds the categories of a mask, one bit a <see cref="UnicodeCategory"/>.</summary>
    public CodePointSet AddCategories(uint mask)
    {
        _categories |= mask;
        return this;
    }

    /// <summary>Adds Unicode's white space.</summary>
    public CodePointSet AddWhiteSpace()
    {
        _whiteSpace = true;
        return this;
    }

    /// <summary>Adds another set.</summary>
    public CodePointSet Add(CodePointSet other)
    {
        _others.Add(other);
        return this;
    }

    /// <summary>Keeps only what is in another set too.</summary>
    public CodePointSet IntersectWith(CodePointSet other)
    {
        var both = new CodePointSet { _and = other };
        return both.Add(this);
    }

    /// <summary>Turns the set into everything else.</summary>
    public CodePointSet Negate()
    {
        _negated = !_negated;
        return this;
    }

    /// <summary>Makes the set ready for <see cref="Contains"/>.</summary>
    public CodePointSet Freeze()
    {
        if (!_frozen)
        {
            foreach (CodePointSet other in _others)
            {
                other.Freeze();
            }

            _and?.Freeze();
            for (int c = 0; c < 128; c++)
            {
                if (Evaluate(c))
                {
                    _ascii[c >> 6] |= 1UL << (c & 63);
                }
            }

            _frozen = true;
        }

        return this;
    }

    /// <summary>Whether the set has a code point.</summary>
    public bool Contains(int codePoint) => codePoint < 128 ? (_ascii[codePoint >> 6] >> (codePoint & 63) & 1) != 0 : Evaluate(codePoint);

    /// <summary>Whether the set has an ASCII character; only once it is frozen.</summary>
    public ulong AsciiBits(int half) => _ascii[half];

    /// <summary>The mask of a property name such as L, Lu or P; 0 when there is none.</summary>
    public static uint CategoriesOf(string name) => name switch
    {
        "L" or "Letter" => Mask(UnicodeCategory.UppercaseLetter, UnicodeCategory.OtherLetter),
        "Lu" => Mask(UnicodeCategory.UppercaseLetter),
        "Ll" => Mask(UnicodeCategory.LowercaseLetter),
        "Lt" => Mask(UnicodeCategory.TitlecaseLetter),
        "Lm" => Mask(UnicodeCategory.ModifierLetter),
        "Lo" => Mask(UnicodeCategory.OtherLetter),
        "M" or "Mark" => Mask(UnicodeCategory.NonSpacingMark, UnicodeCategory.EnclosingMark),
        "Mn" => Mask(UnicodeCategory.NonSpacingMark),
        "Mc" => Mask(UnicodeCategory.SpacingCombiningMark),
        "Me" => Mask(UnicodeCategory.EnclosingMark),
        "N" or "Number" => Mask(UnicodeCategory.DecimalDigitNumber, UnicodeCategory.OtherNumber),
        "Nd" => Mask(UnicodeCategory.DecimalDigitNumber),
        "Nl" => Mask(UnicodeCategory.LetterNumber),
        "No" => Mask(UnicodeCategory.OtherNumber),
        "Z" or "Separator" => Mask(UnicodeCategory.SpaceSeparator, UnicodeCategory.ParagraphSeparator),
        "Zs" => Mask(UnicodeCategory.SpaceSeparator),
        "Zl" => Mask(UnicodeCategory.LineSeparator),
        "Zp" => Mask(UnicodeCategory.ParagraphSeparator),
        "C" or "Other" => Mask(UnicodeCategory.Control, UnicodeCategory.PrivateUse) | Mask(UnicodeCategory.OtherNotAssigned),
        "Cc" => Mask(UnicodeCategory.Control),
        "Cf" => Mask(UnicodeCategory.Format),
        "Cs" => Mask(UnicodeCategory.Surrogate),
        "Co" => Mask(UnicodeCategory.PrivateUse),
        "Cn" => Mask(UnicodeCategory.OtherNotAssigned),
        "P" or "Punctuation" => Mask(UnicodeCategory.ConnectorPunctuation, UnicodeCategory.OtherPunctuation),
        "Pc" => Mask(UnicodeCategory.ConnectorPunctuation),
        "Pd" => Mask(UnicodeCategory.DashPunctuation),
        "Ps" => Mask(UnicodeCategory.OpenPunctuation),
        "Pe" => Mask(UnicodeCategory.ClosePunctuation),
        "Pi" => Mask(UnicodeCategory.InitialQuotePunctuation),
        "Pf" => Mask(UnicodeCategory.FinalQuotePunctuation),
        "Po" => Mask(UnicodeCategory.OtherPunctuation),
        "S" or "Symbol" => Mask(UnicodeCategory.MathSymbol, UnicodeCategory.OtherSymbol),
        "Sm" => Mask(UnicodeCategory.MathSymbol),
        "Sc" => Mask(UnicodeCategory.CurrencySymbol),
        "Sk" => Mask(UnicodeCategory.ModifierSymbol),
        "So" => Mask(UnicodeCategory.OtherSymbol),
        _ => 0,
    };

    /// <summary>What \w of a pattern matches: words, and Latin-1's superscripts and fractions, as in the engine that the patterns were written for.</summary>
    public static CodePointSet PatternWord() => Word().AddRange(0xB2, 0xB3).AddRange(0xB9, 0xB9).AddRange(0xBC, 0xBE);

    /// <summary>Unicode's word characters: letters, marks, decimal digits, letter numbers, connectors, and the symbols that count as letters.</summary>
    public static CodePointSet Word() => new CodePointSet()
        .AddCategories(CategoriesOf("L") | CategoriesOf("M") | CategoriesOf("Nd") | CategoriesOf("Nl") | CategoriesOf("Pc"))
        .AddRange(0x24B6, 0x24E9).AddRange(0x1F130, 0x1F149).AddRange(0x1F150, 0x1F169).AddRange(0x1F170, 0x1F189);

    /// <summary>The script Han.</summary>
    public static CodePointSet Han() => new CodePointSet()
        .AddRange(0x2E80, 0x2E99).AddRange(0x2E9B, 0x2EF3).AddRange(0x2F00, 0x2FD5).AddRange(0x3005, 0x3005).AddRange(0x3007, 0x3007)
        .AddRange(0x3021, 0x3029).AddRange(0x3038, 0x303B).AddRange(0x3400, 0x4DBF).AddRange(0x4E00, 0x9FFF).AddRange(0xF900, 0xFA6D)
        .AddRange(0xFA70, 0xFAD9).AddRange(0x16FE2, 0x16FE3).AddRange(0x16FF0, 0x16FF1).AddRange(0x20000, 0x2A6DF).AddRange(0x2A700, 0x2B739)
        .AddRange(0x2B740, 0x2B81D).AddRange(0x2B820, 0x2CEA1).AddRange(0x2CEB0, 0x2EBE0).AddRange(0x2EBF0, 0x2EE5D).AddRange(0x2F800, 0x2FA1D)
        .AddRange(0x30000, 0x3134A).AddRange(0x31350, 0x323AF);

    private static uint Mask(UnicodeCategory first, UnicodeCategory last)
    {
        uint mask = 0;
        for (UnicodeCategory category = first; category <= last; category++)
        {
            mask |= Mask(category);
        }

        return mask;
    }

    private static uint Mask(UnicodeCategory category) => 1u << (int)category;

    private bool Evaluate(int codePoint)
    {
        bool found = (_categories != 0 && (_categories >> (int)UnicodeTable.CategoryOf(codePoint) & 1) != 0)
            || (_whiteSpace && UnicodeTable.IsWhiteSpace(codePoint))
            || InRanges(codePoint)
            || InOthers(codePoint);
        return (found && (_and == null || _and.Evaluate(codePoint))) != _negated;
    }

    private bool InRanges(int codePoint)
    {
        for (int i = 0; i < _ranges.Count; i += 2)
        {
            if (codePoint >= _ranges[i] && codePoint <= _ranges[i + 1])
            {
                return true;
            }
        }

        return false;
    }

    private bool InOthers(int codePoint)
    {
        foreach (CodePointSet other in _others)
        {
            if (other.Evaluate(codePoint))
            {
                return true;
            }
        }

        return false;
    }
}
