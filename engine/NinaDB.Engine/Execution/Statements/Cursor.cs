using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>
/// A T-SQL cursor. Every kind is static here: OPEN materialises the rows. A cursor over one table that may be updated also keeps each row's locator
/// for WHERE CURRENT OF.
/// </summary>
internal sealed class Cursor(CursorDefinition definition, SelectStatement query)
{
    private List<SqlValue[]>? _rows;

    public CursorDefinition Definition { get; } = definition;

    /// <summary>The query that is run: the declared one, with a row locator as last column where <see cref="HasLocators"/>.</summary>
    public SelectStatement Query { get; } = query;

    public bool HasLocators { get; init; }

    /// <summary>Variables as the cursor's declaration saw them.</summary>
    public required VariableFrame Variables { get; init; }

    public required Routine Routine { get; init; }

    public IReadOnlyList<OutputColumn> Columns { get; private set; } = [];

    public bool IsOpen => _rows is not null;

    /// <summary>@@FETCH_STATUS of the last FETCH from it.</summary>
    public int FetchStatus { get; set; } = Catalog.RequestFunctions.NotFetched;

    /// <summary>1-based; 0 is before the first row, Count + 1 after the last.</summary>
    public int Position { get; private set; }

    public int Count => _rows?.Count ?? 0;

    public bool IsScrollable => Definition.Options.Any(o => o is "SCROLL" or "STATIC" or "KEYSET" or "DYNAMIC") && !Definition.Options.Contains("FORWARD_ONLY");

    public void Open(IReadOnlyList<OutputColumn> columns, List<SqlValue[]> rows)
    {
        Columns = columns;
        _rows = rows;
        Position = 0;
    }

    public void Close() => _rows = null;

    /// <summary>The current row; null when the position is on none.</summary>
    public SqlValue[]? Current => _rows is not null && Position >= 1 && Position <= _rows.Count ? _rows[Position - 1] : null;

    public bool Move(string orientation, long offset)
    {
        long target = orientation switch
        {
            "FIRST" => 1,
            "LAST" => Count,
            "PRIOR" => Position - 1,
            "ABSOLUTE" => offset >= 0 ? offset : Count + 1 + offset,
            "RELATIVE" => Position + offset,
            _ => Position + 1,
        };
        Position = (int)Math.Clamp(target, 0, Count + 1L);
        return Current is not null;
    }
}

/// <summary>Finds and makes cursors.</summary>
internal static class Cursors
{
    public static Cursor Create(CursorDefinition definition, Frame frame)
    {
        SelectStatement query = definition.Query;
        bool readOnly = definition.Options.Any(o => o is "READ_ONLY" or "FAST_FORWARD" or "STATIC" or "INSENSITIVE");
        bool hasLocators = !readOnly && query.With.Count == 0 && query.Query is SelectQuery
        {
            From: [NamedTableSource { Name.Server: null }], GroupBy.Count: 0, Having: null, IsDistinct: false, Top: null, For: null,
        };
        if (hasLocators && query.Query is SelectQuery select)
        {
            var source = (NamedTableSource)select.From[0];
            query = new SelectStatement
            {
                Line = query.Line,
                Hints = query.Hints,
                Query = new SelectQuery
                {
                    Line = select.Line,
                    Items = [.. select.Items, new ExpressionItem { Expression = new RowLocatorExpression { SourceAlias = source.Alias ?? source.Name.Name, Line = select.Line }, Line = select.Line }],
                    From = select.From,
                    Where = select.Where,
                    OrderBy = select.OrderBy,
                    Windows = select.Windows,
                },
            };
        }

        return new Cursor(definition, query) { HasLocators = hasLocators, Variables = frame.Variables, Routine = frame.Routine };
    }

    /// <summary>Closes every open cursor that the connection has: SET CURSOR_CLOSE_ON_COMMIT ON at the end of a transaction.</summary>
    public static void CloseAll(BatchExecution run, Frame frame)
    {
        foreach (Cursor cursor in run.Session.GlobalCursors.Values)
        {
            cursor.Close();
        }

        for (Frame? f = frame; f is not null; f = f.Caller)
        {
            foreach (Cursor cursor in (f.Cursors?.Values ?? Enumerable.Empty<Cursor>()).Concat(f.Variables.Cursors.OfType<Cursor>()))
            {
                cursor.Close();
            }
        }
    }

    /// <summary>The cursor that a name or @variable means. Error 16916 when there is none, 16950 when the variable is empty.</summary>
    public static Cursor Find(BatchExecution run, Frame frame, string name, bool isGlobal = false)
    {
        if (name.StartsWith('@'))
        {
            VariableInfo variable = frame.Routine.Variables.Find(name) ?? throw SqlErrors.Create(137, name);
            return frame.Variables.Cursors.Length > 0 && frame.Variables.Cursors[variable.Slot] is Cursor held
                ? held
                : throw SqlErrors.Create(16950, name);
        }

        if (!isGlobal)
        {
            for (Frame? f = frame; f is not null; f = f.Routine.Kind == RoutineKind.DynamicBatch ? f.Caller : null)
            {
                if (f.Cursors is { } local && local.TryGetValue(name, out Cursor? found))
                {
                    return found;
                }
            }
        }

        return run.Session.GlobalCursors.GetValueOrDefault(name) ?? throw SqlErrors.Create(16916, name);
    }
}

/// <summary>DECLARE name CURSOR FOR.</summary>
internal sealed class DeclareCursorOperation(DeclareCursorStatement statement) : Operation
{
    public override int Execute(BatchExecution run, Frame frame)
    {
        bool isLocal = statement.Definition.Options.Contains("LOCAL");
        Dictionary<string, Cursor> names = isLocal ? frame.Cursors ??= new(StringComparer.OrdinalIgnoreCase) : run.Session.GlobalCursors;
        if (names.ContainsKey(statement.Name))
        {
            throw SqlErrors.Create(16915, statement.Name);
        }

        names.Add(statement.Name, Cursors.Create(statement.Definition, frame));
        return Next;
    }
}

/// <summary>SET @c = CURSOR FOR.</summary>
internal sealed class SetCursorOperation(VariableInfo variable, CursorDefinition definition) : Operation
{
    public override int Execute(BatchExecution run, Frame frame)
    {
        frame.Variables.Cursors[variable.Slot] = Cursors.Create(definition, frame);
        return Next;
    }
}

/// <summary>SET @c = @other: both mean the same cursor.</summary>
internal sealed class CopyCursorOperation(VariableInfo target, VariableInfo source) : Operation
{
    public override int Execute(BatchExecution run, Frame frame)
    {
        frame.Variables.Cursors[target.Slot] = frame.Variables.Cursors[source.Slot];
        return Next;
    }
}

/// <summary>A compiled cursor query, or the offset of a FETCH.</summary>
internal sealed class CursorUnit(CompiledQuery? query, Evaluator? offset) : CompiledUnit
{
    public CompiledQuery? Query { get; } = query;

    public Evaluator? Offset { get; } = offset;
}

/// <summary>OPEN, FETCH, CLOSE and DEALLOCATE.</summary>
internal sealed class CursorOperation(CursorStatement statement, IReadOnlyList<VariableInfo> into) : CompiledOperation<CursorUnit>
{
    protected override CursorUnit Compile(UnitCompiler compiler) => new(null, statement.FetchOffset is null
        ? null
        : QueryCompiler.CompileExpression(statement.FetchOffset, compiler.Scope, SqlType.BigInt));

    public override int Execute(BatchExecution run, Frame frame)
    {
        switch (statement.Action)
        {
            case CursorAction.Open:
                Open(run, Cursors.Find(run, frame, statement.Name, statement.IsGlobal));
                break;
            case CursorAction.Fetch:
                Fetch(run, frame, Cursors.Find(run, frame, statement.Name, statement.IsGlobal));
                return Next;
            case CursorAction.Close:
                Cursor closing = Cursors.Find(run, frame, statement.Name, statement.IsGlobal);
                if (!closing.IsOpen)
                {
                    throw SqlErrors.Create(16917);
                }

                closing.Close();
                break;
            default:
                Deallocate(run, frame);
                break;
        }

        run.Session.RowCount = 0;
        return Next;
    }

    private void Deallocate(BatchExecution run, Frame frame)
    {
        if (statement.Name.StartsWith('@'))
        {
            VariableInfo variable = frame.Routine.Variables.Find(statement.Name) ?? throw SqlErrors.Create(137, statement.Name);
            frame.Variables.Cursors[variable.Slot] = null;
            return;
        }

        Cursor cursor = Cursors.Find(run, frame, statement.Name, statement.IsGlobal);
        if (frame.Cursors is null || !frame.Cursors.Remove(statement.Name))
        {
            run.Session.GlobalCursors.Remove(statement.Name);
        }

        cursor.Close();
    }

    private static void Open(BatchExecution run, Cursor cursor)
    {
        if (cursor.IsOpen)
        {
            throw SqlErrors.Create(16905);
        }

        EngineSession session = run.Session;
        session.RefreshCatalog();
        session.BeginRead();
        try
        {
            run.BeginCompiling();
            var compiler = new UnitCompiler(session, cursor.Routine);
            CursorUnit unit = compiler.Seal(new CursorUnit(QueryCompiler.Compile(cursor.Query, compiler.Context), null));
            run.EndCompiling();
            new Security.PermissionCheck(session, cursor.Routine).RequireReads(compiler.Context.Access);
            var context = new ExecutionContext(session, cursor.Variables, unit.RegisterCount, run.Cancellation);
            var rows = new List<SqlValue[]>();
            using RowIterator iterator = unit.Query!.Root.Open(context);
            int[] registers = [.. unit.Query.Columns.Select(c => c.Register)];
            while (iterator.MoveNext())
            {
                var row = new SqlValue[registers.Length];
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] = context.Registers[registers[i]].Kept();
                }

                rows.Add(row);
            }

            cursor.Open(cursor.HasLocators ? [.. unit.Query.Columns.Take(registers.Length - 1)] : unit.Query.Columns, rows);
            session.CursorRows = rows.Count;
        }
        finally
        {
            session.EndRead();
        }
    }

    private void Fetch(BatchExecution run, Frame frame, Cursor cursor)
    {
        EngineSession session = run.Session;
        if (!cursor.IsOpen)
        {
            throw SqlErrors.Create(16917);
        }

        string orientation = statement.Orientation ?? "NEXT";
        if (orientation != "NEXT" && !cursor.IsScrollable)
        {
            throw SqlErrors.Create(16911, orientation.ToLowerInvariant());
        }

        if (into.Count > 0 && into.Count != cursor.Columns.Count)
        {
            throw SqlErrors.Create(16924);
        }

        long offset = 0;
        if (statement.FetchOffset is not null)
        {
            CursorUnit unit = Prepare(run, frame);
            SqlValue value = unit.Offset!(ContextFor(run, frame, unit));
            offset = value.IsNull ? 0 : value.AsInt64;
        }

        bool found = cursor.Move(orientation, offset);
        session.FetchStatus = cursor.FetchStatus = found ? 0 : -1;
        if (into.Count == 0)
        {
            run.SendColumns([.. cursor.Columns.Select(c => new ResultColumn(c.Name, c.Type, c.IsNullable))]);
            if (found)
            {
                run.SendRow(cursor.Current!.AsSpan(0, cursor.Columns.Count).ToArray());
            }

            run.SendEndRows();
            run.SendDone(session.Options.NoCount ? null : found ? 1 : 0);
        }
        else if (found)
        {
            SqlValue[] row = cursor.Current!;
            for (int i = 0; i < into.Count; i++)
            {
                frame.Variables.Values[into[i].Slot] = ConvertFetched(row[i], cursor.Columns[i].Type, into[i].Type);
            }
        }

        session.RowCount = found ? 1 : 0;
    }

    private static SqlValue ConvertFetched(SqlValue value, SqlType from, SqlType to)
    {
        if (from.Equals(to))
        {
            return value;
        }

        if (!SqlConvert.CanConvert(from, to, isImplicit: true))
        {
            throw SqlErrors.Create(16922, from.Name, to.Name);
        }

        Func<SqlValue, SqlValue>? converter = SqlConvert.GetConverter(from, to);
        return converter is null ? value : converter(value);
    }
}
