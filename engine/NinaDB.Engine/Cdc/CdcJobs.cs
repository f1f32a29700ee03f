using System.Text.Json;
using NinaDB.Engine.Catalog;

namespace NinaDB.Engine.Cdc;

/// <summary>
/// The parameters of a capture or cleanup job. The host has no Agent: capture happens in the transaction itself, so the capture job's parameters are kept and
/// reported and change nothing; cleanup follows retention and threshold (<see cref="CdcCleanup"/>).
/// </summary>
internal sealed record CdcJob(Guid Id, string Type, int MaxTransactions, int MaxScans, bool Continuous, long PollingInterval, long Retention, long Threshold)
{
    public const string Capture = "capture", Cleanup = "cleanup";

    public const int DefaultMaxTransactions = 500, DefaultMaxScans = 10, DefaultPollingInterval = 5;

    /// <summary>Minutes: three days.</summary>
    public const long DefaultRetention = 4320;

    public const long MaximumRetention = 52_594_800;

    public const long DefaultThreshold = 5000;

    private const string Prefix = "CDC_JOB:";

    public static CdcJob NewCapture() => new(Guid.NewGuid(), Capture, DefaultMaxTransactions, DefaultMaxScans, true, DefaultPollingInterval, 0, 0);

    public static CdcJob NewCleanup() => new(Guid.NewGuid(), Cleanup, 0, 0, false, 0, DefaultRetention, DefaultThreshold);

    public static CdcJob? Find(CatalogSnapshot catalog, string type) =>
        catalog.DatabaseOptions.TryGetValue(Prefix + type, out string? text) ? JsonSerializer.Deserialize<CdcJob>(text) : null;

    public static void Put(CatalogEditor editor, CdcJob job) => editor.SetDatabaseOption(Prefix + job.Type, JsonSerializer.Serialize(job));

    public static void Remove(CatalogEditor editor, string type)
    {
        if (editor.Catalog.DatabaseOptions.ContainsKey(Prefix + type))
        {
            editor.RemoveDatabaseOption(Prefix + type);
        }
    }
}
