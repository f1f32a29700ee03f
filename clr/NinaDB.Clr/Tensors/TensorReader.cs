using System;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Quantization;
using NinaDB.Clr.Storage;

namespace NinaDB.Clr.Tensors;

/// <summary>Peeks into tensors: bytes, numbers, rows and columns with strides. Everything is bounds-checked against the tensor, not only the file.</summary>
public static unsafe class TensorReader
{
    /// <summary>The most numbers that one slice returns.</summary>
    public const int MaxSliceElements = 1 << 28;

    /// <summary>Elements that a strided read decodes at once.</summary>
    private const int StrideWindow = 4096;

    /// <summary>Bytes <paramref name="offset"/>.. of a tensor, as they are in the file.</summary>
    public static byte[] ReadBytes(Segment segment, TensorInfo tensor, long offset, int count)
    {
        if (offset < 0 || count < 0 || offset > tensor.ByteLength - count)
        {
            throw new NinaException(ErrorNumber.PeekOutOfRange, $"Bytes {offset} to {offset + count} are outside tensor '{tensor.Name}' of {tensor.ByteLength} bytes.");
        }

        return segment.ReadBytes(tensor.ByteOffset + offset, count);
    }

    /// <summary>Decodes <paramref name="count"/> elements, counted in row-major order, to floats.</summary>
    public static float[] ReadElements(Segment segment, TensorInfo tensor, long start, int count)
    {
        NinaException.Require(count >= 0 && count <= MaxSliceElements, $"At most {MaxSliceElements} elements can be read at once.");
        float[] values = new float[count];
        fixed (float* target = values)
        {
            Decode(segment, tensor, start, target, count);
        }

        return values;
    }

    /// <summary>Decodes a whole tensor.</summary>
    public static float[] ReadAll(Segment segment, TensorInfo tensor)
    {
        long count = tensor.ElementCount;
        if (count > 0x7FFFFFC7)
        {
            throw new NinaException(ErrorNumber.ModelTooLarge, $"Tensor '{tensor.Name}' has {count} elements: too many for one array.");
        }

        float[] values = new float[count];
        fixed (float* target = values)
        {
            Decode(segment, tensor, 0, target, (int)count);
        }

        return values;
    }

    /// <summary>
    /// Rows and columns of a tensor looked at as a matrix [<see cref="TensorInfo.RowCount"/>, <see cref="TensorInfo.ColumnCount"/>]: every
    /// <paramref name="rowStep"/>-th of the rows from <paramref name="row"/>, likewise columns. Returns [rowCount, columnCount], row-major.
    /// </summary>
    public static float[] ReadSlice(Segment segment, TensorInfo tensor, long row, int rowCount, long rowStep, long column, int columnCount, long columnStep)
    {
        CheckRange(tensor, "Rows", row, rowCount, rowStep, tensor.RowCount);
        CheckRange(tensor, "Columns", column, columnCount, columnStep, tensor.ColumnCount);
        long total = (long)rowCount * columnCount;
        NinaException.Require(total <= MaxSliceElements, $"A slice of {total} elements is too large; at most {MaxSliceElements} can be read at once.");
        float[] values = new float[total];
        if (total == 0)
        {
            return values;
        }

        long width = tensor.ColumnCount;
        fixed (float* target = values)
        {
            for (int r = 0; r < rowCount; r++)
            {
                long start = ((row + (r * rowStep)) * width) + column;
                float* line = target + ((long)r * columnCount);
                if (columnStep == 1)
                {
                    Decode(segment, tensor, start, line, columnCount);
                }
                else
                {
                    DecodeStrided(segment, tensor, start, columnStep, line, columnCount);
                }
            }
        }

        return values;
    }

    /// <summary>
    /// Raises <see cref="ErrorNumber.DTypeNotDecodable"/> (or <see cref="ErrorNumber.DTypePackingUndefined"/>) for a tensor whose type has no decoder.
    /// </summary>
    public static void RequireDecodable(TensorInfo tensor)
    {
        if (!DTypeInfo.Of(tensor.DType).IsDecodable)
        {
            throw BlockCodec.NotDecodable(tensor.DType);
        }
    }

    /// <summary>Decodes any run of elements, counted in row-major order; it may start and end inside a block.</summary>
    internal static void Decode(Segment segment, TensorInfo tensor, long start, float* target, long count)
    {
        RequireDecodable(tensor);
        if (start < 0 || count < 0 || start > tensor.ElementCount - count)
        {
            throw new NinaException(ErrorNumber.PeekOutOfRange, $"Elements {start} to {start + count} are outside tensor '{tensor.Name}' {tensor.ShapeText}.");
        }

        if (count == 0)
        {
            return;
        }

        DTypeInfo type = DTypeInfo.Of(tensor.DType);
        int block = type.BlockElements;
        long first = start / block;
        long last = (start + count - 1) / block;
        byte* source = segment.At(tensor.ByteOffset + (first * type.BlockBytes), (last - first + 1) * type.BlockBytes);
        if (block == 1)
        {
            BlockCodec.Decode(tensor.DType, source, target, count);
            return;
        }

        float* buffer = stackalloc float[BlockCodec.MaxBlockElements];
        int inside = (int)(start - (first * block));
        if (inside > 0)
        {
            int head = (int)Math.Min(block - inside, count);
            BlockCodec.Decode(tensor.DType, source, buffer, block);
            Buffer.MemoryCopy(buffer + inside, target, head * 4, head * 4);
            source += type.BlockBytes;
            target += head;
            count -= head;
        }

        long whole = count / block;
        BlockCodec.Decode(tensor.DType, source, target, whole * block);
        int tail = (int)(count - (whole * block));
        if (tail > 0)
        {
            BlockCodec.Decode(tensor.DType, source + (whole * type.BlockBytes), buffer, block);
            Buffer.MemoryCopy(buffer, target + (whole * block), tail * 4, tail * 4);
        }
    }

    /// <summary>Every <paramref name="step"/>-th element. Close ones are decoded together with what lies between them, once.</summary>
    private static void DecodeStrided(Segment segment, TensorInfo tensor, long start, long step, float* target, int count)
    {
        if (step > StrideWindow / 8)
        {
            for (int i = 0; i < count; i++)
            {
                Decode(segment, tensor, start + (i * step), target + i, 1);
            }

            return;
        }

        float* window = stackalloc float[StrideWindow];
        int each = StrideWindow / (int)step;
        for (int done = 0; done < count; done += each)
        {
            int now = Math.Min(each, count - done);
            Decode(segment, tensor, start + (done * step), window, ((now - 1) * step) + 1);
            for (int i = 0; i < now; i++)
            {
                target[done + i] = window[i * step];
            }
        }
    }

    private static void CheckRange(TensorInfo tensor, string what, long start, int count, long step, long length)
    {
        NinaException.Require(step >= 1, $"{what}: a step of {step} is not possible.");
        bool inside = start >= 0 && count >= 0 && start <= length
            && (count == 0 || (step <= length && start + ((count - 1) * step) < length && (count - 1) <= length / step));
        if (!inside)
        {
            throw new NinaException(
                ErrorNumber.PeekOutOfRange, $"{what} {start}, {count} of them in steps of {step}, are outside tensor '{tensor.Name}' {tensor.ShapeText}.");
        }
    }
}
