using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace NinaDB.Engine.Storage;

/// <summary>Trees and their entries.</summary>
internal sealed unsafe partial class SqliteStoreConnection
{
    /// <summary>Trees whose statements stay prepared.</summary>
    private const int MaximumPreparedTrees = 300;

    /// <summary>Address for zero-length blobs: SQLite takes a null pointer for NULL.</summary>
    private static readonly byte[] Empty = GC.AllocateArray<byte>(1, pinned: true);

    private readonly Dictionary<int, TreeStatements> _trees = [];
    private TreeStatements? _lastTree;
    private int _openCursors;

    /// <summary>Changes of entry counts in this transaction; entries after a mark belong to that savepoint.</summary>
    private readonly List<(int Tree, long Change)> _counts = [];

    private readonly List<int> _countMarks = [];

    public int CreateTree()
    {
        EnsureWritable();
        int tree = _store.NextTree((int)CountOf(0));
        _store.Execute(_db, SqliteStore.TreeSql(tree) + string.Create(CultureInfo.InvariantCulture, $"; UPDATE trees SET entries={tree} WHERE id=0"));
        return tree;
    }

    public void DropTree(int tree)
    {
        EnsureWritable();
        Forget(tree);
        _store.ForgetSize(tree);
        _store.Execute(_db, string.Create(CultureInfo.InvariantCulture, $"DROP TABLE t{tree}; DELETE FROM trees WHERE id={tree}"));
        _store.VectorIndexes.TreeChanged(tree, this);
    }

    public void ClearTree(int tree)
    {
        EnsureWritable();
        long count = EstimateCount(tree);
        _store.Execute(_db, string.Create(CultureInfo.InvariantCulture, $"DELETE FROM t{tree}"));
        AddCount(tree, -count);
        _store.VectorIndexes.TreeChanged(tree, this);
    }

    public bool TryGet(int tree, ReadOnlySpan<byte> key, out byte[] value)
    {
        EnsureSnapshot();
        nint statement = Statements(tree).Get;
        fixed (byte* k = key)
        {
            Bind(statement, 1, k, key.Length);
            int code = SqliteNative.sqlite3_step(statement);
            if (code == SqliteNative.Row)
            {
                value = new ReadOnlySpan<byte>(SqliteNative.sqlite3_column_blob(statement, 0), SqliteNative.sqlite3_column_bytes(statement, 0)).ToArray();
                _ = SqliteNative.sqlite3_reset(statement);
                return true;
            }

            if (code != SqliteNative.Done)
            {
                Fail(code, statement);
            }
        }

        _ = SqliteNative.sqlite3_reset(statement);
        value = [];
        return false;
    }

    public bool TryInsert(int tree, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        EnsureWritable();
        if (!Write(Statements(tree).Insert, key, value))
        {
            return false;
        }

        AddCount(tree, 1);
        return true;
    }

    public bool TryUpdate(int tree, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        EnsureWritable();
        return Write(Statements(tree).Update, key, value);
    }

    public void Put(int tree, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        EnsureWritable();
        TreeStatements statements = Statements(tree);
        if (!Write(statements.Update, key, value))
        {
            Write(statements.Insert, key, value);
            AddCount(tree, 1);
        }
    }

    public bool Delete(int tree, ReadOnlySpan<byte> key)
    {
        EnsureWritable();
        nint statement = Statements(tree).Delete;
        fixed (byte* k = key)
        {
            Bind(statement, 1, k, key.Length);
            Run(statement);
        }

        if (SqliteNative.sqlite3_changes(_db) == 0)
        {
            return false;
        }

        AddCount(tree, -1);
        return true;
    }

    public long DeleteRange(int tree, KeyRange range)
    {
        EnsureWritable();
        nint statement = Statements(tree).DeleteRange(ScanShape.Of(range, backward: false));
        BindRange(statement, range);
        Run(statement);
        long count = SqliteNative.sqlite3_changes(_db);
        if (count > 0)
        {
            AddCount(tree, -count);
        }

        return count;
    }

    /// <summary>Binds the bounds as <see cref="ScanShape"/> writes them.</summary>
    private static void BindRange(nint statement, KeyRange range)
    {
        if (range.Lower is { } lower)
        {
            BindCopy(statement, 1, lower);
        }

        if (range.Upper is { } upper && !ReferenceEquals(range.Lower, upper))
        {
            BindCopy(statement, 2, upper);
        }
    }

    private static void BindCopy(nint statement, int index, byte[] bytes)
    {
        const nint transient = -1;
        fixed (byte* pointer = bytes.Length == 0 ? Empty : bytes)
        {
            _ = SqliteNative.sqlite3_bind_blob64(statement, index, pointer, (ulong)bytes.Length, transient);
        }
    }

    /// <summary>Runs an INSERT OR IGNORE or UPDATE and tells whether it changed an entry.</summary>
    private bool Write(nint statement, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* k = key, v = value)
        {
            Bind(statement, 1, k, key.Length);
            Bind(statement, 2, v, value.Length);
            Run(statement);
        }

        return SqliteNative.sqlite3_changes(_db) != 0;
    }

    public IStoreCursor Scan(int tree, KeyRange range, bool backward = false) => Scan(tree, range, ScanShape.Of(range, backward));

    public IStoreCursor ScanValues(int tree, KeyRange range, bool backward = false) => Scan(tree, range, ScanShape.Of(range, backward) + ScanShape.ValuesOnly);

    private SqliteCursor Scan(int tree, KeyRange range, int shape)
    {
        EnsureSnapshot();
        TreeStatements statements = Statements(tree);
        if (!statements.Scans[shape].TryPop(out SqliteCursor? cursor))
        {
            nint statement = _store.Prepare(_db, ScanShape.Sql(tree, shape), SqliteNative.PreparePersistent);
            cursor = new SqliteCursor(this, statement, statements.Scans[shape], shape >= ScanShape.ValuesOnly);
        }

        cursor.Start(range);
        _openCursors++;
        return cursor;
    }

    public long EstimateCount(int tree)
    {
        EnsureSnapshot();
        return CountOf(tree);
    }

    private long CountOf(int tree)
    {
        _ = SqliteNative.sqlite3_bind_int64(_readCount, 1, tree);
        int code = SqliteNative.sqlite3_step(_readCount);
        if (code is not (SqliteNative.Row or SqliteNative.Done))
        {
            Fail(code, _readCount);
        }

        long count = code == SqliteNative.Row ? SqliteNative.sqlite3_column_int64(_readCount, 0) : 0;
        _ = SqliteNative.sqlite3_reset(_readCount);
        foreach ((int changed, long change) in _counts)
        {
            count += changed == tree ? change : 0;
        }

        return count;
    }

    public long AllocateNumber(int tree)
    {
        EnsureWritable();
        return _store.AllocateNumber(tree, this);
    }

    /// <summary>The 8-byte prefix of the greatest key of a tree, 0 when it is empty.</summary>
    internal long HighestNumber(int tree)
    {
        using IStoreCursor cursor = Scan(tree, KeyRange.All, backward: true);
        return cursor.MoveNext() && cursor.Key.Length >= 8 ? BinaryPrimitives.ReadInt64BigEndian(cursor.Key) : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Bind(nint statement, int index, byte* bytes, int length)
    {
        if (length == 0)
        {
            bytes = (byte*)Unsafe.AsPointer(ref Empty[0]);
        }

        _ = SqliteNative.sqlite3_bind_blob64(statement, index, bytes, (ulong)length, SqliteNative.Static);
    }

    public TreeSize? SizeOf(int tree) => _store.SizeOf(tree);

    private void AddCount(int tree, long change)
    {
        Statements(tree).Size.Add(change);
        NoteCount(tree, change);
    }

    private void NoteCount(int tree, long change)
    {
        int from = _countMarks.Count == 0 ? 0 : _countMarks[^1];
        for (int i = _counts.Count - 1; i >= from; i--)
        {
            if (_counts[i].Tree == tree)
            {
                _counts[i] = (tree, _counts[i].Change + change);
                return;
            }
        }

        _counts.Add((tree, change));
    }

    private void RollbackCounts(int savepoint)
    {
        int mark = _countMarks[savepoint - 1];
        UndoSizes(mark);
        _counts.RemoveRange(mark, _counts.Count - mark);
        _countMarks.RemoveRange(savepoint, _countMarks.Count - savepoint);
    }

    /// <summary>Hands the changes of a released savepoint to the enclosing one.</summary>
    private void MergeCounts(int savepoint)
    {
        int mark = _countMarks[savepoint - 1];
        _countMarks.RemoveRange(savepoint - 1, _countMarks.Count - savepoint + 1);
        Span<(int Tree, long Change)> own = _counts.Count - mark <= 8 ? stackalloc (int, long)[_counts.Count - mark] : new (int, long)[_counts.Count - mark];
        for (int i = 0; i < own.Length; i++)
        {
            own[i] = _counts[mark + i];
        }

        _counts.RemoveRange(mark, own.Length);
        foreach ((int tree, long change) in own)
        {
            NoteCount(tree, change);
        }
    }

    /// <summary>Takes back what changes that are undone have added to the sizes of trees.</summary>
    private void UndoSizes(int mark)
    {
        for (int i = mark; i < _counts.Count; i++)
        {
            _store.SizeOf(_counts[i].Tree).Add(-_counts[i].Change);
        }
    }

    /// <summary>Writes the changes of entry counts into the trees table, last thing before the commit.</summary>
    private void FlushCounts()
    {
        for (int i = 0; i < _counts.Count; i++)
        {
            (int tree, long change) = _counts[i];
            if (change != 0)
            {
                _ = SqliteNative.sqlite3_bind_int64(_addCount, 1, tree);
                _ = SqliteNative.sqlite3_bind_int64(_addCount, 2, change);
                Run(_addCount);
            }
        }

        _counts.Clear();
    }

    private TreeStatements Statements(int tree)
    {
        if (_lastTree is { } last && last.Tree == tree)
        {
            return last;
        }

        if (!_trees.TryGetValue(tree, out TreeStatements? statements))
        {
            if (_trees.Count >= MaximumPreparedTrees && _openCursors == 0)
            {
                FinalizeTrees();
            }

            statements = new TreeStatements(_store, _db, tree);
            _trees.Add(tree, statements);
        }

        return _lastTree = statements;
    }

    private void Forget(int tree)
    {
        if (_trees.Remove(tree, out TreeStatements? statements))
        {
            statements.Dispose();
            _lastTree = null;
        }
    }

    private void FinalizeTrees()
    {
        foreach (TreeStatements statements in _trees.Values)
        {
            statements.Dispose();
        }

        _trees.Clear();
        _lastTree = null;
    }

    /// <summary>The prepared statements of one tree, made when first needed.</summary>
    private sealed class TreeStatements(SqliteStore store, nint db, int tree) : IDisposable
    {
        private nint _get, _insert, _update, _delete;

        public int Tree => tree;

        public CountedTreeSize Size { get; } = store.SizeOf(tree);

        public nint Get => _get != 0 ? _get : _get = Prepare("SELECT v FROM t{0} WHERE k=?1");

        public nint Insert => _insert != 0 ? _insert : _insert = Prepare("INSERT OR IGNORE INTO t{0} VALUES(?1, ?2)");

        public nint Update => _update != 0 ? _update : _update = Prepare("UPDATE t{0} SET v=?2 WHERE k=?1");

        public nint Delete => _delete != 0 ? _delete : _delete = Prepare("DELETE FROM t{0} WHERE k=?1");

        /// <summary>By the shape of the range.</summary>
        private readonly Dictionary<int, nint> _deleteRanges = [];

        public nint DeleteRange(int shape)
        {
            if (!_deleteRanges.TryGetValue(shape, out nint statement))
            {
                statement = Prepare("DELETE FROM t{0}" + ScanShape.Condition(shape));
                _deleteRanges.Add(shape, statement);
            }

            return statement;
        }

        /// <summary>Idle cursors by shape.</summary>
        public Stack<SqliteCursor>[] Scans { get; } = [.. Enumerable.Range(0, ScanShape.Count).Select(_ => new Stack<SqliteCursor>(0))];

        private nint Prepare(string sql) => store.Prepare(db, string.Format(CultureInfo.InvariantCulture, sql, tree), SqliteNative.PreparePersistent);

        public void Dispose()
        {
            foreach (nint statement in (IEnumerable<nint>)[_get, _insert, _update, _delete, .. _deleteRanges.Values])
            {
                _ = SqliteNative.sqlite3_finalize(statement);
            }

            foreach (SqliteCursor cursor in Scans.SelectMany(s => s))
            {
                cursor.Destroy();
            }
        }
    }

    /// <summary>The kinds of range scans: lower bound (none, &gt;=, &gt;), upper bound (none, &lt;=, &lt;), direction; one for a single key; and the same again without keys.</summary>
    private static class ScanShape
    {
        public const int Single = 18;
        public const int ValuesOnly = 19;
        public const int Count = 2 * ValuesOnly;

        public static int Of(KeyRange range, bool backward)
        {
            if (range.Lower is not null && ReferenceEquals(range.Lower, range.Upper))
            {
                return Single;
            }

            int lower = range.Lower is null ? 0 : range.LowerInclusive ? 1 : 2;
            int upper = range.Upper is null ? 0 : range.UpperInclusive ? 1 : 2;
            return lower + upper * 3 + (backward ? 9 : 0);
        }

        public static string Sql(int tree, int shape)
        {
            string columns = shape >= ValuesOnly ? "v" : "k, v";
            shape %= ValuesOnly;
            string order = shape == Single ? "" : shape >= 9 ? " ORDER BY k DESC" : " ORDER BY k";
            return string.Create(CultureInfo.InvariantCulture, $"SELECT {columns} FROM t{tree}{Condition(shape)}{order}");
        }

        /// <summary>The WHERE clause of a shape (one that reads keys); empty for the whole tree.</summary>
        public static string Condition(int shape)
        {
            if (shape == Single)
            {
                return " WHERE k=?1";
            }

            string lower = (shape % 3) switch { 0 => "", 1 => "k>=?1", _ => "k>?1" };
            string upper = (shape / 3 % 3) switch { 0 => "", 1 => "k<=?2", _ => "k<?2" };
            return lower.Length + upper.Length == 0 ? "" : " WHERE " + lower + (lower.Length > 0 && upper.Length > 0 ? " AND " : "") + upper;
        }
    }

    /// <summary>A range scan; goes back to its tree's pool when disposed.</summary>
    private sealed class SqliteCursor(SqliteStoreConnection owner, nint statement, Stack<SqliteCursor> pool, bool hasNoKeys) : IStoreCursor
    {
        private nint _statement = statement;
        private bool _open, _atEnd;

        public void Start(KeyRange range)
        {
            _open = true;
            _atEnd = false;
            BindRange(_statement, range);
        }

        public bool MoveNext()
        {
            if (_atEnd)
            {
                return false;
            }

            int code = SqliteNative.sqlite3_step(_statement);
            if (code == SqliteNative.Row)
            {
                return true;
            }

            // Stepping a finished statement would start it again.
            _atEnd = true;
            if (code != SqliteNative.Done)
            {
                owner.Fail(code, _statement);
            }

            _ = SqliteNative.sqlite3_reset(_statement);
            return false;
        }

        public ReadOnlySpan<byte> Key => hasNoKeys ? throw new InvalidOperationException("The scan was begun without keys.") : Column(0);

        public ReadOnlySpan<byte> Value => Column(_valueColumn);

        private readonly int _valueColumn = hasNoKeys ? 0 : 1;

        private ReadOnlySpan<byte> Column(int index)
        {
            byte* bytes = SqliteNative.sqlite3_column_blob(_statement, index);
            return new ReadOnlySpan<byte>(bytes, SqliteNative.sqlite3_column_bytes(_statement, index));
        }

        public void Dispose()
        {
            if (!_open)
            {
                return;
            }

            _open = false;
            owner._openCursors--;
            _ = SqliteNative.sqlite3_reset(_statement);
            pool.Push(this);
        }

        public void Destroy()
        {
            _ = SqliteNative.sqlite3_finalize(_statement);
            _statement = 0;
        }
    }
}
