using System.Buffers.Binary;

namespace NinaDB.Engine.Storage;

/// <summary>What a row keeps of a FILESTREAM value: which file, how long, and its SHA-256.</summary>
internal sealed record FileReference(Guid Id, long Length, ReadOnlyMemory<byte> Sha256)
{
    public const int EncodedLength = 16 + 8 + 32;

    public void Encode(Span<byte> destination)
    {
        Id.TryWriteBytes(destination);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], Length);
        Sha256.Span.CopyTo(destination[24..]);
    }

    public static FileReference Decode(ReadOnlySpan<byte> bytes) =>
        new(new Guid(bytes[..16]), BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), bytes.Slice(24, 32).ToArray());
}
