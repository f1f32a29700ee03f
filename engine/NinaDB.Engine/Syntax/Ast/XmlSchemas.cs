namespace NinaDB.Engine.Syntax.Ast;

/// <summary>CREATE XML SCHEMA COLLECTION n AS text; ALTER XML SCHEMA COLLECTION n ADD text.</summary>
public sealed class XmlSchemaCollectionStatement : Statement
{
    public required ObjectName Name { get; init; }

    public bool IsAlter { get; init; }

    /// <summary>A literal or a variable.</summary>
    public required Expression Text { get; init; }
}
