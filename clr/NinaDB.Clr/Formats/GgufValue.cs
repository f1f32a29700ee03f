using System;
using System.Collections.Generic;
using System.Globalization;
using NinaDB.Clr.Errors;
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
    internal GgufValue(GgufType type, GgufType elementType, object value, long byteOffset, bool isExact = true)
    {
        Type = type;
        ElementType = elementType;
        Value = value;
        ByteOffset = byteOffset;
        IsExact = isExact;
    }

    /// <summary>The type.</summary>
    public GgufType Type { get; }

    /// <summary>The type of an array's elements; otherwise the same as <see cref="Type"/>.</summary>
    public GgufType ElementType { get; }

    /// <summary>The value: a primitive, a string, an array of primitives or strings, or an array of arrays (<see cref="object"/>[]).</summary>
    public object Value { get; }

    /// <summary>Where the value starts in the file.</summary>
    public long ByteOffset { get; }

    /// <summary>Whether the value is what the file has: false where bytes that are not UTF-8 became U+FFFD.</summary>
    public bool IsExact { get; }

    /// <summary>A string.</summary>
    public static GgufValue Of(string value) => new(GgufType.String, GgufType.String, value, 0);

    /// <summary>A boolean.</summary>
    public static GgufValue Of(bool value) => new(GgufType.Bool, GgufType.Bool, value, 0);

    /// <summary>A 32-bit number, unsigned as most keys have it.</summary>
    public static GgufValue Of(uint value) => new(GgufType.UInt32, GgufType.UInt32, value, 0);

    /// <summary>A signed 32-bit number.</summary>
    public static GgufValue Of(int value) => new(GgufType.Int32, GgufType.Int32, value, 0);

    /// <summary>A 16-bit number.</summary>
    public static GgufValue Of(ushort value) => new(GgufType.UInt16, GgufType.UInt16, value, 0);

    /// <summary>A 64-bit number.</summary>
    public static GgufValue Of(ulong value) => new(GgufType.UInt64, GgufType.UInt64, value, 0);

    /// <summary>A floating-point number.</summary>
    public static GgufValue Of(float value) => new(GgufType.Float32, GgufType.Float32, value, 0);

    /// <summary>Any value that metadata can hold: a primitive, a string, an array of those, or <see cref="object"/>[] of arrays.</summary>
    public static GgufValue Of(object value)
        => value is Array array ? new GgufValue(GgufType.Array, ElementTypeOf(array), value, 0) : new GgufValue(ScalarType(value), ScalarType(value), value, 0);

    /// <summary>The type of an array's elements.</summary>
    internal static GgufType ElementTypeOf(Array array) => array switch
    {
        // The runtime takes signed and unsigned arrays for each other; their element type tells them apart.
        object[] when array.GetType() == typeof(object[]) => GgufType.Array,
        _ => ElementTypes.TryGetValue(array.GetType().GetElementType()!, out GgufType type) ? type : throw Unknown(array),
    };

    private static readonly Dictionary<System.Type, GgufType> ElementTypes = new()
    {
        [typeof(byte)] = GgufType.UInt8,
        [typeof(sbyte)] = GgufType.Int8,
        [typeof(ushort)] = GgufType.UInt16,
        [typeof(short)] = GgufType.Int16,
        [typeof(uint)] = GgufType.UInt32,
        [typeof(int)] = GgufType.Int32,
        [typeof(float)] = GgufType.Float32,
        [typeof(bool)] = GgufType.Bool,
        [typeof(string)] = GgufType.String,
        [typeof(ulong)] = GgufType.UInt64,
        [typeof(long)] = GgufType.Int64,
        [typeof(double)] = GgufType.Float64,
    };

    private static GgufType ScalarType(object value) => ElementTypes.TryGetValue(value.GetType(), out GgufType type) ? type : throw Unknown(value);

    private static NinaException Unknown(object value) => new(ErrorNumber.GgufWrite, $"GGUF metadata cannot hold a {value.GetType().Name}.");

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
