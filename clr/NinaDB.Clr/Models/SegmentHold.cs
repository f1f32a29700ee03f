using NinaDB.Clr.Storage;

namespace NinaDB.Clr.Models;

/// <summary>
/// Keeps a file mapped for as long as a matrix that lies in it can be reached: every such matrix refers to this object, and when the last
/// of them is gone the finalizer gives the segment back. A product under way keeps its matrix, and with it the mapping, alive.
/// </summary>
internal sealed class SegmentHold
{
    private SegmentLease _lease;

    /// <summary>Takes over a lease.</summary>
    public SegmentHold(SegmentLease lease) => _lease = lease;

    /// <summary>Gives the segment back.</summary>
    ~SegmentHold() => _lease.Dispose();

    /// <summary>The segment.</summary>
    public Segment Segment => _lease.Segment;
}
