#if !NETFRAMEWORK
using System;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NinaDB.Clr.Tensors;

/// <summary>Matrix products with AVX2 and FMA; with the 32 registers of AVX-512VL the tiles are twice as large.</summary>
internal static unsafe partial class Kernels
{
    /// <summary>Numbers of k that a tile runs over before the next tile has its turn: six tokens of them stay in the first-level cache.</summary>
    private const int DepthBlock = 512;

    /// <summary>The distance of two tokens in a block of k: a cache line more than the block.</summary>
    private const int PackedStride = DepthBlock + 16;

    /// <summary>Tokens whose sums are kept while k goes by.</summary>
    private const int TokenBlock = 48;

    /// <summary>Bytes of weights that are gone over for every block of tokens: half a second-level cache.</summary>
    private const int PanelBytes = 512 << 10;

    /// <summary>The largest number of rows of such a panel.</summary>
    private const int PanelRows = 64;

    /// <summary>Whether the products of this file run here.</summary>
    private static bool HasAvx2 => Avx2.IsSupported && Fma.IsSupported;

    private static int TileTokens => Avx512F.VL.IsSupported ? 6 : 3;

    /// <summary>y[t, r] = Σ_k x[t, k] · w[r, k]: both operands row-major with contiguous k. A result does not depend on the other tokens and rows of the call.</summary>
    public static void MultiplyTransposed(float* x, int xStride, int tokens, float* w, int wStride, int rows, int k, float* y, int yStride)
        => MultiplyPanel(x, xStride, tokens, w, wStride, rows, k, y, yStride, PackTokens(x, xStride, tokens, k));

    /// <summary>Copies the tokens of a deep product side by side: at a distance of a power of two they would displace each other in the cache. Null where it is not worth it.</summary>
    private static float[]? PackTokens(float* x, int xStride, int tokens, int k)
    {
        int whole = k & ~7;
        if (!HasAvx2 || tokens < TileTokens || whole <= 2 * DepthBlock)
        {
            return null;
        }

        int depths = (whole + DepthBlock - 1) / DepthBlock;
        float[] buffer = Scratch.Packed(checked(depths * tokens * PackedStride));
        fixed (float* packed = buffer)
        {
            Pack(x, xStride, tokens, whole, packed);
        }

        return buffer;
    }

    /// <summary><see cref="MultiplyTransposed"/> with the result of <see cref="PackTokens"/>, which serves all rows.</summary>
    private static void MultiplyPanel(float* x, int xStride, int tokens, float* w, int wStride, int rows, int k, float* y, int yStride, float[]? packed)
    {
        if (!HasAvx2)
        {
            MultiplyPortable(x, xStride, tokens, w, wStride, rows, k, y, yStride);
            return;
        }

        int whole = k & ~7;
        int tiled = rows & ~3;
        if (tokens < TileTokens)
        {
            MultiplyFewTokens(x, xStride, tokens, w, wStride, tiled, whole, y, yStride);
        }
        else if (packed == null)
        {
            MultiplyShallow(x, xStride, tokens, w, wStride, tiled, whole, y, yStride);
        }
        else
        {
            MultiplyDeep(packed, tokens, w, wStride, tiled, whole, y, yStride);
        }

        for (int r = tiled; r < rows; r++)
        {
            for (int t = 0; t < tokens; t++)
            {
                y[((long)t * yStride) + r] = Tile1X1(x + ((long)t * xStride), w + ((long)r * wStride), whole);
            }
        }

        if (whole < k)
        {
            AddTail(x + whole, xStride, tokens, w + whole, wStride, rows, k - whole, y, yStride);
        }
    }

    /// <summary>The last numbers of k, fewer than a vector.</summary>
    private static void AddTail(float* x, int xStride, int tokens, float* w, int wStride, int rows, int count, float* y, int yStride)
    {
        for (int t = 0; t < tokens; t++)
        {
            float* xt = x + ((long)t * xStride);
            float* yt = y + ((long)t * yStride);
            for (int r = 0; r < rows; r++)
            {
                float* wr = w + ((long)r * wStride);
                for (int i = 0; i < count; i++)
                {
                    yt[r] += wr[i] * xt[i];
                }
            }
        }
    }

    /// <summary>Each group of rows is used by all tokens while it is in the cache.</summary>
    private static void MultiplyFewTokens(float* x, int xStride, int tokens, float* w, int wStride, int rows, int k, float* y, int yStride)
    {
        int r = 0;
        if (tokens < 3)
        {
            for (; r <= rows - 8; r += 8)
            {
                for (int t = 0; t < tokens; t++)
                {
                    Tile8X1(x + ((long)t * xStride), w + ((long)r * wStride), wStride, k, y + ((long)t * yStride) + r);
                }
            }
        }

        for (; r < rows; r += 4)
        {
            TileRow(x, xStride, 0, tokens, w + ((long)r * wStride), wStride, k, null, TileStep.Whole, y + r, yStride);
        }
    }

    /// <summary>k is short enough for a tile to run over all of it.</summary>
    private static void MultiplyShallow(float* x, int xStride, int tokens, float* w, int wStride, int rows, int k, float* y, int yStride)
    {
        int panel = PanelOf(k);
        int tile = TileTokens;
        for (int first = 0; first < rows; first += panel)
        {
            int end = Math.Min(rows, first + panel);
            for (int t = 0; t < tokens; t += tile)
            {
                int last = Math.Min(tokens, t + tile);
                for (int r = first; r < end; r += 4)
                {
                    TileRow(x, xStride, t, last, w + ((long)r * wStride), wStride, k, null, TileStep.Whole, y + r, yStride);
                }
            }
        }
    }

    /// <summary>
    /// k goes by in blocks that fit the first-level cache; the sums of a panel of rows and a block of tokens wait in memory.
    /// </summary>
    private static void MultiplyDeep(float[] packedTokens, int tokens, float* w, int wStride, int rows, int k, float* y, int yStride)
    {
        int panel = PanelOf(k);
        int tile = TileTokens;
        int depths = (k + DepthBlock - 1) / DepthBlock;
        long depthStride = (long)tokens * PackedStride;
        float[] sumBuffer = Scratch.Sums(PanelRows * TokenBlock * 8);
        fixed (float* packed = packedTokens, sums = sumBuffer)
        {
            for (int first = 0; first < rows; first += panel)
            {
                int end = Math.Min(rows, first + panel);
                for (int block = 0; block < tokens; block += TokenBlock)
                {
                    int blockEnd = Math.Min(tokens, block + TokenBlock);
                    for (int d = 0; d < depths; d++)
                    {
                        int depth = d * DepthBlock;
                        TileStep step = (d == 0 ? TileStep.First : 0) | (d == depths - 1 ? TileStep.Last : 0);
                        float* place = sums;
                        for (int t = block; t < blockEnd; t += tile)
                        {
                            int last = Math.Min(blockEnd, t + tile);
                            for (int r = first; r < end; r += 4)
                            {
                                TileRow(
                                    packed + (d * depthStride), PackedStride, t, last, w + ((long)r * wStride) + depth, wStride, Math.Min(DepthBlock, k - depth), place, step, y + r, yStride);
                                place += 32 * (last - t);
                            }
                        }
                    }
                }
            }
        }
    }

    /// <summary>Copies tokens to [blocks of k, tokens, <see cref="PackedStride"/>].</summary>
    private static void Pack(float* x, int xStride, int tokens, int k, float* target)
    {
        for (int depth = 0; depth < k; depth += DepthBlock)
        {
            long bytes = 4L * Math.Min(DepthBlock, k - depth);
            for (int t = 0; t < tokens; t++, target += PackedStride)
            {
                Buffer.MemoryCopy(x + ((long)t * xStride) + depth, target, bytes, bytes);
            }
        }
    }

    private static int PanelOf(int k) => Math.Max(8, Math.Min(PanelRows, PanelBytes / Math.Max(1, k * 4))) & ~3;

    /// <summary>Four rows by the tokens <paramref name="from"/>..<paramref name="to"/>, in the largest tiles that fit.</summary>
    private static void TileRow(float* x, long xStride, int from, int to, float* w, long wStride, int count, float* sums, TileStep step, float* y, long yStride)
    {
        int t = from;
        if (Avx512F.VL.IsSupported)
        {
            for (; t <= to - 6; t += 6, sums += 192)
            {
                Tile4X6(x + (t * xStride), xStride, w, wStride, count, sums, step, y + (t * yStride), yStride);
            }
        }

        for (; t <= to - 3; t += 3, sums += 96)
        {
            Tile4X3(x + (t * xStride), xStride, w, wStride, count, sums, step, y + (t * yStride), yStride);
        }

        for (; t < to; t++, sums += 32)
        {
            Tile4X1(x + (t * xStride), xStride, w, wStride, count, sums, step, y + (t * yStride), yStride);
        }
    }
}
#endif
