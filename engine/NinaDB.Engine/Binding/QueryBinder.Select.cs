using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

internal sealed partial class QueryBinder
{
    /// <summary>One item of a select list.</summary>
    private sealed record SelectColumn(string Name, BoundExpression Expression, Expression? Syntax);

    /// <summary>Binds one SELECT ... FROM ... WHERE ... GROUP BY ... HAVING ... ORDER BY block.</summary>
    private sealed partial class SelectBlock(QueryBinder owner, SelectQuery query, BindingScope? outer, QueryPlace place)
    {
        private readonly CompilationContext _context = owner._context;

        /// <summary>FROM and WHERE.</summary>
        private readonly BindingScope _input = new(owner._context, outer) { HidesGraphColumns = true };

        /// <summary>Select list, HAVING and ORDER BY.</summary>
        private BindingScope _output = null!;

        private Relation _relation = new SingleRowRelation();
        private readonly List<SelectColumn> _columns = [];
        private readonly List<(VariableInfo Variable, BoundExpression Value)> _assignments = [];
        private readonly List<WindowColumn> _windows = [];
        private readonly List<ComputedColumn> _projected = [];

        /// <summary>Whether an aggregate has been met in a block that was not known to be grouped.</summary>
        private bool _sawAggregate;

        private bool IsGrouped => query.GroupBy.Count > 0 || query.Having is not null || _sawAggregate;

        public BoundSelect Bind()
        {
            if (query.Top is not null && (query.OffsetRows is not null || query.FetchRows is not null))
            {
                throw SqlErrors.Create(10741);
            }

            _input.LocatorResolver = owner.ResolveLocator;
            BindFromAndWhere();
            if (place == QueryPlace.Statement)
            {
                owner._statementScope ??= _input;
            }

            List<BoundOrder> keys = BindOutputs();
            int asked = _columns.Count;
            AddKeyColumns();
            Relation result = Assemble(keys, out OutputColumn[] columns);
            PropagateCorrelation();
            if (_assignments.Count > 0)
            {
                if (query.For is not null)
                {
                    throw SqlErrors.CreateWithState(6819, 3, "ASSIGNMENT");
                }

                return new BoundSelect(result, []) { Assignments = _assignments };
            }

            BoundSelect bound = owner.BindFor(query.For, result, columns, this, query, place);
            return ReferenceEquals(bound.Root, result) ? new BoundSelect(result, ShowBaseColumns(columns, asked)) { Target = FindTarget(), Order = OrderOf(keys), Names = new SortNames(_input, _columns.ConvertAll(c => c.Expression)) } : bound;
        }

        private ExpressionBinder Binder(BindingScope scope) => new(scope, owner);

        /// <summary>An output column names a collation, unless the rows go straight into a table or nobody looks at them.</summary>
        private bool NamesCollations => !(place == QueryPlace.Statement && _context.FeedsTable) && outer is not { DiscardsOutput: true };

        /// <summary>Binds HAVING, the select list and ORDER BY. An aggregate met on the way makes the block a grouped one, and everything is bound again.</summary>
        private List<BoundOrder> BindOutputs()
        {
            PrepareGrouping();
            BindSelectList();
            List<BoundOrder> keys = BindOrderBy();
            if (_sawAggregate && !_isGroupedPass)
            {
                _columns.Clear();
                _assignments.Clear();
                _windows.Clear();
                _sequences.Clear();
                _projected.Clear();
                PrepareGrouping();
                BindSelectList();
                keys = BindOrderBy();
            }

            for (int i = 0; i < keys.Count; i++)
            {
                ExpressionBinder.RequireOutputCollation(keys[i].Expression, "ORDER BY", i + 1);
            }

            for (int i = 0; i < _columns.Count && NamesCollations; i++)
            {
                if (query.IsDistinct && ExpressionBinder.ConflictOf(_columns[i].Expression) is { } conflict)
                {
                    throw SqlErrors.CreateWithState(446, 11, conflict.First.Name, conflict.Second.Name, conflict.Operator, "DISTINCT");
                }

                ExpressionBinder.RequireOutputCollation(_columns[i].Expression, "SELECT", i + 1);
            }

            return keys;
        }

        private void BindSelectList()
        {
            const int MaximumItems = 4096;
            if (query.Items.Count > MaximumItems)
            {
                throw SqlErrors.Create(1056);
            }

            _output.Clause = BindingClause.SelectList;
            ExpressionBinder binder = Binder(_output);
            foreach (SelectItem item in query.Items)
            {
                switch (item)
                {
                    case StarItem when IsGrouped && outer is { DiscardsOutput: true }:
                        // EXISTS (SELECT * ... GROUP BY): nobody looks at the columns, so that they need not be grouped.
                        _columns.Add(new SelectColumn("", new BoundConstant(SqlValue.FromInt(1), SqlType.Int), null));
                        break;
                    case StarItem star:
                        ExpandStar(star, binder);
                        break;
                    case ExpressionItem expression:
                        BoundExpression value = binder.BindTerm(expression.Expression);
                        _columns.Add(new SelectColumn(expression.Alias ?? NameOf(expression.Expression, value), value, expression.Expression));
                        break;
                    case AssignmentItem assignment:
                        BindAssignment(assignment, binder);
                        break;
                    default:
                        throw SqlErrors.NotSupported(item.GetType().Name);
                }
            }

            if (_assignments.Count > 0 && _columns.Count > 0)
            {
                throw SqlErrors.Create(141);
            }
        }

        /// <summary>A column keeps its name as written; a pseudo-column takes that of the column it stands for.</summary>
        private static string NameOf(Expression expression, BoundExpression bound) =>
            expression is not ColumnExpression column ? "" : column.Name[0] == '$' && bound is BoundColumn { Name: { Length: > 0 } name } ? name : column.Name;

        private void BindAssignment(AssignmentItem item, ExpressionBinder binder)
        {
            VariableInfo variable = _context.Variables.Find(item.Variable) ?? throw SqlErrors.Create(137, item.Variable);
            Expression value = item.Operator is { } op
                ? new BinaryExpression { Operator = op, Left = new VariableExpression { Name = item.Variable, Line = item.Line }, Right = item.Expression, Line = item.Line }
                : item.Expression;
            _assignments.Add((variable, binder.Coerce(binder.Bind(value), variable.Type)));
        }

        private void ExpandStar(StarItem star, ExpressionBinder binder)
        {
            if (query.From.Count == 0 && star.Qualifier.Count == 0)
            {
                throw SqlErrors.Create(263);
            }

            bool found = false;
            foreach (ScopeSource source in star.Qualifier.Count == 0 && _match is not null ? _match.StarOrder(_input.Sources) : _input.Sources)
            {
                if (star.Qualifier.Count > 0 && !Matches(source, star.Qualifier))
                {
                    continue;
                }

                found = true;
                foreach (ScopeColumn column in source.Columns)
                {
                    if (column.IsHidden)
                    {
                        continue;
                    }

                    if (column.NodeType is not null)
                    {
                        throw SqlErrors.Create(493, column.Name).At(star);
                    }

                    if (source.Securable is { } securable)
                    {
                        _context.Access.UseColumn(securable, column);
                    }

                    BoundExpression bound = _isGroupedPass
                        ? binder.Bind(new ColumnExpression { Qualifier = [source.Alias], Name = column.Name, Line = star.Line })
                        : new BoundColumn(column.Register, column.Type, column.IsNullable, column.Name) { Label = CollationLabel.Implicit };
                    _columns.Add(new SelectColumn(column.Name, bound, null));
                }
            }

            if (!found)
            {
                throw SqlErrors.Create(107, string.Join('.', star.Qualifier));
            }
        }

        private static bool Matches(ScopeSource source, IReadOnlyList<string> qualifier) =>
            string.Equals(source.Alias, qualifier[^1], StringComparison.OrdinalIgnoreCase)
            && (qualifier.Count == 1 || string.Equals(source.Schema, qualifier[^2], StringComparison.OrdinalIgnoreCase));

        private List<BoundOrder> BindOrderBy()
        {
            _output.Clause = BindingClause.OrderBy;
            var keys = new List<BoundOrder>(query.OrderBy.Count);
            ExpressionBinder binder = Binder(_output);
            for (int i = 0; i < query.OrderBy.Count; i++)
            {
                OrderByItem item = query.OrderBy[i];
                BoundExpression key = BindKey(item.Expression, i + 1, binder);
                ExpressionBinder.RefuseUnsortable(key.Type);
                if (query.IsDistinct && !_columns.Exists(c => ExpressionInfo.BoundComparer.Equals(c.Expression, key)))
                {
                    throw SqlErrors.Create(145);
                }

                int same = keys.FindIndex(k => ExpressionInfo.BoundComparer.Equals(k.Expression, key));
                if (same < 0)
                {
                    keys.Add(new BoundOrder(key, item.IsDescending));
                }
                else if (key is BoundColumn { Name: not "" } column && ((BoundColumn)keys[same].Expression).Name == column.Name)
                {
                    // The same column twice; two columns of a derived table that hold the same value are not that, nor COUNT(*) and COUNT(1), and order nothing more.
                    throw SqlErrors.Create(169);
                }
            }

            return keys;
        }

        private BoundExpression BindKey(Expression syntax, int position, ExpressionBinder binder)
        {
            switch (syntax)
            {
                case var _ when WrittenConstants.Ordinal(syntax) is { } number:
                    return int.TryParse(number, out int ordinal) && ordinal >= 1 && ordinal <= _columns.Count
                        ? _columns[ordinal - 1].Expression
                        : throw SqlErrors.Create(108, number);
                case var _ when WrittenConstants.IsVariable(syntax):
                    throw SqlErrors.Create(1008, position);
                case LiteralExpression { Kind: LiteralKind.String or LiteralKind.NationalString } text
                    when _columns.Find(c => c.Name.Length > 0 && string.Equals(c.Name, text.Text, StringComparison.OrdinalIgnoreCase)) is { } named:
                    // ORDER BY 'Total Salary': an alias as it was written.
                    return named.Expression;
                case var _ when WrittenConstants.IsConstant(syntax):
                    throw SqlErrors.Create(408, position);
                case ColumnExpression { Qualifier.Count: 0 } name:
                    SelectColumn? match = null;
                    foreach (SelectColumn column in _columns)
                    {
                        if (!string.Equals(column.Name, name.Name, StringComparison.OrdinalIgnoreCase))
                        {
                            continue;
                        }

                        if (match is not null && !ExpressionInfo.BoundComparer.Equals(match.Expression, column.Expression))
                        {
                            throw SqlErrors.Create(209, name.Name);
                        }

                        match ??= column;
                    }

                    if (match is not null)
                    {
                        return match.Expression;
                    }

                    break;
            }

            return binder.BindTerm(syntax);
        }

        /// <summary>Whether SELECT INTO gives the new table the identity of an old one: not through joins, unions or groups.</summary>
        private static bool IsOneTable(Relation relation)
        {
            while (relation is UnaryRelation unary)
            {
                relation = unary.Input;
            }

            return relation is TableRelation or JoinRelation { Kind: RelationJoinKind.Semi or RelationJoinKind.Anti or RelationJoinKind.NullAwareAnti };
        }

        /// <summary>Puts the block together: grouping, windows, computed columns, DISTINCT, sort, TOP, in the order in which they may see each other.</summary>
        private Relation Assemble(List<BoundOrder> keys, out OutputColumn[] columns)
        {
            Relation relation = AssembleGrouping();
            if (_windows.Count > 0)
            {
                relation = new WindowRelation(relation, _windows);
            }

            relation = AssembleSequences(relation);
            bool inheritsIdentity = IsOneTable(relation);
            var own = new RegisterSet();
            relation.AddOutputs(own);
            var outputs = new BoundColumn[_columns.Count];
            columns = new OutputColumn[_columns.Count];
            for (int i = 0; i < outputs.Length; i++)
            {
                outputs[i] = Materialise(_columns[i].Expression, own, _columns[i].Name);
                columns[i] = new OutputColumn(_columns[i].Name, outputs[i].Type, outputs[i].IsNullable, outputs[i].Register)
                {
                    Source = owner._definitions.GetValueOrDefault(outputs[i].Register),
                    IsUntyped = _columns[i].Expression.Type.Id == SqlTypeId.Null,
                    Label = _columns[i].Expression is BoundColumn { IsCoercible: false, Label: CollationLabel.CoercibleDefault } ? CollationLabel.Implicit : _columns[i].Expression.Label,
                    LiteralDigits = (_columns[i].Expression as BoundConstant)?.LiteralDigits ?? 0,
                };
                columns[i] = columns[i] with { IsIdentity = columns[i].Source?.Identity is not null, IsComputed = columns[i].Source?.IsComputed ?? true, InheritsIdentity = inheritsIdentity };
            }

            var sort = new List<BoundOrder>(keys.Count);
            foreach (BoundOrder key in keys)
            {
                sort.Add(new BoundOrder(Materialise(key.Expression, own, ""), key.IsDescending));
            }

            if (query.IsDistinct)
            {
                CheckDistinct(outputs);
                relation = new DistinctRelation(Project(relation, _projected), outputs);
                return Limit(Sort(relation, sort));
            }

            if (query.Top is null && query.OffsetRows is null)
            {
                return Sort(Project(relation, _projected), sort);
            }

            // Only what the sort needs is computed for every row; the rest for the rows that TOP lets through.
            var needed = new RegisterSet();
            foreach (BoundOrder key in sort)
            {
                needed.AddRange(ExpressionInfo.Registers(key.Expression));
            }

            List<ComputedColumn> early = _projected.FindAll(c => needed.Contains(c.Register));
            List<ComputedColumn> late = _projected.FindAll(c => !needed.Contains(c.Register));
            return Project(Limit(Sort(Project(relation, early), sort)), late);
        }

        private static Relation Project(Relation input, List<ComputedColumn> columns) => columns.Count == 0 ? input : new ProjectRelation(input, columns);

        private static Relation Sort(Relation input, List<BoundOrder> keys) => keys.Count == 0 ? input : new SortRelation(input, keys);

        /// <summary>The register of an expression's value: its own where it is a column of this block, else a new one that the block computes.</summary>
        private BoundColumn Materialise(BoundExpression expression, RegisterSet own, string name)
        {
            if (expression is BoundColumn column && own.Contains(column.Register))
            {
                return column;
            }

            foreach (ComputedColumn computed in _projected)
            {
                if (ExpressionInfo.BoundComparer.Equals(computed.Expression, expression) && ExpressionInfo.IsDeterministic(expression))
                {
                    return new BoundColumn(computed.Register, ColumnType(expression.Type), expression.IsNullable, name) { Label = expression.Label };
                }
            }

            int register = _context.AllocateRegister();
            _projected.Add(new ComputedColumn(register, expression));
            if (place == QueryPlace.Table)
            {
                owner._derivations.Add(_projected[^1]);
            }

            return new BoundColumn(register, ColumnType(expression.Type), expression.IsNullable, name) { Label = expression.Label };
        }

        private Relation Limit(Relation input)
        {
            if (query.Top is not { } top)
            {
                return owner.BindOffset(query, input, new BindingScope(_context, outer));
            }

            if (top.WithTies && query.OrderBy.Count == 0)
            {
                throw SqlErrors.Create(1062);
            }

            var scope = new BindingScope(_context, outer);
            BoundExpression count = top.IsPercent
                ? Binder(scope).Coerce(Binder(scope).Bind(top.Count), SqlType.Float)
                : RowCount(Binder(scope), top.Count, 1060);
            return new TopRelation(input) { Count = count, IsPercent = top.IsPercent, WithTies = top.WithTies, WithApproximate = top.WithApproximate };
        }

        /// <summary>Names that the output scope resolved in outer blocks are outer references of this whole block.</summary>
        private void PropagateCorrelation() => _input.OuterReferences.UnionWith(_output.OuterReferences);

        private SourceTarget FindTarget()
        {
            SourceTarget target = SourceTarget.Of(_input.Sources);
            if (_isGroupedPass || query.IsDistinct)
            {
                target = target with { Obstacle = TargetObstacle.Grouped };
            }

            return query.Top is null && query.OffsetRows is null ? target : target with { IsLimited = true };
        }
    }
}
