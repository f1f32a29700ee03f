using System.Runtime.CompilerServices;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>Batches by text and modules by definition, parsed and flattened once for all sessions of a server.</summary>
internal sealed class RoutineCache
{
    private const int MaximumBatches = 1024;
    private const int MaximumTextLength = 128 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<BatchKey, Routine> _batches = [];
    private readonly ConditionalWeakTable<ModuleDefinition, Routine> _modules = [];

    /// <param name="Parameters">Names and types of the parameters, as text.</param>
    /// <param name="DatabaseId">Plans of one text are kept apart by database.</param>
    private readonly record struct BatchKey(string Text, string Parameters, bool QuotedIdentifier, RoutineKind Kind, int DatabaseId);

    /// <summary>A batch with the parameters its caller declares.</summary>
    public Routine Batch(EngineSession session, string text, string parametersKey, Func<IReadOnlyList<ParameterShape>> parameters, RoutineKind kind)
    {
        var key = new BatchKey(text, parametersKey, session.Options.QuotedIdentifier, kind, session.DatabaseId);
        lock (_lock)
        {
            if (_batches.TryGetValue(key, out Routine? known) && IsCurrent(known, session))
            {
                return known;
            }
        }

        Routine routine = RoutineCompiler.Batch(session, text, Parser.ParseBatch(text, new ParseOptions(key.QuotedIdentifier)), parameters(), kind);
        if (text.Length <= MaximumTextLength)
        {
            lock (_lock)
            {
                if (_batches.Count >= MaximumBatches)
                {
                    _batches.Clear();
                }

                _batches[key] = routine;
            }
        }

        return routine;
    }

    public Routine Module(EngineSession session, ModuleDefinition module)
    {
        using DatabaseScope scope = session.In(module);
        if (_modules.TryGetValue(module, out Routine? known) && IsCurrent(known, session))
        {
            return known;
        }

        Routine routine = RoutineCompiler.Module(session, module);
        _modules.AddOrUpdate(module, routine);
        return routine;
    }

    public void Clear()
    {
        lock (_lock)
        {
            _batches.Clear();
        }
    }

    private static bool IsCurrent(Routine routine, EngineSession session) => routine.TypesVersion < 0 || routine.TypesVersion == session.Catalog.Version;
}
