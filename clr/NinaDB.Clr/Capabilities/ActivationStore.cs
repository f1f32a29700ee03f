using System;
using System.Collections.Generic;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Capabilities;

/// <summary>What a probe knows of its texts, text by text, so that results can be computed for some components at a time.</summary>
internal abstract unsafe class ActivationStore : IDisposable
{
    /// <summary>The texts of the probe.</summary>
    public abstract int Count { get; }

    /// <summary>The ids of a text.</summary>
    public abstract int[] Tokens(int text);

    /// <summary>The positions that a text's means are over.</summary>
    public abstract int TokenCount(int text);

    /// <summary>Adds a text that was run.</summary>
    public abstract void Add(TextActivation activation);

    /// <summary>Copies one field of a text for components <paramref name="first"/>..; any number of threads may read at once.</summary>
    public abstract void Read(int text, ActivationField field, int first, int count, float* target);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>Keeps texts in memory: for models and probe sets that are small.</summary>
internal sealed unsafe class MemoryActivationStore : ActivationStore
{
    private readonly List<TextActivation> _texts = new();

    public override int Count => _texts.Count;

    /// <summary>The texts, to be moved elsewhere.</summary>
    public IReadOnlyList<TextActivation> Texts => _texts;

    public override int[] Tokens(int text) => _texts[text].Tokens;

    public override int TokenCount(int text) => _texts[text].TokenCount;

    public override void Add(TextActivation activation) => _texts.Add(activation);

    public override void Read(int text, ActivationField field, int first, int count, float* target)
    {
        fixed (float* source = _texts[text].Field(field))
        {
            Buffer.MemoryCopy(source + first, target, 4L * count, 4L * count);
        }
    }

    public override void Dispose()
    {
    }
}
