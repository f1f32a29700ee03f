using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Session;

public sealed partial class EngineSession
{
    /// <summary>Runs a batch (no GO inside) and sends everything it produces to <paramref name="sink"/>. Errors of statements go to the sink, they are not thrown.</summary>
    /// <param name="parameters">Variables that the batch sees from its start. Output parameters are written back.</param>
    /// <exception cref="OperationCanceledException">The request was cancelled; its running statement has been undone, an open transaction is still open.</exception>
    public void Execute(string text, IReadOnlyList<SessionParameter> parameters, IResultSink sink, CancellationToken cancellation = default)
    {
        using BatchExecution execution = StartBatch(text, parameters, sink, cancellation);
        execution.RunToEnd();
    }

    /// <summary>Calls a procedure; output parameters are written back to <paramref name="parameters"/>. Returns its return code (null when it did not return).</summary>
    public int? ExecuteProcedure(string name, IReadOnlyList<SessionParameter> parameters, IResultSink sink, CancellationToken cancellation = default)
    {
        using BatchExecution execution = StartProcedure(name, parameters, sink, cancellation);
        execution.RunToEnd();
        return execution.ReturnValue;
    }

    /// <summary>Starts a batch; the caller pulls its events.</summary>
    public BatchExecution ExecuteBatch(string text, IReadOnlyList<SessionParameter> parameters, CancellationToken cancellation = default) =>
        StartBatch(text, parameters, null, cancellation);

    /// <summary>Starts a procedure call; the caller pulls its events.</summary>
    public BatchExecution ExecuteProcedure(string name, IReadOnlyList<SessionParameter> parameters, CancellationToken cancellation = default) =>
        StartProcedure(name, parameters, null, cancellation);

    private BatchExecution StartBatch(string text, IReadOnlyList<SessionParameter> parameters, IResultSink? sink, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        NoteInput("Language Event", text);
        Frame? trigger = Clr.ClrContext.TriggerFrame(this);
        BatchExecution run = BeginRequest(sink, cancellation);
        run.Start(() =>
        {
            RequireAlive();
            run.BeginCompiling();
            Routine routine = trigger is null
                ? Database.Routines.Batch(this, text, KeyOf(parameters), () => Shapes(parameters), RoutineKind.Batch)
                : RoutineCompiler.Batch(this, text, Syntax.Parser.ParseBatch(text, new Syntax.ParseOptions(Options.QuotedIdentifier)), Shapes(parameters), RoutineKind.Batch, trigger.Routine);
            if (IsOnlyParsed(text))
            {
                run.EndCompiling();
                return;
            }

            run.EndCompiling();
            run.PushCall(routine, frame =>
            {
                Bind(parameters, routine, frame, run);
                TriggerTables.Share(trigger, frame);
            });
            run.Top!.Returned = (_, frame) => WriteBack(parameters, routine, frame);
        });
        return run;
    }

    /// <summary>What the session sent last, for DBCC INPUTBUFFER.</summary>
    internal (string Type, string Text) InputBuffer { get; private set; } = ("No Event", "");

    private void NoteInput(string type, string text)
    {
        // T-SQL that a CLR routine runs is part of its caller's request.
        if (Running is null)
        {
            InputBuffer = (type, text);
        }
    }

    private BatchExecution StartProcedure(string name, IReadOnlyList<SessionParameter> parameters, IResultSink? sink, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        NoteInput("RPC Event", name);
        BatchExecution run = BeginRequest(sink, cancellation);
        run.Start(() =>
        {
            RequireAlive();
            run.Push(EmptyRoutine);
            IReadOnlyList<string> parts = Syntax.Parser.TryParseName(name) ?? throw SqlErrors.CreateWithState(2812, 62, name);
            SessionParameter[] passed = [.. parameters.Where(p => p.Direction != System.Data.ParameterDirection.ReturnValue)];
            var arguments = new CallArgument[passed.Length];
            for (int i = 0; i < arguments.Length; i++)
            {
                SessionParameter parameter = passed[i];
                arguments[i] = new CallArgument
                {
                    Name = parameter.Name.Length == 0 ? null : parameter.Name,
                    Value = parameter.Value,
                    Type = parameter.Type,
                    IsOutput = parameter.IsOutput,
                    IsDefault = parameter.UseDefault,
                    Table = parameter.Type.Id == SqlTypeId.Table ? Fill(parameter, run) : null,
                };
            }

            ProcedureCall.Start(run, parts, name, arguments, (code, output) =>
            {
                run.SetReturnValue(code);
                for (int i = 0; i < passed.Length; i++)
                {
                    if (passed[i].IsOutput)
                    {
                        (SqlValue value, SqlType type) = output(i);
                        passed[i].Value = ProcedureCall.Convert(value, type, passed[i].Type);
                    }
                }

                foreach (SessionParameter parameter in parameters)
                {
                    if (parameter.Direction == System.Data.ParameterDirection.ReturnValue)
                    {
                        parameter.Value = SqlValue.FromInt(code);
                    }
                }
            });
        });
        return run;
    }

    private static readonly Routine EmptyRoutine = new() { Kind = RoutineKind.Batch, Variables = new VariableMap(), Operations = [] };

    /// <summary>SET PARSEONLY acts while a batch is parsed: under it the batch goes no further.</summary>
    private bool IsOnlyParsed(string text)
    {
        if (text.Contains("PARSEONLY", StringComparison.OrdinalIgnoreCase))
        {
            foreach (Syntax.Ast.Statement statement in Syntax.Parser.ParseBatch(text).Statements)
            {
                if (statement is Syntax.Ast.SetOptionStatement { IsOn: { } isOn } option && option.Options.Contains("PARSEONLY"))
                {
                    Options.ParseOnly = isOn;
                }
            }
        }

        return Options.ParseOnly;
    }

    /// <summary>Identifies the parameters of a batch in the cache.</summary>
    private static string KeyOf(IReadOnlyList<SessionParameter> parameters)
    {
        if (parameters.Count == 0)
        {
            return "";
        }

        var key = new System.Text.StringBuilder();
        foreach (SessionParameter p in parameters)
        {
            SqlType t = p.Type;
            key.Append(p.Name).Append(' ').Append((int)t.Id).Append('/').Append(t.Length).Append('/').Append(t.Precision).Append('/').Append(t.Scale);
            if (t.TableTypeName is not null)
            {
                key.Append(t.TableTypeName);
            }

            if (t.Collation is not null)
            {
                key.Append(t.Collation.Name);
            }

            key.Append(',');
        }

        return key.ToString();
    }

    private IReadOnlyList<ParameterShape> Shapes(IReadOnlyList<SessionParameter> parameters) =>
        [.. parameters.Where(IsVariable).Select(p => new ParameterShape(p.Name, p.Type, p.Type.Id == SqlTypeId.Table ? TableTypeOf(p.Type) : null, p.IsOutput, false, null))];

    private static bool IsVariable(SessionParameter parameter) => parameter.Direction != System.Data.ParameterDirection.ReturnValue;

    private TableDefinition TableTypeOf(SqlType type)
    {
        IReadOnlyList<string> name = Syntax.Parser.TryParseName(type.TableTypeName ?? "") ?? throw SqlErrors.Create(2715, 1, type.TableTypeName);
        return Catalog.FindType(name.Count > 1 ? name[^2] : null, name[^1])?.Table ?? throw SqlErrors.Create(2715, 1, type.TableTypeName);
    }

    private void Bind(IReadOnlyList<SessionParameter> parameters, Routine routine, Frame frame, BatchExecution run)
    {
        int index = 0;
        foreach (SessionParameter parameter in parameters)
        {
            if (!IsVariable(parameter))
            {
                continue;
            }

            VariableInfo variable = routine.Parameters[index++].Variable;
            if (variable.Table is not null)
            {
                TableDefinition table = Fill(parameter, run);
                frame.Variables.Tables[variable.Slot] = table;
                frame.Own(table);
            }
            else
            {
                frame.Variables.Values[variable.Slot] = parameter.Value;
            }
        }
    }

    private static void WriteBack(IReadOnlyList<SessionParameter> parameters, Routine routine, Frame frame)
    {
        int index = 0;
        foreach (SessionParameter parameter in parameters)
        {
            if (!IsVariable(parameter))
            {
                continue;
            }

            VariableInfo variable = routine.Parameters[index++].Variable;
            if (parameter.IsOutput)
            {
                parameter.Value = frame.Variables.Values[variable.Slot];
            }
        }
    }

    /// <summary>A table variable with the rows of a table-valued parameter.</summary>
    private TableDefinition Fill(SessionParameter parameter, BatchExecution run)
    {
        TableDefinition table = CreateTableVariable(TableTypeOf(parameter.Type));
        if (parameter.Rows is not null)
        {
            TableWriter writer = TableWriter.For(this, table);
            using RowChanges changes = writer.Begin(run, table, DmlKind.Insert);
            foreach (SqlValue[] source in parameter.Rows)
            {
                changes.InsertGiven(source);
            }
        }

        return table;
    }
}
