using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Session;

/// <summary>Sessions that ALTER DATABASE ... WITH ROLLBACK IMMEDIATE has ended.</summary>
public sealed partial class EngineSession
{
    /// <summary>Held while a request begins, and while another session ends this one between requests.</summary>
    private readonly Lock _ending = new();

    private volatile bool _isKilled;

    /// <summary>The session has been ended by another one: its transaction is undone, its next request fails with error 596.</summary>
    internal bool IsKilled => _isKilled;

    /// <summary>Ends the session. What it is running stops at its next step; an idle session is rolled back at once.</summary>
    internal void Kill()
    {
        _isKilled = true;
        lock (_ending)
        {
            if (Running is null && !_isDisposed)
            {
                RollbackAll();
            }
        }
    }

    /// <summary>An error of the session's own ends it: its request is undone on the way out, and there is none after it.</summary>
    internal void EndItself() => _isKilled = true;

    /// <summary>Error 596 for a session that has been ended.</summary>
    internal void RequireAlive()
    {
        if (_isKilled)
        {
            throw SqlErrors.Create(596);
        }
    }

    /// <summary>Begins a request unless the session has been ended.</summary>
    private BatchExecution BeginRequest(IResultSink? sink, CancellationToken cancellation)
    {
        lock (_ending)
        {
            RefreshCatalog();
            return new BatchExecution(this, sink, cancellation);
        }
    }
}
