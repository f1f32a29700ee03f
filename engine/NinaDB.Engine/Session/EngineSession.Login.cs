using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Session;

/// <summary>Sessions that somebody logged in to, rather than the program that holds the database.</summary>
public sealed partial class EngineSession
{
    /// <summary>Principal that the session has without EXECUTE AS: dbo in process, the login's user otherwise.</summary>
    internal int LoginPrincipalId { get; private set; } = InitialCatalog.DboId;

    /// <summary>Where the client is: an address, or null in process.</summary>
    internal string? ClientAddress { get; set; }

    /// <summary>Of a login in a database where it has no user and guest may not connect: it can only go elsewhere.</summary>
    private const int NobodyId = -1;

    /// <summary>
    /// The session belongs to a login from now on, and begins in a database: the one asked for, the login's default database, or the folder's own. Errors 916 and 4060.
    /// </summary>
    internal void LogIn(LoginDefinition login, string database, string hostName, string applicationName, string? clientAddress)
    {
        RefreshCatalog();
        OriginalLogin = login.Name;
        PrincipalId = LoginPrincipalId = UserOrGuest(Catalog, login.Name) ?? NobodyId;
        if (!StartIn(database, login))
        {
            throw SqlErrors.Create(4060, database);
        }

        if (PrincipalId == NobodyId)
        {
            throw SqlErrors.Create(916, login.Name, DatabaseName);
        }

        HostName = hostName;
        ApplicationName = applicationName;
        ClientAddress = clientAddress;
        LoginTime = DateTime.Now;
    }

    /// <summary>Runs the LOGON triggers for a client that has logged in. Error 17892 when one of them refuses it.</summary>
    internal void FireLogonTriggers(LoginDefinition login, CancellationToken cancellation) => Execution.Statements.DdlTriggerRunner.FireLogon(this, login, () =>
    {
        var run = new BatchExecution(this, null, cancellation);
        run.Push(Database.Routines.Batch(this, ";", KeyOf([]), () => Shapes([]), Execution.Statements.RoutineKind.Batch));
        return run;
    });

    /// <summary>The session acts as a database user without a login: whoever brought a verified token. Error 15151 when there is no such user.</summary>
    internal void LogInAs(string userName, string displayName, string hostName, string applicationName, string? clientAddress)
    {
        RefreshCatalog();
        PrincipalDefinition user = Catalog.FindPrincipal(userName) is { Type: not 'R' } found ? found : throw SqlErrors.Create(15151, "find", "user", userName);
        PrincipalId = LoginPrincipalId = user.PrincipalId;
        OriginalLogin = displayName;
        HostName = hostName;
        ApplicationName = applicationName;
        ClientAddress = clientAddress;
        LoginTime = DateTime.Now;
    }

    /// <summary>As <see cref="Reset"/>, but an open transaction goes on, and with it the temp tables it may have changed.</summary>
    internal void ResetKeepingTransaction()
    {
        Options.CopyFrom(new SessionOptions());
        IdentityInsertTableId = 0;
        LastError = 0;
        RowCount = 0;
        PrincipalId = LoginPrincipalId;
        _impersonated.Clear();
        Context.Clear();
        ClearPreparedXml();
        ContextInfo = null;
    }

    /// <summary>Database user of a login: dbo for the database's owner, the user created FOR LOGIN, or null.</summary>
    private static int? UserOf(CatalogSnapshot catalog, LoginDefinition login)
    {
        if (string.Equals(catalog.OwnerLogin, login.Name, StringComparison.OrdinalIgnoreCase))
        {
            return InitialCatalog.DboId;
        }

        foreach (PrincipalDefinition user in catalog.Principals.Values)
        {
            if (user.Type != 'R' && !InitialCatalog.IsFixedPrincipal(user.PrincipalId) && string.Equals(user.LoginName ?? user.Name, login.Name, StringComparison.OrdinalIgnoreCase))
            {
                return user.PrincipalId;
            }
        }

        return null;
    }
}
