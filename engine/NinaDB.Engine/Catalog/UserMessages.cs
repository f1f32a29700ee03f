using System.Globalization;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Catalog;

/// <summary>A message for RAISERROR: one of the catalogue, or one that sp_addmessage has added.</summary>
internal sealed record UserMessage(int Number, int Language, byte Severity, bool IsLogged, string Text);

/// <summary>The messages that sp_addmessage adds. They belong to the server: they are kept among the options of its first database, as "MESSAGE:number:language".</summary>
internal static partial class UserMessages
{
    /// <summary>The lowest number that RAISERROR takes.</summary>
    public const int FirstNumber = 13000;

    /// <summary>The highest number that is not a user's.</summary>
    public const int LastSystemNumber = 50000;

    /// <summary>LCID of us_english.</summary>
    public const int English = 1033;

    private const string Prefix = "MESSAGE:";

    /// <summary>The text of a number in English; null when nobody has added it.</summary>
    public static UserMessage? Find(EngineSession session, int number)
    {
        if (number > LastSystemNumber)
        {
            return Find(session, number, English);
        }

        return number >= FirstNumber && SqlErrors.Find(number) is { } known ? new UserMessage(number, English, known.Severity, false, Placeholder().Replace(known.Text, "%s")) : null;
    }

    public static UserMessage? Find(EngineSession session, int number, int language) =>
        Options(session).TryGetValue(Key(number, language), out string? value) ? Parse(number, language, value) : null;

    public static IEnumerable<UserMessage> All(EngineSession session) =>
        Options(session).Where(o => o.Key.StartsWith(Prefix, StringComparison.Ordinal)).Select(o =>
        {
            string[] parts = o.Key.Split(':');
            return Parse(int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture), o.Value);
        }).OrderBy(m => m.Number).ThenBy(m => m.Language);

    public static void Put(EngineSession session, UserMessage message)
    {
        using DatabaseScope scope = session.In(ServerCatalog.HomeId);
        new CatalogEditor(session).SetDatabaseOption(
            Key(message.Number, message.Language), string.Create(CultureInfo.InvariantCulture, $"{message.Severity}|{(message.IsLogged ? 1 : 0)}|{message.Text}"));
    }

    public static void Remove(EngineSession session, UserMessage message)
    {
        using DatabaseScope scope = session.In(ServerCatalog.HomeId);
        new CatalogEditor(session).RemoveDatabaseOption(Key(message.Number, message.Language));
    }

    private static System.Collections.Immutable.ImmutableDictionary<string, string> Options(EngineSession session) => (session.Server.Find(ServerCatalog.HomeId) ?? session.Catalog).DatabaseOptions;

    /// <summary>Placeholders of the catalogue as RAISERROR knows them.</summary>
    [System.Text.RegularExpressions.GeneratedRegex("%[1-9]")]
    private static partial System.Text.RegularExpressions.Regex Placeholder();

    private static string Key(int number, int language) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number}:{language}");

    private static UserMessage Parse(int number, int language, string value)
    {
        string[] parts = value.Split('|', 3);
        return new UserMessage(number, language, byte.Parse(parts[0], CultureInfo.InvariantCulture), parts[1] == "1", parts[2]);
    }
}
