using System;
using NinaDB.Clr.Tensors;
#if !NETFRAMEWORK
using System.Numerics;
#endif

namespace NinaDB.Clr.Models;

/// <summary>The non-linearities of FFNs.</summary>
internal static unsafe class Activations
{
    /// <summary>√(2/π), of GELU's tanh formula, and the weight of its cube.</summary>
    private const float TanhScale = 0.7978845608028654f;
    private const float TanhCube = 0.044715f;

    private const float InverseRootOfTwo = 0.7071067811865476f;

    /// <summary>gate = activation(gate) ⊙ up.</summary>
    public static void Multiply(ActivationKind kind, float* gate, float* up, int count)
    {
        if (kind == ActivationKind.Silu)
        {
            Kernels.SiluMultiply(gate, up, count);
            return;
        }

        Apply(kind, gate, count);
        for (int i = 0; i < count; i++)
        {
            gate[i] *= up[i];
        }
    }

    /// <summary>x = activation(x).</summary>
    public static void Apply(ActivationKind kind, float* x, int count)
    {
        switch (kind)
        {
            case ActivationKind.Relu:
                for (int i = 0; i < count; i++)
                {
                    x[i] = Math.Max(x[i], 0);
                }

                break;
            case ActivationKind.GeluTanh:
                GeluTanh(x, count);
                break;
            case ActivationKind.GeluErf:
                for (int i = 0; i < count; i++)
                {
                    x[i] = 0.5f * x[i] * (1f + (float)Erf(x[i] * InverseRootOfTwo));
                }

                break;
            default:
                for (int i = 0; i < count; i++)
                {
                    x[i] /= 1f + Exp(-x[i]);
                }

                break;
        }
    }

    /// <summary>
    /// The error function: its power series where that converges fast, and its continued fraction elsewhere (Abramowitz and Stegun 7.1.6, 7.1.14).
    /// Exact to float precision.
    /// </summary>
    internal static double Erf(double x)
    {
        double a = Math.Abs(x);
        if (double.IsNaN(x) || a > 6)
        {
            return double.IsNaN(x) ? x : Math.Sign(x);
        }

        double square = a * a;
        double value;
        if (a < 2)
        {
            double term = a;
            double sum = a;
            for (int n = 1; term > sum * 1e-10; n++)
            {
                term *= 2 * square / ((2 * n) + 1);
                sum += term;
            }

            value = 2 / Math.Sqrt(Math.PI) * Math.Exp(-square) * sum;
        }
        else
        {
            double tail = 0;
            for (int n = 24; n >= 1; n--)
            {
                tail = n / 2.0 / (a + tail);
            }

            value = 1 - (Math.Exp(-square) / (Math.Sqrt(Math.PI) * (a + tail)));
        }

        return x < 0 ? -value : value;
    }

    private static float Exp(float x) => (float)Math.Exp(x);

    /// <summary>0.5 x (1 + tanh(u)) = x / (1 + exp(-2u)), u = √(2/π) (x + 0.044715 x³).</summary>
    private static void GeluTanh(float* x, int count)
    {
        int i = 0;
#if !NETFRAMEWORK
        int width = Vector<float>.Count;
        for (; i <= count - width; i += width)
        {
            Vector<float> v = Vector.Load(x + i);
            Vector<float> u = -2f * TanhScale * (v + (TanhCube * v * v * v));
            (v / (Vector<float>.One + Vector.Exp(u))).Store(x + i);
        }

#endif
        for (; i < count; i++)
        {
            float v = x[i];
            x[i] = v / (1f + Exp(-2f * TanhScale * (v + (TanhCube * v * v * v))));
        }
    }
}
