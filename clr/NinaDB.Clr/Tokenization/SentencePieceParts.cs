using System;
using System.Collections.Generic;
using NinaDB.Clr.Json;
using NinaDB.Clr.Tokenization.Unicode;

namespace NinaDB.Clr.Tokenization;

/// <summary>A SentencePiece vocabulary as tokenizer.model and GGUF metadata have it, and the tokenizer that it makes.</summary>
internal sealed class SentencePieceParts
{
    // The numbers of the types are those of SentencePiece's ModelProto, which GGUF took over.
    public const int TypeNormal = 1;
    public const int TypeUnknown = 2;
    public const int TypeControl = 3;
    public const int TypeUserDefined = 4;
    public const int TypeUnused = 5;
    public const int TypeByte = 6;

    public SentencePieceParts(string source, string[] pieces, int[]? types)
    {
        Source = source;
        Pieces = pieces;
        Types = types;
    }

    public string Source { get; }

    public string[] Pieces { get; }

    /// <summary>The type of each piece; null where the file has none.</summary>
    public int[]? Types { get; }

    public float[] Scores { get; set; } = Array.Empty<float>();

    public int UnknownId { get; set; } = -1;

    public int StartId { get; set; } = -1;

    public int EndId { get; set; } = -1;

    public bool AddsStart { get; set; }

    public bool AddsEnd { get; set; }

    public bool AddsBlankPrefix { get; set; }

    public bool RemovesExtraBlanks { get; set; }

    public CharacterMap? CharacterMap { get; set; }

    public string? ChatTemplate { get; set; }

    /// <summary>The ids of added tokens that take the white space after them along.</summary>
    public Predicate<string> StripsRight { get; set; } = _ => false;

    /// <summary>The vocabulary, and the tokens that are found by their spelling.</summary>
    public Vocabulary MakeVocabulary(List<AddedToken> added)
    {
        var kinds = new TokenKind[Pieces.Length];
        for (int id = 0; id < kinds.Length; id++)
        {
            int type = Types == null ? (Vocabulary.ByteOf(Pieces[id]) != null ? TypeByte : TypeNormal) : Types[id];
            kinds[id] = type switch
            {
                TypeUnknown => TokenKind.Unknown,
                TypeControl => TokenKind.Control,
                TypeUnused => TokenKind.Unused,
                TypeByte => TokenKind.Byte,
                _ => TokenKind.Normal,
            };
            if (id == UnknownId)
            {
                kinds[id] = TokenKind.Unknown;
            }
            else if (id == StartId || id == EndId)
            {
                kinds[id] = TokenKind.Control;
            }

            bool special = kinds[id] == TokenKind.Control || kinds[id] == TokenKind.Unknown;
            if (Pieces[id].Length > 0 && (special || type == TypeUserDefined))
            {
                if (Pieces[id].Length > TokenizerJsonReader.MaxAddedLength)
                {
                    throw TokenizerJsonSteps.Invalid(Source, $"the token '{JsonReader.Shorten(Pieces[id])}' is longer than {TokenizerJsonReader.MaxAddedLength} characters.");
                }

                added.Add(new AddedToken(id, Pieces[id], special) { StripsRight = StripsRight(Pieces[id]) });
            }
        }

        return new Vocabulary(Pieces, kinds, Source);
    }

    /// <summary>Byte pair encoding by scores.</summary>
    public Tokenizer MakeBpe()
    {
        RequireScores();
        var added = new List<AddedToken>();
        Vocabulary vocabulary = MakeVocabulary(added);
        Dictionary<long, BpeModel.Merge> merges = ScoredMerges.Make(vocabulary, Scores, out Dictionary<int, int> characters);
        return Make(vocabulary, added, new BpeModel(vocabulary, merges, new BpeOptions
        {
            FallsBackToBytes = true,
            FusesUnknown = true,
            Scores = Scores,
            Characters = characters,
        }));
    }

    /// <summary>A unigram language model.</summary>
    public Tokenizer MakeUnigram()
    {
        RequireScores();
        var added = new List<AddedToken>();
        Vocabulary vocabulary = MakeVocabulary(added);
        bool hasBytes = false;
        for (int id = 0; id < vocabulary.Count; id++)
        {
            hasBytes |= vocabulary.KindOf(id) == TokenKind.Byte;
        }

        return Make(vocabulary, added, new UnigramModel(vocabulary, Array.ConvertAll(Scores, s => (double)s), hasBytes, allScores: false));
    }

    /// <summary>Puts a tokenizer together from its model.</summary>
    public Tokenizer Make(Vocabulary vocabulary, List<AddedToken> added, TokenModel model)
    {
        string blank = Tokenizer.Blank.ToString();
        var normalizer = new List<TextStep>();
        if (CharacterMap != null)
        {
            normalizer.Add(new CharacterMapStep(CharacterMap, byCharacter: false));
        }

        if (RemovesExtraBlanks)
        {
            normalizer.Add(new SingleBlanksStep());
        }

        if (AddsBlankPrefix)
        {
            normalizer.Add(new PrependStep(blank));
        }

        normalizer.Add(new ReplaceStep(" ", blank));
        return new Tokenizer(new TokenizerParts(vocabulary, model)
        {
            Normalizer = normalizer,
            Added = added,
            Prefix = AddsStart && StartId >= 0 ? new[] { StartId } : Array.Empty<int>(),
            Suffix = AddsEnd && EndId >= 0 ? new[] { EndId } : Array.Empty<int>(),
            StripsLeadingBlank = AddsBlankPrefix,
            StartId = StartId,
            EndId = EndId,
            ChatTemplate = ChatTemplate,
        });
    }

    private void RequireScores()
    {
        if (Scores.Length != Pieces.Length)
        {
            throw TokenizerJsonSteps.Invalid(Source, $"there are {Pieces.Length} tokens and {Scores.Length} scores.");
        }

        int bad = Array.FindIndex(Scores, s => float.IsNaN(s));
        if (bad >= 0)
        {
            throw TokenizerJsonSteps.Invalid(Source, $"the score of token {bad} is not a number.");
        }
    }
}
