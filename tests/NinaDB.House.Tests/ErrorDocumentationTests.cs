using System.Text.RegularExpressions;

namespace NinaDB.House.Tests;

/// <summary>docs/errors.md lists every number that NinaDB raises, and none that it does not.</summary>
public sealed partial class ErrorDocumentationTests
{
    [Fact]
    public void Every_error_of_the_procedures_is_documented() =>
        Assert.Equal(
            Repository.Files("procedures", "*.sql").SelectMany(file => Thrown().Matches(Repository.Read(file))).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal),
            Documented().Where(number => number.StartsWith("500", StringComparison.Ordinal)));

    [Fact]
    public void Every_error_of_the_CLR_assembly_is_documented() =>
        Assert.Equal(
            Constant().Matches(Repository.Read("clr/NinaDB.Clr/Errors/ErrorNumber.cs")).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal),
            Documented().Where(number => number.StartsWith("51", StringComparison.Ordinal)));

    private static IEnumerable<string> Documented() => Row().Matches(Repository.Read("docs/errors.md")).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"THROW (50\d\d\d),")]
    private static partial Regex Thrown();

    [GeneratedRegex(@"const int \w+ = (\d+);")]
    private static partial Regex Constant();

    [GeneratedRegex(@"^\| (5\d\d\d\d) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
