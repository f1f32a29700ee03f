using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using NinaDB.Engine.Catalog;

namespace NinaDB.Engine.Cdc;

/// <summary>
/// A capture instance: which columns of a source table go to which columns of its change table. It is kept as an option of the change table, so that it
/// follows the catalog through transactions; cdc.change_tables shows the same to queries.
/// </summary>
/// <param name="Name">Name of the capture instance.</param>
/// <param name="SourceObjectId">The tracked table.</param>
/// <param name="ColumnIds">Column ids of the source, in the order of the change table.</param>
/// <param name="KeyColumnIds">Column ids of the index that identifies a row; empty for none.</param>
/// <param name="SupportsNetChanges">There is a function for net changes.</param>
/// <param name="Role">The gating role; null for none.</param>
internal sealed record CaptureInstance(string Name, int SourceObjectId, ImmutableArray<int> ColumnIds, ImmutableArray<int> KeyColumnIds, bool SupportsNetChanges, string? Role)
{
    /// <summary>Ordinals of the columns that stand before the captured ones.</summary>
    public const int StartLsn = 0, EndLsn = 1, SequenceValue = 2, Operation = 3, UpdateMask = 4;

    /// <summary>Columns before the captured ones; one more (__$command_id) follows them.</summary>
    public const int FirstCaptured = 5;

    public const string StartLsnName = "__$start_lsn", EndLsnName = "__$end_lsn", SequenceValueName = "__$seqval", OperationName = "__$operation",
        UpdateMaskName = "__$update_mask", CommandIdName = "__$command_id";

    /// <summary>Names that a captured column may not have (error 22975).</summary>
    public static readonly ImmutableArray<string> ReservedNames = [StartLsnName, EndLsnName, SequenceValueName, OperationName, UpdateMaskName, CommandIdName];

    /// <summary>Table option that holds the instance.</summary>
    public const string Option = "CDC_INSTANCE";

    private const string TableSuffix = "_CT";

    private static readonly ConditionalWeakTable<TableDefinition, CaptureInstance> Cache = [];

    /// <summary>Name of the change table of an instance.</summary>
    public static string TableName(string instance) => instance + TableSuffix;

    /// <summary>Name of the function that enumerates all changes.</summary>
    public static string AllChangesFunction(string instance) => "fn_cdc_get_all_changes_" + instance;

    /// <summary>Name of the function that enumerates net changes.</summary>
    public static string NetChangesFunction(string instance) => "fn_cdc_get_net_changes_" + instance;

    /// <summary>Whether a table is a change table.</summary>
    public static bool IsChangeTable(TableDefinition table) => table.Options.ContainsKey(Option);

    /// <summary>The instance that a change table belongs to.</summary>
    public static CaptureInstance Of(TableDefinition changeTable) => Cache.GetValue(
        changeTable, static t => JsonSerializer.Deserialize<CaptureInstance>(t.Options[Option]) ?? throw new InvalidDataException($"The change table {t.Name} has no capture instance."));

    public string Serialize() => JsonSerializer.Serialize(this);
}
