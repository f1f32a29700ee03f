using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Quantization;

namespace NinaDB.Clr.Tensors;

/// <summary>
/// What is known of a data type: its name, and how many bytes hold how many elements. Elements are stored in blocks; plain types have one
/// element a block. Sources: the safetensors format page (dtype names) and the GGUF specification with ggml.h (type numbers, block sizes).
/// </summary>
public sealed class DTypeInfo
{
    private static readonly Dictionary<DType, DTypeInfo> ByType = new();
    private static readonly Dictionary<string, DTypeInfo> ByName = new(StringComparer.OrdinalIgnoreCase);
    private static readonly Dictionary<string, DTypeInfo> BySafetensorsName = new(StringComparer.Ordinal);
    private static readonly Dictionary<uint, DTypeInfo> ByGgufId = new();

    static DTypeInfo()
    {
        Add(DType.F64, "F64", "F64", 28, 1, 8);
        Add(DType.F32, "F32", "F32", 0, 1, 4);
        Add(DType.F16, "F16", "F16", 1, 1, 2);
        Add(DType.BF16, "BF16", "BF16", 30, 1, 2);
        Add(DType.F8E4M3, "F8_E4M3", "F8_E4M3", -1, 1, 1);
        Add(DType.F8E5M2, "F8_E5M2", "F8_E5M2", -1, 1, 1);
        Add(DType.F8E8M0, "F8_E8M0", "F8_E8M0", -1, 1, 1);
        Add(DType.F6E2M3, "F6_E2M3", "F6_E2M3", -1, 4, 3);
        Add(DType.F6E3M2, "F6_E3M2", "F6_E3M2", -1, 4, 3);
        Add(DType.F4, "F4", "F4", -1, 2, 1);
        Add(DType.I64, "I64", "I64", 27, 1, 8);
        Add(DType.I32, "I32", "I32", 26, 1, 4);
        Add(DType.I16, "I16", "I16", 25, 1, 2);
        Add(DType.I8, "I8", "I8", 24, 1, 1);
        Add(DType.U64, "U64", "U64", -1, 1, 8);
        Add(DType.U32, "U32", "U32", -1, 1, 4);
        Add(DType.U16, "U16", "U16", -1, 1, 2);
        Add(DType.U8, "U8", "U8", -1, 1, 1);
        Add(DType.Bool, "BOOL", "BOOL", -1, 1, 1);
        Add(DType.C64, "C64", "C64", -1, 1, 8);
        Add(DType.Q4_0, "Q4_0", null, 2, 32, 18);
        Add(DType.Q4_1, "Q4_1", null, 3, 32, 20);
        Add(DType.Q5_0, "Q5_0", null, 6, 32, 22);
        Add(DType.Q5_1, "Q5_1", null, 7, 32, 24);
        Add(DType.Q8_0, "Q8_0", null, 8, 32, 34);
        Add(DType.Q8_1, "Q8_1", null, 9, 32, 36);
        Add(DType.Q2_K, "Q2_K", null, 10, 256, 84);
        Add(DType.Q3_K, "Q3_K", null, 11, 256, 110);
        Add(DType.Q4_K, "Q4_K", null, 12, 256, 144);
        Add(DType.Q5_K, "Q5_K", null, 13, 256, 176);
        Add(DType.Q6_K, "Q6_K", null, 14, 256, 210);
        Add(DType.Q8_K, "Q8_K", null, 15, 256, 292);
        Add(DType.IQ2_XXS, "IQ2_XXS", null, 16, 256, 66);
        Add(DType.IQ2_XS, "IQ2_XS", null, 17, 256, 74);
        Add(DType.IQ3_XXS, "IQ3_XXS", null, 18, 256, 98);
        Add(DType.IQ1_S, "IQ1_S", null, 19, 256, 50);
        Add(DType.IQ4_NL, "IQ4_NL", null, 20, 32, 18);
        Add(DType.IQ3_S, "IQ3_S", null, 21, 256, 110);
        Add(DType.IQ2_S, "IQ2_S", null, 22, 256, 82);
        Add(DType.IQ4_XS, "IQ4_XS", null, 23, 256, 136);
        Add(DType.IQ1_M, "IQ1_M", null, 29, 256, 56);
        Add(DType.TQ1_0, "TQ1_0", null, 34, 256, 54);
        Add(DType.TQ2_0, "TQ2_0", null, 35, 256, 66);
        Add(DType.MXFP4, "MXFP4", null, 39, 32, 17);
        Add(DType.NVFP4, "NVFP4", null, 40, 64, 36);
        Add(DType.Q1_0, "Q1_0", null, 41, 128, 18);
        Add(DType.Q2_0, "Q2_0", null, 42, 64, 18);
    }

    private DTypeInfo(DType type, string name, int blockElements, int blockBytes, string? safetensorsName, int ggufId)
    {
        Type = type;
        Name = name;
        BlockElements = blockElements;
        BlockBytes = blockBytes;
        SafetensorsName = safetensorsName;
        GgufId = ggufId;
        IsDecodable = BlockCodec.CanDecode(type);
        IsEncodable = BlockCodec.CanEncode(type);
    }

    /// <summary>The type.</summary>
    public DType Type { get; }

    /// <summary>The name that the formats use, such as <c>BF16</c> or <c>Q4_K</c>.</summary>
    public string Name { get; }

    /// <summary>Elements in a block.</summary>
    public int BlockElements { get; }

    /// <summary>Bytes in a block.</summary>
    public int BlockBytes { get; }

    /// <summary>The name in a safetensors header, null for types that only GGUF has.</summary>
    public string? SafetensorsName { get; }

    /// <summary>The type number in a GGUF file, -1 for types that only safetensors has.</summary>
    public int GgufId { get; }

    /// <summary>Whether this version decodes the type to numbers.</summary>
    public bool IsDecodable { get; }

    /// <summary>Whether this version writes numbers as this type.</summary>
    public bool IsEncodable { get; }

    /// <summary>The facts about a type.</summary>
    public static DTypeInfo Of(DType type)
        => ByType.TryGetValue(type, out DTypeInfo? info) ? info : throw new NinaException(ErrorNumber.InvalidArgument, $"Unknown data type {type}.");

    /// <summary>The type of that name, in any case; raises <see cref="ErrorNumber.InvalidArgument"/> for an unknown name.</summary>
    public static DType Parse(string name)
        => name != null && ByName.TryGetValue(name, out DTypeInfo? info) ? info.Type : throw new NinaException(ErrorNumber.InvalidArgument, $"Unknown data type '{name}'.");

    /// <summary>The type of a safetensors name, or null.</summary>
    public static DTypeInfo? OfSafetensors(string name) => BySafetensorsName.TryGetValue(name, out DTypeInfo? info) ? info : null;

    /// <summary>The type of a GGUF type number, or null.</summary>
    public static DTypeInfo? OfGguf(uint id) => ByGgufId.TryGetValue(id, out DTypeInfo? info) ? info : null;

    /// <summary>The bytes of <paramref name="elements"/> elements, or -1 when they do not fill whole blocks or the number overflows.</summary>
    public long ByteLength(long elements)
    {
        if (elements < 0 || elements % BlockElements != 0)
        {
            return -1;
        }

        long blocks = elements / BlockElements;
        return blocks > long.MaxValue / BlockBytes ? -1 : blocks * BlockBytes;
    }

    /// <summary>The number of elements of a shape, or -1 when a dimension is negative or the product overflows.</summary>
    public static long ElementCount(IReadOnlyList<long> shape)
    {
        long count = 1;
        bool empty = false;
        foreach (long dimension in shape)
        {
            if (dimension < 0)
            {
                return -1;
            }

            if (dimension == 0)
            {
                empty = true;
            }
            else if (count > long.MaxValue / dimension)
            {
                return -1;
            }
            else
            {
                count *= dimension;
            }
        }

        return empty ? 0 : count;
    }

    private static void Add(DType type, string name, string? safetensorsName, int ggufId, int blockElements, int blockBytes)
    {
        var info = new DTypeInfo(type, name, blockElements, blockBytes, safetensorsName, ggufId);
        ByType.Add(type, info);
        ByName.Add(name, info);
        if (safetensorsName != null)
        {
            BySafetensorsName.Add(safetensorsName, info);
        }

        if (ggufId >= 0)
        {
            ByGgufId.Add((uint)ggufId, info);
        }
    }
}
