using NinaDB.Engine;
using NinaDB.Engine.Errors;

namespace NinaDB.Cli;

/// <summary>Opens database folders, with errors for people.</summary>
internal static class DatabaseFolder
{
    /// <summary>Folder of a database when none is named.</summary>
    public const string DefaultPath = "nina-db";

    public static Database Open(string path) => Guard(path, () => Database.Exists(path)
        ? Database.Open(path)
        : throw new CliException(ExitCode.File, $"There is no database in '{Path.GetFullPath(path)}'. `nina init --path {path}` creates one."));

    public static Database OpenOrCreate(string path) => Guard(path, () => Database.OpenOrCreate(path));

    public static Database Create(string path) => Guard(path, () => Database.Exists(path)
        ? throw new CliException(ExitCode.File, $"There is a database in '{Path.GetFullPath(path)}' already.")
        : Database.Create(path));

    private static Database Guard(string path, Func<Database> open)
    {
        try
        {
            return open();
        }
        catch (SqlErrorException error)
        {
            throw new CliException(Errors.ExitCodeOf(error.Error), error.Error.Message);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.File, $"The database folder '{path}' cannot be opened: {error.Message}");
        }
    }
}
