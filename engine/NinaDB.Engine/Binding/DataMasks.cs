using NinaDB.Engine.Catalog;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>
/// How the columns of one statement mask for the principal that it is compiled for. Tables say which of their registers are masked; the masks follow the registers through
/// projections, joins, groups and set operations. A column that is passed on keeps its function, a computed one reads as default(). Conditions and orderings see what is stored.
/// </summary>
internal sealed class DataMasks(EngineSession session)
{
    private readonly Dictionary<int, MaskFunction> _byRegister = [];
    private readonly HashSet<int> _functions = [];
    private readonly HashSet<Relation> _walked = new(ReferenceEqualityComparer.Instance);

    /// <summary>Some column that the statement reads is masked for the principal.</summary>
    public bool Any => _byRegister.Count > 0 || _functions.Count > 0;

    /// <summary>The mask of a table's column for the session's principal; null where it may see what is stored.</summary>
    public static MaskFunction? Of(EngineSession session, TableDefinition table, ColumnDefinition column) =>
        column.MaskFunction is not { } text || MayUnmask(session, table, column.ColumnId) ? null : MaskFunction.Stored(text, column.Type);

    /// <summary>Whether a table has masked columns and is one that masks for its readers: a temporary table is its maker's.</summary>
    public static bool Masks(TableDefinition table) =>
        table.Storage != TableStorageKind.Temporary && !TemporaryNames.IsGlobal(table.Name) && table.Columns.Any(static c => c.MaskFunction is not null);

    /// <summary>Notes a scalar function; false when nothing masked can come out of it, whoever calls.</summary>
    public bool Add(ModuleDefinition function)
    {
        (bool mentions, bool masks) = ReadsMasked(function);
        if (masks)
        {
            _functions.Add(function.ObjectId);
        }

        return mentions;
    }

    /// <summary>Notes the registers that a table's columns go to.</summary>
    public void Add(TableDefinition table, IReadOnlyList<int> registers)
    {
        for (int i = 0; i < table.Columns.Length; i++)
        {
            ColumnDefinition column = table.Columns[i];
            if (Of(session, table, column) is { } mask)
            {
                _byRegister[registers[i]] = mask;
            }
            else if (column is { IsComputed: true, IsPersisted: true }
                && SyntaxWalker.ColumnNames(ModuleSyntax.Expression(column.ComputedText!)).Any(n => table.FindColumn(n) is >= 0 and int used && Of(session, table, table.Columns[used]) is not null))
            {
                _byRegister[registers[i]] = MaskFunction.Default;
            }
        }
    }

    /// <summary>The mask of an expression; null for none. The sources of its columns have been bound.</summary>
    public MaskFunction? Of(BoundExpression expression)
    {
        switch (expression)
        {
            case BoundColumn column:
                return _byRegister.GetValueOrDefault(column.Register);
            case BoundConvert convert:
                return Of(convert.Operand) is { } operand ? convert.Type == convert.Operand.Type ? operand : MaskFunction.Default : null;
            case BoundCase cases:
                return Meet(cases.Whens.Select(w => Of(w.Result)).Append(cases.Else is null ? null : Of(cases.Else)));
            case BoundCoalesce coalesce:
                return Meet(coalesce.Operands.Select(Of));
            case BoundScalarSubquery subquery:
                return OfOutput((BoundSelect)subquery.Query, 0);
            case BoundUserFunction call:
                return call.Arguments.Any(a => a is not null && Of(a) is not null) || _functions.Contains(call.Module.ObjectId) ? MaskFunction.Default : null;
            case BoundBinary binary:
                // Down the left spine, which may be long.
                BoundExpression current = binary;
                while (current is BoundBinary next)
                {
                    if (Of(next.Right) is not null)
                    {
                        return MaskFunction.Default;
                    }

                    current = next.Left;
                }

                return Of(current) is null ? null : MaskFunction.Default;
            case BoundUnary unary:
                return Of(unary.Operand) is null ? null : MaskFunction.Default;
            case BoundCollate collate:
                return Of(collate.Operand) is null ? null : MaskFunction.Default;
            case BoundFunctionCall call:
                return call.Arguments.Any(a => Of(a) is not null) ? MaskFunction.Default : null;
            default:
                return null;
        }
    }

    /// <summary>The mask of a query's output column.</summary>
    public MaskFunction? OfOutput(BoundSelect query, int ordinal)
    {
        Walk(query.Root);
        return _byRegister.GetValueOrDefault(query.Columns[ordinal].Register);
    }

    /// <summary>Values of one column from several sources: the one function that there is, or default() where there are several.</summary>
    private static MaskFunction? Meet(IEnumerable<MaskFunction?> masks)
    {
        MaskFunction? met = null;
        foreach (MaskFunction? mask in masks)
        {
            met = mask is null || mask == met ? met : met is null ? mask : MaskFunction.Default;
        }

        return met;
    }

    /// <summary>Carries masks through a relation, inputs first.</summary>
    public void Walk(Relation relation)
    {
        if (!_walked.Add(relation))
        {
            return;
        }

        switch (relation)
        {
            case ProjectRelation project:
                Walk(project.Input);
                foreach (ComputedColumn column in project.Columns)
                {
                    Note(column.Register, Of(column.Expression));
                }

                break;
            case JoinRelation join:
                Walk(join.Left);
                Walk(join.Right);
                break;
            case AggregateRelation aggregate:
                Walk(aggregate.Input);
                foreach (ComputedColumn group in aggregate.Groups)
                {
                    Note(group.Register, Of(group.Expression));
                }

                foreach (AggregateColumn column in aggregate.Aggregates)
                {
                    Note(column.Register, column.Aggregate.Arguments.Any(a => Of(a) is not null) ? MaskFunction.Default : null);
                }

                break;
            case WindowRelation window:
                Walk(window.Input);
                foreach (WindowColumn column in window.Columns)
                {
                    bool isMasked = column.Window.Arguments.Any(a => Of(a) is not null) || (column.Window.Aggregate?.Arguments.Any(a => Of(a) is not null) ?? false);
                    Note(column.Register, isMasked ? MaskFunction.Default : null);
                }

                break;
            case UnaryRelation unary:
                Walk(unary.Input);
                break;
            case DistinctRelation distinct:
                Walk(distinct.Input);
                break;
            case ConcatRelation concat:
                foreach (Relation input in concat.Inputs)
                {
                    Walk(input);
                }

                break;
            case MatchSetRelation match:
                Walk(match.Left);
                Walk(match.Right);
                for (int i = 0; i < match.LeftColumns.Count; i++)
                {
                    Note(match.LeftColumns[i].Register, Of(match.RightColumns[i]));
                }

                break;
            case RecursiveRelation recursive:
                Walk(recursive.Anchor);
                for (int i = 0; i < recursive.Registers.Length; i++)
                {
                    Note(recursive.WorkRegisters[i], _byRegister.GetValueOrDefault(recursive.Registers[i]));
                }

                foreach (Relation member in recursive.Members)
                {
                    Walk(member);
                }

                break;
            case ValuesRelation values:
                foreach (IReadOnlyList<BoundExpression> row in values.Rows)
                {
                    for (int i = 0; i < row.Count; i++)
                    {
                        Note(values.Registers[i], Of(row[i]));
                    }
                }

                break;
            case ProducedRelation produced:
                if (produced.Arguments.Any(a => a is not null && Of(a) is not null))
                {
                    Array.ForEach(produced.Registers, r => Note(r, MaskFunction.Default));
                }

                break;
            case FormatRelation format:
                Walk(format.Input);
                if (!format.IsStatementResult && format.Columns.Any(c => _byRegister.ContainsKey(c.Register)))
                {
                    Note(format.Register, MaskFunction.Default);
                }

                break;
        }
    }

    /// <summary>Registers that several relations write meet as the arms of a CASE do.</summary>
    private void Note(int register, MaskFunction? mask)
    {
        if (mask is not null)
        {
            _byRegister[register] = Meet([_byRegister.GetValueOrDefault(register), mask])!;
        }
    }

    /// <summary>UNMASK on the column, its table, the schema or the database. A table variable has the database's alone.</summary>
    private static bool MayUnmask(EngineSession session, TableDefinition table, int columnId)
    {
        if (table.Storage == TableStorageKind.Variable || table.Type == ObjectTypes.TableType)
        {
            return PrincipalAccess.Of(session).OnDatabase("UNMASK");
        }

        PrincipalAccess access = PrincipalAccess.Of(session, table);
        return access.IsUnlimited || access.OnColumn("UNMASK", table, columnId);
    }

    /// <summary>
    /// Whether a scalar function names a masked column of a table that it names: what it gives back may then come from there. (SQL Server follows the values; a function that
    /// only compares with a masked column is masked here too.)
    /// </summary>
    private (bool Mentions, bool Masks) ReadsMasked(ModuleDefinition function)
    {
        if (function.External is not null)
        {
            return default;
        }

        CatalogSnapshot catalog = session.CatalogOf(function);
        List<Syntax.Ast.SyntaxNode> nodes = [.. SyntaxWalker.Descendants(ModuleSyntax.Function(function))];
        HashSet<string> columns = nodes.OfType<Syntax.Ast.ColumnExpression>().Select(c => c.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        List<(TableDefinition Table, ColumnDefinition Column)> masked =
        [
            .. from source in nodes.OfType<Syntax.Ast.NamedTableSource>()
               let table = catalog.Find<TableDefinition>(source.Name.Schema ?? catalog.SchemaName(function.SchemaId), source.Name.Name)
               where table is not null && Masks(table)
               from column in table.Columns
               where column.MaskFunction is not null && columns.Contains(column.Name)
               select (table, column),
        ];
        return (masked.Count > 0, masked.Any(m => Of(session, m.Table, m.Column) is not null));
    }
}
