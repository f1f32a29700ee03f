using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>CREATE, ALTER and DROP DATABASE.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/t-sql/statements/create-database-transact-sql</remarks>
internal sealed partial class DdlExecutor
{
    /// <summary>Error 226 for statements about databases inside of a transaction.</summary>
    public static void RefuseInTransaction(Statement statement, EngineSession session)
    {
        string? words = statement switch
        {
            DatabaseStatement { Action: "SCOPED CONFIGURATION" } => "ALTER DATABASE SCOPED CONFIGURATION",
            DatabaseStatement s => s.Action + " DATABASE",
            DropStatement { Class: "DATABASE" } => "DROP DATABASE",
            _ => null,
        };
        if (words is not null && (session.TransactionCount > 0 || session.Options.ImplicitTransactions))
        {
            throw SqlErrors.Create(226, words);
        }
    }

    /// <summary>WITH ROLLBACK IMMEDIATE: ends the other sessions of the database before the statement waits for its turn to write.</summary>
    public static void EndSessions(Statement statement, EngineSession session)
    {
        if (statement is not DatabaseStatement { Action: "ALTER", EndsSessions: true } alter
            || (alter.Name is null ? session.Catalog : session.Server.Find(alter.Name)) is not { } database
            || (Security.PrincipalAccess.In(session, database)?.OnDatabase("ALTER") is not true && !Security.ServerAccess.Of(session).Allows("ALTER ANY DATABASE")))
        {
            return;
        }

        foreach (EngineSession other in session.Database.Sessions.Where(s => s != session && s.DatabaseId == database.DatabaseId))
        {
            other.Kill();
        }
    }

    private void CreateDatabase(DatabaseStatement statement)
    {
        string name = statement.Name ?? throw SqlErrors.Create(102, "CURRENT");
        CatalogSnapshot master = _session.Server.Master;
        if (Security.PrincipalAccess.In(_session, master)?.OnDatabase("CREATE DATABASE") is not true)
        {
            throw SqlErrors.Create(262, "CREATE DATABASE", master.DatabaseName);
        }

        TableBuilder.CheckName(name);
        if (_session.Server.Find(name) is not null)
        {
            throw SqlErrors.CreateWithState(1801, 3, name);
        }

        int id = _session.Server.NextDatabaseId();
        CatalogSnapshot model = _session.Server.Find(ServerCatalog.ModelId)!;
        CatalogSnapshot created = InitialCatalog.Create(name, _editor.Now).OnServerOf(model) with { DatabaseId = id, TreeId = _session.Store.CreateTree() };
        CatalogStore.Register(_session.Store, created);
        CatalogStore.SaveHeader(_session.Store, created);
        _session.Server = _session.Server.With(created);
        new DatabaseCopy(_session, model, id).Run();
        using DatabaseScope scope = _session.In(id);
        if (Catalog.Logins.GetValueOrDefault(_session.CurrentLogin) is { PrincipalId: not 1 } owner)
        {
            _editor.SetDatabaseOption("OWNER", owner.PrincipalId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        foreach ((string option, string value) in statement.Options)
        {
            switch (option)
            {
                case "ON":
                    // Where SQL Server would put files changes nothing here: one folder holds all databases.
                    break;
                case "CONTAINMENT" when !value.Equals("NONE", StringComparison.OrdinalIgnoreCase):
                    throw SqlErrors.NotSupported("CONTAINMENT = " + value.ToUpperInvariant());
                case "CONTAINMENT":
                    break;
                default:
                    ChangeDatabaseOption(option, value);
                    break;
            }
        }
    }

    /// <summary>DROP DATABASE. Errors 3701, 3702 and 3708.</summary>
    private void DropDatabase(string name, bool ifExists)
    {
        if (_session.Server.Find(name) is not { } database)
        {
            if (ifExists)
            {
                return;
            }

            throw SqlErrors.CreateWithState(3701, 1, "drop", "database", name);
        }

        if (ServerCatalog.IsSystemDatabase(database.DatabaseId))
        {
            throw SqlErrors.Create(3708, "drop", "database", database.DatabaseName);
        }

        if (Security.PrincipalAccess.In(_session, database)?.OnDatabase("CONTROL") is not true && !ServerRights.Allows("ALTER ANY DATABASE"))
        {
            throw SqlErrors.CreateWithState(3701, 2, "drop", "database", name);
        }

        if (_session.Database.Sessions.Any(s => s.DatabaseId == database.DatabaseId && !s.IsKilled))
        {
            throw SqlErrors.CreateWithState(3702, 3, database.DatabaseName);
        }

        if (database.DatabaseId == ServerCatalog.HomeId)
        {
            throw SqlErrors.NotSupported($"DROP DATABASE {database.DatabaseName} (the database that its folder was made for)");
        }

        CatalogStore.Drop(_session.Store, database);
        _session.Server = _session.Server.Without(database.DatabaseId);
    }

    /// <summary>The database that ALTER DATABASE names. Errors 5011 (SET) and 911 (the others).</summary>
    private CatalogSnapshot FindAltered(DatabaseStatement statement)
    {
        if (statement.Name is not { } name)
        {
            return Catalog;
        }

        bool isSet = !statement.Options.Keys.Any(o => o is "COLLATE" or "MODIFY NAME" || o.Split(' ')[0] is "ADD" or "REMOVE" or "MODIFY");
        CatalogSnapshot? found = _session.Server.Find(name);
        if (found is null && !isSet)
        {
            throw SqlErrors.Create(911, name);
        }

        bool mayAlter = found is not null && (Security.PrincipalAccess.In(_session, found)?.OnDatabase("ALTER") is true || ServerRights.Allows("ALTER ANY DATABASE"));
        return mayAlter ? found! : throw SqlErrors.CreateAfter(SqlErrors.CreateWithState(5011, 5, name), 5069, "ALTER DATABASE");
    }

    private void RenameDatabase(string name)
    {
        TableBuilder.CheckName(name);
        if (ServerCatalog.IsSystemDatabase(Catalog.DatabaseId))
        {
            throw SqlErrors.NotSupported($"renaming the system database {Catalog.DatabaseName}");
        }

        if (_session.Server.Find(name) is { } other && other.DatabaseId != Catalog.DatabaseId)
        {
            throw SqlErrors.CreateWithState(1801, 3, name);
        }

        if (OthersIn(Catalog.DatabaseId).Any())
        {
            throw SqlErrors.CreateWithState(5030, 2);
        }

        CatalogSnapshot renamed = Catalog with { Version = CatalogSnapshot.NextVersion(), DatabaseName = name };
        CatalogStore.SaveHeader(_session.Store, renamed);
        _session.Catalog = renamed;
        _session.Running?.SendMessage(SqlErrors.Create(5021, "database", name).Error);
    }

    private IEnumerable<EngineSession> OthersIn(int databaseId) => _session.Database.Sessions.Where(s => s != _session && s.DatabaseId == databaseId && !s.IsKilled);

    /// <summary>Error 5070 where other sessions stand in the way of SINGLE_USER. SQL Server would wait for them.</summary>
    private void RequireNoOthers()
    {
        if (OthersIn(Catalog.DatabaseId).Any())
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(5070, Catalog.DatabaseName), 5069, "ALTER DATABASE");
        }
    }

    /// <summary>READ_ONLY, SINGLE_USER, OFFLINE and their opposites, TRUSTWORTHY and DB_CHAINING. True when the option was one of them.</summary>
    private bool ChangeAccess(string option)
    {
        switch (option)
        {
            case "READ_ONLY" or "READ_WRITE":
                if (Catalog.DatabaseId is ServerCatalog.MasterId or ServerCatalog.TempdbId)
                {
                    throw SqlErrors.CreateAfter(
                        SqlErrors.CreateWithState(5058, Catalog.DatabaseId == ServerCatalog.MasterId ? (byte)5 : (byte)4, option, Catalog.DatabaseName), 5069, "ALTER DATABASE");
                }

                // The option itself is written through the lock that it sets.
                _editor.SetAccess("READ_ONLY", option == "READ_ONLY" ? "ON" : "OFF");
                return true;
            case "SINGLE_USER" or "RESTRICTED_USER" or "MULTI_USER":
                if (Catalog.DatabaseId is ServerCatalog.MasterId or ServerCatalog.TempdbId or ServerCatalog.ModelId && option != "MULTI_USER")
                {
                    throw SqlErrors.CreateAfter(SqlErrors.CreateWithState(5058, 5, option, Catalog.DatabaseName), 5069, "ALTER DATABASE");
                }

                if (option != "MULTI_USER")
                {
                    RequireNoOthers();
                }

                _editor.SetAccess("USER_ACCESS", option);
                return true;
            case "OFFLINE" or "EMERGENCY" or "ONLINE":
                if (Catalog.DatabaseId is ServerCatalog.MasterId or ServerCatalog.TempdbId or ServerCatalog.ModelId && option != "ONLINE")
                {
                    throw SqlErrors.CreateAfter(SqlErrors.CreateWithState(5058, 5, option, Catalog.DatabaseName), 5069, "ALTER DATABASE");
                }

                if (option == "OFFLINE")
                {
                    RequireNoOthers();
                }

                _editor.SetAccess("STATE", option);
                return true;
            case "TRUSTWORTHY" when Catalog.DatabaseId is ServerCatalog.ModelId or ServerCatalog.TempdbId:
                throw SqlErrors.CreateAfter(SqlErrors.Create(15309), 5069, "ALTER DATABASE");
            case "DB_CHAINING" when Catalog.DatabaseId is ServerCatalog.MasterId or ServerCatalog.ModelId or ServerCatalog.TempdbId:
                throw SqlErrors.CreateAfter(SqlErrors.CreateWithState(5600, 2), 5069, "ALTER DATABASE");
            default:
                return false;
        }
    }
}
