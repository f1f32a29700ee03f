using System.Globalization;
using System.Text;
using NinaDB.Engine.Catalog;

namespace NinaDB.Engine.Cdc;

/// <summary>
/// The T-SQL of an instance's query functions. sys.fn_cdc_range judges the arguments (error 313) and the caller (error 229) before a row is read, and is one row
/// with the range; the change table is read under it by its clustered key.
/// </summary>
internal static class CdcFunctionText
{
    /// <summary>cdc.fn_cdc_get_all_changes_x.</summary>
    public static string AllChanges(TableDefinition changeTable, string verb)
    {
        string instance = CaptureInstance.Of(changeTable).Name;
        var text = new StringBuilder();
        Head(text, verb, CaptureInstance.AllChangesFunction(instance));
        text.Append("    SELECT t.[__$start_lsn], t.[__$seqval], t.[__$operation], t.[__$update_mask]");
        Columns(text, changeTable, "t");
        text.Append("\n    FROM sys.fn_cdc_range(").Append(Literal(instance)).Append(", @from_lsn, @to_lsn, @row_filter_option, 0) AS r\n")
            .Append("    CROSS APPLY\n    (\n        SELECT c.*\n        FROM ").Append(Name(changeTable)).Append(" AS c\n")
            .Append("        WHERE c.[__$start_lsn] >= r.from_lsn AND c.[__$start_lsn] <= r.to_lsn\n")
            .Append("            AND (c.[__$operation] <> 3 OR r.row_filter = N'all update old')\n    ) AS t");
        return text.ToString();
    }

    /// <summary>
    /// cdc.fn_cdc_get_net_changes_x: of every key the last change in the range, as what it amounts to given the first: a row that the range inserted and deleted is
    /// left out, one that it inserted and updated is an insert, one that was there before is an update.
    /// </summary>
    public static string NetChanges(TableDefinition changeTable, string verb)
    {
        CaptureInstance instance = CaptureInstance.Of(changeTable);
        string[] keys = [.. instance.KeyColumnIds.Select(id => Quote(changeTable.Columns[CaptureInstance.FirstCaptured + instance.ColumnIds.IndexOf(id)].Name))];
        string partition = string.Join(", ", keys.Select(k => "c." + k));
        string same = string.Join(" AND ", keys.Select(k => $"m.{k} = n.{k}"));
        var text = new StringBuilder();
        Head(text, verb, CaptureInstance.NetChangesFunction(instance.Name));
        text.Append("    SELECT n.[__$start_lsn],\n")
            .Append("        CASE\n            WHEN n.[__$operation] = 1 THEN 1\n            WHEN r.row_filter = N'all with merge' THEN 5\n")
            .Append("            WHEN n.[__$first] = 2 THEN 2\n            ELSE 4\n        END AS [__$operation],\n")
            .Append("        CASE\n            WHEN r.row_filter = N'all with mask' AND n.[__$operation] <> 1 AND n.[__$first] <> 2 THEN sys.fn_cdc_union_masks(\n            (\n")
            .Append("                SELECT STRING_AGG(CONVERT(varchar(max), m.[__$update_mask], 2), '')\n                FROM ").Append(Name(changeTable)).Append(" AS m\n")
            .Append("                WHERE m.[__$start_lsn] >= r.from_lsn AND m.[__$start_lsn] <= r.to_lsn AND m.[__$operation] <> 3 AND ").Append(same).Append('\n')
            .Append(CultureInfo.InvariantCulture, $"            ), {instance.ColumnIds.Length})\n        END AS [__$update_mask]");
        Columns(text, changeTable, "n");
        text.Append("\n    FROM sys.fn_cdc_range(").Append(Literal(instance.Name)).Append(", @from_lsn, @to_lsn, @row_filter_option, 1) AS r\n")
            .Append("    CROSS APPLY\n    (\n        SELECT c.*,\n")
            .Append("            ROW_NUMBER() OVER (PARTITION BY ").Append(partition)
            .Append(" ORDER BY c.[__$start_lsn] DESC, c.[__$command_id] DESC, c.[__$seqval] DESC, c.[__$operation] DESC) AS [__$last],\n")
            .Append("            FIRST_VALUE(c.[__$operation]) OVER (PARTITION BY ").Append(partition)
            .Append(" ORDER BY c.[__$start_lsn], c.[__$command_id], c.[__$seqval], c.[__$operation]) AS [__$first]\n")
            .Append("        FROM ").Append(Name(changeTable)).Append(" AS c\n")
            .Append("        WHERE c.[__$start_lsn] >= r.from_lsn AND c.[__$start_lsn] <= r.to_lsn AND c.[__$operation] <> 3\n    ) AS n\n")
            .Append("    WHERE n.[__$last] = 1 AND NOT (n.[__$first] = 2 AND n.[__$operation] = 1)");
        return text.ToString();
    }

    /// <summary>[name], with brackets doubled.</summary>
    public static string Quote(string name) => "[" + name.Replace("]", "]]", StringComparison.Ordinal) + "]";

    private static string Name(TableDefinition changeTable) => "[cdc]." + Quote(changeTable.Name);

    private static string Literal(string text) => "N'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    private static void Head(StringBuilder text, string verb, string function) => text
        .Append(verb).Append(" FUNCTION [cdc].").Append(Quote(function)).Append("\n(\n    @from_lsn binary(10),\n    @to_lsn binary(10),\n    @row_filter_option nvarchar(30)\n)\nRETURNS TABLE\nRETURN\n");

    private static void Columns(StringBuilder text, TableDefinition changeTable, string alias)
    {
        foreach (ColumnDefinition column in changeTable.Columns[CaptureInstance.FirstCaptured..^1])
        {
            text.Append(", ").Append(alias).Append('.').Append(Quote(column.Name));
        }
    }
}
