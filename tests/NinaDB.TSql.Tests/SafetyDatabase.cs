using System.Text.RegularExpressions;
using NinaDB.Cli;
using NinaDB.Cli.Deployment;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.TSql.Tests;

/// <summary>A database with a distilled chess agent and two tenants, for tests whose blocked calls end their transactions.</summary>
public sealed partial class SafetyDatabase : IDisposable
{
    private const int TextsPerDomain = 8;

    private static readonly Guid OtherTid = new("00000000-0000-0000-0000-00000000000b");
    private static readonly Guid OtherOid = new("00000000-0000-0000-0001-00000000000b");

    private readonly Database _database;

    public SafetyDatabase()
    {
        Folder = Directory.CreateTempSubdirectory("ninadb-safety-").FullName;
        _database = Database.Create(Path.Combine(Folder, "db"));
        using EngineSession session = _database.OpenSession();
        new Deployer(session).Deploy((_, _, _) => { }, CancellationToken.None);
        LocalTenant.Begin(session, CancellationToken.None);
        session.RunText($"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(Product.SampleModel)};", CancellationToken.None);
        foreach (string domain in new[] { "chess", "cooking", "law" })
        {
            session.RunText($"EXECUTE mqe.AddProbeTexts {SqlText.Quote(domain)}, {SqlText.Quote(Path.Combine(Product.SampleProbes, domain + ".txt"))}, 'probe', {TextsPerDomain};", CancellationToken.None);
        }

        session.RunText($"EXECUTE mqe.MeasureSkills @TextsPerDomain = {TextsPerDomain};", CancellationToken.None);
        session.RunText("EXECUTE factory.AssembleAgent @Agent = N'chess', @Domains = N'chess', @KeepFraction = 0.5; EXECUTE factory.DistillAgent N'chess', 8;", CancellationToken.None);
    }

    /// <summary>Removed at the end; the database is in it.</summary>
    public string Folder { get; }

    /// <summary>A connection that acts for the local tenant.</summary>
    public EngineSession Open()
    {
        EngineSession session = _database.OpenSession();
        LocalTenant.Begin(session, CancellationToken.None);
        return session;
    }

    /// <summary>A connection that acts for another tenant, which is made where it is missing.</summary>
    public EngineSession OpenOther()
    {
        EngineSession session = _database.OpenSession();
        session.RunText($"EXECUTE tenancy.ProvisionTenant @Name = N'other', @Tid = '{OtherTid}', @OwnerOid = '{OtherOid}', @OwnerName = N'other';", CancellationToken.None);
        LocalTenant.Begin(session, CancellationToken.None, OtherOid, OtherTid);
        return session;
    }

    /// <summary>Runs batches on a connection of its own that is rolled back at the end; returns the rows, or the number and text of the first error.</summary>
    public Outcome Try(params string[] batches)
    {
        using EngineSession session = Open();
        return Try(session, batches);
    }

    public static Outcome Try(EngineSession session, params string[] batches)
    {
        try
        {
            session.RunText("BEGIN TRANSACTION;", CancellationToken.None);
            IReadOnlyList<string?[]> rows = [];
            foreach (string batch in batches)
            {
                rows = session.QueryText(batch, CancellationToken.None);
            }

            return new Outcome(0, string.Empty, rows);
        }
        catch (CliException error)
        {
            Match number = ErrorNumber().Match(error.Message);
            return new Outcome(int.Parse(number.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), error.Message, []);
        }
        finally
        {
            session.RunText("IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;", CancellationToken.None);
        }
    }

    public void Dispose()
    {
        _database.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    [GeneratedRegex(@"Msg (\d+),")]
    private static partial Regex ErrorNumber();

    /// <summary>What a call gave: <see cref="Number"/> 0 and rows, or an error.</summary>
    public sealed record Outcome(int Number, string Error, IReadOnlyList<string?[]> Rows)
    {
        /// <summary>The last column of all rows, joined: what an agent said.</summary>
        public string Text => string.Concat(Rows.Select(row => row[^1]));
    }
}
