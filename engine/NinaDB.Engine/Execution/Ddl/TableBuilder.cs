using System.Collections.Immutable;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>
/// Makes a <see cref="TableDefinition"/> from syntax, adding to an empty or an existing table: columns, constraints, inline indexes, with every rule and error
/// of their declaration. Knows nothing of rows: storage and checks of existing data are the caller's.
/// </summary>
internal sealed partial class TableBuilder
{
    private const int MaxColumns = 1024;
    private const int MaxKeyColumns = 32;
    private const int MaxForeignKeyColumns = 16;

    private readonly EngineSession _session;
    private readonly Func<int> _nextObjectId;
    private readonly bool _isNew;
    private readonly string? _writtenName;

    /// <param name="table">What to start from; an empty definition for a new table.</param>
    /// <param name="isNew">True for CREATE TABLE, table types and table variables: some errors differ from ALTER TABLE's.</param>
    public TableBuilder(EngineSession session, TableDefinition table, Func<int> nextObjectId, bool isNew)
    {
        _session = session;
        _nextObjectId = nextObjectId;
        _isNew = isNew;
        Table = table;
    }

    /// <summary>The table as the statement names it, for messages.</summary>
    public string WrittenName { get => _writtenName ?? Table.Name; init => _writtenName = value; }

    /// <summary>Receives messages that are no errors.</summary>
    public Action<int, object?[]>? Inform { get; init; }

    /// <summary>The definition so far.</summary>
    public TableDefinition Table { get; private set; }

    private CatalogSnapshot Catalog => _session.Catalog;

    /// <summary>True for temp tables and table variables.</summary>
    private bool IsTemporary => Table.Storage != TableStorageKind.Durable;

    /// <summary>Shape of a table variable, of RETURNS @t TABLE, or of a table type (<paramref name="storage"/> Durable then).</summary>
    public static TableDefinition BuildShape(EngineSession session, TableDefinitionSyntax syntax, string name, int objectId, TableStorageKind storage, Func<int>? nextObjectId = null)
    {
        var empty = new TableDefinition
        {
            ObjectId = objectId,
            SchemaId = InitialCatalog.DboSchemaId,
            Name = name,
            Type = storage == TableStorageKind.Durable ? ObjectTypes.TableType : ObjectTypes.UserTable,
            Columns = [],
            Storage = storage,
            CreateDate = DateTime.Now,
            ModifyDate = DateTime.Now,
        };
        var builder = new TableBuilder(session, empty, nextObjectId ?? TemporaryCatalog.NextObjectId, isNew: true);
        builder.Add(syntax);
        return builder.Table;
    }

    /// <summary>Adds everything a table body declares.</summary>
    public void Add(TableDefinitionSyntax syntax)
    {
        if (syntax.Period is not null && (Table.Storage == TableStorageKind.Variable || Table.Type == ObjectTypes.TableType))
        {
            throw SqlErrors.Create(13572);
        }

        AddColumns(syntax.Columns);
        SetPeriod(syntax.Period, syntax.Columns);
        var constraints = syntax.Columns.SelectMany(c => c.Constraints.Select(k => (Constraint: k, Column: (string?)c.Name)))
            .Concat(syntax.Constraints.Select(k => (Constraint: k, Column: (string?)null)))
            .ToList();
        AddConstraints(constraints, syntax.Indexes.Any(i => i.IsClustered == true));
        foreach (IndexDefinitionSyntax index in syntax.Indexes)
        {
            AddIndex(index);
        }

        Finish();
    }

    /// <summary>Adds a heap where there is no clustered index, and checks rules about the table as a whole.</summary>
    public void Finish()
    {
        if (Table.Indexes.Length == 0 || Table.Indexes[0].Kind is not (IndexKind.Heap or IndexKind.Clustered))
        {
            Table = Table with { Indexes = Table.Indexes.Insert(0, new IndexDefinition { IndexId = 0, Kind = IndexKind.Heap }) };
        }

        if (Table.Columns.Any(c => c.IsFileStream)
            && !Table.Columns.Any(c => c.IsRowGuid && !c.IsNullable && Table.Indexes.Any(i => i is { IsUnique: true, FilterText: null } && i.KeyColumns.Length == 1 && i.KeyColumns[0].ColumnId == c.ColumnId)))
        {
            throw SqlErrors.Create(5505);
        }
    }

    /// <summary>Adds columns in order; computed ones are typed last, because they may use any plain column.</summary>
    public void AddColumns(IReadOnlyList<ColumnDefinitionSyntax> columns)
    {
        foreach (ColumnDefinitionSyntax column in columns)
        {
            CheckName(column.Name);
            if (Table.FindColumn(column.Name) >= 0)
            {
                throw SqlErrors.CreateWithState(2705, 3, column.Name, WrittenName);
            }

            if (Table.Columns.Length >= MaxColumns)
            {
                throw SqlErrors.Create(1702, column.Name, Table.Name, MaxColumns);
            }

            ColumnDefinition definition = column.Computed is null ? PlainColumn(column) : ComputedPlaceholder(column);
            Table = Table with { Columns = Table.Columns.Add(definition), MaxColumnId = definition.ColumnId };
        }

        foreach (ColumnDefinitionSyntax column in columns.Where(c => c.Computed is not null))
        {
            BindComputed(column);
        }
    }

    public void ReplaceColumn(ColumnDefinition column) => Table = Table with { Columns = Table.Columns.SetItem(Table.OrdinalOf(column.ColumnId), column) };

    /// <summary>A column with its type, nullability, identity and flags; constraints come later.</summary>
    public ColumnDefinition PlainColumn(ColumnDefinitionSyntax syntax)
    {
        int position = Table.Columns.Length + 1;
        ResolvedType resolved = TypeResolver.Resolve(syntax.Type!, Catalog, TypeUse.Column(syntax.Name, position));
        SqlType type = Table.Storage == TableStorageKind.Temporary ? resolved.Type : DatabaseOptions.Collate(resolved.Type, syntax.Type!, Catalog);
        if (type.Id is SqlTypeId.Cursor or SqlTypeId.Table || (type.UdtFacts is not null && TemporaryNames.IsTemporary(Table.Name)))
        {
            throw SqlErrors.CreateWithState(2715, 6, position, syntax.Type!.Name.ToString());
        }

        bool isKey = syntax.Constraints.Any(c => c.Kind == ConstraintKind.PrimaryKey);
        bool nullable = syntax.IsNullable ?? (!isKey && syntax.Identity is null && syntax.Generated == GeneratedAlways.None && (resolved.IsNullable ?? (!_isNew || Table.Storage == TableStorageKind.Variable || Table.Type == ObjectTypes.TableType || _session.Options.AnsiNullDefault)));
        var column = new ColumnDefinition
        {
            ColumnId = Table.MaxColumnId + 1,
            Name = syntax.Name,
            Type = type,
            UserTypeId = resolved.UserTypeId,
            IsNullable = nullable,
            IsRowGuid = syntax.IsRowGuid,
            IsFileStream = syntax.IsFileStream,
            IsHidden = syntax.IsHidden,
            IsSparse = syntax.IsSparse,
            MaskFunction = syntax.MaskFunction is { } mask ? Security.MaskFunction.Parse(mask, syntax.Name, type).Text : null,
            GeneratedAlways = GeneratedType(syntax, type),
            IsAnsiPadded = _session.Options.AnsiPadding || !(type.IsAnsiString || type.IsBinary) || type.IsLegacyLob || type.IsMax || type.Id == SqlTypeId.RowVersion,
        };
        if (type.Id == SqlTypeId.RowVersion && Table.Columns.Any(c => c.Type.Id == SqlTypeId.RowVersion))
        {
            throw SqlErrors.Create(2738, Table.Name, syntax.Name);
        }

        if (syntax.IsRowGuid)
        {
            if (type.Id != SqlTypeId.UniqueIdentifier)
            {
                throw SqlErrors.Create(2761);
            }

            if (Table.Columns.Any(c => c.IsRowGuid))
            {
                throw SqlErrors.Create(8196);
            }
        }

        if (syntax.IsFileStream && (type.Id != SqlTypeId.VarBinary || !type.IsMax))
        {
            throw SqlErrors.Create(5508);
        }

        if (syntax.IsSparse)
        {
            CheckSparse(Catalog, Table.Name, column with { Identity = syntax.Identity is null ? null : new IdentityDefinition(1, 1) });
        }

        column = WithBindingsOfType(column);
        return syntax.Identity is { } identity ? WithIdentity(column, syntax, identity) with { Default = null } : column;
    }

    /// <summary>Error 1731: a sparse column is nullable, has no property of its own and none of the types that are kept apart.</summary>
    public static void CheckSparse(CatalogSnapshot catalog, string table, ColumnDefinition column)
    {
        SqlType type = column.Type;
        if (!column.IsNullable || column.IsRowGuid || column.Identity is not null || column.IsFileStream || catalog.FindType(column.UserTypeId) is not null || type.UdtFacts is not null
            || type.Id is SqlTypeId.Text or SqlTypeId.NText or SqlTypeId.Image or SqlTypeId.RowVersion or SqlTypeId.Geometry or SqlTypeId.Geography)
        {
            throw SqlErrors.Create(1731, column.Name, table);
        }
    }

    /// <summary>A column is born with what is bound to its alias type; a table variable's may not be (error 1710).</summary>
    private ColumnDefinition WithBindingsOfType(ColumnDefinition column)
    {
        if (Catalog.FindType(column.UserTypeId) is not { } type || (type.Default is null && type.Rule is null))
        {
            return column;
        }

        if (Table.Storage == TableStorageKind.Variable || Table.Type == ObjectTypes.TableType)
        {
            throw SqlErrors.Create(1710, type.Name, type.Rule is null ? "default" : "rule");
        }

        return column with { Default = type.Default, Rule = type.Rule };
    }

    private ColumnDefinition WithIdentity(ColumnDefinition column, ColumnDefinitionSyntax syntax, (decimal Seed, decimal Increment) identity)
    {
        if (Table.Columns.Any(c => c.Identity is not null))
        {
            throw SqlErrors.Create(2744, Table.Name);
        }

        if (!IsIntegral(column.Type))
        {
            throw SqlErrors.CreateWithState(2749, 2, column.Name);
        }

        if (syntax.IsNullable == true)
        {
            throw SqlErrors.Create(8147, column.Name, WrittenName);
        }

        (decimal minimum, decimal maximum) = IntegralRange(column.Type);
        if (identity.Seed < minimum || identity.Seed > maximum)
        {
            throw SqlErrors.Create(2752, column.Name);
        }

        if (identity.Increment == 0 || identity.Increment < minimum || identity.Increment > maximum)
        {
            throw SqlErrors.Create(2753, column.Name);
        }

        return column with { Identity = new IdentityDefinition(identity.Seed, identity.Increment), IsNullable = false };
    }

    /// <summary>int family, or decimal/numeric without fraction: what identity columns and sequences may be.</summary>
    public static bool IsIntegral(SqlType type) =>
        type.Id is SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt || (type.IsDecimal && type.Scale == 0);

    /// <summary>Smallest and largest value of an integral type; decimals beyond 28 digits are held to what a .NET decimal takes.</summary>
    public static (decimal Minimum, decimal Maximum) IntegralRange(SqlType type)
    {
        switch (type.Id)
        {
            case SqlTypeId.TinyInt:
                return (0, 255);
            case SqlTypeId.SmallInt:
                return (short.MinValue, short.MaxValue);
            case SqlTypeId.Int:
                return (int.MinValue, int.MaxValue);
            case SqlTypeId.BigInt:
                return (long.MinValue, long.MaxValue);
            default:
                decimal limit = 1;
                for (int i = 0; i < Math.Min(type.Precision, (byte)28); i++)
                {
                    limit *= 10;
                }

                return (-(limit - 1), limit - 1);
        }
    }

    private ColumnDefinition ComputedPlaceholder(ColumnDefinitionSyntax syntax) => new()
    {
        ColumnId = Table.MaxColumnId + 1,
        Name = syntax.Name,
        Type = SqlType.Null,
        ComputedText = SyntaxText.Of(syntax.Computed!),
        IsPersisted = syntax.IsPersisted,
    };

    private void BindComputed(ColumnDefinitionSyntax syntax)
    {
        int ordinal = Table.FindColumn(syntax.Name);
        foreach (string name in SyntaxWalker.ColumnNames(syntax.Computed!))
        {
            if (Table.FindColumn(name) is >= 0 and int used && Table.Columns[used].IsComputed)
            {
                throw SqlErrors.Create(1759, Table.Columns[used].Name, Table.Name);
            }
        }

        (SqlType type, bool isNullable) = Describe(syntax.Computed!);
        if (syntax.IsPersisted && !DdlExpressions.IsDeterministic(syntax.Computed!, Catalog))
        {
            throw SqlErrors.Create(4936, syntax.Name, Table.Name);
        }

        if (syntax.IsNullable == false && !syntax.IsPersisted)
        {
            throw SqlErrors.Create(8183);
        }

        ColumnDefinition column = Table.Columns[ordinal];
        Table = Table with
        {
            Columns = Table.Columns.SetItem(ordinal, column with
            {
                Type = type.Id == SqlTypeId.Null ? SqlType.Int : type,
                IsNullable = syntax.IsNullable ?? isNullable,
            }),
        };
    }

    /// <summary>Type and nullability of an expression over this table's plain columns.</summary>
    private (SqlType Type, bool IsNullable) Describe(Expression expression)
    {
        (BindingScope scope, _) = Scope(withComputed: false);
        return QueryCompiler.Describe(expression, scope);
    }

    /// <summary>A scope over the columns of the table as it is now.</summary>
    private (BindingScope Scope, CompilationContext Context) Scope(bool withComputed)
    {
        var context = new CompilationContext(_session, Catalog, new VariableMap());
        TableDefinition table = withComputed ? Table : Table with { Columns = Table.Columns.RemoveAll(c => c.IsComputed) };
        return (QueryCompiler.BindScopeFor(context, [QueryCompiler.BindSourceFor(table, Table.Name, context, Catalog.SchemaName(Table.SchemaId))]), context);
    }

    /// <summary>Identifiers are at most 128 characters and not empty.</summary>
    public static void CheckName(string name)
    {
        if (name.Length > 128)
        {
            throw SqlErrors.CreateWithState(103, 4, "identifier", name[..128], 128);
        }

        if (name.Length == 0)
        {
            throw SqlErrors.Create(1038);
        }
    }

    private ColumnDefinition RequireColumn(string name, Func<SqlErrorException> error)
    {
        int ordinal = Table.FindColumn(name);
        return ordinal >= 0 ? Table.Columns[ordinal] : throw error();
    }
}
