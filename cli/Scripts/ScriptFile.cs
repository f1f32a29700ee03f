namespace NinaDB.Cli.Scripts;

/// <summary>Reads script files, with errors for people.</summary>
internal static class ScriptFile
{
    public static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.File, $"The file '{path}' cannot be read: {error.Message}");
        }
    }
}
