namespace NinaDB.Engine.Types;

/// <summary>
/// What a CLR user-defined type is to the type system. The class behind it is found through the catalog when a value is parsed, written as text or asked for a member;
/// everything else is done with its bytes.
/// </summary>
/// <param name="DatabaseId">Database whose type it is.</param>
/// <param name="UserTypeId">sys.types.user_type_id.</param>
/// <param name="AssemblyQualifiedName">The class as clients load it.</param>
/// <param name="MaxByteSize">Largest size of a value; -1 for no limit.</param>
/// <param name="IsByteOrdered">Whether values compare as their bytes do. Otherwise they do not compare.</param>
/// <param name="IsFixedLength">Whether every value has <paramref name="MaxByteSize"/> bytes.</param>
public sealed record UdtFacts(
    int DatabaseId, int UserTypeId, string Schema, string Name, string Class, string AssemblyQualifiedName, int MaxByteSize, bool IsByteOrdered, bool IsFixedLength)
{
    /// <summary>schema.name.</summary>
    public string QualifiedName => $"{Schema}.{Name}";

    /// <summary>The same type, whatever it is called by now.</summary>
    public bool Equals(UdtFacts? other) => other is not null && DatabaseId == other.DatabaseId && UserTypeId == other.UserTypeId;

    public override int GetHashCode() => HashCode.Combine(DatabaseId, UserTypeId);
}
