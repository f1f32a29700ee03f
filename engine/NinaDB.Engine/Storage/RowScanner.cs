namespace NinaDB.Engine.Storage;

/// <summary>Walks over the values of a stored row without decoding them.</summary>
internal ref struct RowScanner
{
    private readonly ReadOnlySpan<byte> _row;
    private readonly ReadOnlySpan<byte> _present;
    private readonly int _covered;
    private int _position;
    private int _start;
    private int _payload;
    private int _id;

    public RowScanner(ReadOnlySpan<byte> row)
    {
        _row = row;
        _covered = (int)RowCodec.ReadVarint(row, ref _position);
        _present = row.Slice(_position, (_covered + 7) >> 3);
        _position += _present.Length;
    }

    public readonly int ColumnId => _id;

    public StoredForm Form { get; private set; }

    public readonly ReadOnlySpan<byte> Payload => _row[_payload.._position];

    /// <summary>The value with its tag, as it can be copied into another row.</summary>
    public readonly ReadOnlySpan<byte> Tagged => _row[_start.._position];

    /// <summary>Next column that is not NULL.</summary>
    public bool MoveNext()
    {
        while (++_id <= _covered)
        {
            if ((_present[(_id - 1) >> 3] >> ((_id - 1) & 7) & 1) != 0)
            {
                _start = _position;
                Form = RowCodec.ReadTag(_row, ref _position, out int length);
                _payload = _position;
                _position += length;
                return true;
            }
        }

        return false;
    }

    /// <summary>Moves forward to a column; false when it is NULL or not covered. Columns must be asked for in ascending order.</summary>
    public bool MoveTo(int columnId)
    {
        if (columnId > _covered || (_present[(columnId - 1) >> 3] >> ((columnId - 1) & 7) & 1) == 0)
        {
            return false;
        }

        while (_id < columnId)
        {
            MoveNext();
        }

        return _id == columnId;
    }

    public static bool TryFind(ReadOnlySpan<byte> row, int columnId, out StoredForm form, out ReadOnlySpan<byte> payload)
    {
        var scanner = new RowScanner(row);
        bool found = scanner.MoveTo(columnId);
        form = found ? scanner.Form : default;
        payload = found ? scanner.Payload : default;
        return found;
    }
}
