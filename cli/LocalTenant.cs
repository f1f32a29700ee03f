using NinaDB.Cli.Sessions;
using NinaDB.Engine.Session;

namespace NinaDB.Cli;

/// <summary>
/// The tenant of the person at the machine that owns the database folder. Every deployed database has it, and every command acts for it unless told otherwise:
/// whoever can open the folder may act for anybody in it, so the identity is a name, not a secret.
/// </summary>
internal static class LocalTenant
{
    /// <summary>Entra tenant id that stands for the machine.</summary>
    public static readonly Guid Tid = new("00000000-0000-0000-0000-6e696e616462");

    /// <summary>Entra object id that stands for the person at the machine.</summary>
    public static readonly Guid Oid = new("00000000-0000-0000-0001-6e696e616462");

    /// <summary>Makes the tenant where it is missing.</summary>
    public static void Provision(EngineSession session, CancellationToken cancellation) =>
        session.RunText($"EXECUTE tenancy.ProvisionTenant @Name = N'local', @Tid = '{Tid}', @OwnerOid = '{Oid}', @OwnerName = N'local';", cancellation);

    /// <summary>Begins the connection's session, as the local owner or as somebody else, through the application user that the deployment made for it.</summary>
    public static void Begin(EngineSession session, CancellationToken cancellation, Guid? oid = null, Guid? tid = null, Guid? tenant = null) =>
        Begin(new LocalSession(session), cancellation, oid, tid, tenant);

    /// <summary>The same on a server; its login must be allowed to impersonate the application user.</summary>
    public static void Begin(ISqlSession session, CancellationToken cancellation, Guid? oid = null, Guid? tid = null, Guid? tenant = null) =>
        session.RunText(
            $"""
            EXECUTE AS USER = N'nina_local';
            BEGIN TRY
                EXECUTE tenancy.BeginSession @Oid = '{oid ?? Oid}', @Tid = '{tid ?? Tid}', @Tenant = {(tenant is null ? "NULL" : $"'{tenant}'")};
                REVERT;
            END TRY
            BEGIN CATCH
                REVERT;
                THROW;
            END CATCH;
            """,
            cancellation);

    /// <summary>Whether the database has tenants at all; a bare one (<c>nina init --empty</c>) has none.</summary>
    public static bool IsDeployed(EngineSession session, CancellationToken cancellation) => IsDeployed(new LocalSession(session), cancellation);

    /// <summary>The same of a server's database.</summary>
    public static bool IsDeployed(ISqlSession session, CancellationToken cancellation) =>
        session.QueryText("SELECT OBJECT_ID(N'tenancy.BeginSession', N'P');", cancellation)[0][0] is not null;
}
