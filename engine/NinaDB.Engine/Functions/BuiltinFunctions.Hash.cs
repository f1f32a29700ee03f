using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>HASHBYTES, CHECKSUM, COMPRESS, CRYPT_GEN_RANDOM.</summary>
internal static partial class BuiltinFunctions
{
    private const int LobChunk = 1 << 20;

    /// <summary>A gzip file without content.</summary>
    private static readonly byte[] EmptyGzip = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 10, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static void AddHashFamily(Action<BuiltinFunction> add)
    {
        add(Function("HASHBYTES", 2, 2, BindHashBytes));
        add(Function("CHECKSUM", 1, 254, b => BindChecksum(b, ignoreCase: true)));
        add(Function("BINARY_CHECKSUM", 1, 254, b => BindChecksum(b, ignoreCase: false)));
        add(Function("COMPRESS", 1, 1, BindCompress));
        add(Function("DECOMPRESS", 1, 1, BindDecompress));
        add(Function("CRYPT_GEN_RANDOM", 1, 2, BindCryptGenRandom) with { IsDeterministic = false });
    }

    private static BoundFunction BindHashBytes(FunctionBinding b)
    {
        SqlType type = b.ArgumentTypes[1];
        if (!type.IsString && type.Id is not (SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.RowVersion))
        {
            throw InvalidArgument(b, 1);
        }

        SqlType? input = type.IsLegacyLob ? StringArgument(b, 1) : null;
        return new BoundFunction(SqlType.VarBinary(8000), true, [SqlType.NVarChar(60), input], (_, a) =>
        {
            string wanted = a[0].AsString.TrimEnd(' ').ToUpperInvariant();
            if (wanted == "MD4")
            {
                return SqlValue.FromBinary(Md4.HashData(a[1].AsLob is { } large ? SubstringOfBinary(a[1], 1, large.Length).AsBytes : BytesOf(a[1], type)));
            }

            HashAlgorithmName? algorithm = wanted switch
            {
                "MD5" => HashAlgorithmName.MD5,
                "SHA" or "SHA1" => HashAlgorithmName.SHA1,
                "SHA2_256" => HashAlgorithmName.SHA256,
                "SHA2_512" => HashAlgorithmName.SHA512,
                _ => null,
            };
            if (algorithm is not { } name)
            {
                // An unknown algorithm gives NULL.
                return SqlValue.Null;
            }

            using var hash = IncrementalHash.CreateHash(name);
            if (a[1].AsLob is { } lob)
            {
                HashLob(hash, lob);
            }
            else
            {
                hash.AppendData(BytesOf(a[1], type));
            }

            return SqlValue.FromBinary(hash.GetHashAndReset());
        });
    }

    private static void HashLob(IncrementalHash hash, SqlLob lob)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(LobChunk);
        try
        {
            long offset = 0;
            while (offset < lob.Length)
            {
                int read = lob.Read(offset, buffer.AsSpan(0, (int)Math.Min(buffer.Length, lob.Length - offset)));
                if (read == 0)
                {
                    throw new EndOfStreamException("A large object is shorter than its recorded length.");
                }

                hash.AppendData(buffer, 0, read);
                offset += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Storage bytes of a character or binary value.</summary>
    private static byte[] BytesOf(SqlValue value, SqlType type) => value.Kind switch
    {
        SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.Text => TextEncodings.GetBytes(value.AsString, type.EffectiveCollation),
        SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.NText => Encoding.Unicode.GetBytes(value.AsString),
        _ => value.AsBytes,
    };

    /// <summary>
    /// A 32-bit hash of a list of values: rotate by four bits, XOR. BINARY_CHECKSUM of integers, non-Unicode text and bytes is SQL Server's; CHECKSUM of text goes through
    /// sort weights in SQL Server, which are not public, so its values are this host's own (as are those of Unicode text, numbers beyond int, and dates).
    /// </summary>
    private static BoundFunction BindChecksum(FunctionBinding b, bool ignoreCase)
    {
        for (int i = 0; i < b.ArgumentTypes.Count; i++)
        {
            if (b.ArgumentTypes[i].Id is SqlTypeId.Json or SqlTypeId.Vector or SqlTypeId.Xml or SqlTypeId.Cursor || b.ArgumentTypes[i].IsLegacyLob)
            {
                throw InvalidArgument(b, i);
            }
        }

        SqlType[] types = [.. b.ArgumentTypes];
        return new BoundFunction(SqlType.Int, false, [], (_, a) =>
        {
            uint sum = 0;
            for (int i = 0; i < types.Length; i++)
            {
                uint part = a[i].IsNull ? 0x7FFFFFFF : ChecksumOf(a[i], types[i], ignoreCase);
                sum = types.Length == 1 ? part : uint.RotateLeft(sum, 4) ^ part;
            }

            return SqlValue.FromInt((int)sum);
        })
        { NullIfAnyNull = false };
    }

    private static uint ChecksumOf(SqlValue value, SqlType type, bool ignoreCase)
    {
        if (value.Kind is SqlTypeId.Int or SqlTypeId.SmallInt or SqlTypeId.TinyInt or SqlTypeId.Bit)
        {
            return (uint)value.AsInt32;
        }

        if (type.IsString)
        {
            string text = value.AsString.TrimEnd(' ');
            text = ignoreCase && !type.EffectiveCollation.IsCaseSensitive ? text.ToUpperInvariant() : text;
            return RollingChecksum(type.IsAnsiString ? TextEncodings.GetBytes(text, type.EffectiveCollation) : Encoding.Unicode.GetBytes(text));
        }

        return type.IsBinary ? RollingChecksum(value.AsBytes) : (uint)SqlComparer.For(type).GetHashCode(value);
    }

    private static uint RollingChecksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        foreach (byte b in bytes)
        {
            sum = uint.RotateLeft(sum, 4) ^ b;
        }

        return sum;
    }

    private static BoundFunction BindCompress(FunctionBinding b)
    {
        SqlType type = b.ArgumentTypes[0];
        if (!type.IsString && !type.IsBinary && type.Id != SqlTypeId.Null)
        {
            throw InvalidArgument(b, 0);
        }

        return new BoundFunction(SqlType.VarBinaryMax, true, [null], (_, a) =>
        {
            byte[] bytes = BytesOf(a[0], type);
            if (bytes.Length == 0)
            {
                // .NET writes nothing for nothing; gzip has a form for it.
                return SqlValue.FromBinary([.. EmptyGzip]);
            }

            using var output = new MemoryStream();
            using (var gzip = new GZipStream(output, CompressionLevel.Optimal))
            {
                gzip.Write(bytes);
            }

            return SqlValue.FromBinary(output.ToArray());
        });
    }

    private static BoundFunction BindDecompress(FunctionBinding b)
    {
        if (!b.ArgumentTypes[0].IsBinary && !IsNullArgument(b, 0))
        {
            throw InvalidArgument(b, 0);
        }

        return new BoundFunction(SqlType.VarBinaryMax, true, [null], static (_, a) =>
        {
            if (a[0].AsBytes is not [0x1F, 0x8B, ..])
            {
                throw SqlErrors.Create(9803, "gzip");
            }

            try
            {
                using var gzip = new GZipStream(new MemoryStream(a[0].AsBytes), CompressionMode.Decompress);
                using var output = new MemoryStream();
                gzip.CopyTo(output);
                return SqlValue.FromBinary(output.ToArray());
            }
            catch (InvalidDataException)
            {
                throw SqlErrors.Create(9803, "gzip");
            }
        });
    }

    private static BoundFunction BindCryptGenRandom(FunctionBinding b) =>
        new(SqlType.VarBinary(8000), true, [SqlType.Int, SqlType.VarBinary(8000)], static (_, a) =>
            a[0].AsInt32 is > 0 and <= 8000 and var length ? SqlValue.FromBinary(RandomNumberGenerator.GetBytes(length)) : SqlValue.Null)
        { NullIfAnyNull = b.ArgumentTypes.Count == 1 };
}
