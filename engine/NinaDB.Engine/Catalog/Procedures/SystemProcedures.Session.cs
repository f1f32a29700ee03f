using System.Globalization;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>Session context, application locks, describing result sets.</summary>
internal static partial class SystemProcedures
{
    private const int MaxContextBytes = 1_000_000;

    private static void AddSessionProcedures(Action<SystemProcedure> add)
    {
        add(Reads("sp_set_session_context", SetSessionContext,
            Required("@key", SqlType.NVarChar(256)), Required("@value", SqlType.SqlVariant), Optional("@read_only", SqlType.Bit, SqlValue.FromBit(false))));
        add(Reads("sp_flush_log", call =>
        {
            // 1 stands for success here.
            call.Session.Store.Flush();
            return 1;
        }));
        add(Reads("sp_getapplock", GetApplicationLock,
            Required("@Resource", SqlType.NVarChar(255)), Required("@LockMode", SqlType.VarChar(32)), Optional("@LockOwner", SqlType.VarChar(32), SqlValue.FromString("Transaction")),
            Optional("@LockTimeout", SqlType.Int), Optional("@DbPrincipal", Name, SqlValue.FromString("public"))));
        add(Reads("sp_releaseapplock", ReleaseApplicationLock,
            Required("@Resource", SqlType.NVarChar(255)), Optional("@LockOwner", SqlType.VarChar(32), SqlValue.FromString("Transaction")), Optional("@DbPrincipal", Name, SqlValue.FromString("public"))));
        add(Reads("sp_describe_first_result_set", DescribeFirstResultSet,
            Required("@tsql", SqlType.NVarCharMax), Optional("@params", SqlType.NVarCharMax), Optional("@browse_information_mode", SqlType.TinyInt, SqlValue.FromTinyInt(0))));
    }

    private static int SetSessionContext(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        string key = call.Text(0) ?? throw SqlErrors.Create(225, "procedure", "sp_set_session_context");
        if (key.Length > 128)
        {
            throw SqlErrors.Create(15666, key);
        }

        if (session.Context.TryGetValue(key, out (SqlValue Value, bool IsReadOnly) existing) && existing.IsReadOnly)
        {
            throw SqlErrors.Create(15664, key);
        }

        SqlValue value = call.Arguments[1];
        long total = session.Context.Where(c => !Same(c.Key, key)).Sum(c => Size(c.Key, c.Value.Value)) + Size(key, value);
        if (total > MaxContextBytes)
        {
            throw SqlErrors.Create(15665, key);
        }

        bool readOnly = !call.Arguments[2].IsNull && call.Arguments[2].AsBoolean;
        if (value.IsNull && !readOnly)
        {
            session.Context.Remove(key);
        }
        else
        {
            session.Context[key] = (value, readOnly);
        }

        return 0;

        static long Size(string key, SqlValue value) => (key.Length * 2) + 16 + (value.Kind != SqlTypeId.SqlVariant ? 0
            : value.AsVariant.Type.IsString ? value.AsVariant.Value.AsString.Length * 2 : value.AsVariant.Type.IsBinary ? value.AsVariant.Value.AsBytes.Length : 8);
    }

    private static int GetApplicationLock(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        string resource = call.Text(0) is { Length: > 0 } r ? r : throw SqlErrors.Create(1224, "sp_getapplock");
        string mode = call.Text(1) ?? "";
        if (!ApplicationLocks.IsMode(mode))
        {
            throw SqlErrors.Create(1225, "sp_getapplock");
        }

        bool isTransaction = Owner(call.Text(2), "sp_getapplock");
        if (isTransaction && session.TransactionCount == 0)
        {
            throw SqlErrors.Create(1228, "@LockOwner", "sp_getapplock");
        }

        int timeout = call.Arguments[3].IsNull ? session.Options.LockTimeout : call.Arguments[3].AsInt32;
        if (timeout < -1)
        {
            throw SqlErrors.Create(1227, "sp_getapplock");
        }

        return session.Database.ApplicationLocks.Acquire(session, resource, mode, isTransaction, timeout, call.Context.Cancellation);
    }

    private static int ReleaseApplicationLock(SystemProcedureCall call)
    {
        string resource = call.Text(0) is { Length: > 0 } r ? r : throw SqlErrors.Create(1224, "sp_releaseapplock");
        bool isTransaction = Owner(call.Text(1), "sp_releaseapplock");
        if (!call.Session.Database.ApplicationLocks.Release(call.Session, resource, isTransaction))
        {
            throw SqlErrors.Create(1223, call.Text(2), resource);
        }

        return 0;
    }

    private static bool Owner(string? owner, string procedure) => owner?.ToLowerInvariant() switch
    {
        "transaction" => true,
        "session" => false,
        _ => throw SqlErrors.Create(1226, procedure),
    };

    private static readonly ResultColumnDefinition[] DescribeColumns =
    [
        new("is_hidden", SqlType.Bit, false), new("column_ordinal", SqlType.Int, false), new("name", SqlType.SysName, true), new("is_nullable", SqlType.Bit, false), new("system_type_id", SqlType.Int, false),
        new("system_type_name", SqlType.NVarChar(256), true), new("max_length", SqlType.SmallInt, false), new("precision", SqlType.TinyInt, false), new("scale", SqlType.TinyInt, false),
        new("collation_name", SqlType.SysName, true), new("user_type_id", SqlType.Int, true), new("user_type_database", SqlType.SysName, true), new("user_type_schema", SqlType.SysName, true),
        new("user_type_name", SqlType.SysName, true), new("assembly_qualified_type_name", SqlType.NVarChar(4000), true), new("xml_collection_id", SqlType.Int, true),
        new("xml_collection_database", SqlType.SysName, true), new("xml_collection_schema", SqlType.SysName, true), new("xml_collection_name", SqlType.SysName, true),
        new("is_xml_document", SqlType.Bit, false), new("is_case_sensitive", SqlType.Bit, false), new("is_fixed_length_clr_type", SqlType.Bit, false), new("source_server", SqlType.SysName, true),
        new("source_database", SqlType.SysName, true), new("source_schema", SqlType.SysName, true), new("source_table", SqlType.SysName, true), new("source_column", SqlType.SysName, true),
        new("is_identity_column", SqlType.Bit, true), new("is_part_of_unique_key", SqlType.Bit, true), new("is_updateable", SqlType.Bit, true), new("is_computed_column", SqlType.Bit, true),
        new("is_sparse_column_set", SqlType.Bit, true), new("ordinal_in_order_by_list", SqlType.SmallInt, true), new("order_by_list_length", SqlType.SmallInt, true),
        new("order_by_is_descending", SqlType.SmallInt, true), new("tds_type_id", SqlType.Int, false), new("tds_length", SqlType.Int, false), new("tds_collation_id", SqlType.Int, true),
        new("tds_collation_sort_id", SqlType.TinyInt, true),
    ];

    /// <summary>Binds the first SELECT of a batch. A batch whose first result set comes from control flow or a procedure is error 11514's case and is refused.</summary>
    private static int DescribeFirstResultSet(SystemProcedureCall call)
    {
        IReadOnlyList<OutputColumn> columns = FirstResultColumns(call.Session, call.Text(0) ?? "", call.Text(1) ?? "");
        call.Send(DescribeColumns, columns.Select((c, i) => DescribeRow(c, i + 1)));
        return 0;
    }

    /// <summary>Columns of the first result set that a batch would give; none when it gives none. Refuses batches that branch.</summary>
    internal static IReadOnlyList<OutputColumn> FirstResultColumns(EngineSession session, string text, string parameters)
    {
        var variables = new VariableMap();
        if (parameters.Length > 0)
        {
            foreach (ParameterSyntax parameter in Parser.ParseParameterList(parameters))
            {
                ResolvedType resolved = TypeResolver.Resolve(parameter.Type, session.Catalog, TypeUse.Parameter(parameter.Name, variables.Count + 1));
                variables.Add(parameter.Name, resolved.Type, resolved.Table);
            }
        }

        foreach (Statement statement in Parser.ParseBatch(text).Statements)
        {
            if (statement is DeclareStatement declare)
            {
                foreach (VariableDeclaration variable in declare.Variables.Where(v => v.Type is not null))
                {
                    ResolvedType resolved = TypeResolver.Resolve(variable.Type!, session.Catalog, TypeUse.Parameter(variable.Name, variables.Count + 1));
                    variables.Add(variable.Name, resolved.Type, resolved.Table);
                }
            }
            else if (statement is SelectStatement { Query: not SelectQuery { Into: not null } } select && !SyntaxWalker.Descendants(select).OfType<AssignmentItem>().Any())
            {
                return QueryCompiler.Compile(select, new CompilationContext(session, session.Catalog, variables)).Columns;
            }
            else if (statement is ExecuteStatement or IfStatement or WhileStatement or TryCatchStatement or BlockStatement)
            {
                throw SqlErrors.NotSupported("sp_describe_first_result_set of a batch that branches or calls procedures");
            }
        }

        return [];
    }

    /// <summary>The rows of sp_describe_first_result_set for a batch.</summary>
    internal static IEnumerable<SqlValue[]> DescribeRows(EngineSession session, string text, string parameters) =>
        FirstResultColumns(session, text, parameters).Select((c, i) => DescribeRow(c, i + 1));

    private static SqlValue[] DescribeRow(OutputColumn column, int ordinal)
    {
        SqlType type = column.Type.Id == SqlTypeId.Null ? SqlType.Int : column.Type;
        bool isVector = type.Id == SqlTypeId.Vector;
        SqlValue none = SqlValue.Null;
        SqlValue no = SqlValue.FromBit(false);
        return
        [
            no, Int(ordinal), column.Name.Length == 0 ? none : Text(column.Name), SqlValue.FromBit(column.IsNullable), Int(SystemTypes.SystemTypeIdOf(type.Id)), Text(type.DisplayName),
            SqlValue.FromSmallInt((short)type.MaxLength), SqlValue.FromTinyInt(type.CatalogPrecision), SqlValue.FromTinyInt(type.Scale),
            type.IsString ? Text(type.EffectiveCollation.Name) : none, isVector ? Int(255) : none, none, none, none, none, none, none, none, none, no,
            SqlValue.FromBit(type.IsString && type.EffectiveCollation.IsCaseSensitive), no, none, none, none, none, none,
            SqlValue.FromBit(column.IsIdentity), none, SqlValue.FromBit(!column.IsComputed && !column.IsIdentity), SqlValue.FromBit(column.IsComputed), no, none, none, none,
            Int(TdsType(type, column.IsNullable)), Int(TdsLength(type)), type.IsString ? Int(13632521) : none, type.IsString ? SqlValue.FromTinyInt(52) : none,
        ];
    }

    /// <summary>Type token of the client protocol: numbers, bit and the old date types have one of their own when they cannot be NULL.</summary>
    private static int TdsType(SqlType type, bool isNullable) => type.Id switch
    {
        SqlTypeId.Bit when !isNullable => 50,
        SqlTypeId.TinyInt when !isNullable => 48,
        SqlTypeId.SmallInt when !isNullable => 52,
        SqlTypeId.Int when !isNullable => 56,
        SqlTypeId.BigInt when !isNullable => 127,
        SqlTypeId.Real when !isNullable => 59,
        SqlTypeId.Float when !isNullable => 62,
        SqlTypeId.Money when !isNullable => 60,
        SqlTypeId.SmallMoney when !isNullable => 122,
        SqlTypeId.DateTime when !isNullable => 61,
        SqlTypeId.SmallDateTime when !isNullable => 58,
        SqlTypeId.Bit => 104,
        SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt => 38,
        SqlTypeId.Real or SqlTypeId.Float => 109,
        SqlTypeId.Money or SqlTypeId.SmallMoney => 110,
        SqlTypeId.DateTime or SqlTypeId.SmallDateTime => 111,
        SqlTypeId.Decimal => 106,
        SqlTypeId.Numeric => 108,
        SqlTypeId.UniqueIdentifier => 36,
        SqlTypeId.Date => 40,
        SqlTypeId.Time => 41,
        SqlTypeId.DateTime2 => 42,
        SqlTypeId.DateTimeOffset => 43,
        SqlTypeId.NVarChar => 231,
        SqlTypeId.NChar => 239,
        SqlTypeId.VarChar => 167,
        SqlTypeId.Char => 175,
        SqlTypeId.VarBinary => 165,
        SqlTypeId.Binary or SqlTypeId.RowVersion => 173,
        SqlTypeId.Text => 35,
        SqlTypeId.NText => 99,
        SqlTypeId.Image => 34,
        SqlTypeId.SqlVariant => 98,
        SqlTypeId.Xml => 241,
        SqlTypeId.Json => 244,
        SqlTypeId.Vector => 245,
        _ => 0,
    };

    private static int TdsLength(SqlType type) => type.IsMax ? 65535 : type.IsLegacyLob ? 2147483647 : type.Id == SqlTypeId.SqlVariant ? 8009 : type.IsDecimal ? 17 : type.MaxLength;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
