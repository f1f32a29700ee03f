namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    private static void AddCatalog(Dictionary<int, Template> templates)
    {
    }
}
