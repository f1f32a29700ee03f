using System.Globalization;
using System.Text.RegularExpressions;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Tests.Types;

public sealed partial class ErrorCatalogueTests
{
    /// <summary>A number without a template would surface as a crash of the engine instead of an error.</summary>
    [Fact]
    public void EveryNumberThatIsRaisedHasAText()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "NinaDB.slnx")))
        {
            root = Path.GetDirectoryName(root);
        }

        Assert.NotNull(root);
        var missing = new SortedSet<string>();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(root, "engine", "NinaDB.Engine"), "*.cs", SearchOption.AllDirectories))
        {
            foreach (Match match in Raise().Matches(File.ReadAllText(file)))
            {
                int number = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
                if (SqlErrors.Find(number) is null)
                {
                    missing.Add($"{number} in {Path.GetFileName(file)}");
                }
            }
        }

        Assert.Empty(missing);
    }

    [GeneratedRegex(@"SqlErrors\.Create(?:WithState)?\((\d+)")]
    private static partial Regex Raise();
}
