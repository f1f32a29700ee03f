using System.CommandLine;
using NinaDB.Cli.Sessions;
using NinaDB.Engine.Session;

namespace NinaDB.Cli.Commands;

/// <summary>--oid, --tid and --tenant: for whom a command acts. Left out: the local tenant's owner.</summary>
internal sealed class IdentityOptions
{
    private readonly Option<Guid?> _oid = new("--oid") { Description = "Entra object id to act as; by default the owner of the local tenant.", HelpName = "GUID" };
    private readonly Option<Guid?> _tid = new("--tid") { Description = "Entra tenant id that belongs to --oid.", HelpName = "GUID" };
    private readonly Option<Guid?> _tenant = new("--tenant") { Description = "Public id of the tenant to act for, where it is not the one of --tid.", HelpName = "GUID" };

    public void AddTo(Command command)
    {
        command.Options.Add(_oid);
        command.Options.Add(_tid);
        command.Options.Add(_tenant);
    }

    /// <summary>Begins the session of a connection. A bare database has no tenants; nothing is done then.</summary>
    public void Begin(ParseResult result, EngineSession session, CancellationToken cancellation) => Begin(result, new LocalSession(session), cancellation);

    /// <summary>The same on a server.</summary>
    public void Begin(ParseResult result, ISqlSession session, CancellationToken cancellation)
    {
        if (LocalTenant.IsDeployed(session, cancellation))
        {
            LocalTenant.Begin(session, cancellation, result.GetValue(_oid), result.GetValue(_tid), result.GetValue(_tenant));
        }
    }
}
