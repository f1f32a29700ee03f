namespace NinaDB.Engine.Storage;

/// <summary>Folder of immutable files for FILESTREAM columns.</summary>
internal sealed partial class FileStreamStore(SqliteStore store) : IDisposable
{
    public string Folder { get; } = Path.Combine(store.Folder, "filestream");

    public void CollectIfPending()
    {
    }

    internal void Recover(IStoreConnection connection)
    {
    }

    public void Dispose()
    {
    }
}
