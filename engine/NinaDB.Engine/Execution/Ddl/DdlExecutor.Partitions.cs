using System.Collections.Immutable;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>
/// Partition functions and schemes, and tables placed on them. Rows are stored together: which partition a row belongs to follows from its value, so SPLIT and MERGE
/// move nothing.
/// </summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/partitions/partitioned-tables-and-indexes</remarks>
internal sealed partial class DdlExecutor
{
    private const int FunctionObjectIds = -1_000_000, SchemeObjectIds = -2_000_000;

    private void ChangePartitionFunction(PartitionFunctionStatement statement)
    {
        if (statement.Action == "CREATE")
        {
            CreatePartitionFunction(statement);
            return;
        }

        PartitionFunctionDefinition function = Partitions.Function(Catalog, statement.Name) ?? throw SqlErrors.Create(15151, "alter", "partition function", statement.Name);
        SqlValue value = statement.Values.Count == 1 ? Boundary(statement.Values[0], function.ParameterType, 1) : throw SqlErrors.Create(102, ")");
        SqlComparer comparer = SqlComparer.For(function.ParameterType);
        int found = -1;
        for (int i = 0; i < function.Boundaries.Length; i++)
        {
            if (PartitionFunctionDefinition.Compare(comparer, function.Boundaries[i], value) == 0)
            {
                found = i;
            }
        }

        List<PartitionSchemeDefinition> schemes = [.. Partitions.Schemes(Catalog).Where(s => s.FunctionObjectId == function.ObjectId)];
        if (statement.Action == "SPLIT")
        {
            if (found >= 0)
            {
                throw SqlErrors.Create(7721, found + 1);
            }

            if (schemes.Find(s => s.NextUsed is null) is { } missing)
            {
                throw SqlErrors.Create(7710, missing.Name);
            }

            int at = function.Boundaries.Count(b => PartitionFunctionDefinition.Compare(comparer, b, value) < 0);
            _editor.Put(function with { Boundaries = function.Boundaries.Insert(at, value), ModifyDate = _editor.Now });
            foreach (PartitionSchemeDefinition scheme in schemes)
            {
                // The new partition is the one that holds the new boundary.
                _editor.Put(scheme with { Filegroups = scheme.Filegroups.Insert(function.IsRight ? at + 1 : at, scheme.NextUsed!), NextUsed = null, ModifyDate = _editor.Now });
            }

            return;
        }

        if (found < 0)
        {
            throw SqlErrors.Create(7715);
        }

        _editor.Put(function with { Boundaries = function.Boundaries.RemoveAt(found), ModifyDate = _editor.Now });
        foreach (PartitionSchemeDefinition scheme in schemes)
        {
            _editor.Put(scheme with { Filegroups = scheme.Filegroups.RemoveAt(function.IsRight ? found + 1 : found), ModifyDate = _editor.Now });
        }
    }

    private void CreatePartitionFunction(PartitionFunctionStatement statement)
    {
        TableBuilder.CheckName(statement.Name);
        if (Partitions.Function(Catalog, statement.Name) is not null)
        {
            throw SqlErrors.CreateWithState(2714, 6, statement.Name);
        }

        ResolvedType resolved;
        try
        {
            resolved = TypeResolver.Resolve(statement.Type!, Catalog, TypeUse.Parameter("", 1));
        }
        catch (SqlErrorException error) when (error.Error.Number is 2715 or 243)
        {
            throw SqlErrors.CreateWithState(7704, 2, statement.Type!.Name.ToString());
        }

        SqlType type = resolved.Type;
        if (resolved.UserTypeId != 0 || resolved.Table is not null || !TableBuilder.IsKeyType(type) || type.IsMax || type.Id is SqlTypeId.RowVersion or SqlTypeId.HierarchyId or SqlTypeId.Udt or SqlTypeId.Cursor or SqlTypeId.Table)
        {
            throw SqlErrors.Create(7704, type.Id == SqlTypeId.RowVersion ? "timestamp" : type.DisplayName);
        }

        SqlComparer comparer = SqlComparer.For(type);
        var values = new List<(SqlValue Value, int Ordinal)>();
        foreach (Expression expression in statement.Values)
        {
            values.Add((Boundary(expression, type, values.Count + 1), values.Count + 1));
        }

        for (int i = 0; i < values.Count; i++)
        {
            for (int j = i + 1; j < values.Count; j++)
            {
                if (PartitionFunctionDefinition.Compare(comparer, values[i].Value, values[j].Value) == 0)
                {
                    throw SqlErrors.Create(7708, i + 1, j + 1);
                }
            }
        }

        List<(SqlValue Value, int Ordinal)> sorted = [.. values];
        sorted.Sort((a, b) => PartitionFunctionDefinition.Compare(comparer, a.Value, b.Value));
        if (!sorted.Select(v => v.Ordinal).SequenceEqual(values.Select(v => v.Ordinal)))
        {
            Inform(7709, statement.Name);
        }

        int id = Partitions.Functions(Catalog).Select(f => f.FunctionId + 1).DefaultIfEmpty(PartitionFunctionDefinition.FirstId).Max();
        _editor.Put(new PartitionFunctionDefinition
        {
            ObjectId = FunctionObjectIds - id,
            SchemaId = PartitionFunctionDefinition.NameSpace,
            Name = statement.Name,
            Type = "PF",
            FunctionId = id,
            ParameterType = type,
            IsRight = statement.IsRight,
            Boundaries = [.. sorted.Select(v => v.Value)],
            CreateDate = _editor.Now,
            ModifyDate = _editor.Now,
        });
    }

    /// <summary>A boundary as a value of the parameter's type. Error 7705.</summary>
    private SqlValue Boundary(Expression expression, SqlType type, int ordinal)
    {
        try
        {
            return DdlExpressions.Constant(expression, type, _session, _context)();
        }
        catch (SqlErrorException error) when (error.Error.Number is not (137 or 128 or 207 or 195))
        {
            throw SqlErrors.Create(7705, ordinal);
        }
    }

    private void ChangePartitionScheme(PartitionSchemeStatement statement)
    {
        if (statement.Action == "CREATE")
        {
            CreatePartitionScheme(statement);
            return;
        }

        PartitionSchemeDefinition scheme = Partitions.Scheme(Catalog, statement.Name) ?? throw SqlErrors.Create(15151, "alter", "partition scheme", statement.Name);
        _editor.Put(scheme with { NextUsed = statement.Filegroups.Count == 0 ? null : RequireFilegroup(statement.Filegroups[0], 61), ModifyDate = _editor.Now });
    }

    private string RequireFilegroup(string name, byte state) =>
        Filegroups.All(Catalog).FirstOrDefault(f => f.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw SqlErrors.CreateWithState(208, state, name);

    private void CreatePartitionScheme(PartitionSchemeStatement statement)
    {
        TableBuilder.CheckName(statement.Name);
        PartitionFunctionDefinition function = Partitions.Function(Catalog, statement.Function!) ?? throw SqlErrors.CreateWithState(208, 58, statement.Function);
        if (Partitions.Scheme(Catalog, statement.Name) is not null || Filegroups.All(Catalog).Contains(statement.Name, StringComparer.OrdinalIgnoreCase))
        {
            throw SqlErrors.CreateWithState(2714, 58, statement.Name);
        }

        if (!statement.IsAll && statement.Filegroups.Count < function.PartitionCount)
        {
            throw SqlErrors.Create(7707, function.Name, statement.Name);
        }

        ImmutableArray<string> filegroups = [.. statement.Filegroups.Select(f => RequireFilegroup(f, 58))];
        string? nextUsed = statement.IsAll ? filegroups[0] : filegroups.Length > function.PartitionCount ? filegroups[function.PartitionCount] : null;
        int id = Partitions.Schemes(Catalog).Select(s => s.SchemeId + 1).DefaultIfEmpty(PartitionSchemeDefinition.FirstId).Max();
        _editor.Put(new PartitionSchemeDefinition
        {
            ObjectId = SchemeObjectIds - id,
            SchemaId = PartitionSchemeDefinition.NameSpace,
            Name = statement.Name,
            Type = "PS",
            SchemeId = id,
            FunctionObjectId = function.ObjectId,
            Filegroups = statement.IsAll ? [.. Enumerable.Repeat(filegroups[0], function.PartitionCount)] : [.. filegroups.Take(function.PartitionCount)],
            NextUsed = nextUsed,
            CreateDate = _editor.Now,
            ModifyDate = _editor.Now,
        });
    }

    private void DropPartitionObject(string kind, string name)
    {
        if (kind == "PARTITION FUNCTION")
        {
            PartitionFunctionDefinition function = Partitions.Function(Catalog, name) ?? throw SqlErrors.Create(15151, "drop", "partition function", name);
            if (Partitions.Schemes(Catalog).Any(s => s.FunctionObjectId == function.ObjectId))
            {
                throw SqlErrors.Create(7706, function.Name);
            }

            _editor.Remove(function);
            return;
        }

        PartitionSchemeDefinition scheme = Partitions.Scheme(Catalog, name) ?? throw SqlErrors.Create(15151, "drop", "partition scheme", name);
        if (Catalog.ObjectsById.Values.OfType<TableDefinition>().Any(t => t.PartitionSchemeId == scheme.ObjectId))
        {
            throw SqlErrors.Create(7717, scheme.Name);
        }

        _editor.Remove(scheme);
    }

    /// <summary>Puts a table on what ON names: a filegroup (which changes nothing), or a partition scheme with its column.</summary>
    private TableDefinition Place(TableDefinition table, IReadOnlyDictionary<string, string> options)
    {
        if (!options.TryGetValue("ON", out string? written))
        {
            return table;
        }

        int open = written.EndsWith(')') ? written.IndexOf("](", StringComparison.Ordinal) : -1;
        if (open < 0)
        {
            if (Partitions.Scheme(Catalog, written) is { } unplaced)
            {
                throw SqlErrors.Create(2726, Catalog.Find(unplaced.FunctionObjectId)!.Name, 1);
            }

            return table.PartitionSchemeId == 0 ? table : table with { PartitionSchemeId = 0, PartitionColumnId = 0 };
        }

        string name = Parser.TryParseName(written[..(open + 1)])![0];
        string columnName = Parser.TryParseName(written[(open + 2)..^1])![0];
        PartitionSchemeDefinition scheme = Partitions.Scheme(Catalog, name) ?? throw SqlErrors.Create(1921, "partition scheme", name);
        PartitionFunctionDefinition function = Catalog.Find<PartitionFunctionDefinition>(scheme.FunctionObjectId)!;
        int ordinal = table.FindColumn(columnName);
        if (ordinal < 0)
        {
            throw SqlErrors.Create(1911, columnName);
        }

        ColumnDefinition column = table.Columns[ordinal];
        if (column.Type.WithCollation(null) != function.ParameterType.WithCollation(null))
        {
            throw SqlErrors.Create(7726, column.Name, column.Type.DisplayName, function.Name, function.ParameterType.DisplayName);
        }

        return table with { PartitionSchemeId = scheme.ObjectId, PartitionColumnId = column.ColumnId };
    }

    /// <summary>Error 1908: a unique index of a partitioned table has the partitioning column in its key.</summary>
    private static void RequirePartitionColumn(TableDefinition table)
    {
        if (table.PartitionSchemeId == 0)
        {
            return;
        }

        foreach (IndexDefinition index in table.Indexes.Where(i => i.IsUnique && i.KeyColumns.All(k => k.ColumnId != table.PartitionColumnId)))
        {
            SqlErrorException error = SqlErrors.Create(1908, table.Columns[table.OrdinalOf(table.PartitionColumnId)].Name, index.Name);
            throw index.ConstraintObjectId != 0 ? SqlErrors.CreateAfter(error, 1750) : error;
        }
    }

    /// <summary>The partition that SWITCH or TRUNCATE names: its number and what its rows satisfy; (0, null) for a table that is not partitioned.</summary>
    private (int Number, Func<SqlValue[], bool>? Condition) PartitionOf(TableDefinition table, Expression? number, string name)
    {
        if (Partitions.Of(Catalog, table) is not ({ }, { } function))
        {
            return (0, null);
        }

        if (number is null)
        {
            throw SqlErrors.Create(4911, name);
        }

        int wanted = DdlExpressions.Constant(number, SqlType.Int, _session, _context)() is { IsNull: false } value ? value.AsInt32 : 0;
        if (wanted < 1 || wanted > function.PartitionCount)
        {
            throw SqlErrors.Create(4950, wanted, name);
        }

        int ordinal = table.OrdinalOf(table.PartitionColumnId);
        return (wanted, row => function.PartitionOf(row[ordinal]) == wanted);
    }

    /// <summary>TRUNCATE TABLE ... WITH (PARTITIONS (...)). Identity values go on. Errors 7729, 7722.</summary>
    public static void TruncatePartitions(TableDefinition table, TruncateTableStatement statement, Session.EngineSession session, ExecutionContext context) =>
        new DdlExecutor(session, context).TruncatePartitions(table, statement);

    private void TruncatePartitions(TableDefinition table, TruncateTableStatement statement)
    {
        if (Partitions.Of(Catalog, table) is not ({ }, { } function))
        {
            throw SqlErrors.CreateWithState(7729, 3, "truncate table", "table", table.Name);
        }

        var wanted = new HashSet<int>();
        foreach ((Expression from, Expression? to) in statement.Partitions)
        {
            int first = Number(from);
            int last = to is null ? first : Number(to);
            wanted.UnionWith(Enumerable.Range(first, Math.Max(0, last - first + 1)));
        }

        int ordinal = table.OrdinalOf(table.PartitionColumnId);
        RemoveRows(table, row => wanted.Contains(function.PartitionOf(row[ordinal])));

        int Number(Expression expression)
        {
            int number = DdlExpressions.Constant(expression, SqlType.Int, _session, _context)() is { IsNull: false } value ? value.AsInt32 : 0;
            return number >= 1 && number <= function.PartitionCount ? number : throw SqlErrors.Create(7722, number, "table", table.Name, function.PartitionCount);
        }
    }
}
