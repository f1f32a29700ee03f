using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;
using NinaDB.Engine.Types.Json;

namespace NinaDB.Engine.Execution.Aggregates;

/// <summary>JSON_ARRAYAGG.</summary>
internal sealed class JsonArrayAccumulator(SqlType valueType, SqlType result, bool absentOnNull, bool embeds) : Accumulator
{
    private readonly StringBuilder _text = new();
    private bool _any;

    public override bool AcceptsNull => true;

    public override SqlValue Result => _any ? SqlValue.FromString(_text.Length == 0 ? "[]" : _text + "]", result.Id) : default;

    public override void Add(in SqlValue value)
    {
        _any = true;
        if (value.IsNull && absentOnNull)
        {
            return;
        }

        _text.Append(_text.Length == 0 ? '[' : ',');
        JsonWriter.AppendValue(_text, value, valueType, embeds);
    }

    public override void Reset()
    {
        _text.Clear();
        _any = false;
    }
}

/// <summary>JSON_OBJECTAGG: a NULL key is an error.</summary>
internal sealed class JsonObjectAccumulator(SqlType valueType, SqlType result, bool absentOnNull, bool embeds) : Accumulator
{
    private readonly StringBuilder _text = new();
    private bool _any;

    public override bool AcceptsNull => true;

    public override SqlValue Result => _any ? SqlValue.FromString(_text.Length == 0 ? "{}" : _text + "}", result.Id) : default;

    public override void Add(in SqlValue value) => throw new NotSupportedException("JSON_OBJECTAGG takes key and value.");

    public override void Add(in SqlValue value, in SqlValue second)
    {
        if (value.IsNull)
        {
            throw SqlErrors.Create(13638);
        }

        _any = true;
        if (second.IsNull && absentOnNull)
        {
            return;
        }

        _text.Append(_text.Length == 0 ? '{' : ',');
        JsonWriter.AppendString(_text, value.AsString, escapeSolidus: true);
        _text.Append(':');
        JsonWriter.AppendValue(_text, second, valueType, embeds);
    }

    public override void Reset()
    {
        _text.Clear();
        _any = false;
    }
}
