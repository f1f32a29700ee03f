using System;
using System.Collections.Generic;
using NinaDB.Clr.Tokenization.Unicode;

namespace NinaDB.Clr.Tokenization;

/// <summary>
/// A unigram language model: of all ways to cut a piece into tokens, the one with the best sum of scores (Viterbi, left to right). A code point that is no
/// token by itself may be unknown, at a penalty.
/// </summary>
internal sealed class UnigramModel : TokenModel
{
    /// <summary>The longest token that is looked for, in UTF-16 units; it bounds the work for a character.</summary>
    public const int MaxTokenLength = 2048;

    /// <summary>How much worse than the worst token an unknown character is.</summary>
    private const double UnknownPenalty = 10;

    private readonly CharTrie _trie = new();
    private readonly double[] _scores;
    private readonly double _unknownScore;

    /// <summary>
    /// Creates a model; tokens without a score are only found by their spelling. <paramref name="allScores"/> says that control tokens count for the worst
    /// score too, as in tokenizer.json.
    /// </summary>
    public UnigramModel(Vocabulary vocabulary, double[] scores, bool fallsBackToBytes, bool allScores)
        : base(vocabulary)
    {
        _scores = scores;
        FallsBackToBytes = fallsBackToBytes;
        double worst = double.PositiveInfinity;
        for (int id = 0; id < scores.Length; id++)
        {
            bool normal = vocabulary.KindOf(id) == TokenKind.Normal;
            if ((normal || allScores) && vocabulary.KindOf(id) != TokenKind.Unused)
            {
                worst = Math.Min(worst, scores[id]);
            }

            string token = vocabulary[id];
            if (normal && token.Length > 0 && token.Length <= MaxTokenLength)
            {
                _trie.Add(token, id);
            }
        }

        _unknownScore = (double.IsInfinity(worst) ? 0 : worst) - UnknownPenalty;
        CutsAtBlanks = CanCutAtBlanks(vocabulary);
    }

    /// <summary>The score of every token.</summary>
    public IReadOnlyList<double> Scores => _scores;

    /// <summary>An unknown character becomes its byte tokens.</summary>
    public bool FallsBackToBytes { get; }

    protected override void EncodePiece(in TextPiece piece, List<int> output)
    {
        string text = piece.Text;
        int length = piece.End - piece.Start;
        double[] best = new double[length + 1];
        int[] tokens = new int[length + 1];
        int[] starts = new int[length + 1];
        for (int i = 1; i <= length; i++)
        {
            starts[i] = -1;
        }

        for (int i = 0; i < length;)
        {
            int width = TextPattern.CodePointAt(text, piece.Start + i, piece.End) > 0xFFFF ? 2 : 1;
            bool isToken = false;
            int node = 0;
            for (int end = i; end < length;)
            {
                node = _trie.Child(node, text[piece.Start + end]);
                if (node < 0)
                {
                    break;
                }

                end++;
                int id = _trie.Value(node);
                if (id >= 0)
                {
                    isToken |= end == i + width;
                    Offer(best, tokens, starts, i, end, id, best[i] + _scores[id]);
                }
            }

            if (!isToken)
            {
                Offer(best, tokens, starts, i, i + width, -1, best[i] + _unknownScore);
            }

            i += width;
        }

        Collect(piece, tokens, starts, output);
    }

    private static void Offer(double[] best, int[] tokens, int[] starts, int start, int end, int token, double score)
    {
        if (starts[end] < 0 || score > best[end])
        {
            best[end] = score;
            tokens[end] = token;
            starts[end] = start;
        }
    }

    private void Collect(in TextPiece piece, int[] tokens, int[] starts, List<int> output)
    {
        var path = new List<int>();
        for (int end = starts.Length - 1; end > 0; end = starts[end])
        {
            path.Add(end);
        }

        bool afterUnknown = false;
        for (int i = path.Count - 1; i >= 0; i--)
        {
            int end = path[i];
            if (tokens[end] >= 0)
            {
                output.Add(tokens[end]);
                afterUnknown = false;
                continue;
            }

            // Characters that are unknown one after the other are one unknown.
            int start = starts[end];
            while (i > 0 && tokens[path[i - 1]] < 0)
            {
                end = path[--i];
            }

            AppendUnknown(piece.Text, piece.Start + start, piece.Start + end, FallsBackToBytes, true, ref afterUnknown, output);
        }
    }
}
