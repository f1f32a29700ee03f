using System.Collections.Immutable;
using System.Globalization;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>
/// Columnstore indexes: every rule of their declaration, and an entry of the catalog. The rows stay where they are, in a heap or a B-tree; an index of columns
/// could change no result.
/// </summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/t-sql/statements/create-columnstore-index-transact-sql</remarks>
internal sealed partial class TableBuilder
{
    private const int MaxColumnStoreColumns = 1023;
    private const int MaxCompressionDelay = 10080;

    /// <summary>Name of the option that keeps the ORDER columns of a columnstore index, by id.</summary>
    internal const string OrderOption = "ORDER";

    private static readonly string[] RefusedColumnStoreOptions =
        ["PAD_INDEX", "IGNORE_DUP_KEY", "STATISTICS_NORECOMPUTE", "STATISTICS_INCREMENTAL", "ALLOW_ROW_LOCKS", "ALLOW_PAGE_LOCKS", "OPTIMIZE_FOR_SEQUENTIAL_KEY"];

    private IndexDefinition AddColumnStore(IndexDefinitionSyntax syntax)
    {
        bool clustered = syntax.IsClustered == true;
        CheckColumnStoreSyntax(syntax, clustered);
        CheckName(syntax.Name);
        if (Table.Storage == TableStorageKind.Variable || Table.Type == ObjectTypes.TableType)
        {
            throw SqlErrors.Create(35310);
        }

        if (Table.Indexes.Any(i => string.Equals(i.Name, syntax.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw SqlErrors.Create(1913, syntax.Name, "table", QualifiedTableName);
        }

        if (Table.Indexes.Any(i => i.IsColumnStore))
        {
            throw SqlErrors.Create(35339);
        }

        if (clustered && ClusteredIndex is not null)
        {
            throw SqlErrors.Create(35372, "table", QualifiedTableName);
        }

        ImmutableArray<int> columns = clustered ? [.. Table.Columns.Select(c => c.ColumnId)] : ColumnStoreColumns(syntax);
        foreach (int id in columns)
        {
            CheckColumnStoreColumn(Table.Columns[Table.OrdinalOf(id)], clustered);
        }

        var index = new IndexDefinition
        {
            IndexId = clustered ? 1 : NextIndexId(),
            Name = syntax.Name,
            Kind = clustered ? IndexKind.ClusteredColumnStore : IndexKind.ColumnStore,
            IncludedColumnIds = clustered ? [] : columns,
            FilterText = ColumnStoreFilter(syntax, clustered),
            Options = ColumnStoreOptions(syntax),
        };
        Table = Table with { Indexes = Table.Indexes.Add(index) };
        return index;
    }

    private static void CheckColumnStoreSyntax(IndexDefinitionSyntax syntax, bool clustered)
    {
        if (syntax.IsUnique)
        {
            throw SqlErrors.Create(35301);
        }

        if (clustered && syntax.Columns.Count > 0)
        {
            throw SqlErrors.Create(35335);
        }

        if (!clustered && syntax.Columns.Count == 0)
        {
            throw SqlErrors.Create(35336);
        }

        if (syntax.Columns.Any(c => c.HasOrder))
        {
            throw SqlErrors.Create(35302);
        }

        if (syntax.Included.Count > 0)
        {
            throw SqlErrors.Create(35311);
        }

        if (clustered && syntax.Where is not null)
        {
            throw SqlErrors.Create(35308);
        }
    }

    private ImmutableArray<int> ColumnStoreColumns(IndexDefinitionSyntax syntax)
    {
        var columns = ImmutableArray.CreateBuilder<int>(syntax.Columns.Count);
        foreach (IndexColumnSyntax item in syntax.Columns)
        {
            ColumnDefinition column = RequireColumn(item.Name, () => SqlErrors.Create(1911, item.Name));
            if (columns.Contains(column.ColumnId))
            {
                throw SqlErrors.Create(1909, "index", item.Name);
            }

            columns.Add(column.ColumnId);
        }

        return columns.Count > MaxColumnStoreColumns ? throw SqlErrors.Create(1904, "index", Table.Name, columns.Count, MaxColumnStoreColumns) : columns.ToImmutable();
    }

    private void CheckColumnStoreColumn(ColumnDefinition column, bool clustered)
    {
        if (column.IsComputed && (!clustered || column.IsPersisted))
        {
            throw SqlErrors.Create(35307, column.Name, Table.Name);
        }

        if (column.IsSparse)
        {
            throw SqlErrors.Create(35309);
        }

        if (column.IsFileStream)
        {
            throw SqlErrors.Create(35312);
        }

        SqlType type = column.Type;
        if (type.IsLegacyLob || (type.IsMax && !clustered)
            || type.Id is SqlTypeId.RowVersion or SqlTypeId.SqlVariant or SqlTypeId.Xml or SqlTypeId.Json or SqlTypeId.Vector or SqlTypeId.HierarchyId or SqlTypeId.Geometry or SqlTypeId.Geography)
        {
            throw SqlErrors.Create(35343, column.Name);
        }
    }

    private string? ColumnStoreFilter(IndexDefinitionSyntax syntax, bool clustered)
    {
        if (syntax.Where is null || clustered)
        {
            return null;
        }

        CheckFilter(syntax);
        return SyntaxText.OfFilter(syntax.Where);
    }

    private ImmutableDictionary<string, string> ColumnStoreOptions(IndexDefinitionSyntax syntax)
    {
        foreach ((string name, string value) in syntax.Options)
        {
            if (name == "FILLFACTOR")
            {
                throw SqlErrors.Create(35317, name);
            }

            if (RefusedColumnStoreOptions.Contains(name))
            {
                throw SqlErrors.Create(35318, name);
            }

            switch (name)
            {
                case "SORT_IN_TEMPDB" when syntax.Order.Count == 0 && value.Equals("ON", StringComparison.OrdinalIgnoreCase):
                    throw SqlErrors.Create(35324);
                case "FILESTREAM_ON":
                    throw SqlErrors.Create(35313);
                case "DATA_COMPRESSION":
                    CheckColumnStoreCompression(value);
                    break;
                case "COMPRESSION_DELAY":
                    CompressionDelay(value);
                    break;
            }
        }

        ImmutableDictionary<string, string> options = IndexOptions.Keep(syntax.Options);
        return syntax.Order.Count == 0 ? options : options.SetItem(OrderOption, string.Join(' ', ColumnStoreOrder(syntax)));
    }

    private List<int> ColumnStoreOrder(IndexDefinitionSyntax syntax)
    {
        var order = new List<int>();
        foreach (string name in syntax.Order)
        {
            ColumnDefinition column = RequireColumn(name, () => SqlErrors.Create(1911, name));
            if (order.Contains(column.ColumnId))
            {
                throw SqlErrors.Create(35331, name);
            }

            order.Add(column.ColumnId);
        }

        return order.Count > MaxKeyColumns ? throw SqlErrors.Create(35332, MaxKeyColumns) : order;
    }

    /// <summary>Error 10799 for compressions of rows.</summary>
    public static void CheckColumnStoreCompression(string value)
    {
        if (value.ToUpperInvariant() is not ("COLUMNSTORE" or "COLUMNSTORE_ARCHIVE"))
        {
            throw SqlErrors.Create(10799);
        }
    }

    /// <summary>Minutes of COMPRESSION_DELAY; error 35382.</summary>
    public static int CompressionDelay(string value)
    {
        string number = value.Split(' ')[0];
        int minutes = int.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int parsed) ? parsed : throw SqlErrors.Create(102, value);
        return minutes is >= 0 and <= MaxCompressionDelay ? minutes : throw SqlErrors.Create(35382, minutes);
    }
}
