using System;
using System.Collections.Generic;
using NinaDB.Clr.Tokenization.Unicode;

namespace NinaDB.Clr.Tokenization;

/// <summary>
/// SentencePiece's byte pair encoding joins any two neighbours whose text is a piece, the best score first. That is a list of merges: every split of every
/// piece into two symbols, ranked by the piece's score.
/// </summary>
internal static class ScoredMerges
{
    /// <summary>Makes the merges of a vocabulary with scores; characters that are part of pieces and none themselves get ids past the vocabulary.</summary>
    public static Dictionary<long, BpeModel.Merge> Make(Vocabulary vocabulary, float[] scores, out Dictionary<int, int> characters)
    {
        int[] ranks = Ranks(vocabulary, scores);
        characters = new Dictionary<int, int>();
        var merges = new Dictionary<long, BpeModel.Merge>(vocabulary.Count * 2);
        for (int id = 0; id < vocabulary.Count; id++)
        {
            string piece = vocabulary[id];
            if (vocabulary.KindOf(id) != TokenKind.Normal || vocabulary.IdOf(piece) != id)
            {
                continue;
            }

            for (int split = 1; split < piece.Length; split++)
            {
                if (char.IsLowSurrogate(piece[split]) && char.IsHighSurrogate(piece[split - 1]))
                {
                    continue;
                }

                int left = SymbolOf(vocabulary, piece.Substring(0, split), characters);
                int right = left == -1 ? -1 : SymbolOf(vocabulary, piece.Substring(split), characters);
                if (right != -1)
                {
                    merges[BpeModel.Pair(left, right)] = new BpeModel.Merge(ranks[id], id);
                }
            }
        }

        return merges;
    }

    /// <summary>The place of each token's score among all scores, the best first; the same score has the same place.</summary>
    private static int[] Ranks(Vocabulary vocabulary, float[] scores)
    {
        int[] order = new int[vocabulary.Count];
        float[] keys = new float[vocabulary.Count];
        for (int id = 0; id < order.Length; id++)
        {
            order[id] = id;
            keys[id] = -scores[id];
        }

        Array.Sort(keys, order);
        int[] ranks = new int[order.Length];
        for (int i = 0, rank = 0; i < order.Length; i++)
        {
            rank += i > 0 && keys[i] != keys[i - 1] ? 1 : 0;
            ranks[order[i]] = rank;
        }

        return ranks;
    }

    /// <summary>The id of a piece or of a single character, -1 for anything else, which no symbol can be.</summary>
    private static int SymbolOf(Vocabulary vocabulary, string text, Dictionary<int, int> characters)
    {
        int id = vocabulary.IdOf(text);
        if (id >= 0)
        {
            return id;
        }

        int codePoint = TextPattern.CodePointAt(text, 0, text.Length);
        if (text.Length != (codePoint > 0xFFFF ? 2 : 1))
        {
            return -1;
        }

        if (!characters.TryGetValue(codePoint, out id))
        {
            id = vocabulary.Count + characters.Count;
            characters.Add(codePoint, id);
        }

        return id;
    }
}
