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
