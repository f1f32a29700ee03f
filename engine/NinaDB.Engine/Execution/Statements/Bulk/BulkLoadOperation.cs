using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>
/// BULK INSERT from a file of text, CSV or native values, by its options or a format file. A row that does not fit is reported and skipped, up to MAXERRORS; checks and
/// foreign keys hold with CHECK_CONSTRAINTS and are distrusted without; triggers fire with FIRE_TRIGGERS.
/// </summary>
internal sealed class BulkLoadOperation(BulkInsertStatement statement) : CompiledOperation<ValueUnit>, IDataChange
{
    private const int CancellationInterval = 256;

    public override StatementKind StatementKind => StatementKind.Insert;

    /// <summary>What is wrong with the statement and its files terminates nothing.</summary>
    bool IDataChange.IsTerminatedBy(int number) => number is not (102 or 208 or 5339 or 12703 or (>= 4800 and < 4900));

    protected override ValueUnit Compile(UnitCompiler compiler) => new(QueryCompiler.CompileExpression(statement.File, compiler.Scope, SqlType.NVarChar(4000)));

    public override int Execute(BatchExecution run, Frame frame)
    {
        EngineSession session = run.Session;
        session.RefreshCatalog();
        ValueUnit unit = Prepare(run, frame);
        BulkOptions options = BulkOptions.Parse(statement.Options);
        string path = unit.Value(ContextFor(run, frame, unit)).AsString;
        TableDefinition target = Find(session);
        new PermissionCheck(session, frame.Routine).RequireBulkLoad();
        if (options.DataSource is { } dataSource)
        {
            throw SqlErrors.CreateWithState(12703, 2, dataSource);
        }

        if (!File.Exists(path))
        {
            throw SqlErrors.Create(4860, path);
        }

        long total = 0;
        using FileStream file = Open(path);
        BulkFormat? format = options.FormatFile is { } layout ? BulkFormat.Load(layout) : options.IsNative ? BulkNative.LayoutOf(target, FieldsOf(target), options.IsWide) : null;
        using StreamWriter? errors = OpenErrors(options);
        options.Validate();
        Announce(run, options, target);
        var state = new LoadState(run, options, errors, format);
        IBulkReader reader = format is null || options.IsCsv ? Text(run, file, options, format?.Fields.Length ?? FieldsOf(target).Length, path) : new BulkFileReader(file, format, options.Encoding, options.PrefersEncoding);
        bool isOver = false;
        while (!isOver)
        {
            StatementScope scope = session.BeginWriteStatement(StoreUse.Durable | StoreUse.Temporary | StoreUse.Variable, isAtomic: false, run.Cancellation);
            try
            {
                TableDefinition table = Find(session);
                new PermissionCheck(session, frame.Routine).Require(table, "INSERT");
                total += Load(state, reader, table, out isOver);
                if (!options.ChecksConstraints)
                {
                    Distrust(session, table);
                }
            }
            catch
            {
                session.FailStatement(scope);
                throw;
            }

            session.CompleteStatement(scope);
        }

        session.RowCount = total;
        run.SendDone(session.Options.NoCount || state.Count > 0 ? null : total);
        return Next;
    }

    internal static FileStream Open(string path)
    {
        try
        {
            return BulkFile.StreamOf(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SqlErrors.Create(4861, path, $"{e.HResult & 0xFFFF}({e.Message})");
        }
    }

    /// <summary>A reader of lines of text. A file's signature has the last word about its characters.</summary>
    internal static BulkTextReader Text(BatchExecution? run, FileStream file, BulkOptions options, int width, string path)
    {
        Span<byte> start = stackalloc byte[2];
        bool isWide = file.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start is [0xFF, 0xFE] or [0xFE, 0xFF];
        file.Position = 0;
        if (isWide != options.IsWide && file.Length > 0)
        {
            // The server says so twice.
            run?.SendMessage(SqlErrors.Create(isWide ? 4830 : 4831).Error);
            run?.SendMessage(SqlErrors.Create(isWide ? 4830 : 4831).Error);
        }

        return new BulkTextReader(new StreamReader(file, options.Encoding, detectEncodingFromByteOrderMarks: true), options, width, path);
    }

    /// <summary>Columns of the ORDER hint that the table does not have.</summary>
    private static void Announce(BatchExecution run, BulkOptions options, TableDefinition table)
    {
        foreach (string column in options.Order)
        {
            if (table.FindColumn(column) < 0)
            {
                run.SendMessage(SqlErrors.Create(4817, column).Error);
                return;
            }
        }
    }

    /// <summary>Rows came in that no constraint has seen: none is trusted until it is checked again.</summary>
    internal static void Distrust(EngineSession session, TableDefinition table)
    {
        if (table.Storage != TableStorageKind.Durable || !(table.Checks.Any(c => !c.IsDisabled && !c.IsNotTrusted) || table.ForeignKeys.Any(k => !k.IsDisabled && !k.IsNotTrusted)))
        {
            return;
        }

        using DatabaseScope database = session.In(table);
        new CatalogEditor(session).Put(table with
        {
            Checks = [.. table.Checks.Select(c => c.IsDisabled ? c : c with { IsNotTrusted = true })],
            ForeignKeys = [.. table.ForeignKeys.Select(k => k.IsDisabled ? k : k with { IsNotTrusted = true })],
        });
    }

    /// <summary>The file that takes the rows that do not fit; it must not exist.</summary>
    private static StreamWriter? OpenErrors(BulkOptions options)
    {
        if (options.ErrorFile is not { } path)
        {
            return null;
        }

        if (File.Exists(path))
        {
            throw SqlErrors.Create(4861, path, "80(The file exists.)");
        }

        try
        {
            return new StreamWriter(path, append: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SqlErrors.Create(4861, path, $"5({e.Message})");
        }
    }

    private TableDefinition Find(EngineSession session) => session.FindTable(statement.Table) ?? throw SqlErrors.Create(208, statement.Table.ToString());

    /// <summary>Every column that shows has a field; those of computed and rowversion columns are read and left out.</summary>
    private static int[] FieldsOf(TableDefinition table) => [.. Enumerable.Range(0, table.Columns.Length).Where(i => !table.Columns[i].IsHidden)];

    /// <summary>What runs through all batches of one load.</summary>
    private sealed class LoadState(BatchExecution run, BulkOptions options, StreamWriter? errors, BulkFormat? format)
    {
        public BatchExecution Run { get; } = run;

        public BulkOptions Options { get; } = options;

        public BulkFormat? Format { get; } = format;

        public int Count { get; private set; }

        /// <summary>Reports a row that does not fit; one too many ends the load.</summary>
        public void Report(SqlErrorException error, BulkValue[] fields)
        {
            errors?.WriteLine(string.Join(Options.FieldTerminator, fields));
            Count++;
            if (Count > Options.MaximumErrors)
            {
                throw Failed(Options.MaximumErrors == 0 ? [error.Error] : [error.Error, SqlErrors.Create(4865, Options.MaximumErrors).Error]);
            }

            Run.SendRowError(error.Error);
        }
    }

    /// <summary>The end of a load whose rows cannot be read further: the errors, then those of the provider.</summary>
    internal static SqlErrorException Failed(IReadOnlyList<SqlError> causes) => new(SqlErrors.CreateWithState(7330, 2, "BULK", "(null)").Error)
    {
        Preceding = [.. causes, SqlErrors.Create(7399, "BULK", "(null)").Error],
        EndsTransaction = true,
    };

    /// <summary>A column that a field of the file fills.</summary>
    private readonly record struct Slot(int Field, int Ordinal, BulkColumn Column);

    /// <summary>Which fields fill which columns; those of computed, rowversion and (unless kept) identity columns are read and left out. Error 4828.</summary>
    private static Slot[] SlotsOf(LoadState state, TableDefinition table, string name)
    {
        int[] columns = FieldsOf(table);
        SessionOptions settings = state.Run.Session.Options.Clone();
        int count = state.Format?.Fields.Length ?? columns.Length;
        var slots = new List<Slot>(count);
        for (int i = 0; i < count; i++)
        {
            int number = state.Format is null || state.Options.FormatFile is null ? i + 1 : state.Format.Fields[i].Column;
            if (number == 0)
            {
                continue;
            }

            if (number > columns.Length)
            {
                throw SqlErrors.Create(4828, i + 1, state.Options.FormatFile);
            }

            ColumnDefinition column = table.Columns[columns[number - 1]];
            if (!column.IsComputed && column.Type.Id != SqlTypeId.RowVersion && (column.Identity is null || state.Options.KeepsIdentity))
            {
                slots.Add(new Slot(i, columns[number - 1], new BulkColumn(column, name, settings, state.Format?.Fields[i].HostType ?? BulkHostType.Char)));
            }
        }

        return [.. slots];
    }

    private static long Load(LoadState state, IBulkReader reader, TableDefinition table, out bool isOver)
    {
        EngineSession session = state.Run.Session;
        BulkOptions options = state.Options;
        Slot[] slots = SlotsOf(state, table, session.DescribeTable(table, withDatabase: true));
        var given = new bool[table.Columns.Length];
        foreach (Slot slot in slots)
        {
            given[slot.Ordinal] = true;
        }

        TableWriter writer = TableWriter.For(session, table);
        using RowChanges changes = writer.Begin(state.Run, table, DmlKind.Insert);
        changes.SkipsConstraints = !options.ChecksConstraints;
        isOver = true;
        long read = 0;
        int untilCheck = CancellationInterval;
        while (ReadRow(reader) is { } source)
        {
            if (reader.Row < options.FirstRow)
            {
                continue;
            }

            if (reader.Row > options.LastRow)
            {
                break;
            }

            if (TryConvert(state, reader.Row, source, slots, table, given, out SqlValue[] row, out bool[] rowGiven))
            {
                changes.Insert(row, rowGiven);
            }

            if (--untilCheck == 0)
            {
                untilCheck = CancellationInterval;
                state.Run.Cancellation.ThrowIfCancellationRequested();
            }

            if (++read == options.BatchSize)
            {
                isOver = false;
                break;
            }
        }

        if (options.FiresTriggers)
        {
            changes.UpdatedColumns = Enumerable.Range(0, table.Columns.Length).ToHashSet();
            changes.Finish(DmlKind.Insert);
        }
        else
        {
            changes.Finish();
        }

        return changes.Count;
    }

    internal static BulkValue[]? ReadRow(IBulkReader reader)
    {
        try
        {
            return reader.Read();
        }
        catch (SqlErrorException error)
        {
            throw Failed([error.Error]);
        }
    }

    private static bool TryConvert(LoadState state, long number, BulkValue[] source, Slot[] slots, TableDefinition table, bool[] given, out SqlValue[] row, out bool[] rowGiven)
    {
        row = new SqlValue[table.Columns.Length];
        rowGiven = given;
        foreach ((int field, int ordinal, BulkColumn column) in slots)
        {
            if (!source[field].IsNull)
            {
                if (column.Convert(source[field], number, field + 1, out row[ordinal]) is { } error)
                {
                    state.Report(error, source);
                    return false;
                }

                continue;
            }

            if (column.Definition.Default is not null && !state.Options.KeepsNulls)
            {
                rowGiven = ReferenceEquals(rowGiven, given) ? (bool[])given.Clone() : rowGiven;
                rowGiven[ordinal] = false;
            }
            else if (!column.Definition.IsNullable)
            {
                state.Report(SqlErrors.Create(4869, number, field + 1, column.Definition.Name), source);
                return false;
            }
        }

        return true;
    }
}
