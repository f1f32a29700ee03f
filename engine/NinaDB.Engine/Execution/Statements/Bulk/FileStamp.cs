namespace NinaDB.Engine.Execution.Statements;

/// <summary>When a file was written last and how long it was: what was compiled by it holds as long as both do.</summary>
internal readonly record struct FileStamp(string Path, DateTime Written, long Length)
{
    public static FileStamp Of(string path)
    {
        var file = new FileInfo(path);
        return new FileStamp(path, file.Exists ? file.LastWriteTimeUtc : default, file.Exists ? file.Length : -1);
    }
}
