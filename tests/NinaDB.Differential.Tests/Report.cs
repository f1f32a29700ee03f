using System.Text;

namespace NinaDB.Differential.Tests;

/// <summary>Where differences go: into the failure, and with NINADB_DIFFERENTIAL_REPORT naming a folder into a file as well.</summary>
internal static class Report
{
    public static void Check(string name, StringBuilder differences)
    {
        if (Environment.GetEnvironmentVariable("NINADB_DIFFERENTIAL_REPORT") is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, name), differences.ToString());
        }

        Assert.True(differences.Length == 0, differences.Length > 20_000 ? differences.ToString(0, 20_000) + "\n..." : differences.ToString());
    }
}
