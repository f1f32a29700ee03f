using NinaDB.Engine.Catalog;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Storage;

/// <summary>Fetching and scanning rows.</summary>
internal sealed partial class TableAccess
{
    private RowDecoder? _fetchDecoder;
    private int[]? _fetchOrdinals, _fetchTargets;
    private RowDecoder? _scanDecoder;
    private int[]? _scanOrdinals, _scanTargets;

    /// <summary>Reads columns of one row into <paramref name="destination"/> (element i receives ordinals[i], or targets[i] names the element). False when it is gone.</summary>
    public bool TryFetch(byte[] locator, int[] ordinals, SqlValue[] destination, int[]? targets = null)
    {
        if (_fetchDecoder is null || !ReferenceEquals(ordinals, _fetchOrdinals) || !ReferenceEquals(targets, _fetchTargets))
        {
            _fetchDecoder = Decoder(ordinals, targets);
            _fetchOrdinals = ordinals;
            _fetchTargets = targets;
        }

        return Fetch(locator, _fetchDecoder, destination);
    }

    private bool Fetch(byte[] locator, RowDecoder decoder, SqlValue[] destination)
    {
        using IStoreCursor cursor = Connection.ScanValues(RowTree, KeyRange.Exactly(locator));
        if (!cursor.MoveNext())
        {
            return false;
        }

        decoder.Decode(cursor.Value, destination, _largeValues);
        return true;
    }

    /// <summary>Scans a key range of the row store or of an index; columns that the index does not cover are fetched from the row store.</summary>
    public TableCursor Scan(IndexDefinition index, KeyRange range, int[] ordinals, SqlValue[] destination, int[]? targets = null, bool backward = false)
    {
        if (_scanDecoder is null || !ReferenceEquals(ordinals, _scanOrdinals) || !ReferenceEquals(targets, _scanTargets))
        {
            _scanDecoder = Decoder(ordinals, targets);
            _scanOrdinals = ordinals;
            _scanTargets = targets;
        }

        return Scan(index, range, ordinals, _scanDecoder, destination, backward);
    }

    /// <summary>The same with a decoder from <see cref="Decoder"/>, which a plan keeps between its runs.</summary>
    /// <param name="needsLocator">Whether somebody asks for <see cref="TableCursor.Locator"/>.</param>
    public TableCursor Scan(IndexDefinition index, KeyRange range, int[] ordinals, RowDecoder decoder, SqlValue[] destination, bool backward = false, bool needsLocator = true)
    {
        IndexLayout layout = _layout.Find(index);
        bool covers = Covers(layout, ordinals);
        IStoreCursor cursor = needsLocator || !covers ? Connection.Scan(layout.Tree, range, backward) : Connection.ScanValues(layout.Tree, range, backward);
        return layout.IsRowStore
            ? new RowStoreCursor(cursor, decoder, destination, _largeValues)
            : new IndexCursor(this, layout, cursor, decoder, destination, covers);
    }

    /// <summary>
    /// Range of keys that start with <paramref name="prefix"/> (equality on the first key columns, NULL matching NULL) and whose next key column is within the bounds.
    /// Bounds are in the sense of the values also for a descending column, of the column's type. A bound excludes NULL unless <paramref name="includeNull"/>.
    /// </summary>
    public KeyRange Range(
        IndexDefinition index, ReadOnlySpan<SqlValue> prefix, SqlValue? lower = null, bool lowerInclusive = true, SqlValue? upper = null, bool upperInclusive = true,
        bool includeNull = false) =>
        KeyRanges.Of(_layout.Find(index), prefix, lower, lowerInclusive, upper, upperInclusive, includeNull);

    /// <summary>Whether all the columns can be read from the index alone.</summary>
    public bool Covers(IndexDefinition index, ReadOnlySpan<int> ordinals) => Covers(_layout.Find(index), ordinals);

    private static bool Covers(IndexLayout index, ReadOnlySpan<int> ordinals)
    {
        if (index.IsRowStore)
        {
            return true;
        }

        foreach (int ordinal in ordinals)
        {
            if (Array.IndexOf(index.CoveredOrdinals, ordinal) < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What reads the given columns of this table's rows into the given elements. Holds as long as the table's definition.</summary>
    public RowDecoder Decoder(int[] ordinals, int[]? targets) => new(ordinals.Select((ordinal, i) => new RowDecoder.Slot(
        Table.Columns[ordinal].ColumnId,
        targets is null ? i : targets[i],
        Table.Columns[ordinal].Type,
        Options.MissingValues is { } missing ? missing[ordinal] : SqlValue.Null)));

    private sealed class RowStoreCursor(IStoreCursor cursor, RowDecoder decoder, SqlValue[] destination, LargeValues largeValues) : TableCursor
    {
        public override bool MoveNext()
        {
            if (!cursor.MoveNext())
            {
                return false;
            }

            decoder.Decode(cursor.Value, destination, largeValues);
            return true;
        }

        public override ReadOnlySpan<byte> Locator => cursor.Key;

        public override void Dispose() => cursor.Dispose();
    }

    private sealed class IndexCursor(TableAccess owner, IndexLayout index, IStoreCursor cursor, RowDecoder decoder, SqlValue[] destination, bool covers) : TableCursor
    {
        private int _locatorStart, _locatorLength;

        public override bool MoveNext()
        {
            while (cursor.MoveNext())
            {
                ReadOnlySpan<byte> value = cursor.Value;
                int position = 0;
                _locatorLength = (int)RowCodec.ReadVarint(value, ref position);
                _locatorStart = position;
                if (index.IsUnique)
                {
                    position += _locatorLength;
                }

                if (covers)
                {
                    decoder.Decode(value[position..], destination, owner._largeValues);
                    return true;
                }

                // The row can be gone when the statement itself has deleted it after the scan began.
                if (owner.Fetch(Locator.ToArray(), decoder, destination))
                {
                    return true;
                }
            }

            return false;
        }

        public override ReadOnlySpan<byte> Locator => index.IsUnique ? cursor.Value.Slice(_locatorStart, _locatorLength) : cursor.Key[^_locatorLength..];

        public override void Dispose() => cursor.Dispose();
    }
}

/// <summary>A running scan. Each row's columns are in the destination given to <see cref="TableAccess.Scan"/>.</summary>
internal abstract class TableCursor : IDisposable
{
    public abstract bool MoveNext();

    /// <summary>Locator of the current row; valid until the next <see cref="MoveNext"/>.</summary>
    public abstract ReadOnlySpan<byte> Locator { get; }

    public abstract void Dispose();
}
