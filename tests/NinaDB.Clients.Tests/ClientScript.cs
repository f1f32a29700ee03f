using System.Diagnostics;
using System.Text;

namespace NinaDB.Clients.Tests;

/// <summary>A client's checks: how they are run, and what must be installed for it.</summary>
/// <param name="Name">As tests show it.</param>
/// <param name="Command">Program and arguments; run in tests/clients.</param>
/// <param name="Checks">Lines of outcome that the script must print, so that a script that ends early is not taken for a success.</param>
/// <param name="Missing">Why the client cannot run on this machine, or null.</param>
public sealed record ClientScript(string Name, string[] Command, int Checks, Func<string?> Missing)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>The repository's tests/clients.</summary>
    public static string Folder { get; } = FindFolder();

    public static IReadOnlyList<ClientScript> All { get; } =
    [
        new("pymssql", ["/usr/bin/python3", "pymssql_checks.py"], 13, () => MissingModule("pymssql", "python3-pymssql")),
        new("pytds", ["/usr/bin/python3", "pytds_checks.py"], 14, () => MissingModule("pytds", "python3-tds")),
        new("tedious", ["node", "tedious_checks.mjs"], 14, () => MissingPackage("tedious")),
        new("mssql", ["node", "mssql_checks.mjs"], 9, () => MissingPackage("mssql")),
        new("jTDS", ["java", "-cp", Jtds, "JtdsChecks.java"], 15, () => MissingProgram("java", "default-jdk-headless") ?? (File.Exists(Jtds) ? null : "jTDS is not installed (Debian: libjtds-java)")),
        new("FreeTDS and unixODBC", ["bash", "freetds_checks.sh"], 9, () => MissingProgram("tsql", "freetds-bin") ?? MissingProgram("bsqldb", "freetds-bin") ?? MissingProgram("isql", "unixodbc tdsodbc")),
    ];

    private const string Jtds = "/usr/share/java/jtds.jar";

    public static ClientScript Find(string name) => All.Single(c => c.Name == name);

    /// <summary>Runs the checks; returns the lines of outcome, and everything printed for a failure's message.</summary>
    public (string[] Outcomes, string Text) Run(IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(Command[0])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (string argument in Command[1..])
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["PYTHONIOENCODING"] = "utf-8";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["JAVA_TOOL_OPTIONS"] = "-Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        string[] outcomes = [.. output.Result.Split('\n').Where(l => l.StartsWith("ok ", StringComparison.Ordinal) || l.StartsWith("not ok ", StringComparison.Ordinal))];
        return (outcomes, output.Result + errors.Result);
    }

    private static string? MissingProgram(string program, string package) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program))) ? null : $"{program} is not installed (Debian: {package})";

    private static string? MissingModule(string module, string package) =>
        Directory.Exists($"/usr/lib/python3/dist-packages/{module}") || Directory.GetFiles("/usr/lib/python3", $"{module}*.so", SearchOption.AllDirectories).Length > 0
            ? null
            : $"{module} is not installed (Debian: {package})";

    private static string? MissingPackage(string package) =>
        MissingProgram("node", "nodejs") ?? (Directory.Exists(Path.Combine(Folder, "node_modules", package)) ? null : $"{package} is not installed (npm install --prefix tests/clients)");

    private static string FindFolder()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "NinaDB.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return Path.Combine(folder ?? throw new DirectoryNotFoundException("NinaDB.slnx"), "tests", "clients");
    }
}
