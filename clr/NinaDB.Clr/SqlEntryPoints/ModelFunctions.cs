using System.Collections;
using System.Collections.Generic;
using System.Data.SqlTypes;
using Microsoft.SqlServer.Server;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Models;
using NinaDB.Clr.Tensors;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>SQL functions over whole models: what they declare, their tensors.</summary>
public static class ModelFunctions
{
    /// <summary>One row about a model: its shape, dtype and whether NinaDB can run it. Columns as in mqe.Model.</summary>
    [SqlFunction(
        FillRowMethodName = nameof(FillModel),
        TableDefinition = "architecture nvarchar(128), hidden_size int, layer_count int, head_count int, key_value_head_count int, feed_forward_width int, "
            + "vocabulary_size int, context_length int, parameter_count bigint, data_type nvarchar(16), format nvarchar(20), is_runnable bit, "
            + "config_json nvarchar(max), tokenizer_kind nvarchar(64), expert_count int, experts_per_token int, chat_template nvarchar(max)")]
    public static IEnumerable DescribeModel([SqlFacet(MaxSize = -1)] SqlString manifest)
    {
        ModelFile file = Manifest.Parse(manifest).Open();
        ModelConfig config = ModelConfig.Of(file);
        Tokenizer? tokenizer = config.UnsupportedReason == null ? SupportedTokenizer(file) : null;
        if (tokenizer != null)
        {
            // A tokenizer that does not fit is refused when the model comes in, not when it is first run.
            tokenizer.RequireFits(config.VocabularySize);
        }

        return new[] { new ModelRow(file, config, tokenizer) };
    }

    /// <summary>Fills the row of <see cref="DescribeModel"/>.</summary>
    public static void FillModel(
        object row,
        out SqlString architecture,
        out SqlInt32 hiddenSize,
        out SqlInt32 layerCount,
        out SqlInt32 headCount,
        out SqlInt32 keyValueHeadCount,
        out SqlInt32 feedForwardWidth,
        out SqlInt32 vocabularySize,
        out SqlInt32 contextLength,
        out SqlInt64 parameterCount,
        out SqlString dataType,
        out SqlString format,
        out SqlBoolean isRunnable,
        [SqlFacet(MaxSize = -1)] out SqlString configJson,
        out SqlString tokenizerKind,
        out SqlInt32 expertCount,
        out SqlInt32 expertsPerToken,
        [SqlFacet(MaxSize = -1)] out SqlString chatTemplate)
    {
        var model = (ModelRow)row;
        ModelConfig config = model.Config;
        architecture = config.Architecture.Length > 0 ? config.Architecture : "unknown";
        hiddenSize = Known(config.HiddenSize);
        layerCount = Known(config.LayerCount);
        headCount = Known(config.HeadCount);
        keyValueHeadCount = Known(config.KeyValueHeadCount);
        feedForwardWidth = Known(config.FeedForwardSize);
        vocabularySize = Known(config.VocabularySize);
        contextLength = Known(config.ContextLength);
        parameterCount = model.File.ParameterCount;
        dataType = DTypeInfo.Of(model.File.MainDType == DType.Unknown ? DType.F32 : model.File.MainDType).Name;
        format = model.File.Format == ModelFormat.Gguf ? "gguf" : "safetensors";
        isRunnable = config.UnsupportedReason == null && model.Tokenizer != null;
        configJson = config.Json.ToString();
        tokenizerKind = model.Tokenizer == null ? SqlString.Null : new SqlString(model.Tokenizer.Kind);
        expertCount = Known(config.ExpertCount);
        expertsPerToken = Known(config.ExpertsPerToken);
        chatTemplate = model.Tokenizer?.ChatTemplate is string template ? new SqlString(template) : SqlString.Null;
    }

    /// <summary>A row a tensor; columns as in mqe.Tensor.</summary>
    [SqlFunction(
        FillRowMethodName = nameof(FillTensor),
        TableDefinition = "name nvarchar(256), data_type nvarchar(16), shape nvarchar(200), row_count bigint, column_count bigint, file_ordinal int, "
            + "byte_offset bigint, byte_length bigint, layer int, role nvarchar(64), expert int")]
    public static IEnumerable Tensors([SqlFacet(MaxSize = -1)] SqlString manifest)
    {
        ModelFile file = Manifest.Parse(manifest).Open();
        bool hasPostNorms = file.Gguf == null && ModelConfig.Of(file).HasPostNorms;
        var rows = new List<TensorRow>(file.Tensors.Count);
        foreach (TensorInfo tensor in file.Tensors)
        {
            rows.Add(new TensorRow(tensor, TensorNaming.RoleOf(tensor.Name, hasPostNorms)));
        }

        return rows;
    }

    /// <summary>Fills a row of <see cref="Tensors"/>.</summary>
    public static void FillTensor(
        object row,
        out SqlString name,
        out SqlString dataType,
        out SqlString shape,
        out SqlInt64 rowCount,
        out SqlInt64 columnCount,
        out SqlInt32 fileOrdinal,
        out SqlInt64 byteOffset,
        out SqlInt64 byteLength,
        out SqlInt32 layer,
        out SqlString role,
        out SqlInt32 expert)
    {
        TensorInfo tensor = ((TensorRow)row).Tensor;
        TensorPlace place = ((TensorRow)row).Place;
        name = tensor.Name;
        dataType = DTypeInfo.Of(tensor.DType).Name;
        shape = tensor.ShapeText;
        rowCount = tensor.RowCount;
        columnCount = tensor.ColumnCount;
        fileOrdinal = tensor.FileOrdinal;
        byteOffset = tensor.ByteOffset;
        byteLength = tensor.ByteLength;
        layer = place.Layer < 0 ? SqlInt32.Null : new SqlInt32(place.Layer);
        role = place.Role == TensorRole.Unknown ? SqlString.Null : new SqlString(SnakeCase(place.Role.ToString()));
        expert = place.Expert < 0 ? SqlInt32.Null : new SqlInt32(place.Expert);
    }

    /// <summary>The tokenizer; null when there is none, or none of a kind that is supported: the model still comes in, as tensors.</summary>
    private static Tokenizer? SupportedTokenizer(ModelFile file)
    {
        try
        {
            return LanguageModel.ReadTokenizer(file);
        }
        catch (NinaException error) when (error.Number == ErrorNumber.TokenizerUnsupported || error.Number == ErrorNumber.PatternUnsupported)
        {
            return null;
        }
    }

    private static SqlInt32 Known(int value) => value > 0 ? new SqlInt32(value) : SqlInt32.Null;

    private static string SnakeCase(string pascalCase)
    {
        var text = new System.Text.StringBuilder();
        foreach (char c in pascalCase)
        {
            if (char.IsUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    private sealed class TensorRow
    {
        public TensorRow(TensorInfo tensor, TensorPlace place)
        {
            Tensor = tensor;
            Place = place;
        }

        public TensorInfo Tensor { get; }

        public TensorPlace Place { get; }
    }

    private sealed class ModelRow
    {
        public ModelRow(ModelFile file, ModelConfig config, Tokenizer? tokenizer)
        {
            File = file;
            Config = config;
            Tokenizer = tokenizer;
        }

        public ModelFile File { get; }

        public ModelConfig Config { get; }

        public Tokenizer? Tokenizer { get; }
    }
}
