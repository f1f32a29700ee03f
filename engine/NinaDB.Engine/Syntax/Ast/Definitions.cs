namespace NinaDB.Engine.Syntax.Ast;

public enum ConstraintKind
{
    PrimaryKey, Unique, ForeignKey, Check, Default, Connection,
}

public enum ReferentialAction
{
    NoAction, Cascade, SetNull, SetDefault,
}

/// <param name="HasOrder">ASC or DESC is written.</param>
public sealed record IndexColumnSyntax(string Name, bool IsDescending = false, bool HasOrder = false);

/// <summary>A column or table constraint.</summary>
public sealed class ConstraintSyntax : SyntaxNode
{
    public required ConstraintKind Kind { get; init; }

    /// <summary>Null when unnamed (the catalog makes a name).</summary>
    public string? Name { get; init; }

    /// <summary>Key or referencing columns; the column itself for a column constraint; the FOR column of DEFAULT.</summary>
    public IReadOnlyList<IndexColumnSyntax> Columns { get; init; } = [];

    /// <summary>CLUSTERED / NONCLUSTERED; null when unsaid.</summary>
    public bool? IsClustered { get; init; }

    public ObjectName? ReferencedTable { get; init; }

    public IReadOnlyList<string> ReferencedColumns { get; init; } = [];

    public ReferentialAction OnDelete { get; init; }

    public ReferentialAction OnUpdate { get; init; }

    public Predicate? Check { get; init; }

    public Expression? Default { get; init; }

    /// <summary>DEFAULT ... WITH VALUES.</summary>
    public bool WithValues { get; init; }

    /// <summary>NOT FOR REPLICATION is accepted and ignored.</summary>
    public bool NotForReplication { get; init; }

    /// <summary>CONNECTION (a TO b, ...) of edge tables.</summary>
    public IReadOnlyList<(ObjectName From, ObjectName To)> Connections { get; init; } = [];

    /// <summary>Index options, upper-cased name to value text.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}

public enum GeneratedAlways
{
    None, RowStart, RowEnd, TransactionIdStart, TransactionIdEnd, SequenceNumberStart, SequenceNumberEnd,
}

public sealed class ColumnDefinitionSyntax : SyntaxNode
{
    public required string Name { get; init; }

    /// <summary>Null for a computed column.</summary>
    public DataTypeSyntax? Type { get; init; }

    public Expression? Computed { get; init; }

    public bool IsPersisted { get; init; }

    /// <summary>NULL (true), NOT NULL (false) or unsaid.</summary>
    public bool? IsNullable { get; init; }

    public (decimal Seed, decimal Increment)? Identity { get; init; }

    public bool IsRowGuid { get; init; }

    public bool IsFileStream { get; init; }

    public bool IsSparse { get; init; }

    public bool IsHidden { get; init; }

    public string? MaskFunction { get; init; }

    public GeneratedAlways Generated { get; init; }

    /// <summary>Inline constraints, columns filled in.</summary>
    public IReadOnlyList<ConstraintSyntax> Constraints { get; init; } = [];
}

/// <summary>Inline INDEX ix (...) of a table definition, or the body of CREATE INDEX.</summary>
public sealed class IndexDefinitionSyntax : SyntaxNode
{
    public required string Name { get; init; }

    public bool IsUnique { get; init; }

    public bool? IsClustered { get; init; }

    public bool IsColumnStore { get; init; }

    /// <summary>ORDER (columns) of a columnstore index.</summary>
    public IReadOnlyList<string> Order { get; init; } = [];

    public IReadOnlyList<IndexColumnSyntax> Columns { get; init; } = [];

    public IReadOnlyList<string> Included { get; init; } = [];

    /// <summary>Filter of a filtered index.</summary>
    public Predicate? Where { get; init; }

    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}

/// <summary>The parenthesised body of CREATE TABLE, CREATE TYPE ... AS TABLE, DECLARE @t TABLE and RETURNS @t TABLE.</summary>
public sealed class TableDefinitionSyntax : SyntaxNode
{
    public required IReadOnlyList<ColumnDefinitionSyntax> Columns { get; init; }

    public IReadOnlyList<ConstraintSyntax> Constraints { get; init; } = [];

    public IReadOnlyList<IndexDefinitionSyntax> Indexes { get; init; } = [];

    /// <summary>PERIOD FOR SYSTEM_TIME (start, end).</summary>
    public (string Start, string End)? Period { get; init; }
}

public sealed class CreateTableStatement : Statement
{
    public required ObjectName Name { get; init; }

    public required TableDefinitionSyntax Definition { get; init; }

    public bool IsNode { get; init; }

    public bool IsEdge { get; init; }

    /// <summary>ON filegroup, FILESTREAM_ON, TEXTIMAGE_ON, and WITH options (SYSTEM_VERSIONING, LEDGER, MEMORY_OPTIMIZED ...), upper-cased name to text.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}

public enum AlterTableAction
{
    AddColumns, AlterColumn, DropColumn, AddConstraint, DropConstraint, CheckConstraint, NoCheckConstraint, EnableTrigger, DisableTrigger, SetOption, Rebuild, Switch,
}

public sealed class AlterTableStatement : Statement
{
    public required ObjectName Name { get; init; }

    public required AlterTableAction Action { get; init; }

    /// <summary>The statement as written.</summary>
    public string SourceText { get; internal set; } = "";

    /// <summary>Columns added (with constraints), or the one altered.</summary>
    public IReadOnlyList<ColumnDefinitionSyntax> Columns { get; init; } = [];

    public IReadOnlyList<ConstraintSyntax> Constraints { get; init; } = [];

    /// <summary>Indexes written inline on added columns.</summary>
    public IReadOnlyList<IndexDefinitionSyntax> Indexes { get; init; } = [];

    /// <summary>ADD PERIOD FOR SYSTEM_TIME (start, end).</summary>
    public (string Start, string End)? Period { get; init; }

    /// <summary>Names dropped, enabled or disabled; ["ALL"] for ALL.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Columns that DROP CONSTRAINT drops as well.</summary>
    public IReadOnlyList<string> DroppedColumns { get; init; } = [];

    /// <summary>SWITCH ... TO this table.</summary>
    public ObjectName? SwitchTarget { get; init; }

    /// <summary>SWITCH PARTITION n.</summary>
    public Expression? SourcePartition { get; init; }

    /// <summary>SWITCH ... TO t PARTITION n.</summary>
    public Expression? TargetPartition { get; init; }

    /// <summary>DROP ... IF EXISTS.</summary>
    public bool IfExists { get; init; }

    /// <summary>WITH CHECK (true) / WITH NOCHECK (false) / unsaid.</summary>
    public bool? WithCheck { get; init; }

    /// <summary>ALTER COLUMN ... ADD/DROP PERSISTED, ROWGUIDCOL, MASKED ...: upper-cased words.</summary>
    public string? ColumnOption { get; init; }

    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}

public sealed class CreateIndexStatement : Statement
{
    public required ObjectName Table { get; init; }

    public required IndexDefinitionSyntax Definition { get; init; }
}

/// <summary>CREATE VECTOR INDEX ix ON t (c) WITH (METRIC = 'cosine', TYPE = 'DiskANN', ...).</summary>
public sealed class CreateVectorIndexStatement : Statement
{
    public required string Name { get; init; }

    public required ObjectName Table { get; init; }

    public required string Column { get; init; }

    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}

/// <summary>CREATE JSON INDEX ix ON t (c) FOR (paths) WITH (...); also PRIMARY XML, XML and SPATIAL (refused) by Kind.</summary>
public sealed class CreateSpecialIndexStatement : Statement
{
    public required string Kind { get; init; }

    public required string Name { get; init; }

    public required ObjectName Table { get; init; }

    public required string Column { get; init; }

    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>USING XML INDEX of a secondary XML index; null where it was not written.</summary>
    public string? PrimaryIndex { get; init; }

    /// <summary>PATH, VALUE or PROPERTY; null where it was not written.</summary>
    public string? SecondaryType { get; init; }

    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}

public sealed class AlterIndexStatement : Statement
{
    /// <summary>Null for ALL.</summary>
    public string? Name { get; init; }

    public required ObjectName Table { get; init; }

    /// <summary>REBUILD, REORGANIZE, DISABLE, SET, PAUSE, RESUME, ABORT.</summary>
    public required string Action { get; init; }

    /// <summary>Options of SET.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}

public enum ModuleAction
{
    Create, Alter, CreateOrAlter,
}

public sealed class ParameterSyntax : SyntaxNode
{
    public required string Name { get; init; }

    public required DataTypeSyntax Type { get; init; }

    public Expression? Default { get; init; }

    public bool IsOutput { get; init; }

    public bool IsReadOnly { get; init; }

    /// <summary>NOT NULL parameter of natively compiled modules; accepted.</summary>
    public bool? IsNullable { get; init; }
}

/// <summary>schema.assembly.class.method of EXTERNAL NAME.</summary>
public sealed record ExternalName(string Assembly, string Class, string Method);

/// <summary>CREATE/ALTER of a procedure, function, view or trigger. <see cref="SourceText"/> is what sys.sql_modules shows.</summary>
public abstract class ModuleStatement : Statement
{
    public required ModuleAction Action { get; init; }

    public required ObjectName Name { get; init; }

    /// <summary>Text of the whole batch, comments before CREATE included.</summary>
    public required string SourceText { get; init; }

    /// <summary>WITH options upper-cased: SCHEMABINDING, ENCRYPTION, RECOMPILE, RETURNS NULL ON NULL INPUT, INLINE = OFF, EXECUTE AS OWNER ...</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}

public sealed class CreateProcedureStatement : ModuleStatement
{
    /// <summary>The n of name;n, null where it is not written: numbers from 2 on are procedures of their own.</summary>
    public int? Number { get; init; }

    public IReadOnlyList<ParameterSyntax> Parameters { get; init; } = [];

    public IReadOnlyList<Statement> Body { get; init; } = [];

    public ExternalName? External { get; init; }
}

public enum FunctionKind
{
    Scalar, InlineTable, MultiStatementTable,
}

public sealed class CreateFunctionStatement : ModuleStatement
{
    public required FunctionKind Kind { get; init; }

    public IReadOnlyList<ParameterSyntax> Parameters { get; init; } = [];

    /// <summary>Scalar return type.</summary>
    public DataTypeSyntax? ReturnType { get; init; }

    /// <summary>RETURNS @t TABLE (...), or RETURNS TABLE (...) of a CLR function.</summary>
    public TableDefinitionSyntax? ReturnTable { get; init; }

    /// <summary>ORDER (columns) of a CLR table-valued function: how its rows come.</summary>
    public IReadOnlyList<IndexColumnSyntax> Order { get; init; } = [];

    /// <summary>@t of a multi-statement function.</summary>
    public string? ReturnVariable { get; init; }

    /// <summary>RETURN (SELECT ...) of an inline function; a With list may come with it.</summary>
    public SelectStatement? InlineQuery { get; init; }

    public IReadOnlyList<Statement> Body { get; init; } = [];

    public ExternalName? External { get; init; }
}

public sealed class CreateViewStatement : ModuleStatement
{
    public IReadOnlyList<string> Columns { get; init; } = [];

    public required SelectStatement Query { get; init; }

    public bool WithCheckOption { get; init; }
}

public sealed class CreateTriggerStatement : ModuleStatement
{
    /// <summary>Table or view; null for a DDL trigger.</summary>
    public ObjectName? Target { get; init; }

    /// <summary>DATABASE or ALL SERVER for DDL triggers.</summary>
    public string? Scope { get; init; }

    public bool IsInsteadOf { get; init; }

    /// <summary>INSERT, UPDATE, DELETE or DDL event names.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>Method of a CLR trigger; null for one with a body.</summary>
    public ExternalName? External { get; init; }

    public IReadOnlyList<Statement> Body { get; init; } = [];
}

public sealed class CreateSchemaStatement : Statement
{
    public required string Name { get; init; }

    public string? Owner { get; init; }

    public IReadOnlyList<Statement> Elements { get; init; } = [];
}

/// <summary>ALTER SCHEMA s TRANSFER [OBJECT::|TYPE::]name.</summary>
public sealed class AlterSchemaStatement : Statement
{
    public required string Name { get; init; }

    public required ObjectName Object { get; init; }

    public string Class { get; init; } = "OBJECT";
}

/// <summary>CREATE TYPE n FROM base | AS TABLE (...) .</summary>
public sealed class CreateTypeStatement : Statement
{
    public required ObjectName Name { get; init; }

    public DataTypeSyntax? BaseType { get; init; }

    public bool? IsNullable { get; init; }

    public TableDefinitionSyntax? Table { get; init; }

    /// <summary>EXTERNAL NAME of a CLR type.</summary>
    public Catalog.ClrTypeName? External { get; init; }
}

public sealed class SequenceStatement : Statement
{
    /// <summary>CACHE without a size.</summary>
    public const int DefaultCache = 50;

    public const int NoCache = -1;

    public bool IsAlter { get; init; }

    public required ObjectName Name { get; init; }

    public DataTypeSyntax? Type { get; init; }

    public Expression? Start { get; init; }

    public Expression? Increment { get; init; }

    /// <summary>MINVALUE n; with NoMinValue for NO MINVALUE.</summary>
    public Expression? MinValue { get; init; }

    public bool NoMinValue { get; init; }

    public Expression? MaxValue { get; init; }

    public bool NoMaxValue { get; init; }

    public bool? Cycle { get; init; }

    /// <summary>CACHE n, <see cref="DefaultCache"/>, <see cref="NoCache"/>; null where nothing is said.</summary>
    public int? CacheSize { get; init; }

    /// <summary>RESTART [WITH n] of ALTER.</summary>
    public bool Restart { get; init; }

    public Expression? RestartWith { get; init; }
}

public sealed class CreateSynonymStatement : Statement
{
    public required ObjectName Name { get; init; }

    public required ObjectName Target { get; init; }
}

/// <summary>CREATE/ALTER ASSEMBLY n FROM 'path' | 0x... WITH PERMISSION_SET = ...</summary>
public sealed class AssemblyStatement : Statement
{
    public bool IsAlter { get; init; }

    public required string Name { get; init; }

    public string? Owner { get; init; }

    public IReadOnlyList<Expression> From { get; init; } = [];

    /// <summary>WITH UNCHECKED DATA of ALTER: values that are stored are not looked at.</summary>
    public bool IsDataUnchecked { get; init; }

    /// <summary>DROP FILE names; empty for none.</summary>
    public IReadOnlyList<string> DroppedFiles { get; init; } = [];

    /// <summary>DROP FILE ALL.</summary>
    public bool DropsAllFiles { get; init; }

    /// <summary>ADD FILE FROM: the contents, each with the name that AS gives it.</summary>
    public IReadOnlyList<(Expression Content, string? Name)> AddedFiles { get; init; } = [];

    /// <summary>SAFE, EXTERNAL_ACCESS, UNSAFE; null when unsaid.</summary>
    public string? PermissionSet { get; init; }
}

/// <summary>DROP class [IF EXISTS] names.</summary>
public sealed class DropStatement : Statement
{
    /// <summary>TABLE, VIEW, PROCEDURE, FUNCTION, TRIGGER, INDEX, SCHEMA, TYPE, SEQUENCE, SYNONYM, ASSEMBLY, USER, ROLE, LOGIN, SECURITY POLICY, DATABASE, STATISTICS ...</summary>
    public required string Class { get; init; }

    public bool IfExists { get; init; }

    public required IReadOnlyList<ObjectName> Names { get; init; }

    /// <summary>ON table, for DROP INDEX ix ON t (parallel to Names).</summary>
    public IReadOnlyList<ObjectName>? On { get; init; }
}

/// <summary>CREATE/ALTER DATABASE and ALTER DATABASE SCOPED CONFIGURATION; words kept for the executor.</summary>
public sealed class DatabaseStatement : Statement
{
    /// <summary>CREATE, ALTER or SCOPED CONFIGURATION.</summary>
    public required string Action { get; init; }

    /// <summary>Null for CURRENT.</summary>
    public string? Name { get; init; }

    /// <summary>Upper-cased option name to value text (ON/OFF/number/word).</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>WITH ROLLBACK IMMEDIATE (or AFTER): sessions that are in the way are ended.</summary>
    public bool EndsSessions { get; init; }

    /// <summary>WITH NO_WAIT.</summary>
    public bool NoWait { get; init; }
}

/// <summary>ENABLE/DISABLE TRIGGER name ON table.</summary>
public sealed class TriggerStateStatement : Statement
{
    public bool Enable { get; init; }

    /// <summary>Empty for ALL.</summary>
    public IReadOnlyList<ObjectName> Triggers { get; init; } = [];

    /// <summary>Null for ON DATABASE and ON ALL SERVER.</summary>
    public ObjectName? Table { get; init; }

    public bool IsServer { get; init; }
}

/// <summary>CREATE/UPDATE STATISTICS: parsed and accepted (the planner keeps its own).</summary>
public sealed class StatisticsStatement : Statement
{
    /// <summary>CREATE or UPDATE.</summary>
    public required string Action { get; init; }

    public string? Name { get; init; }

    public required ObjectName Table { get; init; }

    /// <summary>CREATE: the columns.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    public Predicate? Where { get; init; }

    /// <summary>UPDATE: the statistics or indexes that are named; empty for all.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>WITH NORECOMPUTE.</summary>
    public bool IsNotRecomputed { get; init; }
}

/// <summary>BULK INSERT t FROM 'file' WITH (...).</summary>
public sealed class BulkInsertStatement : Statement
{
    public required ObjectName Table { get; init; }

    public required Expression File { get; init; }

    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}

/// <summary>INSERT BULK t (columns) WITH (options): announces a bulk-copy stream of the client protocol.</summary>
public sealed class InsertBulkStatement : Statement
{
    public required ObjectName Table { get; init; }

    /// <summary>Name, type and nullability of the columns that follow in the stream; empty for all.</summary>
    public IReadOnlyList<ColumnDefinitionSyntax> Columns { get; init; } = [];

    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}

/// <summary>ALTER AUTHORIZATION ON [class::]name TO principal | SCHEMA OWNER.</summary>
public sealed class AlterAuthorizationStatement : Statement
{
    public string SecurableClass { get; init; } = "OBJECT";

    public required ObjectName Securable { get; init; }

    /// <summary>Null for SCHEMA OWNER.</summary>
    public string? Owner { get; init; }
}
