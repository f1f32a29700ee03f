using System.Buffers.Binary;
using System.Text;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>A field as it was read: text, or the bytes of a native value; neither for NULL.</summary>
internal readonly record struct BulkValue(string? Text, byte[]? Bytes)
{
    public bool IsNull => Text is null && Bytes is null;

    public override string ToString() => Text ?? (Bytes is null ? "" : Convert.ToHexString(Bytes));
}

/// <summary>The rows of a bulk file.</summary>
internal interface IBulkReader
{
    /// <summary>Number of the row read last, from 1.</summary>
    long Row { get; }

    /// <summary>The next row; null at the end of the file.</summary>
    BulkValue[]? Read();
}

/// <summary>Splits a file into fields by a layout of bytes: length prefixes, terminators, fixed lengths.</summary>
internal sealed class BulkFileReader(Stream file, BulkFormat format, Encoding encoding, bool prefersEncoding) : IBulkReader
{
    private const int BufferSize = 1 << 16;

    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly MemoryStream _field = new();
    private int _position;
    private int _end;
    private bool _isStarted;

    public long Row { get; private set; }

    public BulkValue[]? Read()
    {
        if (!_isStarted)
        {
            _isStarted = true;
            SkipSignature();
        }

        if (Peek() < 0)
        {
            return null;
        }

        Row++;
        var values = new BulkValue[format.Fields.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ReadField(format.Fields[i], i, i == values.Length - 1);
        }

        return values;
    }

    /// <summary>A file of wide characters may begin with its byte order mark, one of UTF-8 with its own.</summary>
    private void SkipSignature()
    {
        BulkField first = format.Fields[0];
        ReadOnlySpan<byte> signature = first.HostType switch
        {
            BulkHostType.NChar when first.Prefix == 0 => [0xFF, 0xFE],
            BulkHostType.Char when first.Prefix == 0 => [0xEF, 0xBB, 0xBF],
            _ => [],
        };
        if (signature.Length > 0 && Peek() >= 0 && _buffer.AsSpan(0, _end).StartsWith(signature))
        {
            _position = signature.Length;
        }
    }

    private BulkValue ReadField(BulkField field, int index, bool isLast)
    {
        if (field.Prefix > 0)
        {
            long length = ReadPrefix(field.Prefix);
            if (length >= 0)
            {
                ReadBytes(length);
            }

            if (field.Terminator.Length > 0)
            {
                byte[]? value = length < 0 ? null : _field.ToArray();
                ReadToTerminator(field, index, isLast);
                return value is null ? default : Decode(field, value, isEmptyNull: false);
            }

            return length < 0 ? default : Decode(field, _field.ToArray(), isEmptyNull: false);
        }

        if (field.Terminator.Length > 0)
        {
            ReadToTerminator(field, index, isLast);
            return Decode(field, _field.ToArray(), isEmptyNull: true);
        }

        ReadBytes(field.Length);
        return Decode(field, _field.ToArray(), isEmptyNull: true);
    }

    private BulkValue Decode(BulkField field, byte[] bytes, bool isEmptyNull)
    {
        if (isEmptyNull && bytes.Length == 0)
        {
            return default;
        }

        switch (field.HostType)
        {
            case BulkHostType.NChar:
                return new BulkValue(Encoding.Unicode.GetString(bytes), null);
            case BulkHostType.Char:
                string text = (prefersEncoding ? encoding : field.Encoding ?? encoding).GetString(bytes);
                return new BulkValue(isEmptyNull && text == "\0" ? "" : text, null);
            default:
                return new BulkValue(null, bytes);
        }
    }

    /// <summary>The length before a value; negative for NULL.</summary>
    private long ReadPrefix(int size)
    {
        ReadBytes(size);
        ReadOnlySpan<byte> bytes = _field.GetBuffer().AsSpan(0, size);
        return size switch
        {
            1 => bytes[0] == 0xFF ? -1 : bytes[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes) is 0xFFFF ? -1 : BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            4 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            _ => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        };
    }

    /// <summary>Reads so many bytes; error 4832 when the file has fewer, whatever the length claims.</summary>
    private void ReadBytes(long count)
    {
        if (count > int.MaxValue / 2)
        {
            throw SqlErrors.Create(4832);
        }

        _field.SetLength(0);
        while (count > 0)
        {
            if (Peek() < 0)
            {
                throw SqlErrors.Create(4832);
            }

            int part = (int)Math.Min(count, _end - _position);
            _field.Write(_buffer, _position, part);
            _position += part;
            count -= part;
        }
    }

    /// <summary>Reads to the terminator; the last field of the file may do without. Errors 4832 and 4866.</summary>
    private void ReadToTerminator(BulkField field, int index, bool isLast)
    {
        byte[] terminator = field.Terminator;
        byte final = terminator[^1];
        _field.SetLength(0);
        while (Peek() >= 0)
        {
            byte b = _buffer[_position++];
            _field.WriteByte(b);
            if (b == final && _field.Length >= terminator.Length && _field.GetBuffer().AsSpan((int)_field.Length - terminator.Length, terminator.Length).SequenceEqual(terminator))
            {
                _field.SetLength(_field.Length - terminator.Length);
                return;
            }

            if ((field.Length > 0 && field.Prefix == 0 && _field.Length > (long)field.Length + terminator.Length) || _field.Length > int.MaxValue / 2)
            {
                throw SqlErrors.Create(4866, Row, index + 1);
            }
        }

        if (!isLast)
        {
            throw SqlErrors.Create(4832);
        }
    }

    private int Peek()
    {
        if (_position < _end)
        {
            return _buffer[_position];
        }

        _position = 0;
        _end = file.Read(_buffer, 0, BufferSize);
        return _end > 0 ? _buffer[0] : -1;
    }
}
