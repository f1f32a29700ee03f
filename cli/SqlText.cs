namespace NinaDB.Cli;

/// <summary>Builds T-SQL text that a user could have typed.</summary>
internal static class SqlText
{
    /// <summary>An N'...' literal.</summary>
    public static string Quote(string text) => "N'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}
