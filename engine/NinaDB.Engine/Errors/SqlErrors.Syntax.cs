namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    private static void AddSyntax(Dictionary<int, Template> templates)
    {
    }
}
