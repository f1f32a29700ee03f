using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NinaDB.Tds.Security;

/// <summary>The certificate that the server shows: one of the user's, or a self-signed one that is made once and kept in the database's folder.</summary>
public static class ServerCertificate
{
    private const string FileName = "server.pfx";
    private const int ValidYears = 10;

    /// <summary>The self-signed certificate of a folder, made when there is none or when it has expired.</summary>
    public static X509Certificate2 OfFolder(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (File.Exists(path))
        {
            X509Certificate2 kept = X509CertificateLoader.LoadPkcs12FromFile(path, null);
            if (kept.NotAfter > DateTime.Now.AddDays(1))
            {
                return kept;
            }

            kept.Dispose();
        }

        using X509Certificate2 made = Create();
        byte[] bytes = made.Export(X509ContentType.Pfx);
        string temporary = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(temporary, options))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        return X509CertificateLoader.LoadPkcs12(bytes, null);
    }

    /// <summary>A certificate of the user's: PFX, or PEM with its key in the same file or in <paramref name="keyPath"/>.</summary>
    public static X509Certificate2 Load(string path, string? keyPath = null, string? password = null)
    {
        bool isPfx = Path.GetExtension(path).ToLowerInvariant() is ".pfx" or ".p12";
        if (isPfx)
        {
            return X509CertificateLoader.LoadPkcs12FromFile(path, password);
        }

        using X509Certificate2 pem = password is null
            ? X509Certificate2.CreateFromPemFile(path, keyPath)
            : X509Certificate2.CreateFromEncryptedPemFile(path, password, keyPath);

        // A key that came from PEM is ephemeral, which TLS on Windows refuses.
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null);
    }

    /// <summary>A new self-signed certificate for this machine.</summary>
    public static X509Certificate2 Create()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=NinaDB self-signed", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        string machine = Dns.GetHostName();
        if (machine.Length > 0 && !machine.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            names.AddDnsName(machine);
        }

        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(ValidYears));
    }
}
