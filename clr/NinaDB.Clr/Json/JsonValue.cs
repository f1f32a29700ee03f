using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Json;

/// <summary>The kind of a <see cref="JsonValue"/>.</summary>
public enum JsonKind
{
    /// <summary>null.</summary>
    Null,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A number, kept as written.</summary>
    Number,

    /// <summary>A string.</summary>
    String,

    /// <summary>An array.</summary>
    Array,

    /// <summary>An object, its members in their order.</summary>
    Object,
}

/// <summary>A JSON value in memory. Objects keep the order of their members and refuse a key that occurs twice.</summary>
public sealed class JsonValue
{
    private static readonly List<JsonValue> NoItems = new();
    private static readonly List<KeyValuePair<string, JsonValue>> NoMembers = new();

    private readonly string? _text;
    private readonly List<JsonValue>? _items;
    private readonly List<KeyValuePair<string, JsonValue>>? _members;
    private readonly Dictionary<string, int>? _memberIndex;

    private JsonValue(JsonKind kind, string? text, List<JsonValue>? items = null, bool withMembers = false)
    {
        Kind = kind;
        _text = text;
        _items = items;
        if (withMembers)
        {
            _members = new List<KeyValuePair<string, JsonValue>>();
            _memberIndex = new Dictionary<string, int>(StringComparer.Ordinal);
        }
    }

    /// <summary>null.</summary>
    public static JsonValue Null { get; } = new(JsonKind.Null, null);

    /// <summary>true.</summary>
    public static JsonValue True { get; } = new(JsonKind.Boolean, "true");

    /// <summary>false.</summary>
    public static JsonValue False { get; } = new(JsonKind.Boolean, "false");

    /// <summary>The kind of value.</summary>
    public JsonKind Kind { get; }

    /// <summary>The items of an array; empty for anything else.</summary>
    public IReadOnlyList<JsonValue> Items => _items ?? NoItems;

    /// <summary>The members of an object, in order; empty for anything else.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonValue>> Members => _members ?? NoMembers;

    /// <summary>The member of that name, or null when there is none or this is no object.</summary>
    public JsonValue? this[string name] => _memberIndex != null && _memberIndex.TryGetValue(name, out int i) ? _members![i].Value : null;

    /// <summary>Makes a string.</summary>
    public static JsonValue Of(string text) => new(JsonKind.String, text);

    /// <summary>Makes an integer.</summary>
    public static JsonValue Of(long number) => new(JsonKind.Number, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Makes a number; NaN and infinities, which JSON lacks, become null.</summary>
    public static JsonValue Of(double number) => double.IsNaN(number) || double.IsInfinity(number)
        ? Null
        : new(JsonKind.Number, number.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>Makes a boolean.</summary>
    public static JsonValue Of(bool value) => value ? True : False;

    /// <summary>Makes an array.</summary>
    public static JsonValue OfItems(IEnumerable<JsonValue> items) => new(JsonKind.Array, null, new List<JsonValue>(items));

    /// <summary>Makes an empty object, to which <see cref="Set"/> adds members.</summary>
    public static JsonValue NewObject() => new(JsonKind.Object, null, withMembers: true);

    /// <summary>Parses UTF-16 text. <paramref name="source"/> names it in errors.</summary>
    public static JsonValue Parse(string text, string source, JsonLimits? limits = null)
    {
        NinaException.Require(text != null, "The JSON text is null.");
        byte[] bytes;
        try
        {
            bytes = new UTF8Encoding(false, true).GetBytes(text!);
        }
        catch (EncoderFallbackException)
        {
            throw NinaException.InFile(ErrorNumber.JsonSyntax, source, "the text holds half of a surrogate pair.");
        }

        return Parse(bytes, source, limits);
    }

    /// <summary>Parses UTF-8 text, with or without a byte order mark.</summary>
    public static JsonValue Parse(byte[] utf8, string source, JsonLimits? limits = null)
    {
        NinaException.Require(utf8 != null, "The JSON text is null.");
        int start = utf8!.Length >= 3 && utf8[0] == 0xEF && utf8[1] == 0xBB && utf8[2] == 0xBF ? 3 : 0;
        var reader = new JsonReader(utf8, start, utf8.Length - start, source, start, limits);
        reader.Read();
        int budget = reader.Limits.MaxValues;
        JsonValue value = ReadFrom(reader, ref budget);
        reader.Read();
        return value;
    }

    /// <summary>Adds or replaces a member of an object; returns the object.</summary>
    public JsonValue Set(string name, JsonValue value)
    {
        NinaException.Require(_members != null, "Only a JSON object has members.");
        var member = new KeyValuePair<string, JsonValue>(name, value);
        if (_memberIndex!.TryGetValue(name, out int i))
        {
            _members![i] = member;
        }
        else
        {
            _memberIndex.Add(name, _members!.Count);
            _members.Add(member);
        }

        return this;
    }

    /// <summary>A copy whose members can be changed without changing this object.</summary>
    public JsonValue CopyObject()
    {
        JsonValue copy = NewObject();
        foreach (KeyValuePair<string, JsonValue> member in Members)
        {
            copy.Set(member.Key, member.Value);
        }

        return copy;
    }

    /// <summary>The text of a string, or null for any other kind.</summary>
    public string? AsString() => Kind == JsonKind.String ? _text : null;

    /// <summary>The boolean, or null for any other kind.</summary>
    public bool? AsBoolean() => Kind == JsonKind.Boolean ? ReferenceEquals(_text, True._text) : null;

    /// <summary>The number as an integer, or null when it is none.</summary>
    public long? AsInt64()
    {
        if (Kind != JsonKind.Number)
        {
            return null;
        }

        if (long.TryParse(_text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
        {
            return value;
        }

        double? number = AsDouble();
        return number is double d && d == Math.Floor(d) && Math.Abs(d) < 9e15 ? (long)d : null;
    }

    /// <summary>The number, or null for any other kind and for what a double cannot hold.</summary>
    public double? AsDouble()
        => Kind == JsonKind.Number && double.TryParse(_text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && !double.IsInfinity(value)
            ? value
            : null;

    /// <summary>The text of a string, the number as written, or the JSON text of anything else.</summary>
    public override string ToString() => Kind switch
    {
        JsonKind.Null => "null",
        JsonKind.Array or JsonKind.Object => JsonWriter.ToText(this, indented: false),
        _ => _text!,
    };

    internal string RawText => _text!;

    private static JsonValue ReadFrom(JsonReader reader, ref int budget)
    {
        if (--budget < 0)
        {
            throw reader.Error(ErrorNumber.JsonTooLarge, $"JSON text has more than {reader.Limits.MaxValues} values.");
        }

        switch (reader.Kind)
        {
            case JsonTokenKind.StartObject:
                JsonValue result = NewObject();
                while (true)
                {
                    reader.Read();
                    if (reader.Kind == JsonTokenKind.EndObject)
                    {
                        return result;
                    }

                    string name = reader.GetString();
                    if (result._memberIndex!.ContainsKey(name))
                    {
                        throw reader.Error(ErrorNumber.JsonDuplicateKey, $"the key '{JsonReader.Shorten(name)}' occurs twice in an object.");
                    }

                    reader.Read();
                    result.Set(name, ReadFrom(reader, ref budget));
                }

            case JsonTokenKind.StartArray:
                var items = new List<JsonValue>();
                while (true)
                {
                    reader.Read();
                    if (reader.Kind == JsonTokenKind.EndArray)
                    {
                        return new JsonValue(JsonKind.Array, null, items);
                    }

                    items.Add(ReadFrom(reader, ref budget));
                }

            case JsonTokenKind.String:
                return Of(reader.GetString());
            case JsonTokenKind.Number:
                return new JsonValue(JsonKind.Number, reader.GetNumberText());
            case JsonTokenKind.True:
                return True;
            case JsonTokenKind.False:
                return False;
            default:
                return Null;
        }
    }
}
