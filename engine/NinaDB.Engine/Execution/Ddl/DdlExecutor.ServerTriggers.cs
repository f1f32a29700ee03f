using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>Triggers ON ALL SERVER: modules of master, apart from its own DDL triggers.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/t-sql/statements/create-trigger-transact-sql, .../relational-databases/triggers/logon-triggers</remarks>
internal sealed partial class DdlExecutor
{
    /// <summary>Stands for the parent of triggers of the server.</summary>
    public const int ServerTriggers = -1;

    /// <summary>The event of logon triggers.</summary>
    public const string Logon = "LOGON";

    /// <summary>The place of triggers of the server among master's schemas: none.</summary>
    private static readonly SchemaDefinition ServerPlace = new(-1, "", InitialCatalog.DboId);

    private ModuleDefinition? FindServerTrigger(string name) =>
        _session.Server.Master.TriggersOn(ServerTriggers).FirstOrDefault(t => t.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private void RequireServerTriggers()
    {
        if (!ServerRights.Allows("CONTROL SERVER"))
        {
            throw SqlErrors.Create(15247);
        }
    }

    private void CreateServerTrigger(CreateTriggerStatement statement)
    {
        RequireServerTriggers();
        if (statement.Name.Schema is not null)
        {
            throw SqlErrors.Create(1094);
        }

        foreach (string name in statement.Events)
        {
            if (statement.IsInsteadOf || name is "INSERT" or "UPDATE" or "DELETE" || (name == Logon && statement.Events.Count > 1))
            {
                throw SqlErrors.Create(1098);
            }

            if (name != Logon && !DdlEvents.IsKnown(name))
            {
                throw name.StartsWith("DDL_", StringComparison.Ordinal) || name.Contains('_') ? SqlErrors.NotSupported($"the DDL event {name}") : SqlErrors.Create(1084, name);
            }
        }

        // EXECUTE AS names a login here.
        int? executeAs = ExecuteAsLogin(statement.Options);
        using Session.DatabaseScope scope = _session.In(ServerCatalog.MasterId);
        var plain = new CreateTriggerStatement
        {
            Action = statement.Action,
            Name = statement.Name,
            SourceText = statement.SourceText,
            Scope = statement.Scope,
            Events = statement.Events,
            Options = [.. statement.Options.Where(o => !o.StartsWith("EXECUTE AS ", StringComparison.Ordinal))],
            Body = statement.Body,
            Line = statement.Line,
            Offset = statement.Offset,
            EndOffset = statement.EndOffset,
        };
        _editor.Put(Begin(plain, ObjectTypes.Trigger, t => t == ObjectTypes.Trigger, ServerPlace) with
        {
            ParentObjectId = ServerTriggers, TriggerEvents = [.. statement.Events], ExecuteAsPrincipalId = executeAs,
        });
    }

    private int? ExecuteAsLogin(IReadOnlyList<string> options)
    {
        const string Prefix = "EXECUTE AS ";
        string? who = options.FirstOrDefault(o => o.StartsWith(Prefix, StringComparison.Ordinal))?[Prefix.Length..];
        return who switch
        {
            null or "CALLER" => null,
            "SELF" => Catalog.Logins.GetValueOrDefault(_session.CurrentLogin)?.PrincipalId,
            _ => Catalog.Logins.GetValueOrDefault(who.Trim('\'')) is { } login && (ServerRights.Is(login.PrincipalId)
                || ServerRights.Allows("IMPERSONATE", Security.PermissionNames.ServerPrincipalClass, login.PrincipalId, isRole: false))
                    ? login.PrincipalId
                    : throw SqlErrors.Create(15151, "execute as", "login", who.Trim('\'')),
        };
    }

    private void DropServerTrigger(ObjectName name, bool ifExists)
    {
        RequireServerTriggers();
        using Session.DatabaseScope scope = _session.In(ServerCatalog.MasterId);
        if (FindServerTrigger(name.Name) is { } trigger)
        {
            _editor.Remove(trigger);
        }
        else if (!ifExists)
        {
            throw SqlErrors.CreateWithState(3701, 5, "drop", "trigger", name.ToString());
        }
    }

    /// <summary>ENABLE and DISABLE TRIGGER ... ON ALL SERVER; no names mean all.</summary>
    private void ChangeServerTriggers(TriggerStateStatement statement)
    {
        RequireServerTriggers();
        using Session.DatabaseScope scope = _session.In(ServerCatalog.MasterId);
        IEnumerable<ModuleDefinition> chosen = statement.Triggers.Count == 0
            ? [.. Catalog.TriggersOn(ServerTriggers)]
            : [.. statement.Triggers.Select(t => FindServerTrigger(t.Name) ?? throw SqlErrors.Create(1088, t.ToString()))];
        foreach (ModuleDefinition trigger in chosen)
        {
            _editor.Put(trigger with { IsDisabled = !statement.Enable, ModifyDate = _editor.Now });
        }
    }
}
