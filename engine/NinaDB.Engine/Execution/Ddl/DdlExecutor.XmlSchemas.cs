using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;
using NinaDB.Engine.Types.Xml;
using NinaDB.Engine.Types.Xml.Schema;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>XML schema collections: https://learn.microsoft.com/sql/t-sql/statements/create-xml-schema-collection-transact-sql.</summary>
internal sealed partial class DdlExecutor
{
    private void CreateOrAlterXmlCollection(XmlSchemaCollectionStatement statement)
    {
        if (statement.IsAlter)
        {
            AlterXmlCollection(statement);
            return;
        }

        SchemaDefinition schema = TargetSchema(statement.Name);
        string name = statement.Name.Name;
        TableBuilder.CheckName(name);
        if (Catalog.FindXmlCollection(schema.Name, name) is not null)
        {
            throw SqlErrors.Create(6348, statement.Name.ToString());
        }

        if (Catalog.FindType(schema.Name, name) is not null)
        {
            throw SqlErrors.Create(219, statement.Name.ToString());
        }

        string text = SchemaText(statement);
        Judge([], text);
        int id = Catalog.XmlCollections.Keys.DefaultIfEmpty(XmlSchemaCollectionDefinition.FirstId - 1).Max() + 1;
        _editor.Put(new XmlSchemaCollectionDefinition(id, schema.SchemaId, name, _editor.Now, _editor.Now, [text]));
    }

    private void AlterXmlCollection(XmlSchemaCollectionStatement statement)
    {
        if (statement.Name.Schema is { } schema && schema.Equals("sys", StringComparison.OrdinalIgnoreCase) && statement.Name.Name.Equals("sys", StringComparison.OrdinalIgnoreCase))
        {
            throw SqlErrors.Create(6339, statement.Name.ToString());
        }

        XmlSchemaCollectionDefinition? existing = FindXmlCollection(statement.Name);
        if (existing is null || !(Access.OnXmlCollection("ALTER", existing) || Access.OnSchema("ALTER", existing.SchemaId)))
        {
            throw SqlErrors.Create(6347, statement.Name.ToString());
        }

        string text = SchemaText(statement);
        if (text.Length == 0)
        {
            return;
        }

        Judge([.. existing.Texts.SelectMany(XmlSchemaText.Documents)], text);
        _editor.Put(new XmlSchemaCollectionDefinition(existing.CollectionId, existing.SchemaId, existing.Name, existing.CreateDate, _editor.Now, existing.Texts.Add(text)));
    }

    /// <summary>Checks and compiles what a statement brings together with what is there; the warnings are messages of the statement.</summary>
    private void Judge(IReadOnlyList<XmlNode> existing, string text)
    {
        IReadOnlyList<XmlNode> added = XmlSchemaText.Documents(text);
        if (existing.Count > 0 && added.Count == 0)
        {
            throw SqlErrors.Aborting(SqlErrors.Create(2378, ""));
        }

        XmlSchemaCheck check = XmlSchemaModel.Deep(() => XmlSchemaCheck.Run(existing, added));
        XmlSchemaModel.Compile([.. existing, .. added]);
        foreach ((string type, string facet) in check.Warnings)
        {
            Inform(6966, type, facet);
        }
    }

    /// <summary>The text of a literal or of a variable of a string, binary or untyped xml type: errors 6302, 6352 and 6361.</summary>
    private string SchemaText(XmlSchemaCollectionStatement statement)
    {
        (SqlValue value, SqlType type) = _source ?? Literal((LiteralExpression)statement.Text);
        if (value.IsNull)
        {
            throw SqlErrors.Create(6361);
        }

        return type.Id switch
        {
            SqlTypeId.Xml => type.XmlSchema is null ? value.AsString : throw SqlErrors.Create(6352),
            SqlTypeId.Binary or SqlTypeId.VarBinary => XmlConversion.FromBytes(value.AsBytes).AsString,
            _ when type.IsString => type.IsUnicodeString ? value.AsString : WithoutEncoding(value.AsString),
            _ => throw SqlErrors.Create(6302),
        };

        static (SqlValue, SqlType) Literal(LiteralExpression literal) =>
            (SqlValue.FromString(literal.Text), literal.Kind == LiteralKind.NationalString ? SqlType.NVarCharMax : SqlType.VarChar(SqlType.Max));
    }

    /// <summary>8-bit text may say which encoding it has; the characters are known already, and the declaration goes.</summary>
    private static string WithoutEncoding(string text)
    {
        int start = text.AsSpan().TrimStart().Length;
        int end = text.IndexOf("?>", StringComparison.Ordinal);
        return end > 0 && text.AsSpan(text.Length - start).StartsWith("<?xml ", StringComparison.Ordinal) ? text[(end + 2)..] : text;
    }

    private XmlSchemaCollectionDefinition? FindXmlCollection(ObjectName name) =>
        name.Schema is { } schema ? Catalog.FindXmlCollection(schema, name.Name) : Catalog.FindXmlCollection(_session.DefaultSchema, name.Name) ?? Catalog.FindXmlCollection("dbo", name.Name);

    private void DropXmlCollection(ObjectName name)
    {
        XmlSchemaCollectionDefinition collection = FindXmlCollection(name) ?? throw SqlErrors.Create(15151, "drop", "xml schema collection", name.Name);
        AuthorizeDrop("xml schema collection", name.Name, () => Access.OnXmlCollection("CONTROL", collection) || Access.OnSchema("ALTER", collection.SchemaId));
        if (XmlSchemaUses.UserOf(Catalog, collection.CollectionId) is { } user)
        {
            throw SqlErrors.Create(6328, name.ToString(), user);
        }

        _editor.Remove(collection);
    }

    private void TransferXmlCollection(ObjectName name, SchemaDefinition schema)
    {
        XmlSchemaCollectionDefinition collection = FindXmlCollection(name) ?? throw SqlErrors.Create(15151, "find", "xml schema collection", name.Name);
        if (Catalog.FindXmlCollection(schema.Name, collection.Name) is { } taken && taken.CollectionId != collection.CollectionId)
        {
            throw SqlErrors.Create(15530, "xml schema collection", collection.Name);
        }

        _editor.Put(new XmlSchemaCollectionDefinition(collection.CollectionId, schema.SchemaId, collection.Name, collection.CreateDate, _editor.Now, collection.Texts));
    }
}
