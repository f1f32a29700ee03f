using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <remarks>SHORTEST_PATH: https://learn.microsoft.com/en-us/sql/relational-databases/graphs/sql-graph-shortest-path.</remarks>
internal sealed partial class QueryBinder
{
    /// <summary>A SHORTEST_PATH pattern.</summary>
    private sealed class GraphPath(FromItem item, ShortestPathRelation relation, IReadOnlyList<ScopeSource> nodes, IReadOnlyList<ScopeSource> edges)
    {
        /// <summary>The item of FROM that the path starts from.</summary>
        public FromItem Item { get; } = item;

        public ShortestPathRelation Relation { get; } = relation;

        /// <summary>Nodes that are repeated, in the order of the path.</summary>
        public IReadOnlyList<ScopeSource> Nodes { get; } = nodes;

        public IReadOnlyList<ScopeSource> Edges { get; } = edges;

        public IEnumerable<ScopeSource> Sources => Nodes.Concat(Edges);

        /// <summary>The node that the path may be continued from.</summary>
        public string LastAlias => Nodes[^1].Alias;

        public GraphEnd Last => new(
            new BoundColumn(Relation.LastObjectRegister, SqlType.Int, false, LastAlias), new BoundColumn(Relation.LastIdRegister, SqlType.BigInt, false, LastAlias));
    }

    private sealed partial class GraphMatch
    {
        private static readonly HashSet<string> PathAggregates = new(StringComparer.OrdinalIgnoreCase) { "STRING_AGG", "LAST_VALUE", "SUM", "COUNT", "AVG", "MIN", "MAX" };

        private readonly List<GraphPath> _paths = [];

        /// <summary>One hop of a repeated pattern in the direction of the path. Forwards: the edge leads from the node before it to <paramref name="Node"/>.</summary>
        private readonly record struct Hop(string Edge, string Node, bool IsForward);

        private void BindPaths(MatchPredicate predicate)
        {
            var waiting = predicate.Steps.Where(s => s.IsShortestPath).GroupBy(s => s.PathGroup).Select(g => g.ToList()).ToList();
            while (waiting.Count > 0)
            {
                // A path may start from the last node of another one, written before or after it.
                int next = waiting.FindIndex(g => !StartOf(g).IsLastNode || _paths.Exists(p => Same(p.LastAlias, StartOf(g).Alias)));
                if (next < 0)
                {
                    throw SqlErrors.Create(13962, StartOf(waiting[0]).Alias).At(predicate);
                }

                BindPath(waiting[next], predicate);
                waiting.RemoveAt(next);
            }
        }

        /// <summary>The node outside of the repeated part.</summary>
        private static (string Alias, bool IsLastNode) StartOf(List<MatchStep> steps)
        {
            // The written order of a hop's nodes follows from the direction of its arrow.
            MatchStep step = steps[0].IsMirrored ? steps[^1] : steps[0];
            return step.IsMirrored == step.IsBackwards ? (step.FromAlias, step.FromIsLastNode) : (step.ToAlias, step.ToIsLastNode);
        }

        private static IEnumerable<Hop> Hops(List<MatchStep> steps)
        {
            IEnumerable<MatchStep> inOrder = steps[0].IsMirrored ? Enumerable.Reverse(steps) : steps;
            foreach (MatchStep step in inOrder)
            {
                bool isForward = step.IsMirrored == step.IsBackwards;
                yield return new Hop(step.EdgeAlias, isForward ? step.ToAlias : step.FromAlias, isForward);
            }
        }

        private void BindPath(List<MatchStep> steps, MatchPredicate predicate)
        {
            if (IsMerge)
            {
                throw SqlErrors.NotSupported("SHORTEST_PATH in MERGE");
            }

            CheckHops(steps[0], predicate);
            (string alias, bool isLastNode) = StartOf(steps);
            FromItem item;
            GraphEnd start;
            if (isLastNode)
            {
                GraphPath before = PathEndingAt(alias, predicate);
                (item, start) = (before.Item, before.Last);
            }
            else
            {
                (start, ScopeSource? source) = NodeEnd(alias, false, predicate);
                Note(_nodeSources, source);
                item = items.Find(i => i.Sources.Contains(source!))!;
            }

            var nodes = new List<ScopeSource>();
            var edges = new List<ScopeSource>();
            Relation? step = null;
            var conditions = new List<BoundPredicate>();
            GraphEnd? near = null, far = null;
            (TableDefinition, int, int)? entry = null;
            foreach (Hop hop in Hops(steps))
            {
                FromItem edgeItem = Repeated(hop.Edge, predicate), nodeItem = Repeated(hop.Node, predicate);
                ScopeSource edge = edgeItem.Sources[0], node = nodeItem.Sources[0];
                if (!_edges.Add(hop.Edge))
                {
                    throw SqlErrors.Create(13903, hop.Edge).At(predicate);
                }

                if (nodes.Contains(node) || _paths.Exists(p => p.Nodes.Contains(node)))
                {
                    throw SqlErrors.Create(13950, hop.Node).At(predicate);
                }

                GraphEnd enter = EdgeEnd(edge, hop.IsForward ? GraphColumns.From : GraphColumns.To, predicate);
                GraphEnd leave = EdgeEnd(edge, hop.IsForward ? GraphColumns.To : GraphColumns.From, predicate);
                GraphEnd reached = NodeEnd(node, predicate);
                if (far is { } previous)
                {
                    conditions.AddRange(Connect(enter, previous));
                }
                else
                {
                    near = enter;
                    entry = EntryOf(edge, hop.IsForward);
                }

                conditions.AddRange(Connect(leave, reached));
                far = reached;
                step = step is null ? edgeItem.Relation : new JoinRelation(RelationJoinKind.Inner, step, edgeItem.Relation, null, isApply: false);
                step = new JoinRelation(RelationJoinKind.Inner, step, nodeItem.Relation, null, isApply: false);
                edges.Add(edge);
                nodes.Add(node);
            }

            CompilationContext context = owner._context;
            var relation = new ShortestPathRelation(
                start, new FilterRelation(step!, ExpressionInfo.And(conditions)!), near!.Value, far!.Value, context.AllocateRegister(), context.AllocateRegister())
            {
                FrontierObjectRegister = context.AllocateRegister(),
                FrontierIdRegister = context.AllocateRegister(),
                MaximumHops = steps[0].MaxHops,
                Entry = entry,
            };
            item.Relation = new JoinRelation(RelationJoinKind.Inner, item.Relation, relation, null, isApply: true);
            _paths.Add(new GraphPath(item, relation, nodes, edges));
        }

        private static void CheckHops(MatchStep step, MatchPredicate predicate)
        {
            if (step.MinHops != 1)
            {
                throw SqlErrors.Create(13942).At(predicate);
            }

            if (step.MaxHops <= step.MinHops)
            {
                throw SqlErrors.Create(13943).At(predicate);
            }
        }

        /// <summary>A source of the repeated part. Error 13948 unless it is marked FOR PATH.</summary>
        private FromItem Repeated(string alias, MatchPredicate predicate)
        {
            if (pathItems.Find(i => Same(i.Sources[0].Alias, alias)) is { } item)
            {
                return item;
            }

            _ = Find(alias, predicate);
            throw SqlErrors.Create(13948, alias).At(predicate);
        }

        /// <summary>Where an index of the first edge's table would find the edges of one node.</summary>
        private (TableDefinition Table, int ObjectColumnId, int IdColumnId)? EntryOf(ScopeSource edge, bool isForward)
        {
            ScopeColumn text = edge.Columns.First(c => GraphColumns.IsNamed(c.Name, isForward ? GraphColumns.From : GraphColumns.To));
            return NumbersOf(edge, text) is { ObjectOrdinal: >= 0 } numbers
                ? (numbers.Table, numbers.Table.Columns[numbers.ObjectOrdinal].ColumnId, numbers.Table.Columns[numbers.IdOrdinal].ColumnId)
                : null;
        }

        /// <summary>The path whose last node LAST_NODE names. Error 13962.</summary>
        private GraphPath PathEndingAt(string alias, MatchPredicate predicate) =>
            _paths.Find(p => Same(p.LastAlias, alias)) ?? throw SqlErrors.Create(13962, alias).At(predicate);

        /// <summary>An aggregate WITHIN GROUP (GRAPH PATH): a column of the path that its argument reads.</summary>
        public BoundExpression BindAggregate(FunctionCallExpression call, BindingScope? outer)
        {
            string name = call.Name.Name.ToUpperInvariant();
            if (!PathAggregates.Contains(name) || call.IsDistinct)
            {
                throw SqlErrors.Create(13951, name).At(call);
            }

            GraphPath path = PathOf(call, name);
            var inner = new BindingScope(owner._context, outer) { Clause = BindingClause.AggregateArgument, HidesGraphColumns = true };
            inner.Sources.AddRange(path.Sources);
            var binder = new ExpressionBinder(inner, owner);
            if (name != "LAST_VALUE")
            {
                BoundAggregate aggregate = binder.BindAggregate(call);
                return Add(path, new PathColumn(owner._context.AllocateRegister(), aggregate, null), aggregate.Type, aggregate.IsNullable, name);
            }

            if (call.Arguments.Count != 1)
            {
                throw SqlErrors.Create(174, "last_value", 1).At(call);
            }

            BoundExpression value = binder.BindTyped(call.Arguments[0]);
            return Add(path, new PathColumn(owner._context.AllocateRegister(), null, value), value.Type, value.IsNullable, name);
        }

        private static BoundColumn Add(GraphPath path, PathColumn column, SqlType type, bool isNullable, string name)
        {
            path.Relation.Columns.Add(column);
            return new BoundColumn(column.Register, type, isNullable, name) { Label = CollationLabel.Implicit };
        }

        /// <summary>The path whose columns an aggregate reads. Errors 13952, 13953, 13954, and 13962 for LAST_VALUE of an edge.</summary>
        private GraphPath PathOf(FunctionCallExpression call, string name)
        {
            GraphPath? path = null;
            if (call.StarQualifier is { } alias)
            {
                Read(scope.PathSources.Find(s => Same(s.Alias, alias)), alias);
            }

            foreach (Expression argument in call.Arguments)
            {
                SyntaxTree.Visit(argument, node =>
                {
                    if (node is ColumnExpression column)
                    {
                        Read(
                            scope.PathSources.Find(s => ExpressionBinder.Matches(s, column.Qualifier) && s.Columns.Any(c => Same(c.Name, column.Name) || GraphColumns.IsNamed(c.Name, column.Name))),
                            column.Qualifier.Count > 0 ? column.Qualifier[^1] : column.Name);
                    }

                    return true;
                });
            }

            return path ?? throw SqlErrors.Create(13952, name).At(call);

            void Read(ScopeSource? source, string identifier)
            {
                GraphPath own = _paths.Find(p => source is not null && p.Sources.Contains(source)) ?? throw SqlErrors.Create(13954, identifier, name).At(call);
                if (path is not null && path != own)
                {
                    throw SqlErrors.Create(13953, name).At(call);
                }

                if (name == "LAST_VALUE" && own.Edges.Contains(source!))
                {
                    throw SqlErrors.Create(13962, identifier).At(call);
                }

                path = own;
            }
        }
    }
}
