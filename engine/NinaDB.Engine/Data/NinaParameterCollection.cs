using System.Collections;
using System.Data;
using System.Data.Common;

namespace NinaDB.Engine.Data;

/// <summary>The parameters of a command. Names are found with or without @, case-insensitively.</summary>
public sealed class NinaParameterCollection : DbParameterCollection, IReadOnlyList<NinaParameter>
{
    private readonly List<NinaParameter> _items = [];

    public override int Count => _items.Count;

    public override object SyncRoot => ((ICollection)_items).SyncRoot;

    public new NinaParameter this[int index]
    {
        get => _items[index];
        set => _items[index] = value;
    }

    public new NinaParameter this[string name]
    {
        get => _items[Require(name)];
        set => _items[Require(name)] = value;
    }

    public NinaParameter Add(NinaParameter parameter)
    {
        _items.Add(parameter);
        return parameter;
    }

    public NinaParameter Add(string name, SqlDbType type, int size = 0) => Add(new NinaParameter(name, type, size));

    public NinaParameter AddWithValue(string name, object? value) => Add(new NinaParameter(name, value));

    public override int Add(object value)
    {
        _items.Add(Cast(value));
        return _items.Count - 1;
    }

    public override void AddRange(Array values)
    {
        foreach (object value in values)
        {
            Add(value);
        }
    }

    public override void Clear() => _items.Clear();

    public override bool Contains(object value) => value is NinaParameter parameter && _items.Contains(parameter);

    public override bool Contains(string value) => IndexOf(value) >= 0;

    public override void CopyTo(Array array, int index) => ((ICollection)_items).CopyTo(array, index);

    public override IEnumerator GetEnumerator() => _items.GetEnumerator();

    IEnumerator<NinaParameter> IEnumerable<NinaParameter>.GetEnumerator() => _items.GetEnumerator();

    public override int IndexOf(object value) => value is NinaParameter parameter ? _items.IndexOf(parameter) : -1;

    public override int IndexOf(string parameterName) =>
        _items.FindIndex(p => p.ParameterName.AsSpan().TrimStart('@').Equals(parameterName.AsSpan().TrimStart('@'), StringComparison.OrdinalIgnoreCase));

    public override void Insert(int index, object value) => _items.Insert(index, Cast(value));

    public override void Remove(object value) => _items.Remove(Cast(value));

    public override void RemoveAt(int index) => _items.RemoveAt(index);

    public override void RemoveAt(string parameterName) => _items.RemoveAt(Require(parameterName));

    protected override DbParameter GetParameter(int index) => _items[index];

    protected override DbParameter GetParameter(string parameterName) => _items[Require(parameterName)];

    protected override void SetParameter(int index, DbParameter value) => _items[index] = Cast(value);

    protected override void SetParameter(string parameterName, DbParameter value) => _items[Require(parameterName)] = Cast(value);

    private int Require(string name)
    {
        int index = IndexOf(name);
        return index >= 0 ? index : throw new IndexOutOfRangeException($"There is no parameter '{name}' in the collection.");
    }

    private static NinaParameter Cast(object value) =>
        value as NinaParameter ?? throw new InvalidCastException($"The collection accepts NinaParameter objects, not {value?.GetType().Name ?? "null"}.");
}
