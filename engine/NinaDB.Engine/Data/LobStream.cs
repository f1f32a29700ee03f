using Microsoft.Win32.SafeHandles;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Data;

/// <summary>A seekable, read-only stream over a large object.</summary>
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

    public override int Read(Span<byte> buffer)
    {
        int read = buffer.IsEmpty ? 0 : lob.Read(_position, buffer);
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => lob.Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("The stream is read-only.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is read-only.");
}

/// <summary>A seekable stream given as a parameter, seen as a large object: a big file is never held in memory.</summary>
internal sealed class StreamLob : SqlLob
{
    private readonly Stream _stream;
    private readonly SafeFileHandle? _file;
    private readonly long _start;

    private StreamLob(Stream stream)
    {
        _stream = stream;
        _file = stream is FileStream file ? file.SafeFileHandle : null;
        _start = stream.Position;
        Length = stream.Length - _start;
    }

    public override long Length { get; }

    /// <summary>The rest of a stream as a value; a stream that cannot seek is read into memory.</summary>
    public static SqlValue ValueOf(Stream stream)
    {
        if (stream.CanSeek)
        {
            return SqlValue.FromLob(new StreamLob(stream));
        }

        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return SqlValue.FromBinary(copy.ToArray());
    }

    public override int Read(long offset, Span<byte> destination)
    {
        int count = (int)Math.Min(destination.Length, Math.Max(0, Length - offset));
        if (_file is not null)
        {
            return RandomAccess.Read(_file, destination[..count], _start + offset);
        }

        lock (_stream)
        {
            _stream.Position = _start + offset;
            return _stream.Read(destination[..count]);
        }
    }
}
