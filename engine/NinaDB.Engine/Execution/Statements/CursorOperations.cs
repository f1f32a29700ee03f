using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>DECLARE name CURSOR FOR.</summary>
internal sealed class DeclareCursorOperation(DeclareCursorStatement statement) : Operation
{
    /// <summary>What is wrong with the query is found before anything runs.</summary>
    public override void Precompile(BatchExecution run, Frame frame)
    {
        CursorPlan.CheckOptions(statement.Definition);
        run.BeginCompiling();
        var compiler = new UnitCompiler(run.Session, frame.Routine);
        QueryCompiler.Compile(statement.Definition.Query, compiler.Context);
        run.EndCompiling();
    }

    public override int Execute(BatchExecution run, Frame frame)
    {
        bool isLocal = statement.Definition.Options.Contains("LOCAL");
        Dictionary<string, Cursor> names = isLocal ? frame.Cursors ??= new(StringComparer.OrdinalIgnoreCase) : run.Session.GlobalCursors;
        if (names.ContainsKey(statement.Name))
        {
            throw SqlErrors.Create(16915, statement.Name);
        }

        names.Add(statement.Name, Cursors.Create(run, statement.Definition, statement.Name, frame, !isLocal));
        return Next;
    }
}

/// <summary>SET @c = CURSOR FOR.</summary>
internal sealed class SetCursorOperation(VariableInfo variable, CursorDefinition definition) : Operation
{
    public override int Execute(BatchExecution run, Frame frame)
    {
        frame.Variables.Cursors[variable.Slot] = Cursors.Create(run, definition, variable.Name, frame, isGlobal: false);
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
                run.Session.CursorRows = 0;
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
            frame.Variables.Cursors[variable.Slot] = frame.Variables.Cursors[variable.Slot] is null ? throw SqlErrors.CreateWithState(16950, 2, statement.Name) : null;
            run.Session.CursorRows = 0;
            return;
        }

        Cursor cursor = Cursors.Find(run, frame, statement.Name, statement.IsGlobal);
        if (frame.Cursors is null || !frame.Cursors.Remove(statement.Name))
        {
            run.Session.GlobalCursors.Remove(statement.Name);
        }

        cursor.Close();
        run.Session.CursorRows = 0;
    }

    private static void Open(BatchExecution run, Cursor cursor)
    {
        if (cursor.IsOpen)
        {
            throw SqlErrors.Create(16905);
        }

        cursor.Open(run);
        run.Session.CursorRows = cursor.Model == CursorModel.Dynamic || cursor.Plan.IsFastForward ? -1 : cursor.Count;
    }

    private void Fetch(BatchExecution run, Frame frame, Cursor cursor)
    {
        EngineSession session = run.Session;
        session.FetchStatus = -1;
        if (!cursor.IsOpen)
        {
            throw SqlErrors.CreateWithState(16917, 2);
        }

        string orientation = statement.Orientation ?? "NEXT";
        if (orientation == "ABSOLUTE" && cursor.Model == CursorModel.Dynamic && !cursor.Plan.IsFastForward)
        {
            cursor.FailFetch();
            throw SqlErrors.Create(16925, "Absolute");
        }

        if (orientation != "NEXT" && !cursor.IsScrollable)
        {
            cursor.FailFetch();
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

        session.FetchStatus = cursor.Fetch(run, orientation, offset);
        bool found = session.FetchStatus != -1;
        if (into.Count == 0)
        {
            run.SendColumns([.. cursor.Columns.Select(c => new ResultColumn(c.Name, c.Type, c.IsNullable))]);
            if (found)
            {
                run.SendRow(cursor.Current!.Values.AsSpan().ToArray());
            }

            run.SendEndRows();
            run.SendDone(session.Options.NoCount ? null : found ? 1 : 0);
        }
        else if (found)
        {
            SqlValue[] row = cursor.Current!.Values;
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
