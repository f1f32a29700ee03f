using System.Buffers.Binary;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Storage;

/// <summary>Reads a fixed set of columns out of stored rows, straight from the bytes, into a register array. Immutable and shared.</summary>
internal sealed class RowDecoder
{
    private readonly Slot[] _slots;

    /// <param name="ColumnId">Stable id of the column; slots are sorted by it.</param>
    /// <param name="Target">Element of the destination that receives the value.</param>
    /// <param name="Missing">Value in rows older than the column.</param>
    public readonly record struct Slot(int ColumnId, int Target, SqlType Type, SqlValue Missing)
    {
        /// <summary>Held as an integer of few bytes.</summary>
        public bool IsInteger { get; } = RowCodec.IsInteger(Type);
    }

    public RowDecoder(IEnumerable<Slot> slots) => _slots = [.. slots.OrderBy(s => s.ColumnId)];

    public void Decode(ReadOnlySpan<byte> row, SqlValue[] destination, LargeValues largeValues)
    {
        Slot[] slots = _slots;
        if (slots.Length == 0)
        {
            return;
        }

        int position = 0;
        int covered = (int)RowCodec.ReadVarint(row, ref position);
        ReadOnlySpan<byte> present = row.Slice(position, (covered + 7) >> 3);
        position += present.Length;
        int next = 0;
        int wanted = slots[0].ColumnId;
        for (int id = 1; id <= covered; id++)
        {
            bool isPresent = (present[(id - 1) >> 3] >> ((id - 1) & 7) & 1) != 0;
            SqlValue value = default;
            if (isPresent)
            {
                byte tag = row[position++];
                int length = tag & RowCodec.LongLength;
                if (length == RowCodec.LongLength)
                {
                    length = (int)RowCodec.ReadVarint(row, ref position);
                }

                if (id != wanted)
                {
                    position += length;
                    continue;
                }

                ReadOnlySpan<byte> bytes = row.Slice(position, length);
                position += length;
                ref readonly Slot slot = ref slots[next];
                if (slot.IsInteger)
                {
                    value = SqlValue.FromInteger(slot.Type.Id, RowCodec.ReadInteger(bytes));
                }
                else
                {
                    var form = (StoredForm)(tag >> 5);
                    value = form < StoredForm.Large ? RowCodec.ReadValue(form, bytes, slot.Type) : largeValues.Read(form, bytes, slot.Type);
                }
            }
            else if (id != wanted)
            {
                continue;
            }

            // The same column may be wanted in several places.
            do
            {
                destination[slots[next].Target] = value;
                if (++next == slots.Length)
                {
                    return;
                }
            }
            while (slots[next].ColumnId == id);
            wanted = slots[next].ColumnId;
        }

        for (; next < slots.Length; next++)
        {
            destination[slots[next].Target] = slots[next].Missing;
        }
    }
}
