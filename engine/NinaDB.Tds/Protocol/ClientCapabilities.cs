namespace NinaDB.Tds.Protocol;

/// <summary>What a client can be sent: the protocol version it logged in with, and the feature extensions it asked for.</summary>
internal sealed record ClientCapabilities(uint Version)
{
    public int Rank { get; } = TdsVersion.Rank(Version);

    /// <summary>TDS 7.2: max types, xml, eight-byte row counts, four-byte user types and line numbers.</summary>
    public bool HasMaxTypes => Rank >= 2;

    /// <summary>TDS 7.3: date, time, datetime2, datetimeoffset, table-valued parameters.</summary>
    public bool HasDateTypes => Rank >= 3;

    /// <summary>TDS 7.3.B: rows with a bitmap of NULLs.</summary>
    public bool HasNullBitmapRows => Rank >= 4;

    public bool Utf8 { get; init; }

    public bool Json { get; init; }

    public bool Vector { get; init; }
}
