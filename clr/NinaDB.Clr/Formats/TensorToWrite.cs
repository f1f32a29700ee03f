using System;
using System.IO;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Quantization;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Formats;

/// <summary>Fills <paramref name="buffer"/> with the <paramref name="count"/> numbers of a tensor from <paramref name="start"/> on, in row-major order.</summary>
public delegate void TensorFiller(long start, float[] buffer, int count);

/// <summary>A tensor to be written: its numbers, or its bytes, are asked for when their turn comes.</summary>
public sealed unsafe class TensorToWrite
{
    /// <summary>A multiple of every block size.</summary>
    private const int ChunkElements = 1 << 16;

    private readonly Func<float[]>? _values;
    private readonly TensorFiller? _filler;
    private readonly Action<Stream>? _copy;

    /// <summary>Describes a tensor; <paramref name="values"/> returns its numbers in row-major order.</summary>
    public TensorToWrite(string name, DType dtype, long[] shape, Func<float[]> values)
        : this(name, dtype, shape) => _values = values;

    /// <summary>Describes a tensor that is too large for one array: its numbers are asked for part by part.</summary>
    public TensorToWrite(string name, DType dtype, long[] shape, TensorFiller filler)
        : this(name, dtype, shape) => _filler = filler;

    private TensorToWrite(string name, DType dtype, long[] shape, Action<Stream> copy)
        : this(name, dtype, shape) => _copy = copy;

    private TensorToWrite(string name, DType dtype, long[] shape)
    {
        NinaException.Require(!string.IsNullOrEmpty(name), "A tensor needs a name.");
        Name = name;
        DType = dtype;
        Shape = shape;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The type in the file.</summary>
    public DType DType { get; }

    /// <summary>The dimensions, slowest first.</summary>
    public long[] Shape { get; }

    /// <summary>The length of the data, -1 when the shape does not fill whole blocks or overflows.</summary>
    public long ByteLength
    {
        get
        {
            long elements = DTypeInfo.ElementCount(Shape);
            return elements < 0 ? -1 : DTypeInfo.Of(DType).ByteLength(elements);
        }
    }

    /// <summary>Whether the data can be made: bytes of any type can be copied, numbers need an encoder.</summary>
    internal bool IsWritable => _copy != null || DTypeInfo.Of(DType).IsEncodable;

    /// <summary>A tensor of bytes that <paramref name="copy"/> writes as they are.</summary>
    public static TensorToWrite OfBytes(string name, DType dtype, long[] shape, Action<Stream> copy) => new(name, dtype, shape, copy);

    /// <summary>A tensor of an opened model, byte for byte.</summary>
    public static TensorToWrite CopyOf(ModelFile file, TensorInfo tensor, string? name = null)
        => OfBytes(name ?? tensor.Name, tensor.DType, ToArray(tensor), target =>
        {
            FileIdentity source = file.Files[tensor.FileOrdinal];
            using SegmentLease lease = SegmentCache.Shared.Open(source.Path, source.Length);
            byte[] buffer = new byte[1 << 20];
            for (long done = 0; done < tensor.ByteLength;)
            {
                int count = (int)Math.Min(buffer.Length, tensor.ByteLength - done);
                lease.Segment.Read(tensor.ByteOffset + done, buffer, 0, count);
                target.Write(buffer, 0, count);
                done += count;
            }
        });

    /// <summary>A tensor of an opened model, decoded and written as another type; <paramref name="rows"/> gives the source row of each row where they move.</summary>
    public static TensorToWrite ConversionOf(ModelFile file, TensorInfo tensor, string name, DType dtype, Func<long, long>? rows = null)
    {
        if (dtype == tensor.DType && rows == null)
        {
            return CopyOf(file, tensor, name);
        }

        TensorReader.RequireDecodable(tensor);
        return new TensorToWrite(name, dtype, ToArray(tensor), (start, buffer, count) =>
        {
            FileIdentity source = file.Files[tensor.FileOrdinal];
            using SegmentLease lease = SegmentCache.Shared.Open(source.Path, source.Length);
            fixed (float* target = buffer)
            {
                if (rows == null)
                {
                    TensorReader.Decode(lease.Segment, tensor, start, target, count);
                    return;
                }

                long width = tensor.ColumnCount;
                for (int done = 0; done < count;)
                {
                    long row = (start + done) / width;
                    long column = (start + done) - (row * width);
                    int part = (int)Math.Min(count - done, width - column);
                    TensorReader.Decode(lease.Segment, tensor, (rows(row) * width) + column, target + done, part);
                    done += part;
                }
            }
        });
    }

    /// <summary>All numbers of a tensor that was described by them.</summary>
    internal float[] ReadValues()
    {
        if (_values != null)
        {
            return _values();
        }

        NinaException.Require(_filler != null, $"Tensor '{Name}' is given as bytes.");
        float[] values = new float[DTypeInfo.ElementCount(Shape)];
        float[] part = new float[Math.Min(ChunkElements, values.LongLength)];
        for (long start = 0; start < values.LongLength; start += part.Length)
        {
            int count = (int)Math.Min(part.Length, values.LongLength - start);
            _filler!(start, part, count);
            Array.Copy(part, 0, values, start, count);
        }

        return values;
    }

    /// <summary>Writes the data. Raises <paramref name="errorNumber"/> when its length is not what the shape asks for.</summary>
    internal void WriteTo(Stream stream, int errorNumber)
    {
        if (_copy != null)
        {
            var counting = new CountingStream(stream, ByteLength);
            _copy(counting);
            if (counting.Count != ByteLength)
            {
                throw new NinaException(errorNumber, $"Tensor '{Name}' has {counting.Count} bytes, its shape needs {ByteLength}.");
            }

            return;
        }

        long elements = DTypeInfo.ElementCount(Shape);
        float[]? values = _values?.Invoke();
        if (values != null && values.LongLength != elements)
        {
            throw new NinaException(ErrorNumber.ShapeMismatch, $"Tensor '{Name}' has {values.LongLength} numbers, its shape another count.");
        }

        float[]? part = values == null ? new float[Math.Min(ChunkElements, elements)] : null;
        byte[] bytes = new byte[DTypeInfo.Of(DType).ByteLength(ChunkElements)];
        for (long start = 0; start < elements; start += ChunkElements)
        {
            int count = (int)Math.Min(ChunkElements, elements - start);
            if (part != null)
            {
                _filler!(start, part, count);
            }

            fixed (float* source = values ?? part)
            fixed (byte* target = bytes)
            {
                BlockCodec.Encode(DType, source + (values == null ? 0 : start), target, count);
            }

            stream.Write(bytes, 0, (int)DTypeInfo.Of(DType).ByteLength(count));
        }
    }

    private static long[] ToArray(TensorInfo tensor)
    {
        long[] shape = new long[tensor.Shape.Count];
        for (int i = 0; i < shape.Length; i++)
        {
            shape[i] = tensor.Shape[i];
        }

        return shape;
    }

    /// <summary>Passes bytes on, but never more than were announced: what follows in the file would be displaced.</summary>
    private sealed class CountingStream : Stream
    {
        private readonly Stream _inner;
        private readonly long _limit;

        public CountingStream(Stream inner, long limit)
        {
            _inner = inner;
            _limit = limit;
        }

        public long Count { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Count;

        public override long Position
        {
            get => Count;
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            Count += count;
            if (Count <= _limit)
            {
                _inner.Write(buffer, offset, count);
            }
        }

        public override void Flush() => _inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
