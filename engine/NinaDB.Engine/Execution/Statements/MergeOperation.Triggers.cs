using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>MERGE into a view or table whose INSTEAD OF triggers do what its actions say.</summary>
internal sealed partial class MergeOperation
{
    /// <summary>The columns that the actions write, in the order of the clauses.</summary>
    private IReadOnlyList<ColumnExpression> Written() =>
    [
        .. statement.Clauses.SelectMany(c => c.Set is not null
            ? SetPlan.Written(c.Set)
            : c.InsertColumns?.Select(n => new ColumnExpression { Qualifier = [], Name = n, Line = c.Line }) ?? []),
    ];

    /// <summary>Whether triggers stand in for the actions: for all of them or for none (error 5316).</summary>
    private bool RequireTriggers(ModuleDefinition[] triggers)
    {
        List<bool> covered = [.. Kinds().Select(k => triggers.Any(t => t.IsInsteadOf && t.TriggerEvents.Contains(TableWriter.EventOf(k))))];
        return covered.Contains(true) && (!covered.Contains(false) ? true : throw SqlErrors.Create(5316, WrittenName(statement.Target)));
    }

    private IEnumerable<ModuleDefinition> InsteadTriggers(EngineSession session, MergeUnit unit)
    {
        CatalogObject target = (CatalogObject?)unit.Source.InsteadOfView ?? unit.Target.Shape;
        ModuleDefinition[] triggers = TableWriter.TriggersOf(session.CatalogOf(target), target.ObjectId);
        return Kinds().Select(k => triggers.First(t => t.IsInsteadOf && t.TriggerEvents.Contains(TableWriter.EventOf(k))));
    }

    /// <summary>The target with a column that tells its rows from those that an outer join adds.</summary>
    private static DerivedTableSource Marked(TableSource target, string alias, int line) => new()
    {
        Line = line,
        Alias = alias,
        Query = new SelectQuery { Line = line, Items = [new StarItem { Line = line }, new ExpressionItem { Expression = One(line), Alias = Present, Line = line }], From = [target] },
    };

    private long RunInsteadOf(BatchExecution run, Frame frame, MergeUnit unit, ExecutionContext context, OutputPlan.Run output, TableWriter writer)
    {
        EngineSession session = run.Session;
        CatalogObject target = (CatalogObject?)unit.Source.InsteadOfView ?? unit.Target.Shape;
        var inserted = new List<SqlValue[]>();
        var updatedOld = new List<SqlValue[]>();
        var updatedNew = new List<SqlValue[]>();
        var deleted = new List<SqlValue[]>();
        var columns = new HashSet<int>();
        int width = unit.Target.Shape.Columns.Length;
        var defaults = new ExecutionContext(session, new VariableFrame(0), writer.RegisterCount, run.Cancellation);
        foreach (SqlValue[] values in Read(run, unit, context))
        {
            MergeAction action = unit.Actions[values[unit.ClauseItem].AsInt32];
            if (action.Set is null && !action.IsDelete)
            {
                SqlValue[] row = Inserted(values, action, width);
                for (int i = 0; i < width && unit.Source.InsteadOfView is null; i++)
                {
                    if (!action.Given[i])
                    {
                        row[i] = i == writer.IdentityOrdinal ? EngineSession.IntegerValue(0, unit.Target.Shape.Columns[i].Type) : writer.DefaultOf(i)?.Invoke(defaults) ?? SqlValue.Null;
                    }
                }

                inserted.Add(row);
                Show(row, null, "INSERT", values);
                continue;
            }

            SqlValue[] old = values.AsSpan(1, width).ToArray();
            if (action.IsDelete)
            {
                deleted.Add(old);
                Show(null, old, "DELETE", values);
                continue;
            }

            action.Set!.AssignVariables(values, action.Start, frame);
            SqlValue[] changed = action.Set.Apply(old, values, action.Start, unit.Source.InsteadOfView is null ? writer : null, defaults, frame);
            columns.UnionWith(action.Set.Columns);
            updatedOld.Add(old);
            updatedNew.Add(changed);
            Show(changed, old, "UPDATE", values);
        }

        void Show(SqlValue[]? row, SqlValue[]? old, string action, SqlValue[] values)
        {
            if (!unit.Output.IsEmpty)
            {
                output.Add(row, old, action, values, unit.ExtraStart);
            }
        }

        long count = inserted.Count + updatedOld.Count + deleted.Count;
        foreach ((DmlKind kind, ModuleDefinition trigger) in Kinds().Zip(InsteadTriggers(session, unit)).ToList())
        {
            (List<SqlValue[]> rows, List<SqlValue[]> gone, IReadOnlySet<int> touched) = kind switch
            {
                DmlKind.Insert => (inserted, (List<SqlValue[]>)[], (IReadOnlySet<int>)Enumerable.Range(0, width).ToHashSet()),
                DmlKind.Update => (updatedNew, updatedOld, columns),
                _ => ([], deleted, new HashSet<int>()),
            };
            TriggerRunner.Run(run, trigger, target, kind, rows, gone, touched, count);
        }

        return count;
    }

    /// <summary>The row that an INSERT action makes: its given columns.</summary>
    private static SqlValue[] Inserted(SqlValue[] values, MergeAction action, int width)
    {
        var row = new SqlValue[width];
        for (int i = 0; i < action.Ordinals.Length; i++)
        {
            if (action.Items[i] >= 0)
            {
                SqlValue value = values[action.Start + action.Items[i]];
                row[action.Ordinals[i]] = action.Converters[i] is { } convert ? convert(value) : value;
            }
        }

        return row;
    }
}
