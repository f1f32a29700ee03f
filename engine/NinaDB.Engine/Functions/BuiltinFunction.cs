using NinaDB.Engine.Execution;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>Evaluates a call; arguments are already converted to the types that binding asked for. The array is reused: do not keep it.</summary>
internal delegate SqlValue FunctionEvaluator(ExecutionContext context, SqlValue[] arguments);

/// <summary>What a built-in scalar function knows about one call while it is bound.</summary>
internal sealed class FunctionBinding
{
    public required string Name { get; init; }

    public required IReadOnlyList<SqlType> ArgumentTypes { get; init; }

    public required IReadOnlyList<bool> ArgumentNullability { get; init; }

    /// <summary>Values of arguments that are literals; null entries are not constant.</summary>
    public required IReadOnlyList<SqlValue?> Constants { get; init; }

    /// <summary>Bare words (dateparts) where <see cref="BuiltinFunction.KeywordArguments"/> says so; null elsewhere.</summary>
    public required IReadOnlyList<string?> Keywords { get; init; }

    /// <summary>The call as written: JSON keys, TRIM specification, RETURNING and the like.</summary>
    public required FunctionCallExpression Syntax { get; init; }

    /// <summary>Type named by RETURNING, resolved; null when absent.</summary>
    public SqlType? Returning { get; init; }

    public required Binding.CompilationContext Context { get; init; }
}

/// <summary>A bound call of a built-in function.</summary>
/// <param name="ResultType">Type of the result.</param>
/// <param name="IsNullable">Whether the result may be NULL.</param>
/// <param name="ArgumentTypes">Type that each argument is converted to first; a null entry leaves it as it is. May be shorter than the argument list.</param>
/// <param name="Evaluate">The implementation.</param>
internal sealed record BoundFunction(SqlType ResultType, bool IsNullable, IReadOnlyList<SqlType?> ArgumentTypes, FunctionEvaluator Evaluate)
{
    /// <summary>When true (the usual case) a NULL argument makes the result NULL without calling <see cref="Evaluate"/>.</summary>
    public bool NullIfAnyNull { get; init; } = true;
}

/// <summary>A built-in scalar function of T-SQL.</summary>
internal sealed record BuiltinFunction(string Name, int MinArguments, int MaxArguments, Func<FunctionBinding, BoundFunction> Bind)
{
    /// <summary>Positions whose argument is a bare word (datepart) and is not bound as an expression.</summary>
    public IReadOnlyList<int> KeywordArguments { get; init; } = [];

    /// <summary>False for GETDATE, NEWID, RAND and the like.</summary>
    public bool IsDeterministic { get; init; } = true;

    /// <summary>The same arguments may give another result in another session (its language, its first day of the week): no persisted column, no index.</summary>
    public bool DependsOnSession { get; init; }

    /// <summary>Called as sys.name only.</summary>
    public bool IsInSysSchema { get; init; }

    /// <summary>Written without parentheses (CURRENT_TIMESTAMP, SESSION_USER ...).</summary>
    public bool IsNiladic { get; init; }
}

/// <summary>
/// Every built-in scalar function by name. Families register themselves in partial files of <see cref="BuiltinFunctions"/> (String, Math, Date, Json, Vector,
/// Conversion, Metadata, System, Security). COALESCE, CASE, IIF, CHOOSE, NULLIF, ISNULL with their special typing are bound by the expression binder.
/// </summary>
internal static partial class BuiltinFunctions
{
    private static readonly Lazy<Dictionary<string, BuiltinFunction>> Registry = new(Build);

    public static BuiltinFunction? Find(string name) => Registry.Value.GetValueOrDefault(name);

    public static IEnumerable<BuiltinFunction> All => Registry.Value.Values;

    private static Dictionary<string, BuiltinFunction> Build()
    {
        var registry = new Dictionary<string, BuiltinFunction>(StringComparer.OrdinalIgnoreCase);
        void Add(BuiltinFunction function) => registry.Add(function.Name, function);
        AddScalarFamilies(Add);
        AddMetadataFamilies(Add);
        return registry;
    }

    /// <summary>String, math, date, conversion, JSON, vector, hashing.</summary>
    static partial void AddScalarFamilies(Action<BuiltinFunction> add);

    /// <summary>Metadata, system, security, session.</summary>
    static partial void AddMetadataFamilies(Action<BuiltinFunction> add);
}
