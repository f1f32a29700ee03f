using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>Types.</summary>
internal static partial class SystemViews
{
    private const string TypeViewColumns =
        "name sysname, system_type_id tinyint, user_type_id int, schema_id int, principal_id int null, max_length smallint, precision tinyint, scale tinyint, collation_name sysname null, "
        + "is_nullable bit null, is_user_defined bit, is_assembly_type bit, default_object_id int, rule_object_id int, is_table_type bit";

    private static void AddTypeViews(Action<SystemView> add)
    {
        add(Sys("types", TypeViewColumns, s => SystemTypes.All.Select(t => new object?[]
        {
            t.Name, t.SystemTypeId, t.UserTypeId, InitialCatalog.SysSchemaId, null, t.MaxLength, t.Precision, t.Scale, t.IsCollatable ? Collation.Default.Name : null, t.IsNullable, false, t.IsAssemblyType, 0, 0, false,
        }).Concat(s.Catalog.TypesById.Values.OrderBy(t => t.UserTypeId).Select(TypeRow))));
        add(Sys("table_types", TypeViewColumns + ", type_table_object_id int, is_memory_optimized bit null",
            s => s.Catalog.TypesById.Values.Where(t => t.Table is not null).Select(t => (object?[])[.. TypeRow(t), t.Table!.ObjectId, false])));
        add(Sys("assembly_types", TypeViewColumns + ", assembly_id int, assembly_class sysname null, is_binary_ordered bit null, is_fixed_length bit null, prog_id nvarchar(40) null, assembly_qualified_name nvarchar(4000) null",
            s => s.Catalog.TypesById.Values.Where(t => t.Clr is not null).OrderBy(t => t.UserTypeId).Select(t =>
            {
                AssemblyDefinition? assembly = s.Catalog.Assemblies.GetValueOrDefault(t.Clr!.Assembly);
                return (object?[])[.. TypeRow(t), assembly?.AssemblyId ?? 0, t.Clr.Class, t.BaseType!.UdtFacts?.IsByteOrdered, t.BaseType.UdtFacts?.IsFixedLength, null, t.BaseType.UdtFacts?.AssemblyQualifiedName];
            }).Prepend(SystemAssemblyType("geography", "SqlGeography", false)).Prepend(SystemAssemblyType("geometry", "SqlGeometry", false)).Prepend(SystemAssemblyType("hierarchyid", "SqlHierarchyId", true))));
        AddXmlSchemaViews(add);
    }

    /// <summary>hierarchyid, geometry or geography as a type of the assembly that every database has.</summary>
    private static object?[] SystemAssemblyType(string name, string @class, bool isOrdered)
    {
        SystemType type = SystemTypes.Find(name)!;
        return
        [
            name, type.SystemTypeId, type.UserTypeId, InitialCatalog.SysSchemaId, null, type.MaxLength, type.Precision, type.Scale, null, true, false, true, 0, 0, false,
            1, "Microsoft.SqlServer.Types." + @class, isOrdered, false, null, $"Microsoft.SqlServer.Types.{@class}, Microsoft.SqlServer.Types, Version=17.0.0.0, Culture=neutral, PublicKeyToken=89845dcd8080cc91",
        ];
    }

    private static object?[] TypeRow(TypeDefinition t) => t.Clr is not null
        ? [t.Name, 240, t.UserTypeId, t.SchemaId, null, t.BaseType!.MaxLength, 0, 0, null, t.IsNullable, true, true, 0, 0, false]
        : t.BaseType is { } type
        ?
        [
            t.Name, SystemTypes.SystemTypeIdOf(type.Id), t.UserTypeId, t.SchemaId, null, type.MaxLength, type.CatalogPrecision, CatalogScale(type), type.IsString ? type.EffectiveCollation.Name : null,
            t.IsNullable, true, false, t.Default?.ObjectId ?? 0, t.Rule?.ObjectId ?? 0, false,
        ]
        : [t.Name, 243, t.UserTypeId, t.SchemaId, null, -1, 0, 0, null, false, true, false, 0, 0, true];
}
