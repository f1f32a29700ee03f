using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>sp_cursor_list, sp_describe_cursor, sp_describe_cursor_columns and sp_describe_cursor_tables: their answer is a cursor.</summary>
/// <remarks>https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-describe-cursor-transact-sql</remarks>
internal static class DescribeCursors
{
    private const int LocalScope = 1, GlobalScope = 2, BothScopes = 3;
    private const int FixedLength = 2, IsNullable = 4, IsUpdatable = 16, FastForward = 4, Unlimited = int.MaxValue;

    public static bool Start(BatchExecution run, string procedure, CallArgument[] arguments, CallCompleted? completed)
    {
        string name = procedure.ToLowerInvariant();
        if (name is not ("sp_cursor_list" or "sp_describe_cursor" or "sp_describe_cursor_columns" or "sp_describe_cursor_tables"))
        {
            return false;
        }

        CallArgument result = Argument(arguments, "@cursor_return", 0) is { Type.Id: SqlTypeId.Cursor } passed ? passed : throw PreparedCalls.In(name, SqlErrors.CreateWithState(201, 4, name, "@cursor_return"));
        Frame frame = run.Top!;
        if (name == "sp_cursor_list")
        {
            int scope = Argument(arguments, "@cursor_scope", 1) is { } given && !given.Value.IsNull ? ProcedureCall.Convert(given.Value, given.Type, SqlType.Int).AsInt32 : 0;
            if (scope is < LocalScope or > BothScopes)
            {
                run.SendMessage(SqlErrors.Create(16902, name, "@cursor_scope").Error with { Severity = 10, Procedure = name });
            }
            else
            {
                result.ReturnCursor?.Invoke(Report(run, frame, GeneralColumns, All(run.Session, frame, scope).Select(c => General(run, c.Name, c.Cursor))));
            }

            completed?.Invoke(0, i => (arguments[i].Value, arguments[i].Type));
            return true;
        }

        string source = Text(arguments, "@cursor_source", 1)?.Trim().ToLowerInvariant() ?? throw PreparedCalls.In(name, SqlErrors.CreateWithState(16902, 40, name, "@cursor_source"));
        if (source is not ("local" or "global" or "variable"))
        {
            throw PreparedCalls.In(name, SqlErrors.CreateWithState(16902, 42, name, "@cursor_source"));
        }

        string identity = Text(arguments, "@cursor_identity", 2) ?? throw PreparedCalls.In(name, SqlErrors.CreateWithState(16902, 43, name, "@cursor_identity"));
        Cursor cursor = Find(run.Session, frame, source, identity, name);
        result.ReturnCursor?.Invoke(name switch
        {
            "sp_describe_cursor" => Report(run, frame, GeneralColumns, [General(run, identity, cursor)]),
            "sp_describe_cursor_columns" => Report(run, frame, ColumnColumns, Columns(run, cursor)),
            _ => Report(run, frame, TableColumns, Tables(run, cursor)),
        });
        completed?.Invoke(0, i => (arguments[i].Value, arguments[i].Type));
        return true;
    }

    private static CallArgument? Argument(CallArgument[] arguments, string name, int position)
    {
        foreach (CallArgument argument in arguments)
        {
            if (string.Equals(argument.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return argument;
            }
        }

        return position < arguments.Length && arguments[position].Name is null ? arguments[position] : null;
    }

    private static string? Text(CallArgument[] arguments, string name, int position) =>
        Argument(arguments, name, position) is { Value.IsNull: false, Type.IsString: true } given ? given.Value.AsString : null;

    private static Cursor Find(EngineSession session, Frame frame, string source, string identity, string procedure)
    {
        switch (source)
        {
            case "global":
                return session.GlobalCursors.GetValueOrDefault(identity) ?? throw PreparedCalls.In(procedure, SqlErrors.CreateWithState(16916, 4, identity));
            case "local":
                return frame.Cursors?.GetValueOrDefault(identity) ?? throw PreparedCalls.In(procedure, SqlErrors.CreateWithState(16916, 4, identity));
            default:
                VariableInfo variable = frame.Routine.Variables.Find(identity) ?? throw PreparedCalls.In(procedure, SqlErrors.CreateWithState(137, 100, identity));
                return frame.Variables.Cursors.Length > 0 && frame.Variables.Cursors[variable.Slot] is Cursor held
                    ? held
                    : throw PreparedCalls.In(procedure, SqlErrors.CreateWithState(16950, 2, identity));
        }
    }

    /// <summary>The cursors of a scope under the names that reach them.</summary>
    private static IEnumerable<(string Name, Cursor Cursor)> All(EngineSession session, Frame frame, int scope)
    {
        if ((scope & LocalScope) != 0)
        {
            foreach ((string name, Cursor cursor) in frame.Cursors ?? [])
            {
                yield return (name, cursor);
            }

            foreach (VariableInfo variable in frame.Variables.Cursors.Length == 0 ? [] : frame.Routine.Variables.All)
            {
                if (frame.Variables.Cursors[variable.Slot] is Cursor cursor)
                {
                    yield return (variable.Name, cursor);
                }
            }
        }

        if ((scope & GlobalScope) != 0)
        {
            foreach ((string name, Cursor cursor) in session.GlobalCursors)
            {
                yield return (name, cursor);
            }
        }
    }

    private static readonly (string Name, SqlType Type, bool IsNullable)[] GeneralColumns =
    [
        ("reference_name", SqlType.SysName, false), ("cursor_name", SqlType.SysName, false), ("cursor_scope", SqlType.SmallInt, false), ("status", SqlType.SmallInt, false), ("model", SqlType.SmallInt, false),
        ("concurrency", SqlType.SmallInt, false), ("scrollable", SqlType.SmallInt, false), ("open_status", SqlType.SmallInt, false), ("cursor_rows", SqlType.Int, false), ("fetch_status", SqlType.SmallInt, false),
        ("column_count", SqlType.SmallInt, false), ("row_count", SqlType.Int, false), ("last_operation", SqlType.SmallInt, false), ("cursor_handle", SqlType.Int, false),
    ];

    private static SqlValue[] General(BatchExecution run, string reference, Cursor cursor)
    {
        static SqlValue Small(int value) => SqlValue.FromSmallInt((short)value);
        bool isLive = cursor.Model == CursorModel.Dynamic || cursor.Plan.IsFastForward;
        int status = !cursor.IsOpen ? -1 : cursor.Count > 0 || isLive ? 1 : 0;
        return
        [
            SqlValue.FromString(reference), SqlValue.FromString(cursor.Name), Small(cursor.IsGlobal ? GlobalScope : LocalScope), Small(status), Small(cursor.Plan.IsFastForward ? FastForward : (int)cursor.Model),
            Small((int)cursor.Plan.Concurrency), Small(cursor.IsScrollable ? 1 : 0), Small(cursor.IsOpen ? 1 : 0), SqlValue.FromInt(!cursor.IsOpen ? 0 : isLive ? -1 : cursor.Count), Small(cursor.FetchStatus),
            Small(Describe(run, cursor).Count), SqlValue.FromInt(cursor.LastRows), Small((int)cursor.LastAct), SqlValue.FromInt(cursor.Handle),
        ];
    }

    private static IReadOnlyList<OutputColumn> Describe(BatchExecution run, Cursor cursor) => cursor.Columns.Count > 0
        ? cursor.Columns
        : QueryCompiler.DescribeColumns(cursor.Definition.Query.Query, cursor.Definition.Query.With, new UnitCompiler(run.Session, cursor.Routine).Context);

    private static readonly (string Name, SqlType Type, bool IsNullable)[] ColumnColumns =
    [
        ("column_name", SqlType.SysName, true), ("ordinal_position", SqlType.Int, false), ("column_characteristics_flags", SqlType.Int, false), ("column_size", SqlType.Int, false),
        ("data_type_sql", SqlType.SmallInt, false), ("column_precision", SqlType.TinyInt, false), ("column_scale", SqlType.TinyInt, false), ("order_position", SqlType.Int, false),
        ("order_direction", SqlType.VarChar(1), true), ("hidden_column", SqlType.SmallInt, false), ("columnid", SqlType.Int, false), ("objectid", SqlType.Int, false), ("dbid", SqlType.Int, false),
        ("dbname", SqlType.SysName, true),
    ];

    private static IEnumerable<SqlValue[]> Columns(BatchExecution run, Cursor cursor)
    {
        List<CatalogObject> sources = [.. Sources(run, cursor)];
        int position = 0;
        foreach (OutputColumn column in Describe(run, cursor))
        {
            ColumnDefinition? definition = column.Source;
            TableDefinition? table = definition is null ? null : sources.OfType<TableDefinition>().FirstOrDefault(t => t.Columns.Contains(definition));
            bool mayChange = cursor.Plan.Concurrency != CursorConcurrency.ReadOnly && definition is { IsComputed: false } && definition.Type.Id != SqlTypeId.RowVersion
                && (cursor.Definition.UpdateColumns is not { Count: > 0 } listed || listed.Contains(definition.Name, StringComparer.OrdinalIgnoreCase));
            SqlType type = column.Type;
            bool isVariable = type.Id is SqlTypeId.VarChar or SqlTypeId.NVarChar or SqlTypeId.VarBinary or SqlTypeId.SqlVariant or SqlTypeId.Xml or SqlTypeId.Text or SqlTypeId.NText or SqlTypeId.Image;
            int flags = (isVariable ? 0 : FixedLength) | (column.IsNullable ? IsNullable : 0) | (mayChange ? IsUpdatable : 0);
            int length = type.IsMax || type.IsLegacyLob ? Unlimited : type.MaxLength;
            yield return
            [
                column.Name.Length == 0 ? SqlValue.Null : SqlValue.FromString(column.Name), SqlValue.FromInt(position++), SqlValue.FromInt(flags), SqlValue.FromInt(length),
                SqlValue.FromSmallInt(SystemTypes.SystemTypeIdOf(type.Id)), SqlValue.FromTinyInt(type.CatalogPrecision), SqlValue.FromTinyInt(type.Scale), SqlValue.FromInt(0), SqlValue.Null, SqlValue.FromSmallInt(0),
                SqlValue.FromInt(definition?.ColumnId ?? -1), SqlValue.FromInt(table?.ObjectId ?? -1), SqlValue.FromInt(table is null ? -1 : DatabaseOf(run, table).Id),
                table is null ? SqlValue.Null : SqlValue.FromString(DatabaseOf(run, table).Name),
            ];
        }
    }

    private static readonly (string Name, SqlType Type, bool IsNullable)[] TableColumns =
    [
        ("table_owner", SqlType.SysName, false), ("table_name", SqlType.SysName, false), ("optimizer_hint", SqlType.SmallInt, false), ("lock_type", SqlType.SmallInt, false),
        ("server_name", SqlType.SysName, true), ("objectid", SqlType.Int, false), ("dbid", SqlType.Int, false), ("dbname", SqlType.SysName, true),
    ];

    private static IEnumerable<SqlValue[]> Tables(BatchExecution run, Cursor cursor)
    {
        foreach (CatalogObject source in Sources(run, cursor))
        {
            (int id, string database) = DatabaseOf(run, source);
            string? owner = source is TableDefinition { Storage: not TableStorageKind.Durable } ? "dbo" : run.Session.CatalogOf(source).SchemaName(source.SchemaId);
            yield return
            [
                owner is null ? SqlValue.Null : SqlValue.FromString(owner), SqlValue.FromString(source.Name), SqlValue.FromSmallInt(0), SqlValue.FromSmallInt(0), SqlValue.FromString(Environment.MachineName), SqlValue.FromInt(source.ObjectId),
                SqlValue.FromInt(id), SqlValue.FromString(database),
            ];
        }
    }

    private static (int Id, string Name) DatabaseOf(BatchExecution run, CatalogObject source)
    {
        CatalogSnapshot catalog = source is TableDefinition { Storage: not TableStorageKind.Durable } ? run.Session.Server.Tempdb : run.Session.CatalogOf(source);
        return (catalog.DatabaseId, catalog.DatabaseName);
    }

    /// <summary>The tables and views that FROM names.</summary>
    private static IEnumerable<CatalogObject> Sources(BatchExecution run, Cursor cursor)
    {
        var compiler = new UnitCompiler(run.Session, cursor.Routine);
        foreach (NamedTableSource named in FromOf(cursor.Definition.Query.Query).SelectMany(Leaves).OfType<NamedTableSource>())
        {
            CatalogObject? found = TemporaryNames.IsLocal(named.Name.Name) ? compiler.FindTemporary(named.Name.Name) : compiler.FindObject(named.Name);
            if (found is not null)
            {
                yield return found;
            }
        }
    }

    private static IEnumerable<TableSource> FromOf(QueryExpression query) => query switch
    {
        SelectQuery select => select.From,
        SetOperationQuery set => FromOf(set.Left).Concat(FromOf(set.Right)),
        _ => [],
    };

    private static IEnumerable<TableSource> Leaves(TableSource source) => source switch
    {
        JoinTableSource join => Leaves(join.Left).Concat(Leaves(join.Right)),
        DerivedTableSource derived => FromOf(derived.Query).SelectMany(Leaves),
        _ => [source],
    };

    /// <summary>An open, scrollable, read-only cursor over given rows.</summary>
    private static Cursor Report(BatchExecution run, Frame frame, (string Name, SqlType Type, bool IsNullable)[] columns, IEnumerable<SqlValue[]> rows)
    {
        var definition = new CursorDefinition { Options = ["SCROLL", "STATIC", "READ_ONLY"], Query = new SelectStatement { Query = new SelectQuery { Items = [] } } };
        CursorPlan plan = CursorPlan.Given([.. columns.Select((c, i) => new OutputColumn(c.Name, c.Type, c.IsNullable, i))], [.. rows.Select(r => new CursorRow(r, []))]);
        var cursor = new Cursor(definition, "", plan) { Variables = new VariableFrame(0), Routine = frame.Routine };
        cursor.Open(run);
        return cursor;
    }
}
