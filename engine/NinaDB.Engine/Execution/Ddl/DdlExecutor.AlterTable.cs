using System.Collections.Immutable;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>ALTER TABLE: columns. Constraints are in the next file.</summary>
internal sealed partial class DdlExecutor
{
    private void AlterTable(AlterTableStatement statement)
    {
        TableDefinition table = RequireTable(statement.Name, 4902);
        RefuseTemporalChange(table, statement);
        if (table.DisabledClustered is { } disabled && statement.Action is AlterTableAction.AddColumns or AlterTableAction.AlterColumn or AlterTableAction.DropColumn or AlterTableAction.AddConstraint)
        {
            throw SqlErrors.Create(1974, "table", table.Name, disabled.Name);
        }

        switch (statement.Action)
        {
            case AlterTableAction.AddColumns:
                AddColumns(table, statement);
                break;
            case AlterTableAction.AlterColumn:
                AlterColumn(table, statement);
                break;
            case AlterTableAction.DropColumn:
                DropColumns(table, statement);
                break;
            case AlterTableAction.AddConstraint:
                AddConstraints(table, statement);
                break;
            case AlterTableAction.DropConstraint when statement.Names is ["PERIOD FOR SYSTEM_TIME"]:
                DropPeriod(table);
                break;
            case AlterTableAction.DropConstraint:
                DropConstraints(table, statement);
                if (statement.DroppedColumns.Count > 0)
                {
                    DropColumns(Current(table), new AlterTableStatement { Name = statement.Name, Action = AlterTableAction.DropColumn, Names = statement.DroppedColumns, IfExists = statement.IfExists });
                }

                break;
            case AlterTableAction.CheckConstraint or AlterTableAction.NoCheckConstraint:
                EnableConstraints(table, statement);
                break;
            case AlterTableAction.EnableTrigger or AlterTableAction.DisableTrigger:
                EnableTriggers(table, statement.Names, statement.Action == AlterTableAction.EnableTrigger, statement.Name.Name);
                break;
            case AlterTableAction.SetOption when statement.Options.ContainsKey("SYSTEM_VERSIONING"):
                ChangeVersioning(table, statement.Options);
                break;
            case AlterTableAction.SetOption:
                _editor.Put(table with { Options = table.Options.SetItems(TableOptions(statement.Options)), ModifyDate = _editor.Now });
                break;
            case AlterTableAction.Rebuild:
                Rebuild(table, table);
                break;
            case AlterTableAction.Switch:
                Switch(table, statement);
                break;
            default:
                throw SqlErrors.NotSupported($"ALTER TABLE {statement.Action}");
        }

        CarryToHistory(table, statement);
        CaptureAlterTable(table, statement);
    }

    private void AddColumns(TableDefinition table, AlterTableStatement statement)
    {
        var builder = new TableBuilder(_session, table, IdsFor(table.Storage), isNew: false) { WrittenName = statement.Name.ToString(), Inform = Inform };
        builder.AddColumns(statement.Columns);
        builder.SetPeriod(statement.Period, statement.Columns);
        var constraints = statement.Columns.SelectMany(c => c.Constraints.Select(k => (Constraint: k, Column: (string?)c.Name)))
            .Concat(statement.Constraints.Select(k => (Constraint: k, Column: (string?)null)))
            .ToList();
        builder.AddConstraints(constraints, hasClusteredIndex: false, isNotTrusted: statement.WithCheck == false);
        foreach (IndexDefinitionSyntax index in statement.Indexes)
        {
            builder.AddIndex(index);
        }

        builder.Finish();
        TableDefinition changed = builder.Table with { ModifyDate = _editor.Now };

        ColumnDefinition[] added = [.. changed.Columns.Where(c => table.OrdinalOf(c.ColumnId) < 0)];
        bool isEmpty = DdlExpressions.Access(table, _session, _context).RowCount == 0;
        if (!isEmpty)
        {
            foreach (ColumnDefinition column in added)
            {
                bool fillsItself = column.IsComputed || column.Default is not null || column.Identity is not null || column.Type.Id == SqlTypeId.RowVersion || column.GeneratedAlways != 0;
                if (!column.IsNullable && !fillsItself)
                {
                    throw SqlErrors.Create(4901, column.Name, table.Name);
                }
            }
        }

        if (added.FirstOrDefault(c => c.IsFileStream) is { } stream && PolicyOn(table.ObjectId) is not null)
        {
            throw SqlErrors.Create(33502, stream.Name, table.Name);
        }

        changed = CreateIndexStorage(table, changed);
        _editor.Put(changed);
        Action<SqlValue[]>? fill = isEmpty ? null : FillColumns(changed, added, statement);
        if (table.RowStore.TreeId != changed.RowStore.TreeId)
        {
            CopyRows(table, changed, fill, null);
        }
        else
        {
            if (fill is not null)
            {
                // Only the indexes that already hold rows are kept in step here; new ones are built afterwards.
                RewriteRows(changed, fill);
            }

            BuildConstraintIndexes(table, changed);
        }

        CheckExistingRows(table, changed, statement.WithCheck ?? true, "ALTER TABLE");
        if (statement.Period is not null)
        {
            CheckPeriodRows(changed);
        }
    }

    /// <summary>Gives existing rows their value of new columns: defaults (where NOT NULL or WITH VALUES), identity, row version, persisted expressions.</summary>
    private Action<SqlValue[]>? FillColumns(TableDefinition table, ColumnDefinition[] added, AlterTableStatement statement)
    {
        var fills = new List<(int Ordinal, Func<SqlValue[], SqlValue> Value)>();
        foreach (ColumnDefinition column in added)
        {
            int ordinal = table.OrdinalOf(column.ColumnId);
            bool withValues = statement.Columns.Any(c => c.Name == column.Name && c.Constraints.Any(k => k.WithValues))
                || statement.Constraints.Any(k => k is { WithValues: true, Kind: ConstraintKind.Default } && k.Columns.Any(c => c.Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase)));
            if (column.Default is { } value && (!column.IsNullable || withValues))
            {
                // A constant is computed once for the whole column; NEWID() and the like once a row.
                Expression expression = DdlExpressions.Parse(value.Text);
                Func<SqlValue> evaluate = DdlExpressions.Constant(expression, column.Type, _session, _context);
                bool once = DdlExpressions.IsDeterministic(expression, Catalog) || !SyntaxWalker.Descendants(expression)
                    .OfType<FunctionCallExpression>().Any(c => c.Name.Name.Equals("NEWID", StringComparison.OrdinalIgnoreCase) || c.Name.Name.Equals("NEWSEQUENTIALID", StringComparison.OrdinalIgnoreCase));
                SqlValue constant = once ? evaluate() : default;
                fills.Add((ordinal, once ? _ => constant : _ => evaluate()));
            }
            else if (column.GeneratedAlways != 0)
            {
                SqlValue moment = column.GeneratedAlways == GeneratedColumns.RowStart ? SystemTime.Start(_session.TransactionTime, column.Type) : SystemTime.Maximum(column.Type);
                fills.Add((ordinal, _ => moment));
            }
            else if (column.Identity is not null)
            {
                fills.Add((ordinal, _ => Integral(_session.NextIdentity(table, column), column.Type)));
            }
            else if (column.Type.Id == SqlTypeId.RowVersion)
            {
                fills.Add((ordinal, _ => _session.NextRowVersion()));
            }
            else if (column is { IsComputed: true, IsPersisted: true })
            {
                fills.Add((ordinal, DdlExpressions.OverRows(DdlExpressions.Parse(column.ComputedText!), table, column.Type, _session, _context)));
            }
        }

        return fills.Count == 0 ? null : row =>
        {
            foreach ((int ordinal, Func<SqlValue[], SqlValue> value) in fills)
            {
                row[ordinal] = value(row);
            }
        };
    }

    private static SqlValue Integral(Int128 value, SqlType type) => type.IsDecimal
        ? SqlValue.FromDecimal(System.Data.SqlTypes.SqlDecimal.ConvertToPrecScale(new System.Data.SqlTypes.SqlDecimal((decimal)value), type.Precision, 0), type.Id)
        : SqlValue.FromInteger(type.Id, (long)value);

    private void AlterColumn(TableDefinition table, AlterTableStatement statement)
    {
        ColumnDefinitionSyntax syntax = statement.Columns[0];
        int ordinal = table.FindColumn(syntax.Name);
        if (ordinal < 0)
        {
            throw SqlErrors.Create(4924, "ALTER TABLE ALTER COLUMN", syntax.Name, table.Name);
        }

        ColumnDefinition column = table.Columns[ordinal];
        if (column.GraphType != 0)
        {
            throw SqlErrors.Create(13913);
        }

        if (statement.ColumnOption is { } option)
        {
            AlterColumnOption(table, column, option, syntax);
            return;
        }

        if (column.IsComputed)
        {
            throw SqlErrors.Create(4928, column.Name, "COMPUTED");
        }

        if (column.Type.Id == SqlTypeId.RowVersion)
        {
            throw SqlErrors.Create(4928, column.Name, "timestamp");
        }

        ResolvedType resolved = TypeResolver.Resolve(syntax.Type!, Catalog, TypeUse.Column(column.Name, 1));
        SqlType type = DatabaseOptions.Collate(resolved.Type, syntax.Type!, Catalog);
        if (type.Id is SqlTypeId.RowVersion or SqlTypeId.Cursor or SqlTypeId.Table)
        {
            throw SqlErrors.Create(4927, column.Name, type.Name);
        }

        if (column.Identity is not null && !TableBuilder.IsIntegral(type))
        {
            throw SqlErrors.Create(2749, column.Name);
        }

        if (column.IsFileStream && (type.Id != SqlTypeId.VarBinary || !type.IsMax))
        {
            throw SqlErrors.Create(5508);
        }

        // Without NULL or NOT NULL the column becomes nullable, whatever it was (ANSI_NULL_DFLT_ON); only keys and identities keep theirs.
        bool inKey = table.Indexes.Any(i => i.IsPrimaryKey && i.KeyColumns.Any(k => k.ColumnId == column.ColumnId));
        bool nullable = syntax.IsNullable ?? (!inKey && column.Identity is null && (resolved.IsNullable ?? true));
        if (type.IsString && type.Collation is null && column.Type.Collation is not null && syntax.Type!.Collation is null && column.Type.IsString)
        {
            type = type.WithCollation(null);
        }

        RefuseDependents(table, column, type, nullable);
        SqlConvert.EnsureAllowed(column.Type, type, isImplicit: true);
        string? mask = syntax.MaskFunction is { } written ? Security.MaskFunction.Parse(written, column.Name, type).Text : null;
        ColumnDefinition changed = column with { Type = type, UserTypeId = resolved.UserTypeId, IsNullable = nullable, MaskFunction = mask, IsSparse = column.IsSparse || syntax.IsSparse };
        RequireSparse(table, changed);
        TableDefinition result = table with { Columns = table.Columns.SetItem(ordinal, changed), ModifyDate = _editor.Now };
        ConvertRows(table, result, ordinal);
    }

    /// <summary>Converts one column of every row. The table is rebuilt when the stored form may change, otherwise only NULLs are looked for.</summary>
    private void ConvertRows(TableDefinition table, TableDefinition changed, int ordinal)
    {
        ColumnDefinition before = table.Columns[ordinal];
        ColumnDefinition after = changed.Columns[ordinal];
        Func<SqlValue, SqlValue>? convert = SqlConvert.GetColumnConverter(before.Type, after.Type, FullName(table), after.Name, _session.Options);
        bool checksNull = before.IsNullable && !after.IsNullable;
        bool isRebuilt = before.Type != after.Type;
        if (!isRebuilt)
        {
            if (checksNull)
            {
                ScanRows(table, row =>
                {
                    if (row[ordinal].IsNull)
                    {
                        throw SqlErrors.CreateWithState(515, 2, after.Name, $"{Catalog.DatabaseName}.{Catalog.QualifiedName(table)}", "UPDATE");
                    }
                });
            }

            _editor.Put(changed);
            return;
        }

        Rebuild(table, changed, row =>
        {
            if (row[ordinal].IsNull)
            {
                if (!after.IsNullable)
                {
                    throw SqlErrors.CreateWithState(515, 2, after.Name, $"{Catalog.DatabaseName}.{Catalog.QualifiedName(table)}", "UPDATE");
                }
            }
            else if (convert is not null)
            {
                row[ordinal] = convert(row[ordinal]);
            }
        });
    }

    /// <summary>ALTER ANY MASK (15247); no computed column (4928), nor one that a computed column reads (5074 and 4922).</summary>
    private void RequireMaskable(TableDefinition table, ColumnDefinition column)
    {
        if (!Access.OnDatabase("ALTER ANY MASK"))
        {
            throw SqlErrors.CreateWithState(15247, 5);
        }

        if (column.IsComputed)
        {
            throw SqlErrors.Create(4928, column.Name, "COMPUTED");
        }

        foreach (ColumnDefinition computed in table.Columns.Where(c => c.IsComputed))
        {
            if (SyntaxWalker.ColumnNames(DdlExpressions.Parse(computed.ComputedText!)).Contains(column.Name))
            {
                throw SqlErrors.CreateAfter(SqlErrors.Create(5074, "column", computed.Name, "column", column.Name), 4922, "ALTER TABLE ALTER COLUMN", column.Name);
            }
        }
    }

    /// <summary>A column that is to be sparse must be able to be (1731), and its default constraint (1791) would stand in the way.</summary>
    private void RequireSparse(TableDefinition table, ColumnDefinition column)
    {
        if (!column.IsSparse)
        {
            return;
        }

        TableBuilder.CheckSparse(Catalog, table.Name, column);
        if (column.Default is not null)
        {
            throw SqlErrors.Create(1791, column.Name, table.Name);
        }
    }

    private void AlterColumnOption(TableDefinition table, ColumnDefinition column, string option, ColumnDefinitionSyntax syntax)
    {
        ColumnDefinition changed;
        switch (option)
        {
            case "ADD ROWGUIDCOL":
                if (table.Columns.Any(c => c.IsRowGuid))
                {
                    throw SqlErrors.Create(4925, table.Name);
                }

                changed = column.Type.Id == SqlTypeId.UniqueIdentifier ? column with { IsRowGuid = true } : throw SqlErrors.Create(2761);
                break;
            case "DROP ROWGUIDCOL":
                changed = column.IsRowGuid ? column with { IsRowGuid = false } : throw SqlErrors.Create(4926, table.Name);
                break;
            case "ADD MASKED":
                RequireMaskable(table, column);
                changed = column with { MaskFunction = Security.MaskFunction.Parse(syntax.MaskFunction!, column.Name, column.Type).Text };
                break;
            case "DROP MASKED":
                RequireMaskable(table, column);
                changed = column.MaskFunction is not null ? column with { MaskFunction = null } : throw SqlErrors.Create(16007, column.Name);
                break;
            case "ADD SPARSE" or "DROP SPARSE":
                changed = column with { IsSparse = option == "ADD SPARSE" };
                RequireSparse(table, changed);
                break;
            case "ADD HIDDEN" or "DROP HIDDEN" when column.GeneratedAlways == 0:
                throw SqlErrors.Create(13735, column.Name, table.Name);
            case "ADD HIDDEN" or "DROP HIDDEN":
                changed = column with { IsHidden = option == "ADD HIDDEN" };
                break;
            case "ADD NOT FOR REPLICATION" or "DROP NOT FOR REPLICATION":
                return;
            case "ADD PERSISTED" or "DROP PERSISTED" when column.IsComputed:
                bool persisted = option == "ADD PERSISTED";
                if (persisted && !DdlExpressions.IsDeterministic(DdlExpressions.Parse(column.ComputedText!), Catalog))
                {
                    throw SqlErrors.Create(4936, column.Name, table.Name);
                }

                TableDefinition result = WithColumn(table, column with { IsPersisted = persisted });
                Rebuild(table, result, FillComputed(result));
                return;
            default:
                throw SqlErrors.NotSupported($"ALTER COLUMN {option}");
        }

        _editor.Put(WithColumn(table, changed));
    }

    private TableDefinition WithColumn(TableDefinition table, ColumnDefinition column) =>
        table with { Columns = table.Columns.SetItem(table.OrdinalOf(column.ColumnId), column), ModifyDate = _editor.Now };

    /// <summary>Errors 5074 and 4922: what uses the column and does not survive the change.</summary>
    private void RefuseDependents(TableDefinition table, ColumnDefinition column, SqlType type, bool nullable)
    {
        bool widens = (column.Type.Id == type.Id && (type.IsString || type.IsBinary) && column.Type.Length != SqlType.Max && (type.IsMax || type.Length >= column.Type.Length))
            || column.Type == type;
        bool onlyLength = column.Type.Id == type.Id && column.Type != type && (type.IsString || type.IsBinary);
        foreach ((string kind, string name, DependencyKind dependency) in Dependents(table, column))
        {
            bool tolerated = dependency switch
            {
                // An index or check follows a column that only grows; so does a default.
                DependencyKind.Index => widens && !(type.IsMax && !column.Type.IsMax) && (!nullable || column.IsNullable || kind == "index"),
                DependencyKind.Default => onlyLength || column.Type == type,
                DependencyKind.Check => widens,
                DependencyKind.ForeignKey => column.Type == type,
                DependencyKind.Vector or DependencyKind.Computed => column.Type == type,
                _ => false,
            };
            if (!tolerated)
            {
                throw SqlErrors.CreateAfter(SqlErrors.Create(5074, kind, name, "column", column.Name), 4922, "ALTER TABLE ALTER COLUMN", column.Name);
            }
        }
    }

    private enum DependencyKind
    {
        Index, Default, Check, ForeignKey, Computed, Vector, Module,
    }

    /// <summary>What uses a column: its kind as error 5074 names it, and its name.</summary>
    private IEnumerable<(string Kind, string Name, DependencyKind Dependency)> Dependents(TableDefinition table, ColumnDefinition column)
    {
        if (column.Default is { } value)
        {
            yield return ("object", value.Name, DependencyKind.Default);
        }

        if (column.Rule is { } rule)
        {
            yield return ("object", rule.Name, DependencyKind.Default);
        }

        foreach (CheckDefinition check in table.Checks)
        {
            if (SyntaxWalker.ColumnNames(DdlExpressions.ParseCondition(check.Text)).Contains(column.Name))
            {
                yield return ("object", check.Name, DependencyKind.Check);
            }
        }

        foreach (ForeignKeyDefinition key in table.ForeignKeys.Where(k => k.ColumnIds.Contains(column.ColumnId)))
        {
            yield return ("object", key.Name, DependencyKind.ForeignKey);
        }

        if (table.Storage == TableStorageKind.Durable)
        {
            foreach ((_, ForeignKeyDefinition key) in Catalog.ForeignKeysReferencing(table.ObjectId).Where(k => k.Key.ReferencedColumnIds.Contains(column.ColumnId)))
            {
                yield return ("object", key.Name, DependencyKind.ForeignKey);
            }
        }

        foreach (IndexDefinition index in table.Indexes.Where(i => i.Kind != IndexKind.Heap))
        {
            bool uses = index.KeyColumns.Any(k => k.ColumnId == column.ColumnId) || index.IncludedColumnIds.Contains(column.ColumnId)
                || (index.FilterText is { } filter && SyntaxWalker.ColumnNames(DdlExpressions.ParseCondition(filter)).Contains(column.Name));
            if (uses)
            {
                yield return (index.ConstraintObjectId != 0 ? "object" : "index", index.Name!, index.Kind == IndexKind.Vector ? DependencyKind.Vector : DependencyKind.Index);
            }
        }

        foreach (ColumnDefinition computed in table.Columns.Where(c => c.IsComputed && c.ColumnId != column.ColumnId))
        {
            if (SyntaxWalker.ColumnNames(DdlExpressions.Parse(computed.ComputedText!)).Contains(column.Name))
            {
                yield return ("column", computed.Name, DependencyKind.Computed);
            }
        }

        foreach (ModuleDefinition module in Catalog.ObjectsById.Values.OfType<ModuleDefinition>().Where(m => m.IsSchemaBound && m.Dependencies.Contains(table.ObjectId)))
        {
            if (ModuleColumns(module).Contains(column.Name))
            {
                yield return ("object", module.Name, DependencyKind.Module);
            }
        }

        foreach (SecurityPolicyDefinition policy in Catalog.ObjectsById.Values.OfType<SecurityPolicyDefinition>().Where(p => p.IsSchemaBound))
        {
            if (policy.Predicates.Any(p => p.TargetObjectId == table.ObjectId && SyntaxWalker.ColumnNames(DdlExpressions.Parse(p.Text)).Contains(column.Name)))
            {
                yield return ("object", policy.Name, DependencyKind.Module);
            }
        }
    }

    private void DropColumns(TableDefinition table, AlterTableStatement statement)
    {
        TableDefinition changed = table;
        foreach (string name in statement.Names)
        {
            int ordinal = changed.FindColumn(name);
            if (ordinal < 0)
            {
                if (statement.IfExists)
                {
                    continue;
                }

                throw SqlErrors.Create(4924, "ALTER TABLE DROP COLUMN", name, table.Name);
            }

            ColumnDefinition column = changed.Columns[ordinal];
            if (column.GraphType != 0)
            {
                throw SqlErrors.Create(13913);
            }

            List<SqlErrorException> reasons = [.. Dependents(changed, column).Select(d => SqlErrors.Create(5074, d.Kind, d.Name, "column", column.Name))];
            if (reasons.Count > 0)
            {
                throw new SqlErrorException(SqlErrors.Create(4922, "ALTER TABLE DROP COLUMN", column.Name).Error) { Preceding = [.. reasons.Select(r => r.Error)] };
            }

            if (changed.Columns.Count(c => !c.IsComputed) == 1 && !column.IsComputed)
            {
                throw SqlErrors.Create(4923, column.Name, table.Name);
            }

            changed = changed with { Columns = changed.Columns.RemoveAt(ordinal) };
            _editor.RemoveProperties(1, table.ObjectId, column.ColumnId);
        }

        if (ReferenceEquals(changed, table))
        {
            return;
        }

        changed = changed with { ModifyDate = _editor.Now };
        if (DdlExpressions.Access(table, _session, _context).RowCount == 0)
        {
            _editor.Put(changed);
            return;
        }

        int[] kept = [.. changed.Columns.Select(c => table.OrdinalOf(c.ColumnId))];
        Rebuild(table, changed, project: kept);
    }
}
