using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>
/// The SET list of UPDATE or of MERGE's WHEN MATCHED: which expressions the statement's query must deliver, and what becomes of their values.
/// </summary>
internal sealed class SetPlan
{
    private readonly List<Assignment> _assignments = [];

    /// <param name="Ordinal">Column that is set; -1 for a variable alone.</param>
    /// <param name="Item">Position of the (first) value among the plan's items; -1 for DEFAULT.</param>
    /// <param name="IsWrite">column.WRITE(value, offset, length): three items.</param>
    private sealed record Assignment(int Ordinal, int Item, VariableInfo? Variable, bool IsWrite)
    {
        public Func<SqlValue, SqlValue>? Converter { get; set; }

        public Func<SqlValue, SqlValue>? VariableConverter { get; set; }
    }

    /// <summary>Expressions to select, in order.</summary>
    public List<Expression> Items { get; } = [];

    public HashSet<int> Columns { get; } = [];

    /// <summary>The columns that a SET list writes, in its order.</summary>
    public static IReadOnlyList<ColumnExpression> Written(IReadOnlyList<SetClause> clauses) =>
        [.. clauses.Select(c => c.Column ?? c.Method?.Target as ColumnExpression).OfType<ColumnExpression>()];

    public static SetPlan Create(UnitCompiler compiler, IReadOnlyList<SetClause> clauses, DmlSource source)
    {
        var plan = new SetPlan();
        foreach (SetClause clause in clauses)
        {
            plan.Add(compiler, clause, source);
        }

        return plan;
    }

    private void Add(UnitCompiler compiler, SetClause clause, DmlSource source)
    {
        VariableInfo? variable = null;
        if (clause.Variable is not null)
        {
            variable = compiler.Context.Variables.Find(clause.Variable) ?? throw SqlErrors.Create(137, clause.Variable);
        }

        ColumnExpression? column = clause.Column ?? clause.Method?.Target as ColumnExpression;
        if (column is null)
        {
            Expression value = clause.Operator is { } op
                ? new BinaryExpression { Operator = op, Left = new VariableExpression { Name = clause.Variable!, Line = clause.Line }, Right = clause.Value!, Line = clause.Line }
                : clause.Value!;
            _assignments.Add(new Assignment(-1, Items.Count, variable, false));
            Items.Add(value);
            return;
        }

        if (clause.Method is null && clause.Operator is null && UdtAssignment(column, clause, source) is { } property)
        {
            clause = property;
            column = property.Column!;
        }

        source.RequireTarget(column);
        int ordinal = source.OrdinalOf(column.Name);
        ColumnDefinition definition = source.Target.Shape.Columns[ordinal];
        if (GraphColumns.IsInternal(definition))
        {
            throw SqlErrors.Create(13908, definition.Name);
        }

        if (definition.IsComputed)
        {
            throw SqlErrors.Create(271, definition.Name);
        }

        if (definition.Identity is not null)
        {
            throw SqlErrors.Create(8102, definition.Name);
        }

        if (definition.GeneratedAlways != 0)
        {
            throw SqlErrors.Create(13537, compiler.Session.DescribeTable(source.Target.Shape, withDatabase: true));
        }

        if (definition.Type.Id == SqlTypeId.RowVersion)
        {
            throw SqlErrors.Create(272);
        }

        if (!Columns.Add(ordinal))
        {
            throw SqlErrors.Create(264, definition.Name);
        }

        if (clause.Method is { } method)
        {
            if (method.Method.Equals("WRITE", StringComparison.OrdinalIgnoreCase))
            {
                AddWrite(method, ordinal, definition);
                return;
            }

            _assignments.Add(new Assignment(ordinal, Items.Count, variable, false));
            Items.Add(MethodRewriter.Modify(method, source.ColumnOf(ordinal, clause.Line)));
            return;
        }

        if (clause.Value is LiteralExpression { Kind: LiteralKind.Default })
        {
            _assignments.Add(new Assignment(ordinal, -1, variable, false));
            return;
        }

        _assignments.Add(new Assignment(ordinal, Items.Count, variable, false));
        Items.Add(clause.Operator is { } compound
            ? new BinaryExpression { Operator = compound, Left = source.ColumnOf(ordinal, clause.Line), Right = clause.Value!, Line = clause.Line }
            : clause.Value!);
    }

    /// <summary>column.Property = value of a CLR type, as the mutator call that it is; null for an ordinary assignment.</summary>
    private static SetClause? UdtAssignment(ColumnExpression column, SetClause clause, DmlSource source)
    {
        if (column.Qualifier.Count == 0 || source.Target.Shape.FindColumn(column.Qualifier[^1]) is not (>= 0 and var ordinal) || source.Target.Shape.Columns[ordinal].Type.Id != SqlTypeId.Udt)
        {
            return null;
        }

        var target = new ColumnExpression { Qualifier = [.. column.Qualifier.Take(column.Qualifier.Count - 1)], Name = column.Qualifier[^1], Line = column.Line, Offset = column.Offset, EndOffset = column.EndOffset };
        var call = new MethodCallExpression { Target = target, Method = column.Name, Arguments = [clause.Value!], IsProperty = true, Line = column.Line, Offset = column.Offset, EndOffset = column.EndOffset };
        return new SetClause { Column = target, Variable = clause.Variable, Method = call, Line = clause.Line };
    }

    private void AddWrite(MethodCallExpression method, int ordinal, ColumnDefinition definition)
    {
        if (method.Arguments.Count != 3)
        {
            throw SqlErrors.Create(174, "WRITE", 3);
        }

        if (!definition.Type.IsMax || !(definition.Type.IsString || definition.Type.IsBinary))
        {
            throw SqlErrors.Create(258, method.Method, definition.Type.Name);
        }

        _assignments.Add(new Assignment(ordinal, Items.Count, null, true));
        Items.AddRange(method.Arguments);
    }

    /// <summary>Fixes conversions once the query's types are known; its first item of this plan is at <paramref name="first"/>.</summary>
    public void Bind(UnitCompiler compiler, TableDefinition table, IReadOnlyList<OutputColumn> columns, int first)
    {
        string name = compiler.Session.DescribeTable(table, withDatabase: true);
        SessionOptions options = compiler.Session.Options.Clone();
        foreach (Assignment assignment in _assignments)
        {
            SqlType? from = assignment.Item < 0 ? null : columns[first + assignment.Item].AssignedType;
            if (assignment.Ordinal >= 0 && from is not null)
            {
                assignment.Converter = ColumnValue.Converter(from, table.Columns[assignment.Ordinal], name, options);
            }

            if (assignment.Variable is { } variable)
            {
                SqlType source = assignment.Ordinal >= 0 ? table.Columns[assignment.Ordinal].Type : from!;
                SqlConvert.EnsureAllowed(source, variable.Type, isImplicit: true);
                assignment.VariableConverter = SqlConvert.GetConverter(source, variable.Type, null, options);
            }
        }
    }

    /// <summary>Variables take their value while the rows are found, so that the next row sees it.</summary>
    public void AssignVariables(SqlValue[] values, int first, Frame frame)
    {
        foreach (Assignment assignment in _assignments)
        {
            if (assignment.Variable is { } variable && assignment.Item >= 0)
            {
                SqlValue value = values[first + assignment.Item];
                if (assignment.Converter is { } convert)
                {
                    value = convert(value);
                }

                frame.Variables.Values[variable.Slot] = assignment.VariableConverter is { } toVariable ? toVariable(value) : value.Kept();
            }
        }
    }

    /// <summary>The new version of a row; <paramref name="values"/> holds the query's row, this plan's items from <paramref name="first"/> on.</summary>
    public SqlValue[] Apply(SqlValue[] old, SqlValue[] values, int first, TableWriter? writer, ExecutionContext context, Frame frame)
    {
        SqlValue[] row = old.AsSpan().ToArray();
        foreach (Assignment assignment in _assignments)
        {
            SqlValue value;
            if (assignment.IsWrite)
            {
                value = Write(old[assignment.Ordinal], values.AsSpan(first + assignment.Item, 3), assignment.Converter);
            }
            else if (assignment.Item < 0)
            {
                value = writer?.DefaultOf(assignment.Ordinal) is { } evaluate ? evaluate(context) : SqlValue.Null;
            }
            else
            {
                value = values[first + assignment.Item];
                if (assignment.Converter is { } convert)
                {
                    value = convert(value);
                }
            }

            if (assignment.Ordinal >= 0)
            {
                row[assignment.Ordinal] = value;
            }

            if (assignment is { Variable: { } variable, Item: < 0 })
            {
                frame.Variables.Values[variable.Slot] = assignment.VariableConverter is { } toVariable ? toVariable(value) : value.Kept();
            }
        }

        return row;
    }

    /// <summary>.WRITE(value, offset, length): a NULL offset appends, a NULL length replaces all the rest, a NULL value cuts at the offset.</summary>
    private static SqlValue Write(SqlValue old, ReadOnlySpan<SqlValue> arguments, Func<SqlValue, SqlValue>? convert)
    {
        if (old.IsNull)
        {
            throw SqlErrors.Create(6907);
        }

        SqlValue value = convert is null ? arguments[0] : convert(arguments[0]);
        bool isText = old.Kind is not (SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image);
        long length = isText ? old.AsString.Length : old.AsLob?.Length ?? old.AsBytes.Length;
        long offset = arguments[1].IsNull ? length : arguments[1].AsInt64;
        if (offset < 0 || offset > length)
        {
            throw SqlErrors.Create(7116, offset);
        }

        long removed = value.IsNull || arguments[2].IsNull ? length - offset : Math.Min(arguments[2].AsInt64, length - offset);
        if (removed < 0)
        {
            throw SqlErrors.Create(6906, removed);
        }

        if (isText)
        {
            string text = old.AsString;
            return SqlValue.FromString(string.Concat(text.AsSpan(0, (int)offset), value.IsNull ? "" : value.AsString, text.AsSpan((int)(offset + removed))), old.Kind);
        }

        byte[] bytes = old.AsBytes;
        byte[] inserted = value.IsNull ? [] : value.AsBytes;
        byte[] result = [.. bytes.AsSpan(0, (int)offset), .. inserted, .. bytes.AsSpan((int)(offset + removed))];
        return SqlValue.FromBinary(result, old.Kind);
    }
}
