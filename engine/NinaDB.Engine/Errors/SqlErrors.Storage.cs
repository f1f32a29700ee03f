namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    private static void AddStorage(Dictionary<int, Template> templates)
    {
    }
}
