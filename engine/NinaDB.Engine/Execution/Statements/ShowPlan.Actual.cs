using System.Globalization;
using System.Text;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>Plans with what their operators have done: STATISTICS PROFILE and STATISTICS XML.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/statements/set-statistics-profile-transact-sql</remarks>
internal static partial class ShowPlan
{
    public static void SendProfile(BatchExecution run, Frame frame, ShownPlan plan, PlanProfile profile, long count)
    {
        var lines = new List<Line>();
        Collect(plan, lines);
        (ResultColumn[] columns, SqlValue[][] rows) = Table(plan, TextOf(plan, frame.Routine.Text), lines);
        (long Rows, long Executions)[] counts = [(count, 1), .. lines.Select(l => l.Node is null ? (count, 1) : profile.Of(l.Node))];
        SendTable(run, [new ResultColumn("Rows", SqlType.BigInt, true), new ResultColumn("Executes", SqlType.BigInt, true), .. columns],
            [.. rows.Select((r, i) => (SqlValue[])[SqlValue.FromBigInt(counts[i].Rows), SqlValue.FromBigInt(counts[i].Executions), .. r])]);
    }

    public static void SendActual(BatchExecution run, Frame frame, ShownPlan plan, PlanProfile profile, long count) =>
        SendTable(run, [new ResultColumn("Microsoft SQL Server 2005 XML Showplan", SqlType.NVarCharMax, true)],
            [[SqlValue.FromString(Xml(plan, TextOf(plan, frame.Routine.Text), profile, count))]]);

    private static void RunTime(StringBuilder xml, (long Rows, long Executions)? counted)
    {
        if (counted is { } counts)
        {
            xml.Append(CultureInfo.InvariantCulture,
                $"<RunTimeInformation><RunTimeCountersPerThread Thread=\"0\" ActualRows=\"{counts.Rows}\" ActualEndOfScans=\"{counts.Executions}\" ActualExecutions=\"{counts.Executions}\"/></RunTimeInformation>");
        }
    }
}
