using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace NinaDB.Tds.Security;

/// <summary>What a verified access token says about who brings it.</summary>
internal sealed record TokenClaims(string? Oid, string? Tid, string Subject, string? Name, DateTimeOffset Expires);

/// <summary>An access token that is not accepted, with the reason for the log (the client is not told).</summary>
internal sealed class AccessTokenException(string message) : Exception(message);

/// <summary>Verifies JWT access tokens (RFC 7519): RS256 or ES256 signature against the configured key set, issuer, audience, times.</summary>
internal sealed class AccessTokenValidator(AccessTokenOptions options)
{
    private const int MaximumTokenLength = 64 * 1024;
    private static readonly TimeSpan KeySetAge = TimeSpan.FromMinutes(10), ShortestRefresh = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _loading = new(1);
    private Dictionary<string, JsonElement> _keys = [];
    private DateTime _loaded = DateTime.MinValue;

    public AccessTokenOptions Options => options;

    public async Task<TokenClaims> ValidateAsync(string token, CancellationToken cancellation)
    {
        if (token.Length > MaximumTokenLength)
        {
            throw new AccessTokenException("the token is too long");
        }

        string[] parts = token.Split('.');
        if (parts.Length != 3)
        {
            throw new AccessTokenException("the token is no signed JWT");
        }

        try
        {
            using JsonDocument header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
            string algorithm = Text(header.RootElement, "alg") ?? "";
            JsonElement key = await KeyAsync(Text(header.RootElement, "kid") ?? "", cancellation).ConfigureAwait(false);
            if (!IsSigned(algorithm, key, Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]), Base64Url.DecodeFromChars(parts[2])))
            {
                throw new AccessTokenException("the signature is wrong");
            }

            using JsonDocument payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            return Check(payload.RootElement);
        }
        catch (Exception exception) when (exception is FormatException or JsonException or CryptographicException or InvalidOperationException)
        {
            throw new AccessTokenException("the token cannot be read: " + exception.Message);
        }
    }

    private TokenClaims Check(JsonElement claims)
    {
        if (Text(claims, "iss") != options.Issuer)
        {
            throw new AccessTokenException("the issuer is another");
        }

        bool isAudience = claims.TryGetProperty("aud", out JsonElement audience) && audience.ValueKind switch
        {
            JsonValueKind.String => audience.GetString() == options.Audience,
            JsonValueKind.Array => audience.EnumerateArray().Any(a => a.ValueKind == JsonValueKind.String && a.GetString() == options.Audience),
            _ => false,
        };
        if (!isAudience)
        {
            throw new AccessTokenException("the audience is another");
        }

        DateTimeOffset now = DateTimeOffset.UtcNow;
        DateTimeOffset expires = Time(claims, "exp") ?? throw new AccessTokenException("the token never expires");
        if (expires + options.ClockSkew <= now)
        {
            throw new AccessTokenException("the token has expired");
        }

        if (Time(claims, "nbf") is { } start && start - options.ClockSkew > now)
        {
            throw new AccessTokenException("the token is not valid yet");
        }

        return new TokenClaims(
            Text(claims, "oid"), Text(claims, "tid"), Text(claims, "sub") ?? Text(claims, "oid") ?? throw new AccessTokenException("the token names nobody"), Text(claims, "name"), expires);
    }

    private static bool IsSigned(string algorithm, JsonElement key, byte[] data, byte[] signature)
    {
        // The algorithm is the key's, never the token's alone: "none" and HMAC with a public key are refused here.
        switch (algorithm, Text(key, "kty"))
        {
            case ("RS256", "RSA"):
                using (var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") }))
                {
                    return rsa.KeySize >= 2048 && rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                }

            case ("ES256", "EC") when Text(key, "crv") == "P-256":
                using (var ecdsa = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") } }))
                {
                    return ecdsa.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
                }

            default:
                throw new AccessTokenException($"algorithm '{algorithm}' does not fit the key");
        }
    }

    /// <summary>The key of an id. A set that does not have it is read again, but not more often than every half minute: keys rotate.</summary>
    private async Task<JsonElement> KeyAsync(string id, CancellationToken cancellation)
    {
        await _loading.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            DateTime now = DateTime.UtcNow;
            if (now - _loaded > KeySetAge || (!_keys.ContainsKey(id) && now - _loaded > ShortestRefresh))
            {
                _keys = await LoadAsync(cancellation).ConfigureAwait(false);
                _loaded = now;
            }

            return _keys.TryGetValue(id, out JsonElement key) ? key : throw new AccessTokenException("the key of the token is not in the key set");
        }
        finally
        {
            _loading.Release();
        }
    }

    private async Task<Dictionary<string, JsonElement>> LoadAsync(CancellationToken cancellation)
    {
        byte[] bytes;
        try
        {
            if (Uri.TryCreate(options.KeySet, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https")
            {
                using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = 1024 * 1024 };
                bytes = await http.GetByteArrayAsync(address, cancellation).ConfigureAwait(false);
            }
            else
            {
                bytes = await File.ReadAllBytesAsync(options.KeySet, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            throw new AccessTokenException("the key set cannot be read: " + exception.Message);
        }

        using JsonDocument set = JsonDocument.Parse(bytes);
        var keys = new Dictionary<string, JsonElement>();
        foreach (JsonElement key in set.RootElement.GetProperty("keys").EnumerateArray())
        {
            if (Text(key, "use") is null or "sig")
            {
                keys[Text(key, "kid") ?? ""] = key.Clone();
            }
        }

        return keys;
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[] Bytes(JsonElement element, string name) => Base64Url.DecodeFromChars(Text(element, name) ?? "");

    private static DateTimeOffset? Time(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long seconds) && seconds is > 0 and < 253402300800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
}
