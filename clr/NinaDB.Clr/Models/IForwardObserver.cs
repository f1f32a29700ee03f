namespace NinaDB.Clr.Models;

/// <summary>
/// Sees a forward pass from inside. All arrays are [tokens, width], row-major; they are valid during the call and must not be changed.
/// A dense layer reports <see cref="OnActivations"/>; a mixture reports <see cref="OnRouting"/> once, then <see cref="OnExpert"/> for every
/// expert that has tokens. Both report <see cref="OnFeedForward"/>.
/// </summary>
internal unsafe interface IForwardObserver
{
    /// <summary>The outputs of all heads, before the output projection: width heads · head size.</summary>
    void OnHeads(int layer, float* heads, int tokens, int width);

    /// <summary>What attention adds to the residual stream: width hidden.</summary>
    void OnAttention(int layer, float* delta, int tokens, int width);

    /// <summary>
    /// The FFN activations of a dense layer, activation(gate) · up, and the up projections: width neurons. In a plain MLP, activation(up) and
    /// ones: activations · up is positive where a neuron fires either way.
    /// </summary>
    void OnActivations(int layer, float* activations, float* up, int tokens, int width);

    /// <summary>
    /// What the FFN adds to the residual stream: width hidden; of a mixture the weighted sum of its experts.
    /// </summary>
    void OnFeedForward(int layer, float* delta, int tokens, int width);

    /// <summary>The weight of each expert for each token, 0 where the token is not routed to it: [tokens, experts]. The shared expert is not among them.</summary>
    void OnRouting(int layer, float* weights, int tokens, int experts);

    /// <summary>
    /// An expert's activations [count, width] and output [count, hidden] for the tokens of the batch that are routed to it, before the router's
    /// weight (where the weight is applied to the expert's input, as in Llama 4, it is in them already). Expert -1 is the shared one.
    /// </summary>
    void OnExpert(int layer, int expert, int* tokenIndexes, float* activations, float* output, int count, int width);
}
