namespace NinaDB.Cli;

/// <summary>Ends the command with one clear line on standard error and an exit code.</summary>
internal sealed class CliException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
