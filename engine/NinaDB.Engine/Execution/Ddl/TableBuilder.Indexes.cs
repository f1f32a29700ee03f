using System.Collections.Immutable;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>Index options as written: which exist, and the ones this host acts on.</summary>
internal static class IndexOptions
{
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "PAD_INDEX", "FILLFACTOR", "SORT_IN_TEMPDB", "IGNORE_DUP_KEY", "STATISTICS_NORECOMPUTE", "STATISTICS_INCREMENTAL", "DROP_EXISTING", "ONLINE", "RESUMABLE",
        "MAX_DURATION", "ALLOW_ROW_LOCKS", "ALLOW_PAGE_LOCKS", "OPTIMIZE_FOR_SEQUENTIAL_KEY", "MAXDOP", "DATA_COMPRESSION", "XML_COMPRESSION", "ON", "FILESTREAM_ON",
        "COMPRESSION_DELAY", "BUCKET_COUNT", "STATISTICS_ONLY", "WAIT_AT_LOW_PRIORITY",
    };

    public static bool IsOn(IReadOnlyDictionary<string, string> options, string name) =>
        options.TryGetValue(name, out string? value) && value.Equals("ON", StringComparison.OrdinalIgnoreCase);

    public static byte FillFactor(IReadOnlyDictionary<string, string> options) =>
        options.TryGetValue("FILLFACTOR", out string? value) && byte.TryParse(value, out byte factor) ? factor : (byte)0;

    /// <summary>Options worth showing in the catalog. An unknown one is error 155.</summary>
    public static ImmutableDictionary<string, string> Keep(IReadOnlyDictionary<string, string> options)
    {
        foreach (string name in options.Keys)
        {
            if (!Known.Contains(name))
            {
                throw SqlErrors.Create(155, name, "CREATE INDEX");
            }
        }

        return options.Where(o => o.Key is not ("DROP_EXISTING" or "ON" or "FILESTREAM_ON" or "ONLINE" or "MAXDOP" or "SORT_IN_TEMPDB"))
            .ToImmutableDictionary(o => o.Key, o => o.Value, StringComparer.OrdinalIgnoreCase);
    }
}

/// <summary>Indexes, inline and by CREATE INDEX.</summary>
internal sealed partial class TableBuilder
{
    /// <summary>Adds an index without storage and returns it.</summary>
    public IndexDefinition AddIndex(IndexDefinitionSyntax syntax)
    {
        if (syntax.IsColumnStore)
        {
            return AddColumnStore(syntax);
        }

        if (syntax.Order.Count > 0)
        {
            throw SqlErrors.Create(35329, syntax.Name, QualifiedTableName);
        }

        if (syntax.Options.TryGetValue("DATA_COMPRESSION", out string? compression) && compression.StartsWith("COLUMNSTORE", StringComparison.OrdinalIgnoreCase))
        {
            throw SqlErrors.Create(10798);
        }

        CheckName(syntax.Name);
        if (Table.Indexes.Any(i => string.Equals(i.Name, syntax.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw SqlErrors.Create(1913, syntax.Name, "table", QualifiedTableName);
        }

        bool hypothetical = syntax.Options.ContainsKey("STATISTICS_ONLY");
        bool clustered = syntax.IsClustered == true && !hypothetical;
        if (clustered && ClusteredIndex is { } existing)
        {
            throw SqlErrors.CreateWithState(1902, 3, "table", QualifiedTableName, existing.Name);
        }

        if (IndexOptions.IsOn(syntax.Options, "IGNORE_DUP_KEY") && !syntax.IsUnique)
        {
            throw SqlErrors.Create(1916, "nonunique", "ignore_dup_key");
        }

        ImmutableArray<IndexColumn> key = KeyColumns(syntax.Columns, syntax.Name, (c, t) => SqlErrors.Create(Table.Columns[Table.FindColumn(c)].Type is { IsString: true } or { IsBinary: true } ? 1919 : 1978, c, t), isConstraint: false);
        ImmutableArray<int> included = IncludedColumns(syntax, key);
        string? filter = null;
        if (syntax.Where is not null)
        {
            if (clustered)
            {
                throw SqlErrors.Create(10735, "index", syntax.Name, QualifiedTableName);
            }

            CheckFilter(syntax);
            if (IndexOptions.IsOn(syntax.Options, "IGNORE_DUP_KEY"))
            {
                throw SqlErrors.Create(10618, "create", syntax.Name, QualifiedTableName);
            }

            filter = SyntaxText.OfFilter(syntax.Where);
        }

        var index = new IndexDefinition
        {
            IndexId = clustered ? 1 : NextIndexId(),
            Name = syntax.Name,
            Kind = hypothetical ? IndexKind.Hypothetical : clustered ? IndexKind.Clustered : IndexKind.NonClustered,
            IsUnique = syntax.IsUnique,
            KeyColumns = key,
            IncludedColumnIds = included,
            FilterText = filter,
            IgnoreDuplicateKeys = IndexOptions.IsOn(syntax.Options, "IGNORE_DUP_KEY"),
            FillFactor = IndexOptions.FillFactor(syntax.Options),
            Options = IndexOptions.Keep(syntax.Options),
        };
        Append(index);
        return index;
    }

    /// <summary>schema.table as index errors show it.</summary>
    private string QualifiedTableName => IsTemporary ? Table.Name : $"{Catalog.SchemaName(Table.SchemaId) ?? "dbo"}.{Table.Name}";

    private ImmutableArray<IndexColumn> KeyColumns(
        IReadOnlyList<IndexColumnSyntax> columns, string indexName, Func<string, string, SqlErrorException> invalidType, bool isConstraint)
    {
        if (columns.Count > MaxKeyColumns)
        {
            throw SqlErrors.Create(1904, indexName, Table.Name, columns.Count, MaxKeyColumns);
        }

        var key = ImmutableArray.CreateBuilder<IndexColumn>(columns.Count);
        foreach (IndexColumnSyntax item in columns)
        {
            if (GraphColumns.IsPseudoColumn(item.Name))
            {
                AddGraphKey(key, item, isConstraint);
                continue;
            }

            ColumnDefinition column = RequireColumn(item.Name, () => isConstraint
                ? SqlErrors.CreateAfter(SqlErrors.Create(1911, item.Name), 1750)
                : SqlErrors.Create(1911, item.Name));
            if (column.GraphType != 0)
            {
                throw SqlErrors.Create(13909, column.Name, GraphColumns.PseudoColumnOf(Table, column));
            }

            if (key.Any(k => k.ColumnId == column.ColumnId))
            {
                throw SqlErrors.Create(1909, isConstraint ? "constraint" : "index", item.Name);
            }

            if (!IsKeyType(column.Type))
            {
                throw invalidType(column.Name, isConstraint ? Table.Name : QualifiedTableName);
            }

            if (column is { IsComputed: true, IsPersisted: false }
                && !DdlExpressions.IsDeterministic(DdlExpressions.Parse(column.ComputedText!), Catalog))
            {
                throw SqlErrors.Create(2729, column.Name, "table", QualifiedTableName);
            }

            key.Add(new IndexColumn(column.ColumnId, item.IsDescending));
        }

        return key.ToImmutable();
    }

    private ImmutableArray<int> IncludedColumns(IndexDefinitionSyntax syntax, ImmutableArray<IndexColumn> key)
    {
        var included = ImmutableArray.CreateBuilder<int>();
        foreach (string name in syntax.Included)
        {
            ColumnDefinition column = RequireColumn(name, () => SqlErrors.Create(1911, name));
            if (column.GraphType != 0)
            {
                throw SqlErrors.Create(13916, name);
            }

            if (included.Contains(column.ColumnId) || key.Any(k => k.ColumnId == column.ColumnId))
            {
                throw SqlErrors.Create(1909, "index", name);
            }

            if (column.Type.IsLegacyLob)
            {
                throw SqlErrors.Create(1999, name, QualifiedTableName);
            }

            included.Add(column.ColumnId);
        }

        return included.ToImmutable();
    }

    /// <summary>A filter compares columns with constants: no computed columns, functions, subqueries or LIKE.</summary>
    private void CheckFilter(IndexDefinitionSyntax syntax)
    {
        foreach (SyntaxNode node in SyntaxWalker.Descendants(syntax.Where))
        {
            switch (node)
            {
                case ColumnExpression column when Table.FindColumn(column.Name) is >= 0 and int ordinal && Table.Columns[ordinal].IsComputed:
                    throw SqlErrors.Create(10609, syntax.Name, QualifiedTableName, column.Name);
                case OrPredicate:
                    throw SqlErrors.Create(156, "OR");
                case NotPredicate or LikePredicate or BetweenPredicate or ExistsPredicate or InPredicate { Query: not null } or InPredicate { IsNegated: true }
                    or FunctionCallExpression or ScalarSubqueryExpression or BinaryExpression or CaseExpression or VariableExpression:
                    throw SqlErrors.Create(10735, "index", syntax.Name, QualifiedTableName);
            }
        }

        (BindingScope scope, _) = Scope(withComputed: true);
        QueryCompiler.CompilePredicate(syntax.Where!, scope);
    }

    /// <summary>Whether a type has an order that an index key can use.</summary>
    public static bool IsKeyType(SqlType type) => !type.IsLegacyLob && type.Id is not (SqlTypeId.Xml or SqlTypeId.Json or SqlTypeId.Vector or SqlTypeId.Geometry or SqlTypeId.Geography)
        && type.UdtFacts is not { IsByteOrdered: false }
        && !(type.IsMax && type.Id is SqlTypeId.VarChar or SqlTypeId.NVarChar or SqlTypeId.VarBinary && type.IsMax);

    private int NextIndexId() => Math.Max(2, Table.Indexes.Where(i => i.Kind is not (IndexKind.Vector or IndexKind.Json or IndexKind.Xml)).Select(i => i.IndexId).DefaultIfEmpty(0).Max() + 1);

    private void Append(IndexDefinition index)
    {
        if (index.Kind == IndexKind.Clustered)
        {
            ImmutableArray<IndexDefinition> others = Table.Indexes.RemoveAll(i => i.Kind == IndexKind.Heap);
            Table = Table with { Indexes = others.Insert(0, index) };
        }
        else
        {
            Table = Table with { Indexes = Table.Indexes.Add(index) };
        }
    }
}
