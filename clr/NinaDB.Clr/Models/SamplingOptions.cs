using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;

namespace NinaDB.Clr.Models;

/// <summary>How the next token is chosen, and when to stop.</summary>
public sealed class SamplingOptions
{
    /// <summary>The most stop sequences.</summary>
    public const int MaxStops = 64;

    /// <summary>The longest stop sequence, in UTF-16 units.</summary>
    public const int MaxStopLength = 1000;

    /// <summary>The most tokens to generate.</summary>
    public int MaxTokens { get; init; } = 64;

    /// <summary>0 takes the most probable token (greedy); 1 samples from the model's own distribution.</summary>
    public double Temperature { get; init; }

    /// <summary>Samples among the k most probable tokens; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Samples among the most probable tokens whose probabilities add up to this; 1 for all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Samples among the tokens that are at least this times as probable as the most probable one; 0 for all.</summary>
    public double MinP { get; init; }

    /// <summary>
    /// Makes tokens that occurred, in the prompt or since, less likely: a positive logit is divided by this, a negative one multiplied (Keskar et al. 2019,
    /// arXiv 1909.05858). 1 changes nothing. Applies to greedy choice too.
    /// </summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Texts that end the generation where the output contains one; the text before it is kept, it is not.</summary>
    public IReadOnlyList<string> Stop { get; init; } = Array.Empty<string>();

    /// <summary>Whether an end token is reported as a last token with an empty text, so that its reason is seen.</summary>
    public bool ReportsEnd { get; init; }

    /// <summary>The seed: the same seed gives the same text, on every platform.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// Reads the rarer options from JSON: {"min_p": 0.05, "repetition_penalty": 1.1, "stop": ["\n\n"]}; any may be missing. Raises <see cref="ErrorNumber.JsonValue"/>.
    /// </summary>
    public static SamplingOptions Create(int maxTokens, double temperature, int topK, double topP, long seed, string? moreJson)
    {
        JsonValue? more = moreJson == null ? null : JsonValue.Parse(moreJson, "sampling options");
        var stops = new List<string>();
        if (more?["stop"] is JsonValue list && list.Kind != JsonKind.Null)
        {
            NinaException.Require(list.Kind == JsonKind.Array, "Stop sequences are given as a JSON array of strings.");
            foreach (JsonValue item in list.Items)
            {
                stops.Add(item.AsString() ?? throw new NinaException(ErrorNumber.JsonValue, "Stop sequences are given as a JSON array of strings."));
            }
        }

        var options = new SamplingOptions
        {
            MaxTokens = maxTokens,
            Temperature = temperature,
            TopK = topK,
            TopP = topP,
            MinP = more?["min_p"]?.AsDouble() ?? 0,
            RepetitionPenalty = more?["repetition_penalty"]?.AsDouble() ?? 1,
            Stop = stops,
            ReportsEnd = more != null,
            Seed = seed,
        };
        options.Validate();
        return options;
    }

    /// <summary>Raises <see cref="ErrorNumber.InvalidArgument"/> for values that cannot be.</summary>
    public void Validate()
    {
        NinaException.Require(MaxTokens >= 0, "The number of tokens to generate is negative.");
        NinaException.Require(Temperature >= 0 && !double.IsInfinity(Temperature), "The temperature is negative or not a number.");
        NinaException.Require(TopK >= 0, "top-k is negative.");
        NinaException.Require(TopP > 0 && TopP <= 1, "top-p is outside (0, 1].");
        NinaException.Require(MinP >= 0 && MinP <= 1, "min-p is outside [0, 1].");
        NinaException.Require(RepetitionPenalty > 0 && RepetitionPenalty <= 1e6, "The repetition penalty is outside (0, 1000000].");
        NinaException.Require(Stop.Count <= MaxStops, $"There are more than {MaxStops} stop sequences.");
        foreach (string stop in Stop)
        {
            NinaException.Require(stop.Length > 0 && stop.Length <= MaxStopLength, $"A stop sequence is empty or longer than {MaxStopLength} characters.");
        }
    }
}
