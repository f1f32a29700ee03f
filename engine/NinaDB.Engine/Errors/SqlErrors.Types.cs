namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    private static void AddTypes(Dictionary<int, Template> templates)
    {
    }
}
