using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution;

/// <summary>Three-valued logic.</summary>
public enum Truth : byte
{
    False, True, Unknown,
}

/// <summary>A compiled scalar expression. Reads registers, variables and session state through the context; immutable and shareable.</summary>
internal delegate SqlValue Evaluator(ExecutionContext context);

/// <summary>A compiled condition.</summary>
internal delegate Truth PredicateEvaluator(ExecutionContext context);

/// <summary>
/// One execution of one statement: the register file that operators write rows into, variables, and the session. Every column that a query block
/// produces owns a register, so joins copy nothing and correlated subqueries simply read the outer row's registers.
/// </summary>
internal sealed class ExecutionContext
{
    public ExecutionContext(EngineSession session, VariableFrame variables, int registerCount, CancellationToken cancellation)
    {
        Session = session;
        Variables = variables;
        Registers = registerCount == 0 ? [] : new SqlValue[registerCount];
        Cancellation = cancellation;
    }

    public EngineSession Session { get; }

    public VariableFrame Variables { get; }

    public SqlValue[] Registers { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>Frozen at the first use so that GETDATE() is one value a statement.</summary>
    public DateTimeOffset Now => _now ??= DateTimeOffset.Now;

    private DateTimeOffset? _now;

    private Dictionary<object, object>? _cache;

    /// <summary>Counts what the operators do, under STATISTICS PROFILE and XML; null otherwise.</summary>
    public PlanProfile? Profile { get; init; }

    /// <summary>An aggregate has skipped a NULL: the statement ends with warning 8153 (under ANSI_WARNINGS).</summary>
    public bool HasEliminatedNull { get; set; }

    /// <summary>Rows that went into the text of a statement's FOR JSON or FOR XML: they are what it counts. Null for other statements.</summary>
    public long? FormattedRows { get; set; }

    /// <summary>A division by zero has given NULL (ANSI_WARNINGS and ARITHABORT are off): the statement ends with message 3607.</summary>
    public bool HasDividedByZero { get; set; }

    /// <summary>An overflow has given NULL: the statement ends with message 3606.</summary>
    public bool HasOverflowed { get; set; }

    /// <summary>Something computed once an execution (the result of an uncorrelated subquery), keyed by the node that owns it; null when absent.</summary>
    public object? FindCached(object key) => _cache?.GetValueOrDefault(key);

    public void Cache(object key, object value) => (_cache ??= new(ReferenceEqualityComparer.Instance))[key] = value;

    /// <summary>Argument arrays of built-in calls, by length, so that a call allocates nothing.</summary>
    private SqlValue[]?[]? _arguments;

    private const int MostRented = 8;

    /// <summary>An array for the arguments of one call; give it back with <see cref="ReturnArguments"/>.</summary>
    public SqlValue[] RentArguments(int count)
    {
        if (count <= MostRented && _arguments?[count] is { } array)
        {
            _arguments[count] = null;
            return array;
        }

        return new SqlValue[count];
    }

    public void ReturnArguments(SqlValue[] arguments)
    {
        if (arguments.Length <= MostRented)
        {
            (_arguments ??= new SqlValue[]?[MostRented + 1])[arguments.Length] = arguments;
        }
    }

    /// <summary>Makes the context ready for another statement.</summary>
    internal void Reset()
    {
        _now = null;
        _cache?.Clear();
        HasEliminatedNull = HasDividedByZero = HasOverflowed = false;
    }

    /// <summary>Throws when the client has cancelled. Operators call it every few hundred rows.</summary>
    public void ThrowIfCancelled() => Cancellation.ThrowIfCancellationRequested();
}

/// <summary>Values of the variables of one batch or module call. Slots are assigned by <see cref="VariableMap"/>.</summary>
internal sealed class VariableFrame
{
    public VariableFrame(int count) => Values = new SqlValue[count];

    public SqlValue[] Values;

    /// <summary>Table variables and table-valued parameters, by slot; null entries are scalars.</summary>
    public Catalog.TableDefinition?[] Tables = [];

    /// <summary>Rows that stand in for table sources (see <see cref="Binding.CompilationContext.FirstGiven"/>); a null one stands for no row.</summary>
    public SqlValue[]?[]? GivenRows;

    /// <summary>Cursor variables by slot.</summary>
    public object?[] Cursors = [];

    /// <summary>Local cursors by name; null while there is none.</summary>
    public Dictionary<string, Statements.Cursor>? LocalCursors;
}

/// <summary>Names and types of the variables of one batch or module, known at compile time. DECLARE is scoped to the whole batch.</summary>
internal sealed class VariableMap
{
    private readonly Dictionary<string, VariableInfo> _byName = new(StringComparer.OrdinalIgnoreCase);

    public int Count => _byName.Count;

    public IEnumerable<VariableInfo> All => _byName.Values;

    public VariableInfo? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Adds a variable; null when the name is taken (error 134).</summary>
    public VariableInfo? Add(string name, SqlType type, Catalog.TableDefinition? table = null)
    {
        var info = new VariableInfo(name, _byName.Count, type, table);
        return _byName.TryAdd(name, info) ? info : null;
    }
}

/// <param name="Table">Shape of a table variable or table-valued parameter; null for scalars.</param>
internal sealed record VariableInfo(string Name, int Slot, SqlType Type, Catalog.TableDefinition? Table);
