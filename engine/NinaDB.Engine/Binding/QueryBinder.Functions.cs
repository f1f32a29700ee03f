using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Operators;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

internal sealed partial class QueryBinder
{
    private const string GeneratedSeries = "GENERATE_SERIES";

    private BoundSource BindFunction(FunctionTableSource syntax, BindingScope lateral)
    {
        FunctionCallExpression call = syntax.Call;
        ObjectName name = call.Name;
        if (name.Parts.Count == 1)
        {
            switch (name.Name.ToUpperInvariant())
            {
                case "STRING_SPLIT":
                    return BindStringSplit(syntax, lateral);
                case GeneratedSeries:
                    return BindGenerateSeries(syntax, lateral);
                case "AI_GENERATE_CHUNKS":
                    return BindGenerateChunks(syntax, lateral);
                case "REGEXP_MATCHES":
                case "REGEXP_SPLIT_TO_TABLE":
                    return BindRegex(syntax, lateral);
            }
        }

        bool mayBeSystem = name.Parts.Count == 1 || (name.Server is null && string.Equals(name.Schema, "sys", StringComparison.OrdinalIgnoreCase));
        if (mayBeSystem && SystemTableFunctions.Find(name.Name) is { } system)
        {
            return BindSystemFunction(system, syntax, lateral);
        }

        (CatalogObject? found, string schema) = FindObject(name);
        if (found is SynonymDefinition synonym)
        {
            using CompilationContext.NameScope scope = _context.In(synonym.DatabaseId);
            (found, schema) = FindObject(new ObjectName { Parts = Syntax.Parser.TryParseName(synonym.BaseObjectName) ?? [synonym.BaseObjectName] });
        }

        if (found is not ModuleDefinition { Type: ObjectTypes.InlineFunction or ObjectTypes.TableFunction or ObjectTypes.ClrTableFunction } function)
        {
            throw SqlErrors.Create(208, name.ToString());
        }

        _context.References.Add(function);
        NoteNamed(function);
        BoundExpression?[] arguments = BindArguments(function, call, name, lateral);
        string alias = syntax.Alias ?? function.Name;
        return function.Type == ObjectTypes.InlineFunction
            ? BindInlineFunction(function, schema, arguments, alias, syntax, lateral)
            : Produce(
                alias,
                syntax.Alias is null ? schema : null,
                function.Columns,
                arguments,
                (context, values) => context.Session.Modules.InvokeTable(function, values, context),
                syntax.ColumnAliases,
                1000,
                $"{schema}.{function.Name}");
    }

    /// <summary>Arguments converted to the parameters' types; null where DEFAULT was written.</summary>
    private BoundExpression?[] BindArguments(ModuleDefinition function, FunctionCallExpression call, ObjectName name, BindingScope lateral)
    {
        ParameterDefinition[] parameters = function.Parameters.Where(p => p.Name.Length > 0).ToArray();
        if (call.Arguments.Count < parameters.Length)
        {
            throw SqlErrors.Create(313, name.ToString());
        }

        if (call.Arguments.Count > parameters.Length)
        {
            throw SqlErrors.Create(8144, name.ToString());
        }

        var binder = new ExpressionBinder(lateral, this);
        var arguments = new BoundExpression?[parameters.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (parameters[i].Type.Id == SqlTypeId.Table)
            {
                BoundVariable? table = call.Arguments[i] is LiteralExpression { Kind: LiteralKind.Default } ? null : binder.BindTableArgument(call.Arguments[i], parameters[i]);
                arguments[i] = table?.Slot == NoRows ? null : table;
                continue;
            }

            arguments[i] = call.Arguments[i] is LiteralExpression { Kind: LiteralKind.Default }
                ? null
                : binder.Coerce(binder.Bind(call.Arguments[i]), parameters[i].Type);
        }

        return arguments;
    }

    /// <summary>Expands an inline function: its query takes the place of the call, its parameters that of the arguments.</summary>
    private BoundSource BindInlineFunction(ModuleDefinition function, string schema, BoundExpression?[] arguments, string alias, FunctionTableSource syntax, BindingScope lateral)
    {
        CreateFunctionStatement definition = ModuleSyntax.Function(function);
        var parameters = new Dictionary<string, BoundExpression>(StringComparer.OrdinalIgnoreCase);
        var tables = new Dictionary<string, VariableInfo>(StringComparer.OrdinalIgnoreCase);
        var computed = new List<ComputedColumn>();
        for (int i = 0; i < arguments.Length; i++)
        {
            ParameterSyntax parameter = definition.Parameters[i];
            if (function.Parameters[i].Type.Id == SqlTypeId.Table)
            {
                tables.Add(parameter.Name, arguments[i] is BoundVariable variable ? FindTableVariable(variable.Name)! : EmptyArgument(parameter.Name, function.Parameters[i].Type));
                continue;
            }

            var binder = new ExpressionBinder(new BindingScope(_context), this);
            SqlType type = function.Parameters.First(p => string.Equals(p.Name, parameter.Name, StringComparison.OrdinalIgnoreCase)).Type;
            BoundExpression argument = arguments[i] ?? binder.Coerce(
                parameter.Default is null ? new BoundConstant(SqlValue.Null, SqlType.Null) : binder.Bind(parameter.Default),
                type);
            if (argument is not (BoundConstant or BoundVariable or BoundColumn))
            {
                // Computed once a row, not wherever the body mentions the parameter.
                int register = _context.AllocateRegister();
                computed.Add(new ComputedColumn(register, argument));
                argument = new BoundColumn(register, argument.Type, argument.IsNullable, parameter.Name);
            }

            parameters.Add(parameter.Name, argument);
        }

        var scope = new BindingScope(_context) { Parameters = parameters };
        SelectStatement body = definition.InlineQuery!;
        Dictionary<string, VariableInfo>? outerTables = _tableArguments;
        _tableArguments = tables;
        BoundSelect query;
        try
        {
            query = WithoutPaths(13955, () => Expand(function, schema, () => Bind(body.Query, body.With, scope, QueryPlace.Table)));
        }
        finally
        {
            _tableArguments = outerTables;
        }

        BoundSource source = Expose(query, alias, null, null);
        if (syntax.ColumnAliases is not null)
        {
            source = Rename(source, alias, syntax.ColumnAliases);
        }

        return computed.Count == 0
            ? source
            : source with { Relation = new JoinRelation(RelationJoinKind.Inner, new ProjectRelation(new SingleRowRelation(), computed), source.Relation, null, isApply: true) };
    }

    /// <summary>Table-valued arguments of the inline function that is being expanded, by parameter; null outside of one.</summary>
    private Dictionary<string, VariableInfo>? _tableArguments;

    /// <summary>Slot of a table-valued parameter whose argument is DEFAULT: a table without rows.</summary>
    private const int NoRows = -1;

    private VariableInfo EmptyArgument(string name, SqlType type)
    {
        IReadOnlyList<string>? written = Syntax.Parser.TryParseName(type.TableTypeName ?? "");
        TableDefinition table = (written is null ? null : _context.Catalog.FindType(written.Count > 1 ? written[^2] : null, written[^1])?.Table) ?? throw SqlErrors.Create(2715, 1, type.TableTypeName);
        return new VariableInfo(name, NoRows, type, table);
    }

    /// <summary>The table variable or table-valued parameter with this name.</summary>
    public VariableInfo? FindTableVariable(string name)
    {
        VariableInfo? found = _tableArguments is not null ? _tableArguments.GetValueOrDefault(name) : _context.Variables.Find(name);
        return found?.Table is null ? null : found;
    }

    private BoundSource BindStringSplit(FunctionTableSource syntax, BindingScope lateral)
    {
        IReadOnlyList<Expression> arguments = syntax.Call.Arguments;
        if (arguments.Count < 2)
        {
            throw SqlErrors.Create(313, "STRING_SPLIT");
        }

        if (arguments.Count > 3)
        {
            throw SqlErrors.Create(8144, "STRING_SPLIT");
        }

        var binder = new ExpressionBinder(lateral, this);
        BoundExpression text = binder.Bind(arguments[0]);
        SqlType textType = text.Type.IsString ? text.Type : SqlType.NVarCharMax;
        bool hasOrdinal = false;
        if (arguments.Count == 3)
        {
            hasOrdinal = binder.Bind(arguments[2]) switch
            {
                BoundConstant { Value.IsNull: true } => false,
                BoundConstant constant when constant.Type.IsExactInteger && constant.Value.AsInt64 is 0 or 1 => constant.Value.AsInt64 == 1,
                BoundConstant constant when constant.Type.IsExactInteger => throw SqlErrors.Create(4199, constant.Value.AsInt64, 3, "string_split"),
                BoundExpression other => throw SqlErrors.Create(8748, "enable_ordinal", "STRING_SPLIT", other.Type.Name),
            };
        }

        SqlType valueType = textType.IsUnicodeString
            ? SqlType.NVarChar(textType.IsMax ? SqlType.Max : textType.Length, textType.Collation)
            : SqlType.VarChar(textType.IsMax ? SqlType.Max : textType.Length, textType.Collation);
        var columns = new List<ResultColumnDefinition> { new("value", valueType, true) };
        if (hasOrdinal)
        {
            columns.Add(new ResultColumnDefinition("ordinal", SqlType.BigInt, false));
        }

        return Produce(
            syntax.Alias ?? "STRING_SPLIT",
            null,
            columns,
            [binder.Coerce(text, textType), binder.Coerce(binder.Bind(arguments[1]), SqlType.NVarChar(4000))],
            (_, values) => RowProducers.Split(values, hasOrdinal, valueType.Id, textType.EffectiveCollation),
            syntax.ColumnAliases,
            50,
            "STRING_SPLIT");
    }

    private BoundSource BindGenerateSeries(FunctionTableSource syntax, BindingScope lateral)
    {
        IReadOnlyList<Expression> syntaxes = syntax.Call.Arguments;
        if (syntaxes.Count < 2)
        {
            throw SqlErrors.Create(313, GeneratedSeries);
        }

        if (syntaxes.Count > 3)
        {
            throw SqlErrors.Create(8144, GeneratedSeries);
        }

        var binder = new ExpressionBinder(lateral, this);
        BoundExpression[] bound = syntaxes.Select(binder.Bind).ToArray();
        SqlType type = SqlType.Null;
        for (int i = 0; i < bound.Length; i++)
        {
            SqlType own = bound[i].Type;
            if (own.Id != SqlTypeId.Null && (own.Id == SqlTypeId.Bit || (!own.IsExactInteger && !own.IsDecimal)))
            {
                throw SqlErrors.Create(8116, own.ErrorName, i + 1, "generate_series");
            }

            // One type for all: int and bigint are two.
            if (own.Id != SqlTypeId.Null && type.Id != SqlTypeId.Null && own.Id != type.Id && !(own.IsDecimal && type.IsDecimal))
            {
                throw SqlErrors.Create(5373, type.Name);
            }

            type = TypePrecedence.Common(type, own);
        }

        type = ColumnType(type);

        return Produce(
            syntax.Alias ?? GeneratedSeries,
            null,
            [new ResultColumnDefinition("value", type, false)],
            bound.Select(b => binder.Coerce(b, type)).ToArray(),
            (_, values) => RowProducers.Series(values, type),
            syntax.ColumnAliases,
            SeriesLength(bound),
            GeneratedSeries);
    }

    private static double SeriesLength(BoundExpression[] arguments) =>
        arguments[0] is BoundConstant { Value.IsNull: false } from && arguments[1] is BoundConstant { Value.IsNull: false } to && from.Type.IsExactInteger && to.Type.IsExactInteger
            ? Math.Abs((double)to.Value.AsInt64 - from.Value.AsInt64) + 1
            : 1000;

    /// <summary>OPENROWSET(BULK 'file', SINGLE_BLOB): one row with the file as a value that is read when it is used.</summary>
    private BoundSource BindBulk(OpenRowsetBulkSource syntax)
    {
        _context.Access.LoadsFiles |= !_context.IsInsideModule;
        if (syntax.Alias is null)
        {
            throw SqlErrors.Create(491);
        }

        if (syntax.Options.Keys.Count(k => k.StartsWith("SINGLE_", StringComparison.OrdinalIgnoreCase)) > 1)
        {
            throw SqlErrors.Create(471);
        }

        SqlType type;
        if (syntax.Options.ContainsKey("SINGLE_BLOB"))
        {
            type = SqlType.VarBinaryMax;
        }
        else if (syntax.Options.ContainsKey("SINGLE_CLOB"))
        {
            type = SqlType.VarCharMax;
        }
        else if (syntax.Options.ContainsKey("SINGLE_NCLOB"))
        {
            type = SqlType.NVarCharMax;
        }
        else
        {
            return BindBulkRows(syntax);
        }

        var binder = new ExpressionBinder(new BindingScope(_context), this);
        return Produce(
            syntax.Alias ?? "",
            null,
            [new ResultColumnDefinition("BulkColumn", type, true)],
            [binder.Coerce(binder.Bind(syntax.File), SqlType.NVarChar(4000))],
            (_, values) => RowProducers.File(values[0]!.Value, type),
            syntax.ColumnAliases,
            1,
            "OPENROWSET");
    }

    /// <summary>OPENROWSET(BULK 'file', FORMATFILE = 'layout'): the columns that the format file describes.</summary>
    private BoundSource BindBulkRows(OpenRowsetBulkSource syntax)
    {
        if (syntax.HasSchema && syntax.Options.TryGetValue("FORMAT", out string? format))
        {
            throw SqlErrors.Create(5374, syntax.File is LiteralExpression literal ? literal.Text : "", format);
        }

        if (!syntax.Options.ContainsKey("FORMATFILE"))
        {
            throw syntax.Options.ContainsKey("FORMAT") ? SqlErrors.Create(472) : SqlErrors.CreateWithState(15808, 2);
        }

        if (!_context.IsInsideModule)
        {
            // Before a file is opened in the name of who may not ask for it.
            new Security.PermissionCheck(_context.Session, null).RequireBulkLoad();
        }

        _context.Files.Add(FileStamp.Of(syntax.Options["FORMATFILE"]));
        var rowset = new BulkRowset(syntax.Options);
        var binder = new ExpressionBinder(new BindingScope(_context), this);
        return Produce(
            syntax.Alias ?? "",
            null,
            [.. rowset.Columns.Select(c => new ResultColumnDefinition(c.Name, c.Type, true))],
            [binder.Coerce(binder.Bind(syntax.File), SqlType.NVarChar(4000))],
            (context, values) => rowset.Rows(context, values[0]!.Value),
            syntax.ColumnAliases,
            1000,
            "OPENROWSET");
    }
}
