using NinaDB.Engine.Syntax;

namespace NinaDB.Engine.Tests.Syntax;

public class BatchSplitterTests
{
    [Fact]
    public void Splits_at_go_lines_and_counts_lines()
    {
        IReadOnlyList<ScriptBatch> batches = BatchSplitter.Split("SELECT 1\nGO\n\nSELECT 2\n  go 3  -- thrice\nSELECT 3");
        Assert.Equal(
            [new ScriptBatch("SELECT 1\n", 1, 1), new ScriptBatch("\nSELECT 2\n", 3, 3), new ScriptBatch("SELECT 3\n", 1, 6)], batches);
    }

    [Theory]
    [InlineData("SELECT '\nGO\n'")]
    [InlineData("/* a\nGO\n/* b */\nGO\n*/ SELECT 1")]
    [InlineData("SELECT 1 AS [\nGO\n]")]
    [InlineData("SELECT 'it''s\nGO\n'")]
    [InlineData("SELECT 1 AS \"\nGO\n\"")]
    [InlineData("SELECT GO FROM t")]
    [InlineData("GOTO x\nGOx:")]
    public void Leaves_go_alone_inside_quotes_and_comments(string script) => Assert.Single(BatchSplitter.Split(script));

    [Theory]
    [InlineData("-- it's\nGO\nSELECT 1", 2)]
    [InlineData("GO\nGO\n\nGO", 0)]
    [InlineData("SELECT 1\nGO;\nSELECT 2", 2)]
    [InlineData("SELECT 1\nGO 0\nSELECT 2", 1)]
    [InlineData("SELECT 1\r\nGO\r\nSELECT 2\r\n", 2)]
    [InlineData("SELECT 1\nGO /* done */\nSELECT 2", 2)]
    public void Counts_batches(string script, int expected)
    {
        // A batch of comments only is kept: it is not blank.
        Assert.Equal(expected, BatchSplitter.Split(script).Count);
    }
}
