using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>A catalog view, dynamic management view or INFORMATION_SCHEMA view: rows made from the session's catalog when it is read.</summary>
/// <param name="Rows">Enumerated lazily; each array has one value a column and may not be reused by the producer.</param>
internal sealed record SystemView(string Schema, string Name, IReadOnlyList<ResultColumnDefinition> Columns, Func<EngineSession, IEnumerable<SqlValue[]>> Rows)
{
    /// <summary>Negative, stable object id, as system objects have.</summary>
    public int ObjectId { get; init; }
}

/// <summary>All system views. Families register in partial files (Objects, Tables, Types, Modules, Security, Dynamic management, InformationSchema).</summary>
internal static partial class SystemViews
{
    private static readonly Lazy<Dictionary<(string, string), SystemView>> Registry = new(Build);

    /// <summary>The view sys.x or INFORMATION_SCHEMA.x, or null.</summary>
    public static SystemView? Find(string schema, string name) => Registry.Value.GetValueOrDefault((schema.ToLowerInvariant(), name.ToLowerInvariant()));

    public static IEnumerable<SystemView> All => Registry.Value.Values;

    private static Dictionary<(string, string), SystemView> Build()
    {
        var registry = new Dictionary<(string, string), SystemView>();
        AddViews(view => registry.Add((view.Schema.ToLowerInvariant(), view.Name.ToLowerInvariant()), view with { ObjectId = -1000 - registry.Count }));
        CompleteViews(registry);
        return registry;
    }

    static partial void AddViews(Action<SystemView> add);
}
