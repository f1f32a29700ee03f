using System.Diagnostics;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Session;

/// <summary>SET STATISTICS IO, TIME, PROFILE and XML: what is told after each statement.</summary>
public sealed partial class BatchExecution
{
    /// <summary>What the operators of the running statement have done; null where nobody asks.</summary>
    private PlanProfile? _profile;

    private PlanProfile? ProfileFor() =>
        Session.Options.StatisticsProfile || Session.Options.StatisticsXml ? _profile ??= new PlanProfile() : null;

    /// <summary>Tells at once, or behind the rows that the statement is still to send.</summary>
    private void Tell(Operation operation, Frame frame, long started)
    {
        bool isTime = Session.Options.StatisticsTime && started != 0;
        if (_rows is not null)
        {
            _rows.Started = isTime ? started : 0;
            return;
        }

        if (_top is not { IsInlined: false })
        {
            return;
        }

        TellReads();
        if (operation is SetOptionOperation)
        {
            return;
        }

        TellPlan(operation, frame);
        if (isTime)
        {
            SendTime(started);
        }
    }

    /// <summary>STATISTICS IO: message 3615 for each table that the statement has touched.</summary>
    internal void TellReads()
    {
        if (Session.Reads is not { } reads || _top is not { IsInlined: false } || IsCollecting)
        {
            return;
        }

        foreach ((TableDefinition table, TableReads counted) in reads.Take())
        {
            string name = table.Storage == TableStorageKind.Variable ? $"#{table.ObjectId:X8}" : table.Name;
            SendMessage(SqlErrors.Create(3615, name, counted.Scans, counted.Logical, counted.Physical).Error with { Line = _current?.Line ?? 0, Procedure = _top.Name });
        }
    }

    /// <summary>STATISTICS PROFILE and XML: the plan with the rows and executions of its operators.</summary>
    private void TellPlan(Operation operation, Frame frame)
    {
        if (_profile is not { } profile || frame.IsInlined || IsCollecting)
        {
            return;
        }

        _profile = null;
        if (operation.ShowPlan(this, frame) is not { } plan)
        {
            return;
        }

        SessionOptions options = Session.Options;
        long count = Session.RowCount;
        if (options.StatisticsProfile)
        {
            ShowPlan.SendProfile(this, frame, plan, profile, count);
        }

        if (options.StatisticsXml)
        {
            ShowPlan.SendActual(this, frame, plan, profile, count);
        }

        Session.RowCount = count;
        _profile = null;
    }

    private void SendTime(long started)
    {
        var elapsed = (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        SendMessage(new SqlError(3612, 10, 1, $"\n SQL Server Execution Times:\n   CPU time = {elapsed} ms,  elapsed time = {elapsed} ms.", _current?.Line ?? 0, _top?.Name));
    }

    /// <summary>STATISTICS TIME: how long a batch or module has been compiled.</summary>
    internal void SendCompileTime(long started)
    {
        var elapsed = (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        SendMessage(SqlErrors.Create(3613, elapsed).Error with { Line = 1, Procedure = _top?.Name });
    }
}
