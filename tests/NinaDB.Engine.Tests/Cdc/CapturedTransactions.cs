using NinaDB.Engine.Data;
using NinaDB.Engine.Tests.Storage;

namespace NinaDB.Engine.Tests.Cdc;

/// <summary>What change data capture must hold after a crash of <see cref="CrashWriter"/>: every transaction that is there, whole, once and in its order, and nothing else.</summary>
internal static class CapturedTransactions
{
    /// <param name="last">The last transaction that survived.</param>
    public static void Verify(NinaConnection connection, int last)
    {
        if (last == 0)
        {
            return;
        }

        List<(string Lsn, int N)> done = [];
        Read(connection, "SELECT CONVERT(char(20), __$start_lsn, 2), N FROM cdc.dbo_Done_CT WHERE __$operation = 2 ORDER BY __$start_lsn", r => done.Add((r.GetString(0), r.GetInt32(1))));
        Assert.Equal(Enumerable.Range(1, last), done.Select(d => d.N));

        Dictionary<string, int> items = [];
        Read(connection, "SELECT CONVERT(char(20), __$start_lsn, 2), COUNT(*) FROM cdc.dbo_Item_CT WHERE __$operation = 2 GROUP BY __$start_lsn", r => items.Add(r.GetString(0), r.GetInt32(1)));
        Assert.Equal(done.ToDictionary(d => d.Lsn, d => CrashWriter.ItemsOf(d.N)), items);

        HashSet<string> commits = [];
        Read(connection, "SELECT CONVERT(char(20), start_lsn, 2) FROM cdc.lsn_time_mapping", r => commits.Add(r.GetString(0)));
        Assert.Subset(commits, items.Keys.ToHashSet());

        // Replaying the captured balances gives the balances.
        Dictionary<int, int> replayed = [];
        Read(connection, "SELECT Id, Balance FROM cdc.dbo_Account_CT WHERE __$operation IN (2, 4) ORDER BY __$start_lsn, __$seqval", r => replayed[r.GetInt32(0)] = r.GetInt32(1));
        Dictionary<int, int> balances = [];
        Read(connection, "SELECT Id, Balance FROM dbo.Account", r => balances.Add(r.GetInt32(0), r.GetInt32(1)));
        Assert.Equal(balances, replayed);
    }

    private static void Read(NinaConnection connection, string query, Action<NinaDataReader> row)
    {
        using NinaCommand command = connection.CreateCommand();
        command.CommandText = query;
        using NinaDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            row(reader);
        }
    }
}
