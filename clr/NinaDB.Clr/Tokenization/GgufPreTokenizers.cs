using System.Collections.Generic;
using System.Linq;

namespace NinaDB.Clr.Tokenization;

/// <summary>
/// The pre-tokenizers that GGUF files name in <c>tokenizer.ggml.pre</c>: patterns that cut a text one after the other, as the models' own tokenizer.json
/// files have them.
/// </summary>
internal static class GgufPreTokenizers
{
    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Punctuation = @" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Llama3 = Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|" + Punctuation;
    private const string Qwen2 = Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|" + Punctuation;
    private const string Qwen35 = Contractions + @"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Upper = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]";
    private const string Lower = @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]";
    private const string SlashTail = @" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Gpt4o = Upper + "*" + Lower + "+" + Contractions + "?|" + Upper + "+" + Lower + "*" + Contractions + @"?|\p{N}{1,3}|" + SlashTail;
    private const string Tekken = Upper + "*" + Lower + "+|" + Upper + "+" + Lower + @"*|\p{N}|" + SlashTail;
    private const string Bloom = @" ?[^(\s|.,!?…。，、।۔،)]+";
    private const string DeepSeek3 =
        @"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string DeepSeekLetters =
        "A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼ"
        + "ℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃";

    private static readonly Entry[] Entries =
    {
        new("gpt-2", ByteLevelStep.Pattern),
        new("mpt", ByteLevelStep.Pattern),
        new("olmo", ByteLevelStep.Pattern),
        new("jais", ByteLevelStep.Pattern),
        new("phi-2", ByteLevelStep.Pattern),
        new("gigachat", ByteLevelStep.Pattern),
        new("exaone4", ByteLevelStep.Pattern),
        new("trillion", ByteLevelStep.Pattern),
        new("granite-docling", ByteLevelStep.Pattern),
        new("llama-bpe", Llama3) { IgnoresMerges = true, AddsStart = true },
        new("llama3", Llama3) { IgnoresMerges = true, AddsStart = true },
        new("llama-v3", Llama3) { IgnoresMerges = true, AddsStart = true },
        new("falcon3", Llama3) { IgnoresMerges = true, AddsStart = true },
        new("falcon-h1", Llama3) { IgnoresMerges = true, AddsStart = true },
        new("pixtral", Llama3) { IgnoresMerges = true, AddsStart = true },
        new("lfm2", Llama3) { IgnoresMerges = true, AddsStart = true },
        new("smaug-bpe", Llama3),
        new("dbrx", Llama3),
        new("glm4", Llama3),
        new("chatglm-bpe", Llama3),
        new("qwen2", Qwen2),
        new("deepseek-r1-qwen", Qwen2),
        new("megrez", Qwen2),
        new("stablelm2", Qwen2),
        new("hunyuan", Qwen2),
        new("solar-open", Qwen2),
        new("grok-2", Qwen2),
        new("qwen35", Qwen35),
        new("gpt-4o", Gpt4o),
        new("llama4", Gpt4o),
        new("kanana2", Gpt4o),
        new("minimax-m2", Gpt4o),
        new("tekken", Tekken) { IgnoresMerges = true, AddsStart = true },
        new("starcoder", @"\p{N}", ByteLevelStep.Pattern),
        new("refact", @"\p{N}", ByteLevelStep.Pattern),
        new("command-r", @"\p{N}", ByteLevelStep.Pattern),
        new("smollm", @"\p{N}", ByteLevelStep.Pattern),
        new("codeshell", @"\p{N}", ByteLevelStep.Pattern),
        new("exaone", @"\p{N}", ByteLevelStep.Pattern),
        new("minerva-7b", @"\p{N}", ByteLevelStep.Pattern),
        new("mellum2", @"\p{N}", ByteLevelStep.Pattern),
        new("falcon", @"[\p{P}\$\+<=>\^~\|`]+", ByteLevelStep.Pattern, "[0-9][0-9][0-9]"),
        new("bloom", Bloom),
        new("gpt3-finnish", Bloom),
        new("poro-chat", Bloom),
        new("viking", Bloom, @"\p{N}"),
        new("deepseek-llm", @"[\r\n]", @"\s?[" + DeepSeekLetters + "]+", @"\s?[!-/:-~！-／：-～‘-‟　-。]+", @"\s+$", "[一-龥ࠀ-一가-퟿]+", @"\p{N}+"),
        new("deepseek-coder", @"[\r\n]", @"\s?\p{L}+", @"\s?\p{P}+", "[一-龥ࠀ-一가-퟿]+", @"\p{N}"),
        new("deepseek-v3", @"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DeepSeek3),
        new("hunyuan-dense", @"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DeepSeek3),
        new("bailingmoe", @"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"),
        new("llada-moe", @"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"),
        new("seed-coder", Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+"),
        new("default", @"[\p{P}\$\+<=>\^~\|]+", ByteLevelStep.Pattern, @"\p{N}+", "[0-9][0-9][0-9]"),
    };

    /// <summary>The pre-tokenizer of a name, null when it is not known.</summary>
    public static Entry? Find(string name) => Entries.FirstOrDefault(e => e.Name == name);

    /// <summary>The name of the steps of a byte-level tokenizer, null when GGUF has none for them.</summary>
    public static string? NameOf(IReadOnlyList<PieceStep> steps, bool ignoresMerges)
    {
        var patterns = new List<string>();
        foreach (PieceStep step in steps)
        {
            switch (step)
            {
                case SplitStep { IsolatedPattern: { } pattern }:
                    patterns.Add(pattern);
                    break;
                case CharacterStep { IsSingleDigits: true }:
                    patterns.Add(@"\p{N}");
                    break;
                case ByteLevelStep { AddPrefixSpace: false } bytes:
                    patterns.AddRange(bytes.UsesPattern ? new[] { ByteLevelStep.Pattern } : new string[0]);
                    break;
                default:
                    return null;
            }
        }

        return Entries.FirstOrDefault(e => e.IgnoresMerges == ignoresMerges && e.Patterns.SequenceEqual(patterns))?.Name;
    }

    /// <summary>A named pre-tokenizer.</summary>
    internal sealed class Entry
    {
        public Entry(string name, params string[] patterns)
        {
            Name = name;
            Patterns = patterns;
        }

        public string Name { get; }

        public IReadOnlyList<string> Patterns { get; }

        /// <summary>A piece that is a token is that token, whatever the merges say.</summary>
        public bool IgnoresMerges { get; set; }

        /// <summary>Texts start with the start token where the file does not say otherwise.</summary>
        public bool AddsStart { get; set; }

        /// <summary>The steps that cut a text.</summary>
        public List<PieceStep> ToSteps()
        {
            var steps = Patterns.Select(p => (PieceStep)SplitStep.Isolated(p)).ToList();
            steps.Add(new ByteLevelStep(addPrefixSpace: false, usePattern: false, mapsBytes: false));
            return steps;
        }
    }
}
