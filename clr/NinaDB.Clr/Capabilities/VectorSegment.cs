using System;
using System.Collections.Generic;
using System.IO;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Capabilities;

/// <summary>
/// The vectors of a model's components at their full length, one row a position of the layout, in half precision: what a search in 768
/// numbers is re-ranked by. A file that is mapped:
/// <code>
/// 0   magic "NVS1" (uint32), granularity (int32), dimension (int32), bytes of the projection (int32), rows (int64), hash of the model's shape (8 bytes), zeros to 64
/// 64  the projection that brings vectors to 768 numbers
/// ..  zeros to a multiple of 64, then rows · dimension half floats
/// </code>
/// </summary>
internal static unsafe class VectorSegment
{
    private const uint Magic = 0x3153564E; // "NVS1"
    private const int HeaderBytes = 64;
    private const int MaxDimension = 1 << 20;

    /// <summary>Writes a segment; <paramref name="tiles"/> cover all positions in order.</summary>
    public static void Write(string path, ComponentLayout layout, VectorProjection projection, IEnumerable<WriteTile> tiles)
    {
        int dimension = projection.Dimension;
        byte[] basis = projection.ToBytes();
        try
        {
            using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
            byte[] header = new byte[Align(HeaderBytes + basis.Length)];
            Buffer.BlockCopy(new[] { unchecked((int)Magic), (int)layout.Granularity, dimension, basis.Length }, 0, header, 0, 16);
            Buffer.BlockCopy(new[] { (long)layout.Count, ShapeOf(layout) }, 0, header, 16, 16);
            Buffer.BlockCopy(basis, 0, header, HeaderBytes, basis.Length);
            stream.Write(header, 0, header.Length);
            byte[] buffer = new byte[1 << 20];
            int next = 0;
            foreach (WriteTile tile in tiles)
            {
                NinaException.Require(tile.First == next, "The vectors of a segment come in the order of the components.");
                next += tile.Count;
                WriteHalves(stream, tile.Vectors, (long)tile.Count * dimension, buffer);
            }

            NinaException.Require(next == layout.Count, "A segment has a vector for every component.");
            stream.Flush(flushToDisk: true);
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            throw new NinaException(ErrorNumber.WriteFailed, $"The vectors' file '{path}' cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Opens a segment of a layout; raises <see cref="ErrorNumber.StoredDataInvalid"/> when it is damaged or of another model.</summary>
    public static Reader Open(string path, ComponentLayout layout)
    {
        Reader reader = Open(path);
        if (reader.Rows != layout.Count || reader.Granularity != layout.Granularity || reader.Shape != ShapeOf(layout))
        {
            reader.Dispose();
            throw NinaException.InFile(ErrorNumber.StoredDataInvalid, path, "holds vectors of another model, or of other components.");
        }

        return reader;
    }

    /// <summary>Opens a segment.</summary>
    public static Reader Open(string path)
    {
        SegmentLease lease = SegmentCache.Shared.Open(path);
        try
        {
            return new Reader(lease, path);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    private static long ShapeOf(ComponentLayout layout)
    {
        long shape = layout.LayerCount;
        for (int l = layout.FirstLayer; l < layout.FirstLayer + layout.LayerCount; l++)
        {
            shape = unchecked((shape * 1099511628211) ^ layout.NeuronCount(l) ^ ((long)layout.HeadCount << 20) ^ ((long)layout.ExpertCount(l) << 40));
        }

        return shape;
    }

    private static int Align(int length) => checked(length + 63) & ~63;

    private static void WriteHalves(Stream stream, float[] values, long count, byte[] buffer)
    {
        fixed (float* source = values)
        fixed (byte* target = buffer)
        {
            ushort* halves = (ushort*)target;
            for (long done = 0; done < count;)
            {
                int part = (int)Math.Min(buffer.Length / 2, count - done);
                for (int i = 0; i < part; i++)
                {
                    halves[i] = HalfFloat.FromSingle(source[done + i]);
                }

                stream.Write(buffer, 0, 2 * part);
                done += part;
            }
        }
    }

    /// <summary>A mapped segment. Dispose it when done.</summary>
    public sealed class Reader : IDisposable
    {
        private readonly long _vectors;
        private SegmentLease _lease;

        internal Reader(SegmentLease lease, string path)
        {
            _lease = lease;
            byte[] header = lease.Segment.ReadBytes(0, HeaderBytes);
            int basisBytes = BitConverter.ToInt32(header, 12);
            Dimension = BitConverter.ToInt32(header, 8);
            Rows = BitConverter.ToInt64(header, 16);
            Shape = BitConverter.ToInt64(header, 24);
            int granularity = BitConverter.ToInt32(header, 4);
            bool valid = BitConverter.ToUInt32(header, 0) == Magic && Dimension > 0 && Dimension <= MaxDimension && Rows > 0 && Rows <= int.MaxValue
                && granularity >= 0 && granularity <= (int)ComponentGranularity.Neuron && basisBytes >= 8 && basisBytes <= lease.Segment.Length - HeaderBytes;
            if (!valid || lease.Segment.Length != Align(HeaderBytes + basisBytes) + (2 * Rows * Dimension))
            {
                throw NinaException.InFile(ErrorNumber.StoredDataInvalid, path, "is no segment of vectors, or a damaged one.");
            }

            Granularity = (ComponentGranularity)granularity;
            Projection = VectorProjection.FromBytes(lease.Segment.ReadBytes(HeaderBytes, basisBytes));
            _vectors = Align(HeaderBytes + basisBytes);
            if (Projection.Dimension != Dimension)
            {
                throw NinaException.InFile(ErrorNumber.StoredDataInvalid, path, "holds a projection of vectors of another length.");
            }
        }

        public int Dimension { get; }

        public long Rows { get; }

        public ComponentGranularity Granularity { get; }

        public VectorProjection Projection { get; }

        internal long Shape { get; }

        /// <summary>A row as floats.</summary>
        public void Read(long row, float* target)
        {
            NinaException.Require(row >= 0 && row < Rows, $"The segment has no vector {row}.");
            Kernels.DecodeF16((ushort*)_lease.Segment.At(_vectors + (2 * row * Dimension), 2L * Dimension), target, Dimension);
        }

        /// <summary>Cosines of some rows with a query of the same length.</summary>
        public double[] Cosines(float[] query, IReadOnlyList<int> rows)
        {
            if (query.Length != Dimension)
            {
                throw new NinaException(ErrorNumber.ShapeMismatch, $"A vector of {query.Length} numbers is not one of {Dimension}.");
            }

            double[] result = new double[rows.Count];
            float[] row = new float[Dimension];
            fixed (float* q = query, x = row)
            {
                double length = Math.Sqrt(Kernels.Dot(q, q, Dimension));
                for (int i = 0; i < result.Length; i++)
                {
                    Read(rows[i], x);
                    double other = Math.Sqrt(Kernels.Dot(x, x, Dimension));
                    result[i] = length > 0 && other > 0 ? Kernels.Dot(q, x, Dimension) / (length * other) : 0;
                }
            }

            return result;
        }

        public void Dispose() => _lease.Dispose();
    }
}
