namespace NinaDB.Engine.Types;

public readonly partial struct SqlValue
{
    /// <summary>The value as it can be kept beyond its statement: a handle that is only good until then is read into memory.</summary>
    internal SqlValue Kept() => _ref is SqlLob { IsTransient: true } lob ? new SqlValue(_kind, 0, lob.ToArray()) : this;

    /// <summary>Equal for values that <see cref="SameRepresentation"/> calls the same.</summary>
    internal int RepresentationHash => HashCode.Combine(_kind, _bits, _aux, _ref switch
    {
        null => 0,
        string text => text.GetHashCode(StringComparison.Ordinal),
        Guid guid => guid.GetHashCode(),
        byte[] bytes => bytes.Length,
        float[] vector => vector.Length,
        _ => 0,
    });

    /// <summary>
    /// Whether two values are held in exactly the same way, so that storing one in place of the other changes nothing. Stricter than SQL equality ('a' and 'A ' differ);
    /// may say false for equal large objects.
    /// </summary>
    internal static bool SameRepresentation(in SqlValue a, in SqlValue b)
    {
        if (a._kind != b._kind || a._bits != b._bits || a._aux != b._aux)
        {
            return false;
        }

        return ReferenceEquals(a._ref, b._ref) || (a._ref, b._ref) switch
        {
            (string x, string y) => string.Equals(x, y, StringComparison.Ordinal),
            (byte[] x, byte[] y) => x.AsSpan().SequenceEqual(y),
            (float[] x, float[] y) => x.AsSpan().SequenceEqual(y),
            (SqlLob x, SqlLob y) => x.Equals(y),
            (Guid x, Guid y) => x == y,
            (Numeric128 x, Numeric128 y) => x.Scale == y.Scale && x.Unscaled == y.Unscaled,
            (VariantBox x, VariantBox y) => x.Type == y.Type && SameRepresentation(x.Value, y.Value),
            _ => false,
        };
    }
}
