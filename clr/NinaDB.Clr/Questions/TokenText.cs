using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Questions;

/// <summary>Between the words of a question and the tokens of a model.</summary>
internal static class TokenText
{
    /// <summary>A token as people want to see it; empty for an id that only pads the vocabulary.</summary>
    public static string Of(LanguageModel model, int id) => id >= 0 && id < model.Tokenizer.Vocabulary.Count ? model.Tokenizer.Display(id) : string.Empty;

    /// <summary>
    /// The tokens of a word as it stands in running text: with a blank before it where that makes one token of it, otherwise as it is written. Raises
    /// <see cref="ErrorNumber.QuestionEmpty"/> when it has none.
    /// </summary>
    public static int[] WordTokens(LanguageModel model, string text)
    {
        int[] tokens = model.Tokenizer.Encode(text, addSpecial: false);
        if (tokens.Length > 1 && text.Length > 0 && text[0] != ' ')
        {
            int[] spaced = EncodeWithBlank(model, " " + text, addSpecial: false);
            tokens = spaced.Length == 1 ? spaced : tokens;
        }

        return tokens.Length > 0 ? tokens : throw new NinaException(ErrorNumber.QuestionEmpty, "The text to ask about has no token.");
    }

    /// <summary>
    /// The tokens with which an answer could continue a prompt, given as ids: as it is written, with a blank before it, and as a text of its own. The first token of each
    /// counts; the caller chooses.
    /// </summary>
    public static IReadOnlyList<int> Continuations(LanguageModel model, string prompt, int[] promptIds, string answer)
    {
        if (answer.Trim().Length == 0)
        {
            throw new NinaException(ErrorNumber.QuestionEmpty, "The answer to trace has no token.");
        }

        var found = new List<int>();
        foreach (int[] ids in new[] { model.Tokenizer.Encode(prompt + answer), EncodeWithBlank(model, prompt + " " + answer, addSpecial: true) })
        {
            bool continues = ids.Length > promptIds.Length;
            for (int i = 0; continues && i < promptIds.Length; i++)
            {
                continues = ids[i] == promptIds[i];
            }

            if (continues && !found.Contains(ids[promptIds.Length]))
            {
                found.Add(ids[promptIds.Length]);
            }
        }

        int[] alone = model.Tokenizer.Encode(answer, addSpecial: false);
        if (found.Count == 0 && alone.Length > 0)
        {
            found.Add(alone[0]);
        }

        return found.Count > 0 ? found : throw new NinaException(ErrorNumber.QuestionEmpty, "The answer to trace has no token.");
    }

    /// <summary>The tokens of a text to which a blank was added; none where the vocabulary has no blank, as in models of single letters.</summary>
    private static int[] EncodeWithBlank(LanguageModel model, string text, bool addSpecial)
    {
        try
        {
            return model.Tokenizer.Encode(text, addSpecial);
        }
        catch (NinaException error) when (error.Number == ErrorNumber.TextNotEncodable)
        {
            return Array.Empty<int>();
        }
    }
}
