namespace NinaDB.Engine.Catalog;

/// <summary>Filegroups: PRIMARY, and those that scripts added for FILESTREAM. They have names only; one folder holds everything.</summary>
internal static class Filegroups
{
    private const string Prefix = "FILEGROUP:";

    /// <summary>PRIMARY first, then the others by name.</summary>
    public static IReadOnlyList<string> All(CatalogSnapshot catalog) =>
    [
        "PRIMARY",
        .. catalog.DatabaseOptions.Where(o => o.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)).Select(o => o.Value).Order(StringComparer.OrdinalIgnoreCase),
    ];
}
