using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>Extended properties: sp_addextendedproperty, sp_updateextendedproperty, sp_dropextendedproperty.</summary>
internal static partial class SystemProcedures
{
    private static readonly SqlType LevelType = SqlType.VarChar(128);

    private static void AddPropertyProcedures(Action<SystemProcedure> add)
    {
        SystemParameter[] levels =
        [
            Optional("@level0type", LevelType), Optional("@level0name", Name), Optional("@level1type", LevelType), Optional("@level1name", Name),
            Optional("@level2type", LevelType), Optional("@level2name", Name),
        ];
        add(Changes("sp_addextendedproperty", c => AddProperty(c), [Required("@name", Name), Optional("@value", SqlType.SqlVariant), .. levels]));
        add(Changes("sp_updateextendedproperty", c => UpdateProperty(c), [Required("@name", Name), Optional("@value", SqlType.SqlVariant), .. levels]));
        add(Changes("sp_dropextendedproperty", c => DropProperty(c), [Required("@name", Name), .. levels]));
    }

    private static int AddProperty(SystemProcedureCall call)
    {
        (ExtendedProperty property, string target) = PropertyOf(call, 2, call.Arguments[1], "sp_addextendedproperty");
        if (Existing(call.Session.Catalog, property) is not null)
        {
            throw SqlErrors.Create(15233, property.Name, target);
        }

        new CatalogEditor(call.Session).Put(property);
        return 0;
    }

    private static int UpdateProperty(SystemProcedureCall call)
    {
        (ExtendedProperty property, string target) = PropertyOf(call, 2, call.Arguments[1], "sp_updateextendedproperty");
        if (Existing(call.Session.Catalog, property) is null)
        {
            throw SqlErrors.Create(15217, property.Name, target);
        }

        new CatalogEditor(call.Session).Put(property);
        return 0;
    }

    private static int DropProperty(SystemProcedureCall call)
    {
        (ExtendedProperty property, string target) = PropertyOf(call, 1, SqlValue.Null, "sp_dropextendedproperty");
        ExtendedProperty existing = Existing(call.Session.Catalog, property) ?? throw SqlErrors.Create(15217, property.Name, target);
        new CatalogEditor(call.Session).Remove(existing);
        return 0;
    }

    private static ExtendedProperty? Existing(CatalogSnapshot catalog, ExtendedProperty property) => catalog.ExtendedProperties.Find(p =>
        p.Class == property.Class && p.MajorId == property.MajorId && p.MinorId == property.MinorId && Same(p.Name, property.Name));

    /// <summary>The property that the level arguments from <paramref name="first"/> on address, and its target as errors show it.</summary>
    private static (ExtendedProperty Property, string Target) PropertyOf(SystemProcedureCall call, int first, SqlValue value, string procedure)
    {
        string name = call.Text(0) ?? throw SqlErrors.Create(15600, procedure);
        string?[] types = [call.Text(first), call.Text(first + 2), call.Text(first + 4)];
        string?[] names = [call.Text(first + 1), call.Text(first + 3), call.Text(first + 5)];
        for (int i = 0; i < 3; i++)
        {
            // A level needs both its type and its name, and every level above it.
            if (types[i] is null != names[i] is null || (types[i] is not null && i > 0 && types[i - 1] is null))
            {
                throw SqlErrors.Create(15600, procedure);
            }
        }

        string target = types[0] is null ? "object specified" : string.Join('.', names.Where(n => n is not null));
        (byte @class, int major, int minor) = Address(call.Session, types, names, target);
        RequireAlter(call.Session, @class, major, target);
        return (new ExtendedProperty(@class, major, minor, name, value), target);
    }

    /// <summary>Error 15135 without ALTER on what the property describes.</summary>
    private static void RequireAlter(EngineSession session, byte @class, int major, string target)
    {
        var access = Security.PrincipalAccess.Of(session);
        bool may = access.IsUnlimited || @class switch
        {
            1 or 2 or 7 => (session.Catalog.Find(major) ?? session.Catalog.FindConstraint(major)?.Table) is { } value && access.OnObject("ALTER", value),
            3 => access.OnSchema("ALTER", major),
            4 => session.Catalog.Principals.TryGetValue(major, out PrincipalDefinition? principal) && access.OnPrincipal("ALTER", principal),
            _ => access.OnDatabase("ALTER"),
        };
        if (!may)
        {
            throw SqlErrors.Create(15135, target);
        }
    }

    private static (byte Class, int MajorId, int MinorId) Address(EngineSession session, string?[] types, string?[] names, string target)
    {
        CatalogSnapshot catalog = session.Catalog;
        SqlErrorException Invalid() => SqlErrors.Create(15135, target);
        switch (types[0]?.ToUpperInvariant())
        {
            case null:
                return (0, 0, 0);
            case "SCHEMA" when types[1] is null:
                return (3, (catalog.SchemasByName.GetValueOrDefault(names[0]!) ?? throw Invalid()).SchemaId, 0);
            case "SCHEMA":
                break;
            case "USER" when types[1] is null:
                return (4, (catalog.FindPrincipal(names[0]!) ?? throw Invalid()).PrincipalId, 0);
            case "ASSEMBLY" when types[1] is null:
                return (5, (catalog.Assemblies.GetValueOrDefault(names[0]!) ?? throw Invalid()).AssemblyId, 0);
            case "TRIGGER" when types[1] is null:
                return (1, (catalog.TriggersOn(0).FirstOrDefault(t => Same(t.Name, names[0])) ?? throw Invalid()).ObjectId, 0);
            case "FILEGROUP" when types[1] is null:
                int group = Filegroups.All(catalog).ToList().FindIndex(f => Same(f, names[0]));
                return group >= 0 ? ((byte)20, group + 1, 0) : throw Invalid();
            default:
                throw Invalid();
        }

        string schema = names[0]!;
        string kind = types[1]!.ToUpperInvariant();
        if (kind == "TYPE")
        {
            TypeDefinition type = catalog.FindType(schema, names[1]!) ?? throw Invalid();
            return types[2] is null ? ((byte)6, type.UserTypeId, 0) : throw Invalid();
        }

        if (kind == "TABLE_TYPE")
        {
            TypeDefinition type = catalog.FindType(schema, names[1]!) is { Table: not null } found ? found : throw Invalid();
            if (types[2] is null)
            {
                return (6, type.UserTypeId, 0);
            }

            int column = types[2]!.Equals("COLUMN", StringComparison.OrdinalIgnoreCase) ? type.Table!.FindColumn(names[2]!) : -1;
            return column >= 0 ? ((byte)8, type.UserTypeId, type.Table!.Columns[column].ColumnId) : throw Invalid();
        }

        if (kind == "XML SCHEMA COLLECTION")
        {
            return types[2] is null && catalog.FindXmlCollection(schema, names[1]!) is { } collection ? ((byte)10, collection.CollectionId, 0) : throw Invalid();
        }

        CatalogObject owner = catalog.Find(schema, names[1]!) ?? throw Invalid();
        if (LevelOf(owner.Type) != kind)
        {
            throw Invalid();
        }

        return types[2]?.ToUpperInvariant() switch
        {
            null => (1, owner.ObjectId, 0),
            "COLUMN" => (1, owner.ObjectId, ColumnId(owner, names[2]!) ?? throw Invalid()),
            "CONSTRAINT" when owner is TableDefinition table =>
                (1, CatalogSnapshot.ConstraintsOf(table).FirstOrDefault(c => Same(c.Name, names[2]))?.ObjectId ?? throw Invalid(), 0),
            "INDEX" when owner is TableDefinition table => (7, table.ObjectId, table.Indexes.FirstOrDefault(i => Same(i.Name, names[2]))?.IndexId ?? throw Invalid()),
            "TRIGGER" => (1, catalog.TriggersOn(owner.ObjectId).FirstOrDefault(t => Same(t.Name, names[2]))?.ObjectId ?? throw Invalid(), 0),
            "PARAMETER" when owner is ModuleDefinition module => (2, module.ObjectId, ParameterId(module, names[2]!) ?? throw Invalid()),
            _ => throw Invalid(),
        };
    }

    private static string LevelOf(string type) => type switch
    {
        ObjectTypes.UserTable => "TABLE",
        ObjectTypes.View => "VIEW",
        ObjectTypes.Procedure or ObjectTypes.ClrProcedure => "PROCEDURE",
        ObjectTypes.Synonym => "SYNONYM",
        ObjectTypes.Sequence => "SEQUENCE",
        _ => "FUNCTION",
    };

    private static int? ColumnId(CatalogObject owner, string name) => owner switch
    {
        TableDefinition table => table.FindColumn(name) is >= 0 and int ordinal ? table.Columns[ordinal].ColumnId : null,
        ModuleDefinition module => module.Columns.Select(c => c.Name).ToList().FindIndex(c => Same(c, name)) is >= 0 and int i ? i + 1 : null,
        _ => null,
    };

    private static int? ParameterId(ModuleDefinition module, string name) =>
        module.Parameters.Select(p => p.Name).ToList().FindIndex(p => Same(p, name)) is >= 0 and int i ? i + 1 : null;
}
