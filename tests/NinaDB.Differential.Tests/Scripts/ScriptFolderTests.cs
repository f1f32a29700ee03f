namespace NinaDB.Differential.Tests.Scripts;

/// <summary>
/// Scripts that people have are run: NINADB_SCRIPTS names a folder (or file) of .sql scripts and Markdown pages, NINADB_SCRIPTS_SETUP what is run before, NINADB_DIFFERENTIAL_REPORT
/// the folder of the report (scripts.txt). SQL errors are reported, not failed: only a reader can tell the right ones. Failures of the host and hangs fail.
/// </summary>
public class ScriptFolderTests
{
    [ScriptFolderFact]
    public void Scripts_of_a_folder_end_in_rows_or_in_SQL_errors()
    {
        using var run = new ScriptRunner(Environment.GetEnvironmentVariable("NINADB_SCRIPTS_SETUP"));
        foreach (ScriptFile file in ScriptFile.In(ScriptFolderFactAttribute.Folder!))
        {
            run.Run(file);
        }

        if (Environment.GetEnvironmentVariable("NINADB_DIFFERENTIAL_REPORT") is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "scripts.txt"), ScriptReport.Of(run));
        }

        Assert.DoesNotContain(run.Outcomes, o => o.Class is OutcomeClass.Internal or OutcomeClass.Hang);
    }

    private sealed class ScriptFolderFactAttribute : FactAttribute
    {
        public ScriptFolderFactAttribute()
        {
            if (string.IsNullOrEmpty(Folder))
            {
                Skip = "NINADB_SCRIPTS names no folder of scripts.";
            }
        }

        public static string? Folder => Environment.GetEnvironmentVariable("NINADB_SCRIPTS");
    }
}
