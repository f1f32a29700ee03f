using System.Text;

namespace NinaDB.Differential.Tests.Parsing;

/// <summary>
/// Our parser beside Microsoft's ScriptDom (SQL Server 2019's grammar): a batch is accepted by both or refused by both. Batches with syntax that is newer than
/// 2019, and the few places where ScriptDom departs from the server, are named in known-differences.txt with the reason.
/// </summary>
public class ScriptDomTests
{
    /// <summary>Mutations of each batch; NINADB_MUTATIONS sets more.</summary>
    private static int MutationsPerBatch => int.TryParse(Environment.GetEnvironmentVariable("NINADB_MUTATIONS"), out int n) ? n : 5;

    [Fact]
    public void The_repositorys_scripts_are_accepted_or_refused_by_both()
    {
        var differences = new StringBuilder();
        int compared = 0;
        foreach (CorpusBatch batch in Corpus.Batches.Where(b => !KnownDifferences.IsNewer(b.Text)))
        {
            compared++;
            Note(differences, batch.Source, batch.Text);
        }

        Assert.True(compared > 2000, $"Only {compared} batches were compared.");
        Report.Check("scriptdom-corpus.txt", differences);
    }

    [Fact]
    public void Mutations_of_them_are_accepted_or_refused_by_both()
    {
        var differences = new StringBuilder();
        foreach (CorpusBatch batch in Corpus.Batches.Where(b => b.Text.Length < 2000 && !KnownDifferences.IsNewer(b.Text)).DistinctBy(b => b.Text))
        {
            // The mutations of a batch depend on its text alone: another case in another file changes none of them.
            var random = new Random(Mutations.StableHash(batch.Text));
            for (int i = 0; i < MutationsPerBatch; i++)
            {
                string mutation = Mutations.Mutate(batch.Text, random);
                if (!KnownDifferences.IsNewer(mutation))
                {
                    Note(differences, $"mutation {i} of {batch.Source}", mutation);
                }
            }
        }

        Report.Check("scriptdom-mutations.txt", differences);
    }

    private static void Note(StringBuilder differences, string source, string batch)
    {
        if (Comparison.Compare(batch) is { } difference && !KnownDifferences.Explains(difference, batch))
        {
            differences.AppendLine($"{source}: {difference}").AppendLine("    " + batch.Trim().ReplaceLineEndings("\n    "));
        }
    }
}
