using System.Runtime.CompilerServices;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Clr;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>Runs the functions that queries call, on the session's running request.</summary>
internal sealed class ModuleRunner(EngineSession session) : IModuleRunner
{
    private static readonly ConditionalWeakTable<ModuleDefinition, Evaluator?[]> ClrDefaults = [];

    public SqlValue InvokeScalar(ModuleDefinition function, IReadOnlyList<SqlValue?> arguments, ExecutionContext caller)
    {
        BatchExecution run = Running(caller);
        if (function.External is not null)
        {
            var values = new SqlValue[arguments.Count];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = arguments[i] ?? DefaultOf(session, function, i);
                if (function.ReturnsNullOnNullInput && values[i].IsNull)
                {
                    return SqlValue.Null;
                }
            }

            run.EnterModule(function.ObjectId, function.Name);
            try
            {
                return ClrHost.InvokeScalar(function, values, caller);
            }
            finally
            {
                run.LeaveModule();
            }
        }

        if (function.ReturnsNullOnNullInput)
        {
            for (int i = 0; i < arguments.Count; i++)
            {
                if (arguments[i] is { IsNull: true })
                {
                    return SqlValue.Null;
                }
            }
        }

        Routine routine = session.Database.Routines.Module(session, function);
        Frame frame = run.Push(routine, f => Bind(run, routine, arguments, f));
        run.RunNested(frame);
        return frame.Result;
    }

    public IEnumerable<SqlValue[]> InvokeTable(ModuleDefinition function, IReadOnlyList<SqlValue?> arguments, ExecutionContext caller)
    {
        BatchExecution run = Running(caller);
        if (function.External is not null)
        {
            var values = new SqlValue[arguments.Count];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = arguments[i] ?? DefaultOf(session, function, i);
            }

            return ClrHost.InvokeTable(function, values, caller);
        }

        Routine routine = session.Database.Routines.Module(session, function);
        Frame frame = run.Push(routine, f =>
        {
            f.KeepTables = true;
            Bind(run, routine, arguments, f);
        });
        run.RunNested(frame);
        return ReadResult(frame);
    }

    /// <summary>The rows of the returned table variable; every table of the frame goes when they have been read.</summary>
    private IEnumerable<SqlValue[]> ReadResult(Frame frame)
    {
        TableDefinition result = frame.Variables.Tables[frame.Routine.ReturnTable!.Slot]!;
        var rows = new List<SqlValue[]>();
        int[] ordinals = [.. Enumerable.Range(0, result.Columns.Length)];
        var buffer = new SqlValue[ordinals.Length];
        using (TableCursor cursor = new TableAccess(result, session.TemporaryStore).Scan(result.RowStore, KeyRange.All, ordinals, buffer))
        {
            while (cursor.MoveNext())
            {
                rows.Add(buffer.AsSpan().ToArray());
            }
        }

        foreach (VariableInfo table in frame.Routine.DeclaredTables)
        {
            session.DropTableVariable(frame.Variables.Tables[table.Slot]!);
        }

        return rows;
    }

    public SqlValue NextSequenceValue(SequenceDefinition sequence, ExecutionContext caller) => session.NextSequenceValue(sequence);

    private static void Bind(BatchExecution run, Routine routine, IReadOnlyList<SqlValue?> arguments, Frame frame)
    {
        for (int i = 0; i < routine.Parameters.Count; i++)
        {
            RoutineParameter parameter = routine.Parameters[i];
            if (parameter.Variable.Table is { } shape)
            {
                TableDefinition table = arguments[i] is { IsNull: false } given ? given.AsTable : run.Session.CreateTableVariable(shape);
                frame.Variables.Tables[parameter.Variable.Slot] = table;
                if (arguments[i] is null)
                {
                    frame.Own(table);
                }

                continue;
            }

            frame.Variables.Values[parameter.Variable.Slot] = arguments[i]
                ?? (parameter.Default is { } value ? value(run.ContextFor(frame, 0)) : throw SqlErrors.CreateWithState(201, 4, routine.Name, parameter.Variable.Name));
        }
    }

    /// <summary>The default of a CLR module's parameter, from its text.</summary>
    public static SqlValue DefaultOf(EngineSession session, ModuleDefinition module, int index)
    {
        Evaluator?[] defaults = ClrDefaults.GetValue(module, m =>
        {
            IReadOnlyList<ParameterSyntax> parameters = Syntax.Parser.ParseBatch(m.Text, new Syntax.ParseOptions(m.UsesQuotedIdentifier)).Statements[0] switch
            {
                CreateProcedureStatement s => s.Parameters,
                CreateFunctionStatement s => s.Parameters,
                _ => [],
            };
            ParameterDefinition[] definitions = [.. m.Parameters.Where(p => p.Name.StartsWith('@'))];
            var compilation = new CompilationContext(session, session.Catalog, new VariableMap());
            BindingScope scope = QueryCompiler.BindScopeFor(compilation, []);
            return [.. parameters.Select((p, i) => p.Default is null ? null : QueryCompiler.CompileExpression(p.Default, scope, definitions[i].Type))];
        });
        return index < defaults.Length && defaults[index] is { } value
            ? value(new ExecutionContext(session, new VariableFrame(0), 0, CancellationToken.None))
            : throw SqlErrors.CreateWithState(201, 4, module.Name, $"@{index + 1}");
    }

    /// <summary>The request to run on; a query evaluated outside of one (DDL, tests) gets its own.</summary>
    private BatchExecution Running(ExecutionContext caller) => session.Running ?? new BatchExecution(session, null, caller.Cancellation);
}
