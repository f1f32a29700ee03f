using NinaDB.Cli;
using NinaDB.Cli.Deployment;
using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.TSql.Tests;

/// <summary>mqe.VerifyModel over files that were damaged behind the database.</summary>
public sealed class VerifyModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ninadb-verify-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_flipped_bit_and_a_missing_file_are_found_and_the_others_are_intact()
    {
        using Database database = Database.Create(Path.Combine(_folder, "db"));
        using EngineSession session = database.OpenSession();
        new Deployer(session).Deploy((_, _, _) => { }, CancellationToken.None);
        LocalTenant.Begin(session, CancellationToken.None);
        session.RunText($"EXECUTE mqe.IngestModel @Path = {SqlText.Quote(Product.SampleModel)}, @Granularity = 'layer';", CancellationToken.None);
        string files = Path.Combine(_folder, "db", "filestream");
        FileInfo[] bySize = [.. new DirectoryInfo(files).GetFiles().OrderByDescending(f => f.Length)];
        using (FileStream weights = bySize[0].Open(FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            weights.Position = weights.Length - 100;
            int value = weights.ReadByte();
            weights.Position -= 1;
            weights.WriteByte((byte)(value ^ 4));
        }

        bySize[1].Delete();

        IReadOnlyList<string?[]> rows = session.QueryText("EXECUTE mqe.VerifyModel;", CancellationToken.None);

        Assert.Equal(bySize.Length, rows.Count);
        string?[] damaged = Assert.Single(rows, r => r[0] == "model.safetensors");
        Assert.Equal("0", damaged[6]);
        Assert.NotEqual(damaged[3], damaged[4]);
        string?[] missing = Assert.Single(rows, r => r[0] == "tokenizer.json");
        Assert.Equal("0", missing[6]);
        Assert.Contains("does not exist", missing[7], StringComparison.Ordinal);
        Assert.Equal(rows.Count - 2, rows.Count(r => r[6] == "1"));
        Assert.Equal("1", session.QueryText("DECLARE @r int; EXECUTE @r = mqe.VerifyModel; SELECT @r AS result;", CancellationToken.None)[^1][0]);
    }
}
