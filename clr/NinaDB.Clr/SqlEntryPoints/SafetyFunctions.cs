using System;
using System.Collections;
using System.Collections.Generic;
using System.Data.SqlTypes;
using System.IO;
using Microsoft.SqlServer.Server;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Json;
using NinaDB.Clr.Matching;
using NinaDB.Clr.Signing;
using NinaDB.Clr.Storage;

namespace NinaDB.Clr.SqlEntryPoints;

/// <summary>SQL functions behind the safety rules: matching, canonical JSON, keys, signatures and signed folders.</summary>
public static class SafetyFunctions
{
    private const long MaxWorkFileBytes = 64L << 20;

    /// <summary>A text in the form in which rules are matched.</summary>
    [SqlFunction(IsDeterministic = true, IsPrecise = true)]
    [return: SqlFacet(MaxSize = -1)]
    public static SqlString NormalizeForMatching([SqlFacet(MaxSize = -1)] SqlString text) => text.IsNull ? SqlString.Null : new SqlString(TextFold.Fold(text.Value));

    /// <summary>The first word or phrase of a list (separated by commas, semicolons or line ends) that a text holds; NULL when it holds none.</summary>
    [SqlFunction(IsDeterministic = true, IsPrecise = true)]
    public static SqlString FindWord([SqlFacet(MaxSize = -1)] SqlString text, [SqlFacet(MaxSize = -1)] SqlString words)
    {
        string? found = text.IsNull || words.IsNull ? null : WordMatcher.Find(text.Value, words.Value);
        return found == null ? SqlString.Null : new SqlString(found.Length <= 400 ? found : found.Substring(0, 400));
    }

    /// <summary>The first entry of a list of words that nothing could ever match; NULL when there is none; an empty text for an empty list.</summary>
    [SqlFunction(IsDeterministic = true, IsPrecise = true)]
    public static SqlString FindUnmatchable([SqlFacet(MaxSize = -1)] SqlString words)
    {
        if (words.IsNull || WordMatcher.Count(words.Value) == 0)
        {
            return string.Empty;
        }

        IReadOnlyList<string> bad = WordMatcher.Unmatchable(words.Value);
        return bad.Count == 0 ? SqlString.Null : new SqlString(bad[0].Length <= 400 ? bad[0] : bad[0].Substring(0, 400));
    }

    /// <summary>Overlapping windows of a text: rows (ordinal, passage).</summary>
    [SqlFunction(FillRowMethodName = nameof(FillPassage), TableDefinition = "ordinal int, passage nvarchar(max)")]
    public static IEnumerable Passages([SqlFacet(MaxSize = -1)] SqlString text, SqlInt32 words)
    {
        NinaException.Require(!words.IsNull && words.Value >= 2, "A passage has at least two words.");
        var rows = new List<KeyValuePair<int, string>>();
        if (!text.IsNull)
        {
            foreach (string passage in TextFold.Passages(text.Value, words.Value))
            {
                rows.Add(new KeyValuePair<int, string>(rows.Count, passage));
            }
        }

        return rows;
    }

    /// <summary>Fills a row of <see cref="Passages"/>.</summary>
    public static void FillPassage(object row, out SqlInt32 ordinal, [SqlFacet(MaxSize = -1)] out SqlString passage)
    {
        var value = (KeyValuePair<int, string>)row;
        ordinal = value.Key;
        passage = value.Value;
    }

    /// <summary>The canonical text of JSON; raises 511xx for what is not well-formed or has a key twice.</summary>
    [SqlFunction(IsDeterministic = true, IsPrecise = true)]
    [return: SqlFacet(MaxSize = -1)]
    public static SqlString CanonicalJson([SqlFacet(MaxSize = -1)] SqlString json)
        => json.IsNull ? SqlString.Null : new SqlString(Signing.CanonicalJson.ToText(JsonValue.Parse(json.Value, "document", SignedDocument.Limits)));

    /// <summary>SHA-256 of the canonical bytes of JSON.</summary>
    [SqlFunction(IsDeterministic = true, IsPrecise = true)]
    public static SqlBinary CanonicalSha256([SqlFacet(MaxSize = -1)] SqlString json)
        => json.IsNull ? SqlBinary.Null : new SqlBinary(ContentHash.OfBytes(Signing.CanonicalJson.ToBytes(JsonValue.Parse(json.Value, "document", SignedDocument.Limits))));

    /// <summary>A new private key.</summary>
    [SqlFunction]
    [return: SqlFacet(MaxSize = -1)]
    public static SqlBinary NewSigningKey() => RsaKey.Generate().PrivateBytes();

    /// <summary>The public half of a private key, as PEM.</summary>
    [SqlFunction(IsDeterministic = true, IsPrecise = true)]
    [return: SqlFacet(MaxSize = -1)]
    public static SqlString PublicKeyPem([SqlFacet(MaxSize = -1)] SqlBinary privateKey) => PrivateKey(privateKey).PublicPem();

    /// <summary>The name of a private key's public half: SHA-256 of its SubjectPublicKeyInfo.</summary>
    [SqlFunction(IsDeterministic = true, IsPrecise = true)]
    public static SqlString SigningKeyId([SqlFacet(MaxSize = -1)] SqlBinary privateKey) => PrivateKey(privateKey).Id;

    /// <summary>A JSON object in canonical form, signed.</summary>
    [SqlFunction(IsDeterministic = true, IsPrecise = true)]
    [return: SqlFacet(MaxSize = -1)]
    public static SqlString SignDocument([SqlFacet(MaxSize = -1)] SqlString json, [SqlFacet(MaxSize = -1)] SqlBinary privateKey)
    {
        NinaException.Require(!json.IsNull, "There is nothing to sign.");
        return SignedDocument.Sign(json.Value, PrivateKey(privateKey));
    }

    /// <summary>Verifies a signed folder against public keys (PEM, one or several): rows (name, byte_length, sha256, key_id). Raises 519xx.</summary>
    [SqlFunction(FillRowMethodName = nameof(FillBundleFile), TableDefinition = "name nvarchar(200), byte_length bigint, sha256 binary(32), key_id nvarchar(64)")]
    public static IEnumerable VerifyBundle(SqlString folder, [SqlFacet(MaxSize = -1)] SqlString publicKeys)
    {
        AgentBundle bundle = OpenBundle(folder, publicKeys);
        bundle.Verify();
        var rows = new List<KeyValuePair<string, BundleFile>>();
        foreach (BundleFile file in bundle.Files)
        {
            rows.Add(new KeyValuePair<string, BundleFile>(bundle.KeyId, file));
        }

        return rows;
    }

    /// <summary>Fills a row of <see cref="VerifyBundle"/>.</summary>
    public static void FillBundleFile(object row, out SqlString name, out SqlInt64 byteLength, out SqlBinary sha256, out SqlString keyId)
    {
        var value = (KeyValuePair<string, BundleFile>)row;
        name = value.Value.Name;
        byteLength = value.Value.ByteLength;
        sha256 = FromHex(value.Value.Sha256);
        keyId = value.Key;
    }

    /// <summary>
    /// Verifies a signed folder and copies its files into a work folder, from which they can be run; <c>clr.DeleteWorkFolder</c> removes it.
    /// Returns agent.json with a further member <c>work_folder</c>.
    /// </summary>
    [SqlFunction]
    [return: SqlFacet(MaxSize = -1)]
    public static SqlString StageBundle(SqlString folder, [SqlFacet(MaxSize = -1)] SqlString publicKeys)
    {
        AgentBundle bundle = OpenBundle(folder, publicKeys);
        string target = DistillationFunctions.NewWorkFolder();
        try
        {
            Directory.CreateDirectory(target);
            bundle.CopyVerified(target);
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException || error is NinaException)
        {
            Directory.Delete(target, recursive: true);
            if (error is NinaException)
            {
                throw;
            }

            throw new NinaException(ErrorNumber.WriteFailed, $"Folder '{target}' cannot be written: {error.Message}", error);
        }

        JsonValue document = JsonValue.NewObject().Set("work_folder", JsonValue.Of(target)).Set("key_id", JsonValue.Of(bundle.KeyId)).Set("agent", bundle.Document);
        return Signing.CanonicalJson.ToText(document);
    }

    /// <summary>A small file of a work folder; NULL when it is not there.</summary>
    [SqlFunction]
    [return: SqlFacet(MaxSize = -1)]
    public static SqlBinary ReadWorkFile(SqlString folder, SqlString name)
    {
        NinaException.Require(!folder.IsNull && !name.IsNull && name.Value == Path.GetFileName(name.Value), "A work file has a folder and a plain name.");
        string path = Path.Combine(DistillationFunctions.RequireWorkFolder(folder.Value), name.Value);
        if (!File.Exists(path))
        {
            return SqlBinary.Null;
        }

        long length = FileIdentity.Of(path).Length;
        if (length > MaxWorkFileBytes)
        {
            throw NinaException.InFile(ErrorNumber.BundleInvalid, path, $"has {length} bytes; {MaxWorkFileBytes} are allowed.");
        }

        return File.ReadAllBytes(path);
    }

    private static AgentBundle OpenBundle(SqlString folder, SqlString publicKeys)
    {
        NinaException.Require(!folder.IsNull && folder.Value.Trim().Length > 0, "The folder is empty.");
        NinaException.Require(!publicKeys.IsNull, "There is no public key.");
        return AgentBundle.Open(folder.Value, RsaKey.FromPem(publicKeys.Value));
    }

    private static RsaKey PrivateKey(SqlBinary key)
    {
        NinaException.Require(!key.IsNull, "There is no private key.");
        return RsaKey.FromPrivateBytes(key.Value);
    }

    private static byte[] FromHex(string hex)
    {
        byte[] bytes = new byte[hex.Length / 2];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = Convert.ToByte(hex.Substring(2 * i, 2), 16);
        }

        return bytes;
    }
}
