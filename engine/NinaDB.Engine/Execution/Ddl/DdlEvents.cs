using System.Collections.Frozen;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>One thing that a DDL statement did, as EVENTDATA() reports it.</summary>
/// <param name="Type">CREATE_TABLE and the like.</param>
/// <param name="Schema">Null for what has no schema; an empty string stands for the default one.</param>
/// <param name="TargetName">The table of an index, trigger or statistics.</param>
internal sealed record DdlEvent(string Type, string? Schema, string Name, string ObjectType, string? TargetName = null, string? TargetType = null)
{
    /// <summary>Of the server: triggers ON ALL SERVER alone hear of it.</summary>
    public bool IsOfServer { get; init; }
}

/// <summary>
/// The DDL events of a database and their groups, numbered as in SQL Server. Listed are those that this host's statements raise.
/// https://learn.microsoft.com/en-us/sql/relational-databases/triggers/ddl-event-groups
/// </summary>
internal static class DdlEvents
{
    private const int DatabaseLevel = 10016;
    private const int Security = 10029;
    private const int ServerLevel = 10002, ServerSecurity = 10005;

    /// <summary>Events: number and group.</summary>
    private static readonly FrozenDictionary<string, (int Type, int Group)> Events = new Dictionary<string, (int, int)>
    {
        ["CREATE_TABLE"] = (21, 10018), ["ALTER_TABLE"] = (22, 10018), ["DROP_TABLE"] = (23, 10018), ["CREATE_INDEX"] = (24, 10020), ["ALTER_INDEX"] = (25, 10020), ["DROP_INDEX"] = (26, 10020),
        ["CREATE_VECTOR_INDEX"] = (344, 10020), ["CREATE_STATISTICS"] = (27, 10021), ["UPDATE_STATISTICS"] = (28, 10021), ["DROP_STATISTICS"] = (29, 10021), ["CREATE_SYNONYM"] = (34, 10022),
        ["DROP_SYNONYM"] = (36, 10022), ["CREATE_VIEW"] = (41, 10019), ["ALTER_VIEW"] = (42, 10019), ["DROP_VIEW"] = (43, 10019), ["CREATE_PROCEDURE"] = (51, 10024), ["ALTER_PROCEDURE"] = (52, 10024),
        ["DROP_PROCEDURE"] = (53, 10024), ["CREATE_FUNCTION"] = (61, 10023), ["ALTER_FUNCTION"] = (62, 10023), ["DROP_FUNCTION"] = (63, 10023), ["CREATE_TRIGGER"] = (71, 10025),
        ["ALTER_TRIGGER"] = (72, 10025), ["DROP_TRIGGER"] = (73, 10025), ["CREATE_TYPE"] = (91, 10028), ["DROP_TYPE"] = (93, 10028), ["CREATE_XML_SCHEMA_COLLECTION"] = (177, 10048), ["ALTER_XML_SCHEMA_COLLECTION"] = (178, 10048), ["DROP_XML_SCHEMA_COLLECTION"] = (179, 10048), ["CREATE_ASSEMBLY"] = (101, 10027), ["ALTER_ASSEMBLY"] = (102, 10027),
        ["DROP_ASSEMBLY"] = (103, 10027), ["CREATE_USER"] = (131, 10031), ["ALTER_USER"] = (132, 10031), ["DROP_USER"] = (133, 10031), ["CREATE_ROLE"] = (134, 10032), ["ALTER_ROLE"] = (135, 10032),
        ["DROP_ROLE"] = (136, 10032), ["ADD_ROLE_MEMBER"] = (207, 10032), ["DROP_ROLE_MEMBER"] = (208, 10032), ["CREATE_SCHEMA"] = (141, 10034), ["ALTER_SCHEMA"] = (142, 10034),
        ["DROP_SCHEMA"] = (143, 10034), ["GRANT_DATABASE"] = (170, 10035), ["DENY_DATABASE"] = (171, 10035), ["REVOKE_DATABASE"] = (172, 10035), ["ALTER_AUTHORIZATION_DATABASE"] = (205, 10036),
        ["RENAME"] = (241, DatabaseLevel), ["CREATE_SEQUENCE"] = (303, 10070), ["ALTER_SEQUENCE"] = (304, 10070), ["DROP_SEQUENCE"] = (305, 10070), ["CREATE_SECURITY_POLICY"] = (312, 10073),
        ["ALTER_SECURITY_POLICY"] = (313, 10073), ["DROP_SECURITY_POLICY"] = (314, 10073), ["ALTER_DATABASE_SCOPED_CONFIGURATION"] = (320, DatabaseLevel),
        ["CREATE_DATABASE"] = (201, 10004), ["ALTER_DATABASE"] = (202, 10004), ["DROP_DATABASE"] = (203, 10004), ["CREATE_LOGIN"] = (144, 10006), ["ALTER_LOGIN"] = (145, 10006), ["DROP_LOGIN"] = (146, 10006),
        ["GRANT_SERVER"] = (167, 10007), ["DENY_SERVER"] = (168, 10007), ["REVOKE_SERVER"] = (169, 10007), ["ALTER_AUTHORIZATION_SERVER"] = (204, 10008), ["CREATE_SERVER_ROLE"] = (300, ServerSecurity),
        ["ALTER_SERVER_ROLE"] = (301, ServerSecurity), ["DROP_SERVER_ROLE"] = (302, ServerSecurity), ["ADD_SERVER_ROLE_MEMBER"] = (209, ServerSecurity), ["DROP_SERVER_ROLE_MEMBER"] = (210, ServerSecurity),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Groups: number and the group that holds them.</summary>
    private static readonly FrozenDictionary<string, (int Type, int Group)> Groups = new Dictionary<string, (int, int)>
    {
        ["DDL_EVENTS"] = (10001, 0), ["DDL_SERVER_LEVEL_EVENTS"] = (ServerLevel, 10001), ["DDL_DATABASE_EVENTS"] = (10004, ServerLevel), ["DDL_SERVER_SECURITY_EVENTS"] = (ServerSecurity, ServerLevel),
        ["DDL_LOGIN_EVENTS"] = (10006, ServerSecurity), ["DDL_GDR_SERVER_EVENTS"] = (10007, ServerSecurity), ["DDL_AUTHORIZATION_SERVER_EVENTS"] = (10008, ServerSecurity),
        ["DDL_DATABASE_LEVEL_EVENTS"] = (DatabaseLevel, 10001), ["DDL_TABLE_VIEW_EVENTS"] = (10017, DatabaseLevel), ["DDL_TABLE_EVENTS"] = (10018, 10017), ["DDL_VIEW_EVENTS"] = (10019, 10017),
        ["DDL_INDEX_EVENTS"] = (10020, 10017), ["DDL_STATISTICS_EVENTS"] = (10021, 10017), ["DDL_SYNONYM_EVENTS"] = (10022, DatabaseLevel), ["DDL_FUNCTION_EVENTS"] = (10023, DatabaseLevel),
        ["DDL_PROCEDURE_EVENTS"] = (10024, DatabaseLevel), ["DDL_TRIGGER_EVENTS"] = (10025, DatabaseLevel), ["DDL_ASSEMBLY_EVENTS"] = (10027, DatabaseLevel), ["DDL_TYPE_EVENTS"] = (10028, DatabaseLevel),
        ["DDL_DATABASE_SECURITY_EVENTS"] = (Security, DatabaseLevel), ["DDL_USER_EVENTS"] = (10031, Security), ["DDL_ROLE_EVENTS"] = (10032, Security), ["DDL_SCHEMA_EVENTS"] = (10034, Security),
        ["DDL_GDR_DATABASE_EVENTS"] = (10035, Security), ["DDL_AUTHORIZATION_DATABASE_EVENTS"] = (10036, Security), ["DDL_SEQUENCE_EVENTS"] = (10070, DatabaseLevel), ["DDL_XML_SCHEMA_COLLECTION_EVENTS"] = (10048, DatabaseLevel),
        ["DDL_SECURITY_POLICY_EVENTS"] = (10073, Security),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a word names an event or a group.</summary>
    public static bool IsKnown(string name) => Events.ContainsKey(name) || Groups.ContainsKey(name);

    /// <summary>Whether a word names an event or group that is no database's.</summary>
    public static bool IsOfServer(string name) => Groups.TryGetValue(name, out (int Type, int Group) group) ? group.Type is 10001 or ServerLevel || IsWithin(group.Group, ServerLevel)
        : Events.TryGetValue(name, out (int Type, int Group) found) && IsWithin(found.Group, ServerLevel);

    /// <summary>Every event and group, for sys.trigger_event_types.</summary>
    public static IEnumerable<(int Type, string Name, int? Parent)> All => Events.Concat(Groups).Select(e => (e.Value.Type, e.Key, (int?)e.Value.Group)).OrderBy(e => e.Type);

    /// <summary>The events that a name in CREATE TRIGGER stands for, with the group that it names (null for an event by itself).</summary>
    public static IEnumerable<(int Type, string Name, int? Group, string? GroupName)> Expand(string name)
    {
        if (Events.TryGetValue(name, out (int Type, int Group) only))
        {
            return [(only.Type, name.ToUpperInvariant(), null, null)];
        }

        int group = Groups[name].Type;
        return Events.Where(e => IsWithin(e.Value.Group, group)).OrderBy(e => e.Value.Type).Select(e => (e.Value.Type, e.Key, (int?)group, (string?)name.ToUpperInvariant()));
    }

    /// <summary>sys.trigger_event_types.type of an event.</summary>
    public static int NumberOf(string @event) => Events[@event].Type;

    /// <summary>Whether a name in CREATE TRIGGER covers an event.</summary>
    public static bool Covers(string name, string @event) =>
        name.Equals(@event, StringComparison.OrdinalIgnoreCase) || (Groups.TryGetValue(name, out (int Type, int Group) group) && Events.TryGetValue(@event, out (int Type, int Group) found) && IsWithin(found.Group, group.Type));

    private static bool IsWithin(int group, int ancestor)
    {
        while (group != ancestor)
        {
            (int Type, int Group) found = Groups.Values.FirstOrDefault(g => g.Type == group);
            if (found.Type == 0)
            {
                return false;
            }

            group = found.Group;
        }

        return true;
    }

    /// <summary>What a statement does, once it has done it. What concerns temporary tables alone, and the server, is no event of the database.</summary>
    /// <param name="existed">Whether the object of a CREATE OR ALTER was there before.</param>
    public static IEnumerable<DdlEvent> Of(Statement statement, bool existed) => statement switch
    {
        CreateTableStatement s => On("CREATE_TABLE", s.Name, "TABLE"),
        AlterTableStatement s => On("ALTER_TABLE", s.Name, "TABLE"),
        CreateIndexStatement s => Index("CREATE_INDEX", s.Table, s.Definition.Name ?? ""),
        CreateVectorIndexStatement s => Index("CREATE_VECTOR_INDEX", s.Table, s.Name),
        AlterIndexStatement s => Index("ALTER_INDEX", s.Table, s.Name ?? ""),
        StatisticsStatement s => IsTemporary(s.Table) ? [] : [new DdlEvent(s.Action + "_STATISTICS", Schema(s.Table), s.Name ?? "", "STATISTICS", s.Table.Name, "TABLE")],
        CreateTriggerStatement { Target: { } target } s => [new DdlEvent(Verb(s, existed) + "_TRIGGER", Schema(target), s.Name.Name, "TRIGGER", target.Name, "TABLE")],
        CreateTriggerStatement s => [new DdlEvent(Verb(s, existed) + "_TRIGGER", null, s.Name.Name, "TRIGGER") { IsOfServer = s.Scope == "ALL SERVER" }],
        CreateProcedureStatement s => On(Verb(s, existed) + "_PROCEDURE", s.Name, "PROCEDURE"),
        CreateFunctionStatement s => On(Verb(s, existed) + "_FUNCTION", s.Name, "FUNCTION"),
        CreateViewStatement s => On(Verb(s, existed) + "_VIEW", s.Name, "VIEW"),
        CreateSchemaStatement s => [new DdlEvent("CREATE_SCHEMA", null, s.Name, "SCHEMA"), .. s.Elements.SelectMany(e => Of(e, false)).Select(e => e with { Schema = e.Schema is "" ? s.Name : e.Schema })],
        AlterSchemaStatement s => [new DdlEvent("ALTER_SCHEMA", s.Name, s.Object.Name, s.Class.ToUpperInvariant())],
        CreateTypeStatement s => On("CREATE_TYPE", s.Name, "TYPE"),
        SequenceStatement s => On(s.IsAlter ? "ALTER_SEQUENCE" : "CREATE_SEQUENCE", s.Name, "SEQUENCE"),
        XmlSchemaCollectionStatement s => On(s.IsAlter ? "ALTER_XML_SCHEMA_COLLECTION" : "CREATE_XML_SCHEMA_COLLECTION", s.Name, "XML SCHEMA COLLECTION"),
        CreateSynonymStatement s => On("CREATE_SYNONYM", s.Name, "SYNONYM"),
        AssemblyStatement s => [new DdlEvent(s.IsAlter ? "ALTER_ASSEMBLY" : "CREATE_ASSEMBLY", null, s.Name, "ASSEMBLY")],
        SecurityPolicyStatement s => On(s.IsAlter ? "ALTER_SECURITY_POLICY" : "CREATE_SECURITY_POLICY", s.Name, "SECURITY POLICY"),
        AlterAuthorizationStatement { SecurableClass: "SERVER ROLE" } s => [new DdlEvent("ALTER_AUTHORIZATION_SERVER", null, s.Securable.Name, "SERVER ROLE") { IsOfServer = true }],
        AlterAuthorizationStatement s => On("ALTER_AUTHORIZATION_DATABASE", s.Securable, s.SecurableClass.ToUpperInvariant()),
        DatabaseStatement { Action: "CREATE" or "ALTER" } s => [new DdlEvent(s.Action + "_DATABASE", null, s.Name ?? "", "DATABASE") { IsOfServer = true }],
        PrincipalStatement { Class: "LOGIN" } s => [new DdlEvent(s.Action + "_LOGIN", null, s.Name, "LOGIN") { IsOfServer = true }],
        PrincipalStatement { Class: "SERVER ROLE", AddMember: { } add } s => [new DdlEvent("ADD_SERVER_ROLE_MEMBER", null, add, "SQL LOGIN", s.Name, "SERVER ROLE") { IsOfServer = true }],
        PrincipalStatement { Class: "SERVER ROLE", DropMember: { } drop } s => [new DdlEvent("DROP_SERVER_ROLE_MEMBER", null, drop, "SQL LOGIN", s.Name, "SERVER ROLE") { IsOfServer = true }],
        PrincipalStatement { Class: "SERVER ROLE" } s => [new DdlEvent(s.Action + "_SERVER_ROLE", null, s.Name, "SERVER ROLE") { IsOfServer = true }],
        PermissionStatement s when DdlExecutor.IsOfServer(s) => [new DdlEvent(s.Action + "_SERVER", null, s.Securable?.Name ?? "", s.SecurableClass ?? "SERVER") { IsOfServer = true }],
        DatabaseStatement { Action: "SCOPED CONFIGURATION" } => [new DdlEvent("ALTER_DATABASE_SCOPED_CONFIGURATION", null, "", "DATABASE")],
        PermissionStatement s => [new DdlEvent(s.Action.Split(' ')[0].ToUpperInvariant() + "_DATABASE", s.Securable is null ? null : Schema(s.Securable), s.Securable?.Name ?? "", s.SecurableClass ?? (s.Securable is null ? "DATABASE" : "OBJECT"))],
        PrincipalStatement { Class: "ROLE", AddMember: { } } s => [new DdlEvent("ADD_ROLE_MEMBER", null, s.AddMember!, "SQL USER", s.Name, "ROLE")],
        PrincipalStatement { Class: "ROLE", DropMember: { } } s => [new DdlEvent("DROP_ROLE_MEMBER", null, s.DropMember!, "SQL USER", s.Name, "ROLE")],
        PrincipalStatement { Class: "USER" or "ROLE" } s => [new DdlEvent($"{s.Action}_{s.Class}", null, s.Name, s.Class == "USER" ? "SQL USER" : "ROLE")],
        DropStatement s => Drops(s),
        _ => [],
    };

    private static IEnumerable<DdlEvent> Drops(DropStatement statement)
    {
        string @class = statement.Class is "DATABASE TRIGGER" or "SERVER TRIGGER" ? "TRIGGER" : statement.Class;
        string type = "DROP_" + @class.Replace(' ', '_');
        if (!Events.ContainsKey(type))
        {
            yield break;
        }

        for (int i = 0; i < statement.Names.Count; i++)
        {
            ObjectName name = statement.Names[i];
            ObjectName? on = statement.On?[i];
            bool hasSchema = statement.Class is not ("SCHEMA" or "USER" or "ROLE" or "ASSEMBLY" or "DATABASE TRIGGER" or "SERVER TRIGGER" or "DATABASE" or "LOGIN" or "SERVER ROLE");
            if (!IsTemporary(on ?? name))
            {
                yield return new DdlEvent(type, hasSchema ? Schema(on ?? name) : null, name.Name, @class == "USER" ? "SQL USER" : @class, on?.Name, on is null ? null : "TABLE")
                {
                    IsOfServer = statement.Class is "SERVER TRIGGER" or "DATABASE" or "LOGIN" or "SERVER ROLE",
                };
            }
        }
    }

    private static IEnumerable<DdlEvent> On(string type, ObjectName name, string objectType) => IsTemporary(name) ? [] : [new DdlEvent(type, Schema(name), name.Name, objectType)];

    private static IEnumerable<DdlEvent> Index(string type, ObjectName table, string name) => IsTemporary(table) ? [] : [new DdlEvent(type, Schema(table), name, "INDEX", table.Name, "TABLE")];

    private static string Verb(ModuleStatement statement, bool existed) =>
        statement.Action == ModuleAction.Alter || (statement.Action == ModuleAction.CreateOrAlter && existed) ? "ALTER" : "CREATE";

    private static string Schema(ObjectName name) => name.Schema ?? "";

    private static bool IsTemporary(ObjectName name) => name.Name.StartsWith('#');
}
