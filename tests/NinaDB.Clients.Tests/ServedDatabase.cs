using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using NinaDB.Cli.Tests;

namespace NinaDB.Clients.Tests;

/// <summary>`nina serve` over a database folder, on a free port, with a login and a certificate of its own.</summary>
internal sealed partial class ServedDatabase : IDisposable
{
    public const string User = "checker";
    public const string Password = "Ch3cks-of-clients!";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _server;
    private readonly List<string> _log = [];

    public ServedDatabase(string database, string folder, params string[] options)
    {
        CertificatePath = Path.Combine(folder, "server.pem");
        WriteCertificate(CertificatePath);

        // Read by the server for the login it makes, and by nina as a client.
        Environment.SetEnvironmentVariable("NINA_PASSWORD", Password);
        _server = Nina.Start(["serve", "--path", database, "--port", "0", "--certificate", CertificatePath, "--create-login", User, .. options]);
        Port = WaitForPort();
    }

    public string CertificatePath { get; }

    public int Port { get; }

    /// <summary>What nina needs to connect.</summary>
    public string[] Options => ["--server", FormattableString.Invariant($"127.0.0.1,{Port}"), "--user", User, "--trust-server-certificate"];

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

            if (PortPattern().Match(line.Data) is { Success: true } match)
            {
                found.TrySetResult(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
            }
        }

        _server.OutputDataReceived += Read;
        _server.ErrorDataReceived += Read;
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        return found.Task.Wait(StartLimit) ? found.Task.Result : throw new TimeoutException("nina serve did not say where it listens:\n" + Log);
    }

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
    private static partial Regex PortPattern();
}
