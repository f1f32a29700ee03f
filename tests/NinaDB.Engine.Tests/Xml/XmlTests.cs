using NinaDB.Engine.Errors;
using NinaDB.Engine.Tests.Queries;
using NinaDB.Engine.Types.Xml;
using NinaDB.Engine.Types.Xml.XQuery;

namespace NinaDB.Engine.Tests.Xml;

/// <summary>What conformance cases do not show of xml: many nodes, hostile texts, the order of nodes.</summary>
public sealed class XmlTests : IDisposable
{
    private readonly QueryHarness _db = new();

    public void Dispose() => _db.Dispose();

    [Fact]
    public void Many_nodes_are_read_in_one_pass()
    {
        _db.Run("CREATE TABLE dbo.D (x xml); INSERT dbo.D SELECT (SELECT value AS [@v], CAST(value AS varchar(10)) AS t FROM GENERATE_SERIES(1, 10000) FOR XML PATH('i'), ROOT('r'), TYPE);");
        string result = _db.Query("SELECT COUNT(*), SUM(n.c.value('@v', 'int')), MAX(LEN(n.c.value('(t/text())[1]', 'varchar(10)'))), SUM(CAST(n.c.exist('t[. = \"77\"]') AS int)) FROM dbo.D CROSS APPLY x.nodes('/r/i') AS n(c)");
        Assert.Equal("10000|50005000|5|1", result);
    }

    [Theory]
    [InlineData("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", 6359)]
    [InlineData("<a>&b;</a>", 9448)]
    [InlineData("<a", 9400)]
    [InlineData("<a b='&#x110000;'/>", 9420)]
    public void Texts_that_expand_or_break_off_are_refused(string text, int number) =>
        Assert.Equal(number, Assert.Throws<SqlErrorException>(() => XmlParser.Parse(text)).Error.Number);

    [Fact]
    public void Nesting_is_bounded()
    {
        string text = string.Concat(Enumerable.Repeat("<a>", 100_000));
        Assert.Equal(6335, Assert.Throws<SqlErrorException>(() => XmlParser.Parse(text)).Error.Number);
    }

    [Theory]
    [InlineData("((((")]
    [InlineData("-----")]
    [InlineData("<a><a><a>{")]
    public void Queries_of_many_brackets_are_refused(string part)
    {
        string query = string.Concat(Enumerable.Repeat(part, 20_000));
        var options = new XQueryOptions { Method = "query", Accessor = (_, _) => throw new InvalidOperationException() };
        Assert.Throws<SqlErrorException>(() => XQueryParser.Compile(query, options));
    }

    [Theory]
    [InlineData("<a b=\"1\"/>")]
    [InlineData("<a>x<b/>y<!--c--><?p d?></a>")]
    [InlineData("<p:a xmlns:p=\"u\" p:b=\"&quot;&#x0A;\"/>")]
    [InlineData("<a xml:space=\"preserve\">&#x20;</a>")]
    public void The_normal_form_is_stable(string text) => Assert.Equal(text, XmlText.Instance(XmlParser.Parse(text)));
}
