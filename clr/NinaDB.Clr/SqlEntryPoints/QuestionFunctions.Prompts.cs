using System;
using System.Collections;
using System.Data.SqlTypes;
using Microsoft.SqlServer.Server;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Questions;

namespace NinaDB.Clr.SqlEntryPoints;

/// <content>What happens inside a model on a prompt.</content>
public static partial class QuestionFunctions
{
    /// <summary>Of every layer and kind, at most so many of the components that fire most on a prompt are told.</summary>
    private const int MaxWalked = 4096;

    /// <summary>The logit lens over the last position of a prompt: a row a step.</summary>
    [SqlFunction(
        FillRowMethodName = nameof(FillTraceStep),
        TableDefinition = "step int, layer int, part nvarchar(20), answer_id int, answer nvarchar(400), answer_rank int, answer_probability float, answer_logit real, "
            + "contribution float, delta_norm float, residual_norm float, top_token_id int, top_token nvarchar(400), top_probability float")]
    public static IEnumerable TracePrompt([SqlFacet(MaxSize = -1)] SqlString manifest, [SqlFacet(MaxSize = -1)] SqlString prompt, [SqlFacet(MaxSize = -1)] SqlString answer)
    {
        NinaException.Require(!prompt.IsNull, "The prompt is NULL.");
        PromptTrace trace = PromptTrace.Of(Manifest.Parse(manifest).Load(), prompt.Value, answer.IsNull ? null : answer.Value, Environment.ProcessorCount);
        return TraceRows(trace);
    }

    /// <summary>Fills a row of <see cref="TracePrompt"/>.</summary>
    public static void FillTraceStep(
        object row,
        out SqlInt32 step,
        out SqlInt32 layer,
        out SqlString part,
        out SqlInt32 answerId,
        out SqlString answer,
        out SqlInt32 answerRank,
        out SqlDouble answerProbability,
        out SqlSingle answerLogit,
        out SqlDouble contribution,
        out SqlDouble deltaNorm,
        out SqlDouble residualNorm,
        out SqlInt32 topTokenId,
        out SqlString topToken,
        out SqlDouble topProbability)
    {
        var pair = (TraceRow)row;
        TraceStep value = pair.Step;
        step = value.Number;
        layer = value.Layer < 0 ? SqlInt32.Null : new SqlInt32(value.Layer);
        part = value.Part == TracePart.FeedForward ? "feed_forward" : value.Part.ToString().ToLowerInvariant();
        answerId = pair.Trace.AnswerId;
        answer = pair.Trace.AnswerText;
        answerRank = value.AnswerRank;
        answerProbability = value.AnswerProbability;
        answerLogit = value.AnswerLogit;
        contribution = TensorFunctions.Finite(value.Contribution);
        deltaNorm = TensorFunctions.Finite(value.DeltaNorm);
        residualNorm = TensorFunctions.Finite(value.ResidualNorm);
        topTokenId = value.TopId;
        topToken = value.TopText;
        topProbability = value.TopProbability;
    }

    /// <summary>The components that fire most on a prompt, each at its strongest position, or at one position (NULL: all; negative: from the end).</summary>
    [SqlFunction(
        FillRowMethodName = nameof(FillFired),
        TableDefinition = "kind nvarchar(10), layer int, component_index int, position int, token nvarchar(400), activation float, strength float")]
    public static IEnumerable WalkPrompt([SqlFacet(MaxSize = -1)] SqlString manifest, [SqlFacet(MaxSize = -1)] SqlString prompt, SqlInt32 position)
    {
        NinaException.Require(!prompt.IsNull, "The prompt is NULL.");
        return PromptWalk.Of(Manifest.Parse(manifest).Load(), prompt.Value, position.IsNull ? (int?)null : position.Value, MaxWalked, Environment.ProcessorCount);
    }

    /// <summary>Fills a row of <see cref="WalkPrompt"/>.</summary>
    public static void FillFired(
        object row, out SqlString kind, out SqlInt32 layer, out SqlInt32 componentIndex, out SqlInt32 position, out SqlString token, out SqlDouble activation, out SqlDouble strength)
    {
        var fired = (FiredComponent)row;
        kind = fired.Component.KindName;
        layer = fired.Component.Layer;
        componentIndex = fired.Component.Index;
        position = fired.Position;
        token = fired.Token;
        activation = TensorFunctions.Finite(fired.Activation);
        strength = TensorFunctions.Finite(fired.Strength);
    }

    private static IEnumerable TraceRows(PromptTrace trace)
    {
        foreach (TraceStep step in trace.Steps)
        {
            yield return new TraceRow(trace, step);
        }
    }

    private sealed class TraceRow
    {
        public TraceRow(PromptTrace trace, TraceStep step)
        {
            Trace = trace;
            Step = step;
        }

        public PromptTrace Trace { get; }

        public TraceStep Step { get; }
    }
}
