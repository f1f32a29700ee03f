using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Json;
using NinaDB.Clr.Storage;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Models;

/// <summary>Writes a model as a Hugging Face folder that unmodified runtimes load: config.json, model.safetensors, tokenizer.json and their companions.</summary>
public static class HuggingFaceWriter
{
    /// <summary>
    /// Writes the folder, which must not exist or be empty; it appears complete or not at all. Returns the SHA-256 of model.safetensors.
    /// <paramref name="extraFiles"/> are texts by file name (such as agent.json). Raises <see cref="ErrorNumber.WriteFailed"/>.
    /// </summary>
    public static byte[] Write(string folder, LanguageModel model, DType dtype, IReadOnlyDictionary<string, string>? extraFiles = null)
    {
        NinaException.Require(!string.IsNullOrEmpty(folder), "The export folder is empty.");
        NinaException.Require(dtype is DType.F32 or DType.F16 or DType.BF16, $"A model cannot be written as {dtype}; F32, F16 and BF16 are possible.");
        string target = Path.GetFullPath(folder);
        string partial = target.TrimEnd(Path.DirectorySeparatorChar) + ".partial-" + Guid.NewGuid().ToString("N");
        try
        {
            if (File.Exists(target) || (Directory.Exists(target) && Directory.GetFileSystemEntries(target).Length > 0))
            {
                throw NinaException.InFile(ErrorNumber.WriteFailed, target, "exists already and is not an empty folder.");
            }

            Directory.CreateDirectory(partial);
            string weights = Path.Combine(partial, "model.safetensors");
            using (var stream = new FileStream(weights, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20))
            {
                SafetensorsWriter.Write(stream, Tensors(model, dtype));
                stream.Flush(flushToDisk: true);
            }

            foreach (KeyValuePair<string, string> file in SideFiles(model, dtype))
            {
                File.WriteAllText(Path.Combine(partial, file.Key), file.Value, new UTF8Encoding(false));
            }

            foreach (KeyValuePair<string, string> file in extraFiles ?? new Dictionary<string, string>())
            {
                NinaException.Require(file.Key == Path.GetFileName(file.Key) && file.Key.Length > 0, $"'{file.Key}' is not a plain file name.");
                File.WriteAllText(Path.Combine(partial, file.Key), file.Value, new UTF8Encoding(false));
            }

            byte[] hash = ContentHash.OfFile(weights);
            if (Directory.Exists(target))
            {
                Directory.Delete(target);
            }

            Directory.Move(partial, target);
            return hash;
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            throw new NinaException(ErrorNumber.WriteFailed, $"Folder '{target}' cannot be written: {error.Message}", error);
        }
        finally
        {
            if (Directory.Exists(partial))
            {
                Directory.Delete(partial, recursive: true);
            }
        }
    }

    /// <summary>The tensors of a model as Hugging Face names and lays them out. Raises <see cref="ErrorNumber.NotExpressible"/>.</summary>
    public static IReadOnlyList<TensorToWrite> Tensors(LanguageModel model, DType dtype) => new HuggingFaceLayout(model.Config, model.Weights, dtype).Tensors();

    /// <summary>config.json, tokenizer.json, tokenizer_config.json and generation_config.json.</summary>
    public static IReadOnlyDictionary<string, string> SideFiles(LanguageModel model, DType dtype)
    {
        bool tied = ReferenceEquals(model.Weights.Embedding, model.Weights.OutputHead);
        JsonValue config = HuggingFaceLayout.ConfigOf(model.Name, model.Config, model.Weights).ExportJson()
            .Set("tie_word_embeddings", JsonValue.Of(tied))
            .Set("torch_dtype", JsonValue.Of(dtype == DType.F32 ? "float32" : dtype == DType.F16 ? "float16" : "bfloat16"));
        JsonValue generation = JsonValue.NewObject();
        JsonValue tokenizerConfig = JsonValue.NewObject()
            .Set("tokenizer_class", JsonValue.Of("PreTrainedTokenizerFast"))
            .Set("clean_up_tokenization_spaces", JsonValue.False)
            .Set("model_max_length", JsonValue.Of(model.Config.ContextLength));
        SetToken(model, model.StartId, "bos_token", generation, tokenizerConfig);
        SetToken(model, model.Config.EndTokenIds.Count > 0 ? model.Config.EndTokenIds[0] : -1, "eos_token", generation, tokenizerConfig);
        SetToken(model, model.Tokenizer.Vocabulary.UnknownId, "unk_token", null, tokenizerConfig);
        if (model.Tokenizer.ChatTemplate != null)
        {
            tokenizerConfig.Set("chat_template", JsonValue.Of(model.Tokenizer.ChatTemplate));
        }

        return new Dictionary<string, string>
        {
            ["config.json"] = JsonWriter.ToText(config, indented: true) + "\n",
            ["generation_config.json"] = JsonWriter.ToText(generation, indented: true) + "\n",
            ["tokenizer_config.json"] = JsonWriter.ToText(tokenizerConfig, indented: true) + "\n",
            ["tokenizer.json"] = model.TokenizerJson ?? model.Tokenizer.ToJson(),
        };
    }

    private static void SetToken(LanguageModel model, int id, string name, JsonValue? generation, JsonValue tokenizerConfig)
    {
        if (id >= 0 && id < model.Tokenizer.Vocabulary.Count)
        {
            generation?.Set(name + "_id", JsonValue.Of(id));
            tokenizerConfig.Set(name, JsonValue.Of(model.Tokenizer.Vocabulary[id]));
        }
    }
}
