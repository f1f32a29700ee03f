using System.Collections.Immutable;
using System.Globalization;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;
using NinaDB.Engine.Types.Json;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>
/// JSON and XML indexes: checked and listed as SQL Server does, and used by no query, whose results they could not change.
/// https://learn.microsoft.com/sql/t-sql/statements/create-json-index-transact-sql, https://learn.microsoft.com/sql/t-sql/statements/create-xml-index-transact-sql.
/// </summary>
internal sealed partial class DdlExecutor
{
    private const int FirstXmlIndexId = 256_000;
    private const int FirstJsonIndexId = 1_216_000;
    private const int MaximumKeyOfJsonIndex = 31;
    private const int MaximumKeyOfXmlIndex = 15;

    /// <summary>Name of the option that keeps the paths of a JSON index, one a line.</summary>
    internal const string JsonPathsOption = "PATHS";

    /// <summary>Name of the option that keeps the id of a secondary XML index's primary one.</summary>
    internal const string PrimaryXmlOption = "USING";

    /// <summary>Name of the option that keeps what a secondary XML index is for.</summary>
    internal const string SecondaryXmlOption = "FOR";

    private static readonly string[] JsonIndexOptions =
        ["FILLFACTOR", "PAD_INDEX", "ALLOW_ROW_LOCKS", "ALLOW_PAGE_LOCKS", "OPTIMIZE_FOR_ARRAY_SEARCH", "DATA_COMPRESSION", "MAXDOP", "DROP_EXISTING", "ON"];

    private static readonly string[] OtherIndexOptions =
        ["IGNORE_DUP_KEY", "STATISTICS_NORECOMPUTE", "STATISTICS_INCREMENTAL", "ONLINE", "RESUMABLE", "MAX_DURATION", "SORT_IN_TEMPDB", "OPTIMIZE_FOR_SEQUENTIAL_KEY", "XML_COMPRESSION"];

    private void CreateSpecialIndex(CreateSpecialIndexStatement statement)
    {
        switch (statement.Kind)
        {
            case "JSON":
                CreateJsonIndex(statement);
                break;
            case "XML" or "PRIMARY XML":
                CreateXmlIndex(statement);
                break;
            default:
                throw SqlErrors.NotSupported($"CREATE {statement.Kind} INDEX");
        }
    }

    private void CreateJsonIndex(CreateSpecialIndexStatement statement)
    {
        foreach ((string name, string value) in statement.Options)
        {
            if (!JsonIndexOptions.Contains(name))
            {
                throw OtherIndexOptions.Contains(name)
                    ? SqlErrors.CreateWithState(153, 35, name, "CREATE JSON INDEX")
                    : SqlErrors.CreateAfter(SqlErrors.Create(155, name, "CREATE JSON INDEX"), 153, name, "CREATE JSON INDEX");
            }

            CheckFillFactor(name, value);
        }

        if (statement.Table.Name.StartsWith('#'))
        {
            throw SqlErrors.Create(13675, statement.Table.Name);
        }

        TableDefinition table = RequireTable(statement.Table, 1088);
        string qualified = Catalog.QualifiedName(table);
        ColumnDefinition column = IndexedColumn(table, statement.Column);
        if (column.Type.Id != SqlTypeId.Json)
        {
            throw SqlErrors.Create(13680, column.Name, table.Name);
        }

        if (table.RowStore is not { Kind: IndexKind.Clustered, IsPrimaryKey: true, KeyColumns.Length: <= MaximumKeyOfJsonIndex })
        {
            throw SqlErrors.Create(13672, table.Name);
        }

        CheckJsonPaths(statement.Paths);
        IndexDefinition? replaced = null;
        if (IndexOptions.IsOn(statement.Options, "DROP_EXISTING"))
        {
            replaced = table.Indexes.FirstOrDefault(i => i.Kind == IndexKind.Json && Same(i.Name, statement.Name) && i.KeyColumns[0].ColumnId == column.ColumnId)
                ?? throw SqlErrors.CreateWithState(13685, 2, statement.Name, column.Name, table.Name);
        }
        else
        {
            CheckIndexName(table, statement.Name, qualified);
            if (table.Indexes.FirstOrDefault(i => i.Kind == IndexKind.Json && i.KeyColumns[0].ColumnId == column.ColumnId) is { } other)
            {
                throw SqlErrors.Create(13681, other.Name, column.Name, table.Name);
            }
        }

        ImmutableDictionary<string, string> options = KeptOptions(statement.Options)
            .SetItem(JsonPathsOption, statement.Paths.Count == 0 ? "$" : string.Join('\n', statement.Paths));
        AddSpecialIndex(table, replaced, new IndexDefinition
        {
            IndexId = replaced?.IndexId ?? NextSpecialId(table, IndexKind.Json, FirstJsonIndexId),
            Name = statement.Name,
            Kind = IndexKind.Json,
            KeyColumns = [new IndexColumn(column.ColumnId)],
            FillFactor = FillFactorOf(statement.Options),
            Options = options,
        });
    }

    /// <summary>Error 13607 for malformed paths, 13683 for what an index does not take: [*] (state 2), other accessors (3), paths that overlap (1).</summary>
    private static void CheckJsonPaths(IReadOnlyList<string> paths)
    {
        var steps = new List<IReadOnlyList<JsonStep>>();
        foreach (string text in paths)
        {
            JsonPath path = JsonPath.ParsePlain(text);
            if (!path.IsSingle)
            {
                throw SqlErrors.CreateWithState(13683, path.Steps.Any(s => s is { Kind: JsonStepKind.Elements, Items: null }) ? (byte)2 : (byte)3);
            }

            steps.Add(path.Steps);
        }

        for (int i = 0; i < steps.Count; i++)
        {
            for (int j = 0; j < steps.Count; j++)
            {
                if (i != j && steps[i].Count <= steps[j].Count && steps[i].Select(Plain).SequenceEqual(steps[j].Take(steps[i].Count).Select(Plain)))
                {
                    throw SqlErrors.Create(13683);
                }
            }
        }

        static (JsonStepKind, string?, uint) Plain(JsonStep step) => (step.Kind, step.Name?.ToUpperInvariant(), step.Index);
    }

    private void CreateXmlIndex(CreateSpecialIndexStatement statement)
    {
        foreach ((string name, string value) in statement.Options)
        {
            CheckFillFactor(name, value);
        }

        TableDefinition table = RequireTable(statement.Table, 1088);
        string qualified = Catalog.QualifiedName(table);
        ColumnDefinition column = IndexedColumn(table, statement.Column);
        if (column.Type.Id != SqlTypeId.Xml)
        {
            throw SqlErrors.Create(6330, column.Name, table.Name);
        }

        bool isPrimary = statement.Kind == "PRIMARY XML";
        ImmutableDictionary<string, string> options = KeptOptions(statement.Options);
        IndexDefinition? existing = table.Indexes.FirstOrDefault(i => IsPrimaryXml(i) && i.KeyColumns[0].ColumnId == column.ColumnId);
        IndexDefinition? replaced = null;
        if (IndexOptions.IsOn(statement.Options, "DROP_EXISTING"))
        {
            replaced = table.Indexes.FirstOrDefault(i => i.Kind == IndexKind.Xml && Same(i.Name, statement.Name)) ?? throw SqlErrors.Create(6333, "", statement.Name, table.Name);
        }
        else
        {
            CheckIndexName(table, statement.Name, qualified);
        }

        if (isPrimary)
        {
            if (column.IsComputed)
            {
                throw SqlErrors.Create(6342, statement.Name, table.Name, column.Name);
            }

            if (table.RowStore is not { Kind: IndexKind.Clustered, IsPrimaryKey: true, KeyColumns.Length: <= MaximumKeyOfXmlIndex })
            {
                throw SqlErrors.Create(6332, table.Name);
            }

            if (existing is not null && replaced is null)
            {
                throw SqlErrors.Create(6331, existing.Name, column.Name, table.Name);
            }
        }
        else
        {
            string primary = statement.PrimaryIndex ?? throw SqlErrors.Create(6343, statement.Name);
            if (existing is null || !Same(existing.Name, primary))
            {
                throw SqlErrors.Create(6344, primary, table.Name, column.Name);
            }

            options = options.SetItem(PrimaryXmlOption, existing.IndexId.ToString(CultureInfo.InvariantCulture)).SetItem(SecondaryXmlOption, statement.SecondaryType ?? "");
        }

        AddSpecialIndex(table, replaced, new IndexDefinition
        {
            IndexId = replaced?.IndexId ?? NextSpecialId(table, IndexKind.Xml, FirstXmlIndexId),
            Name = statement.Name,
            Kind = IndexKind.Xml,
            KeyColumns = [new IndexColumn(column.ColumnId)],
            FillFactor = FillFactorOf(statement.Options),
            Options = options,
        });
    }

    private static bool IsPrimaryXml(IndexDefinition index) => index.Kind == IndexKind.Xml && !index.Options.ContainsKey(PrimaryXmlOption);

    private static bool Same(string? a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static ColumnDefinition IndexedColumn(TableDefinition table, string name)
    {
        int ordinal = table.FindColumn(name);
        return ordinal < 0 ? throw SqlErrors.Create(1911, name) : table.Columns[ordinal];
    }

    private static void CheckIndexName(TableDefinition table, string name, string qualified)
    {
        TableBuilder.CheckName(name);
        if (table.Indexes.Any(i => Same(i.Name, name)))
        {
            throw SqlErrors.CreateWithState(1913, 203, name, "table", qualified);
        }
    }

    private static void CheckFillFactor(string option, string value)
    {
        if (option == "FILLFACTOR" && (!int.TryParse(value, CultureInfo.InvariantCulture, out int percent) || percent is < 1 or > 100))
        {
            throw SqlErrors.Create(129, value);
        }
    }

    private static byte FillFactorOf(IReadOnlyDictionary<string, string> options) =>
        options.TryGetValue("FILLFACTOR", out string? value) ? byte.Parse(value, CultureInfo.InvariantCulture) : (byte)0;

    private static ImmutableDictionary<string, string> KeptOptions(IReadOnlyDictionary<string, string> options) =>
        options.Where(o => o.Key is "PAD_INDEX" or "ALLOW_ROW_LOCKS" or "ALLOW_PAGE_LOCKS" or "OPTIMIZE_FOR_ARRAY_SEARCH").ToImmutableDictionary(StringComparer.OrdinalIgnoreCase);

    private static int NextSpecialId(TableDefinition table, IndexKind kind, int first) =>
        Math.Max(first, table.Indexes.Where(i => i.Kind == kind).Select(i => i.IndexId + 1).DefaultIfEmpty(0).Max());

    private void AddSpecialIndex(TableDefinition table, IndexDefinition? replaced, IndexDefinition index)
    {
        TableDefinition changed = table;
        if (replaced is not null)
        {
            _session.StoreFor(table).DropTree(replaced.TreeId);
            changed = changed with { Indexes = changed.Indexes.Remove(replaced) };
        }

        changed = CreateIndexStorage(table, changed with { Indexes = changed.Indexes.Add(index), ModifyDate = _editor.Now });
        _unbuilt.Clear();
        _editor.Put(changed);
    }

    private void AlterSpecialIndex(TableDefinition table, IndexDefinition index, AlterIndexStatement statement)
    {
        bool? disabled = statement.Action switch
        {
            "DISABLE" => true,
            "REBUILD" => false,
            "REORGANIZE" => null,
            _ when index.Kind == IndexKind.Json => throw SqlErrors.Create(13688),
            "SET" => null,
            _ => throw SqlErrors.NotSupported($"ALTER INDEX ... {statement.Action}"),
        };
        IndexDefinition changed = index with { IsDisabled = disabled ?? index.IsDisabled };
        if (index.IsColumnStore && statement.Action is "SET" or "REBUILD")
        {
            changed = changed with { Options = changed.Options.SetItems(statement.Options.Where(o => o.Key is "COMPRESSION_DELAY" or "DATA_COMPRESSION")) };
        }

        if (statement.Action == "REORGANIZE" && index.IsDisabled && statement.Name is not null)
        {
            throw SqlErrors.Create(1973, index.Name, "table", table.Name);
        }

        _editor.Put(table with { Indexes = table.Indexes.Replace(index, changed), ModifyDate = _editor.Now });
    }

    /// <summary>Options that only columnstore indexes take (35364), and those that they do not (35327, 35328, 10799, 10798).</summary>
    private static void CheckColumnStoreOptions(List<IndexDefinition> chosen, AlterIndexStatement statement)
    {
        foreach ((string name, string value) in statement.Options)
        {
            foreach (IndexDefinition index in chosen.Where(i => i.IsColumnStore || i.Kind is IndexKind.Clustered or IndexKind.NonClustered))
            {
                switch (name)
                {
                    case "COMPRESSION_DELAY" when index.IsColumnStore:
                        TableBuilder.CompressionDelay(value);
                        break;
                    case "COMPRESSION_DELAY":
                        throw SqlErrors.Create(35364);
                    case "DATA_COMPRESSION" when index.IsColumnStore:
                        TableBuilder.CheckColumnStoreCompression(value);
                        break;
                    case "DATA_COMPRESSION" when value.StartsWith("COLUMNSTORE", StringComparison.OrdinalIgnoreCase):
                        throw SqlErrors.Create(10798);
                    case "FILLFACTOR" when index.IsColumnStore:
                        throw SqlErrors.Create(35327, name);
                    case "PAD_INDEX" or "IGNORE_DUP_KEY" or "ALLOW_ROW_LOCKS" or "ALLOW_PAGE_LOCKS" when index.IsColumnStore && statement.Action == "REBUILD":
                        throw SqlErrors.Create(35328, name);
                }
            }
        }
    }

    /// <summary>A primary XML index takes those that are built on it along.</summary>
    private TableDefinition DropSecondaryXmlIndexes(TableDefinition table, IndexDefinition primary)
    {
        string id = primary.IndexId.ToString(CultureInfo.InvariantCulture);
        foreach (IndexDefinition secondary in table.Indexes.Where(i => i.Kind == IndexKind.Xml && i.Options.GetValueOrDefault(PrimaryXmlOption) == id))
        {
            _session.StoreFor(table).DropTree(secondary.TreeId);
            table = table with { Indexes = table.Indexes.Remove(secondary) };
        }

        return table;
    }

    /// <summary>The primary key stays while a JSON or XML index stands on it (errors 3767 and 3734).</summary>
    private static void RefuseKeyOfSpecialIndex(TableDefinition table, IndexDefinition index)
    {
        if (!index.IsPrimaryKey || table.Indexes.FirstOrDefault(i => i.Kind is IndexKind.Json or IndexKind.Xml) is not { } special)
        {
            return;
        }

        SqlErrorException reason = special.Kind == IndexKind.Json
            ? SqlErrors.Create(3767, index.Name)
            : new SqlErrorException(new SqlError(3734, 16, 1, $"Could not drop the primary key constraint '{index.Name}' because the table has an XML or spatial index."));
        throw SqlErrors.CreateAfter(reason, 3727);
    }
}
