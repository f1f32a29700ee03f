using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

public sealed class TensorComparisonTests
{
    [Fact]
    public void A_comparison_is_that_of_plain_arithmetic()
    {
        TensorComparison c = TensorComparison.Of([3, 0, 4], [3, 5, -4]);
        Assert.Equal((3, 2, 0), (c.Count, c.Differing, c.NonFinite));
        Assert.Equal((8, 2), (c.MaxAbsDifference, c.MaxAbsIndex));
        Assert.Equal((9.0 - 16) / (5 * Math.Sqrt(50)), c.Cosine, 1e-15);
        Assert.Equal(Math.Sqrt(25 + 64) / 5, c.RelativeL2, 1e-15);
    }

    [Fact]
    public void Equal_tensors_are_equal_whatever_they_hold()
    {
        TensorComparison c = TensorComparison.Of([1, float.NaN, float.PositiveInfinity, 0f], [1, float.NaN, float.PositiveInfinity, -0f]);
        Assert.Equal((0, 2), (c.Differing, c.NonFinite));
        Assert.Equal((1.0, 0.0, 0.0, -1), (c.Cosine, c.RelativeL2, c.MaxAbsDifference, c.MaxAbsIndex));
        TensorComparison zeros = TensorComparison.Of([0, 0], [0, 0]);
        Assert.Equal((1.0, 0.0), (zeros.Cosine, zeros.RelativeL2));
        TensorComparison fromZero = TensorComparison.Of([0, 0], [0, 2]);
        Assert.True(double.IsNaN(fromZero.Cosine) && double.IsPositiveInfinity(fromZero.RelativeL2));
        TensorComparison partlyFinite = TensorComparison.Of([1, float.NaN, 2], [1, 7, 4]);
        Assert.Equal((2, 1, 2.0), (partlyFinite.Differing, partlyFinite.NonFinite, partlyFinite.MaxAbsDifference));
    }

    [Fact]
    public void Tensors_of_two_files_and_types_are_compared_in_blocks_and_threads()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(4);
        const int Count = 2_200_003;
        float[] a = new float[Count];
        float[] b = new float[Count];
        double dot = 0, squaresA = 0, squaresB = 0, squares = 0;
        for (int i = 0; i < Count; i++)
        {
            // Halves hold these numbers exactly.
            a[i] = random.Next(-1000, 1001) / 64f;
            b[i] = i % 3 == 0 ? a[i] + (1f / 64) : a[i];
            dot += (double)a[i] * b[i];
            squaresA += (double)a[i] * a[i];
            squaresB += (double)b[i] * b[i];
            squares += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        }

        b[2_100_000] = a[2_100_000] + 9;
        string first = Save(folder, "a.safetensors", DType.F32, a);
        string second = Save(folder, "b.safetensors", DType.F16, b);
        using (SegmentLease left = SegmentCache.Shared.Open(first))
        using (SegmentLease right = SegmentCache.Shared.Open(second))
        {
            TensorInfo x = ModelFile.Open(first)["t"];
            TensorInfo y = ModelFile.Open(second)["t"];
            TensorComparison one = TensorComparison.Of(left.Segment, x, right.Segment, y);
            TensorComparison two = TensorComparison.Of(left.Segment, x, right.Segment, y, parallelism: 2);
            Assert.Equal((Count + 2) / 3, one.Differing);
            Assert.Equal((9.0, 2_100_000), (one.MaxAbsDifference, one.MaxAbsIndex));
            Assert.Equal(dot / Math.Sqrt(squaresA * squaresB), one.Cosine, 1e-6);
            Assert.Equal(Math.Sqrt((squares + 81 - (1.0 / 4096)) / squaresA), one.RelativeL2, 1e-9);
            Assert.Equal((one.Cosine, one.RelativeL2), (two.Cosine, two.RelativeL2));
        }

        SegmentCache.Shared.Close(first);
        SegmentCache.Shared.Close(second);
    }

    [Fact]
    public void Tensors_of_other_sizes_cannot_be_compared()
        => Assert.Equal(ErrorNumber.ShapeMismatch, Assert.Throws<NinaException>(() => TensorComparison.Of([1], [1, 2])).Number);

    private static string Save(TemporaryFolder folder, string name, DType type, float[] values)
    {
        using FileStream stream = File.Create(folder.File(name));
        SafetensorsWriter.Write(stream, [new TensorToWrite("t", type, [values.Length], () => values)]);
        return folder.File(name);
    }
}
