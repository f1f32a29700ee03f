using System.Xml.Linq;

namespace NinaDB.House.Tests;

/// <summary>Who may know whom (docs/decisions/0001-the-house.md).</summary>
public sealed class DependencyRuleTests
{
    public static TheoryData<string, string[]> Rules => new()
    {
        { "clr/NinaDB.Clr/NinaDB.Clr.csproj", [] },
        { "engine/NinaDB.Engine/NinaDB.Engine.csproj", [] },
        { "engine/NinaDB.Tds/NinaDB.Tds.csproj", ["NinaDB.Engine"] },
        { "cli/Nina.Cli.csproj", ["NinaDB.Engine", "NinaDB.Tds", "NinaDB.Clr (as a file)"] },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_project_references_only_what_it_may(string project, string[] allowed)
    {
        IEnumerable<string> references = XDocument.Load(Path.Combine(Repository.Root, project)).Descendants("ProjectReference").Select(reference =>
            Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))
            + (reference.Attribute("ReferenceOutputAssembly")?.Value == "false" ? " (as a file)" : string.Empty));

        Assert.Empty(references.Except(allowed));
    }

    [Theory]
    [InlineData("engine", "using NinaDB.Clr")]
    [InlineData("engine", "mqe.")]
    [InlineData("engine", "factory.")]
    [InlineData("clr", "using NinaDB.Engine")]
    public void A_room_does_not_name_what_it_must_not_know(string folder, string name)
    {
        IEnumerable<string> offenders = Repository.Files(folder, "*.cs")
            .Where(file => Repository.Read(file).Contains((name.EndsWith('.') ? "\"" : string.Empty) + name, StringComparison.Ordinal));

        Assert.Empty(offenders);
    }

    [Fact]
    public void Only_one_procedure_generates_and_it_obeys_rules() =>
        Assert.Equal(["procedures/factory/GenerateUnderRules.sql"], Repository.Files("procedures", "*.sql").Where(file => Repository.Read(file).Contains("clr.Generate", StringComparison.Ordinal)));

    [Fact]
    public void Only_storage_touches_the_disk_in_the_engine()
    {
        string[] doors = ["File.Open", "File.Create", "File.Delete", "File.Move", "File.WriteAll", "new FileStream", "Directory.Create", "Directory.Delete"];
        IEnumerable<string> offenders = Repository.Files("engine/NinaDB.Engine", "*.cs")
            .Where(file => !file.StartsWith("engine/NinaDB.Engine/Storage/", StringComparison.Ordinal))
            .Where(file => doors.Any(door => Repository.Read(file).Contains(door, StringComparison.Ordinal)));

        Assert.Empty(offenders);
    }
}
