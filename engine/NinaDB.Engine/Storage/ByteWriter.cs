using System.Runtime.CompilerServices;

namespace NinaDB.Engine.Storage;

/// <summary>A growing byte buffer for keys and rows. Reused between rows by <see cref="Clear"/>; pass by reference.</summary>
internal struct ByteWriter
{
    private byte[] _buffer;

    public ByteWriter(int capacity)
    {
        _buffer = new byte[capacity];
        Length = 0;
    }

    public int Length { get; private set; }

    public readonly Span<byte> Written => _buffer.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Forgets what was written after <paramref name="length"/>.</summary>
    public void Truncate(int length) => Length = length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteByte(byte value)
    {
        if (Length == (_buffer?.Length ?? 0))
        {
            Grow(1);
        }

        _buffer![Length++] = value;
    }

    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Room for <paramref name="count"/> bytes that the caller fills in.</summary>
    public Span<byte> Take(int count)
    {
        if (Length + count > (_buffer?.Length ?? 0))
        {
            Grow(count);
        }

        Span<byte> taken = _buffer.AsSpan(Length, count);
        Length += count;
        return taken;
    }

    /// <summary>LEB128.</summary>
    public void WriteVarint(ulong value)
    {
        while (value >= 0x80)
        {
            WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        WriteByte((byte)value);
    }

    public readonly byte[] ToArray() => _buffer is null ? [] : _buffer.AsSpan(0, Length).ToArray();

    private void Grow(int count) => Array.Resize(ref _buffer, Math.Max(Length + count, Math.Max(64, (_buffer?.Length ?? 0) * 2)));
}
