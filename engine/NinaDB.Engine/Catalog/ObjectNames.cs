using NinaDB.Engine.Session;

namespace NinaDB.Engine.Catalog;

/// <summary>An entry of sys.objects, whatever it is made from: an object, a constraint or a table type's table.</summary>
internal sealed record ObjectEntry(
    int ObjectId, string Name, int SchemaId, int ParentObjectId, string Type, DateTime CreateDate, DateTime ModifyDate, bool IsSystem = false)
{
    public CatalogObject? Object { get; init; }

    public ConstraintObject? Constraint { get; init; }
}

/// <summary>All objects of a session's catalog, and the words for their types.</summary>
internal static class ObjectNames
{
    /// <summary>sys.objects.type of a CLR trigger, which is a trigger like others to everything but the views.</summary>
    public const string ClrTrigger = "TA";

    /// <summary>The type as sys.objects shows it.</summary>
    public static string ShownType(ObjectEntry entry) => entry.Object is ModuleDefinition { Type: ObjectTypes.Trigger, External: not null } ? ClrTrigger : entry.Type;

    /// <summary>sys.objects.type_desc.</summary>
    public static string Description(string type) => type switch
    {
        ObjectTypes.UserTable => "USER_TABLE",
        ObjectTypes.View => "VIEW",
        ObjectTypes.Procedure => "SQL_STORED_PROCEDURE",
        ObjectTypes.ClrProcedure => "CLR_STORED_PROCEDURE",
        ObjectTypes.ScalarFunction => "SQL_SCALAR_FUNCTION",
        ObjectTypes.ClrScalarFunction => "CLR_SCALAR_FUNCTION",
        ObjectTypes.InlineFunction => "SQL_INLINE_TABLE_VALUED_FUNCTION",
        ObjectTypes.TableFunction => "SQL_TABLE_VALUED_FUNCTION",
        ObjectTypes.ClrAggregate => "AGGREGATE_FUNCTION",
        ObjectTypes.ClrTableFunction => "CLR_TABLE_VALUED_FUNCTION",
        ObjectTypes.Trigger => "SQL_TRIGGER",
        ClrTrigger => "CLR_TRIGGER",
        ObjectTypes.PrimaryKey => "PRIMARY_KEY_CONSTRAINT",
        ObjectTypes.Unique => "UNIQUE_CONSTRAINT",
        ObjectTypes.ForeignKey => "FOREIGN_KEY_CONSTRAINT",
        ObjectTypes.Check => "CHECK_CONSTRAINT",
        ObjectTypes.Default => "DEFAULT_CONSTRAINT",
        ObjectTypes.Rule => "RULE",
        ObjectTypes.Sequence => "SEQUENCE_OBJECT",
        ObjectTypes.Synonym => "SYNONYM",
        ObjectTypes.TableType => "TYPE_TABLE",
        ObjectTypes.SecurityPolicy => "SECURITY_POLICY",
        ObjectTypes.SystemTable => "SYSTEM_TABLE",
        ObjectTypes.EdgeConstraint => "EDGE_CONSTRAINT",
        _ => "UNKNOWN",
    };

    /// <summary>User objects: objects, their constraints, and the tables behind table types.</summary>
    public static IEnumerable<ObjectEntry> Objects(CatalogSnapshot catalog)
    {
        // DDL triggers stand outside of every schema, and of sys.objects.
        foreach (CatalogObject value in catalog.ObjectsById.Values.Where(o => o.SchemaId > 0).OrderBy(o => o.ObjectId))
        {
            yield return Entry(value) with { IsSystem = Cdc.CdcCatalog.IsSystemObject(catalog, value) };
            if (value is TableDefinition table)
            {
                foreach (ConstraintObject constraint in CatalogSnapshot.ConstraintsOf(table))
                {
                    yield return Entry(constraint);
                }
            }
        }

        foreach (TypeDefinition type in catalog.TypesById.Values.Where(t => t.Table is not null))
        {
            yield return Entry(type.Table!);
            foreach (ConstraintObject constraint in CatalogSnapshot.ConstraintsOf(type.Table!))
            {
                yield return Entry(constraint);
            }
        }
    }

    /// <summary>System views and procedures.</summary>
    public static IEnumerable<ObjectEntry> SystemObjects()
    {
        DateTime created = new(2025, 11, 18);
        foreach (SystemView view in SystemViews.All)
        {
            int schema = view.Schema == "sys" ? InitialCatalog.SysSchemaId : InitialCatalog.InformationSchemaSchemaId;
            yield return new ObjectEntry(view.ObjectId, view.Name, schema, 0, ObjectTypes.View, created, created, IsSystem: true);
        }

        foreach (ModuleDefinition script in Procedures.SystemScripts.All)
        {
            yield return new ObjectEntry(script.ObjectId, script.Name, InitialCatalog.SysSchemaId, 0, ObjectTypes.Procedure, created, created, IsSystem: true);
        }

        foreach (Procedures.SystemProcedure procedure in Procedures.SystemProcedures.All)
        {
            yield return new ObjectEntry(procedure.ObjectId, procedure.Name, InitialCatalog.SysSchemaId, 0, ObjectTypes.Procedure, created, created, IsSystem: true);
        }
    }

    /// <summary>Anything with an object id: durable, temporary, a constraint, a table type, a system object.</summary>
    public static ObjectEntry? Find(EngineSession session, int objectId) => Security.MetadataVisibility.Sees(session, objectId) ? FindAny(session, objectId) : null;

    private static ObjectEntry? FindAny(EngineSession session, int objectId)
    {
        CatalogSnapshot catalog = session.Catalog;
        if (catalog.Find(objectId) is { } value)
        {
            return Entry(value);
        }

        if (catalog.FindConstraint(objectId) is { } constraint)
        {
            return Entry(constraint);
        }

        if (session.Temporary.Find(objectId) is { } temporary)
        {
            return Entry(temporary);
        }

        if (catalog.TypesById.Values.FirstOrDefault(t => t.Table?.ObjectId == objectId) is { } type)
        {
            return Entry(type.Table!);
        }

        return objectId < 0 ? SystemObjects().FirstOrDefault(o => o.ObjectId == objectId) : null;
    }

    /// <summary>
    /// Anything by its parts (schema null: the default schema, then dbo, then sys): what OBJECT_ID resolves. Procedures named sp_ are found in sys from any schema.
    /// </summary>
    public static ObjectEntry? Find(EngineSession session, string? schema, string name) =>
        FindAny(session, schema, name) is { } found && Security.MetadataVisibility.Sees(session, found.ObjectId) ? found : null;

    /// <summary>As <see cref="Find(EngineSession, string?, string)"/>, whether or not the current principal may know of it.</summary>
    public static ObjectEntry? FindAny(EngineSession session, string? schema, string name)
    {
        if (TemporaryNames.IsLocal(name))
        {
            return session.Temporary.Find(name) is { } table ? Entry(table) : session.Temporary.FindProcedure(name) is { } procedure ? Entry(procedure) : null;
        }

        if (TemporaryNames.IsGlobal(name))
        {
            return session.Server.Tempdb.Find("dbo", name) is { } global ? Entry(global) : null;
        }

        CatalogSnapshot catalog = session.Catalog;
        IEnumerable<string> schemas = schema is not null ? [schema] : new[] { session.DefaultSchema, "dbo", "sys" }.Distinct(StringComparer.OrdinalIgnoreCase);
        foreach (string candidate in schemas)
        {
            if (catalog.Find(candidate, name) is { } value)
            {
                return Entry(value);
            }

            if (catalog.FindConstraint(candidate, name) is { } constraint)
            {
                return Entry(constraint);
            }

            if (SystemViews.Find(candidate, name) is { } view)
            {
                return SystemObjects().First(o => o.ObjectId == view.ObjectId);
            }
        }

        bool isSystem = schema is null || schema.Equals("sys", StringComparison.OrdinalIgnoreCase) || schema.Equals("dbo", StringComparison.OrdinalIgnoreCase);
        int? known = isSystem ? Procedures.SystemProcedures.Find(name)?.ObjectId ?? Procedures.SystemScripts.Find(name)?.ObjectId : null;
        return known is { } id ? SystemObjects().First(o => o.ObjectId == id) : null;
    }

    public static ObjectEntry Entry(CatalogObject value) =>
        new(
            value.ObjectId, value.Name, value.SchemaId, value.ParentObjectId, value.Type, value.CreateDate, value.ModifyDate,
            IsSystem: value is TableDefinition table && table.Options.ContainsKey(Cdc.CdcCatalog.SystemOption))
        {
            Object = value,
        };

    public static ObjectEntry Entry(ConstraintObject constraint) => new(
        constraint.ObjectId, constraint.Name, constraint.Table.SchemaId, constraint.Table.ObjectId, constraint.Type, constraint.Table.CreateDate, constraint.Table.ModifyDate)
    {
        Constraint = constraint,
    };
}
