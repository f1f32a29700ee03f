using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax;

namespace NinaDB.Engine.Tests.Syntax;

/// <summary>
/// Script in, tree or error out. Cases stand in Cases/*.txt as "## name", the script, "----" and the expected text. With the
/// environment variable NINADB_ACCEPT=1 the files are rewritten with what the parser says, to be read before they are committed.
/// </summary>
public class ParserCaseTests
{
    public static TheoryData<string> Files()
    {
        var files = new TheoryData<string>();
        foreach (string file in Directory.EnumerateFiles(CaseFile.Folder, "*.txt").Order(StringComparer.Ordinal))
        {
            files.Add(Path.GetFileName(file));
        }

        return files;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Parses_as_written(string file)
    {
        string path = Path.Combine(CaseFile.Folder, file);
        var differences = new StringBuilder();
        List<CaseFile.Case> cases = CaseFile.Read(path);
        for (int i = 0; i < cases.Count; i++)
        {
            string actual = Run(cases[i].Script);
            if (actual != cases[i].Expected)
            {
                differences.AppendLine($"{cases[i].Name}\n  expected: {cases[i].Expected}\n  actual:   {actual}");
                cases[i] = cases[i] with { Expected = actual };
            }
        }

        if (Environment.GetEnvironmentVariable("NINADB_ACCEPT") == "1")
        {
            CaseFile.Write(path, cases);
            return;
        }

        Assert.True(differences.Length == 0, differences.ToString());
    }

    private static string Run(string script)
    {
        try
        {
            return string.Join('\n', Parser.ParseBatch(script).Statements.Select(SyntaxDump.Dump));
        }
        catch (SqlErrorException exception)
        {
            SqlError error = exception.Error;
            return $"Msg {error.Number}, Level {error.Severity}, State {error.State}, Line {error.Line}: {error.Message}";
        }
    }
}

/// <summary>Reads and writes case files.</summary>
internal static class CaseFile
{
    public sealed record Case(string Name, string Script, string Expected);

    public static string Folder { get; } = FindFolder();

    public static List<Case> Read(string path)
    {
        var cases = new List<Case>();
        string? name = null;
        var script = new StringBuilder();
        StringBuilder? expected = null;
        foreach (string line in File.ReadLines(path))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                Flush();
                name = line[3..];
            }
            else if (line == "----")
            {
                expected = new StringBuilder();
            }
            else if (name is not null)
            {
                (expected ?? script).Append(line).Append('\n');
            }
        }

        Flush();
        return cases;

        void Flush()
        {
            if (name is not null)
            {
                cases.Add(new Case(name, script.ToString().TrimEnd('\n'), (expected?.ToString() ?? "").Trim('\n')));
            }

            script.Clear();
            expected = null;
        }
    }

    public static void Write(string path, IEnumerable<Case> cases)
    {
        var text = new StringBuilder();
        foreach (Case c in cases)
        {
            text.Append($"## {c.Name}\n{c.Script}\n----\n{c.Expected}\n\n");
        }

        File.WriteAllText(path, text.ToString());
    }

    private static string FindFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "NinaDB.slnx")))
            {
                return Path.Combine(folder.FullName, "tests", "NinaDB.Engine.Tests", "Syntax", "Cases");
            }
        }

        throw new InvalidOperationException("NinaDB.slnx was not found above the test assembly.");
    }
}
