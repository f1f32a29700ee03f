using System.Buffers.Binary;
using System.Text;

namespace NinaDB.Tds.Protocol;

/// <summary>
/// Reads the fields of a request. It has a whole message before it, or, for bulk load, a stream that blocks until more has come. Everything is checked against the end of
/// the message: a length that leads beyond it ends the connection.
/// </summary>
internal sealed class MessageReader
{
    private readonly Stream? _stream;
    private ReadOnlyMemory<byte> _data;
    private int _position;

    public MessageReader(ReadOnlyMemory<byte> data) => _data = data;

    /// <param name="longest">Longest single value that is taken into memory.</param>
    public MessageReader(Stream stream, int longest)
    {
        _stream = stream;
        _window = new byte[16 * 1024];
        LongestValue = longest;
    }

    private readonly byte[] _window = [];

    /// <summary>Longest value that may be read into memory at once.</summary>
    public int LongestValue { get; } = int.MaxValue;

    public bool IsAtEnd
    {
        get
        {
            if (_position < _data.Length)
            {
                return false;
            }

            return _stream is null || !Refill(0);
        }
    }

    public int Position => _position;

    /// <summary>Bytes left in memory.</summary>
    public int Remaining => _data.Length - _position;

    public byte Byte() => Take(1)[0];

    public byte PeekByte()
    {
        byte value = Take(1)[0];
        _position--;
        return value;
    }

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public short Int16() => BinaryPrimitives.ReadInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>A little-endian unsigned number of up to eight bytes.</summary>
    public long UIntOf(int bytes)
    {
        ReadOnlySpan<byte> span = Take(bytes);
        long value = 0;
        for (int i = bytes - 1; i >= 0; i--)
        {
            value = (value << 8) | span[i];
        }

        return value;
    }

    /// <summary>Bytes copied out.</summary>
    public byte[] Bytes(int count)
    {
        Check(count);
        if (_stream is null || count <= Remaining)
        {
            return Take(count).ToArray();
        }

        var bytes = new byte[count];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>UTF-16 text of a length in bytes.</summary>
    public string Unicode(int bytes)
    {
        if ((bytes & 1) != 0)
        {
            throw new TdsProtocolException("Unicode text of an odd number of bytes.");
        }

        return Encoding.Unicode.GetString(Span(bytes));
    }

    /// <summary>B_VARCHAR.</summary>
    public string ByteText() => Unicode(Byte() * 2);

    /// <summary>US_VARCHAR.</summary>
    public string ShortText() => Unicode(UInt16() * 2);

    public void Skip(int count)
    {
        Check(count);
        while (count > 0)
        {
            if (Remaining == 0 && !Refill(0))
            {
                throw TooShort();
            }

            int step = Math.Min(count, Remaining);
            _position += step;
            count -= step;
        }
    }

    /// <summary>Bytes of any length; valid until the next read.</summary>
    public ReadOnlySpan<byte> Span(int count)
    {
        Check(count);
        if (count <= Remaining)
        {
            ReadOnlySpan<byte> span = _data.Span.Slice(_position, count);
            _position += count;
            return span;
        }

        return _stream is null ? throw TooShort() : Bytes(count);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count <= Remaining)
        {
            ReadOnlySpan<byte> span = _data.Span.Slice(_position, count);
            _position += count;
            return span;
        }

        if (_stream is null)
        {
            throw TooShort();
        }

        if (count <= _window.Length)
        {
            while (Remaining < count)
            {
                if (!Refill(count))
                {
                    throw TooShort();
                }
            }

            return Take(count);
        }

        return Bytes(count);
    }

    private void CopyTo(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (Remaining == 0 && !Refill(0))
            {
                throw TooShort();
            }

            int step = Math.Min(destination.Length, Remaining);
            _data.Span.Slice(_position, step).CopyTo(destination);
            _position += step;
            destination = destination[step..];
        }
    }

    /// <summary>Reads more of the stream behind what is left; false at its end.</summary>
    private bool Refill(int _)
    {
        if (_stream is null)
        {
            return false;
        }

        int left = Remaining;
        _data.Span[_position..].CopyTo(_window);
        int read = _stream.Read(_window, left, _window.Length - left);
        _position = 0;
        _data = _window.AsMemory(0, left + read);
        return read > 0;
    }

    private void Check(int count)
    {
        if (count < 0 || count > LongestValue)
        {
            throw new TdsProtocolException($"A value of {count} bytes.");
        }

        if (_stream is null && count > Remaining)
        {
            throw TooShort();
        }
    }

    private static TdsProtocolException TooShort() => new("The message ends inside a field.");
}
