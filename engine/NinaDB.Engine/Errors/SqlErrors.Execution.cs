namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    private static void AddExecution(Dictionary<int, Template> templates)
    {
    }
}
