namespace NinaDB.Engine.Syntax.Ast;

/// <summary>GRANT, DENY, REVOKE.</summary>
public sealed class PermissionStatement : Statement
{
    /// <summary>GRANT, DENY or REVOKE.</summary>
    public required string Action { get; init; }

    /// <summary>Upper-cased permissions with their column lists.</summary>
    public required IReadOnlyList<(string Permission, IReadOnlyList<string> Columns)> Permissions { get; init; }

    /// <summary>OBJECT, SCHEMA, DATABASE, TYPE, ASSEMBLY, USER, ROLE ...; null when the statement has no ON.</summary>
    public string? SecurableClass { get; init; }

    public ObjectName? Securable { get; init; }

    public required IReadOnlyList<string> Principals { get; init; }

    public bool WithGrantOption { get; init; }

    public bool GrantOptionFor { get; init; }

    public bool Cascade { get; init; }

    /// <summary>AS: in whose name it is granted; null for the current principal's.</summary>
    public string? Grantor { get; init; }
}

/// <summary>CREATE/ALTER USER, ROLE, LOGIN, APPLICATION ROLE; ALTER ROLE ADD/DROP MEMBER.</summary>
public sealed class PrincipalStatement : Statement
{
    /// <summary>CREATE or ALTER.</summary>
    public required string Action { get; init; }

    /// <summary>USER, ROLE, LOGIN, SERVER ROLE, APPLICATION ROLE.</summary>
    public required string Class { get; init; }

    public required string Name { get; init; }

    public string? AddMember { get; init; }

    public string? DropMember { get; init; }

    /// <summary>Upper-cased words: WITHOUT LOGIN, FOR LOGIN -> x, PASSWORD -> x, DEFAULT_SCHEMA -> x, AUTHORIZATION -> x, NAME -> x, DISABLE ...</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}

public sealed record SecurityPredicateSyntax(
    /* ADD, ALTER or DROP */ string Action, bool IsBlock, FunctionCallExpression? Function, ObjectName Table,
    /* AFTER INSERT, AFTER UPDATE, BEFORE UPDATE, BEFORE DELETE; null = all or FILTER */ string? Operation);

/// <summary>CREATE/ALTER SECURITY POLICY.</summary>
public sealed class SecurityPolicyStatement : Statement
{
    public bool IsAlter { get; init; }

    public required ObjectName Name { get; init; }

    public IReadOnlyList<SecurityPredicateSyntax> Predicates { get; init; } = [];

    public bool? State { get; init; }

    public bool? SchemaBinding { get; init; }

    public bool IsNotForReplication { get; init; }
}
