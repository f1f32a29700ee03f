using System;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Patching;

/// <summary>What an edit does to a weight W [rows, columns].</summary>
public enum EditKind
{
    /// <summary>Multiplies some columns by a factor each.</summary>
    Scale,

    /// <summary>Replaces some columns.</summary>
    Set,

    /// <summary>Adds to some columns.</summary>
    Add,

    /// <summary>Adds scale · B · A, with A [rank, columns] and B [rows, rank].</summary>
    LowRank,
}

/// <summary>A small change of one weight: some of its columns, or a product of low rank. Immutable.</summary>
public sealed class MatrixEdit
{
    private MatrixEdit(PatchTarget target, EditKind kind, int[] columns, float[] factors, WeightMatrix? values, WeightMatrix? left, double scale)
    {
        Target = target;
        Kind = kind;
        Columns = columns;
        Factors = factors;
        Values = values;
        Left = left;
        Multiplier = scale;
    }

    /// <summary>The weight.</summary>
    public PatchTarget Target { get; }

    /// <summary>What is done to it.</summary>
    public EditKind Kind { get; }

    /// <summary>The columns, for all kinds but LowRank.</summary>
    public int[] Columns { get; }

    /// <summary>For Scale: a factor for each of the columns.</summary>
    public float[] Factors { get; }

    /// <summary>For Set and Add: a row for each of the columns [columns, rows of W]; for LowRank: A [rank, columns of W].</summary>
    public WeightMatrix? Values { get; }

    /// <summary>For LowRank: B [rows of W, rank].</summary>
    public WeightMatrix? Left { get; }

    /// <summary>For LowRank: what the product is multiplied by.</summary>
    public double Multiplier { get; }

    /// <summary>The numbers that the edit stores.</summary>
    public long ParameterCount => Factors.Length + ((long)(Values?.Rows ?? 0) * (Values?.Columns ?? 0)) + ((long)(Left?.Rows ?? 0) * (Left?.Columns ?? 0));

    /// <summary>Multiplies columns by factors.</summary>
    public static MatrixEdit Scale(PatchTarget target, int[] columns, float[] factors)
    {
        RequireColumns(target, columns, factors.Length);
        RequireFinite(target, factors);
        return new MatrixEdit(target, EditKind.Scale, columns, factors, null, null, 1);
    }

    /// <summary>Replaces columns by the rows of <paramref name="values"/>.</summary>
    public static MatrixEdit Set(PatchTarget target, int[] columns, WeightMatrix values) => OfColumns(target, EditKind.Set, columns, values);

    /// <summary>Adds the rows of <paramref name="values"/> to columns.</summary>
    public static MatrixEdit Add(PatchTarget target, int[] columns, WeightMatrix values) => OfColumns(target, EditKind.Add, columns, values);

    /// <summary>Adds multiplier · left · right.</summary>
    public static MatrixEdit LowRank(PatchTarget target, WeightMatrix right, WeightMatrix left, double multiplier)
    {
        if (left.Columns != right.Rows || right.Rows == 0)
        {
            throw new NinaException(ErrorNumber.PatchInvalid, $"{target}: factors of {left.Rows} by {left.Columns} and {right.Rows} by {right.Columns} have no product.");
        }

        if (double.IsNaN(multiplier) || double.IsInfinity(multiplier))
        {
            throw new NinaException(ErrorNumber.PatchInvalid, $"{target}: the multiplier is no finite number.");
        }

        RequireFinite(target, right.Values);
        RequireFinite(target, left.Values);
        return new MatrixEdit(target, EditKind.LowRank, Array.Empty<int>(), Array.Empty<float>(), right, left, multiplier);
    }

    /// <summary>The weight after the edit, in memory of its own. Raises <see cref="ErrorNumber.PatchMismatch"/>.</summary>
    public WeightMatrix Apply(WeightMatrix weight)
    {
        RequireFits(weight);
        float[] result = (float[])weight.Values.Clone();
        if (Kind == EditKind.LowRank)
        {
            AddProduct(result, weight.Columns);
            return new WeightMatrix(weight.Rows, weight.Columns, result);
        }

        for (int i = 0; i < Columns.Length; i++)
        {
            long at = Columns[i];
            for (int r = 0; r < weight.Rows; r++, at += weight.Columns)
            {
                switch (Kind)
                {
                    case EditKind.Scale:
                        result[at] *= Factors[i];
                        break;
                    case EditKind.Set:
                        result[at] = Values!.Values[((long)i * weight.Rows) + r];
                        break;
                    default:
                        result[at] += Values!.Values[((long)i * weight.Rows) + r];
                        break;
                }
            }
        }

        return new WeightMatrix(weight.Rows, weight.Columns, result);
    }

    /// <summary>Raises <see cref="ErrorNumber.PatchMismatch"/> unless the edit fits a weight.</summary>
    public void RequireFits(WeightMatrix weight)
    {
        string shape = $"{Target} is [{weight.Rows},{weight.Columns}]";
        if (Kind == EditKind.LowRank && (Left!.Rows != weight.Rows || Values!.Columns != weight.Columns))
        {
            throw new NinaException(ErrorNumber.PatchMismatch, $"{shape}; the low-rank change is of a weight [{Left.Rows},{Values!.Columns}].");
        }

        if (Kind != EditKind.LowRank && Columns[Columns.Length - 1] >= weight.Columns)
        {
            throw new NinaException(ErrorNumber.PatchMismatch, $"{shape}; the patch changes column {Columns[Columns.Length - 1]}.");
        }

        if ((Kind == EditKind.Set || Kind == EditKind.Add) && Values!.Columns != weight.Rows)
        {
            throw new NinaException(ErrorNumber.PatchMismatch, $"{shape}; the columns of the patch have {Values.Columns} numbers.");
        }
    }

    private static MatrixEdit OfColumns(PatchTarget target, EditKind kind, int[] columns, WeightMatrix values)
    {
        RequireColumns(target, columns, values.Rows);
        RequireFinite(target, values.Values);
        return new MatrixEdit(target, kind, columns, Array.Empty<float>(), values, null, 1);
    }

    private static void RequireColumns(PatchTarget target, int[] columns, int count)
    {
        if (columns.Length == 0 || columns.Length != count)
        {
            throw new NinaException(ErrorNumber.PatchInvalid, $"{target}: {columns.Length} columns are named, and there are values for {count}.");
        }

        for (int i = 0; i < columns.Length; i++)
        {
            if (columns[i] < 0 || (i > 0 && columns[i] <= columns[i - 1]))
            {
                throw new NinaException(ErrorNumber.PatchInvalid, $"{target}: columns are named in ascending order, each once.");
            }
        }
    }

    private static void RequireFinite(PatchTarget target, float[] values)
    {
        foreach (float value in values)
        {
            if (float.IsNaN(value) || float.IsInfinity(value))
            {
                throw new NinaException(ErrorNumber.PatchInvalid, $"{target}: a value of the patch is no finite number.");
            }
        }
    }

    /// <summary>Row by row, sums in double: the result does not depend on the order of the rank.</summary>
    private void AddProduct(float[] result, int columns)
    {
        double[] sums = new double[columns];
        for (int r = 0; r < Left!.Rows; r++)
        {
            Array.Clear(sums, 0, columns);
            for (int k = 0; k < Left.Columns; k++)
            {
                double factor = Left.Values[((long)r * Left.Columns) + k];
                if (factor != 0)
                {
                    long start = (long)k * columns;
                    for (int c = 0; c < columns; c++)
                    {
                        sums[c] += factor * Values!.Values[start + c];
                    }
                }
            }

            long at = (long)r * columns;
            for (int c = 0; c < columns; c++)
            {
                result[at + c] = (float)(result[at + c] + (Multiplier * sums[c]));
            }
        }
    }
}
