using System.Buffers.Binary;

namespace NinaDB.Tds.Protocol;

/// <summary>
/// Carries the TLS handshake inside PRELOGIN packets ([MS-TDS] 3.2.5.1, TDS 7.x); once <see cref="EndHandshake"/> was called, bytes pass as they are and packets travel inside TLS.
/// </summary>
internal sealed class HandshakeStream(Stream inner) : Stream
{
    private const int MaximumPayload = 4096 - PacketInput.HeaderLength;

    private bool _isHandshake = true;
    private int _payloadLeft;

    public void EndHandshake() => _isHandshake = false;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (!_isHandshake)
        {
            return inner.Read(buffer);
        }

        throw new NotSupportedException("The handshake is asynchronous.");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _isHandshake ? ReadHandshakeAsync(buffer, cancellationToken) : inner.ReadAsync(buffer, cancellationToken);

    private async ValueTask<int> ReadHandshakeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (_payloadLeft == 0)
        {
            var header = new byte[PacketInput.HeaderLength];
            int first = await inner.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (first == 0)
            {
                return 0;
            }

            if (first < header.Length || header[0] != (byte)PacketType.Prelogin)
            {
                throw new TdsProtocolException("The TLS handshake is not in PRELOGIN packets.");
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2));
            _payloadLeft = length >= header.Length ? length - header.Length : throw new TdsProtocolException($"A packet of {length} bytes.");
        }

        int read = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, _payloadLeft)], cancellationToken).ConfigureAwait(false);
        _payloadLeft -= read;
        return read;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!_isHandshake)
        {
            inner.Write(buffer);
            return;
        }

        inner.Write(Wrap(buffer));
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(_isHandshake ? Wrap(buffer.Span) : buffer, cancellationToken);

    private static byte[] Wrap(ReadOnlySpan<byte> payload)
    {
        int packets = Math.Max(1, (payload.Length + MaximumPayload - 1) / MaximumPayload);
        var wrapped = new byte[payload.Length + (packets * PacketInput.HeaderLength)];
        int position = 0;
        for (int i = 0; i < packets; i++)
        {
            ReadOnlySpan<byte> part = payload[..Math.Min(MaximumPayload, payload.Length)];
            payload = payload[part.Length..];
            wrapped[position] = (byte)PacketType.Prelogin;
            wrapped[position + 1] = (byte)(payload.IsEmpty ? PacketStatus.EndOfMessage : PacketStatus.Normal);
            BinaryPrimitives.WriteUInt16BigEndian(wrapped.AsSpan(position + 2), (ushort)(part.Length + PacketInput.HeaderLength));
            wrapped[position + 6] = (byte)(i + 1);
            part.CopyTo(wrapped.AsSpan(position + PacketInput.HeaderLength));
            position += part.Length + PacketInput.HeaderLength;
        }

        return wrapped;
    }

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
