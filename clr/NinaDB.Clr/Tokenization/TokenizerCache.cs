using System;
using System.Collections.Generic;

namespace NinaDB.Clr.Tokenization;

/// <summary>Tokenizers that were read lately, by the key of their files: reading a vocabulary of 150,000 tokens takes a second.</summary>
internal sealed class TokenizerCache
{
    private const int MaxCount = 8;

    private readonly object _lock = new();
    private readonly LinkedList<KeyValuePair<string, Tokenizer>> _recent = new();

    /// <summary>The cache of the process.</summary>
    public static TokenizerCache Shared { get; } = new();

    /// <summary>The tokenizer of a key, read if need be.</summary>
    public Tokenizer Get(string key, Func<Tokenizer> read)
    {
        lock (_lock)
        {
            for (LinkedListNode<KeyValuePair<string, Tokenizer>>? node = _recent.First; node != null; node = node.Next)
            {
                if (node.Value.Key == key)
                {
                    _recent.Remove(node);
                    _recent.AddFirst(node);
                    return node.Value.Value;
                }
            }
        }

        // Read outside the lock: two sessions may read the same one at once.
        Tokenizer tokenizer = read();
        lock (_lock)
        {
            _recent.AddFirst(new KeyValuePair<string, Tokenizer>(key, tokenizer));
            while (_recent.Count > MaxCount)
            {
                _recent.RemoveLast();
            }
        }

        return tokenizer;
    }
}
