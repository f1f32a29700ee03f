using System;
using System.Collections.Generic;
using System.Globalization;
using NinaDB.Clr.Json;

namespace NinaDB.Clr.Formats;

/// <summary>The type of a GGUF metadata value, as numbered by the GGUF specification.</summary>
public enum GgufType : uint
{
#pragma warning disable CS1591 // the names are the specification's own names
    UInt8 = 0,
    Int8 = 1,
    UInt16 = 2,
    Int16 = 3,
    UInt32 = 4,
    Int32 = 5,
    Float32 = 6,
    Bool = 7,
    String = 8,
    Array = 9,
    UInt64 = 10,
    Int64 = 11,
    Float64 = 12,
#pragma warning restore CS1591
}

/// <summary>A metadata value of a GGUF file.</summary>
public sealed class GgufValue
{
    internal GgufValue(GgufType type, GgufType elementType, object value, long byteOffset)
    {
        Type = type;
        ElementType = elementType;
        Value = value;
        ByteOffset = byteOffset;
    }

    /// <summary>The type.</summary>
    public GgufType Type { get; }

    /// <summary>The type of an array's elements; otherwise the same as <see cref="Type"/>.</summary>
    public GgufType ElementType { get; }

    /// <summary>The value: a primitive, a string, an array of primitives or strings, or an array of arrays (<see cref="object"/>[]).</summary>
    public object Value { get; }

    /// <summary>Where the value starts in the file.</summary>
    public long ByteOffset { get; }

    /// <summary>The value as an integer; null when it is none.</summary>
    public long? AsInt64() => Value switch
    {
        byte v => v,
        sbyte v => v,
        ushort v => v,
        short v => v,
        uint v => v,
        int v => v,
        long v => v,
        ulong v when v <= long.MaxValue => (long)v,
        _ => null,
    };

    /// <summary>The value as a number; null when it is none.</summary>
    public double? AsDouble() => Value switch
    {
        float v => v,
        double v => v,
        _ => AsInt64(),
    };

    /// <summary>The value as a boolean; null when it is none.</summary>
    public bool? AsBoolean() => Value as bool?;

    /// <summary>The value as a string; null when it is none.</summary>
    public string? AsString() => Value as string;

    /// <summary>The value as JSON; arrays longer than <paramref name="maxItems"/> become their length in words.</summary>
    public JsonValue ToJson(int maxItems) => ToJson(Value, maxItems);

    private static JsonValue ToJson(object value, int maxItems)
    {
        switch (value)
        {
            case string text:
                return JsonValue.Of(text);
            case bool flag:
                return JsonValue.Of(flag);
            case float number:
                return JsonValue.Of(double.Parse(number.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
            case double number:
                return JsonValue.Of(number);
            case ulong number when number > long.MaxValue:
                return JsonValue.Of((double)number);
            case Array array:
                if (array.Length > maxItems)
                {
                    return JsonValue.Of(array.Length.ToString(CultureInfo.InvariantCulture) + " items");
                }

                var items = new List<JsonValue>(array.Length);
                foreach (object? item in array)
                {
                    items.Add(ToJson(item!, maxItems));
                }

                return JsonValue.OfItems(items);
            default:
                return JsonValue.Of(Convert.ToInt64(value, CultureInfo.InvariantCulture));
        }
    }
}
