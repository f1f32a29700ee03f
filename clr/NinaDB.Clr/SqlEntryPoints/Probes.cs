using System;
using System.Data.SqlTypes;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>Probes by handle: the session while texts come in, its evaluation once somebody asks for it.</summary>
internal static class Probes
{
    /// <summary>Their texts are in files, so that many can be open.</summary>
    private const int MaxOpenProbes = 64;

    private static readonly HandleTable<Probe> OpenProbes = new HandleTable<Probe>(MaxOpenProbes);

    /// <summary>
    /// Opens a probe of an owner. One of the same owner that is still open belongs to a statement that was cancelled, because callers let one measurement of a model
    /// run at a time: it is closed, and its file gone on with.
    /// </summary>
    public static SqlInt64 Open(string owner, Func<ProbeSession> start)
    {
        foreach (Probe abandoned in OpenProbes.TakeAll(probe => probe.Owner == owner))
        {
            abandoned.Session.Dispose();
        }

        return OpenProbes.Add(new Probe(owner, start()));
    }

    public static ProbeSession Session(SqlInt64 handle) => Find(handle).Session;

    /// <summary>The evaluation of the texts so far; texts that come later are not in it.</summary>
    public static ProbeEvaluation Evaluation(SqlInt64 handle) => Find(handle).Evaluation.Value;

    /// <summary>How meaning vectors are brought to 768 numbers.</summary>
    public static VectorProjection Projection(SqlInt64 handle) => Find(handle).Projection.Value;

    /// <summary>Ends a probe. Its file goes when it is <paramref name="completed"/>, and stays to be gone on with otherwise.</summary>
    public static SqlBoolean Close(SqlInt64 handle, bool completed)
    {
        Probe? probe = handle.IsNull ? null : OpenProbes.Take(handle.Value);
        if (probe == null)
        {
            return false;
        }

        if (completed)
        {
            probe.Session.Complete();
        }
        else
        {
            probe.Session.Dispose();
        }

        return true;
    }

    private static Probe Find(SqlInt64 handle)
    {
        NinaException.Require(!handle.IsNull, "The probe handle is NULL.");
        return OpenProbes.Get(handle.Value);
    }

    private sealed class Probe
    {
        public Probe(string owner, ProbeSession session)
        {
            Owner = owner;
            Session = session;
            Evaluation = new Lazy<ProbeEvaluation>(session.Evaluate);
            Projection = new Lazy<VectorProjection>(() => Evaluation.Value.FitProjection());
        }

        public string Owner { get; }

        public ProbeSession Session { get; }

        public Lazy<ProbeEvaluation> Evaluation { get; }

        public Lazy<VectorProjection> Projection { get; }
    }
}
