using System.Collections.Frozen;

namespace NinaDB.Engine.Types;

/// <summary>
/// Letters that a language sorts in places of their own, or folds differently: applied on top of <see cref="CollationWeights"/>. What is not listed sorts as in the
/// Latin collations. The order is stored in indexes: a rule may never change.
/// </summary>
internal sealed class CollationTailoring
{
    /// <summary>By family: letters in their order after a base letter, lower case ("z:åäö"), or i: for the Turkic pairs of i.</summary>
    private static readonly FrozenDictionary<string, string> Rules = new Dictionary<string, string>
    {
        ["Albanian"] = "c:ç e:ë",
        ["Azeri_Latin"] = "c:ç e:ə g:ğ h:ı o:ö s:ş u:ü i:",
        ["Bosnian_Latin"] = "c:čć d:đ s:š z:ž",
        ["Croatian"] = "c:čć d:đ s:š z:ž",
        ["Czech"] = "c:č r:ř s:š z:ž",
        ["Danish_Greenlandic"] = "z:æøå",
        ["Danish_Norwegian"] = "z:æøå",
        ["Estonian"] = "s:š z:ž w:õäöü",
        ["Finnish_Swedish"] = "z:åäö",
        ["Hungarian"] = "o:ö u:ü",
        ["Hungarian_Technical"] = "o:ö u:ü",
        ["Icelandic"] = "d:ð z:þæö",
        ["Latvian"] = "c:č g:ģ k:ķ l:ļ n:ņ s:š z:ž",
        ["Lithuanian"] = "c:č s:š z:ž",
        ["Modern_Spanish"] = "n:ñ",
        ["Norwegian"] = "z:æøå",
        ["Polish"] = "a:ą c:ć e:ę l:ł n:ń o:ó s:ś z:źż",
        ["Romanian"] = "a:ăâ i:î s:ş t:ţ",
        ["Serbian_Latin"] = "c:čć d:đ s:š z:ž",
        ["Slovak"] = "a:ä c:č o:ô s:š z:ž",
        ["Slovenian"] = "c:č s:š z:ž",
        ["Traditional_Spanish"] = "n:ñ",
        ["Turkish"] = "c:ç g:ğ h:ı o:ö s:ş u:ü i:",
        ["Turkmen"] = "a:ä n:ň o:ö s:ş u:ü",
        ["Vietnamese"] = "a:ăâ d:đ e:ê o:ôơ u:ư",
        ["SQL_Croatian"] = "c:čć d:đ s:š z:ž",
        ["SQL_Danish_Pref"] = "z:æøå",
        ["SQL_Scandinavian"] = "z:æøå",
        ["SQL_Scandinavian_Pref"] = "z:æøå",
        ["SQL_SwedishPhone_Pref"] = "z:åäö",
        ["SQL_SwedishStd_Pref"] = "z:åäö",
        ["SQL_Icelandic_Pref"] = "d:ð z:þæö",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly FrozenDictionary<char, CollationElement> _elements;

    private CollationTailoring(Dictionary<char, CollationElement> elements, bool changesAscii)
    {
        _elements = elements.ToFrozenDictionary();
        ChangesAscii = changesAscii;
    }

    /// <summary>I and i are no pair here.</summary>
    public bool ChangesAscii { get; }

    /// <summary>The rules of a family, or null.</summary>
    public static CollationTailoring? For(string family)
    {
        if (!Rules.TryGetValue(family, out string? rules))
        {
            return null;
        }

        var elements = new Dictionary<char, CollationElement>();
        bool turkic = false;
        foreach (string rule in rules.Split(' '))
        {
            char after = rule[0];
            if (rule.Length == 2)
            {
                turkic = true;
                continue;
            }

            uint lead = CollationWeights.LeadAfter(after);
            uint place = 1;
            foreach (char letter in rule.AsSpan(2))
            {
                uint primary = (lead << 16) | (place++ << 8) | 1;
                elements[letter] = new CollationElement(primary, 0, 1);
                if (letter != 'ı')
                {
                    elements[char.ToUpperInvariant(letter)] = new CollationElement(primary, 0, 2);
                }
            }
        }

        if (turkic)
        {
            // ı pairs with I, i with İ.
            CollationElement i = CollationWeights.Of('i');
            elements['I'] = elements['ı'] with { Tertiary = 2 };
            elements['İ'] = i with { Tertiary = 2 };
        }

        return new CollationTailoring(elements, turkic);
    }

    public bool TryFind(char c, out CollationElement element) => _elements.TryGetValue(c, out element);
}
