using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

internal sealed partial class QueryBinder
{
    /// <summary>A CTE: bound anew wherever it is referred to.</summary>
    /// <param name="Outer">What its body sees: the CTEs before it and the outer blocks.</param>
    private sealed record CommonTable(CommonTableExpression Syntax, BindingScope? Outer)
    {
        /// <summary>Set while a recursive member is bound: references mean the previous row.</summary>
        public IReadOnlyList<OutputColumn>? WorkColumns { get; init; }

        /// <summary>Recursive references met in the member that is being bound.</summary>
        public int WorkReferences { get; set; }
    }

    private static CommonTable? FindCommonTable(string name, BindingScope? scope)
    {
        for (; scope is not null; scope = scope.Outer)
        {
            if (scope.CommonTables.TryGetValue(name, out object? found))
            {
                return (CommonTable)found;
            }
        }

        return null;
    }

    private BoundSource BindCommonTable(CommonTable cte, string? alias, IReadOnlyList<string>? columnAliases)
    {
        CommonTableExpression syntax = cte.Syntax;
        if (cte.WorkColumns is { } work)
        {
            if (++cte.WorkReferences > 1)
            {
                throw SqlErrors.Create(253, syntax.Name);
            }

            var columns = work.Select(c => new ScopeColumn(c.Name, c.Type, c.IsNullable, c.Register)).ToArray();
            return Rename(new BoundSource(new WorkRowRelation(work.Select(c => c.Register).ToArray()), [new ScopeSource(syntax.Name, null, columns)]), alias ?? syntax.Name, columnAliases);
        }

        ExpressionBinder.EnsureStack();

        BoundSelect query = RefersTo(syntax.Query, syntax.Name) ? BindRecursive(cte) : BindQuery(syntax.Query, cte.Outer, QueryPlace.Table);
        return Rename(Expose(query, syntax.Name, null, syntax.Columns), alias ?? syntax.Name, columnAliases);
    }

    private BoundSelect BindRecursive(CommonTable cte)
    {
        CommonTableExpression syntax = cte.Syntax;
        if (syntax.Query is not SetOperationQuery { Operator: SetOperator.UnionAll } union)
        {
            // A self-reference outside UNION ALL: a table of that name, if there is one.
            return FindObject(new ObjectName { Parts = [syntax.Name] }).Object is not null
                ? BindQuery(syntax.Query, cte.Outer, QueryPlace.Table)
                : throw SqlErrors.Create(252, syntax.Name);
        }

        var members = new List<QueryExpression>();
        FlattenUnionAll(union, members);
        int anchors = members.FindIndex(m => RefersTo(m, syntax.Name));
        if (anchors == 0)
        {
            throw SqlErrors.Create(246, syntax.Name);
        }

        if (members.Skip(anchors).Any(m => !RefersTo(m, syntax.Name)))
        {
            throw SqlErrors.Create(247, syntax.Name);
        }

        BoundSelect anchor = anchors == 1
            ? BindMember(members[0], cte.Outer)
            : BindUnionAll(members.Take(anchors).Select(m => BindMember(m, cte.Outer)).ToList(), SetOperator.UnionAll);
        (SqlType Type, bool IsNullable)[] types = anchor.Columns.Select(c => (ColumnType(c.Type), true)).ToArray();
        var registers = types.Select(_ => _context.AllocateRegister()).ToArray();
        var work = new OutputColumn[types.Length];
        for (int i = 0; i < work.Length; i++)
        {
            string name = syntax.Columns is { } names && i < names.Count ? names[i] : anchor.Columns[i].Name;
            work[i] = new OutputColumn(name, types[i].Type, true, _context.AllocateRegister());
        }

        var recursive = new List<Relation>();
        foreach (QueryExpression member in members.Skip(anchors))
        {
            CheckRecursiveMember(member, syntax.Name);
            var scope = new BindingScope(_context, cte.Outer);
            scope.CommonTables.Add(syntax.Name, cte with { WorkColumns = work, WorkReferences = 0 });
            BoundSelect bound = BindQuery(member, scope, QueryPlace.Table);
            if (bound.Columns.Count != types.Length)
            {
                throw SqlErrors.Create(205);
            }

            for (int i = 0; i < types.Length; i++)
            {
                SqlType type = ColumnType(bound.Columns[i].Type);
                if (type.Id != types[i].Type.Id || type.Length != types[i].Type.Length || type.Precision != types[i].Type.Precision || type.Scale != types[i].Type.Scale)
                {
                    throw SqlErrors.Create(240, work[i].Name, syntax.Name);
                }
            }

            recursive.Add(WriteOutputs(bound, registers, types));
        }

        var columns = anchor.Columns.Select((c, i) => new OutputColumn(c.Name, types[i].Type, true, registers[i])).ToArray();
        return new BoundSelect(
            new RecursiveRelation(WriteOutputs(anchor, registers, types), recursive, registers, work.Select(c => c.Register).ToArray(), MaximumRecursion),
            columns);
    }

    private static void CheckRecursiveMember(QueryExpression member, string name)
    {
        if (member is not SelectQuery select)
        {
            return;
        }

        if (select.IsDistinct)
        {
            throw SqlErrors.Create(460, name);
        }

        if (select.Top is not null || select.OffsetRows is not null)
        {
            throw SqlErrors.Create(461, name);
        }

        if (select.GroupBy.Count > 0 || select.Having is not null
            || select.Items.OfType<ExpressionItem>().Any(i => i.Expression is FunctionCallExpression { Over: null } call && ExpressionInfo.IsAggregate(call.Name.Name)))
        {
            throw SqlErrors.Create(467, name);
        }

        foreach (TableSource source in select.From)
        {
            if (HasOuterJoinOn(source, name))
            {
                throw SqlErrors.Create(462, name);
            }
        }
    }

    private static bool HasOuterJoinOn(TableSource source, string name) => source is JoinTableSource join
        && ((join.Kind is JoinKind.LeftOuter or JoinKind.OuterApply or JoinKind.FullOuter && RefersTo(join.Right, name))
            || (join.Kind is JoinKind.RightOuter or JoinKind.FullOuter && RefersTo(join.Left, name))
            || HasOuterJoinOn(join.Left, name) || HasOuterJoinOn(join.Right, name));

    /// <summary>Whether FROM clauses of a query mention an unqualified name.</summary>
    private static bool RefersTo(QueryExpression query, string name) => query switch
    {
        SetOperationQuery operation => RefersTo(operation.Left, name) || RefersTo(operation.Right, name),
        SelectQuery select => select.From.Any(s => RefersTo(s, name)),
        _ => false,
    };

    private static bool RefersTo(TableSource source, string name) => source switch
    {
        NamedTableSource named => named.Name.Parts.Count == 1 && string.Equals(named.Name.Name, name, StringComparison.OrdinalIgnoreCase),
        DerivedTableSource derived => RefersTo(derived.Query, name),
        JoinTableSource join => RefersTo(join.Left, name) || RefersTo(join.Right, name),
        PivotTableSource pivot => RefersTo(pivot.Source, name),
        UnpivotTableSource unpivot => RefersTo(unpivot.Source, name),
        _ => false,
    };
}
