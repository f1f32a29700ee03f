using System;
using System.Collections.Generic;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Storage;

namespace NinaDB.Clr.Capabilities;

/// <summary>
/// The texts of a probe in a file that is only appended to: a record a text, with the text's SHA-256 and a checksum. A probe that was killed
/// is gone on with: opening the file again finds the records that are whole, and cuts off what is not. Results read it through a mapping, so
/// that memory does not grow with texts times components.
/// </summary>
internal sealed unsafe class ProbeFile : ActivationStore
{
    private const uint FileMagic = 0x3146504E; // "NPF1"
    private const uint ActivationMagic = 0x3152504E; // "NPR1"
    private const uint LossMagic = 0x314C504E; // "NPL1"
    private const int HeaderBytes = 48;
    private const int RecordHeaderBytes = 56; // magic, component count, byte length (8), SHA-256, checksum (8)
    private const int HashBytes = 32;
    private const int ActivationHeaderBytes = 16;

    private readonly FileStream _stream;
    private readonly int _components;
    private readonly int _vocabulary;
    private readonly Dictionary<string, Record> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TextScore> _losses = new(StringComparer.Ordinal);
    private readonly List<Record> _texts = new();
    private readonly object _mapLock = new();
    private long _end;
    private MemoryMappedFile? _file;
    private MemoryMappedViewAccessor? _view;
    private byte* _start;
    private long _mapped;

    private ProbeFile(FileStream stream, int components, int vocabulary)
    {
        _stream = stream;
        _components = components;
        _vocabulary = vocabulary;
    }

    public override int Count => _texts.Count;

    /// <summary>The file's path.</summary>
    public string Path => _stream.Name;

    /// <summary>Passages of an earlier run that were found whole.</summary>
    public int KnownCount => _known.Count;

    /// <summary>
    /// Opens or makes the file of a probe. <paramref name="key"/> [32] says what it belongs to (model and components); a file of another key is
    /// started afresh. Null when another probe holds the file.
    /// </summary>
    public static ProbeFile? TryOpen(string path, byte[] key, int components, int vocabulary)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }

        return Start(stream, key, components, vocabulary);
    }

    /// <summary>A file of its own that is gone when it is closed, or the process is.</summary>
    public static ProbeFile Temporary(int components, int vocabulary)
    {
        string path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "ninadb-probe-" + Guid.NewGuid().ToString("N"));
        var stream = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        return Start(stream, new byte[HashBytes], components, vocabulary);
    }

    public override int[] Tokens(int text) => _texts[text].Tokens;

    public override int TokenCount(int text) => _texts[text].TokenCount;

    /// <summary>Makes a text of an earlier run the next text of the probe; false when it is not in the file.</summary>
    public bool TryReuse(byte[] textHash)
    {
        if (!_known.TryGetValue(ContentHash.ToHex(textHash), out Record? record))
        {
            return false;
        }

        _texts.Add(record);
        return true;
    }

    /// <summary>Whether the file holds a text.</summary>
    public bool Holds(byte[] textHash) => _known.ContainsKey(ContentHash.ToHex(textHash));

    /// <summary>What a passage scored in an earlier run.</summary>
    public bool TryGetLoss(byte[] textHash, out TextScore score) => _losses.TryGetValue(ContentHash.ToHex(textHash), out score);

    public override void Add(TextActivation activation)
    {
        Append(new byte[HashBytes], activation);
        Flush();
    }

    /// <summary>Writes a text behind the others and makes it the next of the probe.</summary>
    public void Append(byte[] textHash, TextActivation activation)
    {
        NinaException.Require(activation.MeanMagnitude.Length == _components, "The activation is of other components than the probe.");
        int length = checked(ActivationHeaderBytes + (4 * activation.Tokens.Length) + (4 * TextActivation.FieldCount * _components));
        byte[] bytes = new byte[checked(RecordHeaderBytes + length)];
        activation.WriteTo(bytes, RecordHeaderBytes);
        Record record = new(_end + RecordHeaderBytes, activation.Tokens, activation.TokenCount);
        Write(ActivationMagic, textHash, bytes, length);
        _known[ContentHash.ToHex(textHash)] = record;
        _texts.Add(record);
    }

    /// <summary>Keeps what a passage scored.</summary>
    public void AppendLoss(byte[] textHash, TextScore score)
    {
        byte[] bytes = new byte[RecordHeaderBytes + 16];
        Buffer.BlockCopy(new[] { BitConverter.DoubleToInt64Bits(score.Nats), score.TokenCount }, 0, bytes, RecordHeaderBytes, 16);
        Write(LossMagic, textHash, bytes, 16);
        _losses[ContentHash.ToHex(textHash)] = score;
    }

    /// <summary>Hands what was written to the operating system: from here on a killed process loses nothing of it.</summary>
    public void Flush() => _stream.Flush();

    public override void Read(int text, ActivationField field, int first, int count, float* target)
    {
        NinaException.Require(first >= 0 && count >= 0 && first <= _components - count, "The probe has no such components.");
        Record record = _texts[text];
        long offset = record.Offset + ActivationHeaderBytes + (4L * record.Tokens.Length) + (4L * (((long)field * _components) + first));
        byte* start = Map(offset + (4L * count));
        Buffer.MemoryCopy(start + offset, target, 4L * count, 4L * count);
    }

    public override void Dispose()
    {
        Unmap();
        _stream.Dispose();
    }

    private static ProbeFile Start(FileStream stream, byte[] key, int components, int vocabulary)
    {
        var file = new ProbeFile(stream, components, vocabulary);
        try
        {
            if (!file.ReadHeader(key))
            {
                file.WriteHeader(key);
            }

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private bool ReadHeader(byte[] key)
    {
        byte[] header = new byte[HeaderBytes];
        if (!TryRead(header, 0, HeaderBytes) || BitConverter.ToUInt32(header, 0) != FileMagic || BitConverter.ToInt32(header, 4) != _components)
        {
            return false;
        }

        for (int i = 0; i < HashBytes; i++)
        {
            if (header[8 + i] != key[i])
            {
                return false;
            }
        }

        _end = HeaderBytes;
        while (ReadRecord())
        {
        }

        // What a killed process left half written is cut off, so that the next record begins where the last whole one ended.
        _stream.SetLength(_end);
        _stream.Position = _end;
        return true;
    }

    private void WriteHeader(byte[] key)
    {
        _stream.SetLength(0);
        _stream.Position = 0;
        byte[] header = new byte[HeaderBytes];
        Buffer.BlockCopy(BitConverter.GetBytes(FileMagic), 0, header, 0, 4);
        Buffer.BlockCopy(BitConverter.GetBytes(_components), 0, header, 4, 4);
        Buffer.BlockCopy(key, 0, header, 8, HashBytes);
        _stream.Write(header, 0, header.Length);
        _stream.Flush();
        _end = HeaderBytes;
    }

    /// <summary>Reads the record at the end of what is known; false when there is none, or none that is whole.</summary>
    private bool ReadRecord()
    {
        byte[] header = new byte[RecordHeaderBytes];
        if (_stream.Length - _end < RecordHeaderBytes || !TryRead(header, 0, RecordHeaderBytes))
        {
            return false;
        }

        uint magic = BitConverter.ToUInt32(header, 0);
        long length = BitConverter.ToInt64(header, 8);
        long longest = ActivationHeaderBytes + (4L * TextActivation.FieldCount * _components) + (4L << 24);
        if (BitConverter.ToInt32(header, 4) != _components || length < 16 || length > longest || length > _stream.Length - _end - RecordHeaderBytes)
        {
            return false;
        }

        byte[] bytes = new byte[length];
        if (!TryRead(bytes, 0, bytes.Length) || Checksum(bytes, 0, bytes.Length) != BitConverter.ToUInt64(header, 48))
        {
            return false;
        }

        byte[] hash = new byte[HashBytes];
        Buffer.BlockCopy(header, 16, hash, 0, HashBytes);
        string name = ContentHash.ToHex(hash);
        if (magic == LossMagic && length == 16)
        {
            _losses[name] = new TextScore(BitConverter.ToDouble(bytes, 0), BitConverter.ToInt64(bytes, 8));
        }
        else if (magic != ActivationMagic || !Keep(name, bytes))
        {
            return false;
        }

        _end += RecordHeaderBytes + length;
        return true;
    }

    private bool Keep(string name, byte[] bytes)
    {
        int statistics = BitConverter.ToInt32(bytes, 8);
        int tokens = BitConverter.ToInt32(bytes, 12);
        if (tokens <= 0 || statistics <= 0 || statistics > tokens || bytes.LongLength != ActivationHeaderBytes + (4L * tokens) + (4L * TextActivation.FieldCount * _components))
        {
            return false;
        }

        int[] ids = new int[tokens];
        Buffer.BlockCopy(bytes, ActivationHeaderBytes, ids, 0, 4 * tokens);
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)_vocabulary)
            {
                return false;
            }
        }

        _known[name] = new Record(_end + RecordHeaderBytes, ids, statistics);
        return true;
    }

    private void Write(uint magic, byte[] textHash, byte[] bytes, int length)
    {
        Buffer.BlockCopy(BitConverter.GetBytes(magic), 0, bytes, 0, 4);
        Buffer.BlockCopy(BitConverter.GetBytes(_components), 0, bytes, 4, 4);
        Buffer.BlockCopy(BitConverter.GetBytes((long)length), 0, bytes, 8, 8);
        Buffer.BlockCopy(textHash, 0, bytes, 16, HashBytes);
        Buffer.BlockCopy(BitConverter.GetBytes(Checksum(bytes, RecordHeaderBytes, length)), 0, bytes, 48, 8);
        try
        {
            _stream.Position = _end;
            _stream.Write(bytes, 0, bytes.Length);
        }
        catch (IOException error)
        {
            throw new NinaException(ErrorNumber.ProbeStorageFailed, $"The probe's file '{Path}' cannot be written: {error.Message}", error);
        }

        _end += bytes.Length;
    }

    private bool TryRead(byte[] target, int offset, int count)
    {
        while (count > 0)
        {
            int read = _stream.Read(target, offset, count);
            if (read <= 0)
            {
                return false;
            }

            offset += read;
            count -= read;
        }

        return true;
    }

    /// <summary>The start of a mapping that reaches to <paramref name="end"/> at least. Texts are not added while results are read.</summary>
    private byte* Map(long end)
    {
        lock (_mapLock)
        {
            if (_mapped < end)
            {
                Unmap();
                _stream.Flush();
#if NETFRAMEWORK
                _file = MemoryMappedFile.CreateFromFile(_stream, null, 0, MemoryMappedFileAccess.Read, null, HandleInheritability.None, leaveOpen: true);
#else
                _file = MemoryMappedFile.CreateFromFile(_stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
#endif
                _view = _file.CreateViewAccessor(0, _end, MemoryMappedFileAccess.Read);
                byte* pointer = null;
                _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
                _start = pointer + _view.PointerOffset;
                _mapped = _end;
            }

            return _start;
        }
    }

    private void Unmap()
    {
        if (_view != null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file!.Dispose();
            _view = null;
            _file = null;
            _mapped = 0;
        }
    }

    /// <summary>FNV-1a over words: finds what a crash tore, and is not meant for more.</summary>
    private static ulong Checksum(byte[] bytes, int offset, int count)
    {
        ulong hash = 14695981039346656037;
        fixed (byte* start = bytes)
        {
            byte* p = start + offset;
            for (; count >= 8; count -= 8, p += 8)
            {
                hash = (hash ^ *(ulong*)p) * 1099511628211;
            }

            for (; count > 0; count--, p++)
            {
                hash = (hash ^ *p) * 1099511628211;
            }
        }

        return hash ^ (hash >> 32);
    }

    /// <summary>A text of the probe: where its record's body is, its ids, and the positions that its means are over.</summary>
    private sealed class Record
    {
        public Record(long offset, int[] tokens, int tokenCount)
        {
            Offset = offset;
            Tokens = tokens;
            TokenCount = tokenCount;
        }

        public long Offset { get; }

        public int[] Tokens { get; }

        public int TokenCount { get; }
    }
}
