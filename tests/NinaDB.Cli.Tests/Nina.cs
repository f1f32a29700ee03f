using System.Diagnostics;
using System.Text;

namespace NinaDB.Cli.Tests;

/// <summary>Runs the program as a user would: a process of its own, its exit code and both outputs.</summary>
internal static class Nina
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static (int ExitCode, string Output, string Errors) Run(params string[] arguments) => RunWithInput(null, arguments);

    public static (int ExitCode, string Output, string Errors) RunWithInput(string? input, params string[] arguments)
    {
        using Process process = Start(arguments);
        if (input is not null)
        {
            process.StandardInput.Write(input);
        }

        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"nina {string.Join(' ', arguments)} did not end.");
        }

        return (process.ExitCode, output.Result.ReplaceLineEndings("\n"), errors.Result.ReplaceLineEndings("\n"));
    }

    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "nina.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
