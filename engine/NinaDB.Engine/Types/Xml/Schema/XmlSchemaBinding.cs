namespace NinaDB.Engine.Types.Xml.Schema;

/// <summary>
/// What makes xml typed: the schema collection, and whether a value has to be a document. Two bindings to the same collection are equal, so that values
/// that were checked once are not checked again on their way from one place to another.
/// </summary>
/// <param name="collectionId">xml_collection_id.</param>
/// <param name="isDocument">xml(DOCUMENT collection): one element at the top, and no text beside it.</param>
/// <param name="find">The collection's compiled schemas by its id; asked when they are needed first.</param>
internal sealed class XmlSchemaBinding(int collectionId, bool isDocument, Func<int, XmlSchemaModel> find) : IEquatable<XmlSchemaBinding>
{
    public int CollectionId { get; } = collectionId;

    public bool IsDocument { get; } = isDocument;

    public XmlSchemaModel Model => find(CollectionId);

    public bool Equals(XmlSchemaBinding? other) => other is not null && other.CollectionId == CollectionId && other.IsDocument == IsDocument;

    public override bool Equals(object? obj) => Equals(obj as XmlSchemaBinding);

    public override int GetHashCode() => HashCode.Combine(CollectionId, IsDocument);
}
