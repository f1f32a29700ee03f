using System.Text.RegularExpressions;
using NinaDB.Engine.Syntax;

namespace NinaDB.TSqlt.Tests;

/// <summary>
/// A folder with tSQLt's sources. Puts scripts together from them as tSQLt's own build does: the files of a build order one after the other, of each
/// only what stands between its build markers. Nothing of tSQLt is part of this repository.
/// </summary>
internal sealed partial class TSqltClone
{
    /// <summary>What tSQLt calls its own version: the build number of its CLR assembly.</summary>
    public const string Version = "1.1.0.0";

    private const string AssemblyKeyTemplate = "tSQLt.Private_GetAssemblyKeyBytes";

    private readonly string _root;

    public TSqltClone(string root)
    {
        _root = root;
        if (!File.Exists(PathOf("Source/BuildOrder.txt")))
        {
            throw new DirectoryNotFoundException($"'{root}' holds no clone of tSQLt: there is no Source/BuildOrder.txt.");
        }
    }

    public string PathOf(string relative) => Path.Combine(_root, relative);

    /// <summary>The framework, with the two assemblies in the places where its build puts their bytes.</summary>
    public IEnumerable<TSqltScript> Framework(string assemblyPath)
    {
        foreach (string line in Lines(PathOf("Source/BuildOrder.txt")).Where(l => l.Trim().Length > 0))
        {
            string name = Path.GetFileName(line.Trim());
            if (line.Contains("temp/", StringComparison.Ordinal))
            {
                if (name.StartsWith(AssemblyKeyTemplate, StringComparison.Ordinal))
                {
                    yield return Read("Source/" + AssemblyKeyTemplate + ".mdl.sql", true);
                }
                else if (name == "CreateAssembly.sql")
                {
                    yield return new TSqltScript(name, CreateAssembly("tSQLtCLR", assemblyPath));
                }

                continue;
            }

            yield return Read("Source/" + name, true);
        }
    }

    /// <summary>What tSQLt's tests use besides the framework.</summary>
    public IEnumerable<TSqltScript> Utilities(string assemblyPath)
    {
        foreach (string line in Lines(PathOf("TestUtil/BuildOrder.txt")).Where(l => l.Trim().Length > 0))
        {
            string name = Path.GetFileName(line.Trim());
            yield return name switch
            {
                "CreateTestUtilAssembly.sql" => new TSqltScript(name, CreateAssembly("tSQLtTestUtilCLR", assemblyPath)),
                "GetUnsignedEmptyBytes.sql" => Read("TestUtil/GetUnsignedEmptyBytes.mdl.sql", false),
                _ => Read("TestUtil/" + name, false),
            };
        }
    }

    /// <summary>The test classes that need no rights beyond the database, one script each.</summary>
    public IEnumerable<TSqltScript> TestClasses() =>
        Directory.GetFiles(PathOf("Tests"), "*.class.sql").Order(StringComparer.OrdinalIgnoreCase).Select(f => Read("Tests/" + Path.GetFileName(f), false));

    private TSqltScript Read(string relative, bool isBuilt)
    {
        var kept = new List<string>();
        bool include = !isBuilt;
        foreach (string line in Lines(PathOf(relative)))
        {
            switch (line.TrimEnd().ToLowerInvariant())
            {
                case "---build+" when isBuilt:
                    include = true;
                    break;
                case "---build-" when isBuilt:
                    include = false;
                    break;
                case "---build-h" or "---build-n" when isBuilt:
                    break;
                default:
                    if (include)
                    {
                        kept.Add(line);
                    }

                    break;
            }
        }

        return new TSqltScript(Path.GetFileName(relative), string.Join('\n', kept).Replace("$LATEST-BUILD-NUMBER$", Version, StringComparison.Ordinal));
    }

    private static string[] Lines(string path) => LineEnd().Split(File.ReadAllText(path).TrimStart('\uFEFF'));

    private static string CreateAssembly(string name, string path) =>
        $"CREATE ASSEMBLY [{name}] AUTHORIZATION [dbo] FROM 0x{Convert.ToHexString(File.ReadAllBytes(path))} WITH PERMISSION_SET = SAFE;";

    [GeneratedRegex("\r\n|\n")]
    private static partial Regex LineEnd();
}

/// <param name="Name">File it comes from.</param>
internal sealed record TSqltScript(string Name, string Text)
{
    /// <summary>Batches with the line ends of Windows: tSQLt's tests compare texts that were checked out there.</summary>
    public IEnumerable<string> Batches() => BatchSplitter.Split(Text).Select(b => b.Text.TrimEnd('\n').Replace("\n", "\r\n", StringComparison.Ordinal));
}
