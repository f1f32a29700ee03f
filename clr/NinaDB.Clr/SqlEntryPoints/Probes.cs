using System;
using System.Collections.Generic;
using System.Data.SqlTypes;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>Probes by handle: the session while texts come in, its result once somebody asks for it.</summary>
internal static class Probes
{
    private const int MaxProjectionSample = 4096;

    private static readonly HandleTable<Probe> OpenProbes = new HandleTable<Probe>(8);

    public static SqlInt64 Open(ProbeSession session) => OpenProbes.Add(new Probe(session));

    public static ProbeSession Session(SqlInt64 handle) => Find(handle).Session;

    /// <summary>The result over the texts so far; computed once.</summary>
    public static ProbeResult Result(SqlInt64 handle) => Find(handle).Result.Value;

    /// <summary>How meaning vectors are brought to 768 numbers: padding, or the principal directions of the components' own meanings.</summary>
    public static VectorProjection Projection(SqlInt64 handle) => Find(handle).Projection.Value;

    public static SqlBoolean Close(SqlInt64 handle) => !handle.IsNull && OpenProbes.Remove(handle.Value);

    private static Probe Find(SqlInt64 handle)
    {
        NinaException.Require(!handle.IsNull, "The probe handle is NULL.");
        return OpenProbes.Get(handle.Value);
    }

    private sealed class Probe
    {
        public Probe(ProbeSession session)
        {
            Session = session;
            Result = new Lazy<ProbeResult>(() => session.Finish(Environment.ProcessorCount));
            Projection = new Lazy<VectorProjection>(() =>
            {
                int hidden = session.Model.Config.HiddenSize;
                var sample = new List<float[]>();
                if (hidden > VectorProjection.StoredDimension)
                {
                    ProbeResult result = Result.Value;
                    int step = Math.Max(1, result.Layout.Count / MaxProjectionSample);
                    for (int c = 0; c < result.Layout.Count; c += step)
                    {
                        sample.Add(result.MeaningVector(c));
                    }
                }

                return VectorProjection.Fit(hidden, sample);
            });
        }

        public ProbeSession Session { get; }

        public Lazy<ProbeResult> Result { get; }

        public Lazy<VectorProjection> Projection { get; }
    }
}
