using NinaDB.Engine.Catalog;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Metadata functions: names to ids and back.</summary>
internal static partial class BuiltinFunctions
{
    private static readonly SqlType NameType = SqlType.SysName;

    static partial void AddMetadataFamilies(Action<BuiltinFunction> add)
    {
        AddNameFamily(add);
        AddPropertyFamily(add);
        AddServerFamily(add);
        AddSystemFamily(add);
        AddObjectFamily(add);
        AddErrorFamily(add);
        AddSecurityFamily(add);
        AddCdcFamily(add);
        AddGraphFamily(add);
    }

    /// <summary>A function that reads the session or its catalog: never folded. NULL in, NULL out, unless <paramref name="acceptsNull"/>.</summary>
    private static BuiltinFunction SessionFunction(
        string name, int min, int max, SqlType result, SqlType[] arguments, Func<EngineSession, SqlValue[], SqlValue> evaluate, bool acceptsNull = false, bool isNiladic = false)
    {
        return new BuiltinFunction(name, min, max, b =>
            new BoundFunction(result, true, [.. arguments.Take(b.ArgumentTypes.Count)], (context, a) => evaluate(context.Session, a)) { NullIfAnyNull = !acceptsNull })
        {
            IsDeterministic = false,
            IsNiladic = isNiladic,
        };
    }

    private static SqlValue Name(string? value) => value is null ? SqlValue.Null : SqlValue.FromString(value);

    private static SqlValue Int(int? value) => value is { } number ? SqlValue.FromInt(number) : SqlValue.Null;

    private static SqlValue Flag(bool value) => SqlValue.FromInt(value ? 1 : 0);

    private static void AddNameFamily(Action<BuiltinFunction> add)
    {
        add(SessionFunction("OBJECT_ID", 1, 2, SqlType.Int, [NameLong, SqlType.NVarChar(4)], (s, a) =>
            IsTemporaryOfElsewhere(s, a[0].AsString) ? SqlValue.Null : Int(ObjectId(s, a[0].AsString, a.Length > 1 ? a[1].AsString : null))));
        add(SessionFunction("OBJECT_NAME", 1, 2, NameType, [SqlType.Int, SqlType.Int], (s, a) => InDatabase(s, a, 1, () => Name(ObjectNames.Find(s, a[0].AsInt32)?.Name))));
        add(SessionFunction("OBJECT_SCHEMA_NAME", 1, 2, NameType, [SqlType.Int, SqlType.Int], (s, a) =>
            InDatabase(s, a, 1, () => ObjectNames.Find(s, a[0].AsInt32) is { } found ? Name(s.Catalog.SchemaName(found.SchemaId)) : SqlValue.Null)));
        add(SessionFunction("OBJECT_DEFINITION", 1, 1, SqlType.NVarCharMax, [SqlType.Int], (s, a) => Name(Definition(s, a[0].AsInt32))));
        add(SessionFunction("SCHEMA_ID", 0, 1, SqlType.Int, [NameType], (s, a) =>
            Int(s.Catalog.SchemasByName.GetValueOrDefault(a.Length == 0 ? s.DefaultSchema : a[0].AsString)?.SchemaId)));
        add(SessionFunction("SCHEMA_NAME", 0, 1, NameType, [SqlType.Int], (s, a) => Name(a.Length == 0 ? s.DefaultSchema : s.Catalog.SchemaName(a[0].AsInt32))));
        add(SessionFunction("DB_ID", 0, 1, SqlType.SmallInt, [NameType], (s, a) =>
            (a.Length == 0 ? s.Catalog : s.Server.Find(a[0].AsString.TrimEnd())) is { } database ? SqlValue.FromSmallInt((short)database.DatabaseId) : SqlValue.Null));
        add(SessionFunction("DB_NAME", 0, 1, NameType, [SqlType.Int], (s, a) => Name((a.Length == 0 || a[0].AsInt32 == 0 ? s.Catalog : s.Server.Find(a[0].AsInt32))?.DatabaseName)));
        add(SessionFunction("ORIGINAL_DB_NAME", 0, 0, NameType, [], (s, _) => Name(s.Server.Find(s.OriginalDatabaseId)?.DatabaseName)));
        add(SessionFunction("COL_NAME", 2, 2, NameType, [SqlType.Int, SqlType.Int], (s, a) => Name(Columns(s, a[0].AsInt32)?.FirstOrDefault(c => c.ColumnId == a[1].AsInt32)?.Name)));
        add(SessionFunction("COL_LENGTH", 2, 2, SqlType.SmallInt, [NameLong, NameType], (s, a) =>
        {
            using DatabaseScope scope = InDatabaseOf(s, a[0].AsString);
            return ObjectId(s, a[0].AsString, null) is { } id && Columns(s, id)?.FirstOrDefault(c => Same(c.Name, a[1].AsString)) is { } column
                ? SqlValue.FromSmallInt((short)column.Type.MaxLength)
                : SqlValue.Null;
        }));
        add(SessionFunction("TYPE_ID", 1, 1, SqlType.Int, [NameLong], (s, a) => Int(TypeId(s, a[0].AsString))));
        add(SessionFunction("TYPE_NAME", 1, 1, NameType, [SqlType.Int], (s, a) => Name(TypeName(s.Catalog, a[0].AsInt32))));
        add(SessionFunction("INDEX_COL", 3, 3, NameType, [NameLong, SqlType.Int, SqlType.Int], (s, a) =>
        {
            using DatabaseScope scope = InDatabaseOf(s, a[0].AsString);
            TableDefinition? table = ObjectId(s, a[0].AsString, null) is { } id ? Table(s, id) : null;
            IndexDefinition? index = table?.Indexes.FirstOrDefault(i => i.IndexId == a[1].AsInt32);
            int key = a[2].AsInt32;
            return index is not null && key >= 1 && key <= index.KeyColumns.Length
                ? Name(table!.Columns[table.OrdinalOf(index.KeyColumns[key - 1].ColumnId)].Name)
                : SqlValue.Null;
        }));
        add(SessionFunction("PARSENAME", 2, 2, NameType, [NameLong, SqlType.Int], (_, a) =>
        {
            IReadOnlyList<string>? parts = Parser.TryParseName(a[0].AsString);
            int wanted = a[1].AsInt32;
            if (parts is null || parts.Count > 4 || wanted < 1 || wanted > parts.Count || parts.Any(p => p.Length > 128))
            {
                return SqlValue.Null;
            }

            string part = parts[^wanted];
            return part.Length == 0 ? SqlValue.Null : SqlValue.FromString(part);
        }));
        add(SessionFunction("FILE_ID", 1, 1, SqlType.SmallInt, [NameType], (s, a) => Same(a[0].AsString, s.Catalog.DatabaseName) ? SqlValue.FromSmallInt(1) : SqlValue.Null));
        add(SessionFunction("FILE_IDEX", 1, 1, SqlType.Int, [NameType], (s, a) => Same(a[0].AsString, s.Catalog.DatabaseName) ? SqlValue.FromInt(1) : SqlValue.Null));
        add(SessionFunction("FILE_NAME", 1, 1, NameType, [SqlType.Int], (s, a) => a[0].AsInt32 == 1 ? Name(s.Catalog.DatabaseName) : SqlValue.Null));
        add(SessionFunction("FILEGROUP_ID", 1, 1, SqlType.Int, [NameType], (s, a) =>
            Filegroups.All(s.Catalog).ToList().FindIndex(f => Same(f, a[0].AsString)) is >= 0 and int i ? SqlValue.FromInt(i + 1) : SqlValue.Null));
        add(SessionFunction("FILEGROUP_NAME", 1, 1, NameType, [SqlType.SmallInt], (s, a) => Name(Filegroups.All(s.Catalog).ElementAtOrDefault(a[0].AsInt32 - 1))));
    }

    /// <summary>Wide enough for a multi-part name with brackets.</summary>
    private static SqlType NameLong => SqlType.NVarChar(1035);

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    /// <summary>OBJECT_ID finds a temp object only when the name says tempdb, or in tempdb itself.</summary>
    private static bool IsTemporaryOfElsewhere(EngineSession session, string name) =>
        session.DatabaseId != ServerCatalog.TempdbId && Parser.TryParseName(name.Trim()) is { } parts && TemporaryNames.IsTemporary(parts[^1])
        && !(parts.Count == 3 && Same(parts[0], "tempdb"));

    /// <summary>Id of an object named by one to three parts, of the wanted type; null when there is none.</summary>
    internal static int? ObjectId(EngineSession session, string name, string? type, bool isVisible = true)
    {
        IReadOnlyList<string>? parts = Parser.TryParseName(name.Trim());
        if (parts is null || parts.Count > 3)
        {
            return null;
        }

        // A temp table is found through tempdb.. or by its bare name, as long as the name says #.
        string last = parts[^1];
        string? schema = parts.Count > 1 && parts[^2].Length > 0 ? parts[^2] : null;
        bool isElsewhere = parts.Count == 3 && parts[0].Length > 0 && !TemporaryNames.IsTemporary(last);
        if (isElsewhere && session.Server.Find(parts[0]) is not { } || (isElsewhere && session.PrincipalIn(session.Server.Find(parts[0])!) is null))
        {
            return null;
        }

        using DatabaseScope scope = session.In(isElsewhere ? session.Server.Find(parts[0])!.DatabaseId : session.DatabaseId);
        ObjectEntry? found = isVisible ? ObjectNames.Find(session, schema, last) : ObjectNames.FindAny(session, schema, last);
        return found is not null && (type is null || Same(type.Trim(), found.Type.Trim())) ? found.ObjectId : null;
    }

    /// <summary>The session is in the database that a name's first part says, where there is one that it may enter.</summary>
    private static DatabaseScope InDatabaseOf(EngineSession session, string name) =>
        Parser.TryParseName(name.Trim()) is { Count: 3 } parts && session.Server.Find(parts[0]) is { } database && session.PrincipalIn(database) is not null
            ? session.In(database.DatabaseId)
            : session.In(session.DatabaseId);

    /// <summary>Evaluates in the database whose id an optional argument gives; NULL when there is none, or the session may not enter it.</summary>
    private static SqlValue InDatabase(EngineSession session, SqlValue[] arguments, int index, Func<SqlValue> evaluate)
    {
        int id = arguments.Length > index ? arguments[index].AsInt32 : session.DatabaseId;
        if (session.Server.Find(id) is not { } database || session.PrincipalIn(database) is null)
        {
            return id == session.DatabaseId ? evaluate() : SqlValue.Null;
        }

        using DatabaseScope scope = session.In(id);
        return evaluate();
    }

    /// <summary>A table, temp tables and table types included.</summary>
    private static TableDefinition? Table(EngineSession session, int objectId) =>
        session.Catalog.Find<TableDefinition>(objectId) ?? session.Temporary.Find(objectId)
        ?? session.Catalog.TypesById.Values.FirstOrDefault(t => t.Table?.ObjectId == objectId)?.Table;

    /// <summary>Columns of a table, view, table-valued function or system view; null for other objects.</summary>
    private static IEnumerable<ColumnDefinition>? Columns(EngineSession session, int objectId)
    {
        if (!Security.MetadataVisibility.Sees(session, objectId))
        {
            return null;
        }

        if (Table(session, objectId) is { } table)
        {
            return table.Columns;
        }

        IReadOnlyList<ResultColumnDefinition>? columns = session.Catalog.Find<ModuleDefinition>(objectId) is { } module
            ? module.Columns
            : objectId < 0 ? SystemViews.All.FirstOrDefault(v => v.ObjectId == objectId)?.Columns : null;
        return columns?.Select((c, i) => new ColumnDefinition { ColumnId = i + 1, Name = c.Name, Type = c.Type, IsNullable = c.IsNullable });
    }

    private static string? Definition(EngineSession session, int objectId)
    {
        if (!Security.MetadataVisibility.SeesDefinition(session, objectId))
        {
            return null;
        }

        if (session.Catalog.Find<ModuleDefinition>(objectId) is { External: null } module)
        {
            return module.IsEncrypted ? null : module.Text;
        }

        if (session.Catalog.Find<BindableDefinition>(objectId) is { } bindable)
        {
            return bindable.Text;
        }

        return session.Catalog.FindConstraint(objectId) switch
        {
            { Type: ObjectTypes.Check } check => check.Table.Checks.First(c => c.ObjectId == objectId).Text,
            { Type: ObjectTypes.Default } value => value.Table.Columns.First(c => c.Default?.ObjectId == objectId).Default!.Text,
            _ => null,
        };
    }

    private static int? TypeId(EngineSession session, string name)
    {
        IReadOnlyList<string>? parts = Parser.TryParseName(name.Trim());
        if (parts is null || parts.Count > 2)
        {
            return null;
        }

        string? schema = parts.Count == 2 ? parts[0] : null;
        if (schema is null || Same(schema, "sys"))
        {
            string system = parts[^1].ToLowerInvariant() switch { "integer" => "int", "dec" => "decimal", "rowversion" => "timestamp", string other => other };

            // vector shares its system type with varbinary and is found through its schema only.
            if (SystemTypes.Find(system) is { } found && (found.Id != SqlTypeId.Vector || schema is not null))
            {
                return found.UserTypeId;
            }
        }

        return session.Catalog.FindType(schema ?? session.DefaultSchema, parts[^1])?.UserTypeId;
    }

    private static string? TypeName(CatalogSnapshot catalog, int typeId) =>
        SystemTypes.All.FirstOrDefault(t => t.UserTypeId == typeId)?.Name ?? catalog.FindType(typeId)?.Name;
}
