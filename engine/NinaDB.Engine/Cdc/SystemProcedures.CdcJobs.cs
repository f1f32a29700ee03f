using NinaDB.Engine.Cdc;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>sys.sp_cdc_add_job and the other job procedures, and sys.sp_cdc_cleanup_change_table.</summary>
internal static partial class SystemProcedures
{
    private const int MaximumPollingSeconds = 86_399;

    private static readonly SqlType JobType = SqlType.NVarChar(20);

    private static void AddCdcJobProcedures(Action<SystemProcedure> add)
    {
        add(Changes("sp_cdc_add_job", AddCdcJob,
            Required("@job_type", JobType), Optional("@start_job", SqlType.Bit, SqlValue.FromBit(true)), Optional("@maxtrans", SqlType.Int), Optional("@maxscans", SqlType.Int), Optional("@continuous", SqlType.Bit),
            Optional("@pollinginterval", SqlType.BigInt), Optional("@retention", SqlType.BigInt), Optional("@threshold", SqlType.BigInt)));
        add(Changes("sp_cdc_change_job", ChangeCdcJob,
            Optional("@job_type", JobType, SqlValue.FromString(CdcJob.Capture)), Optional("@maxtrans", SqlType.Int), Optional("@maxscans", SqlType.Int), Optional("@continuous", SqlType.Bit),
            Optional("@pollinginterval", SqlType.BigInt), Optional("@retention", SqlType.BigInt), Optional("@threshold", SqlType.BigInt)));
        add(Changes("sp_cdc_drop_job", DropCdcJob, Required("@job_type", JobType)));
        add(Reads("sp_cdc_help_jobs", HelpCdcJobs));
        add(Changes("sp_cdc_start_job", StartCdcJob, Optional("@job_type", JobType, SqlValue.FromString(CdcJob.Capture))));
        add(Reads("sp_cdc_stop_job", StopCdcJob, Optional("@job_type", JobType, SqlValue.FromString(CdcJob.Capture))));
        add(Changes("sp_cdc_cleanup_change_table", CleanupChangeTable,
            Required("@capture_instance", Name), Required("@low_water_mark", Lsn), Optional("@threshold", SqlType.BigInt, SqlValue.FromBigInt(CdcJob.DefaultThreshold)),
            new SystemParameter("@fCleanupFailed", SqlType.Bit, IsOutput: true)));
    }

    private static string RequireJobType(SystemProcedureCall call) => call.Text(0)?.Trim().ToLowerInvariant() switch
    {
        CdcJob.Capture => CdcJob.Capture,
        CdcJob.Cleanup => CdcJob.Cleanup,
        _ => throw SqlErrors.Create(22992, call.Text(0)),
    };

    private static int AddCdcJob(SystemProcedureCall call)
    {
        RequireCdcOwner(call.Session);
        string type = RequireJobType(call);
        CdcJob job = CdcJob.Find(call.Session.Catalog, type) ?? (type == CdcJob.Capture ? CdcJob.NewCapture() : CdcJob.NewCleanup());
        CdcJob.Put(new CatalogEditor(call.Session), Changed(call, job, first: 2));
        return 0;
    }

    private static int ChangeCdcJob(SystemProcedureCall call)
    {
        RequireCdcOwner(call.Session);
        string type = RequireJobType(call);
        CdcJob job = CdcJob.Find(call.Session.Catalog, type) ?? throw SqlErrors.Create(22997, type);
        CdcJob.Put(new CatalogEditor(call.Session), Changed(call, job, first: 1));
        return 0;
    }

    /// <summary>The job with the arguments that are not NULL, from <paramref name="first"/> on: maxtrans, maxscans, continuous, pollinginterval, retention, threshold.</summary>
    private static CdcJob Changed(SystemProcedureCall call, CdcJob job, int first)
    {
        long? Given(int index) => call.Arguments[first + index].IsNull ? null : call.Arguments[first + index].AsInt64;
        long? transactions = Given(0), scans = Given(1), continuous = Given(2), polling = Given(3), retention = Given(4), threshold = Given(5);
        if (job.Type == CdcJob.Cleanup)
        {
            if ((transactions ?? scans ?? continuous ?? polling) is not null)
            {
                throw SqlErrors.Create(22996);
            }

            if (retention is <= 0 or > CdcJob.MaximumRetention)
            {
                throw SqlErrors.Create(22994);
            }

            return job with { Retention = retention ?? job.Retention, Threshold = threshold is > 0 and var rows ? rows : job.Threshold };
        }

        if (retention is not null)
        {
            throw SqlErrors.Create(22995);
        }

        if (transactions is <= 0)
        {
            throw SqlErrors.Create(22991);
        }

        if (scans is <= 0)
        {
            throw SqlErrors.Create(22970);
        }

        if (polling is < 0 or > MaximumPollingSeconds)
        {
            throw SqlErrors.Create(22990);
        }

        return job with
        {
            MaxTransactions = (int)(transactions ?? job.MaxTransactions),
            MaxScans = (int)(scans ?? job.MaxScans),
            Continuous = continuous is { } flag ? flag != 0 : job.Continuous,
            PollingInterval = polling ?? job.PollingInterval,
        };
    }

    private static int DropCdcJob(SystemProcedureCall call)
    {
        RequireCdcOwner(call.Session);
        string type = RequireJobType(call);
        if (CdcJob.Find(call.Session.Catalog, type) is null)
        {
            throw SqlErrors.Create(22997, type);
        }

        CdcJob.Remove(new CatalogEditor(call.Session), type);
        return 0;
    }

    private static int HelpCdcJobs(SystemProcedureCall call)
    {
        RequireCdcOwner(call.Session);
        call.Send(
            [
                Column("job_id", SqlType.UniqueIdentifier), Column("job_type", JobType), Column("job_name", Name), Column("maxtrans", SqlType.Int), Column("maxscans", SqlType.Int), Column("continuous", SqlType.Bit),
                Column("pollinginterval", SqlType.BigInt), Column("retention", SqlType.BigInt), Column("threshold", SqlType.BigInt),
            ],
            new[] { CdcJob.Find(call.Session.Catalog, CdcJob.Capture), CdcJob.Find(call.Session.Catalog, CdcJob.Cleanup) }.OfType<CdcJob>().Select(j => new[]
            {
                SqlValue.FromGuid(j.Id), Text(j.Type), Text($"cdc.{call.Session.Catalog.DatabaseName}_{j.Type}"), Int(j.MaxTransactions), Int(j.MaxScans), SqlValue.FromBit(j.Continuous), SqlValue.FromBigInt(j.PollingInterval),
                SqlValue.FromBigInt(j.Retention), SqlValue.FromBigInt(j.Threshold),
            }));
        return 0;
    }

    /// <summary>Starting the cleanup job runs it to its end; capture is always running, in the transactions themselves.</summary>
    private static int StartCdcJob(SystemProcedureCall call)
    {
        RequireCdcOwner(call.Session);
        string type = RequireJobType(call);
        CdcJob job = CdcJob.Find(call.Session.Catalog, type) ?? throw SqlErrors.Create(22997, type);
        if (type == CdcJob.Cleanup)
        {
            var store = new CdcStore(call.Session);
            while (!CdcCleanup.Step(store, job))
            {
                call.Context.ThrowIfCancelled();
            }
        }

        return 0;
    }

    private static int StopCdcJob(SystemProcedureCall call)
    {
        RequireCdcOwner(call.Session);
        if (RequireJobType(call) == CdcJob.Capture)
        {
            throw SqlErrors.NotSupported("sp_cdc_stop_job of the capture job: capture is part of every transaction");
        }

        return 0;
    }

    /// <summary>Errors 22960 (no such instance), 22957 (outside of the timeline), 22964 (not a commit).</summary>
    private static int CleanupChangeTable(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        RequireCdcOwner(session);
        string name = RequireText(call, 0, "@capture_instance");
        TableDefinition table = CdcCatalog.FindChangeTable(session.Catalog, name) ?? throw SqlErrors.Create(22981);
        var store = new CdcStore(session);
        CdcRow row = store.ChangeTableRow(table.ObjectId)!.Value;
        SqlValue low = call.Arguments[1];
        if (!low.IsNull)
        {
            low = SqlValue.FromBinary(low.AsBytes, SqlTypeId.Binary);
            SqlValue minimum = row.Values[ChangeTablesColumn.StartLsn];
            SqlValue maximum = CdcTimeline.Maximum(session);
            if (CdcCleanup.Less(low, minimum) || CdcCleanup.Less(maximum, low))
            {
                throw SqlErrors.Create(
                    22957, LogSequenceNumber.Text(low.AsBytes), name, minimum.IsNull ? "NULL" : LogSequenceNumber.Text(minimum.AsBytes), maximum.IsNull ? "NULL" : LogSequenceNumber.Text(maximum.AsBytes));
            }

            SqlValue time = CdcTimeline.TimeOf(session, low);
            if (time.IsNull)
            {
                throw SqlErrors.Create(22964, LogSequenceNumber.Text(low.AsBytes));
            }

            // Commits of the same moment stay together.
            SqlValue first = CdcTimeline.LsnOf(session, "smallest greater than or equal", time);
            row = CdcCleanup.Less(minimum, first) ? CdcCleanup.Raise(store, row, first) : row;
        }

        long threshold = call.Arguments[2].IsNull || call.Arguments[2].AsInt64 <= 0 ? CdcJob.DefaultThreshold : call.Arguments[2].AsInt64;
        while (CdcCleanup.RemoveBelow(store, row, threshold) == threshold)
        {
            call.Context.ThrowIfCancelled();
        }

        while (CdcCleanup.RemoveMappings(store, threshold) == threshold)
        {
            call.Context.ThrowIfCancelled();
        }

        call.Arguments[3] = SqlValue.FromBit(false);
        return 0;
    }
}
