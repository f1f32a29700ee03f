using System.Buffers.Binary;

namespace NinaDB.Tds.Protocol;

/// <summary>Reads packets and puts messages together ([MS-TDS] 2.2.3.1). The stream changes when TLS begins or ends.</summary>
internal sealed class PacketInput(Stream stream, int maximumMessageLength)
{
    public const int HeaderLength = 8;

    private readonly byte[] _buffer = new byte[8 * 1024];
    private int _start;
    private int _end;

    public Stream Stream { get; set; } = stream;

    /// <summary>Longest message that is put together.</summary>
    public int MaximumMessageLength { get; set; } = maximumMessageLength;

    /// <summary>Largest packet that is accepted.</summary>
    public int MaximumPacketLength { get; set; } = 32768;

    /// <summary>The next message; of a bulk load only its first packet. Null when the client has hung up.</summary>
    public async ValueTask<TdsMessage?> ReadMessageAsync(CancellationToken cancellation)
    {
        TdsMessage? message = null;
        try
        {
            while (true)
            {
                if (!await FillAsync(HeaderLength, message is null, cancellation).ConfigureAwait(false))
                {
                    return null;
                }

                (PacketType type, PacketStatus status, int length) = ReadHeader();
                if (message is null)
                {
                    message = new TdsMessage(type, status);
                }
                else if (type == PacketType.Attention && type != message.Type)
                {
                    // The client gives up a message half sent; what it wants now is the acknowledgement.
                    message.Dispose();
                    message = new TdsMessage(type, status);
                }
                else if (type != message.Type)
                {
                    throw new TdsProtocolException($"A packet of type {(byte)type} inside a message of type {(byte)message.Type}.");
                }

                if (length > MaximumMessageLength - message.Length)
                {
                    throw new TdsProtocolException($"A message is longer than {MaximumMessageLength} bytes.");
                }

                await ReadPayloadAsync(message.Extend(length), cancellation).ConfigureAwait(false);
                message.IsIgnored |= (status & PacketStatus.Ignore) != 0;
                message.IsComplete = (status & PacketStatus.EndOfMessage) != 0;
                if (message.IsComplete || message.Type == PacketType.BulkLoad)
                {
                    TdsMessage result = message;
                    message = null;
                    return result;
                }
            }
        }
        finally
        {
            message?.Dispose();
        }
    }

    /// <summary>Looks at the first byte without taking it: a TLS record means TDS 8.0. Null at the end.</summary>
    public async ValueTask<byte?> PeekAsync(CancellationToken cancellation) =>
        await FillAsync(1, true, cancellation).ConfigureAwait(false) ? _buffer[_start] : null;

    /// <summary>Bytes read but not used yet, given up to whoever reads the stream from now on.</summary>
    public byte[] TakeBuffered()
    {
        byte[] taken = _buffer.AsSpan(_start, _end - _start).ToArray();
        _start = _end = 0;
        return taken;
    }

    private (PacketType Type, PacketStatus Status, int Length) ReadHeader()
    {
        ReadOnlySpan<byte> header = _buffer.AsSpan(_start, HeaderLength);
        int length = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        if (length < HeaderLength || length > MaximumPacketLength)
        {
            throw new TdsProtocolException($"A packet of {length} bytes.");
        }

        _start += HeaderLength;
        return ((PacketType)header[0], (PacketStatus)header[1], length - HeaderLength);
    }

    /// <summary>Makes sure that <paramref name="count"/> bytes are buffered; false when the client has hung up between messages.</summary>
    private async ValueTask<bool> FillAsync(int count, bool mayEnd, CancellationToken cancellation)
    {
        while (_end - _start < count)
        {
            if (_start > 0)
            {
                Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
                _end -= _start;
                _start = 0;
            }

            int read = await Stream.ReadAsync(_buffer.AsMemory(_end), cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                return mayEnd && _end == _start ? false : throw new EndOfStreamException("The client hung up inside a message.");
            }

            _end += read;
        }

        return true;
    }

    private async ValueTask ReadPayloadAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        int buffered = Math.Min(destination.Length, _end - _start);
        _buffer.AsMemory(_start, buffered).CopyTo(destination);
        _start += buffered;
        if (buffered < destination.Length)
        {
            await Stream.ReadExactlyAsync(destination[buffered..], cancellation).ConfigureAwait(false);
        }
    }
}
