using NinaDB.Engine.Catalog;
using NinaDB.Engine.Catalog.Procedures;
using NinaDB.Engine.Clr;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>An argument of a call, evaluated.</summary>
internal struct CallArgument
{
    /// <summary>@name, or null when positional.</summary>
    public string? Name;

    public SqlValue Value;

    public SqlType Type;

    /// <summary>OUTPUT was written.</summary>
    public bool IsOutput;

    /// <summary>DEFAULT was written.</summary>
    public bool IsDefault;

    /// <summary>Rows of a table-valued argument.</summary>
    public TableDefinition? Table;

    /// <summary>What a cursor variable holds.</summary>
    public object? Cursor;

    /// <summary>Takes the cursor that the procedure leaves in an OUTPUT parameter; null when none is wanted.</summary>
    public Action<object?>? ReturnCursor;
}

/// <summary>What a call gives back: called with the return code and a reader of output values by argument index.</summary>
internal delegate void CallCompleted(int returnCode, Func<int, (SqlValue Value, SqlType Type)> output);

/// <summary>Finds and starts whatever EXECUTE names: procedures of the database, CLR procedures, system procedures, sp_executesql.</summary>
internal static class ProcedureCall
{
    /// <summary>Starts the call; T-SQL procedures push a frame and finish later.</summary>
    public static void Start(BatchExecution run, IReadOnlyList<string> name, string displayName, CallArgument[] arguments, CallCompleted? completed, int number = 1)
    {
        EngineSession session = run.Session;
        session.RefreshCatalog();
        string procedure = name[^1];
        string? schema = name.Count > 1 && name[^2].Length > 0 ? name[^2] : null;
        CatalogSnapshot catalog = name.Count > 2 && name[^3].Length > 0
            ? session.FindDatabase(name[^3]) ?? throw SqlErrors.CreateWithState(2812, 62, displayName)
            : session.Catalog;
        bool isInFunction = run.Top is { IsInlined: true };
        if (isInFunction && (Find(session, catalog, run.Top!.Routine.Schema, schema, procedure) is not { } called ? !procedure.StartsWith("xp_", StringComparison.OrdinalIgnoreCase) : called.Type != ObjectTypes.ScalarFunction))
        {
            throw SqlErrors.CreateWithState(557, 2);
        }

        if (procedure.Equals("sp_executesql", StringComparison.OrdinalIgnoreCase))
        {
            ExecuteSql(run, catalog.DatabaseId, arguments, completed);
            return;
        }

        if (IsProtocolName(procedure) && PreparedCalls.Start(run, catalog.DatabaseId, procedure, arguments, completed))
        {
            return;
        }

        if (Find(session, catalog, run.Top?.Routine.Schema, schema, procedure) is { } module)
        {
            new Security.PermissionCheck(session, run.Top?.Routine).Require(module, "EXECUTE");
            if (number > 1)
            {
                module = module.Numbered.FirstOrDefault(n => n.Number == number) ?? throw SqlErrors.CreateWithState(2812, 62, displayName);
            }

            if (module.External is not null)
            {
                using DatabaseScope scope = session.In(module);
                CallClr(run, module, arguments, completed);
                return;
            }

            Routine routine = session.Database.Routines.Module(session, module);
            EngineSession.Place place = session.CurrentPlace;
            if (catalog.DatabaseId != session.DatabaseId && routine.DatabaseId is null)
            {
                // db..sp_p of master: it acts in the database that the name says.
                session.Enter(catalog.DatabaseId);
            }

            CallFrom(run, place, routine, module.Name, arguments, completed, string.Join('.', name));
            return;
        }

        if (schema is null || schema.Equals("sys", StringComparison.OrdinalIgnoreCase) || schema.Equals("dbo", StringComparison.OrdinalIgnoreCase))
        {
            if (SystemProcedures.Find(procedure) is { } system)
            {
                using DatabaseScope scope = session.In(catalog.DatabaseId);
                CallSystem(run, system, arguments, completed);
                return;
            }

            if (SystemScripts.Find(procedure) is { } script)
            {
                EngineSession.Place place = session.CurrentPlace;
                session.Enter(catalog.DatabaseId);
                CallFrom(run, place, session.Database.Routines.Module(session, script), script.Name, arguments, completed, "sys." + script.Name);
                return;
            }
        }

        throw SqlErrors.CreateWithState(2812, 62, displayName);
    }

    /// <summary>The procedures of prepared statements and server cursors all begin with one of these.</summary>
    private static bool IsProtocolName(string name) => name.StartsWith("sp_prep", StringComparison.OrdinalIgnoreCase) || name.StartsWith("sp_cursor", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("sp_execute", StringComparison.OrdinalIgnoreCase) || name.StartsWith("sp_unprepare", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("sp_describe_cursor", StringComparison.OrdinalIgnoreCase);

    /// <summary>Calls a routine from a place that the session has left for the call, and returns to after it.</summary>
    private static void CallFrom(BatchExecution run, EngineSession.Place place, Routine routine, string displayName, CallArgument[] arguments, CallCompleted? completed, string spelled)
    {
        try
        {
            Call(run, routine, displayName, arguments, completed, place, spelled);
        }
        catch
        {
            run.Session.Return(place);
            throw;
        }
    }

    /// <summary>The procedure that a name means, seen from a module of <paramref name="callerSchema"/>.</summary>
    /// <param name="catalog">The database that the name says.</param>
    public static ModuleDefinition? Find(EngineSession session, CatalogSnapshot catalog, string? callerSchema, string? schema, string name)
    {
        if (TemporaryNames.IsTemporary(name))
        {
            return TemporaryNames.IsLocal(name) ? session.Temporary.FindProcedure(name) : session.Server.Tempdb.Find("dbo", name) as ModuleDefinition;
        }

        bool isOther = catalog.DatabaseId != session.DatabaseId;
        string own;
        using (session.In(catalog.DatabaseId))
        {
            own = session.DefaultSchema;
        }

        CatalogObject? found = schema is not null
            ? catalog.Find(schema, name)
            : (callerSchema is null || isOther ? null : catalog.Find(callerSchema, name)) ?? catalog.Find(own, name) ?? catalog.Find("dbo", name);
        if (found is SynonymDefinition synonym && Syntax.Parser.TryParseName(synonym.BaseObjectName) is { } target)
        {
            CatalogSnapshot? other = target.Count > 2 && target[^3].Length > 0 ? session.FindDatabase(target[^3]) : catalog;
            found = other?.Find(target.Count > 1 && target[^2].Length > 0 ? target[^2] : null, target[^1]);
        }

        if (found is null && name.StartsWith("sp_", StringComparison.OrdinalIgnoreCase) && (schema is null || schema.Equals("dbo", StringComparison.OrdinalIgnoreCase)))
        {
            // sp_ procedures of master are found from everywhere.
            found = session.Server.Find(ServerCatalog.MasterId)?.Find("dbo", name);
        }

        if (found is ModuleDefinition { Type: ObjectTypes.ClrAggregate or ObjectTypes.InlineFunction or ObjectTypes.TableFunction or ObjectTypes.ClrTableFunction } function)
        {
            throw SqlErrors.Create(2809, function.Name, function.Type == ObjectTypes.ClrAggregate ? "aggregate function" : "table valued function");
        }

        return found is ModuleDefinition { Type: ObjectTypes.Procedure or ObjectTypes.ClrProcedure or ObjectTypes.ScalarFunction } module ? module : null;
    }

    /// <summary>Calls a T-SQL routine (a procedure, a dynamic batch, or a scalar function by EXEC).</summary>
    /// <param name="place">Where the session was before the call, when it has left that already.</param>
    /// <param name="spelled">The name as the call wrote it; errors inside show it.</param>
    public static void Call(
        BatchExecution run, Routine routine, string displayName, CallArgument[] arguments, CallCompleted? completed, EngineSession.Place? place = null, string? spelled = null)
    {
        IReadOnlyList<RoutineParameter> parameters = routine.Parameters;
        int[] map;
        Frame callee;
        try
        {
            map = routine.Kind == RoutineKind.DynamicBatch
                ? MatchDeclared(displayName, parameters, arguments)
                : Match(displayName, parameters.Count, i => parameters[i].Variable.Name, arguments, i => !parameters[i].HasDefault);
            callee = run.Push(routine, frame =>
            {
                for (int i = 0; i < parameters.Count; i++)
                {
                    Bind(run, displayName, routine, parameters[i], map[i] < 0 ? null : arguments[map[i]], frame);
                }
            }, spelled);
        }
        catch (SqlErrorException error) when (routine.Name is not null && error.Error is { Line: 0, Number: 201 or 206 or 8114 or 8143 or 8144 or 8145 or 8146 or 8162 or (>= 6901 and <= 6999) })
        {
            // Errors of the call itself are reported at line 0 of the procedure.
            throw new SqlErrorException(error.Error with { Procedure = spelled ?? routine.Name }, error) { IsLocated = true, HasPassedFrame = true, EndsTransaction = error.EndsTransaction };
        }

        if (place is { } before)
        {
            callee.SavedPlace = before;
        }

        long compiling = run.Session.Options.StatisticsTime ? System.Diagnostics.Stopwatch.GetTimestamp() : 0;
        run.Precompile(callee);
        if (compiling != 0)
        {
            run.SendCompileTime(compiling);
        }

        if (Array.Exists(arguments, a => a.ReturnCursor is not null))
        {
            CallCompleted? outer = completed;
            completed = (code, output) =>
            {
                for (int i = 0; i < arguments.Length; i++)
                {
                    if (arguments[i].ReturnCursor is { } take)
                    {
                        // A cursor that is closed by now is not passed on.
                        object? left = callee.Variables.Cursors[parameters[Array.IndexOf(map, i)].Variable.Slot];
                        take(left is Cursor { IsOpen: true } ? left : null);
                    }
                }

                outer?.Invoke(code, output);
            };
        }

        if (completed is not null)
        {
            callee.Returned = (_, frame) => completed(routine.Kind == RoutineKind.ScalarFunction ? FunctionCode(frame) : frame.ReturnCode, argument =>
            {
                int parameter = Array.IndexOf(map, argument);
                VariableInfo variable = parameters[parameter].Variable;
                return (frame.Variables.Values[variable.Slot], variable.Type);
            });
        }
    }

    /// <summary>EXEC @r = function: the function's value takes the place of the return code.</summary>
    private static int FunctionCode(Frame frame) =>
        frame.Result.IsNull ? 0 : Convert(frame.Result, frame.Routine.ReturnType!, SqlType.Int).AsInt32;

    private static void Bind(BatchExecution run, string displayName, Routine routine, RoutineParameter parameter, CallArgument? argument, Frame frame)
    {
        VariableInfo variable = parameter.Variable;
        if (argument is not { IsDefault: false } given)
        {
            if (!parameter.HasDefault)
            {
                throw routine.Kind == RoutineKind.DynamicBatch
                    ? SqlErrors.Create(8178, displayName, variable.Name)
                    : SqlErrors.CreateWithState(201, 4, displayName, variable.Name);
            }

            if (variable.Table is not null)
            {
                frame.Variables.Tables[variable.Slot] = run.Session.CreateTableVariable(variable.Table);
                frame.Own(frame.Variables.Tables[variable.Slot]!);
            }
            else if (parameter.Default is { } value)
            {
                frame.Variables.Values[variable.Slot] = value(run.ContextFor(frame, 0));
            }

            return;
        }

        if (given.IsOutput && !parameter.IsOutput)
        {
            throw SqlErrors.CreateWithState(8162, 2, variable.Name);
        }

        if (variable.Type.Id == SqlTypeId.Cursor || given.Type.Id == SqlTypeId.Cursor)
        {
            frame.Variables.Cursors[variable.Slot] = variable.Type.Id == given.Type.Id ? given.Cursor : throw SqlErrors.Create(206, given.Type.Name, variable.Type.Name);
            return;
        }

        if (variable.Table is not null)
        {
            if (given.Table is null)
            {
                throw SqlErrors.Create(206, given.Type.Name, variable.Type.TableTypeName?.Split('.')[^1]);
            }

            if (!string.Equals(given.Type.TableTypeName, variable.Type.TableTypeName, StringComparison.OrdinalIgnoreCase))
            {
                throw SqlErrors.Create(206, "table", variable.Type.TableTypeName?.Split('.')[^1]);
            }

            frame.Variables.Tables[variable.Slot] = given.Table;
            return;
        }

        if (given.Table is not null)
        {
            throw SqlErrors.Create(206, "table", variable.Type.Name);
        }

        frame.Variables.Values[variable.Slot] = Convert(given.Value, given.Type, variable.Type);
    }

    /// <summary>Converts an argument as parameter passing does: failures are error 8114, strings are cut.</summary>
    public static SqlValue Convert(SqlValue value, SqlType from, SqlType to)
    {
        if (value.IsNull)
        {
            return SqlValue.Null;
        }

        SqlConvert.EnsureAllowed(from, to, isImplicit: true);
        Func<SqlValue, SqlValue>? converter = SqlConvert.GetConverter(from, to);
        if (converter is null)
        {
            return value;
        }

        try
        {
            return converter(value);
        }
        catch (SqlErrorException error) when (error.Error.Number is 241 or 245 or 248 or 295 or 8169 or 235 or 244)
        {
            throw SqlErrors.CreateWithState(8114, 1, from.Name, to.Name);
        }
    }

    /// <summary>
    /// For each parameter the index of its argument, or -1. Errors 8146, 8144, 8143, 201 and 8145, judged in this order.
    /// </summary>
    /// <param name="isRequired">Whether a parameter must be given a value.</param>
    private static int[] Match(string procedure, int count, Func<int, string> nameOf, CallArgument[] arguments, Func<int, bool> isRequired)
    {
        if (arguments.Length > 0 && count == 0)
        {
            throw SqlErrors.CreateWithState(8146, 2, procedure);
        }

        if (arguments.Length > count)
        {
            throw SqlErrors.CreateWithState(8144, 2, procedure);
        }

        int[] map = Assign(count, nameOf, arguments, out string? unknown);
        for (int i = 0; i < count; i++)
        {
            if (isRequired(i) && (map[i] < 0 || arguments[map[i]].IsDefault))
            {
                throw SqlErrors.CreateWithState(201, 4, procedure, nameOf(i));
            }
        }

        return unknown is null ? map : throw SqlErrors.CreateWithState(8145, 2, unknown, procedure);
    }

    /// <summary>As <see cref="Match"/> for the declarations of sp_executesql, whose errors name no procedure.</summary>
    private static int[] MatchDeclared(string display, IReadOnlyList<RoutineParameter> parameters, CallArgument[] arguments)
    {
        int[] map = Assign(parameters.Count, i => parameters[i].Variable.Name, arguments[..Math.Min(arguments.Length, parameters.Count)], out string? unknown);
        int missing = Array.FindIndex(map, (int i) => i < 0 || arguments[i].IsDefault);
        for (int i = Math.Max(missing, 0); i < map.Length && missing >= 0; i++)
        {
            if ((map[i] < 0 || arguments[map[i]].IsDefault) && !parameters[i].HasDefault)
            {
                throw SqlErrors.Create(8178, display, parameters[i].Variable.Name);
            }
        }

        return unknown is null && arguments.Length <= parameters.Count ? map : throw SqlErrors.CreateWithState(8144, 2, "");
    }

    private static int[] Assign(int count, Func<int, string> nameOf, CallArgument[] arguments, out string? unknown)
    {
        unknown = null;
        var map = new int[count];
        Array.Fill(map, -1);
        for (int i = 0; i < arguments.Length; i++)
        {
            int parameter = i;
            if (arguments[i].Name is { } name)
            {
                parameter = 0;
                while (parameter < count && !string.Equals(nameOf(parameter), name, StringComparison.OrdinalIgnoreCase))
                {
                    parameter++;
                }

                if (parameter == count)
                {
                    unknown ??= name;
                    continue;
                }

                if (map[parameter] >= 0)
                {
                    throw SqlErrors.Create(8143, name);
                }
            }

            map[parameter] = i;
        }

        return map;
    }

    /// <summary>sp_executesql @stmt [, @params [, values...]].</summary>
    /// <param name="databaseId">Where it runs: db.sys.sp_executesql runs in db.</param>
    private static void ExecuteSql(BatchExecution run, int databaseId, CallArgument[] arguments, CallCompleted? completed)
    {
        if (arguments.Length == 0 || !arguments[0].Type.IsUnicodeString || arguments[0].Value.IsNull)
        {
            throw InSystem(SqlErrors.CreateWithState(214, 2, "@statement", "ntext/nchar/nvarchar"), "sp_executesql");
        }

        string text = arguments[0].Value.AsString;
        string declaration = "";
        if (arguments.Length > 1)
        {
            if (!arguments[1].Type.IsUnicodeString && !arguments[1].Value.IsNull)
            {
                throw InSystem(SqlErrors.CreateWithState(214, 3, "@parameters", "ntext/nchar/nvarchar"), "sp_executesql");
            }

            declaration = arguments[1].Value.IsNull ? "" : arguments[1].Value.AsString;
        }

        CallArgument[] values = arguments.Length > 2 ? arguments[2..] : [];
        ExecuteText(run, databaseId, text, declaration, values, completed is null ? null : (code, output) => completed(code, i => i < 2 ? (arguments[i].Value, arguments[i].Type) : output(i - 2)));
    }

    /// <summary>Runs a text with declared parameters and their values.</summary>
    public static void ExecuteText(BatchExecution run, int databaseId, string text, string declaration, CallArgument[] values, CallCompleted? completed)
    {
        EngineSession.Place place = run.Session.CurrentPlace;
        run.Session.Enter(databaseId);
        try
        {
            Routine routine = Dynamic(run, text, declaration, () => declaration.Trim().Length == 0 ? [] : RoutineCompiler.ShapesOf(run.Session, declaration));
            string display = declaration.Length == 0 ? text : $"({declaration}){text}";
            Call(run, routine, display, values, completed, place);
        }
        catch
        {
            run.Session.Return(place);
            throw;
        }
    }

    /// <summary>A dynamic batch from the cache.</summary>
    public static Routine Dynamic(BatchExecution run, string text, string parametersKey, Func<IReadOnlyList<ParameterShape>> parameters) =>
        run.Session.Database.Routines.Batch(run.Session, text, parametersKey, parameters, RoutineKind.DynamicBatch);

    private static void CallClr(BatchExecution run, ModuleDefinition module, CallArgument[] arguments, CallCompleted? completed)
    {
        IReadOnlyList<ParameterDefinition> parameters = module.Parameters;
        int[] map = Match(module.Name, parameters.Count, i => parameters[i].Name, arguments, i => !parameters[i].HasDefault);
        var values = new SqlValue[parameters.Count];
        for (int i = 0; i < values.Length; i++)
        {
            if (map[i] < 0 || arguments[map[i]].IsDefault)
            {
                values[i] = parameters[i].HasDefault ? ModuleRunner.DefaultOf(run.Session, module, i) : throw SqlErrors.CreateWithState(201, 4, module.Name, parameters[i].Name);
                continue;
            }

            CallArgument argument = arguments[map[i]];
            if (argument.IsOutput && !parameters[i].IsOutput)
            {
                throw SqlErrors.CreateWithState(8162, 2, parameters[i].Name);
            }

            values[i] = Convert(argument.Value, argument.Type, parameters[i].Type);
        }

        int code;
        run.EnterModule(module.ObjectId, $"{run.Session.Catalog.SchemaName(module.SchemaId)}.{module.Name}");
        try
        {
            code = ClrHost.InvokeProcedure(module, values, run.ContextFor(run.Top!, 0));
        }
        finally
        {
            run.LeaveModule();
        }

        completed?.Invoke(code, argument =>
        {
            int parameter = Array.IndexOf(map, argument);
            return (values[parameter], parameters[parameter].Type);
        });
    }

    /// <summary>An error that a system procedure raises about itself.</summary>
    private static SqlErrorException InSystem(SqlErrorException error, string procedure)
    {
        error.Locate(1, procedure);
        return error;
    }

    private static void CallSystem(BatchExecution run, SystemProcedure procedure, CallArgument[] arguments, CallCompleted? completed)
    {
        EngineSession session = run.Session;
        IReadOnlyList<SystemParameter> parameters = procedure.Parameters;
        int[] map = Match(procedure.Name, parameters.Count, i => parameters[i].Name, arguments, i => parameters[i].IsRequired);
        var values = new SqlValue[parameters.Count];
        var passed = new bool[parameters.Count];
        for (int i = 0; i < values.Length; i++)
        {
            if (map[i] < 0 || arguments[map[i]].IsDefault)
            {
                values[i] = parameters[i].IsRequired ? throw SqlErrors.CreateWithState(201, 4, procedure.Name, parameters[i].Name) : parameters[i].Default;
                continue;
            }

            CallArgument argument = arguments[map[i]];
            passed[i] = true;
            values[i] = parameters[i].Type.Id == SqlTypeId.SqlVariant && argument.Type.Id != SqlTypeId.SqlVariant
                ? SqlValue.FromVariant(argument.Value, argument.Type)
                : Convert(argument.Value, argument.Type, parameters[i].Type);
        }

        int code;
        string qualified = "sys." + procedure.Name;
        var call = new SystemProcedureCall
        {
            Session = session,
            Context = run.ContextFor(run.Top!, 0),
            Sink = run.Sink,
            Arguments = values,
            IsPassed = passed,
        };
        if (procedure.Writes)
        {
            StatementScope scope = session.BeginWriteStatement(StoreUse.Durable | StoreUse.Temporary, isAtomic: false, run.Cancellation);
            try
            {
                code = procedure.Run(call);
                if (procedure.Name == "sp_rename" && DdlTriggerRunner.HasTriggers(session))
                {
                    DdlTriggerRunner.FireRename(run, call);
                }
            }
            catch (Exception exception)
            {
                (exception as SqlErrorException)?.Locate(1, qualified);
                session.FailStatement(scope);
                throw;
            }

            session.CompleteStatement(scope);
        }
        else
        {
            session.BeginRead();
            try
            {
                code = procedure.Run(call);
            }
            catch (SqlErrorException error)
            {
                error.Locate(1, qualified);
                throw;
            }
            finally
            {
                session.EndRead();
            }
        }

        completed?.Invoke(code, argument =>
        {
            int parameter = Array.IndexOf(map, argument);
            return (values[parameter], parameters[parameter].Type);
        });
    }
}
