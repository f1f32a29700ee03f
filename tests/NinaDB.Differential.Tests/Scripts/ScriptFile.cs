using System.Text.RegularExpressions;

namespace NinaDB.Differential.Tests.Scripts;

/// <summary>A piece of a script file that has a session of its own.</summary>
/// <param name="Text">With GO lines and directives of sqlcmd.</param>
/// <param name="Line">1-based line of the file on which it begins.</param>
internal sealed record ScriptBlock(string Text, int Line);

/// <summary>Scripts that people have: .sql files (one block), and pages in Markdown with their fenced blocks of SQL.</summary>
internal sealed partial class ScriptFile
{
    private ScriptFile(string path, IReadOnlyList<ScriptBlock> blocks)
    {
        Path = path;
        Blocks = blocks;
    }

    public string Path { get; }

    public IReadOnlyList<ScriptBlock> Blocks { get; }

    /// <summary>The scripts of a folder and those below it, by name; a path of one file is that file.</summary>
    public static IEnumerable<ScriptFile> In(string path) =>
        (File.Exists(path) ? new[] { path } : (IEnumerable<string>)Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        .Where(p => p.EndsWith(".sql", StringComparison.OrdinalIgnoreCase) || p.EndsWith(".md", StringComparison.OrdinalIgnoreCase))
        .Select(Read)
        .Where(f => f.Blocks.Count > 0);

    private static ScriptFile Read(string path)
    {
        string text = File.ReadAllText(path);
        IReadOnlyList<ScriptBlock> blocks = path.EndsWith(".md", StringComparison.OrdinalIgnoreCase) ? Fenced(text) : [new ScriptBlock(text, 1)];
        return new ScriptFile(path, [.. blocks.Select(b => b with { Text = Substitute(b.Text) })]);
    }

    private static List<ScriptBlock> Fenced(string page)
    {
        var blocks = new List<ScriptBlock>();
        string[] lines = page.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            Match fence = Fence().Match(lines[i]);
            if (!fence.Success)
            {
                continue;
            }

            int end = Array.FindIndex(lines, i + 1, l => l.TrimStart().StartsWith("```", StringComparison.Ordinal));
            end = end < 0 ? lines.Length : end;
            if (fence.Groups["language"].Value.ToUpperInvariant() is "SQL" or "TSQL" or "TRANSACT-SQL")
            {
                int indent = fence.Groups["indent"].Length;
                IEnumerable<string> block = lines[(i + 1)..end].Select(l => l.Length >= indent && string.IsNullOrWhiteSpace(l[..indent]) ? l[indent..] : l);
                blocks.Add(new ScriptBlock(string.Join('\n', block), i + 2));
            }

            i = end;
        }

        return blocks;
    }

    /// <summary>What sqlcmd does before it sends: :setvar and $(name), which the environment may override. Other directives become empty lines.</summary>
    private static string Substitute(string script)
    {
        if (!script.Contains("$(", StringComparison.Ordinal) && !Directive().IsMatch(script))
        {
            return script;
        }

        var variables = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string[] lines = script.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            Match variable = SetVariable().Match(lines[i]);
            if (variable.Success)
            {
                variables[variable.Groups["name"].Value] = variable.Groups["value"].Value.Trim().Trim('"');
            }

            lines[i] = Directive().IsMatch(lines[i])
                ? ""
                : Use().Replace(lines[i], m => Environment.GetEnvironmentVariable(m.Groups["name"].Value) ?? variables.GetValueOrDefault(m.Groups["name"].Value, m.Value));
        }

        return string.Join('\n', lines);
    }

    [GeneratedRegex(@"^(?<indent>\s*)```\s*(?<language>[A-Za-z-]*)")]
    private static partial Regex Fence();

    [GeneratedRegex(@"^:(setvar|on error|r |connect|out|error|listvar|xml|!!)", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Directive();

    [GeneratedRegex(@"^:setvar\s+(?<name>\w+)\s+(?<value>.*)", RegexOptions.IgnoreCase)]
    private static partial Regex SetVariable();

    [GeneratedRegex(@"\$\((?<name>\w+)\)")]
    private static partial Regex Use();
}
