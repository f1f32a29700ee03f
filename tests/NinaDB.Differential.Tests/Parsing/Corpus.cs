using NinaDB.Conformance.Tests;
using NinaDB.Engine.Syntax;

namespace NinaDB.Differential.Tests.Parsing;

/// <param name="Source">File and line.</param>
internal sealed record CorpusBatch(string Source, string Text);

/// <summary>Every batch of T-SQL in the repository: the product's .sql files, the tests', and the scripts of the conformance cases.</summary>
internal static class Corpus
{
    public static string Root => NinaDB.Tests.Checkout.Root;

    public static IReadOnlyList<CorpusBatch> Batches { get; } = [.. SqlFiles().Concat(ConformanceScripts())];

    private static IEnumerable<CorpusBatch> SqlFiles() =>
        from path in Directory.EnumerateFiles(Root, "*.sql", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        let name = Path.GetRelativePath(Root, path)
        where !name.Contains("node_modules", StringComparison.Ordinal) && !name.Split(Path.DirectorySeparatorChar).Any(f => f is "bin" or "obj")
        from batch in Split(name, File.ReadAllText(path), 1)
        where !batch.Text.Contains("$(", StringComparison.Ordinal)
        select batch;

    private static IEnumerable<CorpusBatch> ConformanceScripts() =>
        from file in ConformanceFile.All
        let name = Path.GetRelativePath(Root, file.Path)
        from batch in Split(name, file.Setup, 1).Concat(file.Cases.SelectMany(c => Split(name, c.Script, c.Line + 1)))
        select batch;

    private static IEnumerable<CorpusBatch> Split(string name, string script, int line) =>
        BatchSplitter.Split(script).Where(b => !string.IsNullOrWhiteSpace(b.Text)).Select(b => new CorpusBatch($"{name}:{line + b.StartLine - 1}", b.Text));
}
