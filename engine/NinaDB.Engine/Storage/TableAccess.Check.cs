using NinaDB.Engine.Catalog;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Storage;

/// <summary>Checking that a table and everything that hangs on it agree (DBCC CHECKTABLE).</summary>
internal sealed partial class TableAccess
{
    /// <summary>What is wrong, in one sentence each; nothing when all is well. Filtered indexes need <see cref="TableAccessOptions.Filter"/>.</summary>
    public IReadOnlyList<string> Check()
    {
        var problems = new List<string>();
        var large = new List<(StoredForm Form, byte[] Reference)>();
        var expected = new Dictionary<byte[], byte[]>[_layout.Indexes.Length];
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] = new Dictionary<byte[], byte[]>(Vectors.HnswIndex.LocatorComparer.Instance);
        }

        var withVector = new long[_layout.VectorIndexes.Length];
        long rows = 0;
        foreach ((byte[] locator, byte[] encoded, SqlValue[] row) in Rows(AllOrdinals))
        {
            rows++;
            CheckRow(locator, encoded, row, expected, large, problems);
            for (int i = 0; i < withVector.Length; i++)
            {
                withVector[i] += row[_layout.VectorIndexes[i].Ordinal].IsNull ? 0 : 1;
            }
        }

        if (rows != RowCount)
        {
            problems.Add($"{_objectName} has {rows} rows, recorded are {RowCount}.");
        }

        for (int i = 0; i < expected.Length; i++)
        {
            CheckIndex(_layout.Indexes[i], expected[i], problems);
        }

        for (int i = 0; i < withVector.Length; i++)
        {
            VectorIndexLayout index = _layout.VectorIndexes[i];
            int found = VectorIndex(index).Count(Connection);
            if (found != withVector[i])
            {
                problems.Add($"Vector index {index.Definition.Name} of {_objectName} has {found} rows instead of {withVector[i]}.");
            }
        }

        problems.AddRange(large.Where(l => !_largeValues.Exists(l.Form, l.Reference)).Select(_ => $"{_objectName} refers to a large value that is not there."));
        return problems;
    }

    private void CheckRow(
        byte[] locator, byte[] encoded, SqlValue[] row, Dictionary<byte[], byte[]>[] expected, List<(StoredForm Form, byte[] Reference)> large, List<string> problems)
    {
        var scanner = new RowScanner(encoded);
        while (scanner.MoveNext())
        {
            if (scanner.Form >= StoredForm.Large)
            {
                large.Add((scanner.Form, scanner.Payload.ToArray()));
            }
        }

        if (!_layout.IsHeap && !SameClusteredKey(locator, row))
        {
            problems.Add($"A row of {_objectName} is stored under another key than its own.");
        }

        for (int i = 0; i < expected.Length; i++)
        {
            if (Belongs(i, row))
            {
                WriteEntryKey(_layout.Indexes[i], row, locator);
                WriteEntryValue(_layout.Indexes[i], row, locator, encoded);
                if (!expected[i].TryAdd(_key.ToArray(), _entry.ToArray()))
                {
                    problems.Add($"Two rows of {_objectName} have one key in index {_layout.Indexes[i].Definition.Name}.");
                }
            }
        }
    }

    private void CheckIndex(IndexLayout index, Dictionary<byte[], byte[]> expected, List<string> problems)
    {
        long entries = 0;
        using IStoreCursor cursor = Connection.Scan(index.Tree, KeyRange.All);
        while (cursor.MoveNext())
        {
            entries++;
            if (!expected.Remove(cursor.Key.ToArray(), out byte[]? entry))
            {
                problems.Add($"Index {index.Definition.Name} of {_objectName} has an entry without a row.");
            }
            else if (!cursor.Value.SequenceEqual(entry))
            {
                problems.Add($"An entry of index {index.Definition.Name} of {_objectName} differs from its row.");
            }
        }

        if (expected.Count > 0)
        {
            problems.Add($"{expected.Count} rows of {_objectName} are missing from index {index.Definition.Name}.");
        }

        if (entries != Connection.EstimateCount(index.Tree))
        {
            problems.Add($"Index {index.Definition.Name} of {_objectName} has {entries} entries, recorded are {Connection.EstimateCount(index.Tree)}.");
        }
    }
}
