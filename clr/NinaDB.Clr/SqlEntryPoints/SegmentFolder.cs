using System;
using System.IO;
using NinaDB.Clr.Storage;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>
/// The folder of this server's segment cache: <c>NINADB_SEGMENTS</c>, else NinaDB/segments in the machine's common application data. Only SQL Server needs one;
/// the embedded host maps its FILESTREAM files.
/// </summary>
internal static class SegmentFolder
{
    public static SegmentStore Store()
    {
        string? folder = Environment.GetEnvironmentVariable("NINADB_SEGMENTS");
        return new SegmentStore(string.IsNullOrEmpty(folder)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "NinaDB", "segments")
            : folder!);
    }
}
