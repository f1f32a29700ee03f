using System.Buffers;

namespace NinaDB.Tds.Protocol;

/// <summary>A message of one or more packets ([MS-TDS] 2.2.1), put together in a pooled buffer.</summary>
internal sealed class TdsMessage(PacketType type, PacketStatus status) : IDisposable
{
    private byte[] _data = [];

    public PacketType Type { get; } = type;

    /// <summary>Status of the first packet (it carries the reset bits).</summary>
    public PacketStatus Status { get; } = status;

    /// <summary>The client took the message back while sending it.</summary>
    public bool IsIgnored { get; set; }

    /// <summary>False while more packets follow (only bulk load is handed on before its end).</summary>
    public bool IsComplete { get; set; }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Data => _data.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => _data.AsMemory(0, Length);

    /// <summary>Room for another packet's payload.</summary>
    public Memory<byte> Extend(int count)
    {
        if (_data.Length - Length < count)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + count, Length * 2));
            Data.CopyTo(larger);
            Release();
            _data = larger;
        }

        Length += count;
        return _data.AsMemory(Length - count, count);
    }

    public void Clear() => Length = 0;

    public void Dispose()
    {
        Release();
        _data = [];
        Length = 0;
    }

    private void Release()
    {
        if (_data.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_data, clearArray: Type == PacketType.Login7);
        }
    }
}
