using System.Text;

namespace NinaDB.Conformance.Tests;

/// <summary>
/// The embedded host answers as SQL Server is documented to answer: one test a file of tests/conformance. With NINADB_CONFORMANCE_REPORT
/// naming a folder, the differences are written there as well.
/// </summary>
public class ConformanceTests
{
    public static TheoryData<string> Files()
    {
        var files = new TheoryData<string>();
        foreach (ConformanceFile file in ConformanceFile.All)
        {
            files.Add(Path.GetRelativePath(Repository.Conformance, file.Path).Replace('\\', '/'));
        }

        return files;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Answers_as_documented(string path)
    {
        ConformanceFile file = ConformanceFile.Read(Path.Combine(Repository.Conformance, path));
        var differences = new StringBuilder();
        foreach (ConformanceCase test in file.Cases)
        {
            string actual = ConformanceRunner.Run(file, test);
            bool matches = ConformanceRunner.Matches(test.Expected, actual);
            if (matches == (test.Gap is null))
            {
                continue;
            }

            differences.AppendLine(matches
                ? $"{path}:{test.Line}: {test.Name}\n  is marked as a gap but passes: take the mark away."
                : ConformanceRunner.Describe(file, test, actual));
        }

        ConformanceReport.Write(path, differences);
        Assert.True(differences.Length == 0, differences.ToString());
    }

    [Fact]
    public void Every_file_names_its_sources_and_every_case_is_whole()
    {
        foreach (ConformanceFile file in ConformanceFile.All)
        {
            Assert.True(file.Sources.Count > 0, $"{file.Path} names no documentation page.");
            Assert.All(file.Sources, s => Assert.StartsWith("https://", s));
            Assert.All(file.Cases, c => Assert.False(string.IsNullOrWhiteSpace(c.Script), $"{file.Path}:{c.Line} has no script."));
            Assert.Equal(file.Cases.Count, file.Cases.Select(c => c.Name).Distinct().Count());
        }
    }

    [Theory]
    [InlineData("a\nb", "a\nb", true)]
    [InlineData("a", "a\nb", false)]
    [InlineData("Msg 1, Level 16, State *, Line 3", "Msg 1, Level 16, State 42, Line 3", true)]
    [InlineData("Msg 1, Level 16, State *, Line 3", "Msg 1, Level 16, State 42, Line 4", false)]
    [InlineData("Msg 1, Level 16, State *, Line 3", "Msg 2, Level 16, State 42, Line 3", false)]
    [InlineData("The DELETE statement...", "The DELETE statement conflicted", true)]
    [InlineData("The DELETE statement...", "The UPDATE statement conflicted", false)]
    public void Expected_text_is_compared_line_by_line(string expected, string actual, bool matches) =>
        Assert.Equal(matches, ConformanceRunner.Matches(expected, actual));
}
