using System.Runtime.CompilerServices;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>Binds expressions and predicates against a scope: names, types, implicit conversions, and every semantic error of expressions.</summary>
internal sealed partial class ExpressionBinder(BindingScope scope, IQueryBinder queries)
{
    /// <summary>Chains longer than this are not searched, link by link, for grouping expressions.</summary>
    private const int LongestGroupedChain = 64;

    private readonly BindingScope _scope = scope;
    private readonly IQueryBinder _queries = queries;

    public BoundExpression Bind(Expression expression)
    {
        EnsureStack();
        if (expression is LiteralExpression literal)
        {
            (SqlValue value, SqlType type) = SqlLiteral.Bind(literal);
            return new BoundConstant(value, type) { IsLiteral = true };
        }

        if (Grouped(expression) is { } grouped)
        {
            return grouped;
        }

        return expression switch
        {
            ColumnExpression e => BindColumn(e),
            VariableExpression e => BindVariable(e),
            BinaryExpression e => BindBinaryChain(e),
            FunctionCallExpression e => BindCall(e),
            ConvertExpression e => BindConvert(e),
            CaseExpression or IifExpression => BindConditional(expression),
            UnaryExpression e => BindUnary(e),
            GlobalVariableExpression e => GlobalVariables.Bind(e.Name),
            ScalarSubqueryExpression e => BindScalarSubquery(e),
            CollateExpression e => BindCollate(e),
            AtTimeZoneExpression e => BindAtTimeZone(e),
            MethodCallExpression e => BindMethod(e),
            NextValueForExpression e => BindNextValue(e),
            RowLocatorExpression e => BindLocator(e),
            TargetColumnExpression e => BindTargetColumn(e),
            _ => throw SqlErrors.NotSupported(expression.GetType().Name),
        };
    }

    /// <summary>Converts to a type: itself when nothing is to do. Throws 206, 257 or 529 when the conversion is not allowed.</summary>
    public BoundExpression Coerce(BoundExpression expression, SqlType type, bool isImplicit = true)
    {
        if (expression.Type.Equals(type))
        {
            return expression;
        }

        if (expression.Type.Id == SqlTypeId.Null)
        {
            _scope.Context.Inference?.Note(expression, type, isExact: true);
            return expression is BoundConstant ? new BoundConstant(SqlValue.Null, type) : new BoundConvert(expression, type, isImplicit: isImplicit);
        }

        SqlConvert.EnsureAllowed(expression.Type, type, isImplicit);
        if (isImplicit && expression.Type.IsAnsiString && type.IsString && expression.Label == CollationLabel.None && ConflictOf(expression) is { } conflict)
        {
            throw SqlErrors.Create(456, expression.Type.Name, type.Name, conflict.First.Name, conflict.Second.Name, conflict.Operator);
        }

        var label = expression.Type.IsString && type.IsString ? LabelOf(expression) : CollationLabel.CoercibleDefault;
        return Fold(new BoundConvert(expression, type, isImplicit: isImplicit) { Label = label });
    }

    /// <summary>A bound operator over bound operands, with their implicit conversions.</summary>
    public BoundExpression Combine(BinaryOperator op, BoundExpression left, BoundExpression right)
    {
        SqlType leftType = left.Type, rightType = right.Type;
        if (leftType.Id == SqlTypeId.Null || rightType.Id == SqlTypeId.Null)
        {
            // An untyped NULL takes the type of its neighbour.
            NoteGeneral(left, right);
            SqlType known = leftType.Id != SqlTypeId.Null ? leftType : rightType.Id != SqlTypeId.Null ? rightType : SqlType.Int;
            leftType = leftType.Id == SqlTypeId.Null ? known : leftType;
            rightType = rightType.Id == SqlTypeId.Null ? known : rightType;
        }

        if (op == BinaryOperator.Add && !Options.ConcatNullYieldsNull && (leftType.IsString || rightType.IsString) && !(leftType.IsNumber || rightType.IsNumber))
        {
            left = WithoutNull(Coerce(left, leftType));
            right = WithoutNull(Coerce(right, rightType));
        }

        (Collation? collation, CollationLabel label, CollationConflict? conflict) = (null, CollationLabel.CoercibleDefault, null);
        if (leftType.IsString && rightType.IsString)
        {
            (collation, label, conflict) = CombineCollations(op == BinaryOperator.Concat ? "concat" : "add", left, right);
            leftType = leftType.WithCollation(collation);
            rightType = rightType.WithCollation(collation);
        }

        OperatorTypes types = SqlOperators.Resolve(op, leftType, rightType, LiteralOf(left), LiteralOf(right));
        SqlType result = types.Result.IsString && label != CollationLabel.CoercibleDefault ? types.Result.WithCollation(collation) : types.Result;
        Settle(result, label, conflict, op == BinaryOperator.Concat ? "concat" : "add", left, right);
        return Fold(new BoundBinary(op, Coerce(left, types.Left), Coerce(right, types.Right), result) { Label = label, Conflict = conflict });
    }

    private static SqlValue LiteralOf(BoundExpression expression) => expression is BoundConstant { IsLiteral: true } constant ? constant.Value : default;

    /// <summary>Binds an expression and gives an untyped NULL the type int, as a result column has it.</summary>
    public BoundExpression BindTyped(Expression expression)
    {
        BoundExpression bound = Bind(expression);
        return bound.Type.Id == SqlTypeId.Null ? Coerce(bound, SqlType.Int) : bound;
    }

    /// <summary>Error 8631 before the stack ends.</summary>
    internal static void EnsureStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw SqlErrors.Create(8631);
        }
    }

    private bool IsInGroupedBlock
    {
        get
        {
            for (BindingScope? scope = _scope; scope is not null; scope = scope.Outer)
            {
                if (scope.GroupingResolver is not null)
                {
                    return true;
                }
            }

            return false;
        }
    }

    private BoundExpression? Grouped(Expression expression) => expression switch
    {
        VariableExpression or GlobalVariableExpression or ScalarSubqueryExpression or ColumnExpression => null,
        _ => _scope.GroupingResolver?.Invoke(expression) ?? GroupedOutside(expression),
    };

    /// <summary>A subquery of a grouped block may repeat a grouping expression of that block, where all its columns are the block's.</summary>
    private BoundExpression? GroupedOutside(Expression expression)
    {
        var inner = new List<BindingScope>();
        for (BindingScope? scope = _scope; scope is not null; scope = scope.Outer)
        {
            if (inner.Count > 0 && scope.GroupingResolver is { } resolver)
            {
                bool hasColumns = false;
                bool isOwn = SyntaxTree.Visit(expression, node =>
                {
                    hasColumns |= node is ColumnExpression;
                    return SyntaxTree.QueryOf(node) is null && (node is not ColumnExpression column || (!inner.Exists(s => FindColumn(s, column) is not null) && FindColumn(scope, column) is not null));
                });
                if (hasColumns && isOwn && resolver(expression) is { } grouped)
                {
                    RecordOuterReferences(scope, grouped);
                    return grouped;
                }
            }

            inner.Add(scope);
        }

        return null;
    }

    private BoundExpression BindVariable(VariableExpression expression)
    {
        for (BindingScope? scope = _scope; scope is not null; scope = scope.Outer)
        {
            if (scope.Parameters is not null && scope.Parameters.TryGetValue(expression.Name, out BoundExpression? argument))
            {
                // A parameter of an inline function stands for its argument, which may read a row outside the function.
                RecordOuterReferences(scope, argument);
                return argument;
            }
        }

        VariableInfo? variable = _scope.Context.Variables.Find(expression.Name);
        if (variable is null || variable.Table is not null)
        {
            throw SqlErrors.Create(137, expression.Name).At(expression);
        }

        return new BoundVariable(variable.Slot, variable.Type, variable.Name);
    }

    private BoundExpression BindUnary(UnaryExpression expression)
    {
        BoundExpression operand = Bind(expression.Operand);
        if (operand.Type.Id == SqlTypeId.Null)
        {
            operand = Coerce(operand, SqlType.Int);
        }

        if (expression.Operator == UnaryOperator.Minus && operand is BoundConstant { IsLiteral: true, Value.Kind: SqlTypeId.Numeric } number
            && number.Value.AsNumeric is { Scale: 0 } magnitude && magnitude.Unscaled == -(Int128)int.MinValue)
        {
            // The one integer constant whose sign decides its type.
            return new BoundConstant(SqlValue.FromInt(int.MinValue), SqlType.Int) { IsLiteral = true };
        }

        SqlType type = SqlOperators.ResultType(expression.Operator, operand.Type);
        return expression.Operator == UnaryOperator.Plus
            ? operand
            : Fold(new BoundUnary(expression.Operator, Coerce(operand, type), type));
    }

    /// <summary>Binds a chain of left-associative operators from its deepest link up, without recursion.</summary>
    private BoundExpression BindBinaryChain(BinaryExpression expression)
    {
        var links = new Stack<BinaryExpression>();
        Expression current = expression;
        while (current is BinaryExpression link)
        {
            links.Push(link);
            current = link.Left;
        }

        bool mayBeGrouped = IsInGroupedBlock && links.Count <= LongestGroupedChain;
        BoundExpression? result = null;
        if (mayBeGrouped)
        {
            // The longest prefix of the chain that is a grouping expression stands for itself.
            foreach (BinaryExpression link in links.Reverse().Skip(1))
            {
                if (Grouped(link) is { } grouped)
                {
                    result = grouped;
                    while (links.Pop() != link)
                    {
                    }

                    break;
                }
            }
        }

        result ??= Bind(current);
        while (links.TryPop(out BinaryExpression? link))
        {
            result = Combine(link.Operator, result, Bind(link.Right));
        }

        return result;
    }

    private BoundExpression BindConvert(ConvertExpression expression)
    {
        SqlType type = TypeResolver.Resolve(expression.Type, _scope.Context.Catalog, TypeUse.Cast).Type;
        if (BindNodeColumn(expression.Operand) is not null)
        {
            throw SqlErrors.Create(525, type.Name).At(expression);
        }

        BoundExpression operand = Bind(expression.Operand);
        if (expression.IsParse)
        {
            return ParseFunction.Bind(expression, operand, type, expression.Culture is null ? null : Coerce(Bind(expression.Culture), SqlType.NVarChar(4000)));
        }

        if (type.IsString && type.Collation is null && operand.Type.IsString)
        {
            type = type.WithCollation(operand.Type.Collation);
        }

        BoundExpression? style = expression.Style is null ? null : Coerce(Bind(expression.Style), SqlType.Int);
        if (operand.Type.Id == SqlTypeId.Null)
        {
            return Coerce(operand, type);
        }

        SqlConvert.EnsureAllowed(operand.Type, type, isImplicit: false);
        if (type.IsAnsiString && ConflictOf(operand) is { } conflict)
        {
            throw SqlErrors.CreateWithState(446, 20, conflict.First.Name, conflict.Second.Name, conflict.Operator, "CONVERT").At(expression);
        }

        var label = operand.Type.IsString && type.IsString ? LabelOf(operand) : CollationLabel.CoercibleDefault;
        return Fold(new BoundConvert(operand, type, expression.IsTry, style, isImplicit: false) { Label = label });
    }

    private BoundExpression BindScalarSubquery(ScalarSubqueryExpression expression)
    {
        BoundQuery query = BindSubquery(expression.Query);
        return query.Columns.Count == 1 ? new BoundScalarSubquery(query) : throw SqlErrors.Create(116).At(expression);
    }

    /// <summary>Binds a subquery under a scope of its own that gathers what it reads from here and further out.</summary>
    private BoundQuery BindSubquery(QueryExpression syntax, bool discardsOutput = false)
    {
        if (_scope.Clause == BindingClause.AggregateArgument)
        {
            throw SqlErrors.Create(130).At(syntax);
        }

        if (_scope.Clause == BindingClause.GroupBy)
        {
            throw SqlErrors.Create(144).At(syntax);
        }

        if (_scope.Clause is BindingClause.Check or BindingClause.Default)
        {
            throw SqlErrors.Create(1046).At(syntax);
        }

        var boundary = new BindingScope(_scope.Context, _scope) { DiscardsOutput = discardsOutput };
        BoundQuery query = _queries.BindSubquery(syntax, boundary);
        query.OuterReferences = boundary.OuterReferences;
        return query;
    }

    private BoundExpression BindNextValue(NextValueForExpression expression)
    {
        if (_scope.Clause is BindingClause.Where or BindingClause.On or BindingClause.GroupBy or BindingClause.Having or BindingClause.OrderBy or BindingClause.AggregateArgument)
        {
            throw SqlErrors.Create(11720).At(expression);
        }

        if (_scope.Clause == BindingClause.Check || (_scope.Clause != BindingClause.Default && _scope.Context.InnerQueries > 0))
        {
            throw SqlErrors.Create(11719).At(expression);
        }

        if (_conditionals > 0)
        {
            throw SqlErrors.Create(11741).At(expression);
        }

        ObjectName name = expression.Sequence;
        CatalogObject? found = FindObject(name);
        SequenceDefinition sequence = found as SequenceDefinition ?? throw SqlErrors.Create(found is null ? 208 : 11726, name.ToString()).At(expression);
        _queries.NoteNamed(sequence);
        if (_scope.SequenceCollector is { } collector)
        {
            return collector(expression, sequence);
        }

        return expression.Over is null ? new BoundNextValue(sequence) : throw SqlErrors.NotSupported("NEXT VALUE FOR ... OVER outside a select list");
    }

    /// <summary>Object by name: in the named schema, or in the module's or user's default schema and then dbo; through a synonym.</summary>
    private CatalogObject? FindObject(ObjectName name)
    {
        CatalogObject? found = FindNamed(name);
        if (found is not SynonymDefinition synonym)
        {
            return found;
        }

        using CompilationContext.NameScope scope = _scope.Context.In(synonym.DatabaseId);
        return FindNamed(new ObjectName { Parts = Syntax.Parser.TryParseName(synonym.BaseObjectName) ?? [synonym.BaseObjectName] });
    }

    private CatalogObject? FindNamed(ObjectName name)
    {
        CompilationContext context = _scope.Context;
        CatalogSnapshot? catalog = name.Database is null ? context.Catalog : context.Session.FindDatabase(name.Database);
        if (catalog is null)
        {
            return null;
        }

        context.Use(catalog);
        return name.Schema is { } schema
            ? catalog.Find(schema, name.Name)
            : (context.ModuleSchema is { } own ? catalog.Find(own, name.Name) : null) ?? catalog.Find(null, name.Name);
    }
}
