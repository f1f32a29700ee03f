using System;
using System.Security.Cryptography;
using System.Text;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.Questions;

/// <summary>Names the vector space that components of a model are compared in: models of one space have the same tokens with the same vectors.</summary>
public static class ModelSpace
{
    /// <summary>
    /// SHA-256 over the tokens and, as floats, the token embedding (for what excites components) or the output head (for what they write). How the numbers are stored does
    /// not matter.
    /// </summary>
    public static byte[] Hash(LanguageModel model, bool ofOutput)
    {
        using var hash = SHA256.Create();
        Vocabulary vocabulary = model.Tokenizer.Vocabulary;
        for (int id = 0; id < vocabulary.Count; id++)
        {
            Add(hash, Encoding.UTF8.GetBytes(vocabulary[id] + "\n"));
        }

        WeightMatrix vectors = ofOutput ? model.Weights.OutputHead : model.Weights.Embedding;
        Add(hash, BitConverter.GetBytes(vectors.Rows));
        Add(hash, BitConverter.GetBytes(vectors.Columns));
        byte[] bytes = new byte[vectors.Columns * sizeof(float)];
        for (int row = 0; row < vectors.Rows; row++)
        {
            Buffer.BlockCopy(vectors.Row(row), 0, bytes, 0, bytes.Length);
            Add(hash, bytes);
        }

        hash.TransformFinalBlock(Array.Empty<byte>(), 0, 0);
        return hash.Hash!;
    }

    private static void Add(HashAlgorithm hash, byte[] bytes) => hash.TransformBlock(bytes, 0, bytes.Length, null, 0);
}
