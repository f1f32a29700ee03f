using System.Globalization;
using System.Xml.Linq;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Catalog.Procedures;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Ddl;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>Fires DDL triggers after what set them off, within the same statement: an error or a ROLLBACK in a trigger undoes the DDL.</summary>
internal static class DdlTriggerRunner
{
    private static readonly IReadOnlySet<int> NoColumns = new HashSet<int>();

    /// <summary>Whether the database has a DDL trigger at all.</summary>
    public static bool HasTriggers(EngineSession session) => session.Catalog.TriggersOn(0).Count > 0 || session.Server.Master.TriggersOn(DdlExecutor.ServerTriggers).Count > 0;

    /// <summary>Fires the triggers of each event, oldest trigger first.</summary>
    /// <param name="command">Text of the statement.</param>
    public static void Fire(BatchExecution run, IEnumerable<DdlEvent> events, string command)
    {
        foreach (DdlEvent @event in events)
        {
            IEnumerable<ModuleDefinition> triggers = @event.IsOfServer ? [] : run.Session.Catalog.TriggersOn(0);
            foreach (ModuleDefinition trigger in triggers.Concat(run.Session.Server.Master.TriggersOn(DdlExecutor.ServerTriggers)).ToList())
            {
                if (!trigger.IsDisabled && trigger.TriggerEvents.Any(name => DdlEvents.Covers(name, @event.Type)))
                {
                    Run(run, trigger, @event.Type, Describe(run.Session, @event, command));
                }
            }
        }
    }

    /// <summary>
    /// LOGON triggers, when a client has logged in: within a transaction of their own, before it hears of that. An error or a ROLLBACK in one refuses it (error 17892).
    /// https://learn.microsoft.com/en-us/sql/relational-databases/triggers/logon-triggers
    /// </summary>
    /// <param name="begin">Begins a request with an empty batch, which the triggers are called from.</param>
    public static void FireLogon(EngineSession session, LoginDefinition login, Func<BatchExecution> begin)
    {
        List<ModuleDefinition> triggers = [.. session.Server.Master.TriggersOn(DdlExecutor.ServerTriggers).Where(t => !t.IsDisabled && t.TriggerEvents.Contains(DdlExecutor.Logon))];
        if (triggers.Count == 0)
        {
            return;
        }

        var data = new XElement(
            "EVENT_INSTANCE",
            new XElement("EventType", DdlExecutor.Logon),
            new XElement("PostTime", DateTime.Now.ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture)),
            new XElement("SPID", session.SessionId),
            new XElement("ServerName", Environment.MachineName),
            new XElement("LoginName", login.Name),
            new XElement("LoginType", LoginType(login)),
            new XElement("SID", Convert.ToBase64String(login.Sid)),
            new XElement("ClientHost", session.ClientAddress ?? "<local machine>"),
            new XElement("IsPooled", 0));
        session.RefreshCatalog();
        session.BeginTransaction(null);
        try
        {
            using BatchExecution run = begin();
            foreach (ModuleDefinition trigger in triggers)
            {
                Run(run, trigger, DdlExecutor.Logon, data.ToString(SaveOptions.DisableFormatting));
            }

            session.CommitTransaction(isDelayed: false);
        }
        catch (Exception error) when (error is SqlErrorException or BatchAbortedException)
        {
            session.RollbackAll();
            throw new SqlErrorException(SqlErrors.Create(17892, login.Name).Error, error);
        }
    }

    private static string LoginType(LoginDefinition login) => login.Type switch { 'U' => "Windows (NT) Login", 'E' => "External Login", _ => "SQL Login" };

    /// <summary>RENAME, the event of sp_rename.</summary>
    public static void FireRename(BatchExecution run, SystemProcedureCall call)
    {
        IReadOnlyList<string> parts = Syntax.Parser.TryParseName(call.Text(0)!)!;
        string kind = call.Text(2)?.TrimEnd().ToUpperInvariant() ?? "OBJECT";
        bool isPart = kind is "COLUMN" or "INDEX";
        int schema = parts.Count - (isPart ? 3 : 2);
        var renamed = new DdlEvent("RENAME", schema >= 0 ? parts[schema] : "", parts[^1], kind, isPart && parts.Count > 1 ? parts[^2] : null, isPart ? "TABLE" : null);
        string arguments = string.Join(", ", new[] { call.Text(0), call.Text(1), call.Text(2) }.OfType<string>().Select(t => "N'" + t.Replace("'", "''", StringComparison.Ordinal) + "'"));
        if (!parts[^1].StartsWith('#'))
        {
            Fire(run, [renamed], "EXEC sp_rename " + arguments);
        }
    }

    /// <param name="data">EVENTDATA().</param>
    private static void Run(BatchExecution run, ModuleDefinition trigger, string @event, string data)
    {
        EngineSession session = run.Session;
        if (session.Trigger?.TriggerId == trigger.ObjectId)
        {
            return;
        }

        bool isServer = trigger.ParentObjectId == DdlExecutor.ServerTriggers;
        using DatabaseScope scope = session.In(isServer ? ServerCatalog.MasterId : session.DatabaseId);
        int depth = session.ImpersonationDepth;
        if (isServer && trigger.ExecuteAsPrincipalId is { } loginId)
        {
            // EXECUTE AS of a trigger of the server names a login.
            LoginDefinition login = session.Catalog.FindLogin(loginId) ?? throw SqlErrors.Create(15406, "");
            session.Impersonate(session.UserOfLogin(login.Name)?.PrincipalId ?? InitialCatalog.GuestId, login: login.Name);
        }

        Routine routine = session.Database.Routines.Module(session, isServer ? trigger with { ExecuteAsPrincipalId = null } : trigger);
        TriggerInfo? outer = session.Trigger;
        string? outerData = session.EventData;
        Frame frame = run.Push(routine);
        session.Trigger = new TriggerInfo(trigger, NoColumns, @event) { TriggerId = trigger.ObjectId };
        session.EventData = data;
        session.TriggerNestingLevel++;
        try
        {
            run.RunNested(frame);
        }
        finally
        {
            session.TriggerNestingLevel--;
            session.Trigger = outer;
            session.EventData = outerData;
            while (session.ImpersonationDepth > depth)
            {
                session.Revert(depth, null);
            }
        }

        if (session.TransactionCount == 0)
        {
            throw new SqlErrorException(SqlErrors.CreateWithState(3609, 2).Error) { EndsTransaction = true };
        }
    }

    /// <summary>
    /// The XML of EVENTDATA().
    /// https://learn.microsoft.com/en-us/sql/t-sql/functions/eventdata-transact-sql
    /// </summary>
    private static string Describe(EngineSession session, DdlEvent @event, string command)
    {
        static string On(bool value) => value ? "ON" : "OFF";
        SessionOptions options = session.Options;
        var instance = new XElement(
            "EVENT_INSTANCE",
            new XElement("EventType", @event.Type),
            new XElement("PostTime", DateTime.Now.ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture)),
            new XElement("SPID", session.SessionId),
            new XElement("ServerName", Environment.MachineName),
            new XElement("LoginName", session.OriginalLogin));
        if (!@event.IsOfServer)
        {
            instance.Add(new XElement("UserName", session.Catalog.Principals.GetValueOrDefault(session.PrincipalId)?.Name), new XElement("DatabaseName", session.Catalog.DatabaseName));
        }
        else if (@event.ObjectType == "DATABASE")
        {
            instance.Add(new XElement("DatabaseName", @event.Name));
        }

        if (@event.Schema is { } schema)
        {
            instance.Add(new XElement("SchemaName", schema.Length == 0 ? session.DefaultSchema : schema));
        }

        if (!@event.IsOfServer || @event.ObjectType != "DATABASE")
        {
            instance.Add(new XElement("ObjectName", @event.Name), new XElement("ObjectType", @event.ObjectType));
        }

        if (@event.ObjectType == "LOGIN" && session.Catalog.Logins.TryGetValue(@event.Name, out LoginDefinition? about))
        {
            instance.Add(new XElement("DefaultLanguage", about.DefaultLanguage), new XElement("DefaultDatabase", about.DefaultDatabase), new XElement("LoginType", LoginType(about)),
                new XElement("SID", Convert.ToBase64String(about.Sid)));
        }

        if (@event.TargetName is not null)
        {
            instance.Add(new XElement("TargetObjectName", @event.TargetName), new XElement("TargetObjectType", @event.TargetType));
        }

        instance.Add(new XElement(
            "TSQLCommand",
            new XElement(
                "SetOptions",
                new XAttribute("ANSI_NULLS", On(options.AnsiNulls)),
                new XAttribute("ANSI_NULL_DEFAULT", On(options.AnsiNullDefault)),
                new XAttribute("ANSI_PADDING", "ON"),
                new XAttribute("QUOTED_IDENTIFIER", On(options.QuotedIdentifier)),
                new XAttribute("ENCRYPTED", "FALSE")),
            new XElement("CommandText", command)));
        return instance.ToString(SaveOptions.DisableFormatting);
    }
}
