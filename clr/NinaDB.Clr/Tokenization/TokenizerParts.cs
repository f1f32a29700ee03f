using System;
using System.Collections.Generic;

namespace NinaDB.Clr.Tokenization;

/// <summary>What a tokenizer is made of, as its readers find it.</summary>
internal sealed class TokenizerParts
{
    public TokenizerParts(Vocabulary vocabulary, TokenModel model)
    {
        Vocabulary = vocabulary;
        Model = model;
    }

    public Vocabulary Vocabulary { get; }

    public TokenModel Model { get; }

    /// <summary>What changes the text before it is cut.</summary>
    public List<TextStep> Normalizer { get; set; } = new();

    /// <summary>What cuts the text into pieces.</summary>
    public List<PieceStep> PreTokenizer { get; set; } = new();

    /// <summary>Tokens that are found in the text by their spelling.</summary>
    public List<AddedToken> Added { get; set; } = new();

    /// <summary>Ids in front of a text.</summary>
    public int[] Prefix { get; set; } = Array.Empty<int>();

    /// <summary>Ids behind a text.</summary>
    public int[] Suffix { get; set; } = Array.Empty<int>();

    /// <summary>Decoding drops the blank in front of the first word.</summary>
    public bool StripsLeadingBlank { get; set; }

    /// <summary>The id that ends a text where the source names one, else -1.</summary>
    public int EndId { get; set; } = -1;

    /// <summary>The id that starts a text where the source names one, whether or not it is added, else -1.</summary>
    public int StartId { get; set; } = -1;

    /// <summary>The chat template as the source has it; not evaluated.</summary>
    public string? ChatTemplate { get; set; }
}
