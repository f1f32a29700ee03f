using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Tensors;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.Models;

/// <summary>A model that can run: configuration, weights and tokenizer. Immutable; any number of threads may use one.</summary>
public sealed unsafe class LanguageModel
{
    /// <summary>The default limit on the memory of a model's weights: 16 GiB.</summary>
    public const long DefaultMaxBytes = 16L << 30;

    /// <summary>Positions whose logits are computed at once when a text is scored.</summary>
    private const int LogitBatch = 32;

    /// <summary>Puts a model together.</summary>
    public LanguageModel(string name, ModelConfig config, ModelWeights weights, Tokenizer tokenizer, string? tokenizerJson)
    {
        tokenizer.RequireFits(config.VocabularySize);
        Name = name;
        Config = config;
        Weights = weights;
        Tokenizer = tokenizer;
        TokenizerJson = tokenizerJson;
    }

    /// <summary>The name, for messages.</summary>
    public string Name { get; }

    /// <summary>The configuration.</summary>
    public ModelConfig Config { get; }

    /// <summary>The weights.</summary>
    public ModelWeights Weights { get; }

    /// <summary>The tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The text of tokenizer.json; null when the tokenizer came from tokenizer.model or GGUF metadata.</summary>
    public string? TokenizerJson { get; }

    /// <summary>The token that starts a text, -1 when none does.</summary>
    public int StartId => Tokenizer.StartId >= 0 ? Tokenizer.StartId : Config.StartTokenId;

    /// <summary>Opens a safetensors file, a GGUF file or a Hugging Face folder and loads it.</summary>
    public static LanguageModel Open(string path, long maxBytes = DefaultMaxBytes) => Load(ModelFile.Open(path), maxBytes);

    /// <summary>Loads the weights of an opened model.</summary>
    public static LanguageModel Load(ModelFile file, long maxBytes = DefaultMaxBytes)
    {
        ModelConfig config = ModelConfig.Of(file);
        config.RequireRunnable(file.Name);
        Tokenizer tokenizer = ReadTokenizer(file)
            ?? throw new NinaException(ErrorNumber.TokenizerMissing, $"Model '{file.Name}' has no tokenizer (tokenizer.json, tokenizer.model, or tokenizer.ggml.* in a GGUF file).");
        tokenizer.RequireFits(config.VocabularySize);
        ModelWeights weights = ModelWeights.Load(file, config, maxBytes);
        return new LanguageModel(file.Name, config.AsLoaded(), weights, tokenizer, file.TokenizerJson);
    }

    /// <summary>The tokenizer of a model: tokenizer.json first, then GGUF metadata, then tokenizer.model; null when there is none.</summary>
    public static Tokenizer? ReadTokenizer(ModelFile file)
    {
        bool inWeights = file.TokenizerJson == null && file.Gguf != null && TokenizerGgufReader.IsPresent(file.Gguf);
        return inWeights ? TokenizerGgufReader.Read(file.Gguf!, file.Files[0].Path) : file.Tokenizer?.Read(file.Name);
    }

    /// <summary>Starts a sequence of at most <paramref name="capacity"/> tokens.</summary>
    public InferenceSession StartSession(int capacity, int parallelism = 1) => new(Config, Weights, capacity, parallelism);

    /// <summary>A passage as the model was trained on it: start token, text, end token where the model has one.</summary>
    public int[] EncodePassage(string text)
    {
        var ids = new List<int>(Tokenizer.Encode(text));
        if (Config.EndTokenIds.Count > 0 && (ids.Count == 0 || ids[ids.Count - 1] != Config.EndTokenIds[0]))
        {
            ids.Add(Config.EndTokenIds[0]);
        }

        return ids.ToArray();
    }

    /// <summary>
    /// Scores a passage: the sum of -ln p over its tokens after the first, in nats, and how many there are. What exceeds the context is
    /// scored in further windows, each of which starts afresh.
    /// </summary>
    public TextScore Score(int[] tokens, InferenceSession? session = null)
    {
        NinaException.Require(tokens != null, "There are no tokens to score.");
        int window = Math.Min(Config.ContextLength, session?.Capacity ?? int.MaxValue) + 1;
        double total = 0;
        int scored = 0;
        for (int start = 0; start + 1 < tokens!.Length; start += window - 1)
        {
            int count = Math.Min(window, tokens.Length - start) - 1;
            session ??= StartSession(Math.Min(Config.ContextLength, Math.Max(count, 64)));
            session.Reset();
            total += ScoreWindow(session, tokens, start, count);
            scored += count;
        }

        return new TextScore(total, scored);
    }

    /// <summary>Scores many passages, on several threads when asked. The result does not depend on the number of threads.</summary>
    public TextScore ScoreAll(IReadOnlyList<int[]> passages, int parallelism = 1)
    {
        double[] nats = new double[passages.Count];
        long[] counts = new long[passages.Count];
        int longest = 1;
        foreach (int[] passage in passages)
        {
            longest = Math.Max(longest, Math.Min(Config.ContextLength, passage.Length));
        }

        using var sessions = new System.Threading.ThreadLocal<InferenceSession>(() => StartSession(longest));
        ParallelWork.For(passages.Count, parallelism, i =>
        {
            TextScore score = Score(passages[i], sessions.Value);
            nats[i] = score.Nats;
            counts[i] = score.TokenCount;
        });
        var sum = new TextScore(0, 0);
        for (int i = 0; i < nats.Length; i++)
        {
            sum = new TextScore(sum.Nats + nats[i], sum.TokenCount + counts[i]);
        }

        return sum;
    }

    /// <summary>The same model with other weights and configuration (an agent).</summary>
    public LanguageModel With(string name, ModelConfig config, ModelWeights weights) => new(name, config, weights, Tokenizer, TokenizerJson);

    private double ScoreWindow(InferenceSession session, int[] tokens, int start, int count)
    {
        int vocabulary = Weights.OutputHead.Rows;
        float[] logits = new float[(long)Math.Min(LogitBatch, count) * vocabulary];
        double nats = 0;
        session.Append(tokens, start, count, null, (done, batch) =>
        {
            fixed (float* buffer = logits)
            {
                for (int first = 0; first < batch; first += LogitBatch)
                {
                    int rows = Math.Min(LogitBatch, batch - first);
                    session.Logits(first, rows, buffer);
                    for (int r = 0; r < rows; r++)
                    {
                        float* row = buffer + ((long)r * vocabulary);
                        int next = tokens[start + done + first + r + 1];
                        if ((uint)next >= (uint)vocabulary)
                        {
                            throw new NinaException(ErrorNumber.TokenOutOfRange, $"Token {next} is outside the vocabulary of {vocabulary}.");
                        }

                        float chosen = row[next];
                        float max = Kernels.Max(row, vocabulary);
                        nats += max + Math.Log(Kernels.ExpSum(row, vocabulary, max)) - chosen;
                    }
                }
            }
        });
        return nats;
    }
}
