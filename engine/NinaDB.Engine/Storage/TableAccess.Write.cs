using System.Buffers.Binary;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Storage;

/// <summary>Inserting, deleting and changing rows.</summary>
internal sealed partial class TableAccess
{
    /// <summary>Buffers for the row, the key and the index entry being written.</summary>
    private ByteWriter _row, _key, _entry;

    /// <summary>Large values that the row being encoded no longer refers to.</summary>
    private readonly List<(StoredForm Form, byte[] Reference)> _toFree = [];

    /// <summary>Adds a row. Errors 2627 and 2601 for a duplicate key. Null when an IGNORE_DUP_KEY index refused it (message 3604).</summary>
    public byte[]? Insert(SqlValue[] row)
    {
        if (IsIgnoredDuplicate(row))
        {
            return null;
        }

        EncodeRow(row, default, default);
        byte[] locator = InsertRow(row);
        InsertEntries(row, locator, affected: null);
        InsertVectors(row, locator);
        return locator;
    }

    /// <summary>Removes a row whose full content is given (columns outside every key may be missing).</summary>
    public void Delete(byte[] locator, SqlValue[] row)
    {
        if (_keepsLargeValues)
        {
            FreeLargeValues(locator);
        }

        Connection.Delete(RowTree, locator);
        for (int i = 0; i < _layout.Indexes.Length; i++)
        {
            if (Belongs(i, row))
            {
                DeleteEntry(_layout.Indexes[i], row, locator);
            }
        }

        foreach (VectorIndexLayout index in _layout.VectorIndexes)
        {
            DeleteVector(index, row, locator);
        }
    }

    /// <summary>Whether <see cref="DeleteRange"/> may be called: nothing but the row store knows of a row.</summary>
    public bool CanDeleteRanges => !_keepsLargeValues && _layout.Indexes.Length == 0 && _layout.VectorIndexes.Length == 0;

    /// <summary>Removes the rows of a range of the row store's keys, unseen; returns how many there were.</summary>
    public long DeleteRange(KeyRange range) => Connection.DeleteRange(RowTree, range);

    /// <summary>Changes one row and returns its new locator.</summary>
    public byte[] Update(byte[] locator, SqlValue[] old, SqlValue[] @new)
    {
        Change change = Prepare(locator, old, @new);
        RemoveOld(change);
        return AddNew(change);
    }

    /// <summary>Changes a set of rows as one: keys may swap, as uniqueness is judged on the outcome.</summary>
    public void Update(IReadOnlyList<RowUpdate> updates)
    {
        var pending = new List<Change>();
        foreach (RowUpdate update in updates)
        {
            Change change = Prepare(update.Locator, update.Old, update.New);
            RemoveOld(change);
            if (change.MovesUniqueKey)
            {
                pending.Add(change);
            }
            else
            {
                AddNew(change);
            }
        }

        foreach (Change change in pending)
        {
            AddNew(change);
        }
    }

    /// <summary>One row on its way from old to new.</summary>
    private sealed class Change
    {
        public required byte[] Locator { get; init; }

        public required SqlValue[] Old { get; init; }

        public required SqlValue[] New { get; init; }

        /// <summary>The new row, encoded.</summary>
        public required byte[] Row { get; init; }

        /// <summary>By ordinal.</summary>
        public required bool[] Changed { get; init; }

        /// <summary>The clustered key changes, and with it the locator.</summary>
        public required bool Moves { get; init; }

        /// <summary>By index: its entry has to be removed and written again, or nothing happens to it.</summary>
        public required bool[] Affected { get; init; }

        public bool MovesUniqueKey { get; set; }
    }

    private Change Prepare(byte[] locator, SqlValue[] old, SqlValue[] @new)
    {
        var changed = new bool[Table.Columns.Length];
        for (int i = 0; i < changed.Length; i++)
        {
            changed[i] = !SqlValue.SameRepresentation(old[i], @new[i]);
        }

        byte[] oldRow = [];
        if (_keepsLargeValues && Connection.TryGet(RowTree, locator, out byte[] stored))
        {
            oldRow = stored;
        }

        EncodeRow(@new, oldRow, changed);
        bool moves = !_layout.IsHeap && _layout.RowStore.KeyChanged(changed) && !SameClusteredKey(locator, @new);
        var affected = new bool[_layout.Indexes.Length];
        bool movesUnique = moves && _layout.RowStore.IsUnique;
        for (int i = 0; i < affected.Length; i++)
        {
            IndexLayout index = _layout.Indexes[i];
            affected[i] = moves || index.ContentChanged(changed) || (index.IsFiltered && Belongs(i, old) != Belongs(i, @new));
            movesUnique |= index.IsUnique && (moves || index.KeyChanged(changed) || (affected[i] && index.IsFiltered));
        }

        return new Change
        {
            Locator = locator,
            Old = old,
            New = @new,
            Row = _row.ToArray(),
            Changed = changed,
            Moves = moves,
            Affected = affected,
            MovesUniqueKey = movesUnique,
        };
    }

    private void RemoveOld(Change change)
    {
        if (change.Moves)
        {
            Connection.Delete(RowTree, change.Locator);
        }

        for (int i = 0; i < change.Affected.Length; i++)
        {
            if (change.Affected[i] && Belongs(i, change.Old))
            {
                DeleteEntry(_layout.Indexes[i], change.Old, change.Locator);
            }
        }

        foreach (VectorIndexLayout index in _layout.VectorIndexes)
        {
            if (change.Moves || change.Changed[index.Ordinal])
            {
                DeleteVector(index, change.Old, change.Locator);
            }
        }
    }

    private byte[] AddNew(Change change)
    {
        _row.Clear();
        _row.Write(change.Row);
        byte[] locator = change.Locator;
        if (change.Moves)
        {
            locator = InsertRow(change.New);
        }
        else
        {
            Connection.TryUpdate(RowTree, locator, _row.Written);
        }

        InsertEntries(change.New, locator, change.Affected);
        foreach (VectorIndexLayout index in _layout.VectorIndexes)
        {
            if (change.Moves || change.Changed[index.Ordinal])
            {
                InsertVector(index, change.New, locator);
            }
        }

        return locator;
    }

    private bool SameClusteredKey(byte[] locator, SqlValue[] row)
    {
        _key.Clear();
        _layout.RowStore.WriteKey(ref _key, row);
        return locator.AsSpan(0, Math.Min(_key.Length, locator.Length)).SequenceEqual(_key.Written);
    }

    /// <summary>
    /// Encodes a row into the row buffer. Of an updated row, large values that stay keep their place and those that go are freed;
    /// <paramref name="changed"/> says by ordinal what differs from <paramref name="oldRow"/>.
    /// </summary>
    private void EncodeRow(SqlValue[] row, ReadOnlySpan<byte> oldRow, ReadOnlySpan<bool> changed)
    {
        _row.Clear();
        int covered = _layout.CoveredColumnId;
        _row.WriteVarint((ulong)covered);
        int bitmapStart = _row.Length;
        _row.Take((covered + 7) >> 3).Clear();
        foreach (int ordinal in _layout.StoredOrdinals)
        {
            ref readonly SqlValue value = ref row[ordinal];
            Catalog.ColumnDefinition column = Table.Columns[ordinal];
            if (_keepsLargeValues && _layout.CanBeLarge[ordinal] && EncodeLarge(ordinal, value, oldRow, changed))
            {
                MarkPresent(bitmapStart, column.ColumnId);
            }
            else if (!value.IsNull)
            {
                MarkPresent(bitmapStart, column.ColumnId);
                RowCodec.WriteValue(ref _row, value, column.Type);
            }
        }

        foreach ((StoredForm form, byte[] reference) in _toFree)
        {
            _largeValues.Free(form, reference);
        }

        _toFree.Clear();
    }

    private void MarkPresent(int bitmapStart, int columnId) => _row.Written[bitmapStart + ((columnId - 1) >> 3)] |= (byte)(1 << ((columnId - 1) & 7));

    /// <summary>Handles a value of a column that may be held outside the row; false when it belongs inside (or is NULL).</summary>
    private bool EncodeLarge(int ordinal, in SqlValue value, ReadOnlySpan<byte> oldRow, ReadOnlySpan<bool> changed)
    {
        Catalog.ColumnDefinition column = Table.Columns[ordinal];
        if (!oldRow.IsEmpty && RowScanner.TryFind(oldRow, column.ColumnId, out StoredForm form, out ReadOnlySpan<byte> reference) && form >= StoredForm.Large)
        {
            if (!value.IsNull && (!changed[ordinal] || LargeValues.RefersTo(form, reference, value)))
            {
                RowCodec.WriteBytes(ref _row, form, reference);
                return true;
            }

            // Not freed before the whole row is encoded: another column may be taking this very value over.
            _toFree.Add((form, reference.ToArray()));
        }

        if (value.IsNull)
        {
            return false;
        }

        if (column.IsFileStream)
        {
            _largeValues.WriteFile(ref _row, value);
            return true;
        }

        bool isLarge = value.Reference switch
        {
            SqlLob => true,
            string text => text.Length > RowCodec.InlineLimit || (text.Length > RowCodec.InlineLimit / 3 && TextBytes(text) > RowCodec.InlineLimit),
            byte[] bytes => bytes.Length > RowCodec.InlineLimit,
            _ => false,
        };
        if (isLarge)
        {
            _largeValues.Write(ref _row, value);
        }

        return isLarge;
    }

    private static int TextBytes(string text)
    {
        RowCodec.TextForm(text, out int bytes);
        return bytes;
    }

    private void FreeLargeValues(byte[] locator)
    {
        if (!Connection.TryGet(RowTree, locator, out byte[] row))
        {
            return;
        }

        var scanner = new RowScanner(row);
        while (scanner.MoveNext())
        {
            if (scanner.Form >= StoredForm.Large)
            {
                _largeValues.Free(scanner.Form, scanner.Payload);
            }
        }
    }

    /// <summary>Puts the encoded row into the row store and returns its locator.</summary>
    private byte[] InsertRow(SqlValue[] row)
    {
        IndexLayout store = _layout.RowStore;
        _key.Clear();
        if (_layout.IsHeap)
        {
            BinaryPrimitives.WriteInt64BigEndian(_key.Take(8), Connection.AllocateNumber(store.Tree));
            Connection.TryInsert(store.Tree, _key.Written, _row.Written);
            return _key.ToArray();
        }

        store.WriteKey(ref _key, row);
        if (store.IsUnique)
        {
            return Connection.TryInsert(store.Tree, _key.Written, _row.Written) ? _key.ToArray() : throw Duplicate(store, row);
        }

        // Equal keys are told apart by a number; nearly always the key is new and zero is free.
        int length = _key.Length;
        BinaryPrimitives.WriteInt64BigEndian(_key.Take(8), 0);
        if (!Connection.TryInsert(store.Tree, _key.Written, _row.Written))
        {
            long last = LastUniquifier(store.Tree, _key.Written[..length].ToArray());
            BinaryPrimitives.WriteInt64BigEndian(_key.Written[length..], last + 1);
            Connection.TryInsert(store.Tree, _key.Written, _row.Written);
        }

        return _key.ToArray();
    }

    private long LastUniquifier(int tree, byte[] prefix)
    {
        using IStoreCursor cursor = Connection.Scan(tree, new KeyRange(prefix, true, KeyRanges.Successor(prefix), false), backward: true);
        return cursor.MoveNext() ? BinaryPrimitives.ReadInt64BigEndian(cursor.Key[prefix.Length..]) : -1;
    }

    private void InsertEntries(SqlValue[] row, byte[] locator, bool[]? affected)
    {
        for (int i = 0; i < _layout.Indexes.Length; i++)
        {
            if ((affected is null || affected[i]) && Belongs(i, row))
            {
                InsertEntry(_layout.Indexes[i], row, locator, _row.Written);
            }
        }
    }

    private void InsertEntry(IndexLayout index, SqlValue[] row, byte[] locator, ReadOnlySpan<byte> encodedRow)
    {
        WriteEntryKey(index, row, locator);
        WriteEntryValue(index, row, locator, encodedRow);
        if (!Connection.TryInsert(index.Tree, _key.Written, _entry.Written))
        {
            throw Duplicate(index, row);
        }
    }

    private void DeleteEntry(IndexLayout index, SqlValue[] row, byte[] locator)
    {
        WriteEntryKey(index, row, locator);
        Connection.Delete(index.Tree, _key.Written);
    }

    private void WriteEntryKey(IndexLayout index, SqlValue[] row, byte[] locator)
    {
        _key.Clear();
        index.WriteKey(ref _key, row);
        if (!index.IsUnique)
        {
            _key.Write(locator);
        }
    }

    /// <summary>Length of the locator; the locator itself where the key does not end with it; the covered columns as a row, copied from the encoded table row.</summary>
    private void WriteEntryValue(IndexLayout index, SqlValue[] row, byte[] locator, ReadOnlySpan<byte> encodedRow)
    {
        _entry.Clear();
        _entry.WriteVarint((ulong)locator.Length);
        if (index.IsUnique)
        {
            _entry.Write(locator);
        }

        int[] ordinals = index.CoveredOrdinals;
        int covered = ordinals.Length == 0 ? 0 : Table.Columns[ordinals[^1]].ColumnId;
        _entry.WriteVarint((ulong)covered);
        int bitmapStart = _entry.Length;
        _entry.Take((covered + 7) >> 3).Clear();
        var scanner = new RowScanner(encodedRow);
        foreach (int ordinal in ordinals)
        {
            Catalog.ColumnDefinition column = Table.Columns[ordinal];
            if (row[ordinal].IsNull)
            {
                continue;
            }

            if (!TableLayout.IsStored(column))
            {
                RowCodec.WriteValue(ref _entry, row[ordinal], column.Type);
            }
            else if (scanner.MoveTo(column.ColumnId))
            {
                _entry.Write(scanner.Tagged);
            }
            else
            {
                // A row older than the column: its default stands in the caller's copy only.
                RowCodec.WriteValue(ref _entry, row[ordinal], column.Type);
            }

            _entry.Written[bitmapStart + ((column.ColumnId - 1) >> 3)] |= (byte)(1 << ((column.ColumnId - 1) & 7));
        }
    }

    /// <summary>Whether a unique index with IGNORE_DUP_KEY already holds the row's key.</summary>
    private bool IsIgnoredDuplicate(SqlValue[] row)
    {
        if (_layout.RowStore.Definition.IgnoreDuplicateKeys && HasKey(_layout.RowStore, row))
        {
            return true;
        }

        for (int i = 0; i < _layout.Indexes.Length; i++)
        {
            if (_layout.Indexes[i].Definition.IgnoreDuplicateKeys && Belongs(i, row) && HasKey(_layout.Indexes[i], row))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasKey(IndexLayout index, SqlValue[] row)
    {
        _key.Clear();
        index.WriteKey(ref _key, row);
        return index.IsUnique && Connection.TryGet(index.Tree, _key.Written, out _);
    }

    private SqlErrorException Duplicate(IndexLayout index, SqlValue[] row, bool building = false)
    {
        string values = string.Join(", ", index.KeyOrdinals.Select(o => row[o].IsNull ? "<NULL>" : SqlFormat.ToText(row[o], Table.Columns[o].Type).TrimEnd(' ')));
        Catalog.IndexDefinition definition = index.Definition;
        return (building, definition.IsPrimaryKey, definition.IsUniqueConstraint) switch
        {
            (true, _, _) => SqlErrors.Create(1505, _objectName, definition.Name, $"({values})"),
            (_, true, _) => SqlErrors.Create(2627, "PRIMARY KEY", definition.Name, _objectName, values),
            (_, _, true) => SqlErrors.Create(2627, "UNIQUE KEY", definition.Name, _objectName, values),
            _ => SqlErrors.Create(2601, _objectName, definition.Name, values),
        };
    }
}
