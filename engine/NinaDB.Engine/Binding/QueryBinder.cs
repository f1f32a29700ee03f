using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>Where a query stands; decides whether ORDER BY is allowed (error 1033) and whether columns need names.</summary>
internal enum QueryPlace : byte
{
    /// <summary>A statement, or the source of INSERT.</summary>
    Statement,

    /// <summary>A subquery inside an expression.</summary>
    Expression,

    /// <summary>A derived table, CTE, view or inline function.</summary>
    Table,
}

/// <summary>Binds queries: names to sources and registers, types of columns, aggregates and windows to their operators. One instance a statement.</summary>
internal sealed partial class QueryBinder : IQueryBinder
{
    private const int DefaultMaximumRecursion = 100;
    private const int MaximumNesting = 32;

    /// <summary>Sources that one statement may come to, every view and common table expression as often as it is named (error 8623).</summary>
    private const int MaximumSources = 4096;

    private readonly CompilationContext _context;

    /// <summary>Base columns behind registers: a column that a derived table passes on keeps its definition.</summary>
    private readonly Dictionary<int, ColumnDefinition> _definitions = [];

    /// <summary>FROM of the statement.</summary>
    private BindingScope? _statementScope;

    /// <summary>Columns that the blocks of derived tables, CTEs and views compute.</summary>
    private readonly List<ComputedColumn> _derivations = [];

    /// <summary>How many tables have been bound.</summary>
    private int _tableCount;

    /// <summary>The table whose column a register holds.</summary>
    private readonly Dictionary<int, TableDefinition> _tablesByRegister = [];

    /// <summary>Exposed name of the source that a register came from (FOR JSON AUTO, FOR XML AUTO).</summary>
    private readonly Dictionary<int, string> _sourceNames = [];

    /// <summary>Schema that names resolve to first; changes while a view or function body is bound.</summary>
    private string? _schema;

    /// <summary>Owner of the view or function being bound; null outside.</summary>
    private int? _owner;

    /// <summary>Views and functions being expanded, to bound their nesting (error 217).</summary>
    private int _nesting;

    /// <summary>Above zero while the body of a view or function is bound.</summary>
    private int _expanding;

    public QueryBinder(CompilationContext context)
    {
        _context = context;
        _schema = context.ModuleSchema;
    }

    /// <summary>OPTION (MAXRECURSION n).</summary>
    public int MaximumRecursion { get; set; } = DefaultMaximumRecursion;

    /// <summary>Binds a statement's query with its CTEs.</summary>
    public BoundSelect Bind(QueryExpression query, IReadOnlyList<CommonTableExpression> with, BindingScope? outer, QueryPlace place = QueryPlace.Statement)
    {
        if (place != QueryPlace.Table)
        {
            return BindQuery(query, BindWith(with, outer), place);
        }

        // A view has prefixes of its own, and none of the statement that reads it.
        IReadOnlyList<(string Prefix, string Uri)> namespaces = _context.XmlNamespaces;
        _context.XmlNamespaces = [];
        BoundSelect bound = BindQuery(query, BindWith(with, outer), place);
        _context.XmlNamespaces = namespaces;
        return bound;
    }

    public BoundQuery BindSubquery(QueryExpression query, BindingScope outer) => BindQuery(query, outer, QueryPlace.Expression);

    /// <summary>A chain of scopes, one a CTE, so that each sees itself and those before it.</summary>
    public BindingScope? BindWith(IReadOnlyList<CommonTableExpression> with, BindingScope? outer)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (CommonTableExpression cte in with)
        {
            if (cte.XmlNamespaces is { } namespaces)
            {
                _context.XmlNamespaces = CheckNamespaces(namespaces);
                continue;
            }

            if (!names.Add(cte.Name))
            {
                throw SqlErrors.Create(239, cte.Name);
            }

            var scope = new BindingScope(_context, outer);
            scope.CommonTables.Add(cte.Name, new CommonTable(cte, outer));
            outer = scope;
        }

        return outer;
    }

    private BoundSelect BindQuery(QueryExpression query, BindingScope? outer, QueryPlace place)
    {
        CheckOrderBy(query, place);
        int inner = _context.InnerQueries;
        _context.InnerQueries += place == QueryPlace.Statement ? 0 : 1;
        try
        {
            return query switch
            {
                SelectQuery select => new SelectBlock(this, select, outer, place).Bind(),
                SetOperationQuery operation => BindSetQuery(operation, outer, place),
                ValuesQuery values => BindValuesQuery(values, outer),
                _ => throw SqlErrors.NotSupported(query.GetType().Name),
            };
        }
        finally
        {
            _context.InnerQueries = inner;
        }
    }

    private static void CheckOrderBy(QueryExpression query, QueryPlace place)
    {
        if (place != QueryPlace.Statement && query.OrderBy.Count > 0 && query.OffsetRows is null && query.For is null && query is not SelectQuery { Top: not null })
        {
            throw SqlErrors.Create(1033);
        }
    }

    private BoundSelect BindSetQuery(SetOperationQuery operation, BindingScope? outer, QueryPlace place)
    {
        BoundSelect bound = BindSetOperation(operation, outer);
        Relation root = bound.Root;
        if (operation.OrderBy.Count > 0)
        {
            var keys = new List<BoundOrder>();
            for (int i = 0; i < operation.OrderBy.Count; i++)
            {
                OrderByItem item = operation.OrderBy[i];
                OutputColumn column = FindOutput(item.Expression, bound.Columns, i + 1) ?? FindSource(item.Expression, bound);
                AddKey(keys, new BoundOrder(ColumnOf(column), item.IsDescending));
            }

            root = new SortRelation(root, keys);
        }

        root = BindOffset(operation, root, new BindingScope(_context, outer));
        return BindFor(operation.For, root, bound.Columns, null, operation, place);
    }

    /// <summary>ORDER BY over a set operation: a position or the name of an output column.</summary>
    private static OutputColumn? FindOutput(Expression expression, IReadOnlyList<OutputColumn> columns, int place)
    {
        if (WrittenConstants.Ordinal(expression) is { } number)
        {
            return int.TryParse(number, out int position) && position >= 1 && position <= columns.Count
                ? columns[position - 1]
                : throw SqlErrors.Create(108, number);
        }

        if (WrittenConstants.IsVariable(expression))
        {
            throw SqlErrors.Create(1008, place);
        }

        if (WrittenConstants.IsConstant(expression))
        {
            throw SqlErrors.Create(408, place);
        }

        return expression is ColumnExpression { Qualifier.Count: 0 } name
            ? columns.FirstOrDefault(c => string.Equals(c.Name, name.Name, StringComparison.OrdinalIgnoreCase))
            : null;
    }

    /// <summary>The output column that shows a column of the first block. What cannot be bound there is told before error 104.</summary>
    private OutputColumn FindSource(Expression expression, BoundSelect bound)
    {
        if (bound.Names is not { } names)
        {
            throw SqlErrors.Create(104);
        }

        BoundExpression source;
        try
        {
            source = new ExpressionBinder(names.Scope, this).Bind(expression);
        }
        catch (SqlErrorException error) when (error.Error.Number is 207 or 4104)
        {
            throw new SqlErrorException(error.Error, error) { Following = [SqlErrors.Create(104).Error] };
        }

        if (expression is ColumnExpression)
        {
            for (int i = 0; i < names.Outputs.Count; i++)
            {
                if (ExpressionInfo.BoundComparer.Equals(names.Outputs[i], source))
                {
                    return bound.Columns[i];
                }
            }
        }

        throw SqlErrors.Create(104);
    }

    private BoundSelect BindSetOperation(SetOperationQuery operation, BindingScope? outer)
    {
        if (operation.Operator == SetOperator.UnionAll)
        {
            var members = new List<QueryExpression>();
            FlattenUnionAll(operation, members);
            return BindUnionAll(members.ConvertAll(m => BindMember(m, outer)), SetOperator.UnionAll);
        }

        BoundSelect left = BindMember(operation.Left, outer);
        BoundSelect right = BindMember(operation.Right, outer);
        if (operation.Operator == SetOperator.Union)
        {
            BoundSelect union = BindUnionAll([left, right], SetOperator.Union);
            var distinct = union.Columns.Select(ColumnOf).ToArray();
            CheckDistinct(distinct);
            return new BoundSelect(new DistinctRelation(union.Root, distinct), union.Columns) { Target = SetTarget, Names = left.Names };
        }

        (SqlType Type, bool IsNullable)[] types = UnifyTypes([left, right], operation.Operator);
        (Relation leftRoot, IReadOnlyList<BoundColumn> leftColumns) = ConvertOutputs(left, types);
        (Relation rightRoot, IReadOnlyList<BoundColumn> rightColumns) = ConvertOutputs(right, types);
        CheckDistinct(leftColumns);
        var columns = new OutputColumn[leftColumns.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = new OutputColumn(left.Columns[i].Name, types[i].Type, left.Columns[i].IsNullable, leftColumns[i].Register);
        }

        return new BoundSelect(new MatchSetRelation(operation.Operator == SetOperator.Except, leftRoot, rightRoot, leftColumns, rightColumns), columns) { Target = SetTarget, Names = left.Names };
    }

    private static SourceTarget SetTarget => new([]) { Obstacle = TargetObstacle.SetOperation };

    private BoundSelect BindMember(QueryExpression member, BindingScope? outer) => member is SetOperationQuery { OrderBy.Count: 0, OffsetRows: null, For: null } nested
        ? BindSetOperation(nested, outer)
        : BindQuery(member, outer, QueryPlace.Expression);

    private static void FlattenUnionAll(QueryExpression query, List<QueryExpression> members)
    {
        if (query is SetOperationQuery { Operator: SetOperator.UnionAll, OrderBy.Count: 0, OffsetRows: null, For: null } union)
        {
            FlattenUnionAll(union.Left, members);
            FlattenUnionAll(union.Right, members);
        }
        else if (query is SetOperationQuery { Operator: SetOperator.UnionAll } outermost && members.Count == 0)
        {
            FlattenUnionAll(outermost.Left, members);
            FlattenUnionAll(outermost.Right, members);
        }
        else
        {
            members.Add(query);
        }
    }

    /// <summary>Every member writes the same registers, so that concatenation copies nothing.</summary>
    private BoundSelect BindUnionAll(IReadOnlyList<BoundSelect> members, SetOperator operation)
    {
        (SqlType Type, bool IsNullable)[] types = UnifyTypes(members, operation);
        var registers = new int[types.Length];
        var columns = new OutputColumn[types.Length];
        for (int i = 0; i < types.Length; i++)
        {
            registers[i] = _context.AllocateRegister();
            columns[i] = new OutputColumn(members[0].Columns[i].Name, types[i].Type, types[i].IsNullable, registers[i]) { IsUntyped = members.All(m => m.Columns[i].IsUntyped) };
        }

        var inputs = new Relation[members.Count];
        for (int m = 0; m < inputs.Length; m++)
        {
            inputs[m] = WriteOutputs(members[m], registers, types);
        }

        return new BoundSelect(new ConcatRelation(inputs, registers), columns) { Target = SetTarget, Names = members[0].Names };
    }

    private ProjectRelation WriteOutputs(BoundSelect member, int[] registers, (SqlType Type, bool IsNullable)[] types)
    {
        var binder = new ExpressionBinder(new BindingScope(_context), this);
        var computed = new ComputedColumn[registers.Length];
        for (int i = 0; i < registers.Length; i++)
        {
            computed[i] = new ComputedColumn(registers[i], binder.Coerce(ValueOf(member.Columns[i], types[i].Type), types[i].Type));
        }

        return new ProjectRelation(member.Root, computed);
    }

    private static (SqlType Type, bool IsNullable)[] UnifyTypes(IReadOnlyList<BoundSelect> members, SetOperator operation)
    {
        int count = members[0].Columns.Count;
        foreach (BoundSelect member in members)
        {
            if (member.Columns.Count != count)
            {
                throw SqlErrors.Create(205);
            }
        }

        var types = new (SqlType Type, bool IsNullable)[count];
        for (int i = 0; i < count; i++)
        {
            var type = new SizedType(SqlType.Null, 0);
            bool isNullable = false;
            foreach (BoundSelect member in members)
            {
                OutputColumn column = member.Columns[i];
                type = type.With(column.IsUntyped ? new SizedType(SqlType.Null, 0) : new SizedType(column.Type, column.LiteralDigits));
                isNullable |= column.IsNullable;
            }

            SqlType common = ColumnType(type.Type);
            types[i] = (common.IsString ? common.WithCollation(UnifyCollations(members, i, common, operation)) : common, isNullable);
        }

        return types;
    }

    /// <summary>The collation of a column of a set operation: errors 468, 457 and 451 where its members differ.</summary>
    private static Collation? UnifyCollations(IReadOnlyList<BoundSelect> members, int position, SqlType type, SetOperator operation)
    {
        Collation? collation = null;
        var label = CollationLabel.CoercibleDefault;
        bool any = false;
        string name = operation switch { SetOperator.UnionAll => "UNION ALL", SetOperator.Union => "UNION", SetOperator.Intersect => "INTERSECT", _ => "EXCEPT" };
        foreach (BoundSelect member in members)
        {
            OutputColumn column = member.Columns[position];
            if (!column.Type.IsString || column.IsUntyped)
            {
                continue;
            }

            if (!any || column.Label > label)
            {
                (collation, label, any) = (column.Type.Collation, column.Label, true);
            }
            else if (column.Label == label && label != CollationLabel.CoercibleDefault && !ExpressionBinder.SameCollation(collation, column.Type.Collation))
            {
                string first = (column.Type.Collation ?? Collation.Default).Name, second = (collation ?? Collation.Default).Name;
                throw operation != SetOperator.UnionAll || label == CollationLabel.Explicit ? SqlErrors.Create(468, first, second, name)
                    : type.IsAnsiString ? SqlErrors.Create(457, type.Name, type.Name, first, second, name)
                    : SqlErrors.Create(451, first, second, name, "SELECT", position + 1);
            }
        }

        return collation;
    }

    /// <summary>The columns of a query converted to given types; columns that already fit keep their registers.</summary>
    private (Relation Root, IReadOnlyList<BoundColumn> Columns) ConvertOutputs(BoundSelect query, (SqlType Type, bool IsNullable)[] types)
    {
        var binder = new ExpressionBinder(new BindingScope(_context), this);
        var computed = new List<ComputedColumn>();
        var columns = new BoundColumn[types.Length];
        for (int i = 0; i < types.Length; i++)
        {
            BoundColumn column = ColumnOf(query.Columns[i]);
            BoundExpression converted = binder.Coerce(ValueOf(query.Columns[i], types[i].Type), types[i].Type);
            if (converted is BoundColumn)
            {
                columns[i] = column;
                continue;
            }

            int register = _context.AllocateRegister();
            computed.Add(new ComputedColumn(register, converted));
            columns[i] = new BoundColumn(register, types[i].Type, column.IsNullable, column.Name);
        }

        return (computed.Count == 0 ? query.Root : new ProjectRelation(query.Root, computed), columns);
    }

    private BoundSelect BindValuesQuery(ValuesQuery values, BindingScope? outer)
    {
        int width = values.Rows[0].Count;
        var scope = new BindingScope(_context, outer) { Clause = BindingClause.Values };
        var binder = new ExpressionBinder(scope, this);
        var rows = new BoundExpression[values.Rows.Count][];
        for (int r = 0; r < rows.Length; r++)
        {
            if (values.Rows[r].Count != width)
            {
                throw SqlErrors.Create(10709);
            }

            rows[r] = new BoundExpression[width];
            for (int c = 0; c < width; c++)
            {
                rows[r][c] = binder.Bind(values.Rows[r][c]);
            }
        }

        var columns = new OutputColumn[width];
        var registers = new int[width];
        for (int c = 0; c < width; c++)
        {
            SizedType sized = SizedType.Of(rows[0][c]);
            bool isNullable = false;
            foreach (BoundExpression[] row in rows)
            {
                sized = sized.With(SizedType.Of(row[c]));
                isNullable |= row[c].IsNullable;
            }

            SqlType type = ColumnType(sized.Type);
            foreach (BoundExpression[] row in rows)
            {
                row[c] = binder.Coerce(row[c], type);
            }

            registers[c] = _context.AllocateRegister();
            columns[c] = new OutputColumn("", type, isNullable, registers[c]);
        }

        Relation root = new ValuesRelation(registers, rows);
        return BindFor(values.For, root, columns, null, values, QueryPlace.Expression);
    }

    /// <summary>OFFSET ... FETCH of a query.</summary>
    private Relation BindOffset(QueryExpression query, Relation input, BindingScope scope)
    {
        if (query.OffsetRows is null && query.FetchRows is null)
        {
            return input;
        }

        var binder = new ExpressionBinder(scope, this);
        return new TopRelation(input)
        {
            Offset = query.OffsetRows is null ? null : RowCount(binder, query.OffsetRows, 10743),
            Count = query.FetchRows is null ? null : RowCount(binder, query.FetchRows, 1060),
            IsFetch = true,
        };
    }

    /// <summary>A row count: any exact integer, as bigint.</summary>
    private static BoundExpression RowCount(ExpressionBinder binder, Expression syntax, int error)
    {
        BoundExpression count = binder.Bind(syntax);
        if (!count.Type.IsExactInteger && count.Type.Id != SqlTypeId.Null && !(count.Type.IsDecimal && count.Type.Scale == 0))
        {
            throw SqlErrors.Create(error);
        }

        return binder.Coerce(count, SqlType.BigInt);
    }

    /// <summary>The type a column gets: an untyped NULL becomes int.</summary>
    private static SqlType ColumnType(SqlType type) => type.Id == SqlTypeId.Null ? SqlType.Int : type;

    /// <summary>What a column of a set operation's member contributes: an untyped NULL is a NULL of whatever type the result has.</summary>
    private static BoundExpression ValueOf(OutputColumn column, SqlType type) =>
        column.IsUntyped && !column.Type.Equals(type) ? new BoundConstant(SqlValue.Null, type) : ColumnOf(column);

    private static BoundColumn ColumnOf(OutputColumn column) => new(column.Register, column.Type, column.IsNullable, column.Name) { Label = CollationLabel.Implicit };

    private static void AddKey(List<BoundOrder> keys, BoundOrder key)
    {
        ExpressionBinder.RefuseUnsortable(key.Expression.Type);
        if (key.Expression is BoundColumn column && keys.Exists(k => k.Expression is BoundColumn other && other.Register == column.Register))
        {
            throw SqlErrors.Create(169);
        }

        keys.Add(key);
    }

    private static void CheckDistinct(IReadOnlyList<BoundColumn> columns)
    {
        foreach (BoundColumn column in columns)
        {
            if (column.Type.UdtFacts is { IsByteOrdered: false } || column.Type.Id is SqlTypeId.Text or SqlTypeId.NText or SqlTypeId.Image or SqlTypeId.Xml or SqlTypeId.Json or SqlTypeId.Vector)
            {
                throw SqlErrors.Create(421, column.Type.Name);
            }
        }
    }
}
