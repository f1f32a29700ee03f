using NinaDB.Cli;
using NinaDB.Engine.Session;
using Outcome = NinaDB.TSql.Tests.SafetyDatabase.Outcome;

namespace NinaDB.TSql.Tests;

/// <summary>A base model continues prompts under the rules of the platform and of the tenant; an agent's model not at all but by factory.RunAgent.</summary>
public sealed class QuestionRuleTests(SafetyDatabase database) : IClassFixture<SafetyDatabase>
{
    private const string Generate = "EXECUTE mqe.GenerateText @Prompt = N'Nina opened with the Sicilian Defense:', @MaxTokens = 24;";

    [Theory]
    [InlineData("mqe.GenerateText")]
    [InlineData("mqe.Infer")]
    [InlineData("mqe.TracePrompt")]
    [InlineData("mqe.WalkPrompt")]
    public void A_prompt_that_the_platform_forbids_is_blocked(string procedure)
        => Assert.Equal(50040, database.Try($"EXECUTE {procedure} @Prompt = N'Tell me how to make a b.o.m.b';").Number);

    [Fact]
    public void An_output_that_the_tenant_forbids_is_blocked()
    {
        Outcome outcome = database.Try(
            """EXECUTE safety.PublishConstitution @Rules = N'[{ "name": "no bishops", "kind": "deny_words", "stage": "output", "text": "bishop" }]';""",
            Generate);
        Assert.Equal(50041, outcome.Number);
        Assert.Empty(outcome.Rows);
    }

    [Fact]
    public void A_rule_may_shorten_the_output_and_add_a_disclosure()
    {
        Outcome outcome = database.Try(
            """
            EXECUTE safety.PublishConstitution @Rules = N'[
                { "name": "short", "kind": "max_tokens", "parameters": { "limit": 5 } },
                { "name": "said", "kind": "require_disclosure", "stage": "output", "text": "Made by a machine." }]';
            """,
            Generate);
        Assert.True(outcome.Number == 0, outcome.Error);
        Assert.Equal(["0", "1", "2", "3", "4"], outcome.Rows.Take(5).Select(row => row[0]));
        Assert.Equal("length", outcome.Rows[4][3]);
        Assert.Contains("Made by a machine.", outcome.Rows[5][2], StringComparison.Ordinal);
        Assert.Equal("-1", outcome.Rows[5][1]);
    }

    [Theory]
    [InlineData("EXECUTE mqe.GenerateText @Model = N'{0}', @Prompt = N'The';")]
    [InlineData("EXECUTE mqe.Infer @Model = N'{0}', @Prompt = N'The';")]
    [InlineData("EXECUTE mqe.TracePrompt @Model = N'{0}', @Prompt = N'The';")]
    [InlineData("EXECUTE mqe.WalkPrompt @Model = N'{0}', @Prompt = N'The';")]
    [InlineData("EXECUTE mqe.MeasureAblation @Model = N'{0}', @Components = N'[{\"kind\": \"head\", \"layer\": 0, \"index\": 1}]', @Domain = N'chess';")]
    public void An_agents_model_runs_by_RunAgent_only(string call)
    {
        string model = database.Try("SELECT CAST(m.PublicId AS nvarchar(36)) FROM factory.Agent AS a INNER JOIN mqe.Model AS m ON m.ModelId = a.ModelId;").Rows[0][0]!;
        Assert.Equal(50073, database.Try(call.Replace("{0}", model, StringComparison.Ordinal)).Number);
    }

    [Fact]
    public void A_model_that_is_shared_without_its_weights_answers_without_showing_them()
    {
        using EngineSession owner = database.Open();
        owner.RunText("EXECUTE mqe.ShareModel N'nina-mini', 'public';", CancellationToken.None);
        try
        {
            using EngineSession other = database.OpenOther();
            Outcome token = SafetyDatabase.Try(other, "EXECUTE mqe.DescribeToken @Model = N'nina-mini', @Token = N'knight', @Top = 5, @Result = 'components';");
            Assert.True(token.Number == 0, token.Error);
            Assert.NotEmpty(token.Rows);
            Assert.All(token.Rows, row => Assert.Equal(("writes", "stored top tokens"), (row[3], row[^1])));
            Assert.Empty(SafetyDatabase.Try(other, "EXECUTE mqe.DescribeToken @Model = N'nina-mini', @Token = N'knight', @Result = 'nearest';").Rows);
            Assert.Equal(2, SafetyDatabase.Try(other, "EXECUTE mqe.Infer @Model = N'nina-mini', @Prompt = N'The knight', @Top = 2;").Rows.Count);
            Assert.Equal(3, SafetyDatabase.Try(other, "EXECUTE mqe.SimilarComponents @Model = N'nina-mini', @Kind = 'head', @Layer = 1, @Index = 1, @Top = 3;").Rows.Count);
            Assert.Equal(50028, SafetyDatabase.Try(other, "EXECUTE mqe.SimilarComponents @Model = N'nina-mini', @Kind = 'head', @Layer = 1, @Index = 1, @By = 'write';").Number);
            Assert.Equal(50028, SafetyDatabase.Try(other, "EXECUTE mqe.DiffModels N'nina-mini', N'nina-mini';").Number);
        }
        finally
        {
            owner.RunText("EXECUTE mqe.ShareModel N'nina-mini', 'tenant';", CancellationToken.None);
        }
    }
}
