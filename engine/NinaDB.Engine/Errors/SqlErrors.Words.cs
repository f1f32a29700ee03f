namespace NinaDB.Engine.Errors;

/// <summary>Messages of sys.messages that are words for others to insert; RAISERROR takes them as it takes any system message from 13000 on.</summary>
public static partial class SqlErrors
{
    private static void AddWords(Dictionary<int, Template> templates)
    {
        (int Number, string Text)[] words =
        [
            (13020, "option"),
            (13021, "offset option"),
            (13022, "statistics option"),
            (13024, "function name"),
            (13025, "varbinary (128) NOT NULL"),
            (13026, "parameter"),
            (13027, "convert specification"),
            (13028, "index"),
            (13029, "table"),
            (13030, "database"),
            (13031, "procedure"),
            (13032, "trigger"),
            (13033, "view"),
            (13034, "default"),
            (13035, "rule"),
            (13036, "system table"),
            (13037, "unknown type"),
            (13038, "SET option"),
            (13039, "column"),
            (13040, "type"),
            (13041, "character string"),
            (13042, "integer"),
            (13043, "identifier"),
            (13044, "number"),
            (13045, "indexes"),
            (13047, "object"),
            (13049, "built-in function name"),
            (13050, "aggregate function"),
            (13051, "XML INDEX"),
            (13052, "CLR type"),
            (13053, "xml schema collection"),
        ];
        foreach ((int number, string text) in words)
        {
            templates.TryAdd(number, new(0, text));
        }
    }
}
