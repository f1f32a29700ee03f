using NinaDB.Engine.Catalog;
using NinaDB.Engine.Cdc;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Operators;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>
/// The changes that one statement makes to one table: every row is completed, checked and stored as it comes; what concerns the statement as a whole (references
/// from and to other rows, triggers) follows in <see cref="Finish"/>.
/// </summary>
internal sealed class RowChanges : IDisposable
{
    private readonly BatchExecution _run;
    private readonly EngineSession _session;
    private readonly TableWriter _writer;
    private readonly TableAccess _access;

    /// <summary>What the statement reads of the table; null where nobody asks.</summary>
    private readonly TableReads? _reads;
    private readonly string _statement;
    private readonly bool _needsContext;
    private readonly ExecutionContext _context;
    private readonly bool _keepsInserted;
    private readonly bool _keepsDeleted;
    private readonly bool _keepsUpdates;
    private readonly List<SqlValue[]> _inserted = [];
    private readonly List<SqlValue[]> _deleted = [];
    private readonly List<SqlValue[]> _updatedOld = [];
    private readonly List<SqlValue[]> _updatedNew = [];
    private readonly ChangeCapture[] _captures;
    private readonly HistoryWriter? _history;
    private readonly int _cascadeDepth;
    private decimal? _lastIdentity;
    private bool _saysDuplicates;

    public RowChanges(BatchExecution run, TableWriter writer, TableDefinition table, DmlKind kind, int cascadeDepth = 0, string? statement = null)
    {
        _run = run;
        _session = run.Session;
        _writer = writer;
        _access = writer.Access(_session, table);
        _reads = _session.Reads?.Of(table);
        Table = table;
        _cascadeDepth = cascadeDepth;
        _statement = statement ?? kind switch { DmlKind.Insert => "INSERT", DmlKind.Update => "UPDATE", DmlKind.Delete => "DELETE", _ => "MERGE" };
        _needsContext = writer.Computed.Length > 0 || writer.Checks.Length > 0 || writer.Rules.Length > 0;
        _context = new ExecutionContext(_session, new VariableFrame(0), writer.RegisterCount, run.Cancellation);
        _captures = ChangeCapture.Begin(_session, writer.Captures);
        _history = HistoryWriter.For(_session, table);
        bool selfReference = writer.References.Any(r => r.IsSelfReference);
        _keepsInserted = selfReference || writer.HasAfter(DmlKind.Insert) || writer.Views.Length > 0;
        _keepsDeleted = writer.Views.Length > 0 || writer.ReferencedBy.Length > 0 || writer.ConnectedBy.Length > 0 || writer.HasAfter(DmlKind.Delete);
        _keepsUpdates = writer.Views.Length > 0 || writer.ReferencedBy.Length > 0 || selfReference || writer.HasAfter(DmlKind.Update);
    }

    public TableDefinition Table { get; }

    public TableWriter Writer => _writer;

    public long Count { get; private set; }

    /// <summary>Condition of the view through which rows are written.</summary>
    public ViewCheck? Check { get; set; }

    /// <summary>CHECK and FOREIGN KEY constraints are not looked at: a bulk load without CHECK_CONSTRAINTS.</summary>
    public bool SkipsConstraints { get; set; }

    /// <summary>Ordinals that UPDATE sets, for UPDATE() in triggers.</summary>
    public IReadOnlySet<int> UpdatedColumns { get; set; } = new HashSet<int>();

    /// <summary>What a foreign key does to the rows that refer to a changed one passes every block predicate.</summary>
    private bool IsCascade => _cascadeDepth > 0;

    /// <summary>Context for defaults.</summary>
    public ExecutionContext Context => _context;

    /// <summary>
    /// Stores a row whose given columns are filled in; the others (false in <paramref name="given"/>) get defaults, identity values and row versions here.
    /// False when IGNORE_DUP_KEY turned it away.
    /// </summary>
    public bool Insert(SqlValue[] row, bool[] given)
    {
        for (int i = 0; i < row.Length; i++)
        {
            if (given[i])
            {
                if (i == _writer.IdentityOrdinal)
                {
                    NoteExplicitIdentity(row[i]);
                }

                continue;
            }

            if (i == _writer.IdentityOrdinal)
            {
                Int128 value = _session.NextIdentity(Table, Table.Columns[i]);
                row[i] = EngineSession.IntegerValue(value, Table.Columns[i].Type);
                _lastIdentity = (decimal)value;
            }
            else if (i == _writer.RowVersionOrdinal)
            {
                row[i] = _session.NextRowVersion();
            }
            else
            {
                row[i] = _writer.DefaultOf(i) is { } value ? value(_context) : SqlValue.Null;
            }
        }

        _writer.Graph?.Settle(_session, row, given);
        _history?.Stamp(row);
        return Store(row);
    }

    /// <summary>A row that failed while its values were made had taken its identity value already.</summary>
    public void WasteIdentity()
    {
        if (_writer.IdentityOrdinal >= 0 && _session.IdentityInsertTableId != Table.ObjectId)
        {
            _session.NextIdentity(Table, Table.Columns[_writer.IdentityOrdinal]);
        }
    }

    /// <summary>Stores a row of a table-valued parameter: one value a column, identity and computed columns filled here.</summary>
    public void InsertGiven(SqlValue[] source)
    {
        var row = new SqlValue[Table.Columns.Length];
        var given = new bool[row.Length];
        for (int i = 0; i < row.Length && i < source.Length; i++)
        {
            given[i] = i != _writer.IdentityOrdinal && i != _writer.RowVersionOrdinal && !Table.Columns[i].IsComputed;
            row[i] = source[i];
        }

        Insert(row, given);
    }

    private void NoteExplicitIdentity(SqlValue value)
    {
        if (value.IsNull)
        {
            return;
        }

        Int128 number = value.Kind is SqlTypeId.Decimal or SqlTypeId.Numeric ? (Int128)value.AsDecimal.Value : value.AsInt64;
        _session.NoteIdentity(Table, Table.Columns[_writer.IdentityOrdinal], number);
        _lastIdentity = (decimal)number;
    }

    /// <summary>Error 3906 for rows of a database that is set READ_ONLY.</summary>
    private void RequireWritable()
    {
        if (_writer.IsReadOnly)
        {
            throw SqlErrors.Create(3906, _writer.DatabaseName);
        }
    }

    private bool Store(SqlValue[] row)
    {
        RequireWritable();
        if (_needsContext)
        {
            _writer.Compute(_context, row);
        }

        _writer.Validate(_context, row, _statement, _writer.DatabaseName, SkipsConstraints);
        _writer.RequireRules(_context, null);
        Check?.Require(_session, row);
        if (_writer.AfterInsert.Length == 0)
        {
            RequireParents(row);
        }

        long reads = _reads?.Begin(_access.Connection) ?? 0;
        byte[]? stored = _access.Insert(row);
        _reads?.End(_access.Connection, reads);
        if (stored is null)
        {
            if (!_saysDuplicates)
            {
                // Once a statement, however many rows were turned away.
                _saysDuplicates = true;
                _run.SendMessage(SqlErrors.Create(3604).Error);
            }

            return false;
        }

        foreach (ChangeCapture capture in _captures)
        {
            capture.Insert(row);
        }

        if (_writer.AfterInsert.Length > 0)
        {
            // Policies judge before references: who may not hang a row on somebody's must not learn from error 547 that there is nobody.
            _writer.RequireAdmitted(_context, _writer.AfterInsert, row);
            RequireParents(row);
        }

        Count++;
        if (_keepsInserted)
        {
            _inserted.Add(row.AsSpan().ToArray());
        }

        return true;
    }

    /// <summary>Completes and checks the new version of a row; <see cref="Update"/> stores a set of them.</summary>
    /// <param name="set">Columns that the statement sets: their rules judge the new values.</param>
    public void PrepareUpdate(SqlValue[] old, SqlValue[] row, IReadOnlySet<int> set)
    {
        RequireWritable();
        if (!IsCascade)
        {
            _writer.RequireAdmitted(_context, _writer.BeforeUpdate, old);
        }

        if (_writer.RowVersionOrdinal >= 0)
        {
            row[_writer.RowVersionOrdinal] = _session.NextRowVersion();
        }

        _history?.Stamp(row);
        if (_needsContext)
        {
            _writer.Compute(_context, row);
        }

        _writer.Validate(_context, row, _statement, _writer.DatabaseName);
        _writer.RequireRules(_context, set);
        Check?.Require(_session, row);
        if (IsCascade || _writer.AfterUpdate.Length == 0)
        {
            RequireParents(old, row);
        }
    }

    private void RequireParents(SqlValue[] row)
    {
        foreach (ForeignKeyCheck reference in _writer.References)
        {
            if (!SkipsConstraints && !reference.IsSelfReference && !reference.HasParent(_session, row))
            {
                throw reference.NoParent(_session, _statement);
            }
        }

        foreach (EdgeConstraintCheck connection in _writer.Connections)
        {
            if (!connection.Admits(_session, row))
            {
                throw connection.NotConnected(_session, _statement);
            }
        }
    }

    private void RequireParents(SqlValue[] old, SqlValue[] row)
    {
        foreach (ForeignKeyCheck reference in _writer.References)
        {
            if (!reference.IsSelfReference && Differs(old, row, reference.ChildOrdinals, Table) && !reference.HasParent(_session, row))
            {
                throw reference.NoParent(_session, _statement);
            }
        }
    }

    /// <summary>Stores prepared updates as one change.</summary>
    public void Update(List<RowUpdate> updates)
    {
        // Before the rows change: large values that go are still there to be read.
        foreach (ChangeCapture capture in _captures)
        {
            capture.Update(updates);
        }

        if (_history is not null)
        {
            updates.ForEach(u => _history.Keep(u.Old));
        }

        long reads = _reads?.Begin(_access.Connection) ?? 0;
        if (updates.Count == 1)
        {
            RowUpdate update = updates[0];
            _access.Update(update.Locator, update.Old, update.New);
        }
        else if (updates.Count > 1)
        {
            _access.Update(updates);
        }

        _reads?.End(_access.Connection, reads);
        if (!IsCascade && _writer.AfterUpdate.Length > 0)
        {
            foreach (RowUpdate update in updates)
            {
                _writer.RequireAdmitted(_context, _writer.AfterUpdate, update.New);
                RequireParents(update.Old, update.New);
            }
        }

        Count += updates.Count;
        if (_keepsUpdates)
        {
            foreach (RowUpdate update in updates)
            {
                _updatedOld.Add(update.Old);
                _updatedNew.Add(update.New);
            }
        }
    }

    /// <summary>Deletes what a scan would find, without reading it. False when somebody needs to know the rows: nothing has been done then.</summary>
    public bool TryDelete(TableScanNode scan, ExecutionContext context)
    {
        // In a database that is read-only it matters whether there are rows at all; STATISTICS IO tells of the rows that are found.
        if (!_access.CanDeleteRanges || _writer.IsReadOnly || _reads is not null)
        {
            return false;
        }

        foreach (KeyRange range in scan.Ranges(_access, context))
        {
            Count += _access.DeleteRange(range);
        }

        return true;
    }

    public void Delete(byte[] locator, SqlValue[] row)
    {
        RequireWritable();
        if (!IsCascade)
        {
            _writer.RequireAdmitted(_context, _writer.BeforeDelete, row);
        }

        foreach (ChangeCapture capture in _captures)
        {
            capture.Delete(row);
        }

        _history?.Keep(row);
        long reads = _reads?.Begin(_access.Connection) ?? 0;
        _access.Delete(locator, row);
        _reads?.End(_access.Connection, reads);
        Count++;
        if (_keepsDeleted)
        {
            _deleted.Add(row);
        }
    }

    /// <summary>What the statement as a whole has to satisfy: references, cascades, then AFTER triggers.</summary>
    /// <param name="kinds">Actions whose triggers fire (also when no row was changed).</param>
    public void Finish(params ReadOnlySpan<DmlKind> kinds)
    {
        if (_lastIdentity is not null)
        {
            _session.LastIdentity = _lastIdentity;
            _session.ScopeIdentity = _lastIdentity;
        }
        else if (Count > 0 && _writer.IdentityOrdinal < 0 && kinds is [DmlKind.Insert])
        {
            // An insert into a table without an identity column.
            _session.LastIdentity = null;
        }

        // Before cascades: each table's changes are carried over while the others still are what the views know of them.
        foreach (IndexedViewPlan view in _writer.Views)
        {
            view.Apply(_run, [.. _deleted, .. _updatedOld], [.. _inserted, .. _updatedNew]);
        }

        foreach (ForeignKeyCheck reference in _writer.ReferencedBy)
        {
            foreach (SqlValue[] row in _deleted)
            {
                ParentChanged(reference, row, null);
            }

            for (int i = 0; i < _updatedOld.Count; i++)
            {
                if (Differs(_updatedOld[i], _updatedNew[i], reference.ParentOrdinals, Table))
                {
                    ParentChanged(reference, _updatedOld[i], _updatedNew[i]);
                }
            }
        }

        if (_deleted.Count > 0)
        {
            NodesDeleted();
        }

        foreach (ForeignKeyCheck reference in _writer.References)
        {
            if (!reference.IsSelfReference || SkipsConstraints)
            {
                continue;
            }

            foreach (SqlValue[] row in _inserted)
            {
                if (!reference.HasParent(_session, row))
                {
                    throw reference.NoParent(_session, _statement);
                }
            }

            for (int i = 0; i < _updatedNew.Count; i++)
            {
                if (Differs(_updatedOld[i], _updatedNew[i], reference.ChildOrdinals, Table) && !reference.HasParent(_session, _updatedNew[i]))
                {
                    throw reference.NoParent(_session, _statement);
                }
            }
        }

        if (_writer.Triggers.Length == 0)
        {
            return;
        }

        foreach (DmlKind kind in kinds)
        {
            if (!_writer.HasAfter(kind))
            {
                continue;
            }

            (List<SqlValue[]> inserted, List<SqlValue[]> deleted) = kind switch
            {
                DmlKind.Insert => (_inserted, []),
                DmlKind.Update => (_updatedNew, _updatedOld),
                _ => ([], _deleted),
            };
            TriggerRunner.RunAfter(_run, _writer, kind, inserted, deleted, UpdatedColumns, Count);
        }
    }

    /// <summary>A parent row went (or got another key): does what the foreign key says with the rows that refer to it.</summary>
    private void ParentChanged(ForeignKeyCheck reference, SqlValue[] old, SqlValue[]? row)
    {
        var action = row is null ? reference.Key.OnDelete : reference.Key.OnUpdate;
        if (action == Syntax.Ast.ReferentialAction.NoAction)
        {
            // Another row of the same statement may have taken over the key.
            if (reference.FindChildren(_session, old, onlyOne: true).Count > 0 && !StillExists(reference, old))
            {
                throw reference.HasChildren(_session, _statement);
            }

            return;
        }

        List<(byte[] Locator, SqlValue[] Row)> children = reference.FindChildren(_session, old, onlyOne: false);
        if (children.Count == 0)
        {
            return;
        }

        if (_cascadeDepth >= BatchExecution.MaximumNesting)
        {
            throw SqlErrors.Create(217);
        }

        TableWriter writer = TableWriter.For(_session, reference.Child);
        bool deletes = row is null && action == Syntax.Ast.ReferentialAction.Cascade;
        _session.TouchTable(reference.Child);
        using var changes = new RowChanges(_run, writer, reference.Child, deletes ? DmlKind.Delete : DmlKind.Update, _cascadeDepth + 1, _statement);
        if (deletes)
        {
            foreach ((byte[] locator, SqlValue[] child) in children)
            {
                changes.Delete(locator, child);
            }

            changes.Finish(DmlKind.Delete);
            return;
        }

        var updates = new List<RowUpdate>(children.Count);
        var set = reference.ChildOrdinals.ToHashSet();
        foreach ((byte[] locator, SqlValue[] child) in children)
        {
            SqlValue[] changed = child.AsSpan().ToArray();
            for (int i = 0; i < reference.ChildOrdinals.Length; i++)
            {
                int ordinal = reference.ChildOrdinals[i];
                changed[ordinal] = action switch
                {
                    Syntax.Ast.ReferentialAction.Cascade => row![reference.ParentOrdinals[i]],
                    Syntax.Ast.ReferentialAction.SetDefault => writer.DefaultOf(ordinal) is { } value ? value(changes.Context) : SqlValue.Null,
                    _ => SqlValue.Null,
                };
            }

            changes.PrepareUpdate(child, changed, set);
            updates.Add(new RowUpdate(locator, child, changed));
        }

        changes.UpdatedColumns = set;
        changes.Update(updates);
        changes.Finish(DmlKind.Update);
    }

    /// <summary>Nodes went: edges under a constraint forbid it or go with them. A cascade fires no trigger of the edge table.</summary>
    private void NodesDeleted()
    {
        foreach (EdgeConstraintCheck connection in _writer.ConnectedBy)
        {
            if (connection.Constraint.OnDelete == Syntax.Ast.ReferentialAction.NoAction && connection.FindEdges(_session, Table, _deleted, onlyOne: true).Count > 0)
            {
                throw connection.HasEdges(_session, _statement);
            }
        }

        foreach (EdgeConstraintCheck connection in _writer.ConnectedBy)
        {
            if (connection.Constraint.OnDelete != Syntax.Ast.ReferentialAction.Cascade)
            {
                continue;
            }

            _session.TouchTable(connection.Edge);
            using var changes = new RowChanges(_run, TableWriter.For(_session, connection.Edge), connection.Edge, DmlKind.Delete, _cascadeDepth + 1);
            foreach ((byte[] locator, SqlValue[] edge) in connection.FindEdges(_session, Table, _deleted, onlyOne: false))
            {
                changes.Delete(locator, edge);
            }

            changes.Finish();
        }
    }

    private bool StillExists(ForeignKeyCheck reference, SqlValue[] old)
    {
        var asChild = new SqlValue[reference.Child.Columns.Length];
        for (int i = 0; i < reference.ChildOrdinals.Length; i++)
        {
            asChild[reference.ChildOrdinals[i]] = old[reference.ParentOrdinals[i]];
        }

        return reference.HasParent(_session, asChild);
    }

    internal static bool Differs(SqlValue[] old, SqlValue[] row, int[] ordinals, TableDefinition table)
    {
        foreach (int ordinal in ordinals)
        {
            if (old[ordinal].IsNull != row[ordinal].IsNull
                || (!old[ordinal].IsNull && !SqlComparer.Equals(old[ordinal], row[ordinal], table.Columns[ordinal].Type)))
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose()
    {
        if (Count > 0)
        {
            _session.Database.Statistics.NoteModified(Table.ObjectId, Count);
        }
    }
}
