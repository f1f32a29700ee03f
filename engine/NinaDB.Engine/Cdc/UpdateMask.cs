namespace NinaDB.Engine.Cdc;

/// <summary>Bit masks over captured columns. Column 1 is the lowest bit of the last byte.</summary>
internal static class UpdateMask
{
    public static byte[] Empty(int columns) => new byte[(columns + 7) / 8];

    /// <summary>The mask of inserts and deletes: a bit for every captured column.</summary>
    public static byte[] Full(int columns)
    {
        byte[] mask = Empty(columns);
        for (int i = 1; i <= columns; i++)
        {
            Set(mask, i);
        }

        return mask;
    }

    /// <param name="ordinal">1-based.</param>
    public static void Set(Span<byte> mask, int ordinal) => mask[^(((ordinal - 1) >> 3) + 1)] |= (byte)(1 << ((ordinal - 1) & 7));

    /// <param name="ordinal">1-based; outside of the mask nothing is set.</param>
    public static bool IsSet(ReadOnlySpan<byte> mask, int ordinal) =>
        ordinal > 0 && ((ordinal - 1) >> 3) < mask.Length && (mask[^(((ordinal - 1) >> 3) + 1)] & (1 << ((ordinal - 1) & 7))) != 0;

    /// <summary>Every bit that is set in one of the masks, given in hexadecimal one after the other.</summary>
    public static byte[] Union(string masks, int columns)
    {
        byte[] result = Empty(columns);
        byte[] all = Convert.FromHexString(masks);
        for (int i = 0; i < all.Length; i++)
        {
            result[i % result.Length] |= all[i];
        }

        return result;
    }
}
