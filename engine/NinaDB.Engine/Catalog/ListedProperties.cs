using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>
/// fn_listextendedproperty: properties of what the level arguments name. A level's name that is NULL (or DEFAULT) stands for everything of its type; levels
/// below the last one given are not looked into.
/// </summary>
internal static class ListedProperties
{
    public static IEnumerable<SqlValue[]> Find(CatalogSnapshot catalog, SqlValue[] arguments)
    {
        string? name = Text(arguments[0]);
        string?[] types = [Text(arguments[1])?.ToUpperInvariant(), Text(arguments[3])?.ToUpperInvariant(), Text(arguments[5])?.ToUpperInvariant()];
        string?[] names = [Text(arguments[2]), Text(arguments[4]), Text(arguments[6])];
        foreach ((string? type, string? target, byte @class, int major, int minor) in Targets(catalog, types, names))
        {
            foreach (ExtendedProperty property in catalog.ExtendedProperties.Where(p => p.Class == @class && p.MajorId == major && p.MinorId == minor && (name is null || Same(p.Name, name))))
            {
                yield return
                [
                    type is null ? SqlValue.Null : SqlValue.FromString(type), target is null ? SqlValue.Null : SqlValue.FromString(target), SqlValue.FromString(property.Name), property.Value,
                ];
            }
        }
    }

    private static IEnumerable<(string? Type, string? Name, byte Class, int Major, int Minor)> Targets(CatalogSnapshot catalog, string?[] types, string?[] names)
    {
        if (types[0] is null)
        {
            yield return (null, null, 0, 0, 0);
            yield break;
        }

        if (types[0] != "SCHEMA")
        {
            foreach (PrincipalDefinition principal in catalog.Principals.Values.Where(p => types[0] == "USER" && Fits(p.Name, names[0])))
            {
                yield return ("USER", principal.Name, 4, principal.PrincipalId, 0);
            }

            yield break;
        }

        foreach (SchemaDefinition schema in catalog.SchemasByName.Values.Where(s => Fits(s.Name, names[0])))
        {
            if (types[1] is null)
            {
                yield return ("SCHEMA", schema.Name, 3, schema.SchemaId, 0);
                continue;
            }

            foreach (TypeDefinition type in catalog.TypesById.Values.Where(t => types[1] is "TYPE" or "TABLE_TYPE" && t.SchemaId == schema.SchemaId && Fits(t.Name, names[1])))
            {
                yield return (types[1], type.Name, 6, type.UserTypeId, 0);
            }

            foreach (CatalogObject value in catalog.ObjectsById.Values.Where(o => o.SchemaId == schema.SchemaId && Level(o.Type) == types[1] && Fits(o.Name, names[1])))
            {
                if (types[2] is null)
                {
                    yield return (types[1], value.Name, 1, value.ObjectId, 0);
                    continue;
                }

                foreach ((string part, byte @class, int major, int minor) in Parts(catalog, value, types[2]!).Where(p => Fits(p.Name, names[2])))
                {
                    yield return (types[2], part, @class, major, minor);
                }
            }
        }
    }

    private static IEnumerable<(string Name, byte Class, int Major, int Minor)> Parts(CatalogSnapshot catalog, CatalogObject owner, string kind) => (kind, owner) switch
    {
        ("COLUMN", TableDefinition table) => table.Columns.Select(c => (c.Name, (byte)1, table.ObjectId, c.ColumnId)),
        ("COLUMN", ModuleDefinition module) => module.Columns.Select((c, i) => (c.Name, (byte)1, module.ObjectId, i + 1)),
        ("CONSTRAINT", TableDefinition table) => CatalogSnapshot.ConstraintsOf(table).Select(c => (c.Name, (byte)1, c.ObjectId, 0)),
        ("INDEX", TableDefinition table) => table.Indexes.Where(i => i.Name is not null).Select(i => (i.Name!, (byte)7, table.ObjectId, i.IndexId)),
        ("TRIGGER", _) => catalog.TriggersOn(owner.ObjectId).Select(t => (t.Name, (byte)1, t.ObjectId, 0)),
        ("PARAMETER", ModuleDefinition module) => module.Parameters.Select((p, i) => (p.Name, (byte)2, module.ObjectId, i + 1)),
        _ => [],
    };

    private static string Level(string type) => type switch
    {
        ObjectTypes.UserTable => "TABLE",
        ObjectTypes.View => "VIEW",
        ObjectTypes.Procedure or ObjectTypes.ClrProcedure => "PROCEDURE",
        ObjectTypes.Synonym => "SYNONYM",
        ObjectTypes.Sequence => "SEQUENCE",
        ObjectTypes.Trigger => "TRIGGER",
        _ => "FUNCTION",
    };

    private static string? Text(SqlValue value) => value.IsNull ? null : value.AsString;

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static bool Fits(string name, string? wanted) => wanted is null || Same(name, wanted);
}
