using System.Collections.Immutable;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>A schema. Well-known ids as in SQL Server: dbo 1, guest 2, INFORMATION_SCHEMA 3, sys 4; user schemas from 5.</summary>
public sealed record SchemaDefinition(int SchemaId, string Name, int OwnerId = 1);

/// <summary>sys.objects.type codes.</summary>
public static class ObjectTypes
{
    public const string UserTable = "U ", View = "V ", Procedure = "P ", ClrProcedure = "PC", ScalarFunction = "FN", ClrScalarFunction = "FS",
        InlineFunction = "IF", TableFunction = "TF", ClrTableFunction = "FT", Trigger = "TR", PrimaryKey = "PK", Unique = "UQ", ForeignKey = "F ",
        Check = "C ", Default = "D ", Rule = "R ", Sequence = "SO", Synonym = "SN", TableType = "TT", SecurityPolicy = "SP", SystemTable = "S ", EdgeConstraint = "EC", ClrAggregate = "AF";
}

/// <summary>An entry of sys.objects. Immutable; DDL replaces it in a new <see cref="CatalogSnapshot"/>.</summary>
public abstract record CatalogObject
{
    public required int ObjectId { get; init; }

    public required int SchemaId { get; init; }

    public required string Name { get; init; }

    /// <summary>Code of <see cref="ObjectTypes"/>.</summary>
    public required string Type { get; init; }

    /// <summary>Table of a constraint or trigger; 0 for others.</summary>
    public int ParentObjectId { get; init; }

    public DateTime CreateDate { get; init; }

    public DateTime ModifyDate { get; init; }

    /// <summary>Database it is in. Not part of its record: the catalog that holds it knows.</summary>
    public int DatabaseId { get; init; } = ServerCatalog.HomeId;
}

public sealed record IdentityDefinition(decimal Seed, decimal Increment);

/// <summary>A column. Its position in <see cref="TableDefinition.Columns"/> is its place in row arrays; <see cref="ColumnId"/> is stable and never reused.</summary>
public sealed record ColumnDefinition
{
    public required int ColumnId { get; init; }

    public required string Name { get; init; }

    public required SqlType Type { get; init; }

    /// <summary>Alias type's user_type_id; 0 for a system type.</summary>
    public int UserTypeId { get; init; }

    public bool IsNullable { get; init; } = true;

    public IdentityDefinition? Identity { get; init; }

    /// <summary>Expression text of a computed column, in parentheses as sys.computed_columns shows it.</summary>
    public string? ComputedText { get; init; }

    public bool IsPersisted { get; init; }

    /// <summary>Default: its constraint's object id, name and expression text; null for none.</summary>
    public DefaultDefinition? Default { get; init; }

    /// <summary>Rule that sp_bindrule bound to the column; null for none.</summary>
    public RuleBinding? Rule { get; init; }

    public bool IsRowGuid { get; init; }

    public bool IsFileStream { get; init; }

    public bool IsHidden { get; init; }

    public bool IsSparse { get; init; }

    public string? MaskFunction { get; init; }

    /// <summary>sys.columns.generated_always_type (1 row start, 2 row end, ...).</summary>
    public byte GeneratedAlways { get; init; }

    /// <summary>False for a column made under SET ANSI_PADDING OFF: it keeps no trailing blanks (zero bytes).</summary>
    public bool IsAnsiPadded { get; init; } = true;

    /// <summary>sys.columns.graph_type for $node_id and the like; 0 for ordinary columns.</summary>
    public int GraphType { get; init; }

    public bool IsComputed => ComputedText is not null;
}

public sealed record DefaultDefinition(int ObjectId, string Name, string Text, bool IsSystemNamed)
{
    /// <summary>An object of CREATE DEFAULT that sp_bindefault bound, not a constraint of the column's own.</summary>
    public bool IsBound { get; init; }
}

/// <summary>A rule bound to a column or an alias type: the object of CREATE RULE and its condition.</summary>
public sealed record RuleBinding(int ObjectId, string Name, string Condition);

public enum IndexKind : byte
{
    Heap, Clustered, NonClustered, Vector, Json, Xml,

    /// <summary>A nonclustered columnstore index.</summary>
    ColumnStore,

    /// <summary>A clustered columnstore index: the rows stay in the heap, which the catalog does not show then.</summary>
    ClusteredColumnStore,

    /// <summary>WITH STATISTICS_ONLY: an index that a tuning tool imagines.</summary>
    Hypothetical,
}

/// <param name="Ordinal">Position of the column in <see cref="TableDefinition.Columns"/>.</param>
public sealed record IndexColumn(int ColumnId, bool IsDescending = false);

public sealed record IndexDefinition
{
    /// <summary>0 = heap, 1 = clustered, 2.. = others.</summary>
    public required int IndexId { get; init; }

    /// <summary>Null for a heap.</summary>
    public string? Name { get; init; }

    public required IndexKind Kind { get; init; }

    public bool IsUnique { get; init; }

    public bool IsPrimaryKey { get; init; }

    public bool IsUniqueConstraint { get; init; }

    public bool IsSystemNamed { get; init; }

    /// <summary>Object id of the PK/UQ constraint; 0 for a plain index.</summary>
    public int ConstraintObjectId { get; init; }

    public ImmutableArray<IndexColumn> KeyColumns { get; init; } = [];

    public ImmutableArray<int> IncludedColumnIds { get; init; } = [];

    /// <summary>Filter predicate text of a filtered index.</summary>
    public string? FilterText { get; init; }

    public bool IsDisabled { get; init; }

    public bool IgnoreDuplicateKeys { get; init; }

    public byte FillFactor { get; init; }

    /// <summary>Storage tree that holds it (IStoreConnection.CreateTree); a vector index keeps its graph there.</summary>
    public int TreeId { get; init; }

    /// <summary>cosine, dot or euclidean for a vector index.</summary>
    public string? VectorMetric { get; init; }

    /// <summary>Known to the catalog, and read by no query: whatever it holds could change no result.</summary>
    public bool IsCatalogOnly => Kind is IndexKind.Json or IndexKind.Xml or IndexKind.ColumnStore or IndexKind.ClusteredColumnStore or IndexKind.Hypothetical;

    public bool IsColumnStore => Kind is IndexKind.ColumnStore or IndexKind.ClusteredColumnStore;

    /// <summary>Further options as written (M, EF_CONSTRUCTION, JSON paths).</summary>
    public ImmutableDictionary<string, string> Options { get; init; } = ImmutableDictionary<string, string>.Empty;
}

public sealed record CheckDefinition(int ObjectId, string Name, string Text, int ParentColumnId, bool IsDisabled, bool IsNotTrusted, bool IsSystemNamed);

public sealed record ForeignKeyDefinition
{
    public required int ObjectId { get; init; }

    public required string Name { get; init; }

    public required ImmutableArray<int> ColumnIds { get; init; }

    public required int ReferencedObjectId { get; init; }

    public required ImmutableArray<int> ReferencedColumnIds { get; init; }

    public Syntax.Ast.ReferentialAction OnDelete { get; init; }

    public Syntax.Ast.ReferentialAction OnUpdate { get; init; }

    public bool IsDisabled { get; init; }

    public bool IsNotTrusted { get; init; }

    public bool IsSystemNamed { get; init; }
}

/// <summary>Statistics that CREATE STATISTICS declares. The planner keeps its own; these exist for the catalog.</summary>
public sealed record StatisticsDefinition(int StatisticsId, string Name, ImmutableArray<int> ColumnIds, string? FilterText, bool IsNotRecomputed);

/// <summary>A pair of node tables that an edge constraint lets edges connect.</summary>
public readonly record struct EdgeConstraintClause(int FromObjectId, int ToObjectId);

/// <summary>A constraint of an edge table: every edge must connect nodes that exist, of one of the pairs of tables.</summary>
public sealed record EdgeConstraintDefinition
{
    public required int ObjectId { get; init; }

    public required string Name { get; init; }

    public required ImmutableArray<EdgeConstraintClause> Clauses { get; init; }

    /// <summary>NO ACTION or CASCADE: what becomes of edges whose node is deleted.</summary>
    public Syntax.Ast.ReferentialAction OnDelete { get; init; }

    public bool IsDisabled { get; init; }

    public bool IsNotTrusted { get; init; }

    public bool IsSystemNamed { get; init; }
}

/// <summary>Where a table's rows live.</summary>
public enum TableStorageKind : byte
{
    /// <summary>In the database.</summary>
    Durable,

    /// <summary>#temp: in the session's memory store, part of transactions.</summary>
    Temporary,

    /// <summary>@table variable: in the session's memory store, outside transactions (statement rollback only).</summary>
    Variable,
}

/// <summary>A base table, temp table, table variable or the shape of a table type.</summary>
public sealed record TableDefinition : CatalogObject
{
    public required ImmutableArray<ColumnDefinition> Columns { get; init; }

    /// <summary>The heap or clustered index comes first.</summary>
    public ImmutableArray<IndexDefinition> Indexes { get; init; } = [];

    public ImmutableArray<CheckDefinition> Checks { get; init; } = [];

    public ImmutableArray<ForeignKeyDefinition> ForeignKeys { get; init; } = [];

    public TableStorageKind Storage { get; init; }

    public bool IsNode { get; init; }

    public bool IsEdge { get; init; }

    /// <summary>Constraints of an edge table.</summary>
    public ImmutableArray<EdgeConstraintDefinition> EdgeConstraints { get; init; } = [];

    /// <summary>Highest column id ever used.</summary>
    public int MaxColumnId { get; init; }

    /// <summary>PERIOD FOR SYSTEM_TIME; null for a table without one.</summary>
    public PeriodDefinition? Period { get; init; }

    /// <summary>CREATE STATISTICS: what was declared about columns, besides the indexes.</summary>
    public ImmutableArray<StatisticsDefinition> Statistics { get; init; } = [];

    /// <summary>Partition scheme that the rows are placed on, and the column that decides; 0 for other tables.</summary>
    public int PartitionSchemeId { get; init; }

    public int PartitionColumnId { get; init; }

    /// <summary>SYSTEM_VERSIONING = ON; null for other tables.</summary>
    public SystemVersioning? Versioning { get; init; }

    /// <summary>The system-versioned table whose history this table holds; 0 for other tables.</summary>
    public int HistoryOf { get; init; }

    public ImmutableDictionary<string, string> Options { get; init; } = ImmutableDictionary<string, string>.Empty;

    public IndexDefinition RowStore => Indexes[0];

    /// <summary>The clustered index, of rows or of columns, that was disabled: nothing is read from the table, or written to it, until it is rebuilt.</summary>
    public IndexDefinition? DisabledClustered => Indexes.FirstOrDefault(i => i is { IsDisabled: true, Kind: IndexKind.Clustered or IndexKind.ClusteredColumnStore });

    /// <summary>Position of a column by name (case-insensitive), or -1. A graph table's pseudo-columns are found under their short names too.</summary>
    public int FindColumn(string name)
    {
        for (int i = 0; i < Columns.Length; i++)
        {
            if (string.Equals(Columns[i].Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        if ((IsNode || IsEdge) && GraphColumns.IsPseudoColumn(name))
        {
            for (int i = 0; i < Columns.Length; i++)
            {
                if (GraphColumns.IsNamed(Columns[i].Name, name))
                {
                    return i;
                }
            }
        }

        return -1;
    }

    /// <summary>Position of a column by its stable id, or -1.</summary>
    public int OrdinalOf(int columnId)
    {
        for (int i = 0; i < Columns.Length; i++)
        {
            if (Columns[i].ColumnId == columnId)
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>A parameter of a module as sys.parameters shows it. Ordinal 0 is a function's return value.</summary>
public sealed record ParameterDefinition
{
    public required string Name { get; init; }

    public required SqlType Type { get; init; }

    public int UserTypeId { get; init; }

    public bool IsOutput { get; init; }

    public bool IsReadOnly { get; init; }

    public bool HasDefault { get; init; }
}

/// <summary>A column of a view or table-valued function.</summary>
public sealed record ResultColumnDefinition(string Name, SqlType Type, bool IsNullable);

/// <summary>A procedure, function, view or trigger: its text, and what the binder learned about it. The parsed tree is cached by the session layer, not stored.</summary>
public sealed record ModuleDefinition : CatalogObject
{
    /// <summary>Source text as sys.sql_modules shows it.</summary>
    public required string Text { get; init; }

    public ImmutableArray<ParameterDefinition> Parameters { get; init; } = [];

    /// <summary>Return type of a scalar function.</summary>
    public SqlType? ReturnType { get; init; }

    /// <summary>Columns of a view or table-valued function, fixed when it was created or refreshed.</summary>
    public ImmutableArray<ResultColumnDefinition> Columns { get; init; } = [];

    /// <summary>Return-table shape (with its constraints) of a multi-statement function.</summary>
    public TableDefinition? ReturnTable { get; init; }

    public bool IsSchemaBound { get; init; }

    public bool UsesAnsiNulls { get; init; } = true;

    public bool UsesQuotedIdentifier { get; init; } = true;

    public bool ReturnsNullOnNullInput { get; init; }

    /// <summary>EXECUTE AS: null for CALLER, else principal id (-2 = OWNER).</summary>
    public int? ExecuteAsPrincipalId { get; init; }

    /// <summary>Assembly, class and method of a CLR module.</summary>
    public Syntax.Ast.ExternalName? External { get; init; }

    /// <summary>Trigger: INSTEAD OF, events, state.</summary>
    public bool IsInsteadOf { get; init; }

    public ImmutableArray<string> TriggerEvents { get; init; } = [];

    public bool IsDisabled { get; init; }

    public bool WithCheckOption { get; init; }

    /// <summary>Events for which sp_settriggerorder has put the trigger first, or last.</summary>
    public ImmutableArray<string> FirstFor { get; init; } = [];

    public ImmutableArray<string> LastFor { get; init; } = [];

    /// <summary>WITH ENCRYPTION: the text is not shown.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>The rows of an indexed view with its indexes, under the view's own id and name; null for other modules.</summary>
    public TableDefinition? Materialized { get; init; }

    /// <summary>The n of name;n: 1 for every module but the numbered procedures of a group.</summary>
    public int Number { get; init; } = 1;

    /// <summary>Numbered procedures of the group that this procedure is the first of.</summary>
    public ImmutableArray<ModuleDefinition> Numbered { get; init; } = [];

    /// <summary>Object ids it depends on where schema-bound, for error 3729.</summary>
    public ImmutableArray<int> Dependencies { get; init; } = [];
}

public sealed record SequenceDefinition : CatalogObject
{
    public required SqlType DataType { get; init; }

    public required decimal Start { get; init; }

    public required decimal Increment { get; init; }

    public required decimal Minimum { get; init; }

    public required decimal Maximum { get; init; }

    public bool IsCycling { get; init; }

    /// <summary>Storage keeps the running value outside the catalog (it changes without DDL).</summary>
    public int CacheSize { get; init; } = 50;
}

public sealed record SynonymDefinition : CatalogObject
{
    public required string BaseObjectName { get; init; }
}

/// <summary>An object of CREATE DEFAULT or CREATE RULE, which columns and alias types are bound to.</summary>
public sealed record BindableDefinition : CatalogObject
{
    /// <summary>The whole batch, as sys.sql_modules shows it.</summary>
    public required string Text { get; init; }

    /// <summary>A default's expression or a rule's condition, as written.</summary>
    public required string Body { get; init; }

    public bool IsRule => Type == ObjectTypes.Rule;
}

/// <summary>A user-defined alias type or table type.</summary>
public sealed record TypeDefinition
{
    /// <summary>From 257 on.</summary>
    public required int UserTypeId { get; init; }

    public required int SchemaId { get; init; }

    public required string Name { get; init; }

    /// <summary>Base type of an alias type; null for a table type.</summary>
    public SqlType? BaseType { get; init; }

    public bool IsNullable { get; init; } = true;

    /// <summary>Default and rule bound to an alias type; columns that are declared with it later are born with them.</summary>
    public DefaultDefinition? Default { get; init; }

    public RuleBinding? Rule { get; init; }

    /// <summary>Shape of a table type (its ObjectId is the type_table_object_id).</summary>
    public TableDefinition? Table { get; init; }

    /// <summary>Assembly and class of a CLR type; its <see cref="BaseType"/> is then the binary type of its serialized values.</summary>
    public ClrTypeName? Clr { get; init; }
}

/// <param name="Class">With its namespace.</param>
public sealed record ClrTypeName(string Assembly, string Class);

public sealed record AssemblyDefinition(int AssemblyId, string Name, string ClrName, byte PermissionSet, byte[] Content, DateTime CreateDate)
{
    /// <summary>ALTER ASSEMBLY ADD FILE: what is kept beside the assembly, its sources or symbols.</summary>
    public ImmutableArray<AssemblyFile> Files { get; init; } = [];
}

/// <param name="FileId">From 2 on: 1 is the assembly.</param>
public sealed record AssemblyFile(int FileId, string Name, byte[] Content);

/// <summary>Class, ids and name as in sys.extended_properties.</summary>
public sealed record ExtendedProperty(byte Class, int MajorId, int MinorId, string Name, SqlValue Value);

/// <param name="Type">S SQL user, E external user, R role, U Windows.</param>
public sealed record PrincipalDefinition(int PrincipalId, string Name, char Type, string? DefaultSchema, int OwnerId, bool IsFixedRole, ImmutableArray<int> MemberOf)
{
    /// <summary>Login that this user belongs to, where it is not the one of the same name; empty for a user WITHOUT LOGIN.</summary>
    public string? LoginName { get; init; }

    /// <summary>Made with a grant of CONNECT of its own, and so kept out when that is revoked. False for users that are older than that.</summary>
    public bool NeedsConnect { get; init; }

    public string? DefaultLanguage { get; init; }
}

/// <param name="State">G grant, W grant with grant option, D deny.</param>
public sealed record PermissionDefinition(byte Class, int MajorId, int MinorId, int GranteeId, int GrantorId, string Permission, char State)
{
    /// <summary>Whether another entry stands in the same place: one grantor says one thing of a permission to a grantee.</summary>
    internal bool HasKeyOf(PermissionDefinition other) => Class == other.Class && MajorId == other.MajorId && MinorId == other.MinorId && GranteeId == other.GranteeId && GrantorId == other.GrantorId && Permission == other.Permission;
}
