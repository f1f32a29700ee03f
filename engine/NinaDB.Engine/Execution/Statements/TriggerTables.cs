using System.Collections.Immutable;
using NinaDB.Engine.Catalog;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>The inserted and deleted tables of a trigger: heaps with the columns of the trigger's table or view and none of its constraints.</summary>
internal static class TriggerTables
{
    /// <summary>The names that triggers know them by.</summary>
    public static IReadOnlyList<string> Names { get; } = ["inserted", "deleted"];

    /// <summary>Lets a command of a CLR trigger read the trigger's tables; nothing to do without a trigger.</summary>
    public static void Share(Frame? trigger, Frame command)
    {
        foreach (string name in trigger is null ? [] : Names)
        {
            if (trigger!.Routine.Variables.Find(name) is { } source && command.Routine.Variables.Find(name) is { } target)
            {
                command.Variables.Tables[target.Slot] = trigger.Variables.Tables[source.Slot];
            }
        }
    }

    public static TableDefinition ShapeFor(CatalogObject target)
    {
        ImmutableArray<ColumnDefinition> columns = target switch
        {
            TableDefinition table => [.. table.Columns.Select(Plain)],
            ModuleDefinition view => [.. view.Columns.Select((c, i) => new ColumnDefinition { ColumnId = i + 1, Name = c.Name, Type = c.Type, IsNullable = true })],
            _ => throw new InvalidOperationException($"{target.Name} can have no trigger."),
        };
        return new TableDefinition
        {
            ObjectId = TemporaryCatalog.NextObjectId(),
            SchemaId = target.SchemaId,
            Name = target.Name,
            Type = ObjectTypes.UserTable,
            Columns = columns,
            MaxColumnId = columns.Max(c => c.ColumnId),
            Storage = TableStorageKind.Variable,
            Indexes = [new IndexDefinition { IndexId = 0, Kind = IndexKind.Heap }],
        };
    }

    /// <summary>A column as plain data: what was generated or computed is just a value here.</summary>
    private static ColumnDefinition Plain(ColumnDefinition column) => column with
    {
        Identity = null,
        ComputedText = null,
        IsPersisted = false,
        Default = null,
        IsFileStream = false,
        IsRowGuid = false,
        GeneratedAlways = 0,
        IsNullable = true,
        Type = column.Type.Id == Types.SqlTypeId.RowVersion ? Types.SqlType.Binary(8) : column.Type,
    };
}
