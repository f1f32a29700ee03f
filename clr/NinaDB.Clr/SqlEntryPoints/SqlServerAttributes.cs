#if !NETFRAMEWORK
using System;

// .NET 10 has no SQLCLR attributes; the embedded host recognises these by their full name, as SQL Server does those of System.Data.
namespace Microsoft.SqlServer.Server;

/// <summary>Whether a function reads user data.</summary>
public enum DataAccessKind
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>It does, over the context connection.</summary>
    Read,
}

/// <summary>Marks a static method as a SQL function.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SqlFunctionAttribute : Attribute
{
    /// <summary>The method of the same class that turns one enumerated object into the columns of a row.</summary>
    public string FillRowMethodName { get; set; } = string.Empty;

    /// <summary>The columns of the rows, as T-SQL declares them.</summary>
    public string TableDefinition { get; set; } = string.Empty;

    /// <summary>The same arguments always give the same result.</summary>
    public bool IsDeterministic { get; set; }

    /// <summary>No floating-point arithmetic is involved.</summary>
    public bool IsPrecise { get; set; }

    /// <summary>Whether it reads user data.</summary>
    public DataAccessKind DataAccess { get; set; }
}

/// <summary>The size of a string or binary parameter, return value or column.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.ReturnValue | AttributeTargets.Field | AttributeTargets.Property)]
public sealed class SqlFacetAttribute : Attribute
{
    /// <summary>Length; -1 for max.</summary>
    public int MaxSize { get; set; }
}
#endif
