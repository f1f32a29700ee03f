using System;

namespace NinaDB.Clr.Models;

/// <summary>How well a model predicts texts.</summary>
public readonly struct TextScore
{
    /// <summary>Creates a score.</summary>
    public TextScore(double nats, long tokenCount)
    {
        Nats = nats;
        TokenCount = tokenCount;
    }

    /// <summary>The sum of -ln p over the tokens.</summary>
    public double Nats { get; }

    /// <summary>The number of tokens predicted.</summary>
    public long TokenCount { get; }

    /// <summary>Nats a token: the loss.</summary>
    public double MeanNats => TokenCount == 0 ? 0 : Nats / TokenCount;

    /// <summary>exp(loss).</summary>
    public double Perplexity => Math.Exp(MeanNats);

    /// <summary>exp(-loss): the geometric mean probability of the right next token, the skill of a whole model.</summary>
    public double SkillLevel => Math.Exp(-MeanNats);
}
