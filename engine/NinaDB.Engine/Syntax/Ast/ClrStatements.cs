namespace NinaDB.Engine.Syntax.Ast;

/// <summary>CREATE AGGREGATE name (parameters) RETURNS type EXTERNAL NAME assembly.class.</summary>
public sealed class CreateAggregateStatement : ModuleStatement
{
    public required IReadOnlyList<ParameterSyntax> Parameters { get; init; }

    public required DataTypeSyntax ReturnType { get; init; }

    /// <summary>Assembly and class; the method is empty.</summary>
    public required ExternalName External { get; init; }
}
