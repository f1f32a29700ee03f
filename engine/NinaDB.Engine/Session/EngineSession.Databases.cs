using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Security;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Session;

/// <summary>Which database the session is in, what it sees of the others, and who it is in each of them.</summary>
public sealed partial class EngineSession
{
    private ServerCatalog _server = ServerCatalog.Empty;
    private CatalogSnapshot _catalog = null!;

    /// <summary>DB_ID(): the current database.</summary>
    internal int DatabaseId { get; private set; } = ServerCatalog.HomeId;

    /// <summary>The database that the session was opened in: where <see cref="Reset"/> returns to.</summary>
    internal int OriginalDatabaseId { get; private set; } = ServerCatalog.HomeId;

    /// <summary>DB_NAME().</summary>
    public string DatabaseName => Catalog?.DatabaseName ?? "";

    /// <summary>The catalogs this session sees: the server's, or its own while it has uncommitted DDL.</summary>
    internal ServerCatalog Server
    {
        get => _server;
        set
        {
            _server = value;
            _catalog = value.Find(DatabaseId)!;
        }
    }

    /// <summary>The catalog of the current database as this session sees it.</summary>
    public CatalogSnapshot Catalog
    {
        get => _catalog;
        internal set => Server = Server.With(value);
    }

    /// <summary>The current database in a newer state of the server; master, should it be gone.</summary>
    private CatalogSnapshot SettleIn(ServerCatalog server)
    {
        if (server.Find(DatabaseId) is { } current)
        {
            return current;
        }

        Enter(ServerCatalog.MasterId);
        return server.Master;
    }

    /// <summary>The catalog of the database that an object is in.</summary>
    internal CatalogSnapshot CatalogOf(CatalogObject value) =>
        value.DatabaseId == DatabaseId || value is TableDefinition { Storage: not TableStorageKind.Durable } ? Catalog : Server.Find(value.DatabaseId) ?? Catalog;

    /// <summary>As <see cref="In(int)"/>, for the database that an object is in.</summary>
    internal DatabaseScope In(CatalogObject value) => In(value is TableDefinition { Storage: not TableStorageKind.Durable } || TemporaryNames.IsLocal(value.Name) || Database is null ? DatabaseId : value.DatabaseId);

    /// <summary>The database that a name's first part means, the current one when there is none; null when it does not exist. Error 916 when the session may not enter it.</summary>
    internal CatalogSnapshot? FindDatabase(string? name)
    {
        if (name is null || string.Equals(name, Catalog.DatabaseName, StringComparison.OrdinalIgnoreCase))
        {
            return Catalog;
        }

        if (Server.Find(name) is not { } found)
        {
            return null;
        }

        RequireAccess(found);
        return found;
    }

    /// <summary>Error 916 unless the session has a user in the database.</summary>
    internal void RequireAccess(CatalogSnapshot database)
    {
        if (PrincipalIn(database) is null)
        {
            throw SqlErrors.Create(916, CurrentLogin, database.DatabaseName);
        }

        RequireOpen(database);
    }

    /// <summary>Error 942 or 924 unless the database can be entered at all.</summary>
    private void RequireOpen(CatalogSnapshot database)
    {
        if (database.DatabaseOptions.GetValueOrDefault("STATE") is "OFFLINE")
        {
            throw SqlErrors.CreateWithState(942, 4, database.DatabaseName);
        }

        if (database.DatabaseOptions.GetValueOrDefault("USER_ACCESS") is "RESTRICTED_USER" && !IsPrivilegedIn(database))
        {
            throw SqlErrors.Create(923, database.DatabaseName);
        }

        if (database.DatabaseOptions.GetValueOrDefault("USER_ACCESS") is "SINGLE_USER"
            && database.DatabaseId != DatabaseId && Database.Sessions.Any(s => s != this && !s.IsKilled && s.DatabaseId == database.DatabaseId))
        {
            throw SqlErrors.Create(924, database.DatabaseName);
        }
    }

    /// <summary>Who the session is in another database: the user of its login there, guest where guest may connect, null when it has no business there.</summary>
    internal int? PrincipalIn(CatalogSnapshot database)
    {
        if (database.DatabaseId == DatabaseId)
        {
            return PrincipalId;
        }

        if ((PrincipalId == LoginPrincipalId && !HasImpersonated) || ImpersonatesLogin)
        {
            return UserOrGuest(database, CurrentLogin);
        }

        // Whom EXECUTE AS USER makes somebody is only trusted beyond its database where the database is.
        return IsTrusted ? UserOrGuest(database, UserLogin) : GuestOf(database);
    }

    /// <summary>What EXECUTE AS USER does in the current database is trusted outside of it.</summary>
    private bool IsTrusted => Catalog.DatabaseOptions.GetValueOrDefault("TRUSTWORTHY") is "ON";

    /// <summary>The login that the current database user belongs to; null for a user without one.</summary>
    private string? UserLogin => PrincipalId == InitialCatalog.DboId ? Catalog.OwnerLogin : Catalog.Principals.GetValueOrDefault(PrincipalId) is { } user ? user.LoginName ?? user.Name : null;

    /// <summary>The login whose permissions on the server count now; null where EXECUTE AS USER has made the session a user of one database alone.</summary>
    internal string? ServerLogin => ImpersonatesLogin ? _impersonated.Peek().Login : PrincipalId == LoginPrincipalId && !HasImpersonated ? OriginalLogin : IsTrusted ? UserLogin : null;

    /// <summary>EXECUTE AS USER or LOGIN is in force.</summary>
    private bool HasImpersonated => _impersonated.Any(i => i.IsUser || i.Login is not null);

    /// <summary>The login that the session acts as: its own, or that of EXECUTE AS.</summary>
    internal string CurrentLogin => ImpersonatesLogin ? _impersonated.Peek().Login!
        : (PrincipalId == LoginPrincipalId && !HasImpersonated) || Catalog.Principals.GetValueOrDefault(PrincipalId) is not { } user ? OriginalLogin
        : PrincipalId == InitialCatalog.DboId ? Catalog.OwnerLogin
        : user.LoginName is { Length: 0 } ? Sids.Text(user.Sid(Catalog)) : user.LoginName ?? user.Name;

    /// <summary>EXECUTE AS LOGIN is in force, and no module has switched to another principal since.</summary>
    private bool ImpersonatesLogin => _impersonated.TryPeek(out Impersonation last) && last.Login is { } login && PrincipalId == (UserOrGuest(Catalog, login) ?? PrincipalId);

    /// <summary>The user that a login is in the current database; null for none.</summary>
    internal PrincipalDefinition? UserOfLogin(string login) => UserOrGuest(Catalog, login) is { } id ? Catalog.Principals.GetValueOrDefault(id) : null;

    /// <summary>Who a login is in a database: its user there where that may connect, or guest; null when it may not enter.</summary>
    internal static int? UserOrGuest(CatalogSnapshot database, string? login)
    {
        if (login is null || !database.Logins.TryGetValue(login, out LoginDefinition? found))
        {
            return GuestOf(database);
        }

        var server = Security.ServerAccess.Of(database, found);
        if (server.IsSysAdmin)
        {
            return InitialCatalog.DboId;
        }

        if (UserOf(database, found) is { } user)
        {
            return Security.PrincipalAccess.Of(database, user, server).MayConnect || server.ConnectsAnywhere ? user : null;
        }

        return GuestOf(database) ?? (server.ConnectsAnywhere ? InitialCatalog.GuestId : null);
    }

    /// <summary>guest, where it may connect.</summary>
    private static int? GuestOf(CatalogSnapshot database) =>
        database.Permissions.Exists(p => p is { Class: 0, GranteeId: InitialCatalog.GuestId, Permission: "CONNECT", State: 'G' or 'W' }) ? InitialCatalog.GuestId : null;

    /// <summary>USE. Errors 911, 916, 942, 924.</summary>
    internal void Use(string name)
    {
        if (string.Equals(name, Catalog.DatabaseName, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        CatalogSnapshot database = Server.Find(name) ?? throw SqlErrors.Create(911, name);
        RequireAccess(database);
        Enter(database.DatabaseId);
        Database.Entered(this);
    }

    /// <summary>A new session begins in the database it asks for, or in its login's default database. False when it cannot.</summary>
    internal bool StartIn(string name, LoginDefinition? login)
    {
        // Logins are made with master for a default: such a login means the database that the folder was made for.
        CatalogSnapshot? database = name.Length > 0 ? Server.Find(name)
            : login is null || login.DefaultDatabase.Equals("master", StringComparison.OrdinalIgnoreCase) ? Catalog : Server.Find(login.DefaultDatabase) ?? Catalog;
        if (database is null || (database.DatabaseId != DatabaseId && (PrincipalIn(database) is null || !IsOpen(database))))
        {
            return false;
        }

        Enter(database.DatabaseId);
        OriginalDatabaseId = database.DatabaseId;
        return true;
    }

    /// <summary>The session may enter a database as the state of the database is.</summary>
    internal bool MayEnter(CatalogSnapshot database) => IsOpen(database);

    /// <summary>dbo, or a member of db_owner.</summary>
    private bool IsPrivilegedIn(CatalogSnapshot database)
    {
        const int OwnerRoleId = 16384;
        return PrincipalIn(database) is { } id && (id == InitialCatalog.DboId || Security.Principals.IdentitiesOf(database, id).Contains(OwnerRoleId));
    }

    private bool IsOpen(CatalogSnapshot database)
    {
        try
        {
            RequireOpen(database);
            return true;
        }
        catch (SqlErrorException)
        {
            return false;
        }
    }

    /// <summary>Goes to a database without asking, as a module of it does when it is called.</summary>
    internal void Enter(int databaseId)
    {
        if (databaseId == DatabaseId || Server.Find(databaseId) is not { } database)
        {
            return;
        }

        int principal = PrincipalIn(database) ?? InitialCatalog.GuestId;
        int login = PrincipalId == LoginPrincipalId ? principal : UserOrGuest(database, OriginalLogin) ?? InitialCatalog.GuestId;
        DatabaseId = databaseId;
        _catalog = database;
        (PrincipalId, LoginPrincipalId) = (principal, login);
    }

    /// <summary>The current database and who the session is in it, to return to.</summary>
    internal readonly record struct Place(int DatabaseId, int PrincipalId, int LoginPrincipalId);

    internal Place CurrentPlace => new(DatabaseId, PrincipalId, LoginPrincipalId);

    /// <summary>Back to where <see cref="Enter"/> or <see cref="Use"/> was called.</summary>
    internal void Return(in Place place)
    {
        if (place.DatabaseId != DatabaseId)
        {
            DatabaseId = place.DatabaseId;
            _catalog = _server.Find(DatabaseId)!;
            LoginPrincipalId = place.LoginPrincipalId;
        }

        PrincipalId = place.PrincipalId;
    }

    /// <summary>The session is in another database until the result is disposed of: names, ids and views mean those of that database.</summary>
    internal DatabaseScope In(int databaseId)
    {
        var scope = new DatabaseScope(this, CurrentPlace, databaseId != DatabaseId);
        Enter(databaseId);
        return scope;
    }

    /// <summary>Rows of db.sys.x. They are made at once, because the view reads the catalog of the session.</summary>
    internal IReadOnlyList<SqlValue[]> RowsIn(int databaseId, SystemView view)
    {
        using DatabaseScope scope = In(databaseId);
        CatalogSnapshot own = _catalog;
        try
        {
            _catalog = databaseId == ServerCatalog.TempdbId ? TempdbCatalog() : own;
            return [.. view.Rows(this)];
        }
        finally
        {
            _catalog = own;
        }
    }
}

/// <summary>Ends with <see cref="EngineSession.Return"/>.</summary>
internal readonly struct DatabaseScope(EngineSession session, EngineSession.Place place, bool isElsewhere) : IDisposable
{
    public void Dispose()
    {
        if (isElsewhere)
        {
            session.Return(place);
        }
    }
}
