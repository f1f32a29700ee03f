using System.Collections.Immutable;

namespace NinaDB.Engine.Catalog;

/// <summary>What a security predicate guards, numbered as sys.security_predicates numbers the operations of block predicates.</summary>
public enum SecurityOperation : byte
{
    /// <summary>Hides rows from every read; in a block predicate without an operation: all four.</summary>
    None = 0,

    AfterInsert = 1,
    AfterUpdate = 2,
    BeforeUpdate = 3,
    BeforeDelete = 4,
}

/// <summary>A predicate of a security policy: an inline function called with columns of a table.</summary>
/// <param name="PredicateId">Position in the policy; never used again after a drop.</param>
/// <param name="Text">The call as sys.security_predicates shows it: ([schema].[function]([column])).</param>
/// <param name="FunctionId">The function when the policy was written; a policy without schema binding finds it by its name.</param>
public sealed record SecurityPredicateDefinition(int PredicateId, int TargetObjectId, bool IsBlock, SecurityOperation Operation, string Text, int FunctionId)
{
    /// <summary>Whether the predicate judges an operation on its table: a block predicate without an operation judges all.</summary>
    public bool Judges(SecurityOperation operation) => IsBlock && (Operation == SecurityOperation.None || Operation == operation);
}

/// <summary>CREATE SECURITY POLICY: predicates that hide rows of tables, or refuse to write them.</summary>
public sealed record SecurityPolicyDefinition : CatalogObject
{
    public bool IsEnabled { get; init; } = true;

    public bool IsSchemaBound { get; init; } = true;

    public bool IsNotForReplication { get; init; }

    public ImmutableArray<SecurityPredicateDefinition> Predicates { get; init; } = [];

    /// <summary>Highest predicate id ever used.</summary>
    public int LastPredicateId { get; init; }
}
