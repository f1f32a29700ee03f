using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Distillation;

/// <summary>Distillations that are under way in this process, and agents that are not stored yet, by number.</summary>
public static class DistillationJobs
{
    /// <summary>The distillations.</summary>
    public static HandleTable<DistillationJob> Shared { get; } = new(8);

    /// <summary>Finished agents.</summary>
    public static HandleTable<LanguageModel> Agents { get; } = new(8);
}
