using System.Text;

namespace NinaDB.Conformance.Tests;

/// <summary>One script with the output SQL Server documents for it.</summary>
/// <param name="Name">What the case shows, in words.</param>
/// <param name="Gap">Why this host answers otherwise for now; null for a case that must pass.</param>
/// <param name="Line">Line of the file on which the case begins.</param>
public sealed record ConformanceCase(string Name, string Script, string Expected, string? Gap, int Line);

/// <summary>
/// A .test file: "# source: URL" lines and "# topic: title", then cases: "## name", optionally "# gap: reason", the script (batches
/// separated by GO), "----", the expected output. A case named "setup" has no output: its script runs before every other case.
/// </summary>
public sealed class ConformanceFile
{
    private const string Separator = "----";

    private ConformanceFile(string path, string topic, IReadOnlyList<string> sources, string setup, IReadOnlyList<ConformanceCase> cases)
    {
        Path = path;
        Topic = topic;
        Sources = sources;
        Setup = setup;
        Cases = cases;
    }

    public string Path { get; }

    /// <summary>Folder the file stands in.</summary>
    public string Chapter => System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(Path))!;

    public string Topic { get; }

    /// <summary>Documentation pages the expected output comes from.</summary>
    public IReadOnlyList<string> Sources { get; }

    public string Setup { get; }

    public IReadOnlyList<ConformanceCase> Cases { get; }

    public static IEnumerable<ConformanceFile> All =>
        Directory.EnumerateFiles(Repository.Conformance, "*.test", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(Read);

    public static ConformanceFile Read(string path)
    {
        var sources = new List<string>();
        string topic = System.IO.Path.GetFileNameWithoutExtension(path);
        string setup = "";
        var cases = new List<ConformanceCase>();
        string? name = null;
        string? gap = null;
        int start = 0;
        var script = new StringBuilder();
        StringBuilder? expected = null;
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                Flush();
                name = line[3..].Trim();
                start = number;
            }
            else if (name is null)
            {
                ReadHeader(line);
            }
            else if (expected is null && script.Length == 0 && line.StartsWith("# gap: ", StringComparison.Ordinal))
            {
                gap = line["# gap: ".Length..];
            }
            else if (line == Separator && expected is null)
            {
                expected = new StringBuilder();
            }
            else
            {
                (expected ?? script).Append(line).Append('\n');
            }
        }

        Flush();
        return new ConformanceFile(path, topic, sources, setup, cases);

        void ReadHeader(string line)
        {
            if (line.StartsWith("# source: ", StringComparison.Ordinal))
            {
                sources.Add(line["# source: ".Length..].Trim());
            }
            else if (line.StartsWith("# topic: ", StringComparison.Ordinal))
            {
                topic = line["# topic: ".Length..].Trim();
            }
        }

        void Flush()
        {
            if (name == "setup")
            {
                setup = script.ToString();
            }
            else if (name is not null)
            {
                cases.Add(new ConformanceCase(name, script.ToString(), (expected?.ToString() ?? "").Trim('\n'), gap, start));
            }

            name = null;
            gap = null;
            expected = null;
            script.Clear();
        }
    }
}

/// <summary>Where things are in the repository.</summary>
internal static class Repository
{
    public static string Root => NinaDB.Tests.Checkout.Root;

    public static string Conformance => Path.Combine(Root, "tests", "conformance");
}
