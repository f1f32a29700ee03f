using System;
using System.Globalization;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Patching;

/// <summary>
/// Names a weight that a patch changes by its role, so that one patch fits a model whatever its file calls its tensors:
/// <c>layers.3.feed_forward_down</c>, <c>layers.3.experts.2.feed_forward_down</c>, <c>output_head</c>.
/// </summary>
public readonly struct PatchTarget : IEquatable<PatchTarget>
{
    /// <summary>The expert number that stands for the expert that always runs.</summary>
    public const int SharedExpert = int.MaxValue;

    /// <summary>Names a weight; layer and expert are -1 where they do not apply.</summary>
    public PatchTarget(TensorRole role, int layer = -1, int expert = -1)
    {
        Role = role;
        Layer = layer;
        Expert = expert;
    }

    /// <summary>What the weight is for.</summary>
    public TensorRole Role { get; }

    /// <summary>The layer, counted from 0; -1 outside the layers.</summary>
    public int Layer { get; }

    /// <summary>The expert, counted from 0; -1 for a weight that belongs to none.</summary>
    public int Expert { get; }

    /// <summary>Parses the text of a target. Raises <see cref="ErrorNumber.PatchInvalid"/>.</summary>
    public static PatchTarget Parse(string text)
    {
        string[] parts = (text ?? string.Empty).Split('.');
        int layer = -1;
        int expert = -1;
        if (parts.Length > 1)
        {
            bool inExpert = parts.Length == 5 && parts[2] == "experts";
            bool fits = (parts.Length == 3 || inExpert) && parts[0] == "layers" && TryIndex(parts[1], out layer);
            fits = fits && (!inExpert || (parts[3] == "shared" && (expert = SharedExpert) > 0) || TryIndex(parts[3], out expert));
            if (!fits)
            {
                throw Unknown(text);
            }
        }

        foreach (TensorRole role in Enum.GetValues(typeof(TensorRole)))
        {
            if (role != TensorRole.Unknown && NameOf(role) == parts[parts.Length - 1])
            {
                return new PatchTarget(role, layer, expert);
            }
        }

        throw Unknown(text);
    }

    /// <inheritdoc/>
    public bool Equals(PatchTarget other) => Role == other.Role && Layer == other.Layer && Expert == other.Expert;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PatchTarget other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ((int)Role * 397) ^ (Layer * 31) ^ Expert;

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Layer >= 0)
        {
            text.Append("layers.").Append(Layer.ToString(CultureInfo.InvariantCulture)).Append('.');
        }

        if (Expert >= 0)
        {
            text.Append("experts.").Append(Expert == SharedExpert ? "shared" : Expert.ToString(CultureInfo.InvariantCulture)).Append('.');
        }

        return text.Append(NameOf(Role)).ToString();
    }

    private static NinaException Unknown(string? text) => new(ErrorNumber.PatchInvalid, $"'{text}' is no weight that a patch can change.");

    private static bool TryIndex(string text, out int index)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index) && index < SharedExpert;

    /// <summary>FeedForwardDown is feed_forward_down.</summary>
    private static string NameOf(TensorRole role)
    {
        var text = new StringBuilder();
        foreach (char c in role.ToString())
        {
            if (char.IsUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
