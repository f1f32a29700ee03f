namespace NinaDB.Clr.Models;

/// <summary>Looks at a forward pass from inside. All arrays are [tokens, width], row-major; they are valid during the call and must not be changed.</summary>
internal unsafe interface IForwardObserver
{
    /// <summary>The outputs of all heads, before the output projection: width heads · head size.</summary>
    void OnHeads(int layer, float* heads, int tokens, int width);

    /// <summary>What attention adds to the residual stream: width hidden.</summary>
    void OnAttention(int layer, float* delta, int tokens, int width);

    /// <summary>The FFN activations silu(gate) · up, and the up projections: width neurons.</summary>
    void OnActivations(int layer, float* activations, float* up, int tokens, int width);

    /// <summary>What the FFN adds to the residual stream: width hidden.</summary>
    void OnFeedForward(int layer, float* delta, int tokens, int width);
}
