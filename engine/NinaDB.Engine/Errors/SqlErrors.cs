using System.Globalization;
using System.Text;

namespace NinaDB.Engine.Errors;

/// <summary>
/// The message catalogue: number, severity and text template of every error this host raises, worded as SQL Server words them
/// (sys.messages). One partial file a room (SqlErrors.Syntax.cs, SqlErrors.Types.cs, ...) adds its templates in its own static method.
/// Templates use %1, %2, ... for arguments.
/// </summary>
public static partial class SqlErrors
{
    private static readonly Dictionary<int, Template> Templates = BuildTemplates();

    private readonly record struct Template(byte Severity, string Text);

    /// <summary>Every message known to this host, for sys.messages and the docs.</summary>
    public static IEnumerable<(int Number, byte Severity, string Text)> All =>
        Templates.OrderBy(t => t.Key).Select(t => (t.Key, t.Value.Severity, t.Value.Text));

    /// <summary>Creates the exception for message <paramref name="number"/> with its arguments substituted.</summary>
    public static SqlErrorException Create(int number, params object?[] arguments) => CreateWithState(number, StateOf(number), arguments);

    /// <summary>As <see cref="Create"/>, with the state a server is known to give.</summary>
    public static SqlErrorException CreateWithState(int number, byte state, params object?[] arguments)
    {
        if (!Templates.TryGetValue(number, out Template template))
        {
            throw new InvalidOperationException($"Message {number} is not in the catalogue.");
        }

        return new SqlErrorException(new SqlError(number, template.Severity, state, Format(template.Text, arguments)));
    }

    /// <summary>Error 40517-style refusal of a construct this host does not support. The text names the construct.</summary>
    public static SqlErrorException NotSupported(string construct) => Create(40517, construct);

    /// <summary>The template of a message, or null when the number is unknown.</summary>
    public static (byte Severity, string Text)? Find(int number) =>
        Templates.TryGetValue(number, out Template template) ? (template.Severity, template.Text) : null;

    private static string Format(string text, object?[] arguments)
    {
        if (arguments.Length == 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 32);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]))
            {
                int index = text[++i] - '1';
                result.Append(index >= 0 && index < arguments.Length
                    ? Convert.ToString(arguments[index], CultureInfo.InvariantCulture)
                    : "(null)");
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }

    private static Dictionary<int, Template> BuildTemplates()
    {
        var templates = new Dictionary<int, Template>();
        AddGeneral(templates);
        AddSyntax(templates);
        AddTypes(templates);
        AddQueries(templates);
        AddBinding(templates);
        AddStorage(templates);
        AddCatalog(templates);
        AddExecution(templates);
        AddChangeDataCapture(templates);
        AddProtocol(templates);
        AddGraph(templates);
        AddTemporal(templates);
        AddFunctions(templates);
        AddXml(templates);
        AddDatabases(templates);
        AddTools(templates);
        AddObjects(templates);
        AddBindables(templates);
        AddIndexes(templates);
        AddIndexedViews(templates);
        AddProcedural(templates);
        AddViewChanges(templates);
        AddWords(templates);
        AddSecurity(templates);
        return templates;
    }

    private static void AddGeneral(Dictionary<int, Template> templates)
    {
        templates[15033] = new(16, "'%1' is not a valid official language name.");
        templates[40517] = new(16, "Keyword or statement option '%1' is not supported in the embedded host of NinaDB.");
        templates[701] = new(17, "There is insufficient system memory in resource pool 'default' to run this query.");
        templates[1222] = new(16, "Lock request time out period exceeded.");
        templates[3617] = new(16, "The current transaction was aborted because the request was cancelled.");
    }
}
