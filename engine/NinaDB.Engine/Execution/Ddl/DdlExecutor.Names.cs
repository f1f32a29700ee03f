using NinaDB.Engine.Catalog;
using NinaDB.Engine.Cdc;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>Names in DDL: which schema an object goes to, whether the name is free, and finding what a statement names.</summary>
internal sealed partial class DdlExecutor
{
    /// <summary>The database that a statement acts in: the one that the name of its object says, tempdb for ##global tables, else the current one.</summary>
    public static int DatabaseOf(Statement statement, EngineSession session) => DatabaseOf(
        statement switch
        {
            CreateTableStatement s => s.Name,
            AlterTableStatement s => s.Name,
            CreateIndexStatement s => s.Table,
            CreateVectorIndexStatement s => s.Table,
            CreateSpecialIndexStatement s => s.Table,
            AlterIndexStatement s => s.Table,
            StatisticsStatement s => s.Table,
            TriggerStateStatement { Table: { } table } => table,
            DropStatement { Class: "INDEX", On: [{ } only] } => only,
            DropStatement { Names: [{ } only] } => only,
            ModuleStatement { Name: { } name } when TemporaryNames.IsGlobal(name.Name) => name,
            _ => null,
        },
        session);

    private static int DatabaseOf(ObjectName? name, EngineSession session)
    {
        if (name is null || TemporaryNames.IsLocal(name.Name))
        {
            return session.DatabaseId;
        }

        return TemporaryNames.IsGlobal(name.Name) ? ServerCatalog.TempdbId : session.FindDatabase(name.Database)?.DatabaseId ?? session.DatabaseId;
    }

    /// <summary>Refuses names of other servers, and names of databases that do not exist.</summary>
    private void CheckDatabase(ObjectName name, string kind)
    {
        if (name.Server is not null)
        {
            throw SqlErrors.Create(117, kind, name.ToString(), 2);
        }

        if (kind == "new table" && !IsHere(name))
        {
            throw SqlErrors.Create(2702, name.Database);
        }
    }

    /// <summary>A dropped object's name says no database (error 166). The grammar has refused it for all but sequences.</summary>
    private static void RefuseDatabase(ObjectName name, string statement)
    {
        if (name.Database is not null)
        {
            throw SqlErrors.Create(166, statement);
        }
    }

    /// <summary>Whether a name means the database that the statement acts in; a name of no database at all does not.</summary>
    private bool IsHere(ObjectName name) =>
        name.Database is not { } database || TemporaryNames.IsTemporary(name.Name) || database.Equals(Catalog.DatabaseName, StringComparison.OrdinalIgnoreCase);

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

    /// <summary>State of error 2714 for tables. Most errors of DDL end the transaction they meet, in a TRY block they doom it.</summary>
    private const byte TableExistsState = 6;

    /// <summary>Error 2714 when the schema already has an object or constraint with this name.</summary>
    private void RequireFree(SchemaDefinition schema, string name, byte state = TableExistsState)
    {
        TableBuilder.CheckName(name);
        if (Catalog.Find(schema.Name, name) is not null || Catalog.FindConstraint(schema.Name, name) is not null)
        {
            SqlErrorException taken = SqlErrors.CreateWithState(2714, state, name);
            taken.EndsOpenTransaction = state == TableExistsState;
            throw taken;
        }
    }

    /// <summary>What a name means: in the named schema, else in the default schema, else in dbo. Temp tables by their #.</summary>
    private CatalogObject? FindObject(ObjectName name, bool alsoSystem = false)
    {
        if (TemporaryNames.IsLocal(name.Name))
        {
            return _session.Temporary.Find(name.Name) ?? (CatalogObject?)_session.Temporary.FindProcedure(name.Name);
        }

        if (TemporaryNames.IsGlobal(name.Name))
        {
            return _session.Server.Tempdb.Find("dbo", name.Name);
        }

        if (!IsHere(name))
        {
            return null;
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
            not null when missing == 4902 => throw SqlErrors.Create(4909, name.ToString()),
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
