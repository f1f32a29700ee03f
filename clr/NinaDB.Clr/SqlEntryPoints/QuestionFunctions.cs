using System;
using System.Collections;
using System.Data.SqlTypes;
using Microsoft.SqlServer.Server;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.Questions;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>SQL functions that answer questions about a model: what it expects next, and what happens inside it.</summary>
public static partial class QuestionFunctions
{
    /// <summary>The likeliest next tokens after a prompt.</summary>
    [SqlFunction(FillRowMethodName = nameof(FillNextToken), TableDefinition = "[rank] int, token_id int, token nvarchar(400), probability float, logit real")]
    public static IEnumerable Infer([SqlFacet(MaxSize = -1)] SqlString manifest, [SqlFacet(MaxSize = -1)] SqlString prompt, SqlInt32 top)
    {
        NinaException.Require(!prompt.IsNull && !top.IsNull, "The prompt and the number of tokens must not be NULL.");
        return NextTokens.After(Manifest.Parse(manifest).Load(), prompt.Value, top.Value, Environment.ProcessorCount);
    }

    /// <summary>Fills a row of <see cref="Infer"/>.</summary>
    public static void FillNextToken(object row, out SqlInt32 rank, out SqlInt32 tokenId, out SqlString token, out SqlDouble probability, out SqlSingle logit)
    {
        var next = (NextToken)row;
        rank = next.Rank;
        tokenId = next.Id;
        token = next.Text;
        probability = next.Probability;
        logit = next.Logit;
    }

    /// <summary>Names the space of a model's meaning (by: meaning) or write vectors (by: write); equal for models whose components can be compared.</summary>
    [SqlFunction]
    public static SqlBytes SpaceHash([SqlFacet(MaxSize = -1)] SqlString manifest, SqlString by)
        => new SqlBytes(ModelSpace.Hash(Manifest.Parse(manifest).Load(), ofOutput: !by.IsNull && by.Value == "write"));
}
