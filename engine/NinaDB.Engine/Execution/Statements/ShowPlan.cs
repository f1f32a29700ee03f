using System.Globalization;
using System.Security;
using System.Text;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>What SHOWPLAN shows of a statement: its text, the change it makes (null for a query), and the plan of the query that finds its rows.</summary>
internal sealed record ShownPlan(Statement Statement, string Kind, string? Change, PlanNode? Root);

/// <summary>SET SHOWPLAN_TEXT, SHOWPLAN_ALL and SHOWPLAN_XML: the operators of this host in the forms of SQL Server.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/statements/set-showplan-all-transact-sql</remarks>
internal static partial class ShowPlan
{
    private const string Namespace = "http://schemas.microsoft.com/sqlserver/2004/07/showplan";

    /// <summary>An operator with its place in the tree; ids count from 1 for the statement itself.</summary>
    private sealed record Line(string Prefix, string Text, int NodeId, int Parent, double Rows, PlanNode? Node = null);

    public static void Send(BatchExecution run, Frame frame, Operation operation)
    {
        if (operation.ShowPlan(run, frame) is not { } plan)
        {
            return;
        }

        string text = TextOf(plan, frame.Routine.Text);
        var lines = new List<Line>();
        Collect(plan, lines);
        switch (run.Session.Options.ShowPlan)
        {
            case "SHOWPLAN_TEXT":
                SendTable(run, [new ResultColumn("StmtText", SqlType.NVarChar(4000), true)], [[SqlValue.FromString(text)]]);
                SendTable(run, [new ResultColumn("StmtText", SqlType.NVarChar(4000), true)], [.. lines.Select(l => new[] { SqlValue.FromString(l.Prefix + l.Text) })]);
                break;
            case "SHOWPLAN_ALL":
                SendAll(run, plan, text, lines);
                break;
            default:
                SendTable(run, [new ResultColumn("Microsoft SQL Server 2005 XML Showplan", SqlType.NVarCharMax, true)], [[SqlValue.FromString(Xml(plan, text))]]);
                break;
        }
    }

    /// <summary>The plans of several statements as one document, as sys.dm_exec_query_plan gives them; null where there is none.</summary>
    public static string? Document(string source, IEnumerable<ShownPlan> plans)
    {
        var xml = new StringBuilder();
        int id = 0;
        foreach (ShownPlan plan in plans)
        {
            Statement(xml, plan, TextOf(plan, source), ++id);
        }

        return id == 0 ? null : Header + xml + Footer;
    }

    /// <summary>The operators of a plan as lines of text.</summary>
    public static IEnumerable<string> Operators(ShownPlan plan)
    {
        var lines = new List<Line>();
        Collect(plan, lines);
        return lines.Select(l => l.Prefix + l.Text);
    }

    private static string TextOf(ShownPlan plan, string source) =>
        plan.Statement.EndOffset <= source.Length ? source[plan.Statement.Offset..plan.Statement.EndOffset] : plan.Kind;

    private static void Collect(ShownPlan plan, List<Line> lines)
    {
        if (plan.Change is null)
        {
            if (plan.Root is not null)
            {
                Collect(plan.Root, "  ", 1, lines);
            }

            return;
        }

        lines.Add(new Line("  |--", plan.Change, 2, 1, plan.Root?.EstimatedRows ?? 1));
        if (plan.Root is not null)
        {
            Collect(plan.Root, "       ", 2, lines);
        }
    }

    private static void Collect(PlanNode node, string indent, int parent, List<Line> lines)
    {
        int id = lines.Count + 2;
        lines.Add(new Line(indent + "|--", node.Describe(), id, parent, node.EstimatedRows, node));
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            // A bar leads on to the inputs that follow.
            Collect(node.Inputs[i], indent + (i + 1 < node.Inputs.Count || HasSibling(lines, id, parent) ? "|    " : "     "), id, lines);
        }
    }

    private static bool HasSibling(List<Line> lines, int id, int parent) => lines.Exists(l => l.Parent == parent && l.NodeId > id);

    private static void SendTable(BatchExecution run, IReadOnlyList<ResultColumn> columns, IReadOnlyList<SqlValue[]> rows)
    {
        run.SendColumns(columns);
        foreach (SqlValue[] row in rows)
        {
            run.SendRow(row);
        }

        run.SendEndRows();
        run.SendDone(run.Session.Options.NoCount ? null : rows.Count);
    }

    private static void SendAll(BatchExecution run, ShownPlan plan, string text, List<Line> lines)
    {
        (ResultColumn[] columns, SqlValue[][] rows) = Table(plan, text, lines);
        SendTable(run, columns, rows);
    }

    /// <summary>The columns and rows of SHOWPLAN_ALL.</summary>
    private static (ResultColumn[] Columns, SqlValue[][] Rows) Table(ShownPlan plan, string text, List<Line> lines)
    {
        ResultColumn Text(string name) => new(name, SqlType.NVarChar(4000), true);
        ResultColumn Number(string name) => new(name, SqlType.Int, true);
        ResultColumn Real(string name) => new(name, SqlType.Float, true);
        ResultColumn[] columns =
        [
            Text("StmtText"), Number("StmtId"), Number("NodeId"), Number("Parent"), Text("PhysicalOp"), Text("LogicalOp"), Text("Argument"), Text("DefinedValues"), Real("EstimateRows"), Real("EstimateIO"),
            Real("EstimateCPU"), Number("AvgRowSize"), Real("TotalSubtreeCost"), Text("OutputList"), Text("Warnings"), Text("Type"), new("Parallel", SqlType.Bit, true), Real("EstimateExecutions"),
        ];
        SqlValue Str(string? value) => value is null ? SqlValue.Null : SqlValue.FromString(value);
        SqlValue[] Row(string shown, int id, int parent, string? operation, string? argument, double rows, string type) =>
        [
            Str(shown), SqlValue.FromInt(1), SqlValue.FromInt(id), SqlValue.FromInt(parent), Str(operation), Str(operation), Str(argument), SqlValue.Null, SqlValue.FromFloat((float)rows), SqlValue.Null,
            SqlValue.Null, SqlValue.Null, SqlValue.Null, SqlValue.Null, SqlValue.Null, Str(type), SqlValue.FromBit(false), SqlValue.FromFloat(1),
        ];
        return (columns,
        [
            Row(text, 1, 0, null, null, plan.Root?.EstimatedRows ?? 1, plan.Kind),
            .. lines.Select(l => Row(l.Prefix + l.Text, l.NodeId, l.Parent, Operator(l.Text), Argument(l.Text), l.Rows, "PLAN_ROW")),
        ]);
    }

    /// <summary>"Hash Match" of "Hash Match(Inner Join)".</summary>
    private static string Operator(string text) => text.IndexOf('(') is > 0 and var open ? text[..open] : text;

    private static string? Argument(string text) => text.IndexOf('(') is > 0 and var open ? text[(open + 1)..].TrimEnd(')') : null;

    private static readonly string Header =
        $"<ShowPlanXML xmlns=\"{Namespace}\" Version=\"1.564\" Build=\"{Functions.BuiltinFunctions.ProductVersion}\"><BatchSequence><Batch><Statements>";

    private const string Footer = "</Statements></Batch></BatchSequence></ShowPlanXML>";

    private static string Xml(ShownPlan plan, string text, PlanProfile? profile = null, long count = 0)
    {
        var xml = new StringBuilder();
        Statement(xml, plan, text, 1, profile, count);
        return Header + xml + Footer;
    }

    private static void Statement(StringBuilder xml, ShownPlan plan, string text, int number, PlanProfile? profile = null, long count = 0)
    {
        xml.Append(CultureInfo.InvariantCulture, $"<StmtSimple StatementText=\"{SecurityElement.Escape(text)}\" StatementId=\"{number}\" StatementCompId=\"{number}\" StatementType=\"{plan.Kind}\" StatementEstRows=\"{plan.Root?.EstimatedRows ?? 1}\"><QueryPlan>");
        int id = 0;
        if (plan.Change is { } change)
        {
            Open(xml, change, plan.Root?.EstimatedRows ?? 1, id++);
            RunTime(xml, profile is null ? null : (count, 1));
        }

        if (plan.Root is not null)
        {
            Write(xml, plan.Root, profile, ref id);
        }

        if (plan.Change is not null)
        {
            xml.Append("</RelOp>");
        }

        xml.Append("</QueryPlan></StmtSimple>");
    }

    private static void Open(StringBuilder xml, string description, double rows, int id) => xml.Append(
        CultureInfo.InvariantCulture, $"<RelOp NodeId=\"{id}\" PhysicalOp=\"{SecurityElement.Escape(Operator(description))}\" LogicalOp=\"{SecurityElement.Escape(Operator(description))}\" EstimateRows=\"{rows}\">");

    private static void Write(StringBuilder xml, PlanNode node, PlanProfile? profile, ref int id)
    {
        Open(xml, node.Describe(), node.EstimatedRows, id++);
        RunTime(xml, profile?.Of(node));
        foreach (PlanNode input in node.Inputs)
        {
            Write(xml, input, profile, ref id);
        }

        xml.Append("</RelOp>");
    }
}
