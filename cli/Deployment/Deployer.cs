using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;

namespace NinaDB.Cli.Deployment;

/// <summary>What a deployment did.</summary>
internal sealed record DeploymentReport(int Created, int Changed, int Unchanged)
{
    public bool IsUpToDate => Created == 0 && Changed == 0;
}

/// <summary>
/// Brings NinaDB's T-SQL and its CLR assembly into a database: files in the order of NinaDB.sqlproj, each remembered by its SHA-256 in an extended property
/// of the database, so that a second run only does what changed. The schema is deployed in one transaction.
/// </summary>
internal sealed partial class Deployer(EngineSession session)
{
    private const string PropertyPrefix = "NinaDB.Deployed:";
    private const string PolicySuffix = "/RowPolicy.sql";
    private const string AssemblyKey = "clr/NinaDB.Clr.dll";

    private Dictionary<string, string> _deployed = [];

    /// <param name="progress">Called with files done, files in all, and the file at hand.</param>
    public DeploymentReport Deploy(Action<int, int, string> progress, CancellationToken cancellation)
    {
        List<string> files = ProjectFiles();
        _deployed = session.QueryText(
            $"SELECT name, CAST(value AS nvarchar(4000)) FROM sys.extended_properties WHERE class = 0 AND name LIKE N'{PropertyPrefix}%';", cancellation)
            .ToDictionary(row => row[0]![PropertyPrefix.Length..], row => row[1]!);
        int created = 0;
        int changed = 0;
        foreach (string script in ProjectItems("PreDeploy"))
        {
            // Pre-deployment scripts may run any number of times.
            RunBatches(script, File.ReadAllText(Product.PathOf(script)), cancellation);
        }

        progress(0, files.Count + 1, AssemblyKey);
        DeployAssembly(ref created, ref changed, cancellation);

        session.RunText("BEGIN TRANSACTION;", cancellation);
        try
        {
            RemovePoliciesIfAnythingChanged(files, cancellation);
            for (int i = 0; i < files.Count; i++)
            {
                progress(i + 1, files.Count + 1, files[i]);
                DeployFile(files[i], ref created, ref changed, cancellation);
            }

            foreach (string script in ProjectItems("PostDeploy"))
            {
                // Post-deployment scripts may run any number of times.
                RunBatches(script, File.ReadAllText(Product.PathOf(script)), cancellation);
            }

            LocalTenant.Provision(session, cancellation);
            session.RunText("COMMIT TRANSACTION;", cancellation);
        }
        catch
        {
            session.RunText("IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;", CancellationToken.None);
            throw;
        }

        progress(files.Count + 1, files.Count + 1, string.Empty);
        return new DeploymentReport(created, changed, files.Count + 1 - created - changed);
    }

    /// <summary>Brings the CLR assembly and some files, in this order, into an empty database: enough for a purpose, without tenants.</summary>
    public void DeployParts(IEnumerable<string> files, CancellationToken cancellation)
    {
        int created = 0;
        int changed = 0;
        DeployAssembly(ref created, ref changed, cancellation);
        foreach (string file in files)
        {
            DeployFile(file, ref created, ref changed, cancellation);
        }
    }

    /// <summary>The .sql files of the database project, in order.</summary>
    public static List<string> ProjectFiles() => ProjectItems("Build");

    private static List<string> ProjectItems(string kind) =>
        [.. XDocument.Load(Product.PathOf("NinaDB.sqlproj")).Descendants(kind).Select(e => e.Attribute("Include")!.Value)];

    private void DeployAssembly(ref int created, ref int changed, CancellationToken cancellation)
    {
        string path = Product.ClrAssembly;
        List<string> scripts = ProjectItems("None");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in scripts.Select(Product.PathOf).Append(path))
        {
            hash.AppendData(File.ReadAllBytes(file));
        }

        string current = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (_deployed.TryGetValue(AssemblyKey, out string? deployed))
        {
            if (deployed == current)
            {
                return;
            }

            RemoveAssembly(cancellation);
            changed++;
        }
        else
        {
            created++;
        }

        foreach (string script in scripts)
        {
            string text = File.ReadAllText(Product.PathOf(script)).Replace("$(ClrAssembly)", path.Replace("'", "''", StringComparison.Ordinal), StringComparison.Ordinal);
            RunBatches(script, text, cancellation);
        }

        Remember(AssemblyKey, current, cancellation);
    }

    private void RemoveAssembly(CancellationToken cancellation)
    {
        foreach (string?[] row in session.QueryText("SELECT QUOTENAME(name) FROM sys.objects WHERE schema_id = SCHEMA_ID(N'clr') AND type IN ('FS', 'FT');", cancellation))
        {
            session.RunText($"DROP FUNCTION clr.{row[0]};", cancellation);
        }

        session.RunText("DROP SCHEMA IF EXISTS clr;", cancellation);
        session.RunText("DROP ASSEMBLY IF EXISTS [NinaDB.Clr];", cancellation);
    }

    /// <summary>A policy binds its predicates and they what they read: none of it can be altered while the policy is there. The policies' files make them anew, in the same transaction.</summary>
    private void RemovePoliciesIfAnythingChanged(List<string> files, CancellationToken cancellation)
    {
        if (!files.Exists(file => _deployed.TryGetValue(file, out string? deployed) && deployed != HashOf(File.ReadAllText(Product.PathOf(file)))))
        {
            return;
        }

        foreach (string file in files.Where(file => file.EndsWith(PolicySuffix, StringComparison.Ordinal) && _deployed.ContainsKey(file)))
        {
            session.RunText($"DROP SECURITY POLICY IF EXISTS {file.Split('/')[1]}.RowPolicy;", cancellation);
            session.RunText($"EXECUTE sys.sp_dropextendedproperty @name = N'{PropertyPrefix}{file}';", cancellation);
            _deployed.Remove(file);
        }
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private void DeployFile(string file, ref int created, ref int changed, CancellationToken cancellation)
    {
        string text = File.ReadAllText(Product.PathOf(file));
        string hash = HashOf(text);
        if (_deployed.TryGetValue(file, out string? deployed))
        {
            if (deployed == hash)
            {
                return;
            }

            Match header = ModuleHeader().Match(text);
            if (!header.Success)
            {
                throw new CliException(
                    ExitCode.SqlError,
                    $"'{file}' differs from what this database was made with. This version does not migrate tables: create a new database, or alter the table by hand.");
            }

            text = string.Concat(text.AsSpan(0, header.Groups[1].Index), "CREATE OR ALTER", text.AsSpan(header.Groups[1].Index + header.Groups[1].Length));
            changed++;
        }
        else
        {
            created++;
        }

        RunBatches(file, text, cancellation);
        Remember(file, hash, cancellation);
    }

    private void RunBatches(string file, string text, CancellationToken cancellation)
    {
        foreach (ScriptBatch batch in BatchSplitter.Split(text))
        {
            session.RunText(batch.Text, cancellation, file, batch.StartLine - 1);
        }
    }

    private void Remember(string file, string hash, CancellationToken cancellation)
    {
        string procedure = _deployed.ContainsKey(file) ? "sp_updateextendedproperty" : "sp_addextendedproperty";
        session.RunText($"EXECUTE sys.{procedure} @name = N'{PropertyPrefix}{file}', @value = N'{hash}';", cancellation);
    }

    [GeneratedRegex(@"^(CREATE)\s+(?:VIEW|PROCEDURE|FUNCTION|TRIGGER)\b", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex ModuleHeader();
}
