using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

internal sealed partial class ExpressionBinder
{
    private BoundExpression BindCall(FunctionCallExpression call)
    {
        if (call.Name.Parts.Count > 1)
        {
            return BindQualifiedCall(call);
        }

        if (BindHierarchyStatic(call) is { } position)
        {
            return position;
        }

        if (BindUdtStatic(call) is { } member)
        {
            return member;
        }

        string name = call.Name.Name.ToUpperInvariant();
        if (call.IsGraphPath)
        {
            return _scope.PathCollector is { } paths ? Locate(call, () => paths(call)) : throw SqlErrors.Create(13952, name).At(call);
        }

        bool isAggregate = ExpressionInfo.IsAggregate(name);
        if (call.Over is not null)
        {
            return BindWindowCall(call, name, isAggregate);
        }

        if (isAggregate)
        {
            return BindAggregateCall(call);
        }

        if (ExpressionInfo.IsWindowOnly(name))
        {
            throw SqlErrors.Create(10753, name).At(call);
        }

        return name switch
        {
            "COALESCE" or "ISNULL" or "NULLIF" or "CHOOSE" => BindConditional(call),
            "IDENTITY" => BindIdentityFunction(call),
            _ => BindBuiltin(call, BuiltinFunctions.Find(name) is { IsInSysSchema: false } builtin ? builtin : throw SqlErrors.Create(195, call.Name.Name, "built-in function name").At(call)),
        };
    }

    private BoundExpression BindQualifiedCall(FunctionCallExpression call)
    {
        ObjectName name = call.Name;
        if (name.Parts.Count == 2 && name.Parts[0].Equals("$PARTITION", StringComparison.OrdinalIgnoreCase))
        {
            return BindPartitionNumber(call);
        }

        if (FindObject(name) is ModuleDefinition { Type: ObjectTypes.ScalarFunction or ObjectTypes.ClrScalarFunction } module)
        {
            return BindUserFunction(call, module);
        }

        if (IsUserAggregate(call))
        {
            return call.Over is null ? BindAggregateCall(call) : BindWindowCall(call, name.Name, isAggregate: true);
        }

        bool isSystem = string.Equals(name.Schema, "sys", StringComparison.OrdinalIgnoreCase)
            || (string.Equals(name.Database, "master", StringComparison.OrdinalIgnoreCase) && name.Schema is null or "dbo" && BuiltinFunctions.Find(name.Name) is { IsInSysSchema: true });
        if (isSystem && BuiltinFunctions.Find(name.Name) is { } builtin)
        {
            return BindBuiltin(call, builtin);
        }

        // column.PathName(): the parser cannot tell a method from a schema-qualified function.
        var target = new ColumnExpression { Qualifier = [.. name.Parts.Take(name.Parts.Count - 2)], Name = name.Parts[^2], Line = call.Line, Offset = call.Offset, EndOffset = call.EndOffset };
        if (IsColumn(target))
        {
            return BindMethod(new MethodCallExpression { Target = target, Method = name.Name, Arguments = call.Arguments, Line = call.Line, Offset = call.Offset, EndOffset = call.EndOffset });
        }

        if (BindUdtStatic(call) is { } member)
        {
            return member;
        }

        throw SqlErrors.Create(4121, name.Schema ?? name.Parts[^2], name.ToString()).At(call);
    }

    private bool IsColumn(ColumnExpression column)
    {
        for (BindingScope? scope = _scope; scope is not null; scope = scope.Outer)
        {
            foreach (ScopeSource source in scope.Sources)
            {
                if (Matches(source, column.Qualifier) && source.Columns.Any(c => IsNamed(c, column.Name)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private BoundUserFunction BindUserFunction(FunctionCallExpression call, ModuleDefinition module)
    {
        if (module.ObjectId != 0)
        {
            _queries.NoteNamed(module);
        }

        ParameterDefinition[] parameters = [.. module.Parameters.Where(p => p.Name.Length > 0)];
        if (call.Arguments.Count != parameters.Length)
        {
            throw (call.Arguments.Count < parameters.Length ? SqlErrors.Create(313, call.Name.ToString()) : SqlErrors.Create(8144, call.Name.ToString())).At(call);
        }

        var arguments = new BoundExpression?[parameters.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (call.Arguments[i] is LiteralExpression { Kind: LiteralKind.Default })
            {
                arguments[i] = parameters[i].HasDefault ? null : throw SqlErrors.Create(201, module.Name, parameters[i].Name).At(call);
                continue;
            }

            arguments[i] = parameters[i].Type.Id == SqlTypeId.Table ? BindTableArgument(call.Arguments[i], parameters[i]) : Coerce(Bind(call.Arguments[i]), parameters[i].Type);
        }

        _scope.Context.MaskResult(module);
        return new BoundUserFunction(module, arguments);
    }

    /// <summary>Functions that cannot work without a collation.</summary>
    private static readonly HashSet<string> CollationDriven = new(StringComparer.OrdinalIgnoreCase)
    {
        "LEN", "UPPER", "LOWER", "LTRIM", "RTRIM", "TRIM", "SUBSTRING", "CHARINDEX", "PATINDEX", "REPLACE", "REVERSE", "STUFF", "LEFT", "RIGHT", "SOUNDEX", "DIFFERENCE",
        "TRANSLATE", "UNICODE",
    };

    /// <summary>The argument of a table-valued parameter: a variable of its very type (error 206).</summary>
    public BoundVariable BindTableArgument(Expression argument, ParameterDefinition parameter)
    {
        string wanted = parameter.Type.TableTypeName?.Split('.')[^1] ?? "table";
        if (argument is not VariableExpression name || _queries.FindTableVariable(name.Name) is not { } variable)
        {
            throw SqlErrors.Create(206, Bind(argument).Type.Name, wanted).At(argument);
        }

        return string.Equals(variable.Type.TableTypeName, parameter.Type.TableTypeName, StringComparison.OrdinalIgnoreCase)
            ? new BoundVariable(variable.Slot, variable.Type, name.Name)
            : throw SqlErrors.Create(206, "table", wanted).At(argument);
    }

    private BoundExpression BindBuiltin(FunctionCallExpression call, BuiltinFunction function)
    {
        if (call.IsStar && function.Name is "CHECKSUM" or "BINARY_CHECKSUM")
        {
            call = OverAllColumns(call);
        }

        IReadOnlyList<Expression> syntax = Flatten(call);
        CheckArgumentCount(call, function, syntax.Count);
        if (function.Name == "NEWSEQUENTIALID" && _scope.Clause != BindingClause.Default)
        {
            throw SqlErrors.Create(302).At(call);
        }

        int count = syntax.Count;
        var arguments = new BoundExpression[count];
        var keywords = new string?[count];
        for (int i = 0; i < count; i++)
        {
            if (!function.KeywordArguments.Contains(i))
            {
                arguments[i] = Bind(syntax[i]);
                continue;
            }

            keywords[i] = syntax[i] is ColumnExpression { Qualifier.Count: 0 } word
                ? word.Name
                : throw SqlErrors.Create(1023, i + 1, function.Name.ToLowerInvariant()).At(call);
            arguments[i] = new BoundConstant(SqlValue.Null, SqlType.Null);
        }

        SqlType? returning = call.Returning is null ? null : TypeResolver.Resolve(call.Returning, _scope.Context.Catalog, TypeUse.Cast).Type;
        BoundFunction bound = Locate(call, () => function.Bind(new FunctionBinding
        {
            Name = function.Name,
            ArgumentTypes = [.. arguments.Select(a => a.Type)],
            ArgumentNullability = [.. arguments.Select(a => a.IsNullable)],
            Constants = [.. arguments.Select(a => a is BoundConstant constant ? constant.Value : (SqlValue?)null)],
            Keywords = keywords,
            Syntax = call,
            Returning = returning,
            Context = _scope.Context,
        }));
        for (int i = 0; i < count && i < bound.ArgumentTypes.Count; i++)
        {
            if (bound.ArgumentTypes[i] is { } type && keywords[i] is null)
            {
                arguments[i] = Coerce(arguments[i], type);
            }
        }

        CollationConflict? conflict = null;
        var label = CollationLabel.CoercibleDefault;
        if (bound.ResultType.IsString || CollationDriven.Contains(function.Name))
        {
            (_, label, conflict) = CombineCollations(function.Name.ToLowerInvariant(), arguments);
            if (label == CollationLabel.None && CollationDriven.Contains(function.Name))
            {
                throw arguments.Any(a => ConflictOf(a) is not null)
                    ? SqlErrors.CreateWithState(4191, 9, function.Name == "TRIM" ? "Trim" : function.Name.ToLowerInvariant()).At(call)
                    : SqlErrors.Create(468, conflict!.First.Name, conflict.Second.Name, function.Name.ToLowerInvariant()).At(call);
            }
        }

        return new BoundFunctionCall(function.Name, arguments, bound) { Conflict = conflict, IsDeterministic = function.IsDeterministic, Label = label, Options = OptionsOf(call, keywords) };
    }

    /// <summary>CHECKSUM(*): over the columns of every source, those that cannot be compared aside.</summary>
    private FunctionCallExpression OverAllColumns(FunctionCallExpression call) => new()
    {
        Name = call.Name,
        Line = call.Line,
        Offset = call.Offset,
        EndOffset = call.EndOffset,
        Arguments =
        [
            .. from source in _scope.Sources
               from column in source.Columns
               where !column.IsHidden && !column.Type.IsLegacyLob && column.Type.Id is not (SqlTypeId.Xml or SqlTypeId.Json or SqlTypeId.Vector)
               select new ColumnExpression { Qualifier = [source.Alias], Name = column.Name, Line = call.Line, Offset = call.Offset, EndOffset = call.EndOffset },
        ],
    };

    /// <summary>Arguments in the order that functions see them: JSON_OBJECT's are key, value, key, value ...</summary>
    private static IReadOnlyList<Expression> Flatten(FunctionCallExpression call)
    {
        if (call.JsonKeys is not { Count: > 0 } keys)
        {
            return call.Arguments;
        }

        var flat = new List<Expression>(keys.Count * 2);
        for (int i = 0; i < keys.Count; i++)
        {
            flat.Add(keys[i]);
            flat.Add(call.Arguments[i]);
        }

        return flat;
    }

    private static void CheckArgumentCount(FunctionCallExpression call, BuiltinFunction function, int count)
    {
        if (call.IsStar)
        {
            throw SqlErrors.Create(102, "*").At(call);
        }

        if (count >= function.MinArguments && count <= function.MaxArguments)
        {
            return;
        }

        string name = function.Name.ToLowerInvariant();
        throw (function.MinArguments == function.MaxArguments
            ? SqlErrors.Create(174, name, function.MinArguments)
            : SqlErrors.Create(189, name, function.MinArguments, Math.Min(function.MaxArguments, 254))).At(call);
    }

    private static string? OptionsOf(FunctionCallExpression call, string?[] keywords)
    {
        if (!keywords.Any(k => k is not null) && call is { TrimSpecification: null, AbsentOnNull: null, Returning: null, WithArrayWrapper: false, JsonKeys: null })
        {
            return null;
        }

        return string.Join('|', keywords).ToLowerInvariant() + $";{call.TrimSpecification};{call.AbsentOnNull};{call.Returning?.Name};{call.WithArrayWrapper};{call.JsonKeys is not null}";
    }

    internal static T Locate<T>(SyntaxNode node, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SqlErrorException error)
        {
            error.Locate(node.Line, null);
            throw;
        }
    }

    private BoundExpression BindMethod(MethodCallExpression expression)
    {
        string method = expression.Method;
        if (method.Equals("PathName", StringComparison.OrdinalIgnoreCase))
        {
            return BindPathName(expression);
        }

        BoundExpression target = BindNodeColumn(expression.Target) ?? Bind(expression.Target);
        if (target.Type.Id == SqlTypeId.Json && expression.IsMutator && method.Equals("modify", StringComparison.OrdinalIgnoreCase))
        {
            // column.modify(path, value) is JSON_MODIFY(column, path, value).
            var name = new ObjectName { Parts = ["JSON_MODIFY"], Line = expression.Line };
            return Bind(new FunctionCallExpression { Name = name, Arguments = [expression.Target, .. expression.Arguments], Line = expression.Line, Offset = expression.Offset, EndOffset = expression.EndOffset });
        }

        if (target.Type.Id == SqlTypeId.Xml)
        {
            return BindXmlMethod(expression, target);
        }

        if (target.Type.Id == SqlTypeId.Udt)
        {
            return BindUdtMember(expression, target);
        }

        if (expression.IsProperty && target.Type.Id is SqlTypeId.HierarchyId or SqlTypeId.Xml)
        {
            throw SqlErrors.Create(227, method).At(expression);
        }

        if (target.Type.Id == SqlTypeId.HierarchyId)
        {
            return BindHierarchyMethod(expression, target);
        }

        if (target.Type.Id is SqlTypeId.Geometry or SqlTypeId.Geography)
        {
            throw SqlErrors.NotSupported($"{target.Type.Name} method {method}");
        }

        throw SqlErrors.Create(258, target.Type.Name).At(expression);
    }

    /// <summary>PathName() of a FILESTREAM column: the file that holds the value.</summary>
    private BoundFunctionCall BindPathName(MethodCallExpression expression)
    {
        if (DefinitionOf(expression.Target) is { IsFileStream: false })
        {
            throw SqlErrors.Create(5593, "PathName").At(expression);
        }

        BoundExpression target = Bind(expression.Target);
        if (target.Type.Id != SqlTypeId.VarBinary)
        {
            throw SqlErrors.Create(258, target.Type.Name).At(expression);
        }

        var function = new BoundFunction(SqlType.NVarCharMax, true, [null], static (_, arguments) =>
            arguments[0].AsLob?.FilePath is { } path ? SqlValue.FromString(path) : throw SqlErrors.NotSupported("PathName() of a value that is not stored as a file"));
        return new BoundFunctionCall("PathName", [target], function);
    }
}
