namespace NinaDB.Engine.Syntax.Ast;

/// <summary>CREATE DEFAULT name AS expression; CREATE RULE name AS condition.</summary>
public sealed class CreateBindableStatement : Statement
{
    public required ObjectName Name { get; init; }

    /// <summary>The whole batch.</summary>
    public required string SourceText { get; init; }

    /// <summary>A default's value; null for a rule.</summary>
    public Expression? Value { get; init; }

    /// <summary>A rule's condition, over one variable; null for a default.</summary>
    public Predicate? Condition { get; init; }

    /// <summary>Value or condition as written.</summary>
    public required string Body { get; init; }

    public bool IsRule => Condition is not null;
}
