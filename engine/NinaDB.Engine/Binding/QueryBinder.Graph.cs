using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <remarks>
/// MATCH: https://learn.microsoft.com/en-us/sql/t-sql/queries/match-sql-graph. A pattern becomes equalities between the numbers behind the identifiers, so that it is joined
/// as if they had been written: an edge's (from_obj_id, from_id) and (to_obj_id, to_id) with the object id of the node's table and its graph_id. Over a derived table or view
/// the numbers are read from the identifiers that it shows.
/// </remarks>
internal sealed partial class QueryBinder
{
    /// <summary>Error number that SHORTEST_PATH gets where it stands; 0 where it may stand.</summary>
    private int _pathRefusal;

    /// <summary>The numbers behind an identifier that a source shows: the registers that hold them, and their columns. A node's table is known from <see cref="Table"/>.</summary>
    private sealed record GraphNumbers(TableDefinition Table, int ObjectOrdinal, int IdOrdinal, int[] Registers)
    {
        public int IdRegister => Registers[IdOrdinal];

        public GraphEnd End => new(
            ObjectOrdinal < 0
                ? new BoundConstant(SqlValue.FromInt(Table.ObjectId), SqlType.Int)
                : new BoundColumn(Registers[ObjectOrdinal], SqlType.Int, false, Table.Columns[ObjectOrdinal].Name),
            new BoundColumn(IdRegister, SqlType.BigInt, false, Table.Columns[IdOrdinal].Name));
    }

    /// <summary>By the register of the identifier: it stays the same while derived tables and views pass the column on.</summary>
    private readonly Dictionary<int, GraphNumbers> _graphNumbers = [];

    private void NoteGraphColumns(TableDefinition table, int[] registers)
    {
        if (table.IsNode)
        {
            Note(GraphColumns.GraphIdComputed, 0, GraphColumns.GraphId);
        }
        else if (table.IsEdge)
        {
            Note(GraphColumns.FromIdComputed, GraphColumns.FromObjectId, GraphColumns.FromId);
            Note(GraphColumns.ToIdComputed, GraphColumns.ToObjectId, GraphColumns.ToId);
        }

        void Note(int shown, int objectType, int idType) => _graphNumbers[registers[GraphColumns.OrdinalOf(table, shown)]] =
            new GraphNumbers(table, objectType == 0 ? -1 : GraphColumns.OrdinalOf(table, objectType), GraphColumns.OrdinalOf(table, idType), registers);
    }

    /// <summary>Binds something that no SHORTEST_PATH may be in.</summary>
    private T WithoutPaths<T>(int error, Func<T> bind)
    {
        int previous = _pathRefusal;
        _pathRefusal = error;
        try
        {
            return bind();
        }
        finally
        {
            _pathRefusal = previous;
        }
    }

    /// <summary>The condition of a join; MATCH may be part of MERGE's.</summary>
    private BoundPredicate BindOn(JoinTableSource join, BindingScope scope)
    {
        var binder = new ExpressionBinder(scope, this);
        var patterns = new List<MatchPredicate>();
        Predicate? rest = join.AllowsMatch ? TakePatterns(join.On!, patterns) : join.On;
        if (patterns.Count == 0)
        {
            return binder.Bind(join.On!);
        }

        List<FromItem> items = [.. scope.Sources.Select(s => new FromItem(new BoundSource(new SingleRowRelation(), [s]), isPlain: true))];
        var match = new GraphMatch(this, scope, items, []) { IsMerge = true };
        match.Bind(patterns);
        return ExpressionInfo.And(rest is null ? match.Conditions : [.. match.Conditions, binder.Bind(rest)])!;
    }

    /// <summary>Takes the MATCH predicates that AND combines out of a condition; null when nothing else is left.</summary>
    private static Predicate? TakePatterns(Predicate predicate, List<MatchPredicate> patterns)
    {
        // Down the left spine, so that a long chain of ANDs needs no deep stack.
        var rights = new Stack<Predicate>();
        while (predicate is AndPredicate and)
        {
            rights.Push(and.Right);
            predicate = and.Left;
        }

        Predicate? result = Take(predicate);
        while (rights.TryPop(out Predicate? right))
        {
            Predicate? rest = right is AndPredicate ? TakePatterns(right, patterns) : Take(right);
            result = result is null ? rest : rest is null ? result : new AndPredicate { Left = result, Right = rest, Line = result.Line, Offset = result.Offset, EndOffset = rest.EndOffset };
        }

        return result;

        Predicate? Take(Predicate single)
        {
            if (single is not MatchPredicate match)
            {
                return single;
            }

            patterns.Add(match);
            return null;
        }
    }

    /// <summary>The patterns of one query block.</summary>
    private sealed partial class GraphMatch(QueryBinder owner, BindingScope scope, List<FromItem> items, List<FromItem> pathItems)
    {
        private readonly HashSet<string> _edges = new(StringComparer.OrdinalIgnoreCase);

        /// <summary>Sources that patterns name, edges and nodes apart, in the order of the patterns read from their starts: SELECT * shows them in it.</summary>
        private readonly List<ScopeSource> _edgeSources = [], _nodeSources = [];

        /// <summary>What the patterns ask of the rows of FROM.</summary>
        public List<BoundPredicate> Conditions { get; } = [];

        /// <summary>MERGE takes base tables only (error 13947).</summary>
        public bool IsMerge { get; init; }

        public void Bind(IReadOnlyList<MatchPredicate> predicates)
        {
            foreach (MatchPredicate predicate in predicates)
            {
                BindPaths(predicate);
            }

            foreach (MatchPredicate predicate in predicates)
            {
                foreach (MatchStep step in predicate.Steps.Where(s => !s.IsShortestPath))
                {
                    BindStep(step, predicate);
                }

                foreach ((string left, string right) in predicate.LastNodeEqualities)
                {
                    GraphPath first = PathEndingAt(left, predicate), second = PathEndingAt(right, predicate);
                    if (first.Nodes[^1].Table?.ObjectId != second.Nodes[^1].Table?.ObjectId)
                    {
                        throw SqlErrors.Create(13964, left, right).At(predicate);
                    }

                    Conditions.AddRange(Connect(first.Last, second.Last));
                }
            }

            foreach (FromItem item in pathItems)
            {
                if (!_paths.Exists(p => p.Sources.Contains(item.Sources[0])))
                {
                    throw SqlErrors.Create(13949, item.Sources[0].Alias);
                }
            }
        }

        private void BindStep(MatchStep step, MatchPredicate predicate)
        {
            ScopeSource edge = FindEdge(step.EdgeAlias, predicate);
            (GraphEnd from, ScopeSource? fromSource) = NodeEnd(step.FromAlias, step.FromIsLastNode, predicate);
            (GraphEnd to, ScopeSource? toSource) = NodeEnd(step.ToAlias, step.ToIsLastNode, predicate);
            Conditions.AddRange(Connect(EdgeEnd(edge, GraphColumns.From, predicate), from));
            Conditions.AddRange(Connect(EdgeEnd(edge, GraphColumns.To, predicate), to));
            Note(_edgeSources, edge);
            Note(_nodeSources, fromSource);
            Note(_nodeSources, toSource);
        }

        /// <summary>The order in which SELECT * shows the sources: those that no pattern names, then edges, then nodes.</summary>
        public IEnumerable<ScopeSource> StarOrder(IReadOnlyList<ScopeSource> sources) =>
            sources.Where(s => !_edgeSources.Contains(s) && !_nodeSources.Contains(s)).Concat(_edgeSources).Concat(_nodeSources);

        private static void Note(List<ScopeSource> known, ScopeSource? source)
        {
            if (source is not null && !known.Contains(source))
            {
                known.Add(source);
            }
        }

        private static IEnumerable<BoundPredicate> Connect(GraphEnd edge, GraphEnd node)
        {
            yield return new BoundComparison(ComparisonOperator.Equal, edge.Object, node.Object);
            yield return new BoundComparison(ComparisonOperator.Equal, edge.Id, node.Id);
        }

        private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

        /// <summary>A source by its alias. Errors 13900, and 13920 for one that is part of a join.</summary>
        private ScopeSource Find(string alias, MatchPredicate predicate)
        {
            foreach (FromItem item in items)
            {
                if (item.Sources.FirstOrDefault(s => Same(s.Alias, alias)) is { } source)
                {
                    return item.IsPlain ? source : throw SqlErrors.Create(13920, alias).At(predicate);
                }
            }

            throw SqlErrors.Create(13900, alias).At(predicate);
        }

        private ScopeSource FindEdge(string alias, MatchPredicate predicate)
        {
            if (scope.PathSources.Exists(s => Same(s.Alias, alias)))
            {
                throw SqlErrors.Create(13949, alias).At(predicate);
            }

            ScopeSource source = Find(alias, predicate);
            if (!_edges.Add(alias))
            {
                throw SqlErrors.Create(13903, alias).At(predicate);
            }

            return source;
        }

        private (GraphEnd End, ScopeSource? Source) NodeEnd(string alias, bool isLastNode, MatchPredicate predicate)
        {
            if (isLastNode)
            {
                return (PathEndingAt(alias, predicate).Last, null);
            }

            if (scope.PathSources.Exists(s => Same(s.Alias, alias)))
            {
                throw SqlErrors.Create(_paths.Exists(p => Same(p.LastAlias, alias)) ? 13965 : 13906, alias).At(predicate);
            }

            ScopeSource source = Find(alias, predicate);
            return (NodeEnd(source, predicate), source);
        }

        /// <summary>The numbers of a node source.</summary>
        private GraphEnd NodeEnd(ScopeSource source, MatchPredicate predicate)
        {
            ScopeColumn text = source.Columns.FirstOrDefault(c => GraphColumns.IsNamed(c.Name, GraphColumns.NodeId)) ?? throw SqlErrors.Create(13901, source.Alias).At(predicate);
            return EndOf(source, text, predicate);
        }

        /// <summary>The numbers of one end of an edge source.</summary>
        private GraphEnd EdgeEnd(ScopeSource source, string pseudoColumn, MatchPredicate predicate)
        {
            ScopeColumn text = source.Columns.FirstOrDefault(c => GraphColumns.IsNamed(c.Name, pseudoColumn)) ?? throw SqlErrors.Create(13902, source.Alias).At(predicate);
            return EndOf(source, text, predicate);
        }

        private GraphEnd EndOf(ScopeSource source, ScopeColumn text, MatchPredicate predicate)
        {
            if (source.Securable is { } securable)
            {
                owner._context.Access.UseColumn(securable, text);
            }

            return NumbersOf(source, text)?.End ?? Parts(source, text, predicate);
        }

        /// <summary>The numbers as they are stored, where the source's rows still carry them; null where only the identifier has been passed on.</summary>
        private GraphNumbers? NumbersOf(ScopeSource source, ScopeColumn text)
        {
            if (!owner._graphNumbers.TryGetValue(text.Register, out GraphNumbers? numbers))
            {
                return null;
            }

            if (IsMerge)
            {
                return source.Columns.Any(c => c.Register == numbers.IdRegister) ? numbers : null;
            }

            var carried = new RegisterSet();
            items.Concat(pathItems).First(i => i.Sources.Contains(source)).Relation.AddOutputs(carried);
            return carried.Contains(numbers.IdRegister) && (numbers.ObjectOrdinal < 0 || carried.Contains(numbers.Registers[numbers.ObjectOrdinal])) ? numbers : null;
        }

        /// <summary>The numbers that an identifier shows.</summary>
        private GraphEnd Parts(ScopeSource source, ScopeColumn column, MatchPredicate predicate)
        {
            if (IsMerge)
            {
                throw SqlErrors.Create(13947).At(predicate);
            }

            var own = new BindingScope(owner._context);
            own.Sources.Add(source);
            var binder = new ExpressionBinder(own, owner);
            BoundExpression Call(string function) => binder.Bind(new FunctionCallExpression
            {
                Name = new ObjectName { Parts = [function] },
                Arguments = [new ColumnExpression { Qualifier = [source.Alias], Name = column.Name, IsImplicit = true }],
                Line = predicate.Line,
            });
            return new GraphEnd(Call(BuiltinFunctions.ObjectIdFromNodeId), Call(BuiltinFunctions.GraphIdFromNodeId));
        }
    }

    private sealed partial class SelectBlock
    {
        private GraphMatch? _match;

        /// <summary>Binds FROM, takes the patterns out of WHERE, and puts what is left of WHERE above what they make of FROM.</summary>
        private void BindFromAndWhere()
        {
            List<FromItem> items = owner.BindFrom(query.From, _input, out List<FromItem> pathItems);
            var patterns = new List<MatchPredicate>();
            Predicate? where = query.Where is null ? null : TakePatterns(query.Where, patterns);
            var conditions = new List<BoundPredicate>();
            if (patterns.Count > 0)
            {
                if (patterns.Find(p => p.Steps.Any(s => s.IsShortestPath)) is { } path && (place == QueryPlace.Expression ? 13957 : owner._pathRefusal) is > 0 and int refusal)
                {
                    throw SqlErrors.Create(refusal).At(path);
                }

                _match = new GraphMatch(owner, _input, items, pathItems);
                _match.Bind(patterns);
                conditions = _match.Conditions;
            }
            else if (pathItems.Count > 0)
            {
                throw SqlErrors.Create(13949, pathItems[0].Sources[0].Alias);
            }

            _relation = Join(items);
            if (where is not null)
            {
                _input.Clause = BindingClause.Where;
                conditions.Add(Binder(_input).BindTerm(where));
            }

            if (conditions.Count > 0)
            {
                BoundPredicate condition = ExpressionInfo.And(conditions)!;
                _relation = PredicateFolding.IsNeverTrue(condition) ? Nothing(_relation) : query.GroupsAllRows ? MarkRows(condition) : new FilterRelation(_relation, condition);
            }
        }

        private BoundExpression CollectPathAggregate(FunctionCallExpression call) =>
            _isGroupedPass ? throw SqlErrors.Create(8120, call.Name.Name.ToUpperInvariant()) : _match!.BindAggregate(call, outer);
    }
}
