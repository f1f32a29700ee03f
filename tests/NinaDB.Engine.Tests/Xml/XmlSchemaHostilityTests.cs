using System.Diagnostics;
using System.Text;
using NinaDB.Engine.Tests.Session;
using Xunit;

namespace NinaDB.Engine.Tests.Xml;

/// <summary>Schemas and instances that are made to hurt: each ends in an error or a value, soon.</summary>
public sealed class XmlSchemaHostilityTests
{
    private const string Open = "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static int? Create(string body, string? wholeText = null)
    {
        using var sql = new SqlTestHarness();
        return Run(sql, "CREATE XML SCHEMA COLLECTION c AS N'" + (wholeText ?? Open + body + "</xs:schema>").Replace("'", "''", StringComparison.Ordinal) + "'");
    }

    /// <summary>Number of the error; null for none.</summary>
    private static int? Run(SqlTestHarness sql, string script)
    {
        var watch = Stopwatch.StartNew();
        string output = sql.Run(script);
        Assert.True(watch.Elapsed < Limit, $"It took {watch.Elapsed}.");
        return output.StartsWith("Msg ", StringComparison.Ordinal) ? int.Parse(output.AsSpan(4, output.IndexOf(',', StringComparison.Ordinal) - 4), System.Globalization.CultureInfo.InvariantCulture) : null;
    }

    [Fact]
    public void Entities_that_multiply_are_not_expanded()
    {
        var text = new StringBuilder("<!DOCTYPE lolz [<!ENTITY lol \"lol\">");
        for (int i = 1; i < 10; i++)
        {
            text.Append($"<!ENTITY lol{i} \"{string.Concat(Enumerable.Repeat($"&lol{(i == 1 ? "" : (i - 1).ToString())};", 10))}\">");
        }

        Assert.Equal(6359, Create("", text + "]>" + Open + "<xs:element name=\"a\" default=\"&lol9;\"/></xs:schema>"));
    }

    [Fact]
    public void Groups_that_multiply_are_too_complicated()
    {
        var body = new StringBuilder("<xs:group name=\"g0\"><xs:sequence><xs:element name=\"a\"/></xs:sequence></xs:group>");
        for (int i = 1; i < 40; i++)
        {
            body.Append($"<xs:group name=\"g{i}\"><xs:sequence><xs:group ref=\"g{i - 1}\"/><xs:group ref=\"g{i - 1}\"/></xs:sequence></xs:group>");
        }

        Assert.Equal(6998, Create(body + "<xs:element name=\"r\"><xs:complexType><xs:group ref=\"g39\"/></xs:complexType></xs:element>"));
    }

    [Fact]
    public void Groups_in_a_circle_are_refused() =>
        Assert.Equal(6954, Create("<xs:group name=\"a\"><xs:sequence><xs:group ref=\"b\"/></xs:sequence></xs:group><xs:group name=\"b\"><xs:sequence><xs:group ref=\"a\"/></xs:sequence></xs:group>"));

    [Fact]
    public void Types_that_extend_themselves_are_refused() =>
        Assert.NotNull(Create("<xs:complexType name=\"a\"><xs:complexContent><xs:extension base=\"b\"/></xs:complexContent></xs:complexType><xs:complexType name=\"b\"><xs:complexContent><xs:extension base=\"a\"/></xs:complexContent></xs:complexType>"));

    [Fact]
    public void A_long_chain_of_types_compiles_without_overflowing_the_stack()
    {
        var body = new StringBuilder("<xs:complexType name=\"t0\"/>");
        for (int i = 1; i < 3000; i++)
        {
            body.Append($"<xs:complexType name=\"t{i}\"><xs:sequence><xs:element name=\"e\" type=\"t{i - 1}\" minOccurs=\"0\"/></xs:sequence></xs:complexType>");
        }

        Assert.Null(Create(body + "<xs:element name=\"r\" type=\"t2999\"/>"));
    }

    [Fact]
    public void Deep_nesting_is_error_6335() =>
        Assert.Equal(6335, Create(string.Concat(Enumerable.Repeat("<xs:sequence>", 5000)) + string.Concat(Enumerable.Repeat("</xs:sequence>", 5000))));

    [Theory]
    [InlineData("1000000", "2000000000", null)]
    [InlineData("0", "99999999999", 2383)]
    [InlineData("-1", "1", 2314)]
    public void Occurrences_are_counted_and_not_unrolled(string minimum, string maximum, int? expected) => Assert.Equal(expected, Create(
        $"<xs:element name=\"r\"><xs:complexType><xs:sequence minOccurs=\"0\" maxOccurs=\"2000000000\"><xs:element name=\"a\" minOccurs=\"{minimum}\" maxOccurs=\"{maximum}\"/></xs:sequence></xs:complexType></xs:element>"));

    [Fact]
    public void A_pattern_that_backtracks_is_judged_in_time()
    {
        using var sql = new SqlTestHarness();
        Assert.Null(Run(sql, $"CREATE XML SCHEMA COLLECTION c AS N'{Open}<xs:element name=\"r\"><xs:simpleType><xs:restriction base=\"xs:string\"><xs:pattern value=\"(a+)+b\"/></xs:restriction></xs:simpleType></xs:element></xs:schema>'"));
        Assert.Equal(6926, Run(sql, $"DECLARE @x xml(c) = '<r>{new string('a', 100_000)}</r>'"));
    }

    [Theory]
    [InlineData("(?=a)")]
    [InlineData("(a)\\1")]
    [InlineData("(a")]
    [InlineData("[")]
    [InlineData("a\\")]
    public void What_is_no_pattern_of_XML_Schema_is_refused(string pattern) =>
        Assert.Equal(2319, Create($"<xs:simpleType name=\"s\"><xs:restriction base=\"xs:string\"><xs:pattern value=\"{pattern}\"/></xs:restriction></xs:simpleType>"));

    [Fact]
    public void Mutated_schemas_end_in_an_error_or_a_collection()
    {
        string[] parts =
        [
            "<xs:element name=\"a\" type=\"xs:int\"/>", "<xs:complexType name=\"t\"><xs:sequence><xs:element ref=\"a\"/></xs:sequence></xs:complexType>", "<xs:any/>", "</xs:sequence>", "<xs:sequence>", "name=\"a\"", "xs:", "\"", "<", ">",
            "<xs:group ref=\"t\"/>", "<xs:restriction base=\"t\"/>", "<xs:attribute name=\"x\" type=\"xs:ID\" use=\"required\"/>", "<xs:union memberTypes=\"a b c\"/>", "minOccurs=\"5\"", "<!--", "&#x0;", "<xs:import namespace=\"urn:x\"/>",
        ];
        var random = new Random(17);
        using var sql = new SqlTestHarness();
        for (int i = 0; i < 400; i++)
        {
            var text = new StringBuilder(Open + "<xs:complexType name=\"t\"><xs:sequence><xs:element name=\"a\" type=\"xs:int\"/></xs:sequence><xs:attribute name=\"k\"/></xs:complexType><xs:element name=\"r\" type=\"t\"/></xs:schema>");
            for (int j = random.Next(1, 6); j > 0; j--)
            {
                int at = random.Next(text.Length);
                if (random.Next(2) == 0)
                {
                    text.Insert(at, parts[random.Next(parts.Length)]);
                }
                else
                {
                    text.Remove(at, Math.Min(random.Next(1, 12), text.Length - at));
                }
            }

            Run(sql, $"CREATE XML SCHEMA COLLECTION c{i} AS N'{text.ToString().Replace("'", "''", StringComparison.Ordinal)}'");
        }
    }
}
