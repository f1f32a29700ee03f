using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>
/// BULK INSERT from a text file. A row that does not fit is reported and skipped, up to MAXERRORS; checks and foreign keys always hold (SQL Server skips them
/// without CHECK_CONSTRAINTS and then distrusts them); triggers fire with FIRE_TRIGGERS.
/// </summary>
internal sealed class BulkLoadOperation(BulkInsertStatement statement) : CompiledOperation<ValueUnit>, IDataChange
{
    private const int CancellationInterval = 256;

    public override StatementKind StatementKind => StatementKind.Insert;

    protected override ValueUnit Compile(UnitCompiler compiler) => new(QueryCompiler.CompileExpression(statement.File, compiler.Scope, SqlType.NVarChar(4000)));

    public override int Execute(BatchExecution run, Frame frame)
    {
        EngineSession session = run.Session;
        session.RefreshCatalog();
        ValueUnit unit = Prepare(run, frame);
        BulkOptions options = BulkOptions.Parse(statement.Options);
        string path = unit.Value(ContextFor(run, frame, unit)).AsString;
        Find(session);
        new PermissionCheck(session, frame.Routine).RequireBulkLoad();
        if (!File.Exists(path))
        {
            throw SqlErrors.Create(4860, path);
        }

        long total = 0;
        using StreamReader text = Open(path, options);
        using StreamWriter? errors = OpenErrors(options);
        var state = new LoadState(run, options, errors);
        BulkTextReader? reader = null;
        bool isOver = false;
        while (!isOver)
        {
            StatementScope scope = session.BeginWriteStatement(StoreUse.Durable | StoreUse.Temporary | StoreUse.Variable, isAtomic: false, run.Cancellation);
            try
            {
                TableDefinition table = Find(session);
                new PermissionCheck(session, frame.Routine).Require(table, "INSERT");
                reader ??= new BulkTextReader(text, options, FieldsOf(table).Length, path);
                total += Load(state, reader, table, out isOver);
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

    private static StreamReader Open(string path, BulkOptions options)
    {
        try
        {
            return new StreamReader(path, options.Encoding, detectEncodingFromByteOrderMarks: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SqlErrors.Create(4861, path, $"{e.HResult & 0xFFFF}({e.Message})");
        }
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
    private sealed class LoadState(BatchExecution run, BulkOptions options, StreamWriter? errors)
    {
        public BatchExecution Run { get; } = run;

        public BulkOptions Options { get; } = options;

        public int Count { get; private set; }

        /// <summary>Reports a row that does not fit; one too many ends the load.</summary>
        public void Report(SqlErrorException error, string?[] fields)
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
    private static SqlErrorException Failed(IReadOnlyList<SqlError> causes) => new(SqlErrors.CreateWithState(7330, 2, "BULK", "(null)").Error)
    {
        Preceding = [.. causes, SqlErrors.Create(7399, "BULK", "(null)").Error],
        EndsTransaction = true,
    };

    private static long Load(LoadState state, BulkTextReader reader, TableDefinition table, out bool isOver)
    {
        EngineSession session = state.Run.Session;
        BulkOptions options = state.Options;
        int[] fields = FieldsOf(table);
        string name = session.DescribeTable(table, withDatabase: true);
        SessionOptions settings = session.Options.Clone();
        var columns = new BulkColumn?[fields.Length];
        var given = new bool[table.Columns.Length];
        for (int i = 0; i < fields.Length; i++)
        {
            ColumnDefinition column = table.Columns[fields[i]];
            bool isIgnored = column.IsComputed || column.Type.Id == SqlTypeId.RowVersion || (column.Identity is not null && !options.KeepsIdentity);
            columns[i] = isIgnored ? null : new BulkColumn(column, name, settings);
            given[fields[i]] = !isIgnored;
        }

        TableWriter writer = TableWriter.For(session, table);
        using RowChanges changes = writer.Begin(state.Run, table, DmlKind.Insert);
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

            if (TryConvert(state, reader.Row, source, fields, columns, table, given, out SqlValue[] row, out bool[] rowGiven))
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

    private static string?[]? ReadRow(BulkTextReader reader)
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

    private static bool TryConvert(
        LoadState state, long number, string?[] source, int[] fields, BulkColumn?[] columns, TableDefinition table, bool[] given, out SqlValue[] row, out bool[] rowGiven)
    {
        row = new SqlValue[table.Columns.Length];
        rowGiven = given;
        for (int i = 0; i < fields.Length; i++)
        {
            if (columns[i] is not { } column)
            {
                continue;
            }

            if (source[i] is { } text)
            {
                if (column.Convert(text, number, i + 1, out row[fields[i]]) is { } error)
                {
                    state.Report(error, source);
                    return false;
                }

                continue;
            }

            if (column.Definition.Default is not null && !state.Options.KeepsNulls)
            {
                rowGiven = ReferenceEquals(rowGiven, given) ? (bool[])given.Clone() : rowGiven;
                rowGiven[fields[i]] = false;
            }
            else if (!column.Definition.IsNullable)
            {
                state.Report(SqlErrors.Create(4869, number, i + 1, column.Definition.Name), source);
                return false;
            }
        }

        return true;
    }
}
