using System.Globalization;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>SERVERPROPERTY, DATABASEPROPERTYEX, SESSIONPROPERTY, CONNECTIONPROPERTY.</summary>
internal static partial class BuiltinFunctions
{
    /// <summary>Version of the dialect spoken: SQL Server 2025.</summary>
    internal const string ProductVersion = "17.0.1000.7";

    /// <summary>When the product of that version was made.</summary>
    private static readonly DateTime ProductDate = new(2025, 10, 21);

    private static void AddServerFamily(Action<BuiltinFunction> add)
    {
        add(SessionFunction("SERVERPROPERTY", 1, 1, SqlType.SqlVariant, [NameType], (s, a) => ServerProperty(s, a[0].AsString)));
        add(SessionFunction("DATABASEPROPERTYEX", 2, 2, SqlType.SqlVariant, [NameType, NameType], (s, a) =>
            s.Server.Find(a[0].AsString.TrimEnd()) is { } database ? DatabaseProperty(database, a[1].AsString) : SqlValue.Null));
        add(SessionFunction("SESSIONPROPERTY", 1, 1, SqlType.SqlVariant, [NameType], (s, a) =>
        {
            SessionOptions o = s.Options;
            bool? value = a[0].AsString.ToUpperInvariant() switch
            {
                "ANSI_NULLS" => o.AnsiNulls,
                "ANSI_PADDING" => o.AnsiPadding,
                "ANSI_WARNINGS" => o.AnsiWarnings,
                "ARITHABORT" => o.ArithAbort,
                "CONCAT_NULL_YIELDS_NULL" => o.ConcatNullYieldsNull,
                "NUMERIC_ROUNDABORT" => o.NumericRoundAbort,
                "QUOTED_IDENTIFIER" => o.QuotedIdentifier,
                _ => null,
            };
            return value is { } on ? VariantInt(on ? 1 : 0) : SqlValue.Null;
        }));
        add(SessionFunction("CONNECTIONPROPERTY", 1, 1, SqlType.SqlVariant, [NameType], (_, a) => a[0].AsString.ToLowerInvariant() switch
        {
            "net_transport" or "physical_net_transport" => VariantText("Session"),
            "protocol_type" => VariantText("TSQL"),
            "auth_scheme" => VariantText("SQL"),
            _ => SqlValue.Null,
        }));
        add(SessionFunction("LOGINPROPERTY", 2, 2, SqlType.SqlVariant, [NameType, NameType], (s, a) => LoginProperty(s, a[0].AsString, a[1].AsString)));
        add(SessionFunction("FILEPROPERTY", 2, 2, SqlType.Int, [NameType, NameType], (s, a) => FileProperty(s, a[0].AsString, a[1].AsString)));

        // There is no full-text search here: nothing is installed, and no catalog has properties.
        add(SessionFunction("FULLTEXTSERVICEPROPERTY", 1, 1, SqlType.Int, [NameType], (_, a) => Same(a[0].AsString, "IsFulltextInstalled") ? SqlValue.FromInt(0) : SqlValue.Null));
        add(SessionFunction("FULLTEXTCATALOGPROPERTY", 2, 2, SqlType.Int, [NameType, NameType], (_, _) => SqlValue.Null));
        add(SessionFunction("GETANSINULL", 0, 1, SqlType.SmallInt, [NameType], (s, _) => SqlValue.FromSmallInt(s.Options.AnsiNullDefault ? (short)1 : (short)0), acceptsNull: true));
    }

    /// <summary>1900-01-01, which stands for never.</summary>
    private static SqlValue VariantNever => SqlValue.FromVariant(SqlConvert.FromClock(DateTimes.Ticks1900, 0, SqlType.DateTime, "datetime"), SqlType.DateTime);

    /// <summary>Passwords have no policy here: they neither expire nor must be changed. Lockout is the server's, by address, and no property of the login.</summary>
    private static SqlValue LoginProperty(EngineSession session, string name, string property) => session.Catalog.Logins.GetValueOrDefault(name) is not { } login
        ? SqlValue.Null
        : property.ToUpperInvariant() switch
        {
            "ISEXPIRED" or "ISLOCKED" or "ISMUSTCHANGE" or "BADPASSWORDCOUNT" or "HISTORYLENGTH" => VariantInt(0),
            "BADPASSWORDTIME" or "LOCKOUTTIME" => VariantNever,
            "PASSWORDLASTSETTIME" => SqlValue.FromVariant(SqlConvert.FromClock(session.Catalog.DatabaseCreateDate.Ticks, 0, SqlType.DateTime, "datetime"), SqlType.DateTime),
            "DEFAULTDATABASE" => VariantText(login.DefaultDatabase),
            "DEFAULTLANGUAGE" => VariantText("us_english"),
            _ => SqlValue.Null,
        };

    private static SqlValue FileProperty(EngineSession session, string name, string property)
    {
        SystemView files = SystemViews.Find("sys", "database_files")!;
        SqlValue Value(SqlValue[] row, string column) => row[files.Columns.Select((c, i) => (c.Name, i)).First(c => c.Name == column).i];
        if (files.Rows(session).FirstOrDefault(f => Same(Value(f, "name").AsString, name)) is not { } file)
        {
            return SqlValue.Null;
        }

        return property.ToUpperInvariant() switch
        {
            "ISREADONLY" => SqlValue.FromInt(Value(file, "is_read_only").AsBoolean ? 1 : 0),
            "ISPRIMARYFILE" => SqlValue.FromInt(Value(file, "file_id").AsInt32 == 1 ? 1 : 0),
            "ISLOGFILE" => SqlValue.FromInt(Value(file, "type").AsInt64 == 1 ? 1 : 0),
            "SPACEUSED" => Value(file, "size"),
            _ => SqlValue.Null,
        };
    }

    private static SqlValue ServerProperty(EngineSession session, string property) => property.ToUpperInvariant() switch
    {
        "PRODUCTVERSION" or "RESOURCEVERSION" => VariantText(ProductVersion),
        "RESOURCELASTUPDATEDATETIME" => SqlValue.FromVariant(SqlConvert.FromClock(ProductDate.Ticks, 0, SqlType.DateTime, "datetime"), SqlType.DateTime),
        "PRODUCTMAJORVERSION" => VariantText("17"),
        "PRODUCTMINORVERSION" => VariantText("0"),
        "PRODUCTBUILD" => VariantText("1000"),
        "PRODUCTLEVEL" => VariantText("RTM"),
        "PRODUCTUPDATELEVEL" or "PRODUCTUPDATEREFERENCE" or "PRODUCTBUILDTYPE" => SqlValue.Null,
        "EDITION" => VariantText("NinaDB embedded host"),

        // 4 = Express: the edition class of an engine that lives inside an application.
        "ENGINEEDITION" => VariantInt(4),
        "EDITIONID" => SqlValue.FromVariant(SqlValue.FromBigInt(-133711905), SqlType.BigInt),
        "NINADBEMBEDDEDHOST" => VariantInt(1),
        "SERVERNAME" or "MACHINENAME" or "COMPUTERNAMEPHYSICALNETBIOS" => VariantText(Environment.MachineName),
        "INSTANCENAME" => SqlValue.Null,
        "INSTANCEDEFAULTDATAPATH" or "INSTANCEDEFAULTLOGPATH" or "INSTANCEDEFAULTBACKUPPATH" => session.Store.Store.Folder is { } folder ? VariantText(folder) : SqlValue.Null,
        "COLLATION" => VariantText(Collation.Default.Name),
        "COLLATIONID" => VariantInt(872468488),
        "COMPARISONSTYLE" => VariantInt(196609),
        "LCID" => VariantInt(1033),
        "SQLCHARSET" => SqlValue.FromVariant(SqlValue.FromTinyInt(1), SqlType.TinyInt),
        "SQLCHARSETNAME" => VariantText("iso_1"),
        "SQLSORTORDER" => SqlValue.FromVariant(SqlValue.FromTinyInt(52), SqlType.TinyInt),
        "SQLSORTORDERNAME" => VariantText("nocase_iso"),
        "BUILDCLRVERSION" => VariantText("v" + Environment.Version.ToString(3)),
        "PROCESSID" => VariantInt(Environment.ProcessId),
        "LICENSETYPE" => VariantText("DISABLED"),
        "NUMLICENSES" => SqlValue.Null,
        "FILESTREAMCONFIGUREDLEVEL" or "FILESTREAMEFFECTIVELEVEL" => VariantInt(session.Store.Store.Folder is null ? 0 : 2),
        "FILESTREAMSHARENAME" => VariantText("NINADB"),
        "PATHSEPARATOR" => VariantText(Path.DirectorySeparatorChar.ToString()),
        "ISINTEGRATEDSECURITYONLY" or "ISCLUSTERED" or "ISHADRENABLED" or "ISFULLTEXTINSTALLED" or "ISSINGLEUSER" or "ISPOLYBASEINSTALLED" or "ISXTPSUPPORTED" or "ISLOCALDB"
            or "ISADVANCEDANALYTICSINSTALLED" or "ISBIGDATACLUSTER" or "ISEXTERNALAUTHENTICATIONONLY" or "ISTEMPDBMETADATAMEMORYOPTIMIZED" or "ISEXTERNALGOVERNANCEENABLED" or "SUSPENDEDDATABASECOUNT" => VariantInt(0),
        "HADRMANAGERSTATUS" => VariantInt(0),
        _ => SqlValue.Null,
    };

    private static SqlValue DatabaseProperty(CatalogSnapshot catalog, string property)
    {
        SqlValue On(string option, bool fallback) => VariantInt(DatabaseOptions.IsOn(catalog, option, fallback) ? 1 : 0);
        return property.ToUpperInvariant() switch
        {
            "COLLATION" => DatabaseOptions.StateOf(catalog) == "OFFLINE" ? SqlValue.Null : VariantText(DatabaseOptions.CollationName(catalog)),
            "COMPARISONSTYLE" => VariantInt(196609),
            "LCID" => VariantInt(1033),
            "EDITION" => SqlValue.Null,
            "ISANSINULLDEFAULT" => On("ANSI_NULL_DEFAULT", false),
            "ISANSINULLSENABLED" => On("ANSI_NULLS", false),
            "ISANSIPADDINGENABLED" => On("ANSI_PADDING", false),
            "ISANSIWARNINGSENABLED" => On("ANSI_WARNINGS", false),
            "ISARITHMETICABORTENABLED" => On("ARITHABORT", false),
            "ISAUTOCLOSE" => On("AUTO_CLOSE", false),
            "ISAUTOCREATESTATISTICS" => On("AUTO_CREATE_STATISTICS", true),
            "ISAUTOSHRINK" => On("AUTO_SHRINK", false),
            "ISAUTOUPDATESTATISTICS" => On("AUTO_UPDATE_STATISTICS", true),
            "ISCLOSECURSORSONCOMMITENABLED" => On("CURSOR_CLOSE_ON_COMMIT", false),
            "ISQUOTEDIDENTIFIERSENABLED" => On("QUOTED_IDENTIFIER", false),
            "ISRECURSIVETRIGGERSENABLED" => On("RECURSIVE_TRIGGERS", false),
            "ISNULLCONCAT" => On("CONCAT_NULL_YIELDS_NULL", false),
            "ISNUMERICROUNDABORTENABLED" => On("NUMERIC_ROUNDABORT", false),
            "ISFULLTEXTENABLED" or "ISINSTANDBY" or "ISMERGEPUBLISHED" or "ISPUBLISHED" or "ISSUBSCRIBED" or "ISSYNCWITHBACKUP" or "ISTORNPAGEDETECTIONENABLED" or "ISPARAMETERIZATIONFORCED"
                or "ISLOCALCURSORSDEFAULT" or "ISDATABASESUSPENDEDFORSNAPSHOTBACKUP" or "ISVERIFIEDCLONE" or "ISXTPSUPPORTED" or "ISMEMORYOPTIMIZEDELEVATETOSNAPSHOTENABLED" => VariantInt(0),
            "RECOVERY" => VariantText(DatabaseOptions.Get(catalog, "RECOVERY", "FULL")),
            "SQLSORTORDER" => SqlValue.FromVariant(SqlValue.FromTinyInt(52), SqlType.TinyInt),
            "STATUS" => VariantText(DatabaseOptions.StateOf(catalog)),
            "UPDATEABILITY" or "RECOVERY" or "USERACCESS" when DatabaseOptions.StateOf(catalog) == "OFFLINE" => SqlValue.Null,
            "UPDATEABILITY" => VariantText(catalog.IsReadOnly ? "READ_ONLY" : "READ_WRITE"),
            "USERACCESS" => VariantText(DatabaseOptions.Get(catalog, "USER_ACCESS", "MULTI_USER")),
            "VERSION" => VariantInt(998),
            "LASTGOODCHECKDBTIME" => VariantNever,
            "COMPATIBILITYLEVEL" when int.TryParse(DatabaseOptions.Get(catalog, "COMPATIBILITY_LEVEL", "170"), CultureInfo.InvariantCulture, out int level) => VariantInt(level),
            _ => SqlValue.Null,
        };
    }
}
