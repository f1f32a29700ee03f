namespace NinaDB.Cli;

/// <summary>Loads a folder of probe passages: &lt;domain&gt;.txt, and held-out passages in test/&lt;domain&gt;.txt.</summary>
internal static class ProbeTexts
{
    public static IReadOnlyList<string> Load(StatementRunner statements, string folder, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder))
        {
            throw new CliException(ExitCode.File, $"There is no folder '{Path.GetFullPath(folder)}' with probe passages.");
        }

        string[] files = [.. Directory.GetFiles(folder, "*.txt").Order(StringComparer.Ordinal)];
        if (files.Length < 2)
        {
            throw new CliException(ExitCode.File, $"'{Path.GetFullPath(folder)}' holds {files.Length} <domain>.txt files; a skill contrasts at least two domains.");
        }

        var script = new System.Text.StringBuilder();
        foreach (string file in files)
        {
            string domain = Path.GetFileNameWithoutExtension(file);
            script.AppendLine($"EXECUTE mqe.AddProbeTexts @Domain = {SqlText.Quote(domain)}, @Path = {SqlText.Quote(Path.GetFullPath(file))};");
            string test = Path.Combine(folder, "test", Path.GetFileName(file));
            if (File.Exists(test))
            {
                script.AppendLine($"EXECUTE mqe.AddProbeTexts @Domain = {SqlText.Quote(domain)}, @Path = {SqlText.Quote(Path.GetFullPath(test))}, @Purpose = 'test';");
            }
        }

        statements.Run("Loading probe passages", script.ToString().TrimEnd(), cancellation);
        return [.. files.Select(f => Path.GetFileNameWithoutExtension(f)!)];
    }
}
