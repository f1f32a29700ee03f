namespace NinaDB.Engine.Types;

/// <summary>What values of a type are sorted by.</summary>
internal enum SortForm : byte
{
    /// <summary>Only comparing tells.</summary>
    Compared,

    /// <summary><see cref="SqlComparer.SortWord"/>: a number of 64 bits.</summary>
    Word,

    /// <summary><see cref="SqlComparer.SortBytes"/>: bytes compared one after the other, the shorter first.</summary>
    Bytes,
}

internal abstract partial class SqlComparer
{
    public virtual SortForm Form => SortForm.Compared;

    /// <summary>A number that orders values (not NULL) of a type whose form is <see cref="SortForm.Word"/>; equal numbers mean equal values.</summary>
    public virtual ulong SortWord(in SqlValue value) => throw new NotSupportedException();

    /// <summary>Bytes that order values (not NULL) of a type whose form is <see cref="SortForm.Bytes"/>; equal bytes mean equal values.</summary>
    public virtual byte[] SortBytes(in SqlValue value) => throw new NotSupportedException();

    private const ulong Sign = 0x8000_0000_0000_0000;

    private static ulong WordOf(double value)
    {
        // Both zeros are one value.
        ulong bits = value == 0 ? 0 : BitConverter.DoubleToUInt64Bits(value);
        return (bits & Sign) == 0 ? bits | Sign : ~bits;
    }
}
