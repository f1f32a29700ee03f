using System.Globalization;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Planning;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>DBCC SHOW_STATISTICS (table, index | statistics) [WITH STAT_HEADER | DENSITY_VECTOR | HISTOGRAM].</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/t-sql/database-console-commands/dbcc-show-statistics-transact-sql</remarks>
internal sealed partial class UtilityOperation
{
    private static readonly string[] StatisticsParts = ["STAT_HEADER", "DENSITY_VECTOR", "HISTOGRAM"];

    private void ShowStatistics(BatchExecution run, SqlValue[] arguments)
    {
        if (arguments.Length != 2 || arguments[0].IsNull || arguments[1].IsNull)
        {
            throw SqlErrors.Create(2583);
        }

        if (statement.Options.FirstOrDefault(o => o != "NO_INFOMSGS" && !StatisticsParts.Contains(o)) is { } unknown)
        {
            throw unknown == "STATS_STREAM" ? SqlErrors.NotSupported("DBCC SHOW_STATISTICS ... WITH STATS_STREAM") : SqlErrors.Create(2532);
        }

        EngineSession session = run.Session;
        session.RefreshCatalog();
        string name = arguments[0].AsString, target = arguments[1].AsString;
        TableDefinition table = session.FindTable(new Syntax.Ast.ObjectName { Parts = Syntax.Parser.TryParseName(name) ?? [name] }) ?? throw SqlErrors.Create(2501, name);
        new Security.PermissionCheck(session, null).Require(table, "SELECT");
        var found = TableStatistics.Of(table).FirstOrDefault(s => s.Name.Equals(target, StringComparison.OrdinalIgnoreCase));
        if (found.Name is null)
        {
            throw SqlErrors.Create(2767, target);
        }

        TableStatistics? statistics = session.Database.Statistics.Find(table.ObjectId, found.Id);
        bool Shows(string part) => !statement.Options.Any(StatisticsParts.Contains) || statement.Options.Contains(part);
        if (Shows("STAT_HEADER"))
        {
            SendHeader(run, found.Name, found.Filter, statistics);
        }

        if (Shows("DENSITY_VECTOR"))
        {
            Send(run, [new("All density", SqlType.Real, true), new("Average Length", SqlType.Real, true), new("Columns", SqlType.NVarChar(4000), true)],
                (statistics?.Densities ?? []).Select(d => new[] { SqlValue.FromReal((float)d.Density), SqlValue.FromReal((float)d.AverageLength), SqlValue.FromString(string.Join(", ", d.Columns)) }));
        }

        if (Shows("HISTOGRAM"))
        {
            SqlType type = statistics?.KeyType ?? table.Columns[table.OrdinalOf(found.ColumnIds[0])].Type;
            Send(run,
                [
                    new("RANGE_HI_KEY", type, true), new("RANGE_ROWS", SqlType.Real, true), new("EQ_ROWS", SqlType.Real, true), new("DISTINCT_RANGE_ROWS", SqlType.BigInt, true),
                    new("AVG_RANGE_ROWS", SqlType.Real, true),
                ],
                (statistics?.Steps ?? []).Select(s => new[]
                {
                    s.High, SqlValue.FromReal((float)s.RangeRows), SqlValue.FromReal((float)s.EqualRows), SqlValue.FromBigInt(s.DistinctRangeRows), SqlValue.FromReal((float)s.AverageRangeRows),
                }));
        }
    }

    private static void SendHeader(BatchExecution run, string name, string? filter, TableStatistics? statistics)
    {
        ResultColumn[] columns =
        [
            new("Name", SqlType.SysName, true), new("Updated", SqlType.NVarChar(20), true), new("Rows", SqlType.BigInt, true), new("Rows Sampled", SqlType.BigInt, true), new("Steps", SqlType.SmallInt, true),
            new("Density", SqlType.Real, true), new("Average key length", SqlType.Real, true), new("String Index", SqlType.NVarChar(4), true), new("Filter Expression", SqlType.NVarCharMax, true),
            new("Unfiltered Rows", SqlType.BigInt, true), new("Persisted Sample Percent", SqlType.Float, true),
        ];
        var row = new SqlValue[columns.Length];
        Array.Fill(row, SqlValue.Null);
        row[0] = SqlValue.FromString(name);
        if (statistics is not null)
        {
            string updated = string.Create(CultureInfo.InvariantCulture, $"{statistics.Updated:MMM} {statistics.Updated.Day,2} {statistics.Updated:yyyy} {statistics.Updated.ToString("h:mmtt", CultureInfo.InvariantCulture),7}");
            row[1] = SqlValue.FromString(updated);
            row[2] = SqlValue.FromBigInt(statistics.Rows);
            row[3] = SqlValue.FromBigInt(statistics.RowsSampled);
            row[4] = SqlValue.FromSmallInt((short)statistics.Steps.Count);
            row[5] = SqlValue.FromReal((float)statistics.RangeDensity);
            row[6] = SqlValue.FromReal((float)statistics.KeyLength);
            row[7] = SqlValue.FromString(statistics.KeyType.IsString ? "YES" : "NO ");
            row[8] = filter is null ? SqlValue.Null : SqlValue.FromString(filter);
            row[9] = SqlValue.FromBigInt(statistics.UnfilteredRows);
            row[10] = SqlValue.FromFloat(0);
        }

        Send(run, columns, [row]);
    }

    private static void Send(BatchExecution run, ResultColumn[] columns, IEnumerable<SqlValue[]> rows)
    {
        long count = 0;
        run.SendColumns(columns);
        foreach (SqlValue[] row in rows)
        {
            run.SendRow(row);
            count++;
        }

        run.SendEndRows();
        run.SendDone(run.Session.Options.NoCount ? null : count);
    }
}
