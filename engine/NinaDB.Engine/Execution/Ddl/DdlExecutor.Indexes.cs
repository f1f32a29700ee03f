using System.Collections.Immutable;
using System.Globalization;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>CREATE, ALTER and DROP INDEX, vector indexes, statistics.</summary>
internal sealed partial class DdlExecutor
{
    /// <summary>sys.indexes.index_id of the first vector index of a table.</summary>
    private const int FirstVectorIndexId = 1152000;

    private static readonly string[] Metrics = ["cosine", "dot", "euclidean"];

    private void CreateIndex(CreateIndexStatement statement)
    {
        if (FindObject(statement.Table) is ModuleDefinition { Type: ObjectTypes.View } view)
        {
            CreateViewIndex(view, statement);
            return;
        }

        TableDefinition table = RequireTable(statement.Table, 1088);
        if (table.DisabledClustered is not null && !IndexOptions.IsOn(statement.Definition.Options, "DROP_EXISTING"))
        {
            throw SqlErrors.Create(1987, "create", "index", statement.Definition.Name, "table", table.Name, "clustered index");
        }

        if (statement.Definition.Where is not null || statement.Definition.Columns.Any(c => table.FindColumn(c.Name) is >= 0 and int ordinal && table.Columns[ordinal].IsComputed))
        {
            Statements.RequiredOptions.Check(_session.Options, "CREATE INDEX");
        }

        if (table.HistoryOf != 0 && statement.Definition.IsUnique)
        {
            throw SqlErrors.Create(13741, FullName(table));
        }

        TableDefinition before = table;
        IndexDefinition? replaced = null;
        if (IndexOptions.IsOn(statement.Definition.Options, "DROP_EXISTING"))
        {
            replaced = table.Indexes.FirstOrDefault(i => string.Equals(i.Name, statement.Definition.Name, StringComparison.OrdinalIgnoreCase))
                ?? throw SqlErrors.Create(7999, statement.Definition.Name, statement.Table.ToString());
            if (replaced.ConstraintObjectId != 0)
            {
                throw SqlErrors.Create(1907, replaced.Name);
            }

            if (replaced.Kind is IndexKind.Clustered or IndexKind.ClusteredColumnStore && statement.Definition.IsClustered != true)
            {
                throw SqlErrors.Create(1925);
            }

            RemoveIndex(table, replaced);
            table = before = Current(table);
        }

        var builder = new TableBuilder(_session, table, IdsFor(table.Storage), isNew: false);
        IndexDefinition index = builder.AddIndex(statement.Definition);
        TableDefinition changed = builder.Table;
        if (replaced is { Kind: IndexKind.NonClustered } && index.Kind == IndexKind.NonClustered)
        {
            changed = changed with { Indexes = changed.Indexes.Replace(index, index with { IndexId = replaced.IndexId }) };
        }

        if (index.Kind == IndexKind.Clustered)
        {
            changed = Place(changed, statement.Definition.Options);
        }
        else
        {
            Place(changed, statement.Definition.Options);
        }

        RequirePartitionColumn(changed);
        changed = CreateIndexStorage(before, changed with { ModifyDate = _editor.Now });
        _editor.Put(changed);
        BuildNewIndexes(before, changed);
        UpdateStatistics(Current(changed), [.. Current(changed).Indexes.Where(i => string.Equals(i.Name, index.Name, StringComparison.OrdinalIgnoreCase)).Select(i => i.IndexId)]);
    }

    /// <summary>Makes statistics anew; those of a table or filter without rows are gone then.</summary>
    private void UpdateStatistics(TableDefinition table, IReadOnlyCollection<int> ids) => Planning.TableStatistics.Update(_session, _context, table, ids);

    /// <summary>
    /// CREATE VECTOR INDEX. Checks in SQL Server 2025's order, except that here a transaction may contain it, any clustered primary key will do, and the table
    /// stays writable, as in the newer index version of Azure SQL.
    /// </summary>
    private void CreateVectorIndex(CreateVectorIndexStatement statement)
    {
        Statements.RequiredOptions.Check(_session.Options, "CREATE VECTOR INDEX");
        if (!string.Equals(Catalog.ScopedConfiguration("PREVIEW_FEATURES"), "ON", StringComparison.OrdinalIgnoreCase))
        {
            throw SqlErrors.Create(343, "VECTOR");
        }

        if (statement.Table.Name.StartsWith('#'))
        {
            throw SqlErrors.Create(42220, statement.Table.Name);
        }

        TableDefinition table = RequireTable(statement.Table, 1088);
        int ordinal = table.FindColumn(statement.Column);
        if (ordinal < 0)
        {
            throw SqlErrors.Create(1911, statement.Column);
        }

        ColumnDefinition column = table.Columns[ordinal];
        if (column.Type.Id != SqlTypeId.Vector)
        {
            throw SqlErrors.Create(42215, column.Name);
        }

        TableBuilder.CheckName(statement.Name);
        if (table.Indexes.Any(i => string.Equals(i.Name, statement.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw SqlErrors.CreateWithState(1913, 203, statement.Name, "table", Catalog.QualifiedName(table));
        }

        if (table.Indexes.Any(i => i.Kind == IndexKind.Vector && i.KeyColumns[0].ColumnId == column.ColumnId))
        {
            throw SqlErrors.Create(42230, column.Name, Catalog.QualifiedName(table));
        }

        if (table.RowStore is not { Kind: IndexKind.Clustered, IsPrimaryKey: true })
        {
            throw SqlErrors.Create(42217, Catalog.QualifiedName(table));
        }

        (string metric, ImmutableDictionary<string, string> options) = VectorOptions(statement.Options);
        var index = new IndexDefinition
        {
            IndexId = Math.Max(FirstVectorIndexId, table.Indexes.Where(i => i.Kind == IndexKind.Vector).Select(i => i.IndexId + 1).DefaultIfEmpty(0).Max()),
            Name = statement.Name,
            Kind = IndexKind.Vector,
            KeyColumns = [new IndexColumn(column.ColumnId)],
            VectorMetric = metric,
            Options = options,
        };
        TableDefinition changed = CreateIndexStorage(table, table with { Indexes = table.Indexes.Add(index), ModifyDate = _editor.Now });
        _editor.Put(changed);
        BuildNewIndexes(table, changed);
    }

    private static (string Metric, ImmutableDictionary<string, string> Options) VectorOptions(IReadOnlyDictionary<string, string> written)
    {
        string? metric = null;
        var options = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string value) in written)
        {
            switch (name)
            {
                case "METRIC":
                    metric = value.TrimEnd().ToLowerInvariant();
                    if (!Metrics.Contains(metric))
                    {
                        throw SqlErrors.Create(102, value);
                    }

                    break;
                case "TYPE":
                    // The graph here is HNSW; DiskANN is accepted so that scripts for SQL Server run unchanged.
                    if (!value.TrimEnd().Equals("DiskANN", StringComparison.OrdinalIgnoreCase) && !value.TrimEnd().Equals("HNSW", StringComparison.OrdinalIgnoreCase))
                    {
                        throw SqlErrors.Create(102, value);
                    }

                    options[name] = value.TrimEnd();
                    break;
                case "MAXDOP":
                    VectorNumber(name, value, 0, 32767);
                    break;
                case "M":
                    options[name] = VectorNumber(name, value, 2, 256);
                    break;
                case "EF_CONSTRUCTION" or "EF_SEARCH" or "EF":
                    options[name] = VectorNumber(name, value, 4, 10000);
                    break;
                case "ON":
                    break;
                default:
                    throw SqlErrors.Create(155, name, "CREATE VECTOR INDEX");
            }
        }

        return (metric ?? throw SqlErrors.Create(153, "METRIC", "CREATE VECTOR INDEX"), options.ToImmutable());
    }

    private static string VectorNumber(string name, string value, int minimum, int maximum) =>
        int.TryParse(value, CultureInfo.InvariantCulture, out int number) && number >= minimum && number <= maximum
            ? number.ToString(CultureInfo.InvariantCulture)
            : throw SqlErrors.Create(304, value, name);

    private void AlterIndex(AlterIndexStatement statement)
    {
        if (FindObject(statement.Table) is ModuleDefinition { Materialized: not null } view)
        {
            AlterViewIndex(view, statement);
            return;
        }

        TableDefinition table = RequireTable(statement.Table, 1088);
        List<IndexDefinition> chosen = statement.Name is null
            ? [.. table.Indexes.Where(i => i.Kind is IndexKind.Clustered or IndexKind.NonClustered || i.IsColumnStore)]
            : [table.Indexes.FirstOrDefault(i => string.Equals(i.Name, statement.Name, StringComparison.OrdinalIgnoreCase))
                ?? throw SqlErrors.Create(2727, statement.Name)];
        if (chosen.Find(i => i.Kind == IndexKind.Vector) is { } vector)
        {
            throw SqlErrors.Create(42250, statement.Action, vector.Name);
        }

        CheckColumnStoreOptions(chosen, statement);
        foreach (IndexDefinition special in chosen.Where(i => i.IsCatalogOnly))
        {
            AlterSpecialIndex(Current(table), special, statement);
        }

        chosen.RemoveAll(i => i.IsCatalogOnly);
        if (chosen.Count == 0)
        {
            return;
        }

        table = Current(table);
        chosen = [.. chosen.Select(c => table.Indexes.First(i => i.IndexId == c.IndexId))];
        switch (statement.Action)
        {
            case "REBUILD":
                if (table.RowStore.IsDisabled && chosen.All(i => i.Kind != IndexKind.Clustered))
                {
                    throw SqlErrors.Create(1987, "rebuild", "index", chosen[0].Name, "table", table.Name, "clustered index");
                }

                if (chosen.Any(i => i.Kind == IndexKind.Clustered))
                {
                    Rebuild(table, table with { Indexes = [.. table.Indexes.Select(i => i.Kind == IndexKind.Clustered || statement.Name is null ? i with { IsDisabled = false } : i)] }, FillComputed(table));
                    UpdateStatistics(Current(table), [.. chosen.Select(i => i.IndexId)]);
                    return;
                }

                IStoreConnection store = _session.StoreFor(table);
                foreach (IndexDefinition index in chosen)
                {
                    table = Current(table);
                    TableDefinition changed = table with { Indexes = table.Indexes.Replace(table.Indexes.First(i => i.IndexId == index.IndexId), index with { IsDisabled = false }), ModifyDate = _editor.Now };
                    store.ClearTree(index.TreeId);
                    _editor.Put(changed);
                    DdlExpressions.Access(changed, _session, _context).Build(index with { IsDisabled = false });
                }

                UpdateStatistics(Current(table), [.. chosen.Select(i => i.IndexId)]);
                break;
            case "DISABLE":
                DisableIndexes(table, chosen);
                break;
            case "SET":
                SetIndexOptions(table, chosen, statement.Options);
                break;
            case "REORGANIZE":
                // The B-tree store keeps itself in order.
                if (statement.Name is not null && chosen[0].IsDisabled)
                {
                    throw SqlErrors.Create(1973, chosen[0].Name, "table", table.Name);
                }

                break;
            case "RESUME" or "PAUSE" or "ABORT":
                throw statement.Name is null
                    ? SqlErrors.Create(10680, statement.Action, table.Name)
                    : SqlErrors.CreateWithState(10638, statement.Action == "RESUME" ? (byte)1 : (byte)2, statement.Action, chosen[0].Name, table.Name);
            default:
                throw SqlErrors.NotSupported($"ALTER INDEX ... {statement.Action}");
        }
    }

    /// <summary>
    /// ALTER INDEX ... DISABLE. A clustered index takes the nonclustered ones along (3750), and a key takes the foreign keys that refer to it (1992).
    /// </summary>
    private void DisableIndexes(TableDefinition table, List<IndexDefinition> chosen)
    {
        chosen.ForEach(i => RefuseCaptureIndex(table, i));
        chosen.ForEach(i => RefuseLastGraphIndex(table, i));
        var disabled = chosen.Where(i => !i.IsDisabled).ToHashSet();
        foreach (IndexDefinition index in disabled.Where(i => i.IsUnique).ToList())
        {
            foreach ((TableDefinition child, ForeignKeyDefinition key) in Catalog.ForeignKeysReferencing(table.ObjectId)
                .Where(k => !k.Key.IsDisabled && k.Key.ReferencedColumnIds.Length == index.KeyColumns.Length && index.KeyColumns.All(c => k.Key.ReferencedColumnIds.Contains(c.ColumnId))).ToList())
            {
                TableDefinition current = Current(child);
                ForeignKeyDefinition own = current.ForeignKeys.First(k => k.ObjectId == key.ObjectId);
                _editor.Put(current with { ForeignKeys = current.ForeignKeys.Replace(own, own with { IsDisabled = true, IsNotTrusted = true }) });
                Inform(1992, key.Name, child.Name, table.Name, index.Name);
            }
        }

        if (disabled.Any(i => i.Kind == IndexKind.Clustered))
        {
            foreach (IndexDefinition index in table.Indexes.Where(i => i.Kind == IndexKind.NonClustered && !i.IsDisabled))
            {
                if (disabled.Add(index))
                {
                    Inform(3750, index.Name, "table", table.Name, "table");
                }
            }
        }

        table = Current(table);
        _editor.Put(table with { Indexes = [.. table.Indexes.Select(i => disabled.Any(d => d.IndexId == i.IndexId) ? i with { IsDisabled = true } : i)], ModifyDate = _editor.Now });
    }

    /// <summary>ALTER INDEX ... SET. Errors 155, 1915, 1979, 10618.</summary>
    private void SetIndexOptions(TableDefinition table, List<IndexDefinition> chosen, IReadOnlyDictionary<string, string> options)
    {
        foreach ((string name, string value) in options)
        {
            if (name is not ("IGNORE_DUP_KEY" or "ALLOW_ROW_LOCKS" or "ALLOW_PAGE_LOCKS" or "OPTIMIZE_FOR_SEQUENTIAL_KEY" or "STATISTICS_NORECOMPUTE" or "COMPRESSION_DELAY"))
            {
                throw SqlErrors.Create(155, name, "ALTER INDEX");
            }

            if (name != "COMPRESSION_DELAY" && value.ToUpperInvariant() is not ("ON" or "OFF"))
            {
                throw SqlErrors.Create(102, value);
            }
        }

        bool ignores = IndexOptions.IsOn(options, "IGNORE_DUP_KEY");
        TableDefinition changed = table with { ModifyDate = _editor.Now };
        foreach (IndexDefinition index in chosen)
        {
            if (options.ContainsKey("IGNORE_DUP_KEY"))
            {
                if (index.ConstraintObjectId != 0)
                {
                    throw SqlErrors.Create(1979, index.Name);
                }

                if (ignores && !index.IsUnique)
                {
                    throw SqlErrors.Create(1915, index.Name);
                }

                if (ignores && index.FilterText is not null)
                {
                    throw SqlErrors.Create(10618, "alter", index.Name, Catalog.QualifiedName(table));
                }
            }

            IndexDefinition after = index with
            {
                IgnoreDuplicateKeys = options.ContainsKey("IGNORE_DUP_KEY") ? ignores : index.IgnoreDuplicateKeys,
                Options = index.Options.SetItems(options.Where(o => o.Key != "IGNORE_DUP_KEY").Select(o => KeyValuePair.Create(o.Key.ToUpperInvariant(), o.Value.ToUpperInvariant()))),
            };
            changed = changed with { Indexes = changed.Indexes.Replace(changed.Indexes.First(i => i.IndexId == index.IndexId), after) };
        }

        _editor.Put(changed);
    }

    private void DropIndex(ObjectName name, ObjectName on, bool ifExists)
    {
        if (FindObject(on) is ModuleDefinition { Materialized: { } rows } view
            && rows.Indexes.FirstOrDefault(i => string.Equals(i.Name, name.Name, StringComparison.OrdinalIgnoreCase)) is { } viewIndex && Access.OnObject("ALTER", view))
        {
            DropViewIndex(view, viewIndex);
            return;
        }

        TableDefinition? table = FindObject(on) as TableDefinition;
        IndexDefinition? index = table?.Indexes.FirstOrDefault(i => string.Equals(i.Name, name.Name, StringComparison.OrdinalIgnoreCase));
        if (table is null || index is null)
        {
            if (ifExists)
            {
                return;
            }

            throw SqlErrors.CreateWithState(3701, 7, "drop", "index", $"{on}.{name.Name}");
        }

        if (table.Storage == TableStorageKind.Durable && !Access.OnObject("ALTER", table))
        {
            throw SqlErrors.CreateWithState(3701, 7, "drop", "index", $"{on}.{name.Name}");
        }

        if (index.ConstraintObjectId != 0)
        {
            throw SqlErrors.CreateWithState(3723, 4, $"{on}.{index.Name}", index.IsPrimaryKey ? "PRIMARY KEY" : "UNIQUE KEY");
        }

        if (index.IsUnique && table.Storage == TableStorageKind.Durable)
        {
            foreach ((_, ForeignKeyDefinition key) in Catalog.ForeignKeysReferencing(table.ObjectId))
            {
                bool Serves(IndexDefinition i) => i is { IsUnique: true, FilterText: null } && i.KeyColumns.Length == key.ReferencedColumnIds.Length
                    && i.KeyColumns.All(k => key.ReferencedColumnIds.Contains(k.ColumnId));
                if (Serves(index) && !table.Indexes.Any(i => i.IndexId != index.IndexId && Serves(i)))
                {
                    throw SqlErrors.Create(3723, $"{on}.{index.Name}", "FOREIGN KEY");
                }
            }
        }

        if (index.Kind == IndexKind.Xml)
        {
            table = DropSecondaryXmlIndexes(table, index);
        }

        RefuseCaptureIndex(table, index);
        RefuseLastGraphIndex(table, index);
        if (index.Kind == IndexKind.Clustered && Catalog.Find<TableDefinition>(table.HistoryOf)?.Versioning is { RetentionUnit: not RetentionUnit.Infinite })
        {
            throw SqlErrors.Create(13766, index.Name);
        }

        _editor.RemoveProperties(7, table.ObjectId, index.IndexId);
        RemoveIndex(table, index);
    }

    /// <summary>
    /// The planner keeps statistics itself and makes them when it needs them: the statement has them, and the plans that rest on them, made anew. What is created exists for the catalog.
    /// </summary>
    private void ChangeStatistics(StatisticsStatement statement)
    {
        CatalogObject? found = FindObject(statement.Table);
        if (found is null)
        {
            throw statement.Action == "CREATE"
                ? SqlErrors.Create(1088, statement.Table.ToString())
                : SqlErrors.Create(2706, statement.Table.ToString());
        }

        if (found is ModuleDefinition { Type: ObjectTypes.View, Materialized: null } && statement.Action == "CREATE")
        {
            throw SqlErrors.Create(1940, "statistics", statement.Table.ToString());
        }

        if (found is not TableDefinition table)
        {
            return;
        }

        _session.StoreFor(table).SizeOf(table.RowStore.TreeId)?.Renew();
        if (statement.Action != "CREATE")
        {
            var known = Planning.TableStatistics.Of(table).ToList();
            foreach (string name in statement.Names)
            {
                if (!known.Exists(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) && !table.Indexes.Any(i => string.Equals(i.Name, name, StringComparison.OrdinalIgnoreCase)))
                {
                    throw SqlErrors.Create(2767, name);
                }
            }

            bool Means(string name) => statement.Names.Count == 0 || statement.Names.Contains(name, StringComparer.OrdinalIgnoreCase);
            int[] ids = [.. known.Where(s => Means(s.Name)).Select(s => s.Id)];
            SetRecompute(table, ids, statement.IsNotRecomputed);
            UpdateStatistics(table, ids);
            return;
        }

        TableBuilder.CheckName(statement.Name!);
        if (table.Statistics.Any(s => s.Name.Equals(statement.Name, StringComparison.OrdinalIgnoreCase)) || table.Indexes.Any(i => string.Equals(i.Name, statement.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw SqlErrors.Create(1927, statement.Table.ToString(), statement.Name);
        }

        ImmutableArray<int> columns = [.. statement.Columns.Select(c => table.FindColumn(c) is >= 0 and int ordinal ? table.Columns[ordinal].ColumnId : throw SqlErrors.Create(1911, c))];
        if (columns.Distinct().Count() != columns.Length)
        {
            throw SqlErrors.Create(1909, "statistics", statement.Columns.GroupBy(c => c, StringComparer.OrdinalIgnoreCase).First(g => g.Count() > 1).Key);
        }

        int id = Math.Max(2, table.Statistics.Select(s => s.StatisticsId + 1).Concat(table.Indexes.Where(i => i.Kind <= IndexKind.NonClustered).Select(i => i.IndexId + 1)).Max());
        _editor.Put(table with { Statistics = table.Statistics.Add(new StatisticsDefinition(id, statement.Name!, columns, statement.Where is null ? null : SyntaxText.OfFilter(statement.Where), statement.IsNotRecomputed)) });
        UpdateStatistics(Current(table), [id]);
    }

    /// <summary>UPDATE STATISTICS says with each run whether statistics are to be kept up to date by themselves.</summary>
    private void SetRecompute(TableDefinition table, int[] ids, bool isNotRecomputed)
    {
        const string Option = "STATISTICS_NORECOMPUTE";
        TableDefinition changed = table with
        {
            Statistics = [.. table.Statistics.Select(s => ids.Contains(s.StatisticsId) ? s with { IsNotRecomputed = isNotRecomputed } : s)],
            Indexes = [.. table.Indexes.Select(i => ids.Contains(i.IndexId) && i.Options.GetValueOrDefault(Option) is "ON" != isNotRecomputed
                ? i with { Options = isNotRecomputed ? i.Options.SetItem(Option, "ON") : i.Options.Remove(Option) }
                : i)],
        };
        if (!changed.Statistics.SequenceEqual(table.Statistics) || !changed.Indexes.SequenceEqual(table.Indexes))
        {
            _editor.Put(changed);
        }
    }

    /// <summary>DROP STATISTICS table.name.</summary>
    private void DropStatistics(ObjectName name)
    {
        TableDefinition? table = name.Parts.Count < 2 ? null : FindObject(new ObjectName { Parts = [.. name.Parts.Take(name.Parts.Count - 1)] }) as TableDefinition;
        if (table?.Indexes.Any(i => string.Equals(i.Name, name.Name, StringComparison.OrdinalIgnoreCase)) == true)
        {
            throw SqlErrors.Create(3739, "DROP", name.ToString());
        }

        StatisticsDefinition statistics = table?.Statistics.FirstOrDefault(s => s.Name.Equals(name.Name, StringComparison.OrdinalIgnoreCase))
            ?? throw SqlErrors.CreateWithState(3701, 6, "drop", "statistics", name.ToString());
        _editor.Put(table with { Statistics = table.Statistics.Remove(statistics) });
        _session.Database.Statistics.Put(table!.ObjectId, statistics.StatisticsId, null);
    }
}
