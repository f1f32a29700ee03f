using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

internal sealed partial class QueryBinder
{
    private sealed partial class SelectBlock
    {
        private const int MaximumGroupingSets = 4096;

        /// <summary>A grouping expression: how it was written, what it is below the aggregate, and its column above.</summary>
        private sealed record Group(Expression Syntax, BoundExpression Input, BoundColumn Output);

        private readonly List<Group> _groups = [];
        private readonly List<AggregateColumn> _aggregates = [];
        private List<int[]>? _sets;
        private int? _groupingRegister;
        private BoundPredicate? _having;
        private bool _isGroupedPass;

        /// <summary>Makes the scope of the select list. In a grouped block columns must be grouping expressions and aggregates have a collector.</summary>
        private void PrepareGrouping()
        {
            _output = new BindingScope(_context, outer) { LocatorResolver = owner.ResolveLocator, HidesGraphColumns = true };
            _output.Sources.AddRange(_input.Sources);
            _output.PathSources.AddRange(_input.PathSources);
            _output.PathCollector = _match is null ? null : CollectPathAggregate;
            _output.SequenceCollector = CollectSequence;
            _isGroupedPass = IsGrouped;
            if (!_isGroupedPass)
            {
                _output.AggregateCollector = call =>
                {
                    _sawAggregate = true;
                    BoundColumn column = IsGroupingFunction(call)
                        ? new BoundColumn(_context.AllocateRegister(), SqlType.Int, false, "")
                        : NewColumn(BindAggregate(call));
                    return column;
                };
                _output.WindowCollector = CollectWindow;
                return;
            }

            _groups.Clear();
            _aggregates.Clear();
            BindGroups();
            _output.GroupingResolver = ResolveGroup;
            _output.AggregateCollector = CollectAggregate;
            _output.WindowCollector = CollectWindow;
            if (query.Having is not null)
            {
                _output.WindowCollector = null;
                _output.Clause = BindingClause.Having;
                _having = Binder(_output).BindTerm(query.Having);
                _output.WindowCollector = CollectWindow;
            }
        }

        private BoundColumn NewColumn(BoundAggregate aggregate) => new(_context.AllocateRegister(), aggregate.Type, aggregate.IsNullable, aggregate.Name);

        private BoundAggregate BindAggregate(FunctionCallExpression call)
        {
            if (query.GroupBy.Count == 0 && call is { IsDistinct: false, Arguments: [var counted] } && call.Name.Name.ToUpperInvariant() is "COUNT" or "COUNT_BIG" && WrittenConstants.IsNeverNull(counted))
            {
                call = new FunctionCallExpression { Name = call.Name, Arguments = [], IsStar = true, Line = call.Line, Offset = call.Offset, EndOffset = call.EndOffset };
            }

            _input.Clause = BindingClause.AggregateArgument;
            return WhereMarked(Binder(_input).BindAggregate(call));
        }

        private static bool IsGroupingFunction(FunctionCallExpression call) =>
            call.Name.Parts.Count == 1 && (call.Name.Name.Equals("GROUPING", StringComparison.OrdinalIgnoreCase) || call.Name.Name.Equals("GROUPING_ID", StringComparison.OrdinalIgnoreCase));

        private BoundExpression CollectAggregate(FunctionCallExpression call)
        {
            if (IsGroupingFunction(call))
            {
                return BindGroupingFunction(call);
            }

            BoundAggregate aggregate = BindAggregate(call);
            foreach (AggregateColumn known in _aggregates)
            {
                if (IsSame(known.Aggregate, aggregate))
                {
                    return new BoundColumn(known.Register, aggregate.Type, aggregate.IsNullable, "");
                }
            }

            BoundColumn column = NewColumn(aggregate);
            _aggregates.Add(new AggregateColumn(column.Register, aggregate));
            return column;
        }

        private static bool IsSame(BoundAggregate a, BoundAggregate b) =>
            a.Name == b.Name && ReferenceEquals(a.Module, b.Module) && a.IsDistinct == b.IsDistinct && a.AbsentOnNull == b.AbsentOnNull && a.Type.Equals(b.Type)
            && a.Arguments.SequenceEqual(b.Arguments, ExpressionInfo.BoundComparer)
            && a.Arguments.All(ExpressionInfo.IsDeterministic)
            && a.OrderBy.Count == b.OrderBy.Count
            && a.OrderBy.Zip(b.OrderBy).All(p => p.First.IsDescending == p.Second.IsDescending && ExpressionInfo.BoundComparer.Equals(p.First.Expression, p.Second.Expression));

        private BoundExpression CollectWindow(FunctionCallExpression call)
        {
            var scope = new BindingScope(_context, outer)
            {
                Clause = BindingClause.SelectList,
                GroupingResolver = _output.GroupingResolver,
                AggregateCollector = _isGroupedPass ? CollectAggregate : _output.AggregateCollector,
            };
            scope.Sources.AddRange(_input.Sources);
            BoundWindow window = Binder(scope).BindWindow(call, query.Windows);
            _output.OuterReferences.UnionWith(scope.OuterReferences);
            int register = _context.AllocateRegister();
            _windows.Add(new WindowColumn(register, window));
            return new BoundColumn(register, window.Type, window.IsNullable, window.Name);
        }

        private void BindGroups()
        {
            _input.Clause = BindingClause.GroupBy;
            var sets = new List<List<int>> { new() };
            bool usesSets = false;
            foreach (GroupingItem item in query.GroupBy)
            {
                usesSets |= item.Kind != GroupingKind.Expressions || item.Expressions.Count == 0;
                sets = Product(sets, ExpandSets(item));
                if (sets.Count > MaximumGroupingSets)
                {
                    throw SqlErrors.Create(10703, MaximumGroupingSets);
                }
            }

            _sets = null;
            _groupingRegister = null;
            if (usesSets)
            {
                _sets = sets.ConvertAll(s => s.Distinct().Order().ToArray());
                _groupingRegister = _context.AllocateRegister();

                // Columns become NULL in rows of sets that leave them out: they need registers of their own.
                for (int i = 0; i < _groups.Count; i++)
                {
                    Group group = _groups[i];
                    bool isNullable = group.Input.IsNullable || _sets.Exists(s => !s.Contains(i));
                    _groups[i] = group with { Output = new BoundColumn(_context.AllocateRegister(), ColumnType(group.Input.Type), isNullable, group.Output.Name) { Label = group.Input.Label } };
                }
            }
        }

        private static List<List<int>> Product(List<List<int>> left, List<List<int>> right)
        {
            var result = new List<List<int>>(left.Count * right.Count);
            foreach (List<int> a in left)
            {
                foreach (List<int> b in right)
                {
                    result.Add([.. a, .. b]);
                }
            }

            return result;
        }

        /// <summary>The grouping sets that one item of GROUP BY stands for.</summary>
        private List<List<int>> ExpandSets(GroupingItem item)
        {
            switch (item.Kind)
            {
                case GroupingKind.Expressions:
                    return [item.Expressions.Select(AddGroup).ToList()];
                case GroupingKind.Rollup:
                    {
                        List<List<int>> parts = item.Items.Select(i => ExpandSets(i)[0]).ToList();
                        var sets = new List<List<int>>();
                        for (int n = parts.Count; n >= 0; n--)
                        {
                            sets.Add(parts.Take(n).SelectMany(p => p).ToList());
                        }

                        return sets;
                    }

                case GroupingKind.Cube:
                    {
                        List<List<int>> parts = item.Items.Select(i => ExpandSets(i)[0]).ToList();
                        if (parts.Count > 12)
                        {
                            throw SqlErrors.Create(10703, MaximumGroupingSets);
                        }

                        var sets = new List<List<int>>();
                        for (int mask = (1 << parts.Count) - 1; mask >= 0; mask--)
                        {
                            sets.Add(parts.Where((_, i) => (mask & (1 << (parts.Count - 1 - i))) != 0).SelectMany(p => p).ToList());
                        }

                        return sets;
                    }

                default:
                    return item.Items.SelectMany(ExpandSets).ToList();
            }
        }

        private int AddGroup(Expression syntax)
        {
            BoundExpression bound = Binder(_input).BindTerm(syntax);
            if (!HasColumn(syntax))
            {
                throw SqlErrors.Create(164).At(syntax);
            }

            if (syntax is ColumnExpression { Qualifier.Count: > 0 } dotted && bound is BoundFunctionCall)
            {
                syntax = ExpressionBinder.PropertyOf(dotted);
            }

            ExpressionBinder.RefuseUnsortable(bound.Type, "GROUP BY");
            int known = _groups.FindIndex(g => ExpressionInfo.BoundComparer.Equals(g.Input, bound));
            if (known >= 0)
            {
                return known;
            }

            BoundColumn output = bound as BoundColumn
                ?? new BoundColumn(_context.AllocateRegister(), ColumnType(bound.Type), bound.IsNullable, "") { Label = bound.Label };
            _groups.Add(new Group(syntax, bound, output));
            return _groups.Count - 1;
        }

        private static bool HasColumn(Expression syntax) => syntax is ColumnExpression || SyntaxWalker.ColumnNames(syntax).Count > 0;

        /// <summary>The column of a grouping expression, or null. Columns match by what they resolve to, other expressions by structure.</summary>
        private BoundExpression? ResolveGroup(Expression syntax)
        {
            if (syntax is LiteralExpression or VariableExpression || _groups.Count == 0)
            {
                return null;
            }

            if (syntax is ColumnExpression column)
            {
                return FindColumn(column) is { } found
                    ? _groups.Find(g => g.Input is BoundColumn input && input.Register == found.Register)?.Output
                    : null;
            }

            foreach (Group group in _groups)
            {
                if (group.Syntax is ColumnExpression || group.Syntax.GetType() != syntax.GetType())
                {
                    continue;
                }

                if (ExpressionInfo.SyntaxComparer.Equals(group.Syntax, syntax))
                {
                    return group.Output;
                }

                // t.a + 1 and a + 1 are the same: compare what they are bound to.
                if (!ContainsAggregate(syntax) && ExpressionInfo.BoundComparer.Equals(group.Input, BindGroupCandidate(syntax)))
                {
                    return group.Output;
                }
            }

            return null;
        }

        private BoundExpression? BindGroupCandidate(Expression syntax)
        {
            _input.Clause = BindingClause.GroupBy;
            return Binder(_input).Bind(syntax);
        }

        /// <summary>Whether an expression that might be a grouping expression has an aggregate or a subquery in it (then it is none).</summary>
        private bool ContainsAggregate(Expression syntax) => syntax switch
        {
            FunctionCallExpression call => call.Over is not null || ExpressionInfo.IsAggregate(call.Name.Name) || IsGroupingFunction(call) || Binder(_input).IsUserAggregate(call) || call.Arguments.Any(ContainsAggregate),
            BinaryExpression binary => ContainsAggregate(binary.Left) || ContainsAggregate(binary.Right),
            UnaryExpression unary => ContainsAggregate(unary.Operand),
            ConvertExpression convert => ContainsAggregate(convert.Operand),
            CollateExpression collate => ContainsAggregate(collate.Operand),
            MethodCallExpression method => ContainsAggregate(method.Target) || method.Arguments.Any(ContainsAggregate),
            ColumnExpression or LiteralExpression or VariableExpression => false,
            _ => true,
        };

        /// <summary>A column of this block's own sources; null when the name is none of theirs (or ambiguous, which its binding will report).</summary>
        private ScopeColumn? FindColumn(ColumnExpression syntax)
        {
            ScopeColumn? found = null;
            foreach (ScopeSource source in _input.Sources)
            {
                if (syntax.Qualifier.Count > 0 && !Matches(source, syntax.Qualifier))
                {
                    continue;
                }

                foreach (ScopeColumn column in source.Columns)
                {
                    if (string.Equals(column.Name, syntax.Name, StringComparison.OrdinalIgnoreCase))
                    {
                        if (found is not null)
                        {
                            return null;
                        }

                        found = column;
                    }
                }
            }

            return found;
        }

        /// <summary>GROUPING(expr) and GROUPING_ID(exprs): bits of the register that tells which groups a row leaves out.</summary>
        private BoundExpression BindGroupingFunction(FunctionCallExpression call)
        {
            bool isId = call.Name.Name.Length > 8;
            SqlType type = isId ? SqlType.Int : SqlType.TinyInt;
            IReadOnlyList<Expression> arguments = isId && call.Arguments.Count == 0 ? _groups.ConvertAll(g => g.Syntax) : call.Arguments;
            var indexes = new int[arguments.Count];
            for (int i = 0; i < indexes.Length; i++)
            {
                BoundExpression? output = ResolveGroup(arguments[i]);
                indexes[i] = _groups.FindIndex(g => ReferenceEquals(g.Output, output));
                if (indexes[i] < 0)
                {
                    throw SqlErrors.Create(8161, i + 1, call.Name.Name.ToUpperInvariant());
                }
            }

            if (_groupingRegister is not { } register)
            {
                return new BoundConstant(SqlValue.FromInteger(type.Id, 0), type);
            }

            SqlTypeId kind = type.Id;
            var function = new Functions.BoundFunction(type, false, [null], (_, values) =>
            {
                long map = values[0].AsInt64;
                long result = 0;
                foreach (int index in indexes)
                {
                    result = (result << 1) | ((map >> index) & 1);
                }

                return SqlValue.FromInteger(kind, result);
            });
            return new BoundFunctionCall($"{call.Name.Name.ToUpperInvariant()}({string.Join(',', indexes)})", [new BoundColumn(register, SqlType.BigInt, false, "")], function);
        }

        private Relation AssembleGrouping()
        {
            if (!_isGroupedPass)
            {
                return _relation;
            }

            Relation relation = new AggregateRelation(
                _relation,
                _groups.ConvertAll(g => new ComputedColumn(g.Output.Register, g.Input)),
                _aggregates)
            {
                Sets = _sets,
                GroupingRegister = _groupingRegister,
            };
            return _having is null ? relation : PredicateFolding.IsNeverTrue(_having) ? Nothing(relation) : new FilterRelation(relation, _having);
        }
    }
}
