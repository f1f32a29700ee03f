using System.Buffers;
using System.Buffers.Binary;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Storage;

/// <summary>
/// Values too large for their row: chunks in <see cref="SystemTrees.LargeValues"/>, and FILESTREAM files. A value is written once and never changed; the row that
/// refers to it owns it.
/// </summary>
internal sealed class LargeValues(IStoreConnection connection)
{
    /// <summary>Bytes of one chunk.</summary>
    public const int ChunkSize = 64 * 1024;

    private const int KeyLength = 12;

    /// <summary>Value number (8), length (8), form of the content (1).</summary>
    private const int ReferenceLength = 17;

    public IStoreConnection Connection => connection;

    /// <summary>Stores text or bytes as chunks and appends the tagged reference.</summary>
    public void Write(ref ByteWriter row, in SqlValue value)
    {
        long number = connection.AllocateNumber(SystemTrees.LargeValues);
        long length;
        StoredForm form = StoredForm.Raw;
        if (value.AsLob is { } lob)
        {
            length = WriteChunks(number, lob);
        }
        else if (value.Reference is string text)
        {
            form = RowCodec.TextForm(text, out int byteCount);
            byte[] encoded = ArrayPool<byte>.Shared.Rent(byteCount);
            RowCodec.EncodeText(text, form, encoded.AsSpan(0, byteCount));
            length = WriteChunks(number, encoded.AsSpan(0, byteCount));
            ArrayPool<byte>.Shared.Return(encoded);
        }
        else
        {
            length = WriteChunks(number, value.AsBytes);
        }

        Span<byte> reference = stackalloc byte[ReferenceLength];
        BinaryPrimitives.WriteInt64BigEndian(reference, number);
        BinaryPrimitives.WriteInt64BigEndian(reference[8..], length);
        reference[16] = (byte)form;
        RowCodec.WriteBytes(ref row, StoredForm.Large, reference);
    }

    /// <summary>Copies bytes into a new FILESTREAM file and appends the tagged reference.</summary>
    public void WriteFile(ref ByteWriter row, in SqlValue value)
    {
        FileStreamStore store = Files();
        FileReference file = value.AsLob is { } lob ? store.Write(connection, lob) : store.Write(connection, value.AsBytes);
        Span<byte> reference = stackalloc byte[FileReference.EncodedLength];
        file.Encode(reference);
        RowCodec.WriteBytes(ref row, StoredForm.File, reference);
    }

    /// <summary>The value behind a reference: text and small things in memory, binary as a handle.</summary>
    public SqlValue Read(StoredForm form, ReadOnlySpan<byte> reference, SqlType type)
    {
        if (form == StoredForm.File)
        {
            return SqlValue.FromLob(Files().Open(FileReference.Decode(reference)));
        }

        long number = BinaryPrimitives.ReadInt64BigEndian(reference);
        long length = BinaryPrimitives.ReadInt64BigEndian(reference[8..]);
        var content = (StoredForm)reference[16];
        if (content == StoredForm.Raw)
        {
            return type.Id == SqlTypeId.VarBinary
                ? SqlValue.FromLob(new ChunkedLob(connection, number, length))
                : SqlValue.FromBinary(new ChunkedLob(connection, number, length).ToArray(), type.Id);
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent((int)length);
        Span<byte> all = bytes.AsSpan(0, (int)length);
        ReadFully(number, all);
        string text = RowCodec.DecodeText(content, all);
        ArrayPool<byte>.Shared.Return(bytes);
        return SqlValue.FromString(text, type.Id);
    }

    /// <summary>Whether a reference stands for the very object that <paramref name="value"/> is a handle of.</summary>
    public static bool RefersTo(StoredForm form, ReadOnlySpan<byte> reference, in SqlValue value) => (form, value.AsLob) switch
    {
        (StoredForm.File, FileLob lob) => lob.Reference.Id == FileReference.Decode(reference).Id,
        (StoredForm.Large, ChunkedLob lob) => lob.Number == BinaryPrimitives.ReadInt64BigEndian(reference),
        _ => false,
    };

    /// <summary>Whether all that a reference stands for is there.</summary>
    public bool Exists(StoredForm form, ReadOnlySpan<byte> reference)
    {
        if (form == StoredForm.File)
        {
            return Files().Exists(connection, FileReference.Decode(reference));
        }

        long length = BinaryPrimitives.ReadInt64BigEndian(reference[8..]);
        long found = 0;
        (byte[] lower, byte[] upper) = ChunkRange(BinaryPrimitives.ReadInt64BigEndian(reference), 0);
        using IStoreCursor cursor = connection.Scan(SystemTrees.LargeValues, new KeyRange(lower, true, upper, false));
        while (cursor.MoveNext())
        {
            found += cursor.Value.Length;
        }

        return found == length;
    }

    /// <summary>Removes what a reference stands for, with the transaction.</summary>
    public void Free(StoredForm form, ReadOnlySpan<byte> reference)
    {
        if (form == StoredForm.File)
        {
            Files().Remove(connection, FileReference.Decode(reference).Id);
            return;
        }

        FreedValues.Add(connection, BinaryPrimitives.ReadInt64BigEndian(reference), BinaryPrimitives.ReadInt64BigEndian(reference[8..]));
    }

    internal static void DeleteChunks(IStoreConnection connection, long number, long length)
    {
        Span<byte> key = stackalloc byte[KeyLength];
        for (int chunk = 0; chunk == 0 || (long)chunk * ChunkSize < length; chunk++)
        {
            MakeKey(key, number, chunk);
            connection.Delete(SystemTrees.LargeValues, key);
        }
    }

    private FileStreamStore Files() => connection.Store.FileStreams ?? throw Errors.SqlErrors.NotSupported("FILESTREAM in a temporary table");

    private long WriteChunks(long number, ReadOnlySpan<byte> bytes)
    {
        Span<byte> key = stackalloc byte[KeyLength];
        for (int chunk = 0; chunk == 0 || chunk * (long)ChunkSize < bytes.Length; chunk++)
        {
            int start = chunk * ChunkSize;
            MakeKey(key, number, chunk);
            connection.TryInsert(SystemTrees.LargeValues, key, bytes.Slice(start, Math.Min(ChunkSize, bytes.Length - start)));
        }

        return bytes.Length;
    }

    private long WriteChunks(long number, SqlLob lob)
    {
        Span<byte> key = stackalloc byte[KeyLength];
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        long length = lob.Length;
        long done = 0;
        for (int chunk = 0; chunk == 0 || done < length; chunk++)
        {
            int count = 0;
            int wanted = (int)Math.Min(ChunkSize, length - done);
            while (count < wanted)
            {
                int read = lob.Read(done + count, buffer.AsSpan(count, wanted - count));
                if (read == 0)
                {
                    throw new EndOfStreamException("A large object is shorter than its recorded length.");
                }

                count += read;
            }

            MakeKey(key, number, chunk);
            connection.TryInsert(SystemTrees.LargeValues, key, buffer.AsSpan(0, count));
            done += count;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return length;
    }

    private void ReadFully(long number, Span<byte> destination)
    {
        (byte[] lower, byte[] upper) = ChunkRange(number, 0);
        using IStoreCursor cursor = connection.Scan(SystemTrees.LargeValues, new KeyRange(lower, true, upper, false));
        int done = 0;
        while (done < destination.Length && cursor.MoveNext())
        {
            ReadOnlySpan<byte> chunk = cursor.Value;
            chunk.CopyTo(destination[done..]);
            done += chunk.Length;
        }

        if (done != destination.Length)
        {
            throw Gone();
        }
    }

    private static Errors.SqlErrorException Gone() => Errors.SqlErrors.Create(7105);

    /// <summary>Keys of a value's chunks from one of them on; the upper bound is exclusive.</summary>
    private static (byte[] Lower, byte[] Upper) ChunkRange(long number, int firstChunk)
    {
        var lower = new byte[KeyLength];
        var upper = new byte[KeyLength];
        MakeKey(lower, number, firstChunk);
        MakeKey(upper, number + 1, 0);
        return (lower, upper);
    }

    private static void MakeKey(Span<byte> key, long number, int chunk)
    {
        BinaryPrimitives.WriteInt64BigEndian(key, number);
        BinaryPrimitives.WriteInt32BigEndian(key[8..], chunk);
    }

    /// <summary>
    /// A varbinary(max) value held in chunks. Reads through the session's connection: valid while the statement that fetched the row runs, and later as long as the
    /// row still holds the value (error 7105 otherwise). Only for the session's own thread.
    /// </summary>
    internal sealed class ChunkedLob(IStoreConnection connection, long number, long length) : SqlLob
    {
        public long Number => number;

        public override long Length => length;

        public override bool IsTransient => true;

        public override int Read(long offset, Span<byte> destination)
        {
            if (offset >= length)
            {
                return 0;
            }

            int wanted = (int)Math.Min(destination.Length, length - offset);
            int done = 0;
            (byte[] lower, byte[] upper) = ChunkRange(number, (int)(offset / ChunkSize));
            using IStoreCursor cursor = connection.Scan(SystemTrees.LargeValues, new KeyRange(lower, true, upper, false));
            int skip = (int)(offset % ChunkSize);
            while (done < wanted && cursor.MoveNext())
            {
                ReadOnlySpan<byte> chunk = cursor.Value[skip..];
                int count = Math.Min(chunk.Length, wanted - done);
                chunk[..count].CopyTo(destination[done..]);
                done += count;
                skip = 0;
            }

            return done == wanted ? done : throw Gone();
        }

        public override bool Equals(object? obj) => obj is ChunkedLob other && other.Number == number;

        public override int GetHashCode() => number.GetHashCode();
    }
}
