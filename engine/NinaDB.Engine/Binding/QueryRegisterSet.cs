using System.Numerics;

namespace NinaDB.Engine.Binding;

/// <summary>A set of register indexes, as a growable bit map: binder and planner ask "which columns does this read" all the time.</summary>
internal sealed class RegisterSet
{
    private ulong[] _words;

    public RegisterSet() => _words = new ulong[2];

    private RegisterSet(ulong[] words) => _words = words;

    public bool IsEmpty
    {
        get
        {
            foreach (ulong word in _words)
            {
                if (word != 0)
                {
                    return false;
                }
            }

            return true;
        }
    }

    public bool Contains(int register)
    {
        int word = register >> 6;
        return word < _words.Length && (_words[word] & (1UL << (register & 63))) != 0;
    }

    public void Add(int register)
    {
        int word = register >> 6;
        if (word >= _words.Length)
        {
            Array.Resize(ref _words, Math.Max(word + 1, _words.Length * 2));
        }

        _words[word] |= 1UL << (register & 63);
    }

    public void AddRange(IEnumerable<int> registers)
    {
        foreach (int register in registers)
        {
            Add(register);
        }
    }

    public void AddRange(RegisterSet other)
    {
        if (other._words.Length > _words.Length)
        {
            Array.Resize(ref _words, other._words.Length);
        }

        for (int i = 0; i < other._words.Length; i++)
        {
            _words[i] |= other._words[i];
        }
    }

    public void Remove(int register)
    {
        int word = register >> 6;
        if (word < _words.Length)
        {
            _words[word] &= ~(1UL << (register & 63));
        }
    }

    public void RemoveRange(RegisterSet other)
    {
        for (int i = 0; i < Math.Min(_words.Length, other._words.Length); i++)
        {
            _words[i] &= ~other._words[i];
        }
    }

    public bool Overlaps(RegisterSet other)
    {
        for (int i = 0; i < Math.Min(_words.Length, other._words.Length); i++)
        {
            if ((_words[i] & other._words[i]) != 0)
            {
                return true;
            }
        }

        return false;
    }

    public bool IsSubsetOf(RegisterSet other)
    {
        for (int i = 0; i < _words.Length; i++)
        {
            if ((_words[i] & ~(i < other._words.Length ? other._words[i] : 0)) != 0)
            {
                return false;
            }
        }

        return true;
    }

    public RegisterSet Copy() => new((ulong[])_words.Clone());

    public RegisterSet Union(RegisterSet other)
    {
        RegisterSet result = Copy();
        result.AddRange(other);
        return result;
    }

    public RegisterSet Intersect(RegisterSet other)
    {
        var words = new ulong[_words.Length];
        for (int i = 0; i < Math.Min(_words.Length, other._words.Length); i++)
        {
            words[i] = _words[i] & other._words[i];
        }

        return new RegisterSet(words);
    }

    /// <summary>The members in ascending order.</summary>
    public int[] ToArray()
    {
        int count = 0;
        foreach (ulong word in _words)
        {
            count += BitOperations.PopCount(word);
        }

        var result = new int[count];
        int at = 0;
        for (int i = 0; i < _words.Length; i++)
        {
            for (ulong word = _words[i]; word != 0; word &= word - 1)
            {
                result[at++] = (i << 6) + BitOperations.TrailingZeroCount(word);
            }
        }

        return result;
    }

    public static RegisterSet Of(BoundExpression expression)
    {
        var set = new RegisterSet();
        set.AddRange(ExpressionInfo.Registers(expression));
        return set;
    }

    public static RegisterSet Of(BoundPredicate predicate)
    {
        var set = new RegisterSet();
        set.AddRange(ExpressionInfo.Registers(predicate));
        return set;
    }
}
