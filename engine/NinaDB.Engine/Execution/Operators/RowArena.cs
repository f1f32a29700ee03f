using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>Rows that an operator keeps, numbered from 0, side by side in a few large arrays instead of an array each.</summary>
/// <param name="registers">Registers a row is copied from and to.</param>
internal sealed class RowArena(int[] registers)
{
    /// <summary>Rows of a chunk, as a power of two; the first chunk grows up to that.</summary>
    private const int ChunkShift = 10;
    private const int ChunkRows = 1 << ChunkShift;
    private const int FirstRows = 8;

    private readonly int[] _registers = registers;
    private SqlValue[][] _chunks = [];
    private int _count;

    public int Count => _count;

    /// <summary>Copies the registers; the row's number is returned.</summary>
    public int Add(SqlValue[] file)
    {
        int row = _count++;
        int width = _registers.Length;
        if (width == 0)
        {
            return row;
        }

        int chunk = row >> ChunkShift;
        int at = (row & (ChunkRows - 1)) * width;
        if (chunk == _chunks.Length || _chunks[chunk] is null || at + width > _chunks[chunk].Length)
        {
            Grow(chunk, at + width);
        }

        SqlValue[] values = _chunks[chunk];
        foreach (int register in _registers)
        {
            values[at++] = file[register];
        }

        return row;
    }

    /// <summary>Adds a row that was saved before (<see cref="RowBuffer.Save"/>).</summary>
    public int AddRow(ReadOnlySpan<SqlValue> saved)
    {
        int row = _count++;
        int width = _registers.Length;
        int chunk = row >> ChunkShift;
        int at = (row & (ChunkRows - 1)) * width;
        if (width > 0 && (chunk == _chunks.Length || _chunks[chunk] is null || at + width > _chunks[chunk].Length))
        {
            Grow(chunk, at + width);
        }

        if (width > 0)
        {
            saved.CopyTo(_chunks[chunk].AsSpan(at));
        }

        return row;
    }

    public void Load(int row, SqlValue[] file)
    {
        int[] registers = _registers;
        if (registers.Length == 0)
        {
            return;
        }

        SqlValue[] values = _chunks[row >> ChunkShift];
        int at = (row & (ChunkRows - 1)) * registers.Length;
        for (int i = 0; i < registers.Length; i++)
        {
            file[registers[i]] = values[at + i];
        }
    }

    /// <summary>One value of a row, by its place among the registers.</summary>
    public ref readonly SqlValue this[int row, int position] => ref _chunks[row >> ChunkShift][((row & (ChunkRows - 1)) * _registers.Length) + position];

    /// <summary>Forgets the rows and keeps the room.</summary>
    public void Clear() => _count = 0;

    private void Grow(int chunk, int needed)
    {
        if (chunk == _chunks.Length)
        {
            Array.Resize(ref _chunks, Math.Max(4, _chunks.Length * 2));
        }

        int whole = ChunkRows * _registers.Length;
        if (chunk > 0)
        {
            _chunks[chunk] = new SqlValue[whole];
        }
        else
        {
            // Most inputs are small.
            int size = Math.Min(whole, Math.Max(FirstRows * _registers.Length, (_chunks[0]?.Length ?? 0) * 2));
            Array.Resize(ref _chunks[0]!, Math.Max(size, needed));
        }
    }
}
