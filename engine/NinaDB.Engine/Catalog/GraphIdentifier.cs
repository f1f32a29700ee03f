using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace NinaDB.Engine.Catalog;

/// <summary>
/// The JSON form of a node's or edge's identifier, {"type":"node","schema":"dbo","table":"T","id":0}. INSERT reads any JSON object with exactly these four members;
/// the functions only the form that is shown.
/// </summary>
internal readonly record struct GraphIdentifier(bool IsEdge, string Schema, string Table, long Id)
{
    public const string NodeType = "node", EdgeType = "edge";

    private static readonly string[] Members = ["type", "schema", "table", "id"];

    public static string Format(bool isEdge, string schema, string table, long id) => string.Create(
        CultureInfo.InvariantCulture, $"{{\"type\":\"{(isEdge ? EdgeType : NodeType)}\",\"schema\":\"{Escape(schema)}\",\"table\":\"{Escape(table)}\",\"id\":{id}}}");

    /// <summary>The identifier of a row by the table's object id; null when there is no such graph table (any more).</summary>
    public static string? Format(CatalogSnapshot catalog, bool isEdge, int objectId, long id) =>
        catalog.Find<TableDefinition>(objectId) is { } table && (isEdge ? table.IsEdge : table.IsNode)
            ? Format(isEdge, catalog.SchemaName(table.SchemaId)!, table.Name, id)
            : null;

    /// <summary>Reads what somebody has written: members in any order, any white space, the last of several with one name.</summary>
    public static GraphIdentifier? TryReadWritten(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            string? type = null, schema = null, table = null;
            long? id = null;
            foreach (JsonProperty member in document.RootElement.EnumerateObject())
            {
                switch (member.Name.ToLowerInvariant())
                {
                    case "type" when member.Value.ValueKind == JsonValueKind.String:
                        type = member.Value.GetString();
                        break;
                    case "schema" when member.Value.ValueKind == JsonValueKind.String:
                        schema = member.Value.GetString();
                        break;
                    case "table" when member.Value.ValueKind == JsonValueKind.String:
                        table = member.Value.GetString();
                        break;
                    case "id" when member.Value.ValueKind == JsonValueKind.Number && long.TryParse(member.Value.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number):
                        id = number;
                        break;
                    default:
                        return null;
                }
            }

            return KindOf(type) is { } isEdge && schema is not null && table is not null && id is { } value ? new GraphIdentifier(isEdge, schema, table, value) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads an identifier as it is shown: members in their order, no white space.</summary>
    public static GraphIdentifier? TryReadShown(string text)
    {
        int depth = 0;
        bool inString = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (inString)
            {
                i += c == '\\' ? 1 : 0;
                inString = c != '"';
                continue;
            }

            inString = c == '"';
            depth += c is '{' or '[' ? 1 : 0;
            if (depth > 1 || char.IsWhiteSpace(c))
            {
                return null;
            }
        }

        if (TryReadWritten(text) is not { } identifier)
        {
            return null;
        }

        using JsonDocument document = JsonDocument.Parse(text);
        int position = 0;
        foreach (JsonProperty member in document.RootElement.EnumerateObject())
        {
            if (position == Members.Length || !member.Name.Equals(Members[position++], StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }
        }

        return identifier;
    }

    /// <summary>The graph table that the identifier names, of its kind; null when there is none.</summary>
    public TableDefinition? FindTable(CatalogSnapshot catalog) =>
        catalog.Find<TableDefinition>(Schema, Table) is { } table && (IsEdge ? table.IsEdge : table.IsNode) ? table : null;

    private static bool? KindOf(string? type) =>
        string.Equals(type, NodeType, StringComparison.OrdinalIgnoreCase) ? false : string.Equals(type, EdgeType, StringComparison.OrdinalIgnoreCase) ? true : null;

    private static string Escape(string name) => JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(name);
}
