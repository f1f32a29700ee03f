using System.Globalization;

namespace NinaDB.Feed.Tests;

/// <summary>A test that interrupts a process. A shell that starts a program in its background lets it, and all its children, ignore SIGINT: then it is skipped.</summary>
public sealed class SignalTheoryAttribute : TheoryAttribute
{
    private const int Interrupt = 2;

    public SignalTheoryAttribute()
    {
        if (IgnoresInterrupts())
        {
            Skip = "This process was started with SIGINT ignored (as a shell's background job), and so would its children be.";
        }
    }

    private static bool IgnoresInterrupts()
    {
        const string field = "SigIgn:";
        const string status = "/proc/self/status";
        string? mask = File.Exists(status) ? File.ReadLines(status).FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal)) : null;
        return mask is not null && (ulong.Parse(mask.AsSpan(field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (Interrupt - 1))) != 0;
    }
}
