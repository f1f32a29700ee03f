using System.Text.RegularExpressions;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Tests.Messages;

/// <summary>The source never raises a message that the catalogue does not have.</summary>
public partial class MessageCatalogueTests
{
    [Fact]
    public void EveryNumberThatIsRaisedHasAText()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "NinaDB.slnx")))
        {
            root = Path.GetDirectoryName(root);
        }

        Assert.NotNull(root);
        var missing = new List<string>();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(root, "engine", "NinaDB.Engine"), "*.cs", SearchOption.AllDirectories))
        {
            if (file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            {
                continue;
            }

            foreach (Match match in Raised().Matches(File.ReadAllText(file)))
            {
                int number = int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
                if (SqlErrors.Find(number) is null)
                {
                    missing.Add($"{number} in {Path.GetFileName(file)}");
                }
            }
        }

        Assert.True(missing.Count == 0, string.Join(Environment.NewLine, missing));
    }

    [GeneratedRegex(@"SqlErrors\.Create(?:WithState)?\((\d+)")]
    private static partial Regex Raised();
}
