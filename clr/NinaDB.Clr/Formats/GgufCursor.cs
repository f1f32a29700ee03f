using System;
using System.IO;
using System.Text;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Formats;

/// <summary>A buffered little-endian reader that knows how many bytes the file still has, so that no length in it is believed unchecked.</summary>
internal sealed class GgufCursor
{
    /// <summary>Headers beyond this are refused: no real file comes near.</summary>
    private const long MaxHeaderBytes = 512L << 20;

    private static readonly UTF8Encoding StrictUtf8 = new(false, true);

    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _start;
    private int _end;
    private long _position;

    public GgufCursor(Stream stream, long length, string name)
    {
        _stream = stream;
        Length = length;
        Name = name;
    }

    public string Name { get; }

    public long Length { get; }

    /// <summary>The offset of the next byte.</summary>
    public long Position => _position;

    public long Remaining => Math.Min(Length, MaxHeaderBytes) - _position;

    /// <summary>How many texts had bytes that are not UTF-8.</summary>
    public int ReplacedTexts { get; private set; }

    public NinaException Error(int number, string reason) => NinaException.InFile(number, Name, _position, reason);

    public byte ReadByte()
    {
        Fill(1);
        _position++;
        return _buffer[_start++];
    }

    public ushort ReadUInt16()
    {
        Fill(2);
        ushort value = BitConverter.ToUInt16(_buffer, _start);
        Advance(2);
        return value;
    }

    public uint ReadUInt32()
    {
        Fill(4);
        uint value = BitConverter.ToUInt32(_buffer, _start);
        Advance(4);
        return value;
    }

    public ulong ReadUInt64()
    {
        Fill(8);
        ulong value = BitConverter.ToUInt64(_buffer, _start);
        Advance(8);
        return value;
    }

    /// <summary>Reads a count of things that take at least <paramref name="minBytes"/> bytes each, and checks that the file can hold them.</summary>
    public int ReadCount(int minBytes, string what)
    {
        ulong count = ReadUInt64();
        if (count > (ulong)(Remaining / minBytes) || count > int.MaxValue)
        {
            throw Error(ErrorNumber.GgufCount, $"{count} {what} do not fit into the {Length - _position} bytes that are left.");
        }

        return (int)count;
    }

    /// <summary>Reads a string with its length in front. Names must be valid UTF-8; in values invalid bytes become U+FFFD.</summary>
    public string ReadString(int maxBytes, bool isName)
    {
        ulong length = ReadUInt64();
        if (length > (ulong)maxBytes || length > (ulong)Remaining)
        {
            throw Error(isName ? ErrorNumber.GgufName : ErrorNumber.GgufCount, $"a string of {length} bytes is not possible here.");
        }

        byte[] bytes = ReadBytes((int)length);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (ArgumentException)
        {
            if (isName)
            {
                throw Error(ErrorNumber.GgufName, "a name is not valid UTF-8.");
            }

            ReplacedTexts++;
            return Encoding.UTF8.GetString(bytes);
        }
    }

    public byte[] ReadBytes(int count)
    {
        if (count > Remaining)
        {
            throw Truncated(count);
        }

        byte[] bytes = new byte[count];
        int done = 0;
        while (done < count)
        {
            if (_start == _end)
            {
                Fill(1);
            }

            int part = Math.Min(count - done, _end - _start);
            Buffer.BlockCopy(_buffer, _start, bytes, done, part);
            Advance(part);
            done += part;
        }

        return bytes;
    }

    private void Advance(int count)
    {
        _start += count;
        _position += count;
    }

    private void Fill(int count)
    {
        if (_end - _start >= count)
        {
            return;
        }

        if (count > Remaining)
        {
            throw Truncated(count);
        }

        Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
        _end -= _start;
        _start = 0;
        while (_end < count)
        {
            int read = _stream.Read(_buffer, _end, _buffer.Length - _end);
            if (read == 0)
            {
                throw Truncated(count);
            }

            _end += read;
        }
    }

    private NinaException Truncated(int count) => Error(ErrorNumber.GgufTruncated, $"the header needs {count} more bytes, the file ends after {Length}.");
}
