using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using NinaDB.Cli.Tests;

namespace NinaDB.Clients.Tests;

/// <summary>One `nina serve` on a free port for all clients, over a database that holds what tests/clients/setup.sql makes.</summary>
public sealed partial class ServerFixture : IDisposable
{
    private const string User = "checker";
    private const string Password = "Ch3cks-of-clients!";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly Process _server;
    private readonly List<string> _log = [];

    public ServerFixture()
    {
        string database = Path.Combine(_folder.Path, "shop");
        Succeeds(Nina.Run("init", "--empty", "--quiet", "--path", database));
        Succeeds(Nina.Run("sql", "--path", database, "--stop-on-error", "-i", Path.Combine(ClientScript.Folder, "setup.sql")));
        string certificate = Path.Combine(_folder.Path, "server.pem");
        WriteCertificate(certificate);

        Environment.SetEnvironmentVariable("NINA_PASSWORD", Password);
        _server = Nina.Start("serve", "--path", database, "--port", "0", "--certificate", certificate, "--create-login", User);
        int port = WaitForPort();
        Variables = new Dictionary<string, string>
        {
            ["NINADB_HOST"] = "127.0.0.1",
            ["NINADB_PORT"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["NINADB_USER"] = User,
            ["NINADB_PASSWORD"] = Password,
            ["NINADB_DATABASE"] = "shop",
            ["NINADB_CAFILE"] = certificate,
        };
    }

    /// <summary>What a script reads to find the server.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>What the server has written so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return string.Join('\n', _log);
            }
        }
    }

    public void Dispose()
    {
        _server.Kill(entireProcessTree: true);
        _server.WaitForExit();
        _server.Dispose();
        _folder.Dispose();
    }

    private int WaitForPort()
    {
        var found = new TaskCompletionSource<int>();
        void Read(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is null)
            {
                return;
            }

            lock (_log)
            {
                _log.Add(line.Data);
            }

            if (Port().Match(line.Data) is { Success: true } match)
            {
                found.TrySetResult(int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        _server.OutputDataReceived += Read;
        _server.ErrorDataReceived += Read;
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        return found.Task.Wait(StartLimit) ? found.Task.Result : throw new TimeoutException("nina serve did not say where it listens:\n" + Log);
    }

    private static void Succeeds((int ExitCode, string Output, string Errors) run) => Assert.True(run.ExitCode == 0, run.Output + run.Errors);

    private static void WriteCertificate(string path)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(7));
        File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    [GeneratedRegex(@"127\.0\.0\.1[:,](\d+)")]
    private static partial Regex Port();
}
