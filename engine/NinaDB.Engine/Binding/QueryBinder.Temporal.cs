using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>FOR SYSTEM_TIME: a system-versioned table together with its history.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/t-sql/queries/from-transact-sql#system_time</remarks>
internal sealed partial class QueryBinder
{
    /// <summary>The clause on a view: it means every system-versioned table inside.</summary>
    private SystemTimeClause? _systemTime;

    /// <summary>The clause that a table is read under. Errors 13544 and 13590.</summary>
    private SystemTimeClause? SystemTimeOf(TableDefinition table, NamedTableSource syntax)
    {
        if (syntax.SystemTime is { } own)
        {
            if (table.Versioning is null)
            {
                throw SqlErrors.Create(13544, _context.Session.DescribeTable(table, withDatabase: true));
            }

            return _systemTime is null ? own : throw SqlErrors.Create(13590, _context.Session.DescribeTable(table, withDatabase: true));
        }

        return table.Versioning is null ? null : _systemTime;
    }

    private BoundSource BindSystemTime(TableDefinition table, NamedTableSource syntax, string? schema, SystemTimeClause clause, BindingScope lateral)
    {
        TableDefinition history = _context.Session.CatalogOf(table).Find<TableDefinition>(table.Versioning!.HistoryTableId)!;
        _context.References.Add(history);
        NoteNamed(history);
        var plain = new NamedTableSource { Name = syntax.Name, Alias = syntax.Alias ?? table.Name, Hints = syntax.Hints, Line = syntax.Line };
        BoundSource current = BindTable(table, plain, null, null);
        BoundSource past = BindTable(history, new NamedTableSource { Name = syntax.Name, Alias = plain.Alias, Line = syntax.Line }, null, null);
        int start = table.OrdinalOf(table.Period!.StartColumnId);
        int end = table.OrdinalOf(table.Period.EndColumnId);

        IReadOnlyList<ScopeColumn> columns = current.Sources[0].Columns;
        var registers = new int[columns.Count];
        var exposed = new ScopeColumn[registers.Length];
        string alias = syntax.Alias ?? table.Name;
        for (int i = 0; i < registers.Length; i++)
        {
            registers[i] = _context.AllocateRegister();
            exposed[i] = columns[i] with { Register = registers[i] };
            _definitions[registers[i]] = table.Columns[i];
            _sourceNames[registers[i]] = alias;
        }

        var source = new ScopeSource(alias, syntax.Alias is null ? schema : null, exposed)
        {
            Securable = _expanding == 0 ? table : null,
            WrittenName = syntax.Alias ?? syntax.Name.ToString(),
        };
        return new BoundSource(new ConcatRelation([Versions(current, start, end, clause, registers, null, lateral), Versions(past, start, end, clause, registers, table.Versioning, lateral)], registers), [source]);
    }

    /// <summary>The rows of the current or the history table that a clause takes, written to the registers that both share.</summary>
    /// <param name="versioning">Given for the history table: versions that began and ended at once are not shown, nor those past their retention.</param>
    private ProjectRelation Versions(BoundSource source, int start, int end, SystemTimeClause clause, int[] registers, SystemVersioning? versioning, BindingScope lateral)
    {
        ScopeSource only = source.Sources[0];
        var scope = new BindingScope(_context, lateral);
        scope.Sources.Add(only);
        var binder = new ExpressionBinder(scope, this);
        Expression from = Column(start);
        Expression to = Column(end);
        Relation relation = source.Relation;
        foreach ((Expression left, ComparisonOperator op, Expression right) in Conditions())
        {
            relation = new FilterRelation(relation, binder.Bind(new ComparisonPredicate { Operator = op, Left = left, Right = right, Line = clause.Start?.Line ?? 0 }));
        }

        return new ProjectRelation(relation, [.. only.Columns.Select((c, i) => new ComputedColumn(registers[i], new BoundColumn(c.Register, c.Type, c.IsNullable, c.Name)))]);

        ColumnExpression Column(int ordinal) => new() { Name = only.Columns[ordinal].Name, IsImplicit = true };

        IEnumerable<(Expression Left, ComparisonOperator Operator, Expression Right)> Conditions()
        {
            switch (clause.Kind)
            {
                case SystemTimeKind.AsOf:
                    yield return (from, ComparisonOperator.LessOrEqual, clause.Start!);
                    yield return (to, ComparisonOperator.Greater, clause.Start!);
                    break;
                case SystemTimeKind.FromTo:
                    yield return (from, ComparisonOperator.Less, clause.End!);
                    yield return (to, ComparisonOperator.Greater, clause.Start!);
                    break;
                case SystemTimeKind.BetweenAnd:
                    yield return (from, ComparisonOperator.LessOrEqual, clause.End!);
                    yield return (to, ComparisonOperator.Greater, clause.Start!);
                    break;
                case SystemTimeKind.ContainedIn:
                    yield return (from, ComparisonOperator.GreaterOrEqual, clause.Start!);
                    yield return (to, ComparisonOperator.LessOrEqual, clause.End!);
                    break;
            }

            if (versioning is null)
            {
                yield break;
            }

            yield return (from, ComparisonOperator.NotEqual, to);
            if (versioning.RetentionUnit != RetentionUnit.Infinite)
            {
                yield return (to, ComparisonOperator.Greater, RetentionStart(versioning));
            }
        }
    }

    private static FunctionCallExpression RetentionStart(SystemVersioning versioning) => new()
    {
        Name = new ObjectName { Parts = ["DATEADD"] },
        Arguments =
        [
            new ColumnExpression { Name = versioning.RetentionUnit.ToString().ToLowerInvariant() },
            new LiteralExpression { Kind = LiteralKind.Integer, Text = (-(long)versioning.RetentionPeriod).ToString(System.Globalization.CultureInfo.InvariantCulture) },
            new FunctionCallExpression { Name = new ObjectName { Parts = ["SYSUTCDATETIME"] } },
        ],
    };
}
