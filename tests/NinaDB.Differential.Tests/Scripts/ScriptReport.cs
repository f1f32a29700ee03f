using System.Text;

namespace NinaDB.Differential.Tests.Scripts;

/// <summary>What scripts met, as a table by class and error and then one by one, the most frequent first.</summary>
internal static class ScriptReport
{
    public static string Of(ScriptRunner run)
    {
        var text = new StringBuilder();
        text.AppendLine($"{run.Files} files, {run.Blocks} blocks, {run.Batches} batches, {run.Outcomes.Count} errors").AppendLine();
        foreach (IGrouping<OutcomeClass, ScriptOutcome> outcomes in run.Outcomes.GroupBy(o => o.Class).OrderBy(g => g.Key))
        {
            text.AppendLine($"{outcomes.Key,-10} {outcomes.Count(),6}");
            foreach (IGrouping<int, ScriptOutcome> errors in outcomes.GroupBy(o => o.Number).OrderByDescending(g => g.Count()))
            {
                text.AppendLine($"  {errors.Key,8} {errors.Count(),6}  {FirstLine(errors.First().Text)}");
            }
        }

        foreach (IGrouping<(OutcomeClass Class, int Number), ScriptOutcome> outcomes in run.Outcomes.GroupBy(o => (o.Class, o.Number)).OrderBy(g => g.Key.Class).ThenByDescending(g => g.Count()))
        {
            text.AppendLine().AppendLine($"== {outcomes.Key.Class} {outcomes.Key.Number}");
            foreach (IGrouping<string, ScriptOutcome> same in outcomes.GroupBy(o => o.Text).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal))
            {
                text.AppendLine(same.Key);
                foreach (ScriptOutcome outcome in same)
                {
                    text.AppendLine($"    {outcome.Place}: {outcome.Source.ReplaceLineEndings(" ")}");
                }
            }
        }

        return text.ToString();
    }

    private static string FirstLine(string text) => text.ReplaceLineEndings("\n").Split('\n')[0];
}
