namespace NinaDB.Engine.Data;

/// <summary>A message of PRINT, of RAISERROR up to severity 10, or of the host itself.</summary>
public sealed class NinaInfoMessageEventArgs : EventArgs
{
    internal NinaInfoMessageEventArgs(NinaError message, bool flush)
    {
        Errors = [message];
        Flush = flush;
    }

    /// <summary>The messages; one at a time here.</summary>
    public IReadOnlyList<NinaError> Errors { get; }

    public string Message => Errors[0].Message;

    /// <summary>Raised WITH NOWAIT: meant to be shown at once (progress).</summary>
    public bool Flush { get; }

    public override string ToString() => Message;
}
