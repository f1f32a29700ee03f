using System.Globalization;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>sp_configure, trusted assemblies, sp_who, sp_server_info.</summary>
internal static partial class SystemProcedures
{
    private const int Sha512Bytes = 64;

    private static void AddServerProcedures(Action<SystemProcedure> add)
    {
        add(Changes("sp_configure", Configure, Optional("@configname", SqlType.VarChar(35)), Optional("@configvalue", SqlType.Int)));
        add(Changes("sp_add_trusted_assembly", AddTrusted, Required("@hash", SqlType.VarBinary(8000)), Optional("@description", SqlType.NVarChar(4000))));
        add(Changes("sp_drop_trusted_assembly", DropTrusted, Required("@hash", SqlType.VarBinary(8000))));
        add(Reads("sp_who", c =>
        {
            c.Send(
                [Column("spid", SqlType.SmallInt), Column("ecid", SqlType.SmallInt), Column("status", SqlType.NChar(30)), Column("loginame", Name), Column("hostname", SqlType.NChar(128)), Column("blk", SqlType.Char(5)), Column("dbname", Name), Column("cmd", SqlType.NChar(26)), Column("request_id", SqlType.Int)],
                Sessions(c.Session, c.Text(0)).Select(s => new[]
                {
                    SqlValue.FromSmallInt((short)s.SessionId), SqlValue.FromSmallInt(0), SqlValue.FromString(Status(c.Session, s).PadRight(30), SqlTypeId.NChar), Text(s.OriginalLogin),
                    SqlValue.FromString(s.HostName.PadRight(128), SqlTypeId.NChar), SqlValue.FromString("0    ", SqlTypeId.Char), Text(s.Catalog.DatabaseName),
                    SqlValue.FromString(Command(c.Session, s).PadRight(26), SqlTypeId.NChar), Int(0),
                }));
            return 0;
        }, Optional("@loginame", Name)));
        add(Reads("sp_who2", c =>
        {
            c.Send(
                [Column("SPID", SqlType.Char(5)), Column("Status", SqlType.NVarChar(30)), Column("Login", Name), Column("HostName", Name), Column("BlkBy", SqlType.Char(5)), Column("DBName", Name), Column("Command", SqlType.NVarChar(26)), Column("CPUTime", SqlType.NVarChar(30)), Column("DiskIO", SqlType.NVarChar(30)), Column("LastBatch", SqlType.NVarChar(30)), Column("ProgramName", Name), Column("SPID", SqlType.Char(5)), Column("REQUESTID", SqlType.Char(5))],
                Sessions(c.Session, c.Text(0)).Select(s =>
                {
                    SqlValue id = SqlValue.FromString(Number(s.SessionId).PadRight(5), SqlTypeId.Char);
                    return new[]
                    {
                        id, Text(Status(c.Session, s)), Text(s.OriginalLogin), Text(s.HostName), SqlValue.FromString("  .  ", SqlTypeId.Char), Text(s.Catalog.DatabaseName), Text(Command(c.Session, s)), Text("0"), Text("0"),
                        Text(s.LoginTime.ToString("MM/dd HH:mm:ss", CultureInfo.InvariantCulture)), Text(s.ApplicationName), id, SqlValue.FromString("0    ", SqlTypeId.Char),
                    };
                }));
            return 0;
        }, Optional("@loginame", Name)));
        add(Reads("sp_helplanguage", SendLanguages, Optional("@language", Name)));
        foreach (string registry in (string[])["xp_regread", "xp_instance_regread", "xp_regwrite", "xp_instance_regwrite"])
        {
            // There is no registry here: management tools that read it hear so by name.
            add(Reads(registry, _ => throw SqlErrors.NotSupported(registry), Optional("@rootkey", Name), Optional("@key", SqlType.NVarChar(4000)), Optional("@value_name", Name), new SystemParameter("@value", SqlType.NVarChar(4000), IsOutput: true), Optional("@no_output", Name)));
        }

        add(Reads("sp_server_info", c =>
        {
            (int Id, string Name, string Value)[] facts =
            [
                (1, "DBMS_NAME", "Microsoft SQL Server"), (2, "DBMS_VER", "Microsoft SQL Server 2025 - " + Functions.BuiltinFunctions.ProductVersion), (10, "OWNER_TERM", "owner"), (11, "TABLE_TERM", "table"),
                (12, "MAX_OWNER_NAME_LENGTH", "128"), (13, "TABLE_LENGTH", "128"), (14, "MAX_QUAL_LENGTH", "128"), (15, "COLUMN_LENGTH", "128"), (16, "IDENTIFIER_CASE", "MIXED"), (17, "TX_ISOLATION", "2"),
                (18, "COLLATION_SEQ", "charset=iso_1 sort_order=nocase_iso charset_num=1 sort_order_num=52"), (19, "SAVEPOINT_SUPPORT", "Y"), (20, "MULTI_RESULT_SETS", "Y"), (22, "ACCESSIBLE_TABLES", "Y"),
                (100, "USERID_LENGTH", "128"), (101, "QUALIFIER_TERM", "database"), (102, "NAMED_TRANSACTIONS", "Y"), (103, "SPROC_AS_LANGUAGE", "Y"), (104, "ACCESSIBLE_SPROC", "Y"), (105, "MAX_INDEX_COLS", "16"),
                (106, "RENAME_TABLE", "Y"), (107, "RENAME_COLUMN", "Y"), (108, "DROP_COLUMN", "Y"), (109, "INCREASE_COLUMN_LENGTH", "Y"), (110, "DDL_IN_TRANSACTION", "Y"), (111, "DESCENDING_INDEXES", "Y"),
                (112, "SP_RENAME", "Y"), (113, "REMOTE_SPROC", "N"), (500, "SYS_SPROC_VERSION", "17.00.1000"),
            ];
            c.Send([Column("attribute_id", SqlType.Int), Column("attribute_name", SqlType.VarChar(60)), Column("attribute_value", SqlType.VarChar(255))],
                facts.Where(f => c.Arguments[0].IsNull || c.Arguments[0].AsInt32 == f.Id).Select(f => new[] { Int(f.Id), Text(f.Name, SqlTypeId.VarChar), Text(f.Value, SqlTypeId.VarChar) }));
            return 0;
        }, Optional("@attribute_id", SqlType.Int)));
    }

    /// <summary>The languages of the server, or the one with this name or alias; error 15033 where there is none.</summary>
    private static int SendLanguages(SystemProcedureCall call)
    {
        SystemView view = SystemViews.Find("sys", "syslanguages")!;
        int Ordinal(string column) => view.Columns.Select((c, i) => (c.Name, i)).First(c => Same(c.Name, column)).i;
        int name = Ordinal("name"), alias = Ordinal("alias");
        SqlValue[][] rows = [.. view.Rows(call.Session).Where(r => call.Text(0) is not { } wanted || Same(r[name].AsString, wanted) || Same(r[alias].AsString, wanted))];
        if (rows.Length == 0)
        {
            throw SqlErrors.Create(15033, call.Text(0));
        }

        call.Send(view.Columns, rows);
        return 0;
    }

    private static IEnumerable<EngineSession> Sessions(EngineSession own, string? filter) => own.Database.Sessions.Where(s =>
        filter is null || Same(filter, "active") || Same(s.OriginalLogin, filter) || Number(s.SessionId) == filter);

    private static string Status(EngineSession own, EngineSession other) => ReferenceEquals(own, other) ? "runnable" : "sleeping";

    private static string Command(EngineSession own, EngineSession other) => ReferenceEquals(own, other) ? "SELECT" : "AWAITING COMMAND";

    /// <summary>Shows the options, or records a new value: it is in use after RECONFIGURE. Advanced options hide until "show advanced options" is on.</summary>
    private static int Configure(SystemProcedureCall call)
    {
        CatalogSnapshot catalog = call.Session.Catalog;
        bool showsAdvanced = catalog.ConfigurationInUse(ServerConfiguration.ShowAdvanced, 0) != 0;
        IEnumerable<ServerOption> visible = ServerConfiguration.All.Where(o => showsAdvanced || !o.IsAdvanced).OrderBy(o => o.Name, StringComparer.OrdinalIgnoreCase);
        if (call.Text(0) is not { } name)
        {
            SendOptions(call, visible);
            return 0;
        }

        // A unique beginning of the name is enough.
        List<ServerOption> found = [.. visible.Where(o => o.Name.StartsWith(name.Trim(), StringComparison.OrdinalIgnoreCase))];
        ServerOption? exact = found.Find(o => Same(o.Name, name.Trim()));
        ServerOption option = exact ?? (found.Count switch
        {
            0 => throw SqlErrors.Create(15123, name),
            1 => found[0],
            _ => throw SqlErrors.Create(15124, name),
        });
        if (call.Arguments[1].IsNull)
        {
            SendOptions(call, [option]);
            return 0;
        }

        if (!Security.ServerAccess.Of(call.Session).Allows("ALTER SETTINGS"))
        {
            throw SqlErrors.Create(15247);
        }

        int value = call.Arguments[1].AsInt32;
        if (value < option.Minimum || value > option.Maximum)
        {
            throw SqlErrors.Create(15129, value, option.Name);
        }

        ConfigurationValue before = ServerConfiguration.ValueOf(catalog, option);
        new CatalogEditor(call.Session).SetConfiguration(option.Name, before with { Configured = value });
        call.Inform(15457, option.Name, before.Configured, value);
        return 0;
    }

    private static void SendOptions(SystemProcedureCall call, IEnumerable<ServerOption> options) => call.Send(
        [Column("name", SqlType.NVarChar(35)), Column("minimum", SqlType.Int), Column("maximum", SqlType.Int), Column("config_value", SqlType.Int), Column("run_value", SqlType.Int)],
        options.Select(o =>
        {
            ConfigurationValue value = ServerConfiguration.ValueOf(call.Session.Catalog, o);
            return new[] { Text(o.Name), Int(o.Minimum), Int(o.Maximum), Int(value.Configured), Int(value.InUse) };
        }));

    private static string HashOf(SystemProcedureCall call) => call.Arguments[0] is { IsNull: false } hash && hash.AsBytes.Length == Sha512Bytes
        ? Convert.ToHexString(hash.AsBytes)
        : throw SqlErrors.CreateWithState(214, 191, "hash", "binary(64)/varbinary(64)");

    private static int AddTrusted(SystemProcedureCall call)
    {
        RequireAdministrator(call);
        string hash = HashOf(call);
        if (call.Session.Catalog.TrustedAssemblies.ContainsKey(hash))
        {
            throw SqlErrors.Create(10345, "0x" + hash);
        }

        new CatalogEditor(call.Session).Put(new TrustedAssembly(hash, call.Text(1), DateTime.Now));
        return 0;
    }

    private static int DropTrusted(SystemProcedureCall call)
    {
        RequireAdministrator(call);
        string hash = HashOf(call);
        new CatalogEditor(call.Session).Remove(call.Session.Catalog.TrustedAssemblies.GetValueOrDefault(hash) ?? throw SqlErrors.Create(10346, "0x" + hash));
        return 0;
    }
}
