using System.Buffers;
using System.Text;
using System.Text.Json;
using NinaDB.Cli.Feed;

namespace NinaDB.Feed.Tests;

/// <summary>What a receiver makes of row changes: upserts by key, deletes by the columns that are named; a model takes its own with it.</summary>
internal sealed class Replica
{
    private readonly Dictionary<string, Dictionary<string, JsonElement>> _tables = FeedTable.All.ToDictionary(table => table.Name, _ => new Dictionary<string, JsonElement>());

    public static string KeyOf(FeedRow row) => string.Join('|', row.Table.Key.Select(i => row.Values[i]!.ToString()));

    public static string JsonOf(FeedRow row)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, FeedJson.Options))
        {
            FeedJson.WriteRow(writer, row);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public void Upsert(string table, JsonElement row) =>
        _tables[table][string.Join('|', FeedTable.Named(table).Key.Select(i => row.GetProperty(FeedTable.Named(table).Columns[i].Name).ToString()))] = row.Clone();

    public void Delete(string table, JsonElement key)
    {
        string[] gone = [.. _tables[table].Where(row => Matches(row.Value, key)).Select(row => row.Key)];
        foreach (string row in gone)
        {
            if (table == "models")
            {
                Delete("components", Parse($"{{\"model_id\":\"{row}\"}}"));
                Delete("capabilities", Parse($"{{\"model_id\":\"{row}\"}}"));
            }

            _tables[table].Remove(row);
        }
    }

    /// <summary>At the end of the snapshot: rows of models that came and went meanwhile.</summary>
    public void DropOrphans()
    {
        foreach (string table in new[] { "components", "capabilities" })
        {
            foreach (string key in _tables[table].Where(row => !_tables["models"].ContainsKey(row.Value.GetProperty("model_id").GetString()!)).Select(row => row.Key).ToList())
            {
                _tables[table].Remove(key);
            }
        }
    }

    public void AssertSame(World world)
    {
        foreach (FeedTable table in FeedTable.All)
        {
            var mine = new SortedDictionary<string, string>(_tables[table.Name].ToDictionary(row => row.Key, row => row.Value.GetRawText()), StringComparer.Ordinal);
            Assert.Equal(world.Current(table), mine);
        }
    }

    private static bool Matches(JsonElement row, JsonElement key) => key.EnumerateObject().All(part => row.GetProperty(part.Name).ToString() == part.Value.ToString());

    private static JsonElement Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
