namespace NinaDB.Engine.Syntax.Ast;

/// <summary>
/// A node of the syntax tree. Trees are immutable after parsing and shared by cached plans; node identity (reference) is used as a cache key.
/// </summary>
public abstract class SyntaxNode
{
    /// <summary>0-based character offset of the first token in the batch text.</summary>
    public int Offset { get; internal set; }

    /// <summary>0-based character offset just past the last token.</summary>
    public int EndOffset { get; internal set; }

    /// <summary>1-based line of the first token in the batch text.</summary>
    public int Line { get; internal set; }
}

/// <summary>An identifier as written, without its quotes.</summary>
public readonly record struct Identifier(string Value, bool IsQuoted = false)
{
    public override string ToString() => Value;
}

/// <summary>One to four dotted parts: [server.][database.][schema.]name. Missing middle parts are empty strings.</summary>
public sealed class ObjectName : SyntaxNode
{
    public required IReadOnlyList<string> Parts { get; init; }

    public string Name => Parts[^1];

    /// <summary>Schema part; null when absent or left empty (db..name).</summary>
    public string? Schema => Parts.Count >= 2 && Parts[^2].Length > 0 ? Parts[^2] : null;

    public string? Database => Parts.Count >= 3 && Parts[^3].Length > 0 ? Parts[^3] : null;

    public string? Server => Parts.Count >= 4 && Parts[^4].Length > 0 ? Parts[^4] : null;

    public override string ToString() => string.Join('.', Parts);
}

/// <summary>A data type as written; resolved against system and user types by the binder.</summary>
public sealed class DataTypeSyntax : SyntaxNode
{
    public required ObjectName Name { get; init; }

    /// <summary>Arguments in parentheses: lengths, precision, scale, dimensions; -1 stands for MAX.</summary>
    public IReadOnlyList<int> Arguments { get; init; } = [];

    /// <summary>Second word of VECTOR(n, float16).</summary>
    public string? BaseType { get; init; }

    /// <summary>Schema collection of xml(collection); null for all other types.</summary>
    public ObjectName? XmlCollection { get; init; }

    /// <summary>xml(DOCUMENT collection).</summary>
    public bool IsXmlDocument { get; init; }

    /// <summary>CURSOR VARYING and so on.</summary>
    public bool IsVarying { get; init; }

    public string? Collation { get; init; }
}

/// <summary>A batch: what stands between two GO lines.</summary>
public sealed class Batch : SyntaxNode
{
    public required string Text { get; init; }

    public required IReadOnlyList<Statement> Statements { get; init; }

    /// <summary>Types xml(collection) anywhere in the text: their collections have to exist before the batch begins.</summary>
    public IReadOnlyList<DataTypeSyntax> TypedXml { get; init; } = [];

    /// <summary>What the last SET QUOTED_IDENTIFIER of the text leaves, wherever it stands; null when there is none.</summary>
    public bool? QuotedIdentifier { get; init; }
}
