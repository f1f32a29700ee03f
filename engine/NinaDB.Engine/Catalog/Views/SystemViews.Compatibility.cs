using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>
/// The compatibility views of SQL Server 2000 (sys.sysobjects ...), which drivers and tools still read (SqlConnection.GetSchema, jTDS, SMO). Each shows a catalog
/// view's rows under its old names; what has no meaning any more is 0 or NULL.
/// Source: "Mapping System Tables to System Views", mapping-system-tables-to-system-views-transact-sql.md.
/// </summary>
internal static partial class SystemViews
{
    private static readonly HashSet<string> CompatibilityNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "sysobjects", "syscolumns", "systypes", "sysindexes", "sysindexkeys", "sysusers", "syscomments", "sysforeignkeys", "sysfiles",
        "sysdatabases", "sysprocesses", "syslogins", "sysconfigures", "syslanguages", "sysmessages", "sysreferences", "sysconstraints", "sysmembers", "sysfilegroups",
    };

    /// <summary>The compatibility view that a name without a schema, or of dbo, means where no user object has it.</summary>
    public static SystemView? FindCompatibility(string? schema, string name) =>
        CompatibilityNames.Contains(name) && (string.IsNullOrEmpty(schema) || string.Equals(schema, "dbo", StringComparison.OrdinalIgnoreCase)) ? Find("sys", name) : null;

    private static void AddCompatibilityViews(Action<SystemView> add)
    {
        add(Sys("sysobjects",
            "name sysname, id int, xtype char(2), uid smallint null, info smallint null, status int null, base_schema_ver int null, replinfo int null, parent_obj int, crdate datetime, "
            + "ftcatid smallint null, schema_ver int null, stats_schema_ver int null, type char(2) null, userstat smallint null, sysstat smallint null, indexdel smallint null, refdate datetime, "
            + "version int null, deltrig int null, instrig int null, updtrig int null, seltrig int null, category int null, cache smallint null",
            s => Rows(s, "all_objects").Select(o => (object?[])
                [o["name"], o["object_id"], o["type"], o["schema_id"], 0, 0, 0, 0, o["parent_object_id"], o["create_date"], 0, 0, 0, OldType(o.Text("type")), 1, 0, 0, o["create_date"], 0, 0, 0, 0, 0, 0, 0])));
        add(Sys("syscolumns",
            "name sysname null, id int, xtype tinyint, typestat tinyint null, xusertype smallint null, length smallint, xprec tinyint null, xscale tinyint null, colid smallint, xoffset smallint null, "
            + "bitpos tinyint null, reserved tinyint null, colstat smallint null, cdefault int, domain int, number smallint null, colorder smallint null, autoval varbinary(8000) null, offset smallint null, "
            + "collationid int null, language int null, status tinyint null, type tinyint null, usertype smallint null, printfmt varchar(255) null, prec smallint null, scale int null, iscomputed int null, "
            + "isoutparam int null, isnullable int null, collation sysname null, tdscollation binary(5) null",
            s => Rows(s, "all_columns").Select(c => (object?[])
                [c["name"], c["object_id"], c["system_type_id"], 0, c["user_type_id"], c["max_length"], c["precision"], c["scale"], c["column_id"], 0, 0, 0, c.Flag("is_identity") ? 1 : c.Flag("is_computed") ? 4 : 0,
                 c["default_object_id"], c["rule_object_id"], 0, c["column_id"], null, 0, 0, 0, c.Flag("is_nullable") ? 8 : c.Flag("is_identity") ? 128 : 0, c["system_type_id"], c["user_type_id"], null, Precision(c), c["scale"],
                 c["is_computed"], 0, c["is_nullable"], c["collation_name"], null])
            .Concat(Rows(s, "all_parameters").Where(p => p.Number("parameter_id") > 0).Select(p => (object?[])
                [p["name"], p["object_id"], p["system_type_id"], 0, p["user_type_id"], p["max_length"], p["precision"], p["scale"], p["parameter_id"], 0, 0, 0, 0,
                 0, 0, 1, p["parameter_id"], null, 0, 0, 0, p.Flag("is_output") ? 64 : 0, p["system_type_id"], p["user_type_id"], null, Precision(p), p["scale"],
                 0, p["is_output"], 1, null, null]))));
        add(Sys("systypes",
            "name sysname, xtype tinyint, status tinyint null, xusertype smallint null, length smallint, xprec tinyint, xscale tinyint, tdefault int, domain int, uid smallint null, reserved smallint null, "
            + "collationid int null, usertype smallint null, variable bit null, allownulls bit null, type tinyint, printfmt varchar(255) null, prec smallint null, scale tinyint null, collation sysname null",
            s => Rows(s, "types").Select(t => (object?[])
                [t["name"], t["system_type_id"], 0, t["user_type_id"], t["max_length"], t["precision"], t["scale"], t["default_object_id"], t["rule_object_id"], t["schema_id"], 0, 0, t["user_type_id"],
                 t.Text("name") is "varchar" or "nvarchar" or "varbinary", t["is_nullable"], t["system_type_id"], null, Precision(t), t["scale"], t["collation_name"]])));
        add(Sys("sysindexes",
            "id int, status int null, first binary(6) null, indid smallint null, root binary(6) null, minlen smallint null, keycnt smallint null, groupid smallint null, dpages int null, reserved int null, "
            + "used int null, rowcnt bigint null, rowmodctr int null, reserved3 tinyint null, reserved4 tinyint null, xmaxlen smallint null, maxirow smallint null, OrigFillFactor tinyint null, "
            + "StatVersion tinyint null, reserved2 int null, FirstIAM binary(6) null, impid smallint null, lockflags smallint null, pgmodctr int null, keys varbinary(1088) null, name sysname null, "
            + "statblob varbinary(8000) null, maxlen int null, rows int null",
            s =>
            {
                var counts = Rows(s, "partitions").ToLookup(p => (p.Number("object_id"), p.Number("index_id")), p => p.Number("rows"));
                var keys = Rows(s, "index_columns").Where(k => k.Number("key_ordinal") > 0).ToLookup(k => (k.Number("object_id"), k.Number("index_id")));
                return Rows(s, "indexes").Select(i =>
                {
                    long rows = counts[(i.Number("object_id"), i.Number("index_id"))].FirstOrDefault();
                    return (object?[])
                        [i["object_id"], IndexStatus(i), null, i["index_id"], null, 0, keys[(i.Number("object_id"), i.Number("index_id"))].Count(), 1, 0, 0,
                         0, rows, 0, 0, 0, 0, 0, i["fill_factor"], 0, 0, null, 0, 0, 0, null, i["name"], null, 8000, (int)Math.Min(rows, int.MaxValue)];
                });
            }));
        add(Sys("sysindexkeys", "id int, indid smallint null, colid smallint null, keyno smallint null",
            s => Rows(s, "index_columns").Where(k => k.Number("key_ordinal") > 0).Select(k => (object?[])[k["object_id"], k["index_id"], k["column_id"], k["key_ordinal"]])));
        add(Sys("sysforeignkeys", "constid int, fkeyid int, rkeyid int, fkey smallint null, rkey smallint null, keyno smallint null",
            s => Rows(s, "foreign_key_columns").Select(k => (object?[])
                [k["constraint_object_id"], k["parent_object_id"], k["referenced_object_id"], k["parent_column_id"], k["referenced_column_id"], k["constraint_column_id"]])));
        add(Sys("syscomments",
            "id int, number smallint null, colid smallint, status smallint, ctext varbinary(8000) null, texttype smallint null, language smallint null, encrypted bit, compressed bit, text nvarchar(4000) null",
            s => Rows(s, "sql_modules").SelectMany(m => Pieces(m.Text("definition")).Select((text, piece) => (object?[])
                [m["object_id"], 1, piece + 1, 0, null, 2, 0, false, false, text]))));
        add(Sys("sysusers",
            "uid smallint null, status smallint null, name sysname null, sid varbinary(85) null, roles varbinary(2048) null, createdate datetime, updatedate datetime, altuid smallint null, "
            + "password varbinary(256) null, gid smallint null, environ varchar(255) null, hasdbaccess int null, islogin int null, isntname int null, isntgroup int null, isntuser int null, "
            + "issqluser int null, isaliased int null, issqlrole int null, isapprole int null",
            s => Rows(s, "database_principals").Select(p =>
            {
                bool isRole = p.Text("type").Trim() == "R";
                return (object?[])
                    [p["principal_id"], 0, p["name"], p["sid"], null, p["create_date"], p["modify_date"], p["owning_principal_id"], null, isRole ? p["principal_id"] : 0, null, !isRole, !isRole, false, false, false,
                     p.Text("type").Trim() == "S", false, isRole, false];
            })));
        add(Sys("sysfiles", "fileid smallint null, groupid smallint null, size int, maxsize int, growth int, status int null, perf int null, name sysname, filename nvarchar(260) null",
            s => Rows(s, "database_files").Select(f => (object?[])[f["file_id"], f["data_space_id"], f["size"], f["max_size"], f["growth"], 2, 0, f["name"], f["physical_name"]])));
        add(Sys("sysdatabases",
            "name sysname, dbid smallint null, sid varbinary(85) null, mode smallint null, status int null, status2 int null, crdate datetime, reserved datetime null, category int null, "
            + "cmptlevel tinyint, filename nvarchar(260) null, version smallint null",
            s => Rows(s, "databases").Select(d => (object?[])
                [d["name"], d["database_id"], d["owner_sid"], 0, 65536, 1090519040, d["create_date"], null, 0, d["compatibility_level"], d["name"], 998])));
        add(Sys("syslogins",
            "sid varbinary(85) null, status smallint null, createdate datetime, updatedate datetime, accdate datetime, totcpu int null, totio int null, spacelimit int null, timelimit int null, resultlimit int null, "
            + "name sysname, dbname sysname null, password sysname null, language sysname null, denylogin int null, hasaccess int null, isntname int null, isntgroup int null, isntuser int null, "
            + "sysadmin int null, loginname sysname",
            s => Rows(s, "server_principals").Where(p => p.Text("type").Trim() != "R").Select(p => (object?[])
                [p["sid"], 9, p["create_date"], p["modify_date"], p["create_date"], 0, 0, 0, 0, 0, p["name"], p["default_database_name"], null, p["default_language_name"], 0, 1, 0, 0, 0, p.Text("name") == "sa", p["name"]])));
        add(Sys("sysconfigures", "value int, config int, comment nvarchar(255), status smallint null",
            s => ServerConfiguration.All.Select(o => (object?[])[ServerConfiguration.ValueOf(s.Catalog, o).Configured, o.Id, o.Description, (o.IsDynamic ? 1 : 0) + (o.IsAdvanced ? 2 : 0)])));
        add(Sys("sysmessages", "error int, severity tinyint null, dlevel smallint null, description nvarchar(255) null, msglangid smallint null",
            s => Rows(s, "messages").Select(m => (object?[])[m["message_id"], m["severity"], 0, m.Text("text") is { Length: > 255 } text ? text[..255] : m.Text("text"), 1033])));
    }

    /// <summary>The rows of another system view, by column name.</summary>
    private static IEnumerable<NamedRow> Rows(EngineSession session, string view)
    {
        SystemView source = Find("sys", view) ?? throw new InvalidOperationException($"There is no view sys.{view}.");
        var ordinals = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < source.Columns.Count; i++)
        {
            ordinals[source.Columns[i].Name] = i;
        }

        return source.Rows(session).Select(row => new NamedRow(row, ordinals));
    }

    /// <summary>sysobjects.type, which has one letter for both kinds of key (xtype has two).</summary>
    private static string OldType(string type) => type.Trim() switch { "PK" or "UQ" => "K", string other => other };

    private static SqlValue Precision(NamedRow row) =>
        row.Number("precision") > 0 ? SqlValue.FromSmallInt((short)row.Number("precision"))
        : SqlValue.FromSmallInt((short)(TypeNameIsWide(row.Number("system_type_id")) && row.Number("max_length") > 0 ? row.Number("max_length") / 2 : row.Number("max_length")));

    private static bool TypeNameIsWide(long systemTypeId) => systemTypeId is 231 or 239;

    /// <summary>sysindexes.status: 2 unique, 16 clustered, 2048 primary key, 4096 unique constraint.</summary>
    private static int IndexStatus(NamedRow index) =>
        (index.Flag("is_unique") ? 2 : 0) + (index.Number("type") == 1 ? 16 : 0) + (index.Flag("is_primary_key") ? 2048 : 0) + (index.Flag("is_unique_constraint") ? 4096 : 0);

    private static IEnumerable<string> Pieces(string text) => text.Chunk(4000).Select(piece => new string(piece));

    private readonly record struct NamedRow(SqlValue[] Values, Dictionary<string, int> Ordinals)
    {
        public SqlValue this[string column] => Values[Ordinals[column]];

        public string Text(string column) => this[column] is { IsNull: false } value ? value.AsString : "";

        public long Number(string column) => this[column] is { IsNull: false } value ? value.AsInt64 : 0;

        public bool Flag(string column) => Number(column) != 0;
    }
}
