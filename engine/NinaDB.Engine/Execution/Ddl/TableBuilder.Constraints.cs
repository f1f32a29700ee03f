using System.Collections.Immutable;
using System.Globalization;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>Key, check, default and foreign-key constraints.</summary>
internal sealed partial class TableBuilder
{
    /// <summary>Adds constraints in the order of declaration, keys first. <paramref name="hasClusteredIndex"/>: an inline index takes the clustered place.</summary>
    public void AddConstraints(IReadOnlyList<(ConstraintSyntax Constraint, string? Column)> constraints, bool hasClusteredIndex, bool isNotTrusted = false)
    {
        var keys = constraints.Where(c => c.Constraint.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique).ToList();
        bool clusteredTaken = hasClusteredIndex || keys.Any(k => k.Constraint.IsClustered == true) || ClusteredIndex is not null;
        if (_isNew && keys.Count(k => k.Constraint.Kind == ConstraintKind.PrimaryKey) > 1)
        {
            throw SqlErrors.Create(8110, Table.Name);
        }

        if (_isNew && keys.Count(k => k.Constraint.IsClustered == true) + (hasClusteredIndex ? 1 : 0) > 1)
        {
            throw SqlErrors.Create(8112, Table.Name);
        }

        foreach ((ConstraintSyntax constraint, string? column) in keys)
        {
            if (column is not null && keys.Count(k => k.Column == column && k.Constraint.Kind == constraint.Kind) > 1)
            {
                throw SqlErrors.Create(8148, constraint.Kind == ConstraintKind.PrimaryKey ? "PRIMARY KEY" : "UNIQUE", column, WrittenName);
            }

            if (column is not null && constraint.Kind == ConstraintKind.PrimaryKey && keys.Any(k => k.Column == column && k.Constraint.Kind == ConstraintKind.Unique))
            {
                throw SqlErrors.Create(8151, column, WrittenName);
            }

            bool clustered = constraint.IsClustered ?? (constraint.Kind == ConstraintKind.PrimaryKey && !clusteredTaken);
            AddKey(constraint, column, clustered);
            clusteredTaken |= clustered;
        }

        foreach ((ConstraintSyntax constraint, string? column) in constraints)
        {
            switch (constraint.Kind)
            {
                case ConstraintKind.Default:
                    AddDefault(constraint, column);
                    break;
                case ConstraintKind.Check:
                    AddCheck(constraint, column, isNotTrusted);
                    break;
                case ConstraintKind.ForeignKey:
                    AddForeignKey(constraint, column, isNotTrusted);
                    break;
                case ConstraintKind.Connection:
                    AddConnection(constraint, isNotTrusted);
                    break;
            }
        }
    }

    private IndexDefinition? ClusteredIndex => Table.Indexes.FirstOrDefault(i => i.Kind is IndexKind.Clustered or IndexKind.ClusteredColumnStore);

    private void AddKey(ConstraintSyntax constraint, string? columnName, bool isClustered)
    {
        bool isPrimary = constraint.Kind == ConstraintKind.PrimaryKey;
        IReadOnlyList<IndexColumnSyntax> columns = constraint.Columns.Count > 0 ? constraint.Columns
            : columnName is not null ? [new IndexColumnSyntax(columnName)]
            : throw SqlErrors.Create(8135, Table.Name);
        if (isPrimary && Table.Indexes.Any(i => i.IsPrimaryKey))
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(1779, Table.Name), 1750);
        }

        if (isClustered && ClusteredIndex is { } existing)
        {
            throw SqlErrors.CreateAfter(SqlErrors.CreateWithState(1902, 3, "table", Table.Name, existing.Name), 1750);
        }

        int objectId = _nextObjectId();
        string name = constraint.Name ?? SystemKeyName(isPrimary ? "PK" : "UQ", columns, objectId);
        ImmutableArray<IndexColumn> key = KeyColumns(columns, name, (c, t) => SqlErrors.CreateAfter(SqlErrors.Create(1919, c, t), 1750), isConstraint: true);
        if (isPrimary)
        {
            foreach (IndexColumn keyColumn in key)
            {
                ColumnDefinition column = Table.Columns[Table.OrdinalOf(keyColumn.ColumnId)];
                if (!column.IsNullable)
                {
                    continue;
                }

                // A column that did not say NULL becomes NOT NULL; the syntax has been folded into IsNullable, so only new plain tables may change it.
                if (!_isNew || _explicitlyNullable.Contains(column.Name) || (column.IsComputed && !column.IsPersisted))
                {
                    throw SqlErrors.CreateAfter(SqlErrors.Create(8111, Table.Name), 1750);
                }

                ReplaceColumn(column with { IsNullable = false });
            }
        }

        CheckConstraintName(name);
        Append(new IndexDefinition
        {
            IndexId = isClustered ? 1 : NextIndexId(),
            Name = name,
            Kind = isClustered ? IndexKind.Clustered : IndexKind.NonClustered,
            IsUnique = true,
            IsPrimaryKey = isPrimary,
            IsUniqueConstraint = !isPrimary,
            IsSystemNamed = constraint.Name is null,
            ConstraintObjectId = objectId,
            KeyColumns = key,
            IgnoreDuplicateKeys = IndexOptions.IsOn(constraint.Options, "IGNORE_DUP_KEY"),
            FillFactor = IndexOptions.FillFactor(constraint.Options),
            Options = IndexOptions.Keep(constraint.Options),
        });
    }

    private readonly HashSet<string> _explicitlyNullable = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Remembers columns declared NULL: a primary key on one is error 8111 rather than an implied NOT NULL.</summary>
    public void NoteNullability(IEnumerable<ColumnDefinitionSyntax> columns)
    {
        foreach (ColumnDefinitionSyntax column in columns.Where(c => c.IsNullable == true))
        {
            _explicitlyNullable.Add(column.Name);
        }
    }

    private void AddDefault(ConstraintSyntax constraint, string? columnName)
    {
        string name = columnName ?? constraint.Columns[0].Name;
        ColumnDefinition column = RequireColumn(name, () => SqlErrors.CreateAfter(SqlErrors.Create(1752, name, Table.Name), 1750));
        RefuseGraphColumn(column);
        if (column.Default is { IsBound: true } && columnName is not null)
        {
            // A default of the column's own takes the place of its type's.
            column = column with { Default = null };
        }

        if (column.Default is not null)
        {
            throw _isNew && columnName is not null
                ? SqlErrors.Create(8148, "DEFAULT", name, WrittenName)
                : SqlErrors.CreateAfter(SqlErrors.Create(1781), 1750);
        }

        if (column.Identity is not null)
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(1754, Table.Name, name), 1750);
        }

        if (column.Type.Id == SqlTypeId.RowVersion)
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(1755, Table.Name, name), 1750);
        }

        if (column.IsSparse)
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(1791, name, Table.Name), 1750);
        }

        if (column.IsComputed || column.Type.Id == SqlTypeId.Vector)
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(1752, name, Table.Name), 1750);
        }

        if (SyntaxWalker.ColumnNames(constraint.Default!).FirstOrDefault() is { } used)
        {
            throw SqlErrors.Create(128, used);
        }

        // Types must fit now (206, 257 ...); the value itself is judged when a row takes it.
        var context = new CompilationContext(_session, Catalog, new VariableMap());
        QueryCompiler.CompileExpression(constraint.Default!, new BindingScope(context) { Clause = BindingClause.Default }, column.Type);

        int objectId = _nextObjectId();
        string constraintName = constraint.Name ?? SystemName("DF", name, objectId);
        CheckConstraintName(constraintName);
        ReplaceColumn(column with { Default = new DefaultDefinition(objectId, constraintName, SyntaxText.Of(constraint.Default!), constraint.Name is null) });
    }

    private void AddCheck(ConstraintSyntax constraint, string? columnName, bool isNotTrusted)
    {
        HashSet<string> used = SyntaxWalker.ColumnNames(constraint.Check!);
        foreach (string name in used)
        {
            if (Table.FindColumn(name) is not (>= 0 and int ordinal))
            {
                continue;
            }

            ColumnDefinition column = Table.Columns[ordinal];
            RefuseGraphColumn(column);
            if (column.Type.Id == SqlTypeId.Vector)
            {
                throw SqlErrors.CreateAfter(SqlErrors.Create(1760, "CHECK", column.Type.Name), 1750);
            }

            if (columnName is not null && !name.Equals(columnName, StringComparison.OrdinalIgnoreCase))
            {
                throw SqlErrors.CreateAfter(SqlErrors.Create(8141, "CHECK", columnName, WrittenName), 1750);
            }
        }

        (BindingScope scope, _) = Scope(withComputed: true);
        try
        {
            QueryCompiler.CompilePredicate(constraint.Check!, scope);
        }
        catch (SqlErrorException error) when (error.Error.Number == 207)
        {
            throw SqlErrors.CreateAfter(error, 1750);
        }

        int objectId = _nextObjectId();
        string constraintName = constraint.Name ?? SystemName("CK", columnName ?? "", objectId);
        CheckConstraintName(constraintName);
        int parentColumn = columnName is not null ? Table.Columns[Table.FindColumn(columnName)].ColumnId
            : used.Count == 1 && !_isNew && Table.FindColumn(used.First()) is >= 0 and int only ? Table.Columns[only].ColumnId
            : 0;
        Table = Table with
        {
            Checks = Table.Checks.Add(new CheckDefinition(
                objectId, constraintName, SyntaxText.Of(constraint.Check!), parentColumn, IsDisabled: false, isNotTrusted, constraint.Name is null)),
        };
    }

    private void AddForeignKey(ConstraintSyntax constraint, string? columnName, bool isNotTrusted)
    {
        if (IsTemporary)
        {
            Inform?.Invoke(1756, [constraint.Name ?? Table.Name]);
            return;
        }

        int objectId = _nextObjectId();
        List<string> columns = constraint.Columns.Count > 0 ? [.. constraint.Columns.Select(c => c.Name)] : [columnName!];
        ObjectName target = constraint.ReferencedTable!;
        string name = constraint.Name ?? SystemName("FK", columns.Count == 1 ? columns[0] : "", objectId);
        if (target.Database is { } database && !database.Equals(Catalog.DatabaseName, StringComparison.OrdinalIgnoreCase))
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(1763, name), 1750);
        }

        if (target.Name.StartsWith('#'))
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(1766, name), 1750);
        }

        TableDefinition referenced = FindReferenced(target, name);
        if (columns.Count > MaxForeignKeyColumns)
        {
            throw SqlErrors.Create(1904, name, Table.Name, columns.Count, MaxForeignKeyColumns);
        }

        ColumnDefinition[] referencing = [.. columns.Select(c =>
            RequireColumn(c, () => SqlErrors.CreateAfter(SqlErrors.Create(1769, name, c, Table.Name), 1750)))];
        IReadOnlyList<ColumnDefinition> targetColumns = ReferencedColumns(constraint, referenced, referencing, name, target);
        foreach (ColumnDefinition column in referencing)
        {
            RefuseGraphColumn(column);
        }

        if (targetColumns.Any(c => c.GraphType != 0))
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(13946), 1750);
        }

        RequireCandidateKey(referenced, targetColumns, name, target.ToString());
        for (int i = 0; i < referencing.Length; i++)
        {
            CheckPair(referencing[i], targetColumns[i], target.ToString(), name);
        }

        CheckActions(constraint, referencing, name);
        if (Catalog.TriggersOn(Table.ObjectId).Any(t => t.IsInsteadOf
            && ((constraint.OnDelete != ReferentialAction.NoAction && t.TriggerEvents.Contains("DELETE")) || (constraint.OnUpdate != ReferentialAction.NoAction && t.TriggerEvents.Contains("UPDATE")))))
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(1787, name, Table.Name), 1750);
        }

        CheckConstraintName(name);
        var key = new ForeignKeyDefinition
        {
            ObjectId = objectId,
            Name = name,
            ColumnIds = [.. referencing.Select(c => c.ColumnId)],
            ReferencedObjectId = referenced.ObjectId,
            ReferencedColumnIds = [.. targetColumns.Select(c => c.ColumnId)],
            OnDelete = constraint.OnDelete,
            OnUpdate = constraint.OnUpdate,
            IsNotTrusted = isNotTrusted,
            IsSystemNamed = constraint.Name is null,
        };
        CheckCascadePaths(key);
        Table = Table with { ForeignKeys = Table.ForeignKeys.Add(key) };
    }

    private TableDefinition FindReferenced(ObjectName target, string keyName)
    {
        string schema = target.Schema ?? Catalog.SchemaName(Table.SchemaId) ?? "dbo";
        if (target.Name.Equals(Table.Name, StringComparison.OrdinalIgnoreCase) && schema.Equals(Catalog.SchemaName(Table.SchemaId), StringComparison.OrdinalIgnoreCase))
        {
            return Table;
        }

        CatalogObject? found = Catalog.Find(schema, target.Name)
            ?? (target.Schema is null ? Catalog.Find(_session.DefaultSchema, target.Name) ?? Catalog.Find("dbo", target.Name) : null);
        return found switch
        {
            TableDefinition table => table,
            null => throw SqlErrors.CreateAfter(SqlErrors.Create(1767, keyName, target.ToString()), 1750),
            _ => throw SqlErrors.CreateAfter(SqlErrors.Create(1768, keyName, target.ToString()), 1750),
        };
    }

    private IReadOnlyList<ColumnDefinition> ReferencedColumns(
        ConstraintSyntax constraint, TableDefinition referenced, ColumnDefinition[] referencing, string keyName, ObjectName target)
    {
        if (constraint.ReferencedColumns.Count > 0)
        {
            if (constraint.ReferencedColumns.Count != referencing.Length)
            {
                throw SqlErrors.Create(8139, Table.Name);
            }

            return [.. constraint.ReferencedColumns.Select(c => referenced.FindColumn(c) is >= 0 and int ordinal
                ? referenced.Columns[ordinal]
                : throw SqlErrors.CreateAfter(SqlErrors.Create(1770, keyName, c, target.ToString()), 1750))];
        }

        IndexDefinition primary = referenced.Indexes.FirstOrDefault(i => i.IsPrimaryKey)
            ?? throw SqlErrors.CreateAfter(SqlErrors.Create(1773, keyName, target.ToString()), 1750);
        if (primary.KeyColumns.Length != referencing.Length)
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(1774, keyName, target.ToString()), 1750);
        }

        return [.. primary.KeyColumns.Select(k => referenced.Columns[referenced.OrdinalOf(k.ColumnId)])];
    }

    /// <summary>The referenced columns must be exactly the key of a unique index without filter, in any order.</summary>
    private static void RequireCandidateKey(TableDefinition referenced, IReadOnlyList<ColumnDefinition> columns, string keyName, string asWritten)
    {
        var wanted = columns.Select(c => c.ColumnId).ToHashSet();
        bool found = referenced.Indexes.Any(i => i is { IsUnique: true, FilterText: null, IsDisabled: false }
            && i.KeyColumns.Length == wanted.Count && i.KeyColumns.All(k => wanted.Contains(k.ColumnId)));
        if (!found)
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(1776, asWritten, keyName), 1750);
        }
    }

    private void CheckPair(ColumnDefinition referencing, ColumnDefinition referenced, string referencedTable, string keyName)
    {
        SqlType a = referencing.Type;
        SqlType b = referenced.Type;
        bool sameFamily = a.Id == b.Id || (a.IsDecimal && b.IsDecimal);
        if (!sameFamily)
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(1778, referencedTable, referenced.Name, Table.Name, referencing.Name, keyName), 1750);
        }

        bool differs = a.IsString || a.IsBinary ? a.Length != b.Length : a.IsDecimal ? a.Precision != b.Precision || a.Scale != b.Scale : a.Scale != b.Scale;
        if (differs)
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(1753, referencedTable, referenced.Name, Table.Name, referencing.Name, keyName), 1750);
        }

        if (a.IsString && a.EffectiveCollation.Name != b.EffectiveCollation.Name)
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(1757, referencedTable, referenced.Name, Table.Name, referencing.Name, keyName), 1750);
        }
    }

    private void CheckActions(ConstraintSyntax constraint, ColumnDefinition[] referencing, string keyName)
    {
        if ((constraint.OnDelete == ReferentialAction.SetNull || constraint.OnUpdate == ReferentialAction.SetNull) && referencing.Any(c => !c.IsNullable))
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(1761, keyName), 1750);
        }

        if (referencing.FirstOrDefault(c => c.IsComputed && !c.IsPersisted) is not null)
        {
            throw SqlErrors.Create(8183);
        }

        bool writes = constraint.OnUpdate != ReferentialAction.NoAction || constraint.OnDelete is ReferentialAction.SetNull or ReferentialAction.SetDefault;
        if (writes && referencing.FirstOrDefault(c => c.Identity is not null) is { } identity)
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(1788, keyName, Table.Name, identity.Name), 1750);
        }
    }

    /// <summary>
    /// Error 1785: a statement may reach a table by cascading only along one path. Walks the cascade graph from every table that reaches the referenced one.
    /// </summary>
    private void CheckCascadePaths(ForeignKeyDefinition added)
    {
        foreach (bool onDelete in (ReadOnlySpan<bool>)[true, false])
        {
            if ((onDelete ? added.OnDelete : added.OnUpdate) == ReferentialAction.NoAction)
            {
                continue;
            }

            var edges = new List<(int From, int To)>();
            foreach (TableDefinition table in Catalog.ObjectsById.Values.OfType<TableDefinition>().Where(t => t.ObjectId != Table.ObjectId).Append(Table))
            {
                edges.AddRange(table.ForeignKeys
                    .Where(k => (onDelete ? k.OnDelete : k.OnUpdate) != ReferentialAction.NoAction)
                    .Select(k => (k.ReferencedObjectId, table.ObjectId)));
            }

            edges.Add((added.ReferencedObjectId, Table.ObjectId));
            ILookup<int, int> next = edges.ToLookup(e => e.From, e => e.To);
            foreach (int root in edges.Select(e => e.From).Distinct())
            {
                var seen = new HashSet<int> { root };
                var queue = new Queue<int>([root]);
                while (queue.TryDequeue(out int current))
                {
                    foreach (int child in next[current])
                    {
                        if (!seen.Add(child))
                        {
                            throw SqlErrors.CreateAfter(SqlErrors.Create(1785, added.Name, Table.Name), 1750);
                        }

                        queue.Enqueue(child);
                    }
                }
            }
        }
    }

    /// <summary>Error 2714 when the schema already has something with this name (constraints share the name space of objects).</summary>
    private void CheckConstraintName(string name)
    {
        CheckName(name);
        bool taken = CatalogSnapshot.ConstraintsOf(Table).Any(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (!IsTemporary && Table.Type != ObjectTypes.TableType)
        {
            string schema = Catalog.SchemaName(Table.SchemaId)!;
            taken |= Catalog.Find(schema, name) is not null || Catalog.FindConstraint(schema, name) is not null
                || (_isNew && name.Equals(Table.Name, StringComparison.OrdinalIgnoreCase));
        }

        if (taken)
        {
            throw SqlErrors.CreateAfter(SqlErrors.CreateWithState(2714, 5, name), 1750);
        }
    }

    /// <summary>PK__Orders__3214EC07A1B2C3D4: table name cut to eight characters, a hash of the key, the object id.</summary>
    private string SystemKeyName(string prefix, IReadOnlyList<IndexColumnSyntax> columns, int objectId)
    {
        uint hash = 2166136261;
        foreach (char c in string.Join('\0', columns.Select(c => c.Name)))
        {
            hash = (hash ^ c) * 16777619;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{prefix}__{Cut(Table.Name.TrimStart('#'), 8)}__{hash:X8}{(uint)objectId:X8}");
    }

    /// <summary>DF__Orders__Status__1A2B3C4D: nine characters of the table, five of the column, the object id.</summary>
    private string SystemName(string prefix, string column, int objectId) => string.Create(
        CultureInfo.InvariantCulture, $"{prefix}__{Cut(Table.Name.TrimStart('#'), 9)}__{(column.Length == 0 ? "" : Cut(column, 5) + "__")}{(uint)objectId:X8}");

    private static string Cut(string name, int length) => name.Length <= length ? name : name[..length];
}
