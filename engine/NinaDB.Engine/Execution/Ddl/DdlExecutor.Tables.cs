using System.Collections.Immutable;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>CREATE TABLE and CREATE SCHEMA.</summary>
internal sealed partial class DdlExecutor
{
    private const int MaxTemporaryNameLength = 116;

    private void CreateTable(CreateTableStatement statement)
    {
        CheckDatabase(statement.Name, "new table");
        bool isTemporary = TemporaryNames.IsLocal(statement.Name.Name);
        bool isGlobal = TemporaryNames.IsGlobal(statement.Name.Name);
        if ((isTemporary || isGlobal) && (statement.IsNode || statement.IsEdge))
        {
            throw SqlErrors.Create(13914);
        }

        SchemaDefinition schema = isTemporary || isGlobal ? Catalog.SchemasByName["dbo"] : TargetSchema(statement.Name);
        string name = statement.Name.Name;
        if (isTemporary)
        {
            RequireFreeTemporary(name);
        }
        else
        {
            RequireFree(schema, name);
        }

        var empty = new TableDefinition
        {
            ObjectId = isTemporary ? TemporaryCatalog.NextObjectId() : _editor.NextObjectId(),
            SchemaId = schema.SchemaId,
            Name = name,
            Type = ObjectTypes.UserTable,
            Columns = [],
            Storage = isTemporary ? TableStorageKind.Temporary : TableStorageKind.Durable,
            CreateDate = _editor.Now,
            ModifyDate = _editor.Now,
            Options = TableOptions(statement.Options),
            IsNode = statement.IsNode,
            IsEdge = statement.IsEdge,
            DatabaseId = Catalog.DatabaseId,
        };
        var builder = new TableBuilder(_session, empty, IdsFor(empty.Storage), isNew: true) { WrittenName = statement.Name.ToString(), Inform = Inform };
        builder.AddGraphColumns(statement.Definition);
        builder.NoteNullability(statement.Definition.Columns);
        builder.Add(statement.Definition);
        if ((isTemporary || isGlobal) && builder.Table.Columns.Any(c => c.IsFileStream))
        {
            throw SqlErrors.NotSupported("FILESTREAM columns in temporary tables");
        }

        TableDefinition table = Place(builder.Table, statement.Options);
        if (statement.Definition.Columns.SelectMany(c => c.Constraints).Concat(statement.Definition.Constraints).FirstOrDefault(c => c.Options.ContainsKey("ON") && table.RowStore.Name == c.Name) is { } clustered)
        {
            table = Place(table, clustered.Options);
        }

        RequirePartitionColumn(table);
        table = TableAccess.CreateTrees(table, _session.StoreFor(table));
        _editor.Put(table);
        if (isGlobal)
        {
            _session.OwnGlobal(table.ObjectId);
        }

        if (IndexOptions.IsOn(statement.Options, "SYSTEM_VERSIONING"))
        {
            StartVersioning(table, statement.Options, isNew: true);
        }
    }

    private void RequireFreeTemporary(string name)
    {
        if (name.Length > MaxTemporaryNameLength)
        {
            throw SqlErrors.Create(193, name, MaxTemporaryNameLength);
        }

        if (_session.Temporary.Tables.Exists(t => t.Level == _session.NestLevel && t.Table.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            SqlErrorException taken = SqlErrors.CreateWithState(2714, 6, name);
            taken.EndsOpenTransaction = true;
            throw taken;
        }
    }

    /// <summary>Options of WITH and the filegroup clauses: what changes meaning is refused, what only says where or how is recorded.</summary>
    private static ImmutableDictionary<string, string> TableOptions(IReadOnlyDictionary<string, string> options)
    {
        foreach ((string name, string value) in options)
        {
            bool off = value.Equals("OFF", StringComparison.OrdinalIgnoreCase);
            switch (name)
            {
                case "LEDGER" or "MEMORY_OPTIMIZED" or "REMOTE_DATA_ARCHIVE" or "DATA_DELETION" when !off:
                    throw SqlErrors.NotSupported($"{name} = {value}");
                case "SYSTEM_VERSIONING" or "HISTORY_TABLE" or "DATA_CONSISTENCY_CHECK" or "HISTORY_RETENTION_PERIOD" or "LEDGER" or "MEMORY_OPTIMIZED" or "REMOTE_DATA_ARCHIVE" or "DATA_DELETION":
                case "ON" or "TEXTIMAGE_ON" or "FILESTREAM_ON" or "DATA_COMPRESSION" or "XML_COMPRESSION" or "LOCK_ESCALATION" or "DURABILITY":
                    break;
                default:
                    throw SqlErrors.Create(155, name, "CREATE TABLE");
            }
        }

        return options.Where(o => !IsVersioningOption(o.Key)).ToImmutableDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private void CreateSchema(CreateSchemaStatement statement)
    {
        TableBuilder.CheckName(statement.Name);
        if (Catalog.SchemasByName.ContainsKey(statement.Name))
        {
            throw SqlErrors.CreateAfter(SqlErrors.CreateWithState(2714, 6, statement.Name), 2759);
        }

        int owner = _session.PrincipalId;
        if (statement.Owner is { } ownerName)
        {
            owner = Catalog.FindPrincipal(ownerName)?.PrincipalId ?? throw SqlErrors.CreateAfter(SqlErrors.Create(15151, "find", "user", ownerName), 2759);
        }

        int id = Math.Max(5, Catalog.SchemasByName.Values.Where(s => !InitialCatalog.IsFixedSchema(s.SchemaId)).Select(s => s.SchemaId + 1).DefaultIfEmpty(5).Max());
        _editor.Put(new SchemaDefinition(id, statement.Name, owner));
        if (statement.Elements.Count == 0)
        {
            return;
        }

        // Elements name their objects without a schema: they go to the new one.
        _session.SchemaOverride = statement.Name;
        try
        {
            foreach (Statement element in statement.Elements)
            {
                Run(element);
            }
        }
        catch (SqlErrorException error)
        {
            throw SqlErrors.CreateAfter(error, 2759);
        }
        finally
        {
            _session.SchemaOverride = null;
        }
    }
}
