using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;
using NinaDB.Engine.Types.Xml;
using NinaDB.Engine.Types.Xml.Schema;

namespace NinaDB.Engine.Functions;

/// <summary>XML_SCHEMA_NAMESPACE.</summary>
internal static partial class BuiltinFunctions
{
    /// <summary>The schemas of a collection: errors 6314 (no such collection, the built-in one included) and 6312 (no such namespace in it).</summary>
    private static SqlValue XmlSchemaNamespace(EngineSession session, SqlValue[] arguments)
    {
        string name = arguments[1].AsString;
        XmlSchemaCollectionDefinition? collection = session.Catalog.FindXmlCollection(arguments[0].AsString, name);
        if (collection is null || !PrincipalAccess.Of(session).OnXmlCollection("REFERENCES", collection))
        {
            throw SqlErrors.Create(6314, name);
        }

        string? only = arguments.Length > 2 ? arguments[2].AsString : null;
        if (only is not null && !collection.Model.Namespaces.Contains(only))
        {
            throw SqlErrors.Create(6312, only, name);
        }

        string text = XmlSchemaModel.Deep(() => XmlSchemaWriter.Write(collection.Model, only));
        return SqlValue.FromString(XmlText.Instance(XmlParser.Parse(text)), SqlTypeId.Xml);
    }
}
