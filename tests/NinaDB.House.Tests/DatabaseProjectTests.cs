using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace NinaDB.House.Tests;

/// <summary>NinaDB.sqlproj lists every .sql file once, and each keeps to what the database project accepts.</summary>
public sealed partial class DatabaseProjectTests
{
    private static readonly string[] SqlFiles = [.. Repository.Files("schema", "*.sql"), .. Repository.Files("procedures", "*.sql")];

    public static TheoryData<string> Files => [.. SqlFiles];

    [Fact]
    public void The_project_lists_every_file_exactly_once()
    {
        string[] listed = [.. XDocument.Load(Path.Combine(Repository.Root, "NinaDB.sqlproj")).Descendants("Build").Select(e => e.Attribute("Include")!.Value)];

        Assert.Equal(SqlFiles.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_project_lists_every_script_of_the_CLR_assembly_in_order()
    {
        string[] listed = [.. XDocument.Load(Path.Combine(Repository.Root, "NinaDB.sqlproj")).Descendants("None").Select(e => e.Attribute("Include")!.Value)];

        Assert.Equal(Repository.Files("deploy/clr", "*.sql").Order(StringComparer.Ordinal), listed);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_declares_the_one_object_it_is_named_for(string file)
    {
        string text = Repository.Read(file);
        MatchCollection creates = Create().Matches(text);

        Assert.Single(creates);
        string[] parts = creates[0].Groups[2].Value.Replace("[", string.Empty, StringComparison.Ordinal).Replace("]", string.Empty, StringComparison.Ordinal).Split('.');
        Assert.Equal(Path.GetFileNameWithoutExtension(file), parts[^1]);
        if (creates[0].Groups[1].Value is "ROLE" or "USER")
        {
            Assert.Equal("principals", file.Split('/')[1]);
            return;
        }

        Assert.Equal(file.Split('/')[1], parts[0]);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_begins_with_what_the_object_is_for(string file)
    {
        string text = Repository.Read(file);

        Assert.True(text.StartsWith("-- ", StringComparison.Ordinal) || text.StartsWith("CREATE SCHEMA", StringComparison.Ordinal), file);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_table_has_an_owner_column_and_a_comment_on_every_column(string file)
    {
        // A procedure's temporary tables are its own affair.
        string text = Repository.Read(file);
        if (!text.Replace("CREATE TABLE #", string.Empty, StringComparison.Ordinal).Contains("CREATE TABLE", StringComparison.Ordinal))
        {
            return;
        }

        // A principal may belong to several tenants: tenancy.Membership says to which. Signing keys are the platform's.
        if (file is not ("schema/tenancy/Principal.sql" or "schema/safety/SigningKey.sql"))
        {
            Assert.Matches(@"\bTenantId int (IDENTITY\(1, 1\) )?(NOT )?NULL\b", text);
        }

        foreach (Match column in Column().Matches(text))
        {
            Assert.True(column.Value.Contains("-- ", StringComparison.Ordinal), $"{file}: {column.Value.Trim()}");
        }
    }

    [GeneratedRegex(@"^CREATE\s+(SCHEMA|TABLE|VIEW|PROCEDURE|FUNCTION|TYPE|SEQUENCE|ROLE|USER|TRIGGER|SECURITY POLICY)\s+([\w.\[\]]+)", RegexOptions.Multiline)]
    private static partial Regex Create();

    [GeneratedRegex(@"^    [A-Z]\w+ (?:int|bigint|float|bit|n?varchar|binary|varbinary|uniqueidentifier|datetime2|vector)\b.*$", RegexOptions.Multiline)]
    private static partial Regex Column();
}
