using System;
using NinaDB.Clr.Quantization;

namespace NinaDB.Clr.Tensors;

/// <summary>
/// Products with weights that stay as they are stored. One token takes its weights straight into registers where there is a kernel for
/// their type; more tokens share a panel of decoded rows. Both ways compute the same products and add them in the same order, so the
/// result is that of the decoded matrix to the last bit.
/// </summary>
internal static unsafe partial class Kernels
{
    /// <summary>Rows that are decoded at once when only a few tokens use them.</summary>
    private const int FewTokenRows = 8;

    /// <summary>Numbers between decoded rows: at a distance of a power of two they would displace each other in the cache.</summary>
    private const int PanelPadding = 16;

    /// <summary>Bytes of decoded weights that many tokens share.</summary>
    private const int DecodedPanelBytes = 512 << 10;

    /// <summary>y[t, r] = Σ_k x[t, k] · w[r, k] with rows of w encoded as <paramref name="type"/>, <paramref name="rowBytes"/> apart.</summary>
    public static void MultiplyEncoded(
        DType type, float* x, int xStride, int tokens, byte* w, long rowBytes, int rows, int k, float* y, int yStride)
    {
        if (type == DType.F32)
        {
            MultiplyTransposed(x, xStride, tokens, (float*)w, k, rows, k, y, yStride);
            return;
        }

        int first = tokens == 1 ? MultiplyInRegisters(type, x, w, rowBytes, rows, k, y) : 0;
        if (first == rows)
        {
            return;
        }

        int panel = tokens < 16 ? FewTokenRows : Math.Max(FewTokenRows, Math.Min(64, DecodedPanelBytes / (4 * k)) & ~7);
        int stride = k + PanelPadding;
        float[]? packed = PackTokens(x, xStride, tokens, k);
        float[] buffer = Scratch.Panel(checked(panel * stride));
        fixed (float* decoded = buffer)
        {
            for (; first < rows; first += panel)
            {
                int count = Math.Min(panel, rows - first);
                for (int r = 0; r < count; r++)
                {
                    BlockCodec.Decode(type, w + ((first + r) * rowBytes), decoded + ((long)r * stride), k);
                }

                MultiplyPanel(x, xStride, tokens, decoded, stride, count, k, y + first, yStride, packed);
            }
        }
    }

#if NETFRAMEWORK
    private static float[]? PackTokens(float* x, int xStride, int tokens, int k) => null;

    private static void MultiplyPanel(float* x, int xStride, int tokens, float* w, int wStride, int rows, int k, float* y, int yStride, float[]? packed)
        => MultiplyTransposed(x, xStride, tokens, w, wStride, rows, k, y, yStride);

    private static int MultiplyInRegisters(DType type, float* x, byte* w, long rowBytes, int rows, int k, float* y) => 0;
#endif
}
