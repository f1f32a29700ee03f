using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>One call of a system procedure. Arguments are matched to the declared parameters and converted to their types by the caller.</summary>
internal sealed class SystemProcedureCall
{
    public required EngineSession Session { get; init; }

    public required ExecutionContext Context { get; init; }

    public required IResultSink Sink { get; init; }

    /// <summary>One value a declared parameter; what was not passed has the parameter's default. OUTPUT parameters are written back here.</summary>
    public required SqlValue[] Arguments { get; init; }

    /// <summary>Which parameters were passed.</summary>
    public required bool[] IsPassed { get; init; }

    /// <summary>Text of a character argument; null for NULL.</summary>
    public string? Text(int index) => Arguments[index].IsNull ? null : Arguments[index].AsString;

    /// <summary>Sends a whole result set.</summary>
    public void Send(IReadOnlyList<ResultColumnDefinition> columns, IEnumerable<SqlValue[]> rows)
    {
        Sink.Columns([.. columns.Select(c => new ResultColumn(c.Name, c.Type, c.IsNullable))]);
        long count = 0;
        foreach (SqlValue[] row in rows)
        {
            Context.ThrowIfCancelled();
            Sink.Row(row);
            count++;
        }

        Sink.EndRows();
        Sink.Done(Session.Options.NoCount ? null : count);
    }

    /// <summary>Sends an informational message of the catalogue (severity up to 10).</summary>
    public void Inform(int number, params object?[] arguments) => Sink.Message(SqlErrors.Create(number, arguments).Error, flush: false);
}

/// <summary>A declared parameter of a system procedure.</summary>
internal sealed record SystemParameter(string Name, SqlType Type, bool IsRequired = false, bool IsOutput = false)
{
    /// <summary>Value when the argument is omitted.</summary>
    public SqlValue Default { get; init; }
}

/// <summary>A system procedure (sp_help, sp_rename ...). Found in any schema by its name, as sp_ procedures are.</summary>
/// <param name="Writes">True when it changes the catalog: the caller begins the write as for a DDL statement.</param>
/// <param name="Run">Runs it and returns its return code.</param>
internal sealed record SystemProcedure(string Name, IReadOnlyList<SystemParameter> Parameters, bool Writes, Func<SystemProcedureCall, int> Run)
{
    public int ObjectId { get; init; }
}

/// <summary>Every system procedure by name. Families register in partial files.</summary>
internal static partial class SystemProcedures
{
    private static readonly Lazy<Dictionary<string, SystemProcedure>> Registry = new(Build);

    /// <summary>The system procedure with this name (without schema), or null. sp_executesql belongs to the session and is not here.</summary>
    public static SystemProcedure? Find(string name) => Registry.Value.GetValueOrDefault(name);

    public static IEnumerable<SystemProcedure> All => Registry.Value.Values;

    private static Dictionary<string, SystemProcedure> Build()
    {
        var registry = new Dictionary<string, SystemProcedure>(StringComparer.OrdinalIgnoreCase);
        AddProcedures(procedure => registry.Add(procedure.Name, procedure with { ObjectId = -2_000_000 - registry.Count }));
        return registry;
    }

    static partial void AddProcedures(Action<SystemProcedure> add);
}
