using NinaDB.Engine.Syntax;

namespace NinaDB.Differential.Tests.Parsing;

/// <param name="Source">File and line.</param>
internal sealed record CorpusBatch(string Source, string Text);

/// <summary>Every batch of T-SQL in the repository: the product's .sql files, the tests', and the scripts of the conformance cases.</summary>
internal static class Corpus
{
    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<CorpusBatch> Batches { get; } = [.. SqlFiles().Concat(ConformanceScripts())];

    private static IEnumerable<CorpusBatch> SqlFiles() =>
        from path in Directory.EnumerateFiles(Root, "*.sql", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        let name = Path.GetRelativePath(Root, path)
        where !name.Contains("node_modules", StringComparison.Ordinal) && !name.Split(Path.DirectorySeparatorChar).Any(f => f is "bin" or "obj")
        from batch in Split(name, File.ReadAllText(path), 1)
        where !batch.Text.Contains("$(", StringComparison.Ordinal)
        select batch;

    private static IEnumerable<CorpusBatch> ConformanceScripts()
    {
        foreach (string path in Directory.EnumerateFiles(Path.Combine(Root, "tests", "conformance"), "*.test", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string name = Path.GetRelativePath(Root, path);
            string[] lines = File.ReadAllLines(path);
            for (int i = 0; i < lines.Length; i++)
            {
                if (!lines[i].StartsWith("## ", StringComparison.Ordinal))
                {
                    continue;
                }

                int end = Array.FindIndex(lines, i + 1, l => l == "----" || l.StartsWith("## ", StringComparison.Ordinal));
                int first = i + 1;
                string script = string.Join('\n', lines[first..(end < 0 ? lines.Length : end)].Select(l => l.StartsWith("# gap: ", StringComparison.Ordinal) ? "" : l));
                foreach (CorpusBatch batch in Split(name, script, first + 1))
                {
                    yield return batch;
                }
            }
        }
    }

    private static IEnumerable<CorpusBatch> Split(string name, string script, int line) =>
        BatchSplitter.Split(script).Where(b => !string.IsNullOrWhiteSpace(b.Text)).Select(b => new CorpusBatch($"{name}:{line + b.StartLine - 1}", b.Text));

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "NinaDB.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("NinaDB.slnx was not found above the test assembly.");
    }
}
