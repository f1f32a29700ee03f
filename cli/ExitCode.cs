namespace NinaDB.Cli;

/// <summary>Exit codes of `nina`, the same for every command (docs/cli.md).</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>A T-SQL statement ended with an error.</summary>
    public const int SqlError = 1;

    /// <summary>The command line was wrong.</summary>
    public const int Usage = 2;

    /// <summary>A file or folder is missing, unreadable, corrupt or in the way, or the disk is full.</summary>
    public const int File = 3;

    /// <summary>The database folder is in use by another process.</summary>
    public const int Locked = 4;

    /// <summary>A destination of `nina feed` refused, disagrees with the database, or could not be reached in time.</summary>
    public const int Destination = 5;

    /// <summary>Interrupted by Ctrl-C.</summary>
    public const int Interrupted = 130;
}
