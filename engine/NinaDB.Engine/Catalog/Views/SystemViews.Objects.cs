using NinaDB.Engine.Session;

namespace NinaDB.Engine.Catalog;

/// <summary>sys.schemas, sys.objects and the views that are sys.objects with more columns.</summary>
internal static partial class SystemViews
{
    private static void AddObjectViews(Action<SystemView> add)
    {
        add(Sys("schemas", "name sysname, schema_id int, principal_id int null",
            s => s.Catalog.SchemasByName.Values.OrderBy(x => x.SchemaId).Select(x => new object?[] { x.Name, x.SchemaId, x.OwnerId })));
        add(Sys("objects", ObjectColumns, s => ObjectNames.Objects(s.Catalog).Select(ObjectRow)));
        add(Sys("system_objects", ObjectColumns, s => ObjectNames.SystemObjects().Select(ObjectRow)));
        add(Sys("all_objects", ObjectColumns, s => ObjectNames.Objects(s.Catalog).Concat(ObjectNames.SystemObjects()).Select(ObjectRow)));
        add(Sys("synonyms", ObjectColumns + ", base_object_name nvarchar(1035) null",
            s => Of<SynonymDefinition>(s).Select(x => Extend(x, x.BaseObjectName))));
        add(Sys("sequences", ObjectColumns
            + ", start_value sql_variant, increment sql_variant, minimum_value sql_variant, maximum_value sql_variant, is_cycling bit null, is_cached bit null, cache_size int null, "
            + "system_type_id tinyint, user_type_id int, precision tinyint, scale tinyint null, current_value sql_variant, is_exhausted bit, last_used_value sql_variant null",
            s => Of<SequenceDefinition>(s).Select(x => SequenceRow(s, x))));
        add(Sys("extended_properties", "class tinyint, class_desc nvarchar(60) null, major_id int, minor_id int, name sysname, value sql_variant null",
            s => s.Catalog.ExtendedProperties.Select(p => new object?[] { p.Class, PropertyClass(p.Class), p.MajorId, p.MinorId, p.Name, p.Value })));
    }

    private static IEnumerable<T> Of<T>(EngineSession session) where T : CatalogObject =>
        session.Catalog.ObjectsById.Values.OfType<T>().OrderBy(x => x.ObjectId);

    private static object?[] ObjectRow(ObjectEntry o) =>
    [
        o.Name, o.ObjectId, null, o.SchemaId, o.ParentObjectId, ObjectNames.ShownType(o), ObjectNames.Description(ObjectNames.ShownType(o)), o.CreateDate, o.ModifyDate, o.IsSystem, false, false,
    ];

    /// <summary>The columns of sys.objects followed by others.</summary>
    private static object?[] Extend(CatalogObject value, params object?[] more) => [.. ObjectRow(ObjectNames.Entry(value)), .. more];

    private static object?[] Extend(ConstraintObject value, params object?[] more) => [.. ObjectRow(ObjectNames.Entry(value)), .. more];

    private static object?[] SequenceRow(EngineSession session, SequenceDefinition x)
    {
        decimal? last = session.LastSequenceValue(x);
        decimal current = last ?? x.Start;
        Types.SqlType type = x.DataType;
        bool exhausted = !x.IsCycling && last is not null && (x.Increment > 0 ? current > x.Maximum - x.Increment : current < x.Minimum - x.Increment);
        return Extend(
            x, Variant(x.Start, type), Variant(x.Increment, type), Variant(x.Minimum, type), Variant(x.Maximum, type), x.IsCycling, x.CacheSize > 1, x.CacheSize == 50 ? null : x.CacheSize,
            Types.SystemTypes.SystemTypeIdOf(type.Id), Types.SystemTypes.UserTypeIdOf(type.Id), type.CatalogPrecision, type.Scale, Variant(current, type), exhausted, last is { } used ? Variant(used, type) : null);
    }

    private static string PropertyClass(byte @class) => @class switch
    {
        0 => "DATABASE",
        1 => "OBJECT_OR_COLUMN",
        2 => "PARAMETER",
        3 => "SCHEMA",
        4 => "DATABASE_PRINCIPAL",
        5 => "ASSEMBLY",
        6 => "TYPE",
        7 => "INDEX",
        8 => "TYPE_COLUMN",
        20 => "DATASPACE",
        22 => "DATABASE_FILE",
        _ => "OTHER",
    };
}
