using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Signing;
using JsonValue = NinaDB.Clr.Json.JsonValue;

namespace NinaDB.Clr.Tests;

/// <summary>Canonical JSON, keys, signatures, and exported agents as hostile input.</summary>
public sealed class SigningTests : IDisposable
{
    private static readonly RsaKey Key = RsaKey.Generate();
    private static readonly RsaKey OtherKey = RsaKey.Generate();

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{ \"b\" : 1 , \"a\" : [ true , null , \"x\" ] }", "{\"a\":[true,null,\"x\"],\"b\":1}")]
    [InlineData("{\"\\u0061\":\"\\u00e9\\/\\n\\u0001\"}", "{\"a\":\"é/\\n\\u0001\"}")]
    [InlineData("{\"Z\":1,\"a\":2,\"é\":3,\"_\":4}", "{\"Z\":1,\"_\":4,\"a\":2,\"é\":3}")]
    [InlineData("[1.50, -0, 1e3]", "[1.50,-0,1e3]")]
    public void Canonical_text_is_one_for_all_spellings(string json, string expected) => Assert.Equal(expected, CanonicalJson.ToText(JsonValue.Parse(json, "x")));

    [Fact]
    public void Keys_are_written_as_other_tools_write_them()
    {
        using RSA rsa = RSA.Create();
        rsa.ImportFromPem(Key.PublicPem());
        Assert.Equal(rsa.ExportSubjectPublicKeyInfoPem() + "\n", Key.PublicPem());
        Assert.Equal(RsaKey.NewKeyBits, rsa.KeySize);
        using RSA whole = RSA.Create();
        whole.ImportRSAPrivateKey(Key.PrivateBytes(), out int read);
        Assert.Equal(Key.PrivateBytes().Length, read);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(rsa.ExportSubjectPublicKeyInfo())), Key.Id);

        RsaKey again = RsaKey.FromPrivateBytes(Key.PrivateBytes());
        Assert.Equal(Key.Id, again.Id);
        Assert.Equal(Key.Id, Assert.Single(RsaKey.FromPem("noise\n" + Key.PublicPem().Replace("\n", "\r\n", StringComparison.Ordinal))).Id);
        Assert.True(RsaKey.FromPem(OtherKey.PublicPem() + Key.PublicPem())[1].Verify([1, 2], again.Sign([1, 2])));
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(512)]
    public void A_short_key_is_refused(int bits)
    {
        using RSA rsa = RSA.Create(bits);
        Refuses(ErrorNumber.KeyInvalid, () => RsaKey.FromPem(rsa.ExportSubjectPublicKeyInfoPem()));
    }

    [Fact]
    public void What_is_no_key_is_refused()
    {
        using ECDsa elliptic = ECDsa.Create();
        string[] texts =
        [
            string.Empty, "hello", "-----BEGIN PUBLIC KEY-----", "-----BEGIN PUBLIC KEY-----\n????\n-----END PUBLIC KEY-----", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
            elliptic.ExportSubjectPublicKeyInfoPem(), Key.PublicPem().Replace("PUBLIC", "PRIVATE", StringComparison.Ordinal),
        ];
        Assert.All(texts, text => Refuses(ErrorNumber.KeyInvalid, () => RsaKey.FromPem(text)));

        // Any byte changed gives another key or none, and never another exception.
        byte[] der = Convert.FromBase64String(string.Concat(Key.PublicPem().Split('\n')[1..^2]));
        for (int i = 0; i < der.Length; i++)
        {
            byte[] changed = [.. der];
            changed[i] ^= 0x41;
            try
            {
                Assert.NotEqual(Key.Id, RsaKey.FromPem($"-----BEGIN PUBLIC KEY-----{Convert.ToBase64String(changed)}-----END PUBLIC KEY-----")[0].Id);
            }
            catch (NinaException error)
            {
                Assert.Equal(ErrorNumber.KeyInvalid, error.Number);
            }
        }
    }

    [Fact]
    public void A_signed_document_is_verified_in_any_layout_and_no_other_content()
    {
        string signed = SignedDocument.Sign("{\"b\": 1.0, \"a\": {\"y\": \"é\", \"x\": [1, 2]}}", Key);
        Assert.StartsWith("{\"a\":{\"x\":[1,2],\"y\":\"é\"},\"b\":1.0,\"signature\":{", signed, StringComparison.Ordinal);
        Verify(signed);
        Verify(JsonNode.Parse(signed)!.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }));

        Refuses(ErrorNumber.SignatureInvalid, () => Verify(signed.Replace("[1,2]", "[2,1]", StringComparison.Ordinal)));
        Refuses(ErrorNumber.SignatureInvalid, () => Verify(signed.Replace("1.0", "1.00", StringComparison.Ordinal)));
        Refuses(ErrorNumber.SignatureInvalid, () => Verify(signed.Replace("{\"a\"", "{\"A\":1,\"a\"", StringComparison.Ordinal)));
        Refuses(ErrorNumber.SignatureInvalid, () => Verify("{\"a\":1}"));
        Refuses(ErrorNumber.SignatureInvalid, () => Verify("{\"a\":1,\"signature\":null}"));
        Refuses(ErrorNumber.SignatureInvalid, () => Verify(signed.Replace(SignedDocument.Algorithm, "none", StringComparison.Ordinal)));
        Refuses(ErrorNumber.SignatureKeyUnknown, () => Verify(SignedDocument.Sign("{\"a\":1}", OtherKey)));
        Refuses(ErrorNumber.JsonDuplicateKey, () => Verify(signed.Replace("\"b\":1.0", "\"b\":1.0,\"b\":2", StringComparison.Ordinal)));

        // The other key's signature under this key's name.
        Refuses(ErrorNumber.SignatureInvalid, () => Verify(SignedDocument.Sign("{\"a\":1}", OtherKey).Replace(OtherKey.Id, Key.Id, StringComparison.Ordinal)));
    }

    [Fact]
    public void An_untouched_bundle_is_opened_and_copied()
    {
        string bundle = WriteBundle();
        AgentBundle opened = AgentBundle.Open(bundle, [Key]);
        opened.Verify();
        Assert.Equal(Key.Id, opened.KeyId);
        string copy = Directory.CreateDirectory(_folder.File("copy")).FullName;
        opened.CopyVerified(copy);
        Assert.Equal(["config.json", "model.safetensors"], Directory.GetFiles(copy).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_bundle_with_any_file_altered_removed_or_added_is_refused()
    {
        Tampered(ErrorNumber.BundleAltered, b => File.WriteAllText(Path.Combine(b, "config.json"), "{\"A\":1}"));
        Tampered(ErrorNumber.BundleAltered, b => File.AppendAllText(Path.Combine(b, "config.json"), " "));
        Tampered(ErrorNumber.BundleAltered, b => FlipByte(Path.Combine(b, "model.safetensors"), 17));
        Tampered(ErrorNumber.BundleAltered, b => File.Delete(Path.Combine(b, "model.safetensors")));
        Tampered(ErrorNumber.BundleAltered, b => File.WriteAllText(Path.Combine(b, "tokenizer.json"), "{}"));
        Tampered(ErrorNumber.BundleAltered, b => Directory.CreateDirectory(Path.Combine(b, "sub")));
        Tampered(ErrorNumber.BundleAltered, b => File.Move(Path.Combine(b, "config.json"), Path.Combine(b, "Config.json")));
        Tampered(ErrorNumber.BundleInvalid, b => File.Delete(Path.Combine(b, "agent.json")));
        Tampered(ErrorNumber.BundleInvalid, b => File.WriteAllText(Path.Combine(b, "agent.json"), string.Empty));
        Tampered(ErrorNumber.BundleInvalid, b => File.WriteAllText(Path.Combine(b, "agent.json"), "{\"a\":1"));
        Tampered(ErrorNumber.SignatureInvalid, b => Edit(b, d => d.Remove("signature")));
        Tampered(ErrorNumber.SignatureInvalid, b => Edit(b, d => d["constitution"]!["rules"]!.AsArray().Clear()));
        Tampered(ErrorNumber.SignatureInvalid, b => Edit(b, d => d["files"]!.AsArray().RemoveAt(0)));
    }

    [Fact]
    public void A_link_in_place_of_a_file_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Tampered(ErrorNumber.BundleAltered, b =>
        {
            string file = Path.Combine(b, "config.json");
            File.Move(file, _folder.File("elsewhere.json"), overwrite: true);
            File.CreateSymbolicLink(file, _folder.File("elsewhere.json"));
        });
    }

    [Theory]
    [InlineData("../config.json")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/config.json")]
    [InlineData("..\\config.json")]
    [InlineData("C:config.json")]
    [InlineData("config.json:stream")]
    [InlineData(".hidden")]
    [InlineData("agent.json")]
    [InlineData("AGENT.JSON")]
    [InlineData("model.safetensors")]
    [InlineData("")]
    [InlineData("a\\u0000b")]
    public void A_file_list_cannot_name_anything_outside_even_when_it_is_signed(string name)
    {
        string bundle = _folder.File("listed");
        Directory.CreateDirectory(bundle);
        byte[] weights = [1, 2, 3];
        File.WriteAllBytes(Path.Combine(bundle, "model.safetensors"), weights);
        string entry(string n) => $"{{\"name\":\"{n.Replace("\\c", "\\\\c", StringComparison.Ordinal)}\",\"byte_length\":3,\"sha256\":\"{Convert.ToHexStringLower(SHA256.HashData(weights))}\"}}";
        string document = $"{{\"format\":\"{AgentBundle.Format}\",\"files\":[{entry("model.safetensors")},{entry(name)}]}}";
        File.WriteAllText(Path.Combine(bundle, "agent.json"), SignedDocument.Sign(document, Key));
        Refuses(ErrorNumber.BundleInvalid, () => AgentBundle.Open(bundle, [Key]));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"name\":\"x\"}")]
    [InlineData("[{\"name\":\"x\",\"byte_length\":-1,\"sha256\":\"00\"}]")]
    [InlineData("[{\"name\":\"x\",\"byte_length\":1e300,\"sha256\":\"00\"}]")]
    [InlineData("[{\"name\":\"x\",\"byte_length\":99999999999999999999999,\"sha256\":\"00\"}]")]
    public void A_senseless_file_list_is_refused(string files)
    {
        string bundle = _folder.File("senseless");
        Directory.CreateDirectory(bundle);
        File.WriteAllText(Path.Combine(bundle, "agent.json"), SignedDocument.Sign($"{{\"format\":\"{AgentBundle.Format}\",\"files\":{files}}}", Key));
        Refuses(ErrorNumber.BundleInvalid, () => AgentBundle.Open(bundle, [Key]));
    }

    [Fact]
    public void Deep_nesting_and_repeated_keys_are_refused_before_anything_is_believed()
    {
        Tampered(ErrorNumber.BundleInvalid, b => File.WriteAllText(Path.Combine(b, "agent.json"), new string('[', 100_000)));
        Tampered(ErrorNumber.BundleInvalid, b =>
        {
            string path = Path.Combine(b, "agent.json");
            File.WriteAllText(path, File.ReadAllText(path).Replace("{\"constitution\"", "{\"constitution\":{\"rules\":[]},\"constitution\"", StringComparison.Ordinal));
        });
    }

    [OpensslFact]
    public void Openssl_verifies_what_was_signed()
    {
        string bundle = WriteBundle();
        File.WriteAllText(_folder.File("key.pem"), Key.PublicPem());
        const string script = """
            set -e
            sed -E 's/,"signature":\{[^{}]*\}\}$/}/' "$1/agent.json" > "$2/payload.json"
            sed -E 's/.*"value":"([^"]*)"\}\}$/\1/' "$1/agent.json" | openssl base64 -d -A > "$2/payload.sig"
            openssl dgst -sha256 -verify "$2/key.pem" -signature "$2/payload.sig" "$2/payload.json"
            """;
        using Process process = Process.Start(new ProcessStartInfo("sh", ["-c", script, "sh", bundle, _folder.FullPath]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        Assert.Contains("Verified OK", output, StringComparison.Ordinal);
    }

    private static void Verify(string signed) => SignedDocument.Verify(JsonValue.Parse(signed, "x"), [Key], "x");

    private static void Refuses(int number, Action action)
    {
        NinaException error = Assert.Throws<NinaException>(action);
        Assert.True(error.Number == number, $"{error.Message} instead of {number}");
    }

    private static void FlipByte(string path, int offset)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[offset] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private static void Edit(string bundle, Action<JsonObject> change)
    {
        string path = Path.Combine(bundle, "agent.json");
        JsonObject document = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(document);
        File.WriteAllText(path, document.ToJsonString());
    }

    private void Tampered(int number, Action<string> change)
    {
        string bundle = WriteBundle();
        change(bundle);
        Refuses(number, () => AgentBundle.Open(bundle, [Key]).Verify());
    }

    private string WriteBundle()
    {
        string bundle = _folder.File("bundle-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(bundle);
        var files = new Dictionary<string, byte[]> { ["config.json"] = Encoding.UTF8.GetBytes("{\"a\":1}"), ["model.safetensors"] = new byte[1000] };
        var list = new JsonArray();
        foreach ((string name, byte[] content) in files)
        {
            File.WriteAllBytes(Path.Combine(bundle, name), content);
            list.Add(new JsonObject { ["name"] = name, ["byte_length"] = content.Length, ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)) });
        }

        var document = new JsonObject
        {
            ["format"] = AgentBundle.Format,
            ["constitution"] = new JsonObject { ["rules"] = new JsonArray(new JsonObject { ["name"] = "Straße \"1\"", ["kind"] = "deny_words", ["text"] = "x\ny" }) },
            ["files"] = list,
        };
        File.WriteAllText(Path.Combine(bundle, "agent.json"), SignedDocument.Sign(document.ToJsonString(), Key));
        return bundle;
    }

    private sealed class OpensslFactAttribute : FactAttribute
    {
        public OpensslFactAttribute()
        {
            string path = Environment.GetEnvironmentVariable("PATH") ?? string.Empty;
            if (!path.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "openssl"))))
            {
                Skip = "openssl is not installed.";
            }
        }
    }
}
