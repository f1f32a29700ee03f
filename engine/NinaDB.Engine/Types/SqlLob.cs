namespace NinaDB.Engine.Types;

/// <summary>
/// A varbinary(max) value that is not held in memory: a FILESTREAM file, a file read by OPENROWSET(BULK ...), or a range of one.
/// Immutable and safe to read from several threads.
/// </summary>
public abstract class SqlLob
{
    /// <summary>Length in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Reads up to <paramref name="destination"/>.Length bytes from <paramref name="offset"/>; returns how many were read (0 only at the end).</summary>
    public abstract int Read(long offset, Span<byte> destination);

    /// <summary>Absolute path of the file that holds exactly this value's bytes, where there is one; null otherwise.</summary>
    public virtual string? FilePath => null;

    /// <summary>
    /// True when the handle is only good while the statement runs that produced it: whoever keeps the value longer (a variable, an output parameter)
    /// materialises it with <see cref="ToArray"/> first.
    /// </summary>
    public virtual bool IsTransient => false;

    /// <summary>The whole value in memory. Throws error 7119 beyond 2^31-1 bytes.</summary>
    public byte[] ToArray()
    {
        if (Length > int.MaxValue)
        {
            throw Errors.SqlErrors.Create(7119, Length);
        }

        var bytes = new byte[Length];
        int done = 0;
        while (done < bytes.Length)
        {
            int read = Read(done, bytes.AsSpan(done));
            if (read == 0)
            {
                throw new EndOfStreamException("A large object is shorter than its recorded length.");
            }

            done += read;
        }

        return bytes;
    }
}
