using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>XML schema collections, and xml that they type.</summary>
public sealed partial class Parser
{
    private readonly List<DataTypeSyntax> _typedXml = [];

    /// <summary>xml([CONTENT | DOCUMENT] collection): the name and its parenthesis are ahead.</summary>
    private DataTypeSyntax ParseTypedXml(in Token start, ObjectName name)
    {
        Expect(TokenKind.LeftParen);
        bool hasFacet = (AtWord("CONTENT") || AtWord("DOCUMENT")) && Peek().Kind is not (TokenKind.RightParen or TokenKind.Dot);
        bool isDocument = hasFacet && AtWord("DOCUMENT");
        if (hasFacet)
        {
            Advance();
        }

        ObjectName collection = ParseObjectName();
        Expect(TokenKind.RightParen);
        DataTypeSyntax type = Finish(start, new DataTypeSyntax { Name = name, XmlCollection = collection, IsXmlDocument = isDocument });
        _typedXml.Add(type);
        return type;
    }

    /// <summary>CREATE XML SCHEMA COLLECTION n AS text, ALTER XML SCHEMA COLLECTION n ADD text: a literal or a variable.</summary>
    private XmlSchemaCollectionStatement ParseXmlSchemaCollection(in Token start, bool isAlter)
    {
        Advance();
        Expect(Keyword.Schema);
        ExpectWord("COLLECTION");
        ObjectName name = ParseLocalName((isAlter ? "ALTER" : "CREATE") + " XML SCHEMA COLLECTION");
        Expect(isAlter ? Keyword.Add : Keyword.As);
        Expression text = ParseExpression();
        return text is LiteralExpression or VariableExpression
            ? Finish(start, new XmlSchemaCollectionStatement { Name = name, IsAlter = isAlter, Text = text })
            : throw SyntaxError();
    }
}
