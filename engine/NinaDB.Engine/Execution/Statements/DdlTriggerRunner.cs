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
    public static bool HasTriggers(EngineSession session) => session.Catalog.TriggersOn(0).Count > 0;

    /// <summary>Fires the triggers of each event, oldest trigger first.</summary>
    /// <param name="command">Text of the statement.</param>
    public static void Fire(BatchExecution run, IEnumerable<DdlEvent> events, string command)
    {
        foreach (DdlEvent @event in events)
        {
            foreach (ModuleDefinition trigger in run.Session.Catalog.TriggersOn(0).ToList())
            {
                if (!trigger.IsDisabled && trigger.TriggerEvents.Any(name => DdlEvents.Covers(name, @event.Type)))
                {
                    Run(run, trigger, @event, command);
                }
            }
        }
    }

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

    private static void Run(BatchExecution run, ModuleDefinition trigger, DdlEvent @event, string command)
    {
        EngineSession session = run.Session;
        if (session.Trigger?.TriggerId == trigger.ObjectId)
        {
            return;
        }

        Routine routine = session.Database.Routines.Module(session, trigger);
        TriggerInfo? outer = session.Trigger;
        string? outerData = session.EventData;
        Frame frame = run.Push(routine);
        session.Trigger = new TriggerInfo(trigger, NoColumns, @event.Type) { TriggerId = trigger.ObjectId };
        session.EventData = Describe(session, @event, command);
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
            new XElement("LoginName", session.OriginalLogin),
            new XElement("UserName", session.Catalog.Principals.GetValueOrDefault(session.PrincipalId)?.Name),
            new XElement("DatabaseName", session.Catalog.DatabaseName));
        if (@event.Schema is { } schema)
        {
            instance.Add(new XElement("SchemaName", schema.Length == 0 ? session.DefaultSchema : schema));
        }

        instance.Add(new XElement("ObjectName", @event.Name), new XElement("ObjectType", @event.ObjectType));
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
