using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Tests;

/// <summary>
/// A model of one layer and four dimensions that can be calculated by hand, with the sample's tokenizer. Attention adds nothing. All tokens are embedded as (0.1, 0, 0, 0) but the
/// one that is read, (0, 2, 0, 0), and the one that is written, (0, 0, 2, 0). One neuron has gate (0, 5, 0, 0), up (0, 1, 0, 0) and down (0, 0, 4, 0); in a mixture it is the
/// second one of the second of two experts, to which the router sends the token that is read.
/// </summary>
internal static class HandMadeModel
{
    private const int Hidden = 4;

    public static LanguageModel Create(string kind, string read, string written)
    {
        LanguageModel nina = TestData.Nina;
        int readId = nina.Tokenizer.Encode(read.Trim(), addSpecial: false)[0];
        int writtenId = nina.Tokenizer.Encode(written.Trim(), addSpecial: false)[0];
        string shape = "\"hidden_size\": 4, \"num_hidden_layers\": 1, \"num_attention_heads\": 2, \"num_key_value_heads\": 2, \"intermediate_size\": 3, \"vocab_size\": 2048, "
            + "\"max_position_embeddings\": 64, \"rms_norm_eps\": 1e-12, \"tie_word_embeddings\": false, \"bos_token_id\": 1, \"eos_token_id\": 2";
        string json = kind == "mixture"
            ? $$"""{"model_type": "mixtral", "architectures": ["MixtralForCausalLM"], "num_local_experts": 2, "num_experts_per_tok": 1, "hidden_act": "silu", {{shape}}}"""
            : $$"""{"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_act": "silu", {{shape}}}""";
        ModelConfig config = ModelConfig.FromJson(json, "tiny");
        Assert.Null(config.UnsupportedReason);

        var zero = new WeightMatrix(Hidden, Hidden, new float[Hidden * Hidden]);
        float[] ones = [1, 1, 1, 1];
        var layer = new LayerWeights(ones, zero, zero, zero, zero, ones)
        {
            Gate = kind == "dense" ? Gate(0) : null,
            Up = kind == "mixture" ? null : kind == "plain" ? Gate(0) : Up(0),
            Down = kind == "mixture" ? null : Down(0),
            Mixture = kind == "mixture"
                ? new MixtureWeights(
                    new WeightMatrix(2, Hidden, [1, 0, 0, 0, 0, 1, 0, 0]),
                    [new ExpertWeights(Gate(-1), Up(-1), Down(-1)), new ExpertWeights(Gate(1), Up(1), Down(1))])
                : null,
        };
        var weights = new ModelWeights(Table(readId, 2, writtenId, 2), [layer], ones, Table(readId, 3, writtenId, 3));
        return nina.With("tiny " + kind, config, weights);
    }

    /// <summary>The activation on the token that is read: its input is (0, 2, 0, 0).</summary>
    public static double Activation(string kind) => kind == "plain" ? Silu(10) : Silu(10) * 2;

    public static ComponentId Neuron(string kind) => new(ComponentKind.Neuron, 0, kind == "mixture" ? 3 + 1 : 0);

    private static double Silu(double x) => x / (1 + Math.Exp(-x));

    private static WeightMatrix Gate(int neuron) => Rows(neuron, 5);

    private static WeightMatrix Up(int neuron) => Rows(neuron, 1);

    private static WeightMatrix Rows(int neuron, float value)
    {
        float[] values = new float[3 * Hidden];
        if (neuron >= 0)
        {
            values[(neuron * Hidden) + 1] = value;
        }

        return new WeightMatrix(3, Hidden, values);
    }

    private static WeightMatrix Down(int neuron)
    {
        float[] values = new float[Hidden * 3];
        if (neuron >= 0)
        {
            values[(2 * 3) + neuron] = 4;
        }

        return new WeightMatrix(Hidden, 3, values);
    }

    private static WeightMatrix Table(int read, float readValue, int written, float writtenValue)
    {
        float[] values = new float[2048 * Hidden];
        for (int id = 0; id < 2048; id++)
        {
            values[id * Hidden] = 0.1f;
        }

        values[read * Hidden] = 0;
        values[(read * Hidden) + 1] = readValue;
        values[written * Hidden] = 0;
        values[(written * Hidden) + 2] = writtenValue;
        return new WeightMatrix(2048, Hidden, values);
    }
}
