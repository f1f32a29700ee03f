using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;
using ExecutionContext = NinaDB.Engine.Execution.ExecutionContext;

namespace NinaDB.Engine.Tests.Expressions;

/// <summary>Expressions inside whole queries over VALUES: correlation, grouping, windows.</summary>
public class SelectTests
{
    private const string People = "(VALUES (1, 'ann', 10), (2, 'bob', 20), (3, 'cid', 10), (4, NULL, NULL)) AS p(id, name, dept)";
    private const string Depts = "(VALUES (10, 'it'), (20, 'hr'), (30, 'ops')) AS d(id, title)";

    [Theory]
    [InlineData($"SELECT id FROM {People} WHERE dept = 10 ORDER BY id", "1|3")]
    [InlineData($"SELECT (SELECT title FROM {Depts} WHERE d.id = p.dept) FROM {People} ORDER BY p.id", "it|hr|it|NULL")]
    [InlineData($"SELECT title FROM {Depts} WHERE EXISTS (SELECT 1 FROM {People} WHERE p.dept = d.id) ORDER BY 1", "hr|it")]
    [InlineData($"SELECT title FROM {Depts} WHERE d.id NOT IN (SELECT dept FROM {People} WHERE dept IS NOT NULL)", "ops")]
    [InlineData($"SELECT title FROM {Depts} WHERE d.id NOT IN (SELECT dept FROM {People})", "")]
    [InlineData($"SELECT title FROM {Depts} WHERE d.id >= ALL (SELECT p.dept FROM {People} WHERE p.dept IS NOT NULL) ORDER BY d.id", "hr|ops")]
    [InlineData($"SELECT dept, COUNT(*), COUNT(name), MIN(name) FROM {People} GROUP BY dept ORDER BY dept", "NULL,1,0,NULL|10,2,2,ann|20,1,1,bob")]
    [InlineData($"SELECT dept + 1, SUM(id) * 2 FROM {People} WHERE dept IS NOT NULL GROUP BY dept + 1 HAVING SUM(id) > 1 ORDER BY SUM(id) DESC", "11,8|21,4")]
    [InlineData($"SELECT dept, (SELECT MAX(title) FROM {Depts} WHERE d.id = p.dept) FROM {People} WHERE p.dept > 0 GROUP BY p.dept ORDER BY 1", "10,it|20,hr")]
    [InlineData($"SELECT title FROM {Depts} WHERE (SELECT COUNT(*) FROM {People} WHERE p.dept = d.id) = 2", "it")]
    [InlineData($"SELECT dept FROM {People} GROUP BY dept HAVING EXISTS (SELECT 1 FROM {Depts} WHERE d.id = MAX(p.dept)) ORDER BY dept", "10|20")]
    [InlineData($"SELECT id, ROW_NUMBER() OVER (PARTITION BY dept ORDER BY id DESC) FROM {People} ORDER BY id", "1,2|2,1|3,1|4,1")]
    [InlineData($"SELECT dept, SUM(COUNT(*)) OVER () FROM {People} GROUP BY dept ORDER BY dept", "NULL,4|10,4|20,4")]
    [InlineData($"SELECT id, SUM(id) OVER w, LAG(name) OVER w FROM {People} WINDOW w AS (ORDER BY id) ORDER BY id", "1,1,NULL|2,3,ann|3,6,bob|4,10,cid")]
    [InlineData($"SELECT dept, GROUPING(dept), COUNT(*) FROM {People} WHERE dept > 0 GROUP BY ROLLUP(dept) ORDER BY 2, 1", "10,0,2|20,0,1|NULL,1,3")]
    [InlineData($"SELECT STRING_AGG(name, '-') WITHIN GROUP (ORDER BY id DESC) FROM {People}", "cid-bob-ann")]
    [InlineData($"SELECT CASE WHEN dept IS NULL THEN 'none' ELSE name END FROM {People} ORDER BY id", "ann|bob|cid|none")]
    [InlineData($"SELECT x.v FROM {People} CROSS APPLY (SELECT p.id * 10 AS v) AS x WHERE x.v > 20 ORDER BY 1", "30|40")]
    [InlineData($"SELECT p.id, d.title FROM {People} LEFT JOIN {Depts} ON d.id = p.dept AND d.title <> 'hr' ORDER BY p.id", "1,it|2,NULL|3,it|4,NULL")]
    [InlineData("SELECT COUNT(*), SUM(x) FROM (SELECT 1 AS x WHERE 1 = 0) AS t", "0,NULL")]
    [InlineData("WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT SUM(i) FROM n", "15")]
    [InlineData("SELECT DISTINCT v FROM (VALUES ('a'), ('A'), ('b')) AS t(v) ORDER BY v", "a|b")]
    [InlineData("SELECT 1 UNION SELECT 1 UNION ALL SELECT 2", "1|2")]
    [InlineData("SELECT 1 EXCEPT SELECT 2", "1")]
    [InlineData("SELECT NULL UNION ALL SELECT 'b'", "NULL|b")]
    [InlineData("SELECT dept, [10], [20] FROM (SELECT x AS dept, y, x AS d2 FROM (VALUES (10, 1), (20, 2), (10, 3)) t(x, y)) s PIVOT (SUM(y) FOR d2 IN ([10], [20])) p ORDER BY dept", "10,4,NULL|20,NULL,2")]
    [InlineData("SELECT TOP (2) v FROM (VALUES (3), (1), (2)) AS t(v) ORDER BY v", "1|2")]
    public void Selects(string sql, string expected) => Assert.Equal(expected, Run(sql));

    [Theory]
    [InlineData($"SELECT name FROM {People} GROUP BY dept", 8120)]
    [InlineData($"SELECT dept FROM {People} GROUP BY dept HAVING name = 'a'", 8121)]
    [InlineData($"SELECT dept FROM {People} GROUP BY dept ORDER BY name", 8127)]
    [InlineData($"SELECT id FROM {People} WHERE SUM(id) > 1", 147)]
    [InlineData($"SELECT id FROM {People} WHERE ROW_NUMBER() OVER (ORDER BY id) > 1", 4108)]
    [InlineData($"SELECT COUNT(*) FROM {People} GROUP BY COUNT(*)", 144)]
    [InlineData($"SELECT (SELECT id, name FROM {People})", 116)]
    [InlineData($"SELECT (SELECT id FROM {People})", 512)]
    [InlineData($"SELECT id FROM {People}, {Depts}", 209)]
    [InlineData($"SELECT q.id FROM {People}", 4104)]
    [InlineData($"SELECT SUM(x.v) FROM {People} CROSS APPLY (SELECT SUM(p.id) AS v) AS x", 4101)]
    [InlineData("SELECT MAX(SUM(v)) FROM (VALUES (1)) AS t(v)", 130)]
    public void Refuses(string sql, int error)
    {
        var raised = Assert.Throws<SqlErrorException>(() => Run(sql));
        Assert.Equal(error, raised.Error.Number);
    }

    private static string Run(string sql)
    {
        var session = new EngineSession();
        var compilation = new CompilationContext(session, new CatalogSnapshot { Version = 1 }, new VariableMap());
        var statement = (SelectStatement)Parser.ParseBatch(sql).Statements[0];
        CompiledQuery query = QueryCompiler.Compile(statement, compilation);
        var context = new ExecutionContext(session, new VariableFrame(0), query.RegisterCount, default);
        var rows = new List<string>();
        using RowIterator iterator = query.Root.Open(context);
        while (iterator.MoveNext())
        {
            rows.Add(string.Join(',', query.Columns.Select(c => context.Registers[c.Register] is { IsNull: false } value ? SqlFormat.ToText(value, c.Type) : "NULL")));
        }

        return string.Join('|', rows);
    }
}
