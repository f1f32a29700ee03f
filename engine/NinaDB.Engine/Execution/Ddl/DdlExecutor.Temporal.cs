using System.Collections.Immutable;
using System.Globalization;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>System versioning: history tables, their link to the current table, and schema changes that both follow.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/tables/temporal/overview</remarks>
internal sealed partial class DdlExecutor
{
    private static bool IsVersioningOption(string name) => name is "SYSTEM_VERSIONING" or "HISTORY_TABLE" or "DATA_CONSISTENCY_CHECK" or "HISTORY_RETENTION_PERIOD";

    private string FullName(TableDefinition table) => _session.DescribeTable(table, withDatabase: true);

    private void ChangeVersioning(TableDefinition table, IReadOnlyDictionary<string, string> options)
    {
        if (IndexOptions.IsOn(options, "SYSTEM_VERSIONING"))
        {
            if (table.Versioning is { } versioning)
            {
                RestartVersioning(table, versioning, options);
            }
            else
            {
                StartVersioning(table, options, isNew: false);
            }

            return;
        }

        if (table.Versioning is not { } ended)
        {
            throw SqlErrors.Create(13591, FullName(table));
        }

        _editor.Put(table with { Versioning = null, ModifyDate = _editor.Now });
        _editor.Put(Catalog.Find<TableDefinition>(ended.HistoryTableId)! with { HistoryOf = 0, ModifyDate = _editor.Now });
    }

    /// <summary>SYSTEM_VERSIONING = ON on a table that is versioned already: a new retention period. Errors 13595, 13596, 13757.</summary>
    private void RestartVersioning(TableDefinition table, SystemVersioning versioning, IReadOnlyDictionary<string, string> options)
    {
        (int period, RetentionUnit unit) = Retention(options);
        if (!options.TryGetValue("HISTORY_TABLE", out string? written))
        {
            if (!options.ContainsKey("HISTORY_RETENTION_PERIOD"))
            {
                throw SqlErrors.Create(13596, FullName(table));
            }
        }
        else
        {
            ObjectName name = HistoryName(written);
            if (Catalog.Find(name.Schema, name.Name) is not TableDefinition history)
            {
                throw SqlErrors.Create(13757, FullName(table));
            }

            if (history.ObjectId != versioning.HistoryTableId)
            {
                throw SqlErrors.Create(13595, FullName(history), FullName(table));
            }
        }

        RequireCleanupIndex(table, Catalog.Find<TableDefinition>(versioning.HistoryTableId)!, unit);
        _editor.Put(table with { Versioning = versioning with { RetentionPeriod = period, RetentionUnit = unit }, ModifyDate = _editor.Now });
    }

    /// <summary>Turns system versioning on, with a history table that is found or made.</summary>
    private void StartVersioning(TableDefinition table, IReadOnlyDictionary<string, string> options, bool isNew)
    {
        (int period, RetentionUnit unit) = Retention(options);
        if (table.Storage != TableStorageKind.Durable)
        {
            throw SqlErrors.Create(13568, FullName(table));
        }

        if (table.HistoryOf != 0)
        {
            throw SqlErrors.Create(13511, FullName(table));
        }

        if (table.Period is null)
        {
            throw SqlErrors.CreateWithState(13510, isNew ? (byte)2 : (byte)1);
        }

        if (!table.Indexes.Any(i => i.IsPrimaryKey))
        {
            throw SqlErrors.Create(13553, FullName(table));
        }

        if (table.Columns.Any(c => c.IsFileStream))
        {
            throw SqlErrors.Create(13532);
        }

        if (table.IsNode || table.IsEdge)
        {
            throw SqlErrors.NotSupported("SYSTEM_VERSIONING on a graph table");
        }

        if (Catalog.TriggersOn(table.ObjectId).Any(t => t.IsInsteadOf))
        {
            throw SqlErrors.Create(13774, FullName(table));
        }

        TableDefinition history;
        if (options.TryGetValue("HISTORY_TABLE", out string? written))
        {
            ObjectName name = HistoryName(written);
            CatalogObject? found = Catalog.Find(name.Schema, name.Name);
            if (found is TableDefinition existing)
            {
                AdoptHistory(table, existing, checksRows: !(options.TryGetValue("DATA_CONSISTENCY_CHECK", out string? check) && check.Equals("OFF", StringComparison.OrdinalIgnoreCase)));
                RequireCleanupIndex(table, existing, unit);
                history = existing;
            }
            else if (found is not null)
            {
                throw SqlErrors.Create(13511, $"{Catalog.DatabaseName}.{name.Schema}.{name.Name}");
            }
            else
            {
                history = CreateHistory(table, TargetSchema(name), name.Name);
            }
        }
        else
        {
            history = CreateHistory(table, Catalog.SchemasByName[Catalog.SchemaName(table.SchemaId)!], AnonymousHistoryName(table));
        }

        _editor.Put(history with { HistoryOf = table.ObjectId, ModifyDate = _editor.Now });
        _editor.Put(table with { Versioning = new SystemVersioning(history.ObjectId, period, unit), ModifyDate = _editor.Now });
    }

    private ObjectName HistoryName(string written)
    {
        IReadOnlyList<string> parts = Parser.TryParseName(written) ?? [written];
        if (parts.Count == 3 && parts[0].Equals(Catalog.DatabaseName, StringComparison.OrdinalIgnoreCase))
        {
            parts = [parts[1], parts[2]];
        }

        return parts.Count == 2 ? new ObjectName { Parts = parts } : throw SqlErrors.Create(13539, parts[^1]);
    }

    /// <summary>MSSQL_TemporalHistoryFor_id, with a suffix where that is taken.</summary>
    private string AnonymousHistoryName(TableDefinition table)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"MSSQL_TemporalHistoryFor_{table.ObjectId}");
        string schema = Catalog.SchemaName(table.SchemaId)!;
        string candidate = name;
        while (Catalog.Find(schema, candidate) is not null)
        {
            candidate = string.Create(CultureInfo.InvariantCulture, $"{name}_{(uint)Random.Shared.Next():X8}");
        }

        return candidate;
    }

    /// <summary>Makes a history table: the same columns without what the system maintains, clustered by the end and start of the period.</summary>
    private TableDefinition CreateHistory(TableDefinition table, SchemaDefinition schema, string name)
    {
        RequireFree(schema, name);
        int start = table.OrdinalOf(table.Period!.StartColumnId);
        int end = table.OrdinalOf(table.Period.EndColumnId);
        ImmutableArray<ColumnDefinition> columns = [.. table.Columns.Select((c, i) => HistoryColumn(c) with { ColumnId = i + 1 })];
        var history = new TableDefinition
        {
            ObjectId = _editor.NextObjectId(),
            SchemaId = schema.SchemaId,
            Name = name,
            Type = ObjectTypes.UserTable,
            Columns = columns,
            MaxColumnId = columns.Length,
            Indexes =
            [
                new IndexDefinition
                {
                    IndexId = 1,
                    Name = "ix_" + (name.Length > 125 ? name[..125] : name),
                    Kind = IndexKind.Clustered,
                    KeyColumns = [new IndexColumn(end + 1), new IndexColumn(start + 1)],
                    Options = ImmutableDictionary<string, string>.Empty.WithComparers(StringComparer.OrdinalIgnoreCase).Add("DATA_COMPRESSION", "PAGE"),
                },
            ],
            CreateDate = _editor.Now,
            ModifyDate = _editor.Now,
        };
        history = TableAccess.CreateTrees(history, _session.StoreFor(history));
        _editor.Put(history);
        return history;
    }

    private static ColumnDefinition HistoryColumn(ColumnDefinition column) => new()
    {
        ColumnId = column.ColumnId,
        Name = column.Name,

        // A rowversion of the past is only its bytes.
        Type = column.Type.Id == SqlTypeId.RowVersion ? SqlType.Binary(8) : column.Type,
        UserTypeId = column.UserTypeId,
        IsNullable = column.IsNullable,
        IsSparse = column.IsSparse,
        MaskFunction = column.MaskFunction,
    };

    /// <summary>An existing table becomes the history table: it must look like the current one. Errors 13514 to 13531, then those of its rows.</summary>
    private void AdoptHistory(TableDefinition table, TableDefinition history, bool checksRows)
    {
        string name = FullName(history);
        string current = FullName(table);
        if (history.HistoryOf != 0 || history.Versioning is not null)
        {
            throw SqlErrors.Create(13514, name);
        }

        if (history.ObjectId == table.ObjectId)
        {
            throw SqlErrors.Create(13511, name);
        }

        void Refuse(bool refused, int number)
        {
            if (refused)
            {
                throw SqlErrors.Create(number, name);
            }
        }

        Refuse(history.Period is not null, 13574);
        Refuse(history.Indexes.Any(i => i.IsUnique), 13515);
        Refuse(history.ForeignKeys.Length > 0 || Catalog.ForeignKeysReferencing(history.ObjectId).Count > 0, 13516);
        Refuse(history.Checks.Length > 0, 13517);
        Refuse(history.Columns.Any(c => c.Identity is not null), 13518);
        Refuse(history.Columns.Any(c => c.IsComputed), 13519);
        Refuse(Catalog.ChangeTablesOf(history.ObjectId).Count > 0, 13521);
        Refuse(Catalog.TriggersOn(history.ObjectId).Count > 0, 13522);
        Refuse(history.Columns.Any(c => c.IsRowGuid), 13580);
        if (history.Columns.Length != table.Columns.Length)
        {
            throw SqlErrors.Create(13523, current, table.Columns.Length, name, history.Columns.Length);
        }

        for (int i = 0; i < table.Columns.Length; i++)
        {
            CompareColumns(table, table.Columns[i], history, history.Columns[i], i + 1);
        }

        if (checksRows)
        {
            CheckHistoryRows(table, history);
        }
    }

    private void CompareColumns(TableDefinition table, ColumnDefinition column, TableDefinition history, ColumnDefinition other, int ordinal)
    {
        string name = FullName(history);
        string current = FullName(table);
        if (!column.Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase))
        {
            throw SqlErrors.Create(13524, other.Name, ordinal, name, column.Name, current);
        }

        SqlType type = HistoryColumn(column).Type;
        if (type.WithCollation(null) != other.Type.WithCollation(null))
        {
            throw SqlErrors.Create(13525, column.Name, other.Type.DisplayName, name, type.DisplayName, current);
        }

        if (type.IsString && type.EffectiveCollation != other.Type.EffectiveCollation)
        {
            throw SqlErrors.Create(13526, column.Name, current, name);
        }

        if (column.GeneratedAlways != 0 && other.IsNullable)
        {
            throw SqlErrors.Create(13530, other.Name, name, current);
        }

        if (column.IsNullable != other.IsNullable)
        {
            throw SqlErrors.Create(13531, column.Name, current, name);
        }

        if (column.IsSparse != other.IsSparse)
        {
            throw SqlErrors.Create(13533, column.Name, current, name);
        }
    }

    /// <summary>DATA_CONSISTENCY_CHECK: periods run forward, lie in the past, and those of one key do not overlap. Errors 13540, 13541, 13543, 13573.</summary>
    private void CheckHistoryRows(TableDefinition table, TableDefinition history)
    {
        string start = ColumnText(table, table.Period!.StartColumnId);
        string end = ColumnText(table, table.Period.EndColumnId);
        if (Any($"SELECT TOP (1) 1 FROM {Quoted(table)} WHERE {end} < {start}"))
        {
            throw SqlErrors.Create(13540, FullName(table));
        }

        if (Any($"SELECT TOP (1) 1 FROM {Quoted(history)} WHERE {end} < {start}"))
        {
            throw SqlErrors.Create(13541, FullName(history));
        }

        if (Any($"SELECT TOP (1) 1 FROM {Quoted(history)} WHERE {end} > SYSUTCDATETIME()"))
        {
            throw SqlErrors.Create(13543, FullName(history));
        }

        string keys = string.Join(", ", table.Indexes.First(i => i.IsPrimaryKey).KeyColumns.Select(k => ColumnText(table, k.ColumnId)));
        string versions = $"SELECT {keys}, {start}, {end} FROM {Quoted(history)} WHERE {start} <> {end} UNION ALL SELECT {keys}, {start}, {end} FROM {Quoted(table)}";
        if (Any($"SELECT TOP (1) 1 FROM (SELECT {start} AS [<start>], LAG({end}) OVER (PARTITION BY {keys} ORDER BY {start}, {end}) AS [<before>] FROM ({versions}) AS v) AS w WHERE [<before>] > [<start>]"))
        {
            throw SqlErrors.Create(13573, FullName(history));
        }

        bool Any(string query) => DdlExpressions.AnyRow(query, _session, _context);
    }

    /// <summary>The retention period of an option list. Errors 13743, 13744.</summary>
    private static (int Period, RetentionUnit Unit) Retention(IReadOnlyDictionary<string, string> options)
    {
        if (!options.TryGetValue("HISTORY_RETENTION_PERIOD", out string? written) || written.Equals("INFINITE", StringComparison.OrdinalIgnoreCase))
        {
            return (-1, RetentionUnit.Infinite);
        }

        string[] words = written.Split(' ', 2);
        RetentionUnit unit = words[1].ToUpperInvariant() switch
        {
            "DAY" or "DAYS" => RetentionUnit.Day,
            "WEEK" or "WEEKS" => RetentionUnit.Week,
            "MONTH" or "MONTHS" => RetentionUnit.Month,
            "YEAR" or "YEARS" => RetentionUnit.Year,
            _ => throw SqlErrors.Create(13744, words[1]),
        };
        if (!int.TryParse(words[0], CultureInfo.InvariantCulture, out int period) || period <= 0)
        {
            throw SqlErrors.Create(13743, words[0]);
        }

        // Periods that reach back before the first date there is cannot be told from INFINITE.
        const int MaximumYears = 2000;
        int years = unit switch { RetentionUnit.Day => period / 366, RetentionUnit.Week => period / 53, RetentionUnit.Month => period / 12, _ => period };
        return years <= MaximumYears ? (period, unit) : throw SqlErrors.Create(13749, period, words[1]);
    }

    /// <summary>Error 13765: rows are cleaned up along a clustered index that begins with the end of the period.</summary>
    private void RequireCleanupIndex(TableDefinition table, TableDefinition history, RetentionUnit unit)
    {
        if (unit == RetentionUnit.Infinite)
        {
            return;
        }

        int end = history.Columns[table.OrdinalOf(table.Period!.EndColumnId)].ColumnId;
        if (history.RowStore.Kind != IndexKind.Clustered || history.RowStore.KeyColumns[0].ColumnId != end)
        {
            throw SqlErrors.Create(13765, FullName(table), FullName(history));
        }
    }

    private void DropPeriod(TableDefinition table)
    {
        if (table.Versioning is not null)
        {
            throw SqlErrors.Create(13592, FullName(table));
        }

        if (table.Period is null)
        {
            throw SqlErrors.Create(13593, FullName(table));
        }

        _editor.Put(table with
        {
            Period = null,
            Columns = [.. table.Columns.Select(c => c.GeneratedAlways == 0 ? c : c with { GeneratedAlways = 0, IsHidden = false })],
            ModifyDate = _editor.Now,
        });
    }

    /// <summary>Rows under a new period are all current. Errors 13542 and 13575.</summary>
    private void CheckPeriodRows(TableDefinition table)
    {
        int start = table.OrdinalOf(table.Period!.StartColumnId);
        int end = table.OrdinalOf(table.Period.EndColumnId);
        long maximum = SystemTime.Maximum(table.Columns[end].Type).AsInt64;
        long now = Math.Max(DateTime.UtcNow.Ticks, SystemTime.Start(_session.TransactionTime, table.Columns[start].Type).AsInt64);
        ScanRows(table, row =>
        {
            if (row[end].AsInt64 != maximum)
            {
                throw SqlErrors.Create(13575, FullName(table));
            }

            if (row[start].AsInt64 > now)
            {
                throw SqlErrors.Create(13542, FullName(table));
            }
        });
    }

    /// <summary>Changes that a table under system versioning does not take.</summary>
    private void RefuseTemporalChange(TableDefinition table, AlterTableStatement statement)
    {
        if (statement.Period is not null && table.HistoryOf != 0)
        {
            throw SqlErrors.Create(13598, FullName(table));
        }

        if (table.HistoryOf != 0)
        {
            RefuseHistoryChange(table, statement);
            return;
        }

        if (table.Period is { } period)
        {
            bool InPeriod(string name) => table.FindColumn(name) is >= 0 and int ordinal && (table.Columns[ordinal].ColumnId == period.StartColumnId || table.Columns[ordinal].ColumnId == period.EndColumnId);
            switch (statement.Action)
            {
                case AlterTableAction.DropColumn when statement.Names.FirstOrDefault(InPeriod) is { } dropped:
                    throw SqlErrors.Create(13588, dropped, FullName(table));
                case AlterTableAction.AlterColumn when InPeriod(statement.Columns[0].Name) && statement.ColumnOption is not ("ADD HIDDEN" or "DROP HIDDEN"):
                    throw SqlErrors.Create(13599, statement.Columns[0].Name);
            }
        }

        if (statement is { Action: AlterTableAction.AlterColumn, ColumnOption: null } && statement.Columns[0].Generated != GeneratedAlways.None)
        {
            throw SqlErrors.Create(13589, statement.Columns[0].Name, FullName(table));
        }

        if (table.Versioning is not { } versioning)
        {
            return;
        }

        string history = FullName(Catalog.Find<TableDefinition>(versioning.HistoryTableId)!);
        switch (statement.Action)
        {
            case AlterTableAction.AddColumns when statement.Columns.Any(c => c.Computed is not null):
                throw SqlErrors.Create(13724);
            case AlterTableAction.AddColumns when statement.Columns.Any(c => c.Identity is not null):
                throw SqlErrors.Create(13704, history);
            case AlterTableAction.AddColumns when statement.Columns.Any(c => c.IsRowGuid):
                throw SqlErrors.Create(13723, history);
            case AlterTableAction.AddColumns when statement.Columns.Any(c => c.IsSparse):
                throw SqlErrors.Create(13550, FullName(table));
            case AlterTableAction.AlterColumn when statement.ColumnOption is { } option && option.EndsWith("ROWGUIDCOL", StringComparison.Ordinal):
                throw SqlErrors.Create(13723, history);
            case AlterTableAction.AlterColumn when statement.ColumnOption is "ADD SPARSE" or "DROP SPARSE" or "ADD PERSISTED" or "DROP PERSISTED":
                throw SqlErrors.Create(13548, statement.Columns[0].Name, FullName(table));
            case AlterTableAction.DropConstraint when table.Indexes.FirstOrDefault(i => i.IsPrimaryKey) is { } primary && statement.Names.Contains(primary.Name, StringComparer.OrdinalIgnoreCase):
                throw SqlErrors.Create(13557, FullName(table));
        }
    }

    private void RefuseHistoryChange(TableDefinition table, AlterTableStatement statement)
    {
        string name = FullName(table);
        switch (statement.Action)
        {
            case AlterTableAction.AddColumns:
                throw SqlErrors.Create(13550, name);
            case AlterTableAction.DropColumn:
                throw SqlErrors.Create(13551, name);
            case AlterTableAction.AlterColumn:
                throw SqlErrors.Create(13548, statement.Columns[0].Name, name);
            case AlterTableAction.AddConstraint:
                foreach (ConstraintSyntax constraint in statement.Constraints)
                {
                    throw constraint.Kind switch
                    {
                        ConstraintKind.PrimaryKey => SqlErrors.Create(13558, name),
                        ConstraintKind.Unique => SqlErrors.Create(13583, name),
                        ConstraintKind.Check => SqlErrors.Create(13564, name),
                        ConstraintKind.ForeignKey => SqlErrors.Create(13565, constraint.Name ?? ""),
                        _ => SqlErrors.Create(13550, name),
                    };
                }

                break;
        }
    }

    /// <summary>Column changes of a versioned table happen to its history as well.</summary>
    private void CarryToHistory(TableDefinition before, AlterTableStatement statement)
    {
        if (before.Versioning is not { } versioning)
        {
            return;
        }

        TableDefinition history = Catalog.Find<TableDefinition>(versioning.HistoryTableId)!;
        TableDefinition after = Current(before);
        switch (statement.Action)
        {
            case AlterTableAction.AddColumns when statement.Columns.Count > 0:
                AddToHistory(history, after, [.. after.Columns.Where(c => before.OrdinalOf(c.ColumnId) < 0)]);
                break;
            case AlterTableAction.DropColumn:
                string[] gone = [.. before.Columns.Where(c => after.OrdinalOf(c.ColumnId) < 0).Select(c => c.Name)];
                if (gone.Length > 0)
                {
                    DropDefaults(history, gone);
                    DropColumns(Current(history), new AlterTableStatement { Name = statement.Name, Action = AlterTableAction.DropColumn, Names = gone });
                }

                break;
            case AlterTableAction.AlterColumn when statement.ColumnOption is null:
                int ordinal = after.FindColumn(statement.Columns[0].Name);
                ColumnDefinition changed = HistoryColumn(after.Columns[ordinal]) with { ColumnId = history.Columns[ordinal].ColumnId, Default = history.Columns[ordinal].Default };
                ConvertRows(history, history with { Columns = history.Columns.SetItem(ordinal, changed), ModifyDate = _editor.Now }, ordinal);
                break;
            case AlterTableAction.AlterColumn when statement.ColumnOption is "ADD MASKED" or "DROP MASKED":
                int masked = after.FindColumn(statement.Columns[0].Name);
                _editor.Put(WithColumn(history, history.Columns[masked] with { MaskFunction = after.Columns[masked].MaskFunction }));
                break;
        }
    }

    private void DropDefaults(TableDefinition table, string[] columns) => _editor.Put(table with
    {
        Columns = [.. table.Columns.Select(c => columns.Contains(c.Name, StringComparer.OrdinalIgnoreCase) ? c with { Default = null } : c)],
    });

    private void AddToHistory(TableDefinition history, TableDefinition current, ColumnDefinition[] added)
    {
        TableDefinition changed = history with { ModifyDate = _editor.Now };
        foreach (ColumnDefinition column in added)
        {
            int id = changed.MaxColumnId + 1;
            ColumnDefinition copy = HistoryColumn(column) with { ColumnId = id };
            if (column.Default is { } value && !column.IsNullable)
            {
                int objectId = _editor.NextObjectId();
                string name = string.Create(CultureInfo.InvariantCulture, $"DF__{(history.Name.Length > 9 ? history.Name[..9] : history.Name)}__{(column.Name.Length > 5 ? column.Name[..5] : column.Name)}__{(uint)objectId:X8}");
                copy = copy with { Default = new DefaultDefinition(objectId, name, value.Text, IsSystemNamed: true) };
            }

            changed = changed with { Columns = changed.Columns.Add(copy), MaxColumnId = id };
        }

        _editor.Put(changed);
        if (DdlExpressions.Access(history, _session, _context).RowCount > 0
            && FillColumns(changed, [.. changed.Columns.Skip(history.Columns.Length)], new AlterTableStatement { Name = new ObjectName { Parts = [current.Name] }, Action = AlterTableAction.AddColumns }) is { } fill)
        {
            RewriteRows(changed, fill);
        }
    }
}
