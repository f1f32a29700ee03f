using System;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Tensors;

/// <summary>Solves symmetric positive definite systems in double precision.</summary>
internal static unsafe class Cholesky
{
    /// <summary>
    /// Solves A X = B in place: <paramref name="a"/> [n, n] (its lower triangle is read and overwritten by L), <paramref name="b"/>
    /// [columns, n], one right-hand side a row, overwritten by the solution. Raises <see cref="ErrorNumber.NotPositiveDefinite"/>.
    /// </summary>
    public static void SolveInPlace(double[] a, int n, double[] b, int columns)
    {
        fixed (double* matrix = a)
        {
            for (int j = 0; j < n; j++)
            {
                double* row = matrix + ((long)j * n);
                double pivot = row[j] - Kernels.Dot(row, row, j);
                if (!(pivot > 0) || double.IsInfinity(pivot))
                {
                    throw new NinaException(ErrorNumber.NotPositiveDefinite, $"The matrix of {n} rows is not positive definite at row {j}.");
                }

                double diagonal = Math.Sqrt(pivot);
                row[j] = diagonal;
                for (int i = j + 1; i < n; i++)
                {
                    double* lower = matrix + ((long)i * n);
                    lower[j] = (lower[j] - Kernels.Dot(lower, row, j)) / diagonal;
                }
            }

            // The transpose lets the back substitution read rows too.
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    matrix[((long)j * n) + i] = matrix[((long)i * n) + j];
                }
            }

            fixed (double* right = b)
            {
                for (int c = 0; c < columns; c++)
                {
                    double* x = right + ((long)c * n);
                    for (int i = 0; i < n; i++)
                    {
                        double* row = matrix + ((long)i * n);
                        x[i] = (x[i] - Kernels.Dot(row, x, i)) / row[i];
                    }

                    for (int i = n - 1; i >= 0; i--)
                    {
                        double* row = matrix + ((long)i * n);
                        x[i] = (x[i] - Kernels.Dot(row + i + 1, x + i + 1, n - 1 - i)) / row[i];
                    }
                }
            }
        }
    }
}
