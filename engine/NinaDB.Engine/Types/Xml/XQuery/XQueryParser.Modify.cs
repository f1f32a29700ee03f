namespace NinaDB.Engine.Types.Xml.XQuery;

/// <summary>XML DML: insert, delete, replace value of. https://learn.microsoft.com/sql/t-sql/xml/xml-data-modification-language-xml-dml.</summary>
internal sealed partial class XQueryParser
{
    public static XModification CompileModification(string text, XQueryOptions options)
    {
        var parser = new XQueryParser(text, options);
        parser.ParseProlog();
        XModification result = parser.ParseModification();
        parser.SkipSpaces();
        return parser.IsAtEnd ? result : throw parser.Fail(2209, parser.NextToken());
    }

    private XModification ParseModification()
    {
        if (AcceptWord("insert"))
        {
            return ParseInsert();
        }

        if (AcceptWord("delete"))
        {
            XExpression target = ParseTarget();
            return target.Type is { Kind: XKind.Document } or { IsAtomic: true }
                ? throw Fail(2264, target.Type)
                : new XModification(XModificationKind.Delete, null, target, _slots, _declared);
        }

        if (AcceptWords("replace", "value"))
        {
            ExpectWord("of");
            return ParseReplace();
        }

        ParseExpression();
        SkipSpaces();
        throw IsAtEnd ? Errors.SqlErrors.Create(6305) : Fail(2209, NextToken());
    }

    private XExpression ParseTarget()
    {
        SkipSpaces();
        if (IsAtEnd)
        {
            throw Fail(2209, "<eof>");
        }

        XExpression target = ParseSingle();
        return target.Type.IsConstructed ? throw Fail(2359, _options.Method) : target;
    }

    private XModification ParseInsert()
    {
        SkipSpaces();
        if (IsAtEnd)
        {
            throw Fail(2209, "<eof>");
        }

        _allowsInstances = true;
        XExpression content = ParseSingle();
        _allowsInstances = false;
        XModificationKind kind;
        if (AcceptWord("as"))
        {
            kind = AcceptWord("first") ? XModificationKind.InsertFirst : AcceptWord("last") ? XModificationKind.InsertLast : throw Fail(2351);
            if (!AcceptWord("into"))
            {
                throw Fail(2205, "into");
            }
        }
        else
        {
            kind = AcceptWord("into") ? XModificationKind.InsertLast
                : AcceptWord("before") ? XModificationKind.InsertBefore
                : AcceptWord("after") ? XModificationKind.InsertAfter
                : throw (AtEnd() ? Fail(2209, "<eof>") : Fail(2248, NextToken()));
        }

        XExpression target = ParseTarget();
        bool isInto = kind is XModificationKind.InsertFirst or XModificationKind.InsertLast;
        XType type = target.Type;
        if (!type.IsSingle || type.Kind == XKind.Empty)
        {
            throw Fail(2226, type);
        }

        if (content.Type.IsAtomic || content.Type.Kind == XKind.Document)
        {
            throw Fail(2207, content.Type);
        }

        if (!isInto && content.Type.Kind == XKind.Attribute)
        {
            throw Fail(2258, content.Type);
        }

        if (isInto && type.Kind is XKind.Text or XKind.Comment or XKind.ProcessingInstruction or XKind.Attribute or XKind.Atomic)
        {
            throw Fail(2240, type);
        }

        if (!isInto && type.Kind is XKind.Attribute or XKind.Document or XKind.Atomic)
        {
            throw Fail(2249, type);
        }

        return new XModification(kind, content, target, _slots, _declared);
    }

    private bool AtEnd()
    {
        SkipSpaces();
        return IsAtEnd;
    }

    private XModification ParseReplace()
    {
        XExpression target = ParseTarget();
        if (!AcceptWord("with"))
        {
            throw Fail(2205, "with");
        }

        XExpression value = ParseSingle();
        if (!target.Type.IsSingle)
        {
            throw Fail(2337, target.Type);
        }

        bool isTypedElement = target.Type is { Kind: XKind.Element, SchemaType: not null } && Schema.XmlSchemaParts.SimpleContent(target.Type.SchemaType) is not null;
        if (!isTypedElement && target.Type.Kind is not (XKind.Attribute or XKind.Text or XKind.Comment or XKind.ProcessingInstruction))
        {
            throw Fail(2356, target.Type);
        }

        XType given = value.Type.Atomized;
        if (target.Type is { Model: not null, Kind: XKind.Element or XKind.Attribute, Atomic: not XAtomicType.Untyped } declared && given is { Kind: XKind.Atomic, IsConstructed: false } && given.Atomic != XAtomicType.Untyped
            && (!given.IsSingle || !XSchemaTyping.Derives(given.Atomic, declared.Atomic)))
        {
            throw Fail(2247, given.Atomic.Name() + (given.IsSingle ? "" : value is XSequence ? " +" : " *"), declared.Atomic.Name());
        }

        return value.Type.IsConstructed ? throw Fail(9310) : new XModification(XModificationKind.Replace, value, target, _slots, _declared);
    }
}
