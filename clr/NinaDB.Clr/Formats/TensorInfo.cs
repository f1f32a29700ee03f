using System.Collections.Generic;
using System.Globalization;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Formats;

/// <summary>Where a tensor is and what it looks like, whatever the format of its file.</summary>
public sealed class TensorInfo
{
    private readonly long[] _shape;

    /// <summary>Describes a tensor.</summary>
    public TensorInfo(string name, DType dtype, long[] shape, int fileOrdinal, long byteOffset, long byteLength)
    {
        Name = name;
        DType = dtype;
        _shape = shape;
        FileOrdinal = fileOrdinal;
        ByteOffset = byteOffset;
        ByteLength = byteLength;
    }

    /// <summary>The name in the file.</summary>
    public string Name { get; }

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>The dimensions, slowest first (row-major; GGUF's own order is reversed when read).</summary>
    public IReadOnlyList<long> Shape => _shape;

    /// <summary>The file of the model that holds it, counted from 0.</summary>
    public int FileOrdinal { get; }

    /// <summary>The offset of the first byte in that file.</summary>
    public long ByteOffset { get; }

    /// <summary>The length in bytes.</summary>
    public long ByteLength { get; }

    /// <summary>The number of elements.</summary>
    public long ElementCount => DTypeInfo.ElementCount(_shape);

    /// <summary>The number of rows when looked at as a matrix: all dimensions but the last (1 for a vector).</summary>
    public long RowCount
    {
        get
        {
            long rows = 1;
            for (int i = 0; i < _shape.Length - 1; i++)
            {
                rows *= _shape[i];
            }

            return rows;
        }
    }

    /// <summary>The length of a row: the last dimension (1 for a scalar).</summary>
    public long ColumnCount => _shape.Length == 0 ? 1 : _shape[_shape.Length - 1];

    /// <summary>The shape as JSON, such as <c>[512,128]</c>.</summary>
    public string ShapeText
    {
        get
        {
            string[] parts = new string[_shape.Length];
            for (int i = 0; i < parts.Length; i++)
            {
                parts[i] = _shape[i].ToString(CultureInfo.InvariantCulture);
            }

            return "[" + string.Join(",", parts) + "]";
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {DTypeInfo.Of(DType).Name} {ShapeText}";
}
