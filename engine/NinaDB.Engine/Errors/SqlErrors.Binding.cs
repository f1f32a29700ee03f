namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    private static void AddBinding(Dictionary<int, Template> templates)
    {
    }
}
