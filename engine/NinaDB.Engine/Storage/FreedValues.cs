using System.Runtime.CompilerServices;

namespace NinaDB.Engine.Storage;

/// <summary>
/// Large values that a transaction no longer refers to. Their chunks go with the commit, not before: OUTPUT deleted, triggers and variables of the same transaction
/// may still be reading them through handles.
/// </summary>
internal sealed class FreedValues : ITransactionParticipant
{
    private static readonly ConditionalWeakTable<IStoreConnection, FreedValues> Known = [];

    private readonly IStoreConnection _connection;
    private readonly List<(long Number, long Length)> _values = [];
    private readonly List<(int Token, int Length)> _marks = [];

    private FreedValues(IStoreConnection connection) => _connection = connection;

    /// <summary>Notes that a value goes with the connection's transaction.</summary>
    public static void Add(IStoreConnection connection, long number, long length)
    {
        FreedValues own = Known.GetValue(connection, static c => new FreedValues(c));
        connection.Enlist(own);
        own._values.Add((number, length));
    }

    public void Savepoint(int token)
    {
        _marks.RemoveAll(m => m.Token >= token);
        _marks.Add((token, _values.Count));
    }

    public void RollbackTo(int token)
    {
        int length = _marks.First(m => m.Token == token).Length;
        _marks.RemoveAll(m => m.Token > token);
        _values.RemoveRange(length, _values.Count - length);
    }

    public void Committing()
    {
        foreach ((long number, long length) in _values)
        {
            LargeValues.DeleteChunks(_connection, number, length);
        }
    }

    public void Committed(long version) => Clear();

    public void RolledBack() => Clear();

    private void Clear()
    {
        _values.Clear();
        _marks.Clear();
    }
}
