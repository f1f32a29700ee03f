using NinaDB.Engine.Types;

namespace NinaDB.Engine.Clr;

/// <summary>A large object as a read-only, seekable stream, which is what SqlBytes takes to read piece by piece.</summary>
internal sealed class LobStream(SqlLob lob) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => lob.Length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_position >= lob.Length)
        {
            return 0;
        }

        int read = lob.Read(_position, buffer);
        _position += read;
        return read;
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => lob.Length + offset,
        };
        return _position;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("A large object passed to the CLR is read-only.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A large object passed to the CLR is read-only.");
}
