namespace NinaDB.Engine.Execution.Statements;

/// <summary>Compares locators by content.</summary>
internal sealed class LocatorComparer : IEqualityComparer<byte[]>
{
    public static readonly LocatorComparer Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj)
    {
        var hash = new HashCode();
        hash.AddBytes(obj);
        return hash.ToHashCode();
    }
}
