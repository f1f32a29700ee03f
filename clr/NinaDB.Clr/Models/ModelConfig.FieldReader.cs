using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;

namespace NinaDB.Clr.Models;

/// <content>Fields under their several names.</content>
public sealed partial class ModelConfig
{
    private static int[] TokenIds(JsonValue? value)
    {
        var ids = new List<int>();
        if (value?.AsInt64() is long id && id >= 0 && id <= int.MaxValue)
        {
            ids.Add((int)id);
        }

        foreach (JsonValue item in value?.Items ?? Array.Empty<JsonValue>())
        {
            if (item.AsInt64() is long one && one >= 0 && one <= int.MaxValue)
            {
                ids.Add((int)one);
            }
        }

        return ids.ToArray();
    }

    /// <summary>Looks up fields by their several names and checks their range.</summary>
    private sealed class FieldReader
    {
        private readonly Func<string, JsonValue?> _find;
        private readonly string _source;

        public FieldReader(Func<string, JsonValue?> find, string source)
        {
            _find = find;
            _source = source;
        }

        public int Size(params string[] names)
        {
            foreach (string name in names)
            {
                JsonValue? value = _find(name);
                if (value != null && value.Kind == JsonKind.Number)
                {
                    long? size = value.AsInt64();
                    return size >= 0 && size <= MaxDimension
                        ? (int)size.Value
                        : throw NinaException.InFile(ErrorNumber.ConfigInvalid, _source, $"{name} is {value}; 0 to {MaxDimension} is possible.");
                }
            }

            return 0;
        }

        public double Number(double byDefault, params string[] names)
        {
            foreach (string name in names)
            {
                if (_find(name)?.AsDouble() is double number)
                {
                    return number;
                }
            }

            return byDefault;
        }

        public bool Flag(bool byDefault, string name) => _find(name)?.AsBoolean() ?? byDefault;

        /// <summary>Whether a flag is set that files write as true, as a number or as null.</summary>
        public bool Has(string name, bool byDefault)
        {
            JsonValue? value = _find(name);
            return value == null ? byDefault : value.Kind != JsonKind.Null && (value.AsBoolean() ?? value.AsDouble() is not 0.0);
        }

        public string? Text(params string[] names)
        {
            foreach (string name in names)
            {
                if (_find(name)?.AsString() is string text)
                {
                    return text;
                }
            }

            return null;
        }

        public JsonValue? Object(string name) => _find(name) is { Kind: JsonKind.Object } value ? value : null;

        public IReadOnlyList<JsonValue> List(string name) => _find(name)?.Items ?? Array.Empty<JsonValue>();
    }
}
