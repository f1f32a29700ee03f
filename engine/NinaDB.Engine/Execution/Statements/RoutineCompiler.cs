using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Ddl;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>A variable that a batch gets from outside.</summary>
internal sealed record ParameterShape(string Name, SqlType Type, TableDefinition? Table, bool IsOutput, bool IsReadOnly, Expression? Default);

/// <summary>Flattens statements into operations, declares variables, and finds the errors that need no catalog (labels, BREAK, duplicate variables).</summary>
internal sealed partial class RoutineCompiler
{
    private readonly EngineSession _session;
    private readonly RoutineKind _kind;
    private readonly VariableMap _variables = new();
    private readonly List<Operation> _operations = [];
    private readonly List<VariableInfo> _declaredTables = [];
    private readonly Dictionary<string, (int Position, int Handlers, int Catches)> _labels = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(JumpOperation Jump, GotoStatement Statement, int Handlers, int Catches)> _gotos = [];
    private readonly Stack<Loop> _loops = new();
    private readonly SqlType? _returnType;
    private bool _usesUserTypes;

    /// <summary>Source of a batch; a module has its own.</summary>
    private string _text = "";
    private bool? _writtenQuotedIdentifier;

    /// <summary>TRY and CATCH blocks around the statement being compiled.</summary>
    private int _handlers, _catches;

    private sealed record Loop(int Start, List<JumpOperation> Breaks, int Handlers, int Catches);

    private RoutineCompiler(EngineSession session, RoutineKind kind, SqlType? returnType)
    {
        _session = session;
        _kind = kind;
        _returnType = returnType;
    }

    /// <summary>Compiles an ad-hoc or dynamic batch.</summary>
    /// <param name="trigger">The CLR trigger whose command it is: the batch sees inserted and deleted.</param>
    public static Routine Batch(EngineSession session, string text, Batch batch, IReadOnlyList<ParameterShape> parameters, RoutineKind kind, Routine? trigger = null)
    {
        if (batch.Statements.Count > 1 && batch.Statements.FirstOrDefault(s => s is SetOptionStatement { IsOn: true } o && o.Options.Any(n => n.StartsWith("SHOWPLAN_", StringComparison.Ordinal))) is { } plan)
        {
            throw At(plan, SqlErrors.Create(1067));
        }

        if (batch.TypedXml.Count > 0 && batch.Statements[0] is not ModuleStatement)
        {
            foreach (DataTypeSyntax type in batch.TypedXml)
            {
                Binding.ExpressionBinder.Locate(type, () => TypeResolver.Resolve(type, session.Catalog));
            }
        }

        var compiler = new RoutineCompiler(session, kind, null) { _text = text, _writtenQuotedIdentifier = batch.QuotedIdentifier };
        List<RoutineParameter> declared = compiler.Parameters(parameters);
        foreach (string name in trigger is null ? [] : TriggerTables.Names)
        {
            if (trigger!.Variables.Find(name) is { Table: { } shape })
            {
                compiler._variables.Add(name, SqlType.Table(null), shape);
            }
        }

        compiler.Body(batch.Statements);
        return compiler.Finish(null, 0, null, declared);
    }

    /// <summary>Compiles a procedure, function or trigger from its text.</summary>
    public static Routine Module(EngineSession session, ModuleDefinition module)
    {
        Batch batch = Syntax.Parser.ParseBatch(module.Text, new Syntax.ParseOptions(module.UsesQuotedIdentifier));
        string? schema = session.Catalog.SchemaName(module.SchemaId);
        string name = module.Name;
        switch (batch.Statements[0])
        {
            case CreateProcedureStatement s:
                {
                    var compiler = new RoutineCompiler(session, RoutineKind.Procedure, null);
                    List<RoutineParameter> parameters = compiler.Parameters(compiler.Shapes(s.Parameters));
                    compiler.Body(s.Body);
                    return compiler.Finish(module, module.ObjectId, schema, parameters);
                }

            case CreateFunctionStatement { Kind: FunctionKind.Scalar } s:
                {
                    var compiler = new RoutineCompiler(session, RoutineKind.ScalarFunction, module.ReturnType);
                    List<RoutineParameter> parameters = compiler.Parameters(compiler.Shapes(s.Parameters));
                    compiler.Body(s.Body);
                    return compiler.Finish(module, module.ObjectId, schema, parameters);
                }

            case CreateFunctionStatement { Kind: FunctionKind.MultiStatementTable } s:
                {
                    var compiler = new RoutineCompiler(session, RoutineKind.TableFunction, null);
                    List<RoutineParameter> parameters = compiler.Parameters(compiler.Shapes(s.Parameters));
                    VariableInfo result = compiler.DeclareTable(s.ReturnVariable!, s.ReturnTable!);
                    compiler.Body(s.Body);
                    return compiler.Finish(module, module.ObjectId, schema, parameters, result);
                }

            case CreateTriggerStatement s:
                {
                    var compiler = new RoutineCompiler(session, RoutineKind.Trigger, null);
                    if (session.Catalog.Find(module.ParentObjectId) is { } target)
                    {
                        TableDefinition shape = TriggerTables.ShapeFor(target);
                        compiler._variables.Add("inserted", SqlType.Table(null), shape);
                        compiler._variables.Add("deleted", SqlType.Table(null), shape);
                    }

                    if (s.External is not null)
                    {
                        compiler.Add(new ClrTriggerOperation(module) { Line = 1 });
                    }

                    compiler.Body(s.Body);
                    return compiler.Finish(module, module.ObjectId, schema, []);
                }

            default:
                throw SqlErrors.NotSupported(name);
        }
    }

    private Routine Finish(ModuleDefinition? module, int objectId, string? schema, List<RoutineParameter> parameters, VariableInfo? returnTable = null)
    {
        foreach ((JumpOperation jump, GotoStatement statement, int handlers, int catches) in _gotos)
        {
            if (!_labels.TryGetValue(statement.Label, out var label))
            {
                throw At(statement, SqlErrors.Create(133, statement.Label));
            }

            if (label.Handlers > handlers || label.Catches > catches)
            {
                throw At(statement, SqlErrors.Create(1026));
            }

            jump.Target = label.Position;
            jump.HandlerDepth = label.Handlers;
            jump.CatchDepth = label.Catches;
        }

        for (int i = 0; i < _operations.Count; i++)
        {
            _operations[i].Index = i;
        }

        int? executeAs = module?.ExecuteAsPrincipalId;
        if (executeAs == -2)
        {
            executeAs = _session.Catalog.SchemasByName.Values.FirstOrDefault(s => s.SchemaId == module!.SchemaId)?.OwnerId ?? InitialCatalog.DboId;
        }

        return new Routine
        {
            Kind = _kind,
            Name = module is null ? null : schema is null || _kind == RoutineKind.Trigger ? module.Name : $"{schema}.{module.Name}",
            Text = module?.Text ?? _text,
            ObjectId = objectId,
            DatabaseId = module is null || ActsInCaller(module) ? null : module.DatabaseId,
            Schema = schema,
            Variables = _variables,
            Parameters = parameters,
            Operations = [.. _operations],
            DeclaredTables = _declaredTables,
            HasTableVariables = _variables.All.Any(v => v.Table is not null),
            HasCursorVariables = _variables.All.Any(v => v.Type.Id == SqlTypeId.Cursor),
            TypesVersion = _usesUserTypes ? _session.Catalog.Version : -1,
            QuotedIdentifier = module?.UsesQuotedIdentifier,
            AnsiNulls = module?.UsesAnsiNulls,
            WrittenQuotedIdentifier = _writtenQuotedIdentifier,
            CompiledIn = _session.DatabaseId,
            WasQuoted = module?.UsesQuotedIdentifier ?? _session.Options.QuotedIdentifier,
            Statistics = _kind is RoutineKind.Procedure or RoutineKind.Trigger or RoutineKind.ScalarFunction ? new ExecutionStatistics(1) : null,
            ExecuteAsPrincipalId = executeAs,
            ReturnType = _returnType,
            ReturnTable = returnTable,
        };
    }

    /// <summary>Temporary procedures, and procedures of master whose names begin with sp_.</summary>
    private static bool ActsInCaller(ModuleDefinition module) => module.Type == ObjectTypes.Procedure
        && (TemporaryNames.IsTemporary(module.Name) || module.ObjectId < 0 || (module.DatabaseId == ServerCatalog.MasterId && module.Name.StartsWith("sp_", StringComparison.OrdinalIgnoreCase)));

    /// <summary>Parameters of a module as written.</summary>
    private List<ParameterShape> Shapes(IReadOnlyList<ParameterSyntax> parameters)
    {
        var shapes = new List<ParameterShape>();
        for (int i = 0; i < parameters.Count; i++)
        {
            ParameterSyntax p = parameters[i];
            ResolvedType type = Resolve(p.Type, p.Name, i + 1);
            shapes.Add(new ParameterShape(p.Name, type.Type, type.Table, p.IsOutput, p.IsReadOnly, p.Default));
        }

        return shapes;
    }

    /// <summary>Parameters of sp_executesql.</summary>
    public static IReadOnlyList<ParameterShape> ShapesOf(EngineSession session, string declaration) =>
        new RoutineCompiler(session, RoutineKind.DynamicBatch, null).Shapes(Syntax.Parser.ParseParameterList(declaration));

    private List<RoutineParameter> Parameters(IReadOnlyList<ParameterShape> shapes)
    {
        var parameters = new List<RoutineParameter>();
        foreach (ParameterShape shape in shapes)
        {
            if (shape.Table is not null)
            {
                _usesUserTypes = true;
            }

            VariableInfo variable = _variables.Add(shape.Name, shape.Type, shape.Table is null ? null : shape.Table with { Name = shape.Name }) ?? throw SqlErrors.Create(134, shape.Name);
            Evaluator? value = null;
            if (shape.Default is not null)
            {
                var context = new CompilationContext(_session, _session.Catalog, new VariableMap());
                value = QueryCompiler.CompileExpression(shape.Default, QueryCompiler.BindScopeFor(context, []), shape.Type);
            }

            parameters.Add(new RoutineParameter(variable, shape.IsOutput, shape.IsReadOnly, shape.Default is not null || shape.Table is not null, value));
        }

        return parameters;
    }

    private ResolvedType Resolve(DataTypeSyntax syntax, string name, int position)
    {
        ResolvedType type = TypeResolver.Resolve(syntax, _session.Catalog, TypeUse.Parameter(name, position));
        _usesUserTypes |= type.UserTypeId > 0;
        return type;
    }

    private VariableInfo DeclareTable(string name, TableDefinitionSyntax syntax)
    {
        TableDefinition shape = TableBuilder.BuildShape(_session, syntax, name, TemporaryCatalog.NextObjectId(), TableStorageKind.Variable);
        VariableInfo variable = _variables.Add(name, SqlType.Table(null), shape) ?? throw SqlErrors.Create(134, name);
        _declaredTables.Add(variable);
        _usesUserTypes |= shape.Columns.Any(c => c.UserTypeId > 256);
        return variable;
    }

    private static SqlErrorException At(Statement statement, SqlErrorException error)
    {
        error.Locate(statement.Line, null);
        return error;
    }
}
