namespace NinaDB.Tds.Protocol;

/// <summary>ENVCHANGE tokens ([MS-TDS] 2.2.7.9).</summary>
internal static class EnvironmentChanges
{
    public static void WriteText(PacketOutput output, EnvironmentChange change, string newValue, string oldValue)
    {
        output.Write(Token.EnvironmentChange);
        output.Write((ushort)(1 + 1 + (newValue.Length * 2) + 1 + (oldValue.Length * 2)));
        output.Write((byte)change);
        output.WriteByteText(newValue);
        output.WriteByteText(oldValue);
    }

    public static void WriteBytes(PacketOutput output, EnvironmentChange change, ReadOnlySpan<byte> newValue, ReadOnlySpan<byte> oldValue)
    {
        output.Write(Token.EnvironmentChange);
        output.Write((ushort)(1 + 1 + newValue.Length + 1 + oldValue.Length));
        output.Write((byte)change);
        output.Write((byte)newValue.Length);
        output.Write(newValue);
        output.Write((byte)oldValue.Length);
        output.Write(oldValue);
    }
}
