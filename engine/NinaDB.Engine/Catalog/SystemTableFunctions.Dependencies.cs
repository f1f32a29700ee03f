using NinaDB.Engine.Catalog.Dependencies;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>sys.dm_sql_referenced_entities and sys.dm_sql_referencing_entities.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/system-dynamic-management-views/sys-dm-sql-referenced-entities-transact-sql</remarks>
internal static partial class SystemTableFunctions
{
    private static IEnumerable<SystemTableFunction> Dependencies()
    {
        yield return Declare("dm_sql_referencing_entities", [SqlType.NVarChar(517), SqlType.NVarChar(60)],
            "referencing_schema_name sysname null, referencing_entity_name sysname, referencing_id int null, referencing_class tinyint null, referencing_class_desc nvarchar(60) null, is_caller_dependent bit",
            Referencing);
        yield return Declare("dm_sql_referenced_entities", [SqlType.NVarChar(517), SqlType.NVarChar(60)],
            "referencing_minor_id int, referenced_server_name sysname null, referenced_database_name sysname null, referenced_schema_name sysname null, referenced_entity_name sysname null, referenced_minor_name sysname null, "
            + "referenced_id int null, referenced_minor_id int, referenced_class tinyint null, referenced_class_desc nvarchar(60) null, is_caller_dependent bit, is_ambiguous bit, is_selected bit, is_updated bit, "
            + "is_select_all bit, is_all_columns_found bit, is_insert_all bit, is_incomplete bit",
            Referenced);
    }

    /// <summary>What an object or a database trigger refers to, with columns; error 2020 after the rows when something could not be bound.</summary>
    private static IEnumerable<object?[]> Referenced(EngineSession session, SqlValue[] arguments)
    {
        if (arguments[0].IsNull || arguments[1].IsNull || Find(session, arguments[0].AsString, arguments[1].AsString.ToUpperInvariant()) is not { } found)
        {
            yield break;
        }

        IEnumerable<EntityReference> references;
        bool isIncomplete = false;
        switch (found)
        {
            case ModuleDefinition module:
                (references, isIncomplete) = ReferenceCollector.Of(session, module, withColumns: true);
                break;
            case TableDefinition table:
                references = ReferenceCollector.Of(session, table).Where(r => r.ReferencingId == table.ObjectId).Select(r => r.Reference);
                break;
            default:
                yield break;
        }

        foreach (EntityReference reference in references)
        {
            if (!reference.IsColumnsOnly)
            {
                yield return Row(reference, null);
            }

            foreach (ColumnReference column in reference.Columns.Values)
            {
                yield return Row(reference, column);
            }
        }

        if (isIncomplete || references.Any(r => r is { Class: EntityReference.ObjectClass, Id: null, IsCallerDependent: false, Database: null }))
        {
            throw SqlErrors.Create(2020, arguments[0].AsString);
        }
    }

    private static object?[] Row(EntityReference r, ColumnReference? column) =>
    [
        r.ReferencingMinorId, r.Server, r.Database, r.Schema, r.Name, column?.Name, r.Database is null ? r.Id : null, column?.ColumnId ?? 0, r.Class, r.ClassName, r.IsCallerDependent, false,
        column?.IsSelected ?? r.IsSelected, column?.IsUpdated ?? r.IsUpdated, column is null && r.IsSelectAll, r.AllColumnsFound, column is null && r.IsInsertAll, false,
    ];

    /// <summary>The object of a class; OBJECT names need their schema.</summary>
    private static CatalogObject? Find(EngineSession session, string name, string className)
    {
        IReadOnlyList<string>? parts = Parser.TryParseName(name);
        return className switch
        {
            "OBJECT" when parts is [.., var schema, var last] => session.Catalog.Find(schema, last),
            "DATABASE_DDL_TRIGGER" when parts is [var only] => session.Catalog.ObjectsById.Values.OfType<ModuleDefinition>()
                .FirstOrDefault(m => m.Type == ObjectTypes.Trigger && m.ParentObjectId == 0 && m.Name.Equals(only, StringComparison.OrdinalIgnoreCase)),
            _ => null,
        };
    }

    /// <summary>Who names an object or a type, each once.</summary>
    private static IEnumerable<object?[]> Referencing(EngineSession session, SqlValue[] arguments)
    {
        if (arguments[0].IsNull || arguments[1].IsNull)
        {
            yield break;
        }

        string className = arguments[1].AsString.ToUpperInvariant();
        IReadOnlyList<string>? parts = Parser.TryParseName(arguments[0].AsString);
        (int? id, byte referencedClass) = className switch
        {
            "OBJECT" => (Find(session, arguments[0].AsString, className)?.ObjectId, EntityReference.ObjectClass),
            "TYPE" when parts is [.., var schema, var name] => (session.Catalog.FindType(schema, name)?.UserTypeId, EntityReference.TypeClass),
            _ => ((int?)null, (byte)0),
        };
        if (id is null)
        {
            yield break;
        }

        SystemView view = SystemViews.Find("sys", "sql_expression_dependencies")!;
        int Ordinal(string name) => view.Columns.Select((c, i) => (c.Name, i)).First(c => c.Name == name).i;
        int referencing = Ordinal("referencing_id"), referenced = Ordinal("referenced_id"), isDependent = Ordinal("is_caller_dependent"), minor = Ordinal("referenced_minor_id");
        int ownClass = Ordinal("referencing_class"), ownDescription = Ordinal("referencing_class_desc"), theirClass = Ordinal("referenced_class");
        Dictionary<int, ObjectEntry>? entries = null;
        var seen = new HashSet<int>();
        foreach (SqlValue[] row in view.Rows(session).Where(r => !r[referenced].IsNull && r[referenced].AsInt32 == id && r[theirClass].AsInt32 == referencedClass && r[minor].AsInt32 == 0))
        {
            int from = row[referencing].AsInt32;
            if (!seen.Add(from))
            {
                continue;
            }

            entries ??= ObjectNames.Objects(session.Catalog).ToDictionary(o => o.ObjectId);
            if (entries.TryGetValue(from, out ObjectEntry? entry))
            {
                yield return [session.Catalog.SchemaName(entry.SchemaId) ?? "dbo", entry.Name, from, row[ownClass], row[ownDescription], row[isDependent]];
            }
            else if (session.Catalog.Find(from) is { } trigger)
            {
                yield return [null, trigger.Name, from, row[ownClass], row[ownDescription], row[isDependent]];
            }
        }
    }
}
