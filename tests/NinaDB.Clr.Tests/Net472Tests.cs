using System.Diagnostics;

namespace NinaDB.Clr.Tests;

/// <summary>The net472 build, under mono where it is installed.</summary>
public sealed class Net472Tests
{
    [MonoFact]
    public void The_net472_build_gives_the_golden_values_under_mono()
    {
        string configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/', '\\')))!;
        string program = Path.Combine(TestData.Root, "tests", "NinaDB.Clr.Net472Check", "bin", configuration, "net472", "NinaDB.Clr.Net472Check.exe");
        using Process process = Process.Start(new ProcessStartInfo("mono", [program]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(2)), "mono did not end.");
        Assert.True(process.ExitCode == 0, output + errors.Result);
    }

    private sealed class MonoFactAttribute : FactAttribute
    {
        public MonoFactAttribute()
        {
            string path = Environment.GetEnvironmentVariable("PATH") ?? string.Empty;
            if (!path.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "mono"))))
            {
                Skip = "mono is not installed.";
            }
        }
    }
}
