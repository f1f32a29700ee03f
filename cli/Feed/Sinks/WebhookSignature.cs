using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace NinaDB.Cli.Feed.Sinks;

/// <summary>Signs what is posted: HMAC-SHA256 over "timestamp.body", so that neither can be altered and an old request cannot be sent again unnoticed.</summary>
internal static class WebhookSignature
{
    public const string TimestampHeader = "X-NinaDB-Timestamp";
    public const string SignatureHeader = "X-NinaDB-Signature";
    public const string ConsumerHeader = "X-NinaDB-Consumer";

    /// <summary>The header's value: "v1=" and the code in lower-case hexadecimal.</summary>
    /// <param name="timestamp">Seconds since 1970-01-01 UTC.</param>
    public static string Sign(byte[] secret, long timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hmac.AppendData(Encoding.ASCII.GetBytes(timestamp.ToString(CultureInfo.InvariantCulture) + "."));
        hmac.AppendData(body);
        return "v1=" + Convert.ToHexStringLower(hmac.GetHashAndReset());
    }
}
