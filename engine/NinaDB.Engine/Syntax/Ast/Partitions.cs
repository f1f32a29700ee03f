namespace NinaDB.Engine.Syntax.Ast;

/// <summary>CREATE PARTITION FUNCTION f (type) AS RANGE LEFT | RIGHT FOR VALUES (...), ALTER PARTITION FUNCTION f() SPLIT | MERGE RANGE (value).</summary>
public sealed class PartitionFunctionStatement : Statement
{
    /// <summary>CREATE, SPLIT or MERGE.</summary>
    public required string Action { get; init; }

    public required string Name { get; init; }

    /// <summary>Null for ALTER.</summary>
    public DataTypeSyntax? Type { get; init; }

    public bool IsRight { get; init; }

    public IReadOnlyList<Expression> Values { get; init; } = [];
}

/// <summary>CREATE PARTITION SCHEME s AS PARTITION f [ALL] TO (filegroups), ALTER PARTITION SCHEME s NEXT USED [filegroup].</summary>
public sealed class PartitionSchemeStatement : Statement
{
    /// <summary>CREATE or NEXT USED.</summary>
    public required string Action { get; init; }

    public required string Name { get; init; }

    public string? Function { get; init; }

    public bool IsAll { get; init; }

    public IReadOnlyList<string> Filegroups { get; init; } = [];
}
