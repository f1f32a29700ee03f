using System;
using System.Collections.Generic;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;

namespace NinaDB.Clr.Signing;

/// <summary>
/// A JSON object with a member <c>signature</c> {algorithm, key_id, value}: the signature (base64) of the canonical text of the object without that member.
/// It is written in canonical form with the signature last, so that other tools can verify it without a JSON library (docs/safety.md).
/// </summary>
public static class SignedDocument
{
    /// <summary>The member that holds the signature.</summary>
    public const string Member = "signature";

    /// <summary>The only algorithm: RSASSA-PKCS1-v1_5 with SHA-256.</summary>
    public const string Algorithm = "RSA-PKCS1-SHA256";

    /// <summary>Agents list every neuron that they keep; nothing else makes a document long.</summary>
    public static readonly JsonLimits Limits = new JsonLimits(128L << 20, 24, 8_000_000);

    /// <summary>The text of a document, signed.</summary>
    public static string Sign(string json, RsaKey key)
    {
        JsonValue document = JsonValue.Parse(json, "document", Limits);
        NinaException.Require(document.Kind == JsonKind.Object && document.Members.Count > 0, "Only a JSON object can be signed.");
        string text = CanonicalJson.ToText(document, Member);
        JsonValue signature = JsonValue.NewObject()
            .Set("algorithm", JsonValue.Of(Algorithm))
            .Set("key_id", JsonValue.Of(key.Id))
            .Set("value", JsonValue.Of(Convert.ToBase64String(key.Sign(CanonicalJson.Utf8(text)))));
        return text.Substring(0, text.Length - 1) + ",\"" + Member + "\":" + CanonicalJson.ToText(signature) + "}";
    }

    /// <summary>Checks a parsed document against trusted keys; returns the key that signed it. Raises 51902 or 51903.</summary>
    public static RsaKey Verify(JsonValue document, IReadOnlyList<RsaKey> trusted, string source)
    {
        JsonValue? signature = document[Member];
        string? keyId = signature?["key_id"]?.AsString();
        string? value = signature?["value"]?.AsString();
        if (signature == null || signature.Kind != JsonKind.Object || keyId == null || value == null)
        {
            throw NinaException.InFile(ErrorNumber.SignatureInvalid, source, "is not signed.");
        }

        if (signature.Members.Count != 3 || signature["algorithm"]?.AsString() != Algorithm)
        {
            throw NinaException.InFile(ErrorNumber.SignatureInvalid, source, $"has a signature of an unknown kind; '{Algorithm}' with algorithm, key_id and value is the only one.");
        }

        byte[] bytes;
        try
        {
            bytes = Convert.FromBase64String(value);
        }
        catch (FormatException error)
        {
            throw new NinaException(ErrorNumber.SignatureInvalid, $"File '{source}': has a signature that is not base64.", error);
        }

        foreach (RsaKey key in trusted)
        {
            if (key.Id == keyId)
            {
                return key.Verify(CanonicalJson.ToBytes(document, Member), bytes)
                    ? key
                    : throw NinaException.InFile(ErrorNumber.SignatureInvalid, source, "was altered: its signature does not fit its content.");
            }
        }

        throw NinaException.InFile(ErrorNumber.SignatureKeyUnknown, source, $"is signed with the key '{JsonReader.Shorten(keyId)}', which is not a trusted one.");
    }
}
