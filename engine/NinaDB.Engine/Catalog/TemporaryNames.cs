namespace NinaDB.Engine.Catalog;

/// <summary>Names of temporary objects: #t belongs to a session, ##t to everybody and to tempdb.</summary>
internal static class TemporaryNames
{
    public static bool IsTemporary(string name) => name.StartsWith('#');

    public static bool IsLocal(string name) => name.StartsWith('#') && !IsGlobal(name);

    public static bool IsGlobal(string name) => name.StartsWith("##", StringComparison.Ordinal);
}
