using System.Collections.Immutable;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>sp_settriggerorder.</summary>
internal static partial class SystemProcedures
{
    private static void AddTriggerProcedures(Action<SystemProcedure> add) => add(Changes("sp_settriggerorder", SetTriggerOrder,
        Required("@triggername", LongName), Required("@order", SqlType.VarChar(10)), Required("@stmttype", SqlType.VarChar(50)), Optional("@namespace", SqlType.VarChar(10))));

    private static int SetTriggerOrder(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        CatalogSnapshot catalog = session.Catalog;
        string written = call.Text(0) ?? throw SqlErrors.Create(15600, "sp_settriggerorder");
        string orderText = call.Text(1)?.Trim() ?? "";
        string eventText = call.Text(2)?.Trim() ?? "";
        string order = orderText.ToUpperInvariant();
        string @event = eventText.ToUpperInvariant();
        bool isDatabase = string.Equals(call.Text(3), "DATABASE", StringComparison.OrdinalIgnoreCase);
        if (order is not ("FIRST" or "LAST" or "NONE") || (!isDatabase && @event is not ("INSERT" or "UPDATE" or "DELETE")) || (call.Text(3) is not null && !isDatabase))
        {
            throw SqlErrors.Create(15600, "sp_settriggerorder");
        }

        IReadOnlyList<string> parts = Parser.TryParseName(written) ?? [written];
        ModuleDefinition trigger = (isDatabase
                ? catalog.TriggersOn(0).FirstOrDefault(t => Same(t.Name, parts[^1]))
                : FindObject(session, parts) as ModuleDefinition)
            is { Type: ObjectTypes.Trigger } found ? found : throw SqlErrors.Create(15165, written);
        if (!trigger.TriggerEvents.Contains(@event))
        {
            throw SqlErrors.Create(15125, written, eventText.ToLowerInvariant());
        }

        if (trigger.IsInsteadOf)
        {
            throw SqlErrors.Create(15133, written);
        }

        bool isFirst = order == "FIRST";
        if (order != "NONE" && catalog.TriggersOn(trigger.ParentObjectId).Any(t => t.ObjectId != trigger.ObjectId && (isFirst ? t.FirstFor : t.LastFor).Contains(@event)))
        {
            throw SqlErrors.Create(15130, orderText, eventText);
        }

        ImmutableArray<string> first = trigger.FirstFor.Remove(@event);
        ImmutableArray<string> last = trigger.LastFor.Remove(@event);
        new CatalogEditor(session).Put(trigger with
        {
            FirstFor = isFirst ? first.Add(@event) : first,
            LastFor = order == "LAST" ? last.Add(@event) : last,
        });
        return 0;
    }
}
