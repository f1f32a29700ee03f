using System;

namespace Microsoft.SqlServer.Server;

/// <summary>The attribute of SQL Server's CLR integration, which .NET does not have: the host knows it by this full name.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SqlFunctionAttribute : Attribute
{
    public string? FillRowMethodName { get; set; }

    public string? TableDefinition { get; set; }

    public bool IsDeterministic { get; set; }
}

[AttributeUsage(AttributeTargets.Method)]
public sealed class SqlProcedureAttribute : Attribute;

public enum Format
{
    Unknown, Native, UserDefined,
}

[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class SqlUserDefinedAggregateAttribute(Format format) : Attribute
{
    public Format Format { get; } = format;

    public int MaxByteSize { get; set; }

    public bool IsInvariantToDuplicates { get; set; }

    public bool IsInvariantToNulls { get; set; }

    public bool IsInvariantToOrder { get; set; }

    public bool IsNullIfEmpty { get; set; }
}

public interface IBinarySerialize
{
    void Read(System.IO.BinaryReader reader);

    void Write(System.IO.BinaryWriter writer);
}

[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class SqlUserDefinedTypeAttribute(Format format) : Attribute
{
    public Format Format { get; } = format;

    public int MaxByteSize { get; set; }

    public bool IsByteOrdered { get; set; }

    public bool IsFixedLength { get; set; }

    public string? ValidationMethodName { get; set; }
}

[AttributeUsage(AttributeTargets.Method)]
public sealed class SqlMethodAttribute : Attribute
{
    public bool IsMutator { get; set; }

    public bool IsDeterministic { get; set; }

    public bool OnNullCall { get; set; } = true;

    public bool InvokeIfReceiverIsNull { get; set; }
}

[AttributeUsage(AttributeTargets.Method | AttributeTargets.ReturnValue | AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class SqlFacetAttribute : Attribute
{
    public int MaxSize { get; set; }

    public int Precision { get; set; }

    public int Scale { get; set; }
}
