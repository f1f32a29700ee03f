using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Expressions;
using NinaDB.Engine.Execution.Operators;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Planning;

internal sealed partial class QueryPlanner
{
    private const double DefaultTableRows = 1000;
    private const double VariableTableRows = 100;

    /// <summary>Rows that a base table is planned for when it has fewer; such a table is not sampled.</summary>
    private const double LeastTableRows = 200;
    private const double RangeSelectivity = 0.3;

    /// <summary>A way into a table: an index, what is sought in it, what remains to be checked.</summary>
    private sealed record AccessPath(int Index, List<Sarg> Prefix, Sarg? Lower, Sarg? Upper, double Rows, double Cost, bool IsBackward, bool IsUnique, bool IsCovering)
    {
        public bool IsSeek => Prefix.Count > 0 || Lower is not null || Upper is not null;
    }

    private Planned PlanTable(TableRelation relation, IReadOnlyList<BoundPredicate> conjuncts, RegisterSet required, Wish wish)
    {
        TableDefinition table = relation.Table;
        required = WithSecurity(relation, required);
        for (int i = 0; i < relation.Registers.Length; i++)
        {
            _columns[relation.Registers[i]] = (relation, i);
        }

        var startup = new List<BoundPredicate>();
        var conditions = new List<BoundPredicate>();
        foreach (BoundPredicate conjunct in conjuncts)
        {
            (IsStartup(conjunct) ? startup : conditions).Add(conjunct);
        }

        List<Sarg> sargs = FindSargs(relation, conditions);
        RegisterSet read = WithReferences(required, conditions);
        double total = RowsOf(relation);
        double output = Math.Max(1, total * Share(conditions));

        AccessPath? best = null;
        double bestCost = double.PositiveInfinity;
        for (int i = 0; i < table.Indexes.Length; i++)
        {
            if (!IsUsable(relation, i, conditions))
            {
                continue;
            }

            AccessPath path = Consider(relation, i, sargs, read, total);
            double rows = Math.Min(output, path.Rows);
            double cost = path.Cost;
            if (wish.Order.Count > 0)
            {
                OrderColumn[] order = OrderOf(relation, path);
                var constants = Constants(relation, sargs, path);
                var forward = new Planned(null!, 0, 0, order) { Constants = constants };
                if (forward.Satisfies(wish.Order))
                {
                    cost *= Math.Min(1, wish.RowGoal / Math.Max(1, rows));
                }
                else if ((forward with { Order = Reverse(order) }).Satisfies(wish.Order))
                {
                    path = path with { IsBackward = true };
                    cost *= Math.Min(1, wish.RowGoal / Math.Max(1, rows));
                }
                else
                {
                    cost += Costs.Sort(rows);
                }
            }
            else if (!double.IsInfinity(wish.RowGoal))
            {
                cost *= Math.Min(1, wish.RowGoal / Math.Max(1, rows));
            }

            if (cost < bestCost)
            {
                (best, bestCost) = (path, cost);
            }
        }

        if (best is null)
        {
            // A hint names a filtered index that does not hold all the rows asked for.
            throw SqlErrors.Create(8622);
        }

        if (!best.IsUnique)
        {
            Watch(relation, total);
        }

        Planned result = Build(relation, best, conditions, sargs, required, Math.Min(output, best.Rows));
        return Check(result, startup);
    }

    /// <summary>What the rest of the plan reads, and what the security predicates of the table read.</summary>
    private static RegisterSet WithSecurity(TableRelation relation, RegisterSet required)
    {
        if (relation.Security.Count == 0)
        {
            return required;
        }

        RegisterSet result = required.Copy();
        foreach (BoundRowPredicate predicate in relation.Security)
        {
            predicate.AddReferences(result);
        }

        return result;
    }

    private RowPredicate[] CompileSecurity(TableRelation relation) => [.. relation.Security.Select(p => p.Compile(this))];

    private bool IsUsable(TableRelation relation, int position, IReadOnlyList<BoundPredicate> conditions)
    {
        IndexDefinition index = relation.Table.Indexes[position];
        if (index.IsDisabled || index.Kind is not (IndexKind.Heap or IndexKind.Clustered or IndexKind.NonClustered))
        {
            return false;
        }

        string[] hinted = relation.Hints.Where(h => h.StartsWith("INDEX", StringComparison.Ordinal)).SelectMany(QueryBinder.IndexesOf).ToArray();
        if (hinted.Length > 0 && !hinted.Any(h => string.Equals(h, index.Name, StringComparison.OrdinalIgnoreCase)
            || (int.TryParse(h, out int id) && (id == index.IndexId || (id <= 1 && position == 0)))))
        {
            return false;
        }

        return index.FilterText is null || IsImplied(relation, index.FilterText, conditions);
    }

    /// <summary>Whether the rows asked for all are in a filtered index: every condition of its filter is among the query's.</summary>
    private bool IsImplied(TableRelation relation, string filter, IReadOnlyList<BoundPredicate> conditions)
    {
        var columns = relation.Table.Columns.Select((c, i) => new ScopeColumn(c.Name, c.Type, c.IsNullable, relation.Registers[i]) { Definition = c }).ToArray();
        var scope = new BindingScope(_context);
        scope.Sources.Add(new ScopeSource(relation.Table.Name, null, columns));
        BoundPredicate bound = new ExpressionBinder(scope, new QueryBinder(_context)).Bind(ModuleSyntax.Predicate(filter));
        return ExpressionInfo.Conjuncts(bound).All(f => conditions.Any(c => ExpressionInfo.PredicateComparer.Equals(f, c) || (f is BoundIsNull { IsNegated: true, Operand: BoundColumn column } && ImpliesNotNull(c, column.Register))));
    }

    private static bool ImpliesNotNull(BoundPredicate condition, int register)
    {
        var set = new RegisterSet();
        set.Add(register);
        return RejectsNull(condition, set);
    }

    private double RowsOf(TableRelation relation)
    {
        if (relation.VariableSlot is not null)
        {
            return VariableTableRows;
        }

        IStoreConnection? store = relation.Table.Storage == TableStorageKind.Durable ? _context.Session.Store : _context.Session.TemporaryStore;

        // A plan is often made before its tables are filled (the batch that fills them is compiled as a whole), and outlives the moment: no table counts as tiny.
        return store is null ? DefaultTableRows : Math.Max(LeastTableRows, store.EstimateCount(relation.Table.RowStore.TreeId));
    }

    /// <summary>Base columns behind registers, for estimates.</summary>
    private readonly Dictionary<int, (TableRelation Table, int Ordinal)> _columns = [];

    /// <summary>Statistics of an index; null where there is nothing to sample.</summary>
    private IndexStatistics? StatisticsOf(TableRelation relation, IndexDefinition index, double total) =>
        relation.VariableSlot is not null || total <= LeastTableRows || index.KeyColumns.Length == 0 || index.FilterText is not null || _context.Session.StoreFor(relation.Table) is null
            ? null
            : IndexStatistics.Of(relation.Table, index, _context.Session, total);

    private AccessPath Consider(TableRelation relation, int position, List<Sarg> sargs, RegisterSet read, double total)
    {
        TableDefinition table = relation.Table;
        IndexDefinition index = table.Indexes[position];
        var prefix = new List<Sarg>();
        Sarg? lower = null;
        Sarg? upper = null;
        double rows = total;
        double seeks = 1;
        foreach (IndexColumn column in index.KeyColumns)
        {
            int ordinal = table.OrdinalOf(column.ColumnId);
            Sarg? equal = sargs.Where(s => s.Ordinal == ordinal && s.Kind == SargKind.Equal).MinBy(s => s.Values.Count);
            if (equal is not null)
            {
                prefix.Add(equal);
                seeks *= equal.Values.Count;
                continue;
            }

            lower = sargs.Find(s => s.Ordinal == ordinal && s.Kind == SargKind.Lower);
            upper = sargs.Find(s => s.Ordinal == ordinal && s.Kind == SargKind.Upper);
            break;
        }

        bool isUnique = index.IsUnique && index.KeyColumns.Length > 0 && prefix.Count == index.KeyColumns.Length;
        if (isUnique)
        {
            rows = Math.Min(seeks, total);
        }
        else if (prefix.Count > 0)
        {
            // Without a sample: the first column of an index usually tells rows apart well; each further one still does somewhat.
            double each = StatisticsOf(relation, index, total)?.RowsPerPrefix(prefix.Count) ?? Math.Max(1, Math.Sqrt(total) * Math.Pow(0.3, prefix.Count - 1));
            rows = Math.Min(total, seeks * each);
            double? known = KnownShare(relation, prefix);
            if (known is not null)
            {
                rows = prefix.Count == 1 ? Math.Max(1, total * known.Value) : Math.Min(rows, Math.Max(1, total * known.Value));
            }
        }

        if (lower is not null || upper is not null)
        {
            rows = Math.Max(1, rows * RangeShare(relation, lower, upper));
        }

        bool isCovering = position == 0 || Covers(table, index, relation, read);
        bool isSeek = prefix.Count > 0 || lower is not null || upper is not null;
        double perRow = (position == 0 ? 1 : 0.8) + (isCovering ? 0 : Costs.Lookup);
        return new AccessPath(position, prefix, lower, upper, rows, (isSeek ? seeks * Costs.Seek : 1) + (rows * perRow), false, isUnique, isCovering);
    }

    private static bool Covers(TableDefinition table, IndexDefinition index, TableRelation relation, RegisterSet read)
    {
        for (int i = 0; i < table.Columns.Length; i++)
        {
            int id = table.Columns[i].ColumnId;
            if (read.Contains(relation.Registers[i])
                && !index.IncludedColumnIds.Contains(id)
                && !index.KeyColumns.Any(k => k.ColumnId == id)
                && !(table.RowStore.Kind == IndexKind.Clustered && table.RowStore.KeyColumns.Any(k => k.ColumnId == id)))
            {
                return false;
            }
        }

        return true;
    }

    private static OrderColumn[] OrderOf(TableRelation relation, AccessPath path)
    {
        TableDefinition table = relation.Table;
        return table.Indexes[path.Index].KeyColumns.Select(k => new OrderColumn(relation.Registers[table.OrdinalOf(k.ColumnId)], k.IsDescending)).ToArray();
    }

    private static OrderColumn[] Reverse(OrderColumn[] order) => Array.ConvertAll(order, o => o with { IsDescending = !o.IsDescending });

    /// <summary>Columns that have one value in all rows of a run.</summary>
    private static int[] Constants(TableRelation relation, List<Sarg> sargs, AccessPath path) => path.IsUnique && path.Prefix.TrueForAll(p => p.Values.Count == 1)
        ? relation.Registers
        : sargs.Where(s => s.Kind == SargKind.Equal && s.Values.Count == 1).Select(s => relation.Registers[s.Ordinal]).ToArray();

    private Planned Build(TableRelation relation, AccessPath path, List<BoundPredicate> conditions, List<Sarg> sargs, RegisterSet required, double rows)
    {
        var residual = new List<BoundPredicate>(conditions);
        foreach (Sarg sarg in path.Prefix)
        {
            Consume(sarg);
        }

        SeekSpec? seek = null;
        if (path.IsSeek)
        {
            if (path.Lower is not null)
            {
                Consume(path.Lower);
            }

            if (path.Upper is not null)
            {
                Consume(path.Upper);
            }

            seek = new SeekSpec(
                path.Prefix.Select(p => p.CompileKey(_compiler)).ToArray(),
                path.Lower?.CompileBound(_compiler, isLower: true),
                path.Upper?.CompileBound(_compiler, isLower: false));
        }

        RegisterSet read = WithReferences(required, residual);
        var ordinals = new List<int>();
        var targets = new List<int>();
        for (int i = 0; i < relation.Registers.Length; i++)
        {
            ColumnDefinition column = relation.Table.Columns[i];
            if (read.Contains(relation.Registers[i]) && !(column.IsComputed && !column.IsPersisted))
            {
                ordinals.Add(i);
                targets.Add(relation.Registers[i]);
            }
        }

        bool isBackward = path.IsBackward;
        var node = new TableScanNode
        {
            Table = relation.Table,
            VariableSlot = relation.VariableSlot,
            Index = path.Index,
            Ordinals = [.. ordinals],
            Targets = [.. targets],
            LocatorRegister = relation.LocatorRegister is { } locator && required.Contains(locator) ? locator : null,
            Seek = seek,
            IsBackward = isBackward,
            Security = CompileSecurity(relation),
            Residual = residual.Count == 0 ? null : _compiler.Compile(ExpressionInfo.And(residual)!),
            IsCovering = path.IsCovering,
            Name = relation.Name,
            EstimatedRows = rows,
        };
        OrderColumn[] order = OrderOf(relation, path);
        return new Planned(node, rows, path.Cost + (path.Rows * Costs.Predicate * residual.Count), isBackward ? Reverse(order) : order)
        {
            Constants = Constants(relation, sargs, path),
        };

        void Consume(Sarg sarg)
        {
            if (sarg.IsExact)
            {
                residual.Remove(sarg.Condition);
            }
        }
    }
}
