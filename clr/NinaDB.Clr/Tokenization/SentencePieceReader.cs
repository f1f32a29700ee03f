using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;
using NinaDB.Clr.Tokenization.Unicode;

namespace NinaDB.Clr.Tokenization;

/// <summary>
/// Reads tokenizer.model, SentencePiece's ModelProto (https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto):
/// byte pair encoding and unigram models.
/// </summary>
public static class SentencePieceReader
{
    private const int MaxPieces = 4 << 20;
    private const int ModelUnigram = 1;
    private const int ModelBpe = 2;

    /// <summary>
    /// Builds the tokenizer of a tokenizer.model. SentencePiece itself adds no start token; <paramref name="configJson"/> is tokenizer_config.json, whose
    /// <c>add_bos_token</c> and <c>add_eos_token</c> decide; without it a BPE model gets its start token (as Llama does), a unigram model without one its end.
    /// </summary>
    public static Tokenizer Read(byte[] model, string source = "tokenizer.model", string? configJson = null, string? chatTemplate = null)
    {
        var reader = new ProtobufReader(model, source);
        var pieces = new List<string>();
        var scores = new List<float>();
        var types = new List<int>();
        var spec = new Spec();
        while (reader.TryReadField(out int field))
        {
            switch (field)
            {
                case 1:
                    if (pieces.Count == MaxPieces)
                    {
                        throw NinaException.InFile(ErrorNumber.SentencePieceInvalid, source, $"there are more than {MaxPieces} pieces.");
                    }

                    ReadPiece(reader.ReadMessage(), pieces, scores, types);
                    break;
                case 2:
                    ReadTrainer(reader.ReadMessage(), spec);
                    break;
                case 3:
                    ReadNormalizer(reader.ReadMessage(), spec, source);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (pieces.Count == 0)
        {
            throw NinaException.InFile(ErrorNumber.SentencePieceInvalid, source, "there are no pieces.");
        }

        Check(spec, pieces.Count, source);
        JsonValue? config = configJson == null ? null : JsonValue.Parse(configJson, "tokenizer_config.json");
        var parts = new SentencePieceParts(source, pieces.ToArray(), types.ToArray())
        {
            Scores = scores.ToArray(),
            UnknownId = spec.UnknownId < pieces.Count ? spec.UnknownId : -1,
            StartId = Usable(spec.StartId, types),
            EndId = Usable(spec.EndId, types),
            AddsBlankPrefix = spec.AddsBlankPrefix,
            RemovesExtraBlanks = spec.RemovesExtraBlanks,
            CharacterMap = spec.CharacterMap,
            ChatTemplate = chatTemplate,
        };
        parts.AddsStart = config?["add_bos_token"]?.AsBoolean() ?? spec.ModelType == ModelBpe;
        parts.AddsEnd = config?["add_eos_token"]?.AsBoolean() ?? (spec.ModelType == ModelUnigram && parts.StartId < 0);
        return spec.ModelType == ModelBpe ? parts.MakeBpe() : parts.MakeUnigram();
    }

    /// <summary>A special id that is there and is a control token, else -1.</summary>
    private static int Usable(int id, List<int> types) => id >= 0 && id < types.Count && types[id] == SentencePieceParts.TypeControl ? id : -1;

    private static void ReadPiece(ProtobufReader reader, List<string> pieces, List<float> scores, List<int> types)
    {
        string piece = string.Empty;
        float score = 0;
        long type = SentencePieceParts.TypeNormal;
        while (reader.TryReadField(out int field))
        {
            switch (field)
            {
                case 1:
                    piece = reader.ReadText();
                    break;
                case 2:
                    score = reader.ReadSingle();
                    break;
                case 3:
                    type = reader.ReadInteger();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        pieces.Add(piece);
        scores.Add(score);
        types.Add((int)System.Math.Min(System.Math.Max(type, 0), 99));
    }

    private static void ReadTrainer(ProtobufReader reader, Spec spec)
    {
        while (reader.TryReadField(out int field))
        {
            switch (field)
            {
                case 3:
                    spec.ModelType = Clamp(reader.ReadInteger());
                    break;
                case 24:
                    spec.BlankIsSuffix = reader.ReadBoolean();
                    break;
                case 40:
                    spec.UnknownId = Clamp(reader.ReadInteger());
                    break;
                case 41:
                    spec.StartId = Clamp(reader.ReadInteger());
                    break;
                case 42:
                    spec.EndId = Clamp(reader.ReadInteger());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private static void ReadNormalizer(ProtobufReader reader, Spec spec, string source)
    {
        while (reader.TryReadField(out int field))
        {
            switch (field)
            {
                case 2:
                    byte[] map = reader.ReadBytes();
                    spec.CharacterMap = map.Length == 0 ? null : new CharacterMap(map, source);
                    break;
                case 3:
                    spec.AddsBlankPrefix = reader.ReadBoolean();
                    break;
                case 4:
                    spec.RemovesExtraBlanks = reader.ReadBoolean();
                    break;
                case 5:
                    spec.EscapesBlanks = reader.ReadBoolean();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private static int Clamp(long value) => value < -1 ? -1 : value > int.MaxValue ? int.MaxValue : (int)value;

    private static void Check(Spec spec, int pieces, string source)
    {
        if (spec.ModelType != ModelUnigram && spec.ModelType != ModelBpe)
        {
            throw TokenizerJsonSteps.Unsupported(source, "the SentencePiece model type", spec.ModelType == 3 ? "word" : spec.ModelType == 4 ? "char" : spec.ModelType.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        if (spec.BlankIsSuffix || !spec.EscapesBlanks)
        {
            throw TokenizerJsonSteps.Unsupported(source, "the SentencePiece option", spec.BlankIsSuffix ? "treat_whitespace_as_suffix" : "escape_whitespaces = false");
        }

        if (spec.UnknownId >= pieces)
        {
            throw NinaException.InFile(ErrorNumber.SentencePieceInvalid, source, $"the unknown token {spec.UnknownId} is outside the {pieces} pieces.");
        }
    }

    /// <summary>What the trainer and the normalizer say, with the format's defaults.</summary>
    private sealed class Spec
    {
        public int ModelType { get; set; } = ModelUnigram;

        public bool BlankIsSuffix { get; set; }

        public int UnknownId { get; set; }

        public int StartId { get; set; } = 1;

        public int EndId { get; set; } = 2;

        public bool AddsBlankPrefix { get; set; } = true;

        public bool RemovesExtraBlanks { get; set; } = true;

        public bool EscapesBlanks { get; set; } = true;

        public CharacterMap? CharacterMap { get; set; }
    }
}
