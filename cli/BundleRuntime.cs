using NinaDB.Cli.Deployment;
using NinaDB.Cli.Output;
using NinaDB.Cli.Sessions;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.Cli;

/// <summary>
/// What runs an exported agent where there is no database of NinaDB: a database in a temporary folder that holds the CLR assembly and the few procedures that verify
/// a bundle, check its rules and generate. The same T-SQL enforces the rules here and in a full database.
/// </summary>
internal sealed class BundleRuntime : IDisposable
{
    private static readonly string[] Parts =
    [
        "schema/mqe/mqe.sql",
        "schema/factory/factory.sql",
        "schema/safety/safety.sql",
        "procedures/mqe/ClrErrorNumber.sql",
        "procedures/mqe/ClrErrorText.sql",
        "procedures/mqe/ThrowClrError.sql",
        "procedures/safety/TokenLimit.sql",
        "procedures/safety/CheckText.sql",
        "procedures/safety/ThrowViolation.sql",
        "procedures/factory/GenerateUnderRules.sql",
        "procedures/factory/RunBundleFiles.sql",
    ];

    private readonly string _folder;
    private readonly Database _database;
    private readonly EngineSession _session;

    private BundleRuntime(string folder, Database database)
    {
        _folder = folder;
        _database = database;
        _session = database.OpenSession();
    }

    public static BundleRuntime Create(CancellationToken cancellation)
    {
        string folder = Path.Combine(Path.GetTempPath(), $"ninadb-runtime-{Guid.NewGuid():N}");
        var runtime = new BundleRuntime(folder, Database.Create(folder));
        try
        {
            new Deployer(runtime._session).DeployParts(Parts, cancellation);
            return runtime;
        }
        catch
        {
            runtime.Dispose();
            throw;
        }
    }

    /// <summary>Prints the prompt and what the agent says, or fails with the rule that was broken.</summary>
    public void Run(string bundle, string publicKeys, string prompt, string arguments, CancellationToken cancellation)
    {
        var statements = new StatementRunner(new LocalSession(_session), Console.Out, quiet: true, OutputFormat.Table);
        Console.Write(prompt);
        statements.Stream(
            $"""
            DECLARE @AgentName nvarchar(200), @TokenCount int, @Violation nvarchar(max), @Blocked nvarchar(max);
            EXECUTE factory.RunBundleFiles @Path = {SqlText.Quote(Path.GetFullPath(bundle))}, @PublicKeys = {SqlText.Quote(publicKeys)}, @MoreRules = N'[]', {arguments},
                @AgentName = @AgentName OUTPUT, @TokenCount = @TokenCount OUTPUT, @Violation = @Violation OUTPUT, @Blocked = @Blocked OUTPUT;
            IF @Violation IS NOT NULL
            BEGIN
                EXECUTE safety.ThrowViolation @Violation;
            END;
            """,
            cancellation);
    }

    /// <summary>Prints the files of a bundle that was verified.</summary>
    public void Verify(string bundle, string publicKeys, CancellationToken cancellation)
    {
        var statements = new StatementRunner(new LocalSession(_session), Console.Out, quiet: true, OutputFormat.Table);
        statements.Run(
            "Verifying",
            $"""
            BEGIN TRY
                SELECT name, byte_length, LOWER(CONVERT(char(64), sha256, 2)) AS sha256, key_id
                FROM clr.VerifyBundle({SqlText.Quote(Path.GetFullPath(bundle))}, {SqlText.Quote(publicKeys)})
                ORDER BY name;
            END TRY
            BEGIN CATCH
                EXECUTE mqe.ThrowClrError;
                THROW;
            END CATCH;
            """,
            cancellation,
            maxWidth: 0);
    }

    public void Dispose()
    {
        _session.Dispose();
        _database.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
