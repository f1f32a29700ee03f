using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;

namespace NinaDB.Clr.Tokenization;

/// <summary>A list of merges as files write them, checked against the vocabulary.</summary>
internal sealed class MergeTable
{
    private readonly Vocabulary _vocabulary;
    private readonly string _source;
    private int _rank;

    public MergeTable(Vocabulary vocabulary, string source, int capacity)
    {
        _vocabulary = vocabulary;
        _source = source;
        Merges = new Dictionary<long, BpeModel.Merge>(capacity);
    }

    /// <summary>The merges by pair; of a pair that occurs twice, the first.</summary>
    public Dictionary<long, BpeModel.Merge> Merges { get; }

    /// <summary>Adds a merge written as two tokens with a blank between them.</summary>
    public void Add(string text)
    {
        // A token may be a blank itself only where it is the first.
        int blank = text.Length > 0 ? text.IndexOf(' ', 1) : -1;
        if (blank < 0 || text.IndexOf(' ', blank + 1) >= 0)
        {
            throw Invalid($"merge {_rank} is '{JsonReader.Shorten(text)}', not two tokens with one blank between them.");
        }

        Add(text.Substring(0, blank), text.Substring(blank + 1));
    }

    /// <summary>Adds a merge of two tokens.</summary>
    public void Add(string? left, string? right)
    {
        int leftId = left == null ? -1 : _vocabulary.IdOf(left);
        int rightId = right == null ? -1 : _vocabulary.IdOf(right);
        int merged = leftId < 0 || rightId < 0 ? -1 : _vocabulary.IdOf(left + right);
        if (merged < 0)
        {
            throw Invalid($"merge {_rank} names a token that the vocabulary lacks.");
        }

        long pair = BpeModel.Pair(leftId, rightId);
        if (!Merges.ContainsKey(pair))
        {
            Merges.Add(pair, new BpeModel.Merge(_rank, merged));
        }

        _rank++;
    }

    private NinaException Invalid(string reason) => NinaException.InFile(ErrorNumber.TokenizerInvalid, _source, reason);
}
