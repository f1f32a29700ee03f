using NinaDB.Engine.Catalog;
using NinaDB.Engine.Cdc;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>Names in DDL: which schema an object goes to, whether the name is free, and finding what a statement names.</summary>
internal sealed partial class DdlExecutor
{
    /// <summary>Refuses names of other databases or servers.</summary>
    private void CheckDatabase(ObjectName name, string kind)
    {
        if (name.Server is not null)
        {
            throw SqlErrors.Create(117, kind, name.ToString(), 2);
        }

        bool isTemporary = name.Name.StartsWith('#');
        if (name.Database is { } database && !database.Equals(Catalog.DatabaseName, StringComparison.OrdinalIgnoreCase)
            && !(isTemporary && database.Equals("tempdb", StringComparison.OrdinalIgnoreCase)))
        {
            throw SqlErrors.NotSupported($"{kind} in another database ({database})");
        }
    }

    /// <summary>The schema a new object goes to; error 2760 when it does not exist.</summary>
    private SchemaDefinition TargetSchema(ObjectName name)
    {
        string schema = name.Schema ?? _session.DefaultSchema;
        if (!Catalog.SchemasByName.TryGetValue(schema, out SchemaDefinition? found) || found.SchemaId is InitialCatalog.SysSchemaId or InitialCatalog.InformationSchemaSchemaId
            || (!_asSystem && CdcCatalog.IsEnabled(Catalog) && CdcCatalog.IsCdcSchema(Catalog, found.SchemaId)))
        {
            throw SqlErrors.Create(2760, schema);
        }

        return found;
    }

    /// <summary>Error 2714 when the schema already has an object or constraint with this name.</summary>
    private void RequireFree(SchemaDefinition schema, string name, byte state = 6)
    {
        TableBuilder.CheckName(name);
        if (Catalog.Find(schema.Name, name) is not null || Catalog.FindConstraint(schema.Name, name) is not null)
        {
            throw SqlErrors.CreateWithState(2714, state, name);
        }
    }

    /// <summary>What a name means: in the named schema, else in the default schema, else in dbo. Temp tables by their #.</summary>
    private CatalogObject? FindObject(ObjectName name, bool alsoSystem = false)
    {
        if (name.Name.StartsWith('#'))
        {
            return _session.Temporary.Find(name.Name);
        }

        if (name.Schema is { } schema)
        {
            return Reachable(Catalog.Find(schema, name.Name), alsoSystem);
        }

        return Reachable(Catalog.Find(_session.DefaultSchema, name.Name), alsoSystem) ?? Catalog.Find("dbo", name.Name);
    }

    /// <summary>The table of an ALTER, CREATE INDEX and the like.</summary>
    /// <param name="missing">1088 for indexes, 4902 for ALTER TABLE.</param>
    private TableDefinition RequireTable(ObjectName name, int missing)
    {
        CheckDatabase(name, "table");
        return FindObject(name) switch
        {
            TableDefinition table => table,
            not null when missing == 4902 => throw SqlErrors.Create(4909, name.Name),
            not null => throw SqlErrors.NotSupported("an index on a view"),
            null => throw SqlErrors.CreateWithState(missing, missing == 1088 ? (byte)12 : (byte)1, name.ToString()),
        };
    }

    /// <summary>The table as it is now, after earlier changes of this statement.</summary>
    private TableDefinition Current(TableDefinition table) => table.Storage == TableStorageKind.Durable
        ? Catalog.Find<TableDefinition>(table.ObjectId)!
        : _session.Temporary.Find(table.ObjectId)!;

    /// <summary>Object ids for a table's constraints: the database's, or negative ones for temp tables.</summary>
    private Func<int> IdsFor(TableStorageKind storage) => storage == TableStorageKind.Durable ? _editor.NextObjectId : TemporaryCatalog.NextObjectId;
}
