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
                known.Uses++;
                return known;
            }
        }

        Routine routine = RoutineCompiler.Batch(session, text, Parser.ParseBatch(text, new ParseOptions(key.QuotedIdentifier)), parameters(), kind);
        routine.Uses = 1;
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
            Interlocked.Increment(ref known.Uses);
            return known;
        }

        Routine routine = RoutineCompiler.Module(session, module);
        routine.Uses = 1;
        _modules.AddOrUpdate(module, routine);
        return routine;
    }

    /// <summary>Everything that is cached now: batches, then the modules of the databases as they are.</summary>
    public IReadOnlyList<Routine> All(EngineSession session)
    {
        var routines = new List<Routine>();
        lock (_lock)
        {
            routines.AddRange(_batches.Values);
        }

        // A module that has been altered or dropped is in the table for as long as somebody holds its definition.
        routines.AddRange(_modules.Where(m => IsOfToday(session, m.Key)).Select(m => m.Value));
        return routines;
    }

    private static bool IsOfToday(EngineSession session, ModuleDefinition module) =>
        module.ObjectId < 0 || TemporaryNames.IsTemporary(module.Name) || ReferenceEquals(session.Server.Find(module.DatabaseId)?.Find(module.ObjectId), module);

    public void Clear() => Clear(static _ => true);

    /// <summary>Forgets some routines, and with them what they have compiled and counted.</summary>
    public int Clear(Func<Routine, bool> isMeant)
    {
        int removed = 0;
        lock (_lock)
        {
            foreach ((BatchKey key, Routine routine) in _batches)
            {
                if (isMeant(routine))
                {
                    _batches.Remove(key);
                    removed++;
                }
            }
        }

        foreach ((ModuleDefinition module, Routine routine) in _modules)
        {
            if (isMeant(routine))
            {
                _modules.Remove(module);
                removed++;
            }
        }

        return removed;
    }

    private static bool IsCurrent(Routine routine, EngineSession session) => routine.TypesVersion < 0 || routine.TypesVersion == session.Catalog.Version;
}
