using NinaDB.Engine.Errors;

namespace NinaDB.Cli;

/// <summary>How errors look and which exit code they give.</summary>
internal static class Errors
{
    /// <summary>Two lines as sqlcmd prints them: number, level, state, procedure and line; then the text.</summary>
    public static string Format(SqlError error, int lineOffset = 0)
    {
        string procedure = error.Procedure is null ? string.Empty : $", Procedure {error.Procedure}";
        int line = error.Procedure is null ? error.Line + lineOffset : error.Line;
        return $"Msg {error.Number}, Level {error.Severity}, State {error.State}{procedure}, Line {line}{Environment.NewLine}{error.Message}";
    }

    public static int ExitCodeOf(SqlError error) => error.Number switch
    {
        // The folder's lock is held: a sharing violation in the words of the operating system.
        5120 when error.Message.Contains("Operating system error 32(", StringComparison.Ordinal) => ExitCode.Locked,
        5120 or 5123 or 5118 or 824 or 823 or 945 or 946 or 948 or 1105 or 9002 or 3624 or (>= 51900 and <= 51904) => ExitCode.File,
        _ => ExitCode.SqlError,
    };
}
