using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>DROP of everything but indexes.</summary>
internal sealed partial class DdlExecutor
{
    private void Drop(DropStatement statement)
    {
        for (int i = 0; i < statement.Names.Count; i++)
        {
            ObjectName name = statement.Names[i];
            using DatabaseScope scope = _session.In(DatabaseOf(statement.Class == "INDEX" ? statement.On![i] : name, _session));
            switch (statement.Class)
            {
                case "INDEX":
                    DropIndex(name, statement.On![i], statement.IfExists);
                    break;
                case "TABLE":
                    DropTable(name, statement.IfExists);
                    break;
                case "VIEW" or "PROCEDURE" or "FUNCTION" or "AGGREGATE" or "TRIGGER" or "SEQUENCE" or "SYNONYM":
                    DropObject(statement.Class, name, statement.IfExists);
                    break;
                case "DATABASE TRIGGER":
                    DropDatabaseTrigger(name, statement.IfExists);
                    break;
                case "SERVER TRIGGER":
                    DropServerTrigger(name, statement.IfExists);
                    break;
                case "SCHEMA":
                    DropSchema(name.Name, statement.IfExists);
                    break;
                case "XML SCHEMA COLLECTION":
                    DropXmlCollection(name);
                    break;
                case "TYPE":
                    DropType(name, statement.IfExists);
                    break;
                case "ASSEMBLY":
                    DropAssembly(name.Name, statement.IfExists);
                    break;
                case "USER" or "ROLE":
                    DropPrincipal(statement.Class, name.Name, statement.IfExists);
                    break;
                case "LOGIN":
                    DropLogin(name.Name, statement.IfExists);
                    break;
                case "SERVER ROLE":
                    DropServerRole(name.Name, statement.IfExists);
                    break;
                case "STATISTICS":
                    DropStatistics(name);
                    break;
                case "PARTITION FUNCTION" or "PARTITION SCHEME":
                    DropPartitionObject(statement.Class, name.Name);
                    break;
                case "DATABASE":
                    DropDatabase(name.Name, statement.IfExists);
                    break;
                case "RULE" or "DEFAULT":
                    DropBindable(statement.Class, name, statement.IfExists);
                    break;
                case "SECURITY POLICY":
                    DropObject(statement.Class, name, statement.IfExists);
                    break;
                default:
                    throw SqlErrors.NotSupported($"DROP {statement.Class}");
            }
        }
    }

    private void DropTable(ObjectName name, bool ifExists)
    {
        CheckDatabase(name, "table");
        CatalogObject? found = FindObject(name);
        if (found is null)
        {
            if (ifExists)
            {
                return;
            }

            throw SystemViews.Find(name.Schema ?? "", name.Name) is not null
                ? SqlErrors.Create(3708, "drop", "table", name.ToString())
                : SqlErrors.CreateWithState(3701, 5, "drop", "table", name.ToString());
        }

        if (found is not TableDefinition table)
        {
            throw SqlErrors.Create(3705, "TABLE", name.ToString(), Noun(found.Type), "DROP " + DropClass(found.Type));
        }

        AuthorizeDrop("table", table, name);
        if (table.Versioning is not null || table.HistoryOf != 0)
        {
            throw SqlErrors.Create(13552, _session.DescribeTable(table, withDatabase: true));
        }

        if (table.Storage == TableStorageKind.Durable)
        {
            if (Catalog.ForeignKeysReferencing(table.ObjectId).Any(k => k.Table.ObjectId != table.ObjectId))
            {
                throw SqlErrors.Create(3726, name.ToString());
            }

            if (Catalog.EdgeConstraintsOn(table.ObjectId).Count > 0)
            {
                throw SqlErrors.Create(13934, name.ToString());
            }

            if ((BoundDependent(table.ObjectId) ?? PolicyOn(table.ObjectId)) is { } dependent)
            {
                throw SqlErrors.Create(3729, "DROP TABLE", name.ToString(), dependent);
            }

            DropCaptureInstances(table);

            foreach (ModuleDefinition trigger in Catalog.TriggersOn(table.ObjectId).ToList())
            {
                _editor.Remove(trigger);
            }
        }

        DdlExpressions.Access(table, _session, _context).Drop();
        _editor.Remove(table);
    }

    private void DropObject(string kind, ObjectName name, bool ifExists)
    {
        RefuseDatabase(name, "DROP " + kind);
        CatalogObject? found = FindObject(name);
        if (found is null)
        {
            if (ifExists)
            {
                return;
            }

            string noun = kind == "AGGREGATE" ? "aggregate function" : kind.ToLowerInvariant();
            throw kind == "SEQUENCE"
                ? SqlErrors.CreateWithState(3701, 5, "drop", "sequence object", name.ToString())
                : SqlErrors.CreateWithState(3701, 5, "drop", noun, name.ToString());
        }

        if (DropClass(found.Type) != kind)
        {
            throw SqlErrors.Create(3705, kind, name.ToString(), Noun(found.Type), "DROP " + DropClass(found.Type));
        }

        AuthorizeDrop(kind switch { "SEQUENCE" => "sequence object", "AGGREGATE" => "aggregate function", _ => kind.ToLowerInvariant() }, found, name);
        if (BoundDependent(found.ObjectId) is { } dependent)
        {
            throw SqlErrors.Create(3729, "DROP " + kind, name.ToString(), dependent);
        }

        if (found is SequenceDefinition sequence && SequenceUser(sequence) is { } user)
        {
            throw SqlErrors.Create(3729, "DROP SEQUENCE", name.ToString(), user);
        }

        foreach (ModuleDefinition trigger in Catalog.TriggersOn(found.ObjectId).ToList())
        {
            _editor.Remove(trigger);
        }

        if (found is ModuleDefinition { Materialized: not null } view)
        {
            DropRows(view);
        }

        _editor.Remove(found);
    }

    /// <summary>A default that takes values from the sequence; null for none.</summary>
    private string? SequenceUser(SequenceDefinition sequence)
    {
        foreach (TableDefinition table in Catalog.ObjectsById.Values.OfType<TableDefinition>())
        {
            foreach (ColumnDefinition column in table.Columns.Where(c => c.Default is not null))
            {
                bool uses = SyntaxWalker.Descendants(DdlExpressions.Parse(column.Default!.Text)).OfType<NextValueForExpression>()
                    .Any(n => Catalog.Find(n.Sequence.Schema ?? Catalog.SchemaName(table.SchemaId), n.Sequence.Name)?.ObjectId == sequence.ObjectId);
                if (uses)
                {
                    return column.Default!.Name;
                }
            }
        }

        return null;
    }

    private void DropSchema(string name, bool ifExists)
    {
        if (!Catalog.SchemasByName.TryGetValue(name, out SchemaDefinition? schema))
        {
            if (ifExists)
            {
                return;
            }

            throw SqlErrors.Create(15151, "drop", "schema", name);
        }

        AuthorizeDrop("schema", name, () => Access.OnSchema("CONTROL", schema.SchemaId) || Access.OnDatabase("ALTER ANY SCHEMA"));
        if (schema.SchemaId <= InitialCatalog.SysSchemaId)
        {
            throw SqlErrors.Create(15150, "drop", "schema", name);
        }

        string? content = Catalog.ObjectsById.Values.Where(o => o.SchemaId == schema.SchemaId).Select(o => o.Name).Order(StringComparer.OrdinalIgnoreCase).FirstOrDefault()
            ?? Catalog.TypesById.Values.FirstOrDefault(t => t.SchemaId == schema.SchemaId)?.Name
            ?? Catalog.XmlCollections.Values.FirstOrDefault(c => c.SchemaId == schema.SchemaId)?.Name;
        if (content is not null)
        {
            throw SqlErrors.Create(3729, "drop schema", name, content);
        }

        _editor.Remove(schema);
    }

    private void DropType(ObjectName name, bool ifExists)
    {
        TypeDefinition? type = Catalog.FindType(name.Schema ?? _session.DefaultSchema, name.Name);
        if (type is null)
        {
            if (ifExists)
            {
                return;
            }

            throw SqlErrors.Create(218, name.ToString());
        }

        if (!Access.OnType("CONTROL", type) && !Access.OnSchema("ALTER", type.SchemaId))
        {
            throw SqlErrors.Create(218, name.ToString());
        }

        foreach (CatalogObject value in Catalog.ObjectsById.Values)
        {
            bool uses = value switch
            {
                TableDefinition table => table.Columns.Any(c => c.UserTypeId == type.UserTypeId || c.Type.UdtFacts?.UserTypeId == type.UserTypeId),
                ModuleDefinition module => module.Parameters.Any(p => p.UserTypeId == type.UserTypeId) || (type.Clr is not null && module.ReturnType?.UdtFacts?.UserTypeId == type.UserTypeId),
                _ => false,
            };
            if (uses)
            {
                throw SqlErrors.Create(3732, name.ToString(), value.Name);
            }
        }

        if (Catalog.TypesById.Values.FirstOrDefault(t => t.Table is { } table && table.Columns.Any(c => c.UserTypeId == type.UserTypeId)) is { } user)
        {
            throw SqlErrors.Create(3732, name.ToString(), user.Name);
        }

        _editor.Remove(type);
    }

    /// <summary>The word of DROP for an object type.</summary>
    private static string DropClass(string type) => type switch
    {
        ObjectTypes.UserTable => "TABLE",
        ObjectTypes.View => "VIEW",
        ObjectTypes.Procedure or ObjectTypes.ClrProcedure => "PROCEDURE",
        ObjectTypes.Trigger => "TRIGGER",
        ObjectTypes.Sequence => "SEQUENCE",
        ObjectTypes.Synonym => "SYNONYM",
        ObjectTypes.ClrAggregate => "AGGREGATE",
        ObjectTypes.SecurityPolicy => "SECURITY POLICY",
        ObjectTypes.Rule => "RULE",
        ObjectTypes.Default => "DEFAULT",
        _ => "FUNCTION",
    };

    private static string Noun(string type) => type == ObjectTypes.ClrAggregate ? "aggregate function" : DropClass(type).ToLowerInvariant();
}
