using System;
using System.Text;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Tokenization;

/// <summary>Reads the fields of a protocol buffers message from bytes that nobody vouches for: every length and number is checked against what is there.</summary>
internal struct ProtobufReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _data;
    private readonly string _source;
    private readonly int _end;
    private int _position;
    private int _wireType;

    public ProtobufReader(byte[] data, string source)
        : this(data, 0, data.Length, source)
    {
    }

    private ProtobufReader(byte[] data, int start, int end, string source)
    {
        _data = data;
        _source = source;
        _position = start;
        _end = end;
        _wireType = 0;
    }

    /// <summary>Goes to the next field; false at the end. Its value must be read or skipped before the next one.</summary>
    public bool TryReadField(out int number)
    {
        number = 0;
        if (_position >= _end)
        {
            return false;
        }

        ulong tag = ReadVarint();
        if (tag >> 3 == 0 || tag >> 3 > 0x1FFFFFFF)
        {
            throw Error("a field has no valid number");
        }

        number = (int)(tag >> 3);
        _wireType = (int)(tag & 7);
        return true;
    }

    /// <summary>The value as an integer.</summary>
    public long ReadInteger()
    {
        Expect(0);
        return (long)ReadVarint();
    }

    /// <summary>The value as a boolean.</summary>
    public bool ReadBoolean() => ReadInteger() != 0;

    /// <summary>The value as a 32-bit floating-point number.</summary>
    public float ReadSingle()
    {
        Expect(5);
        Require(4);
        float value = BitConverter.ToSingle(_data, _position);
        _position += 4;
        return value;
    }

    /// <summary>The value as a message.</summary>
    public ProtobufReader ReadMessage()
    {
        int length = ReadLength();
        _position += length;
        return new ProtobufReader(_data, _position - length, _position, _source);
    }

    /// <summary>The value as text.</summary>
    public string ReadText()
    {
        int length = ReadLength();
        try
        {
            string text = StrictUtf8.GetString(_data, _position, length);
            _position += length;
            return text;
        }
        catch (DecoderFallbackException)
        {
            throw Error("a text is not UTF-8");
        }
    }

    /// <summary>The value as bytes.</summary>
    public byte[] ReadBytes()
    {
        int length = ReadLength();
        byte[] bytes = new byte[length];
        Array.Copy(_data, _position, bytes, 0, length);
        _position += length;
        return bytes;
    }

    /// <summary>Passes over the value.</summary>
    public void Skip()
    {
        switch (_wireType)
        {
            case 0:
                ReadVarint();
                break;
            case 1:
                Require(8);
                _position += 8;
                break;
            case 2:
                int length = ReadLength();
                _position += length;
                break;
            case 5:
                Require(4);
                _position += 4;
                break;
            default:
                throw Error($"a field has the unknown wire type {_wireType}");
        }
    }

    private int ReadLength()
    {
        Expect(2);
        ulong length = ReadVarint();
        if (length > (ulong)(_end - _position))
        {
            throw Error("a field is longer than what is left");
        }

        return (int)length;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            Require(1);
            byte b = _data[_position++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw Error("a number is too long");
    }

    private void Expect(int wireType)
    {
        if (_wireType != wireType)
        {
            throw Error($"a field has the wire type {_wireType}, not {wireType}");
        }
    }

    private void Require(int bytes)
    {
        if (_end - _position < bytes)
        {
            throw Error("a field is longer than what is left");
        }
    }

    private NinaException Error(string reason) => NinaException.InFile(ErrorNumber.SentencePieceInvalid, _source, _position, reason + ".");
}
