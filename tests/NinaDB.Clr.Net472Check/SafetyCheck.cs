using System;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;
using NinaDB.Clr.Matching;
using NinaDB.Clr.Signing;

namespace NinaDB.Clr.Net472Check;

/// <summary>Matching and signatures come out the same on .NET Framework and mono as on .NET: rules and exported agents cross between them.</summary>
internal static class SafetyCheck
{
    /// <summary>A key for this check and nothing else, and openssl's signature of <see cref="Document"/> with it.</summary>
    private const string PrivateKey =
        "MIIEogIBAAKCAQEAuTDs3MyV6kx622V+QHDiOCg5+G1EGFHXnSuUuqxwgHXUNyBC7U7p2TFiDvaCwifGrTpBINNmh7guWt31UHtz+3JJXqvBLxmOFIBioV2v"
        + "U5LWkBrjfEcFALl4buMMlslyblS6U0PqqOi+3UulAZhRFsD2cE7OkZsZpRUgSgcnHRtCcJwI2W2GkE1oZQqgWLGjW85F19MPXYToUlXEduQU7BZSf7GTVjRv"
        + "VQFa8nAemDhsz6vnJ0hGUsZQ/I1DLhPodKIbo3W2+GwDkw/NlyoT32crCxI9l5uJyEg3vitZ47UDRNhhg/OCei2qZU5gUH6QalJcrAia1Tt+wVQtNzuM6wID"
        + "AQABAoIBAAj+zA065W/zYGcBGmLS7jTAGiDBCJ+4dKVZFT5ZW0BCI5lnOG5XzkVof/+DZdKR0Aq2BlfWgj0cFdRVbQcIbW0h81e6jAWs/hkXgLL0iVb2jkmC"
        + "+i3H3VcDAKCSPW2i7KtYnjxRKOLPe1s7GLwSbqM7oud4THxcxkrIfesFR0HDQ1xlx2oo3ZkchUgw+pV0Fnn75m6YVmkxYjV4EV5aKPy7/k0GbtoWDDMWUVGo"
        + "+1/b+T91etzC9qpwSyy7jtNYv0oomJHaKDSO5MC4X9+4rnIN7PFsGj81vlkokGHwgGAKhMa5YBoFwBdAi9OpFB9QRnHpUzfGJ63gX3F0nG8b38ECgYEA5Ox6"
        + "si7sWxolLgrpD3UgNB8OqID9YPKRiuf39O1VGfJvw55AX5WdMdpQ2q2q5xGHk1SrmZ62hLBM3nRvq6G8myj8ByNepLvTh5gjg32XG4otAWTyOWSxP8Q6A4+a"
        + "EC3u2xWtZNtK/Gl8IzpMPl8DPLLzVVbyfaXHvpadTwROVxsCgYEAzxhG/Vo5WTHmF43K61oooKmNPSwLKMymNf7MIbEOJh1wRcdGG4gCw5SK8Ij+tq5c6RLh"
        + "cyZrM45K46ATOgdc05NkPSf/9ahEvka/a+v1cWJwjYco/w3DL/6sqnbflzCwfEGLeg2tIBEtqVsv0/WGOtM28V67xGaCEPmMGBHE7nECgYBR9RPsTP5Tk2Wy"
        + "OTe9T/qKjn/p9dxA5DcVGv1b08g+9NvslfCICAFyQq3lzH0+Irl+Frck1XyUvqWWkusT8GCc0CyCxbfxlEkj52T3g3Qg6PQ55pEN2S3YHYGDmtrWZgt4picg"
        + "z53mBkHqPsnjHpMDHTIe4HUKZNrBMhz5mBoP9wKBgCk5lfgdG8lrq3gI29oZ6niBCAKjX91RT8zz2cLjMgPYXF8nmgck/hfc3AOh4cKP1yL2hTac8T4kFzhU"
        + "xz8H9CyR7KRX8BYA1x5hiv16zTMy+2DRBRIwtSg6tDiCzWOVZ6x0h8VWL55wjPxnkI/LEltnbEqEJzCjj0S9yGuKLf+hAoGAUeGNqHUmrS+ZOGyF4iYCr4p2"
        + "+EdexehE25BPIA++uRQQwfjnhDVjQf7f5qjz6gn/62vKdnLBk94fEl8kNq2M0TqAB6nHqeUHKSaMGukS1tKs67dyS/gAfor6jTudXP3VqAgsKiCzB36J1DZz"
        + "ijnaDWuv87mkcKx2lldOFehbYJc=";

    private const string Document = "{ \"b\" : [1, 2], \"a\" : \"\\u00e9\" }";

    private const string Signature =
        "Gopkz3SirWQrGLt673WZhxm4lrGofvDh9YNnCg1UyUPsZ+w6YTKbiKVAReOHl7reuWFgiJhfynEkG4IeuripqJ5DvsquJR03ZZRjwQrKbOcsU8ZIGv0mbrq1"
        + "ufT/qgPj6QcsrAsmdNh8AiPekOFp+cWjZxltgX/RIaeJd8TMonrtr/TrC9cS0nyGVuLaZe+fbCzdQD3Y064CF+At3B36BOkyFgPgpFZuWAbh/tT9lH/N3BUN"
        + "lsEZ3Xep+pI281arOBlszfegk7l2GFg1YrWnJq32WfgG6kDLy+GTT8Nri76tca7sWfjQ98ZilwtKdzNqZalwdO7XIpF7vOGaQbCJNA==";

    public static void Run(Action<string, bool> check)
    {
        string folded = TextFold.Fold("\uFF22\u03BF\u200B\u043C\uD835\uDC1B  Cr\u00E8me\u0301 \u2460\uD83C\uDD71");
        check("fold '" + folded + "'", folded == "bomb creme 1b");
        check("word in disguise", WordMatcher.Find("b.0 m-\u0432", "bomb") == "bomb" && WordMatcher.Find("aplomb", "bomb") == null);

        RsaKey key = RsaKey.FromPrivateBytes(Convert.FromBase64String(PrivateKey));
        string signed = SignedDocument.Sign(Document, key);
        check("signature as openssl makes it", signed.Contains("\"value\":\"" + Signature + "\""));
        RsaKey[] trusted = { RsaKey.FromPem(key.PublicPem())[0] };
        check("signature verified", SignedDocument.Verify(JsonValue.Parse(signed, "x"), trusted, "x").Id == key.Id);
        bool refused = false;
        try
        {
            SignedDocument.Verify(JsonValue.Parse(signed.Replace("[1,2]", "[2,1]"), "x"), trusted, "x");
        }
        catch (NinaException error)
        {
            refused = error.Number == ErrorNumber.SignatureInvalid;
        }

        check("altered document refused", refused);
    }
}
