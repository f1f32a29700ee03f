using System.Text;
using NinaDB.Engine;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;

namespace NinaDB.Conformance.Tests;

/// <summary>Runs cases, each in a database of its own in memory.</summary>
internal static class ConformanceRunner
{
    private static readonly TimeSpan CaseTimeLimit = TimeSpan.FromSeconds(20);

    /// <summary>The output of a case's script after the file's setup.</summary>
    public static string Run(ConformanceFile file, ConformanceCase test)
    {
        using Database database = Database.CreateInMemory();
        EngineSession session = database.OpenSession();
        using var limit = new CancellationTokenSource(CaseTimeLimit);
        string setup = Execute(session, file.Setup, limit.Token);
        if (setup.Contains("Msg ", StringComparison.Ordinal))
        {
            return "setup failed:\n" + setup;
        }

        return WithoutName(Execute(session, test.Script, limit.Token), database.Name);
    }

    /// <summary>Messages name the database, in single or double quotes; the cases write {db}.</summary>
    public static string WithoutName(string output, string database) => output
        .Replace($"'{database}.", "'{db}.", StringComparison.Ordinal)
        .Replace($"'{database}'", "'{db}'", StringComparison.Ordinal)
        .Replace($"\"{database}.", "\"{db}.", StringComparison.Ordinal)
        .Replace($"\"{database}\"", "\"{db}\"", StringComparison.Ordinal);

    private static string Execute(EngineSession session, string script, CancellationToken cancellation)
    {
        var output = new CanonicalOutput();
        try
        {
            foreach (ScriptBatch batch in BatchSplitter.Split(script))
            {
                for (int i = 0; i < batch.Count; i++)
                {
                    session.Execute(batch.Text, [], output, cancellation);
                }
            }
        }
        catch (SqlErrorException exception)
        {
            output.Error(exception.Error);
        }
        catch (Exception exception)
        {
            // A failure of the host itself must fail one case, not the other cases of its file.
            return $"{output}\nTHROWN {exception.GetType().Name}: {exception.Message}\n{exception.StackTrace}".TrimStart('\n');
        }

        return output.ToString();
    }

    /// <summary>
    /// Compares line by line. In an expected line "State *" stands for any state (the documentation rarely gives one; so for "Level *"), a line that ends
    /// in "..." for any rest of the line, and in a line of columns "name:*" for any type and "name:varchar(*)" for any length.
    /// </summary>
    public static bool Matches(string expected, string actual)
    {
        string[] left = expected.Split('\n');
        string[] right = actual.Split('\n');
        return left.Length == right.Length && left.Zip(right).All(p => LineMatches(p.First, p.Second));
    }

    private static bool LineMatches(string expected, string actual)
    {
        if (expected == actual)
        {
            return true;
        }

        if (expected.EndsWith("...", StringComparison.Ordinal) && actual.StartsWith(expected[..^3], StringComparison.Ordinal))
        {
            return true;
        }

        if (ColumnsMatch(expected.Split('|'), actual.Split('|')))
        {
            return true;
        }

        return expected.StartsWith("Msg ", StringComparison.Ordinal) && HeadersMatch(expected.Split(", "), actual.Split(", "));
    }

    private static bool HeadersMatch(string[] expected, string[] actual) =>
        expected.Length == actual.Length && expected.Zip(actual).All(p =>
            p.First == p.Second
            || (p.First is "State *" or "Level *" or "Line *" or "Procedure *" && p.Second.StartsWith(p.First[..^1], StringComparison.Ordinal)));

    private static bool ColumnsMatch(string[] expected, string[] actual)
    {
        return expected.Length == actual.Length && expected.Zip(actual).All(p =>
            p.First == p.Second
            || (p.First.EndsWith(":*", StringComparison.Ordinal) && p.Second.StartsWith(p.First[..^1], StringComparison.Ordinal))
            || (p.First.EndsWith("(*)", StringComparison.Ordinal) && p.Second.StartsWith(p.First[..^2], StringComparison.Ordinal)));
    }

    /// <summary>Expected and actual, side by side enough to see the difference.</summary>
    public static string Describe(ConformanceFile file, ConformanceCase test, string actual)
    {
        var text = new StringBuilder();
        text.Append(Path.GetRelativePath(Repository.Root, file.Path)).Append(':').Append(test.Line).Append(": ").AppendLine(test.Name);
        text.AppendLine("  expected:").AppendLine(Indent(test.Expected)).AppendLine("  actual:").AppendLine(Indent(actual));
        return text.ToString();
    }

    private static string Indent(string text) => "    " + text.Replace("\n", "\n    ", StringComparison.Ordinal);
}
