namespace NinaDB.Clr.Models;

/// <summary>The families of architectures that have a forward pass here. What distinguishes them is in <see cref="ModelConfig"/>, not in code of their own.</summary>
public enum ModelFamily
{
    /// <summary>Any other: tensors can be listed and read, not run.</summary>
    Unknown,

    /// <summary>Llama 1 to 3.</summary>
    Llama,

    /// <summary>The text model of Llama 4.</summary>
    Llama4,

    /// <summary>Mistral: Llama with a sliding window.</summary>
    Mistral,

    /// <summary>Mixtral: Mistral with a mixture of experts in every layer.</summary>
    Mixtral,

    /// <summary>Qwen 2 and 2.5: biases on query, key and value.</summary>
    Qwen2,

    /// <summary>Qwen 1.5/2 MoE: a gated shared expert.</summary>
    Qwen2Moe,

    /// <summary>Qwen 3: norms on query and key.</summary>
    Qwen3,

    /// <summary>Qwen 3 MoE.</summary>
    Qwen3Moe,

    /// <summary>Gemma: norm weights are offsets from 1, embeddings are scaled.</summary>
    Gemma,

    /// <summary>Gemma 2: norms after the sublayers, soft caps, every second layer local.</summary>
    Gemma2,

    /// <summary>Gemma 3 (text): norms on query and key, five of six layers local.</summary>
    Gemma3,

    /// <summary>GPT-2.</summary>
    Gpt2,

    /// <summary>GPT-NeoX, Pythia.</summary>
    GptNeox,
}

/// <summary>How a norm works.</summary>
public enum NormKind
{
    /// <summary>RMSNorm: x / rms(x) · weight.</summary>
    Rms,

    /// <summary>RMSNorm whose weights are stored as offsets from 1: x / rms(x) · (1 + weight).</summary>
    RmsOffset,

    /// <summary>LayerNorm: (x - mean) / deviation · weight + bias.</summary>
    Layer,
}

/// <summary>The non-linearity of an FFN.</summary>
public enum ActivationKind
{
    /// <summary>x · sigmoid(x).</summary>
    Silu,

    /// <summary>GELU by its tanh formula.</summary>
    GeluTanh,

    /// <summary>GELU by the error function.</summary>
    GeluErf,

    /// <summary>max(0, x).</summary>
    Relu,
}

/// <summary>How a model knows the positions of tokens.</summary>
public enum PositionKind
{
    /// <summary>Rotary embedding of queries and keys.</summary>
    Rotary,

    /// <summary>A learned vector a position, added to the token embedding.</summary>
    Learned,

    /// <summary>Not at all.</summary>
    None,
}

/// <summary>How a router's logits become the weights of the experts that were chosen.</summary>
public enum RoutingKind
{
    /// <summary>Softmax over the logits of the chosen experts: their weights add up to 1 (Mixtral).</summary>
    SoftmaxOfChosen,

    /// <summary>Softmax over all logits; the chosen experts keep their share.</summary>
    SoftmaxOfAll,

    /// <summary>The sigmoid of each chosen logit, with which the expert's <em>input</em> is multiplied (Llama 4).</summary>
    SigmoidOfInput,
}
