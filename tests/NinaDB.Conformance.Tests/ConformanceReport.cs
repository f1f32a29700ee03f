using System.Text;

namespace NinaDB.Conformance.Tests;

/// <summary>With NINADB_CONFORMANCE_REPORT naming a folder, differences are written there as well: a file a topic.</summary>
internal static class ConformanceReport
{
    public static void Write(string path, StringBuilder differences)
    {
        if (Environment.GetEnvironmentVariable("NINADB_CONFORMANCE_REPORT") is { Length: > 0 } folder && differences.Length > 0)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, path.Replace('/', '.') + ".txt"), differences.ToString());
        }
    }
}
