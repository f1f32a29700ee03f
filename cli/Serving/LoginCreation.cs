using System.Text;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.Cli.Serving;

/// <summary>Creates a login with a user and a role. The password never stands on a command line: it comes from NINA_PASSWORD or from the keyboard.</summary>
internal static class LoginCreation
{
    private const string PasswordVariable = "NINA_PASSWORD";
    private const int ShortestPassword = 8;

    public static void Create(Database database, string name, string role, CancellationToken cancellation)
    {
        string password = Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } given ? given : Ask(name);
        if (password.Length < ShortestPassword)
        {
            throw new CliException(ExitCode.Usage, $"A password has at least {ShortestPassword} characters.");
        }

        using EngineSession session = database.OpenSession();
        bool isKnown = Exists(session, $"SELECT 1 FROM sys.sql_logins WHERE name = {Literal(name)};", cancellation);
        session.RunText($"{(isKnown ? "ALTER" : "CREATE")} LOGIN {Identifier(name)} WITH PASSWORD = {Literal(password)};", cancellation);
        if (name.Equals("sa", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        if (!Exists(session, $"SELECT 1 FROM sys.database_principals WHERE name = {Literal(name)};", cancellation))
        {
            session.RunText($"CREATE USER {Identifier(name)} FOR LOGIN {Identifier(name)};", cancellation);
        }

        session.RunText($"ALTER ROLE {Identifier(role)} ADD MEMBER {Identifier(name)};", cancellation);
    }

    private static bool Exists(EngineSession session, string query, CancellationToken cancellation) => session.QueryText(query, cancellation).Count > 0;

    private static string Ask(string name)
    {
        if (Console.IsInputRedirected)
        {
            throw new CliException(ExitCode.Usage, $"Set {PasswordVariable} to the password of login '{name}'.");
        }

        Console.Error.Write($"Password of login '{name}': ");
        var password = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                password.Length = Math.Max(0, password.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                password.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return password.ToString();
    }

    private static string Identifier(string name) => "[" + name.Replace("]", "]]", StringComparison.Ordinal) + "]";

    private static string Literal(string text) => "N'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}
