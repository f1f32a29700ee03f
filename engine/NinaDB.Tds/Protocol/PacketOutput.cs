using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace NinaDB.Tds.Protocol;

/// <summary>
/// Writes tokens into packets ([MS-TDS] 2.2.3.1). Packets go to the client as soon as a buffer of them is full, on the writing thread: a client that does not read stops
/// whoever writes. The buffer is only held while a message is being written.
/// </summary>
internal sealed class PacketOutput(Stream stream)
{
    /// <summary>Bytes that are sent together.</summary>
    private const int BufferLength = 32 * 1024;

    private byte[] _buffer = [];
    private int _packetStart;
    private int _position;
    private int _limit;
    private byte _packetId = 1;
    private PacketType _type = PacketType.TabularResult;

    public Stream Stream { get; set; } = stream;

    /// <summary>Length of a full packet, header included.</summary>
    public int PacketSize { get; set; } = 4096;

    /// <summary>@@SPID, which every packet of the server carries.</summary>
    public int SessionId { get; set; }

    /// <summary>Whether the current message has bytes that were not sent yet, or sent packets without an end.</summary>
    public bool IsOpen => _buffer.Length > 0;

    /// <summary>Bytes sent so far.</summary>
    public long BytesSent { get; private set; }

    public void Begin(PacketType type = PacketType.TabularResult)
    {
        if (IsOpen)
        {
            throw new InvalidOperationException("A message is open already.");
        }

        _type = type;
        _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(BufferLength, PacketSize));
        _packetId = 1;
        StartPacket(0);
    }

    /// <summary>Ends the message and sends what is left of it.</summary>
    public void End()
    {
        WriteHeader(PacketStatus.EndOfMessage);
        try
        {
            Send(_position);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Sends what there is, although the packet is not full (RAISERROR WITH NOWAIT).</summary>
    public void Flush()
    {
        if (_position == _packetStart + PacketInput.HeaderLength)
        {
            if (_packetStart > 0)
            {
                Send(_packetStart);
                StartPacket(0);
            }

            return;
        }

        WriteHeader(PacketStatus.Normal);
        Send(_position);
        StartPacket(0);
    }

    /// <summary>Forgets the message: the connection is ending.</summary>
    public void Release()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private void StartPacket(int start)
    {
        _packetStart = start;
        _position = start + PacketInput.HeaderLength;
        _limit = start + PacketSize;
    }

    private void WriteHeader(PacketStatus status)
    {
        Span<byte> header = _buffer.AsSpan(_packetStart, PacketInput.HeaderLength);
        header[0] = (byte)_type;
        header[1] = (byte)status;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(_position - _packetStart));
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)SessionId);
        header[6] = _packetId++;
        header[7] = 0;
    }

    private void NextPacket()
    {
        WriteHeader(PacketStatus.Normal);
        int next = _limit;
        if (next + PacketSize > _buffer.Length)
        {
            Send(next);
            next = 0;
        }

        StartPacket(next);
    }

    private void Send(int count)
    {
        Stream.Write(_buffer, 0, count);
        BytesSent += count;
    }

    public void Write(Token token) => Write((byte)token);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(byte value)
    {
        if (_position == _limit)
        {
            NextPacket();
        }

        _buffer[_position++] = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ushort value) => WriteValue(BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(short value) => Write((ushort)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(int value) => WriteValue(BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    public void Write(uint value) => Write((int)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(long value) => WriteValue(BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    public void Write(ulong value) => Write((long)value);

    /// <summary>The low <paramref name="count"/> bytes of a number, lowest first.</summary>
    public void WriteLowBytes(long value, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Write((byte)(value >> (8 * i)));
        }
    }

    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            int room = _limit - _position;
            if (bytes.Length <= room)
            {
                bytes.CopyTo(_buffer.AsSpan(_position));
                _position += bytes.Length;
                return;
            }

            bytes[..room].CopyTo(_buffer.AsSpan(_position));
            _position += room;
            bytes = bytes[room..];
            NextPacket();
        }
    }

    /// <summary>Text as UTF-16, little endian.</summary>
    public void WriteUnicode(ReadOnlySpan<char> text)
    {
        if (BitConverter.IsLittleEndian)
        {
            Write(MemoryMarshal.AsBytes(text));
            return;
        }

        foreach (char c in text)
        {
            Write((ushort)c);
        }
    }

    /// <summary>Text as ASCII; the caller knows that it is.</summary>
    public void WriteAscii(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (_position == _limit)
            {
                NextPacket();
            }

            int count = Math.Min(text.Length, _limit - _position);
            Encoding.Latin1.GetBytes(text[..count], _buffer.AsSpan(_position));
            _position += count;
            text = text[count..];
        }
    }

    /// <summary>B_VARCHAR: one byte of length in characters.</summary>
    public void WriteByteText(string? text)
    {
        ReadOnlySpan<char> span = text.AsSpan(0, Math.Min(text?.Length ?? 0, byte.MaxValue));
        Write((byte)span.Length);
        WriteUnicode(span);
    }

    /// <summary>US_VARCHAR: two bytes of length in characters.</summary>
    public void WriteShortText(string? text)
    {
        ReadOnlySpan<char> span = text.AsSpan(0, Math.Min(text?.Length ?? 0, ushort.MaxValue));
        Write((ushort)span.Length);
        WriteUnicode(span);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteValue<T>(T value)
        where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        if (_limit - _position >= size)
        {
            Unsafe.WriteUnaligned(ref _buffer[_position], value);
            _position += size;
            return;
        }

        Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));
    }
}
