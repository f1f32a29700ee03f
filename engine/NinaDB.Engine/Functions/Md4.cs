using System.Buffers.Binary;
using System.Numerics;

namespace NinaDB.Engine.Functions;

/// <summary>The MD4 digest of HASHBYTES, which .NET does not have.</summary>
/// <remarks>RFC 1320.</remarks>
internal static class Md4
{
    private static readonly int[] ThirdOrder = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15];

    public static byte[] HashData(ReadOnlySpan<byte> data)
    {
        int padded = (data.Length + 9 + 63) / 64 * 64;
        var message = new byte[padded];
        data.CopyTo(message);
        message[data.Length] = 0x80;
        BinaryPrimitives.WriteInt64LittleEndian(message.AsSpan(padded - 8), data.Length * 8L);
        Span<uint> state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476];
        Span<uint> x = stackalloc uint[16];
        for (int block = 0; block < padded; block += 64)
        {
            for (int i = 0; i < 16; i++)
            {
                x[i] = BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(block + (i * 4)));
            }

            Transform(state, x);
        }

        var digest = new byte[16];
        for (int i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(digest.AsSpan(i * 4), state[i]);
        }

        return digest;
    }

    private static void Transform(Span<uint> state, ReadOnlySpan<uint> x)
    {
        (uint a, uint b, uint c, uint d) = (state[0], state[1], state[2], state[3]);
        for (int i = 0; i < 48; i++)
        {
            int round = i / 16;
            int step = i % 4;
            (uint mixed, uint constant, int index, int shift) = round switch
            {
                0 => ((b & c) | (~b & d), 0u, i, step switch { 0 => 3, 1 => 7, 2 => 11, _ => 19 }),
                1 => ((b & c) | (b & d) | (c & d), 0x5A827999u, (i % 16 / 4) + (step * 4), step switch { 0 => 3, 1 => 5, 2 => 9, _ => 13 }),
                _ => (b ^ c ^ d, 0x6ED9EBA1u, ThirdOrder[i % 16], step switch { 0 => 3, 1 => 9, 2 => 11, _ => 15 }),
            };
            uint next = BitOperations.RotateLeft(a + mixed + x[index] + constant, shift);
            (a, b, c, d) = (d, next, b, c);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
    }
}
