using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>What a view must be, and may not contain, to be indexed.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/views/create-indexed-views</remarks>
internal static class IndexedViewRules
{
    private const string Index = "index";

    private static readonly HashSet<string> OtherAggregates = new(StringComparer.OrdinalIgnoreCase)
    {
        "AVG", "MIN", "MAX", "STDEV", "STDEVP", "VAR", "VARP", "CHECKSUM_AGG", "STRING_AGG", "APPROX_COUNT_DISTINCT", "APPROX_PERCENTILE_CONT", "APPROX_PERCENTILE_DISC", "GROUPING", "GROUPING_ID",
        "JSON_ARRAYAGG", "JSON_OBJECTAGG", "PRODUCT",
    };

    /// <summary>OBJECTPROPERTY(id, 'IsIndexable'): a unique clustered index could be created.</summary>
    public static bool IsIndexable(EngineSession session, ModuleDefinition view)
    {
        if (!view.IsSchemaBound)
        {
            return false;
        }

        try
        {
            CheckQuery(session, view);
            return true;
        }
        catch (SqlErrorException)
        {
            return false;
        }
    }

    /// <summary>Throws the error of the first rule that the view breaks.</summary>
    public static void Check(EngineSession session, ModuleDefinition view, IndexDefinition index)
    {
        if (!view.UsesAnsiNulls || !view.UsesQuotedIdentifier)
        {
            throw SqlErrors.Create(1935, view.Name, string.Join(", ", (string[])[.. view.UsesAnsiNulls ? (string[])[] : ["ANSI_NULLS"], .. view.UsesQuotedIdentifier ? (string[])[] : ["QUOTED_IDENTIFIER"]]));
        }

        SelectQuery select = CheckQuery(session, view);
        if (select.GroupBy.Count > 0 || Calls(select.Items).Any(IsAggregate))
        {
            CheckGroups(session, view, select, index);
        }
    }

    /// <summary>Error 1901: a key must be precise.</summary>
    public static void CheckKey(ModuleDefinition view, TableDefinition rows, IndexDefinition index, CatalogSnapshot catalog)
    {
        foreach (IndexColumn key in index.KeyColumns)
        {
            ColumnDefinition column = rows.Columns[rows.OrdinalOf(key.ColumnId)];
            if (column.Type.IsApproximate)
            {
                throw SqlErrors.Create(1901, index.Name, FullName(view, catalog), column.Name);
            }
        }
    }

    private static string FullName(ModuleDefinition view, CatalogSnapshot catalog) => $"{catalog.DatabaseName}.{catalog.QualifiedName(view)}";

    private static SelectQuery CheckQuery(EngineSession session, ModuleDefinition view)
    {
        CatalogSnapshot catalog = session.CatalogOf(view);
        string name = FullName(view, catalog);
        CreateViewStatement definition = ModuleSyntax.View(view);
        if (definition.Query.With.FirstOrDefault(c => c.XmlNamespaces is null) is { } cte)
        {
            throw SqlErrors.Create(10137, Index, name, cte.Name);
        }

        if (definition.Query.Query is not SelectQuery select)
        {
            throw SqlErrors.Create(10116, Index, name);
        }

        if (select.IsDistinct)
        {
            throw SqlErrors.Create(10100, Index, name);
        }

        if (select.Top is not null || select.OffsetRows is not null)
        {
            throw SqlErrors.Create(10101, Index, name);
        }

        var tables = new List<TableDefinition>();
        foreach (TableSource source in select.From)
        {
            CheckSource(source, catalog, name, tables);
        }

        if (tables.GroupBy(t => t.ObjectId).FirstOrDefault(g => g.Count() > 1)?.First() is { } twice)
        {
            throw SqlErrors.Create(1947, Index, name, $"{catalog.DatabaseName}.{catalog.QualifiedName(twice)}");
        }

        if (select.GroupBy.Any(g => g.Kind != GroupingKind.Expressions))
        {
            throw SqlErrors.Create(10119, Index, name);
        }

        if (select.Having is not null)
        {
            throw SqlErrors.Create(10121, Index, name);
        }

        CheckExpressions(select, catalog, name);
        foreach (ResultColumnDefinition column in view.Columns)
        {
            if (column.Type.IsLegacyLob || column.Type.Id is SqlTypeId.Xml)
            {
                throw SqlErrors.Create(1942, Index, name);
            }
        }

        CheckPrecision(select, tables, name);
        if (tables.Any(t => t.HistoryOf != 0 || t.IsNode || t.IsEdge))
        {
            throw SqlErrors.NotSupported("an indexed view over history or graph tables");
        }

        if (tables.Any(t => catalog.SecurityPredicatesOn(t.ObjectId).Count > 0))
        {
            throw SqlErrors.NotSupported("an indexed view over a table with a security policy");
        }

        return select;
    }

    private static void CheckSource(TableSource source, CatalogSnapshot catalog, string name, List<TableDefinition> tables)
    {
        switch (source)
        {
            case JoinTableSource join:
                int refused = join.Kind switch
                {
                    JoinKind.LeftOuter or JoinKind.RightOuter or JoinKind.FullOuter => 10113,
                    JoinKind.OuterApply => 10110,
                    JoinKind.CrossApply => 10142,
                    _ => join.Hint is null ? 0 : 10112,
                };
                if (refused != 0)
                {
                    throw SqlErrors.Create(refused, Index, name);
                }

                CheckSource(join.Left, catalog, name, tables);
                CheckSource(join.Right, catalog, name, tables);
                break;
            case NamedTableSource named:
                CheckNamed(named, catalog, name, tables);
                break;
            case DerivedTableSource derived:
                throw SqlErrors.Create(10109, Index, name, derived.Alias ?? "");
            case FunctionTableSource function:
                throw SqlErrors.Create(10129, Index, name, function.Call.Name.ToString());
            case PivotTableSource:
                throw SqlErrors.Create(10114, Index, name);
            case UnpivotTableSource:
                throw SqlErrors.Create(10115, Index, name);
            case OpenJsonTableSource:
                throw SqlErrors.Create(10148, Index, name);
            case OpenXmlTableSource:
                throw SqlErrors.Create(10105, Index, name);
            case MethodTableSource:
                throw SqlErrors.Create(1985, Index, name);
            default:
                throw SqlErrors.Create(10103, Index, name);
        }
    }

    private static void CheckNamed(NamedTableSource named, CatalogSnapshot catalog, string name, List<TableDefinition> tables)
    {
        switch (catalog.Find(named.Name.Schema, named.Name.Name))
        {
            case ModuleDefinition { Type: ObjectTypes.View } other:
                throw SqlErrors.Create(1937, Index, name, catalog.QualifiedName(other));
            case TableDefinition table:
                tables.Add(table);
                break;
        }

        if (named.Sample is not null)
        {
            throw SqlErrors.Create(10102, Index, name);
        }

        if (named.SystemTime is not null)
        {
            throw SqlErrors.Create(10147, Index, name);
        }

        if (named.Hints.Count > 0)
        {
            throw SqlErrors.Create(10140, Index, name);
        }
    }

    private static IEnumerable<FunctionCallExpression> Calls(object? node) => SyntaxWalker.Descendants(node).OfType<FunctionCallExpression>();

    private static bool IsAggregate(FunctionCallExpression call) =>
        call is { Over: null, Name.Parts.Count: 1 } && (call.Name.Name.ToUpperInvariant() is "SUM" or "COUNT_BIG" or "COUNT" || OtherAggregates.Contains(call.Name.Name));

    private static void CheckExpressions(SelectQuery select, CatalogSnapshot catalog, string name)
    {
        foreach (SyntaxNode node in SyntaxWalker.Descendants(select))
        {
            switch (node)
            {
                case QueryExpression when !ReferenceEquals(node, select):
                    throw SqlErrors.Create(10127, Index, name);
                case MethodCallExpression:
                    throw SqlErrors.Create(1985, Index, name);
                case GlobalVariableExpression global:
                    throw SqlErrors.Create(1949, Index, name, global.Name.ToLowerInvariant());
                case FunctionCallExpression { Over: not null }:
                    throw SqlErrors.Create(10143, Index, name);
                case FunctionCallExpression { Name.Parts.Count: > 1 } call:
                    if (catalog.Find<ModuleDefinition>(call.Name.Schema, call.Name.Name) is { } function && !DeterministicModules.IsDeterministic(function, catalog))
                    {
                        throw SqlErrors.Create(1956, Index, name, catalog.QualifiedName(function));
                    }

                    break;
                case FunctionCallExpression call when IsAggregate(call):
                    CheckAggregate(call, name);
                    break;
                case FunctionCallExpression call when BuiltinFunctions.Find(call.Name.Name) is { } builtin && (!builtin.IsDeterministic || builtin.DependsOnSession):
                    throw SqlErrors.Create(1949, Index, name, call.Name.Name.ToLowerInvariant());
            }
        }
    }

    private static void CheckAggregate(FunctionCallExpression call, string name)
    {
        string aggregate = call.Name.Name.ToUpperInvariant();
        if (aggregate == "COUNT")
        {
            throw SqlErrors.Create(10136, Index, name);
        }

        if (OtherAggregates.Contains(aggregate))
        {
            throw SqlErrors.Create(10125, Index, name, aggregate);
        }

        if (call.IsDistinct)
        {
            throw SqlErrors.Create(10126, Index, name, aggregate);
        }
    }

    /// <summary>Rows may not be chosen, joined or grouped by floating-point numbers.</summary>
    private static void CheckPrecision(SelectQuery select, List<TableDefinition> tables, string name)
    {
        IEnumerable<object?> deciding = [select.Where, .. select.GroupBy, .. SyntaxWalker.Descendants(select.From).OfType<JoinTableSource>().Select(j => j.On)];
        foreach (SyntaxNode node in deciding.SelectMany(SyntaxWalker.Descendants))
        {
            if (node is LiteralExpression { Kind: LiteralKind.Float })
            {
                throw SqlErrors.Create(1964, Index, name);
            }

            if (node is ColumnExpression column && tables.SelectMany(t => t.Columns).FirstOrDefault(c => c.Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase)) is { Type.IsApproximate: true } imprecise)
            {
                throw SqlErrors.Create(1962, Index, name, imprecise.Name);
            }
        }
    }

    private static void CheckGroups(EngineSession session, ModuleDefinition view, SelectQuery select, IndexDefinition index)
    {
        CatalogSnapshot catalog = session.CatalogOf(view);
        string name = FullName(view, catalog);
        Expression[] items = [.. select.Items.Select(i => ((ExpressionItem)i).Expression)];
        if (!items.Any(i => i is FunctionCallExpression { IsStar: true } call && call.Name.Name.Equals("COUNT_BIG", StringComparison.OrdinalIgnoreCase)))
        {
            throw SqlErrors.Create(10138, Index, name);
        }

        List<string> groups = [.. select.GroupBy.SelectMany(g => g.Expressions).Select(TextOf)];
        for (int i = 0; i < items.Length; i++)
        {
            bool isGroup = groups.Contains(TextOf(items[i]), StringComparer.OrdinalIgnoreCase);
            bool isAggregate = items[i] is FunctionCallExpression call && IsAggregate(call);
            if (!isGroup && !isAggregate)
            {
                throw SqlErrors.Create(8668, index.Name, name);
            }

            if (!isGroup && index.KeyColumns.Any(k => k.ColumnId == i + 1))
            {
                throw SqlErrors.Create(8661, index.Name, name);
            }
        }

        if (groups.Exists(g => !items.Any(i => TextOf(i).Equals(g, StringComparison.OrdinalIgnoreCase))))
        {
            throw SqlErrors.Create(8660, index.Name, name);
        }

        CheckSums(session, view, select, items, index.Name!, name);
    }

    /// <summary>Error 8662: a sum of what may be NULL could not be kept by adding and taking away.</summary>
    private static void CheckSums(EngineSession session, ModuleDefinition view, SelectQuery select, Expression[] items, string index, string name)
    {
        List<SelectItem> summed = [.. items.OfType<FunctionCallExpression>().Where(c => c.Name.Name.Equals("SUM", StringComparison.OrdinalIgnoreCase))
            .SelectMany(c => Operands(c.Arguments[0])).Select((e, i) => new ExpressionItem { Expression = e, Alias = $"s{i}" })];
        if (summed.Count == 0)
        {
            return;
        }

        CatalogSnapshot catalog = session.CatalogOf(view);
        var context = new CompilationContext(session, catalog, new VariableMap()) { IgnoresRowSecurity = true, IsInsideModule = true, ModuleSchema = catalog.SchemaName(view.SchemaId) };
        var query = new SelectQuery { Items = summed, From = select.From, Where = select.Where };
        if (QueryCompiler.DescribeColumns(query, [], context).Any(c => c.IsNullable))
        {
            throw SqlErrors.Create(8662, index, name);
        }
    }

    /// <summary>What arithmetic is done on: under the options that indexed views need it gives a value for values, or an error.</summary>
    private static IEnumerable<Expression> Operands(Expression expression) => expression switch
    {
        BinaryExpression binary => Operands(binary.Left).Concat(Operands(binary.Right)),
        UnaryExpression unary => Operands(unary.Operand),
        ConvertExpression cast => Operands(cast.Operand),
        _ => [expression],
    };

    /// <summary>An expression as the SELECT list and GROUP BY are compared: columns by their names alone.</summary>
    private static string TextOf(Expression expression) => expression is ColumnExpression column ? column.Name : SyntaxText.Of(expression);
}
