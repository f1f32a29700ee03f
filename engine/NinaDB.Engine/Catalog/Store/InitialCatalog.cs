using System.Collections.Immutable;

namespace NinaDB.Engine.Catalog;

/// <summary>What every new database has: its fixed schemas, users and roles. Built in code, never persisted; records of the same id override it.</summary>
internal static class InitialCatalog
{
    public const int PublicId = 0, DboId = 1, GuestId = 2, InformationSchemaId = 3, SysId = 4;
    public const int DboSchemaId = 1, GuestSchemaId = 2, InformationSchemaSchemaId = 3, SysSchemaId = 4;

    /// <summary>Fixed database roles with their principal ids (a schema of the same name and id comes with each).</summary>
    public static readonly ImmutableArray<(int Id, string Name)> FixedRoles =
    [
        (16384, "db_owner"), (16385, "db_accessadmin"), (16386, "db_securityadmin"), (16387, "db_ddladmin"), (16389, "db_backupoperator"),
        (16390, "db_datareader"), (16391, "db_datawriter"), (16392, "db_denydatareader"), (16393, "db_denydatawriter"),
    ];

    public static CatalogSnapshot Create(string databaseName, DateTime created)
    {
        var schemas = ImmutableDictionary.CreateBuilder<string, SchemaDefinition>(StringComparer.OrdinalIgnoreCase);
        void Schema(int id, string name, int owner) => schemas[name] = new SchemaDefinition(id, name, owner);
        Schema(DboSchemaId, "dbo", DboId);
        Schema(GuestSchemaId, "guest", GuestId);
        Schema(InformationSchemaSchemaId, "INFORMATION_SCHEMA", InformationSchemaId);
        Schema(SysSchemaId, "sys", SysId);

        var principals = ImmutableDictionary.CreateBuilder<int, PrincipalDefinition>();
        void Principal(int id, string name, char type, string? schema, bool isFixed = false) =>
            principals[id] = new PrincipalDefinition(id, name, type, schema, type == 'R' ? DboId : 0, isFixed, []);
        Principal(PublicId, "public", 'R', null);
        Principal(DboId, "dbo", 'S', "dbo");
        Principal(GuestId, "guest", 'S', "guest");
        Principal(InformationSchemaId, "INFORMATION_SCHEMA", 'S', null);
        Principal(SysId, "sys", 'S', null);
        foreach ((int id, string name) in FixedRoles)
        {
            Schema(id, name, id);
            Principal(id, name, 'R', null, isFixed: true);
        }

        principals[DboId] = principals[DboId] with { MemberOf = [16384] };
        return new CatalogSnapshot
        {
            Version = CatalogSnapshot.NextVersion(),
            DatabaseName = databaseName,
            DatabaseCreateDate = created,
            SchemasByName = schemas.ToImmutable(),
            Principals = principals.ToImmutable(),
            Logins = ImmutableDictionary.Create<string, LoginDefinition>(StringComparer.OrdinalIgnoreCase)
                .Add("sa", new LoginDefinition(1, "sa", 'S', "master", false, null)),
        };
    }

    /// <summary>A system database as it is before anything is written to it. Everybody may enter master, tempdb and msdb as guest.</summary>
    public static CatalogSnapshot CreateSystem(int databaseId)
    {
        DateTime created = databaseId switch
        {
            ServerCatalog.TempdbId => DateTime.Now,
            ServerCatalog.MsdbId => new DateTime(2025, 11, 18),
            _ => new DateTime(2003, 4, 8, 9, 13, 36, 390),
        };
        CatalogSnapshot snapshot = Create(ServerCatalog.SystemDatabases[databaseId - 1].Name, created) with { DatabaseId = databaseId, TreeId = 0 };
        snapshot = snapshot with
        {
            DatabaseOptions = snapshot.DatabaseOptions
                .Add("RECOVERY", databaseId == ServerCatalog.ModelId ? "FULL" : "SIMPLE")
                .Add("DB_CHAINING", databaseId == ServerCatalog.ModelId ? "OFF" : "ON")
                .Add("TRUSTWORTHY", databaseId == ServerCatalog.MsdbId ? "ON" : "OFF"),
        };
        return databaseId == ServerCatalog.ModelId ? snapshot : snapshot with
        {
            Permissions = [new PermissionDefinition(0, 0, 0, GuestId, DboId, "CONNECT", 'G')],
        };
    }

    /// <summary>dbo, guest, sys, INFORMATION_SCHEMA and the fixed roles' schemas.</summary>
    public static bool IsFixedSchema(int schemaId) => schemaId is >= 1 and <= 4 or >= 16384 and < 16400;

    public static bool IsFixedPrincipal(int principalId) => principalId is >= 0 and <= 4 or >= 16384 and < 16400;
}
