using NinaDB.Engine.Catalog;
using NinaDB.Engine.Execution.Ddl;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Clr;

/// <summary>What a CLR trigger knows of the statement that fired it: SqlContext.TriggerContext.</summary>
public sealed class ClrTriggerContext
{
    private readonly TriggerInfo _trigger;

    internal ClrTriggerContext(TriggerInfo trigger, string? eventData)
    {
        _trigger = trigger;
        EventData = eventData;
        ColumnCount = trigger.Table switch
        {
            TableDefinition table => table.Columns.Length,
            ModuleDefinition { Type: ObjectTypes.View } view => view.Columns.Length,
            _ => 0,
        };
    }

    /// <summary>INSERT, UPDATE, DELETE, or the DDL event.</summary>
    public string Action => _trigger.Action;

    /// <summary>The action as Microsoft.SqlServer.Server.TriggerAction numbers it: 1, 2, 3, or the type of the DDL event (sys.trigger_event_types.type).</summary>
    public int TriggerAction => _trigger.Action switch
    {
        "INSERT" => 1,
        "UPDATE" => 2,
        "DELETE" => 3,
        _ => DdlEvents.NumberOf(_trigger.Action),
    };

    /// <summary>Columns of the table or view; 0 of a DDL trigger.</summary>
    public int ColumnCount { get; }

    /// <summary>EVENTDATA() of a DDL trigger; null of others.</summary>
    public string? EventData { get; }

    /// <summary>Whether the statement set the column at a position from 0 on; INSERT and DELETE touch every one.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such column.</exception>
    public bool IsUpdatedColumn(int columnOrdinal)
    {
        if (columnOrdinal < 0 || columnOrdinal >= ColumnCount)
        {
            throw new IndexOutOfRangeException();
        }

        return _trigger.Action != "UPDATE" || _trigger.UpdatedColumns.Contains(columnOrdinal);
    }
}
