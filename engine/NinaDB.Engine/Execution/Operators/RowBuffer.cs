using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>Copies of the registers that somebody above will still read: what a sort, hash table or spool keeps of a row.</summary>
internal static class RowBuffer
{
    public static SqlValue[] Save(SqlValue[] file, int[] registers)
    {
        var row = new SqlValue[registers.Length];
        for (int i = 0; i < registers.Length; i++)
        {
            row[i] = file[registers[i]];
        }

        return row;
    }

    public static void Load(SqlValue[] file, int[] registers, SqlValue[] row)
    {
        for (int i = 0; i < registers.Length; i++)
        {
            file[registers[i]] = row[i];
        }
    }

    public static void Clear(SqlValue[] file, int[] registers)
    {
        foreach (int register in registers)
        {
            file[register] = SqlValue.Null;
        }
    }
}

/// <summary>A key of several values with its hash, compared by the types' own rules. NULLs are equal.</summary>
internal sealed class RowKeyComparer(SqlComparer[] comparers) : IEqualityComparer<SqlValue[]>
{
    private readonly SqlComparer[] _comparers = comparers;

    public bool Equals(SqlValue[]? x, SqlValue[]? y)
    {
        for (int i = 0; i < _comparers.Length; i++)
        {
            if (!_comparers[i].Equals(x![i], y![i]))
            {
                return false;
            }
        }

        return true;
    }

    public int GetHashCode(SqlValue[] row)
    {
        int hash = 17;
        for (int i = 0; i < _comparers.Length; i++)
        {
            hash = (hash * 31) + (row[i].IsNull ? 0 : _comparers[i].GetHashCode(row[i]));
        }

        return hash;
    }
}

/// <summary>A sort key: the register, its order, its direction.</summary>
internal readonly record struct SortKey(int Register, SqlComparer Comparer, bool IsDescending)
{
    public int Compare(in SqlValue x, in SqlValue y)
    {
        int order = Comparer.Compare(x, y);
        return IsDescending ? -order : order;
    }
}
